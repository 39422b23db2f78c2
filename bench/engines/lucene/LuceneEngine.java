import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.uhighlight.LengthGoalBreakIterator;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;
import org.apache.lucene.store.FSDirectory;

/**
 * Lucene behind a pipe: one index, asked by bench/engines/lucene.py.
 *
 * <p>Request and reply are lists of strings: the number of strings, then each string as the number of its UTF-8 bytes
 * and the bytes; numbers are of four bytes, the highest first. The first string of a request is a command:
 *
 * <pre>
 * take   title text title text ...   keep articles in memory, for the next build
 * build  folder                      write an index of the kept articles, by one thread
 * open   folder                      open an index
 * search query                       reply: positions of the best articles in the order of indexing
 * snippets query                     reply: a snippet of each of the best articles
 * time   search|snippets query ...   reply: nanoseconds of each query, inside this process
 * </pre>
 */
public final class LuceneEngine {
    /** Enough for an archive of some hundred thousand short articles to become one segment. */
    private static final double BUFFER_MB = 1024;

    /** Where the first match shall stand in a snippet, as a share of its length. */
    private static final float MIDDLE = 0.5f;

    private static final FieldType BODY = bodyType();

    private final Analyzer analyzer = new EnglishAnalyzer();
    private final int hits;
    private final int snippetChars;
    private List<String> articles = List.of();
    private IndexSearcher searcher;
    private UnifiedHighlighter highlighter;

    private LuceneEngine(int hits, int snippetChars) {
        this.hits = hits;
        this.snippetChars = snippetChars;
    }

    public static void main(String[] arguments) throws IOException {
        LuceneEngine engine = new LuceneEngine(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
        for (List<String> request = read(in); request != null; request = read(in)) {
            write(out, engine.reply(request.get(0), request.subList(1, request.size())));
        }
    }

    private List<String> reply(String command, List<String> rest) throws IOException {
        switch (command) {
            case "take":
                articles = rest;
                return List.of();
            case "build":
                build(Path.of(rest.get(0)));
                return List.of();
            case "open":
                open(Path.of(rest.get(0)));
                return List.of();
            case "search":
                return search(rest.get(0));
            case "snippets":
                return snippets(rest.get(0));
            case "time":
                return time(rest.get(0), rest.subList(1, rest.size()));
            default:
                throw new IllegalArgumentException(command);
        }
    }

    private void build(Path folder) throws IOException {
        IndexWriterConfig config = new IndexWriterConfig(analyzer);
        config.setRAMBufferSizeMB(BUFFER_MB);
        config.setMergeScheduler(new SerialMergeScheduler());
        try (FSDirectory directory = FSDirectory.open(folder); IndexWriter writer = new IndexWriter(directory, config)) {
            for (int index = 0; index < articles.size(); index += 2) {
                writer.addDocument(document(index / 2, articles.get(index), articles.get(index + 1)));
            }
        }
    }

    private static Document document(int position, String title, String body) {
        Document document = new Document();
        document.add(new NumericDocValuesField("position", position));
        document.add(new TextField("title", title, Field.Store.YES));
        document.add(new Field("body", body, BODY));
        return document;
    }

    /** Offsets beside the postings: the highlighter need not analyse a text again. */
    private static FieldType bodyType() {
        FieldType type = new FieldType(TextField.TYPE_STORED);
        type.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS_AND_OFFSETS);
        type.freeze();
        return type;
    }

    private void open(Path folder) throws IOException {
        searcher = new IndexSearcher(DirectoryReader.open(FSDirectory.open(folder)));
        highlighter = UnifiedHighlighter.builder(searcher, analyzer).withBreakIterator(this::passages).build();
    }

    private BreakIterator passages() {
        BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ENGLISH);
        return LengthGoalBreakIterator.createClosestToLength(sentences, snippetChars, MIDDLE);
    }

    private List<String> search(String text) throws IOException {
        List<String> positions = new ArrayList<>();
        for (ScoreDoc hit : best(query(text)).scoreDocs) {
            positions.add(Long.toString(position(hit.doc)));
        }
        return positions;
    }

    private List<String> snippets(String text) throws IOException {
        Query query = query(text);
        TopDocs best = best(query);
        return best.scoreDocs.length == 0 ? List.of() : Arrays.asList(highlighter.highlight("body", query, best, 1));
    }

    /** Any of the words, in the title or the body: scores are sums of BM25 over words and fields. */
    private Query query(String text) throws IOException {
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        try (TokenStream words = analyzer.tokenStream("body", text)) {
            CharTermAttribute word = words.addAttribute(CharTermAttribute.class);
            words.reset();
            while (words.incrementToken()) {
                query.add(new TermQuery(new Term("title", word.toString())), Occur.SHOULD);
                query.add(new TermQuery(new Term("body", word.toString())), Occur.SHOULD);
            }
            words.end();
        }
        return query.build();
    }

    /** The best hits; matches are counted no further than the hits, so that blocks of low scores can be skipped. */
    private TopDocs best(Query query) throws IOException {
        return searcher.search(query, new TopScoreDocCollectorManager(hits, hits));
    }

    private long position(int docid) throws IOException {
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(docid, leaves));
        NumericDocValues positions = leaf.reader().getNumericDocValues("position");
        positions.advanceExact(docid - leaf.docBase);
        return positions.longValue();
    }

    private List<String> time(String command, List<String> queries) throws IOException {
        List<String> times = new ArrayList<>();
        for (String query : queries) {
            long started = System.nanoTime();
            reply(command, List.of(query));
            times.add(Long.toString(System.nanoTime() - started));
        }
        return times;
    }

    private static List<String> read(DataInputStream in) throws IOException {
        int count;
        try {
            count = in.readInt();
        } catch (EOFException closed) {
            return null;
        }
        List<String> strings = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            strings.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
        }
        return strings;
    }

    private static void write(DataOutputStream out, List<String> strings) throws IOException {
        out.writeInt(strings.size());
        for (String string : strings) {
            byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
        out.flush();
    }
}
