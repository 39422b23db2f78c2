"""A segment on disk: articles, immutable, as arrays.

    <name>.arrays               the arrays below, in the container of `arrays.py`
    <name>.words, <name>.stems  marisa tries: the term dictionaries; a term id is the key's id in its trie
    <name>.<grid>.impacts       one array, `impacts`: float32, shape (p,), see `impacts.py`

d articles, t tokens, w words, s stems, p postings; a posting is an article that has a stem in its title or text.
Offsets and lengths are in code points.

| array | type, shape | holds |
|---|---|---|
| `tokens` | int32 (t,) | word id of each token, in reading order: title before text in each article |
| `starts`, `lengths` | uint32, uint16 (t,) | offset of each token in its title or text, and its length |
| `bounds` | int64 (d + 1,) | article i has the tokens `bounds[i]:bounds[i + 1]` |
| `title_tokens` | int32 (d,) | number of the tokens of each title |
| `stem_of_word` | int32 (w,) | id of the stem of each word |
| `word_articles` | int32 (w,) | document frequency of each word |
| `posting_bounds` | int64 (s + 1,) | stem i has the postings `posting_bounds[i]:posting_bounds[i + 1]` |
| `posting_docids` | int32 (p,) | article of each posting, ascending for each stem |
| `posting_offsets` | int64 (p + 1,) | posting i has `positions[posting_offsets[i]:posting_offsets[i + 1]]` |
| `posting_in_title` | uint16 (p,) | frequency in the title, at most 65535 |
| `positions` | int32 (t,) | indexes in `tokens`, ascending in each posting: the inversion of `tokens` by stem |
| `sentence_bounds` | int64 (d + 1,) | article i has sentences `sentence_bounds[i]:sentence_bounds[i + 1]`, n in all |
| `sentence_starts`, `sentence_ends` | uint32 (n,) | offsets in the text |
| `sentence_tokens` | int32 (n,) | first token that begins in the sentence or after it |
| `sentence_kinds` | uint8 (n,) | see `kb/text/sentences.py` |
| `days` | int32 (d,) | day numbers, 0: unknown |
| `id_hashes`, `id_order` | uint64, int32 (d,) | hashes of ids, ascending, and the article of each |
| `title_hashes`, `title_order` | uint64, int32 (d,) | the same of whole titles, as stems joined by spaces |
| `sorted_words`, `sorted_word_bounds` | uint8, int64 (w + 1,) | words in the order of code points, packed strings |
| `sorted_word_ids` | int32 (w,) | term id of each sorted word |
| `sorted_titles`, `sorted_title_bounds` | uint8, int64 (k + 1,) | the same of distinct titles, by `Analyzer.keyword` |
| `sorted_title_lengths` | uint32 (k,) | code points of each sorted title |
| `titled`, `titled_bounds` | int32 (d,), int64 (k + 1,) | articles of each sorted title, by id |
| `title_ranks`, `id_ranks` | int32 (d,) | rank of each article's title among distinct titles, of its id among ids |
| `ids`, `id_bounds` | uint8, int64 (d + 1,) | packed strings |
| `records`, `record_bounds` | uint8, int64 (d + 1,) | articles without texts, msgpack |
| `texts`, `text_bounds`, `widths` | uint8, int64 (d + 1,), uint8 (d,) | texts in 1, 2 or 4 bytes a code point |
| `<field>_codes`, `<field>_bounds` | int32, int64 (d + 1,) | for site, author, tag, language: names of each article |
| `<field>_values`, `<field>_value_bounds` | uint8, int64 | distinct names, packed strings |

Versions: 1, the first; 2, with sentences; 3, with sorted words and titles; 4, named by the field's words, and the
version in the head of each file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import marisa_trie
import numpy as np

from kb.article import Article
from kb.segments.arrays import Arrays, pack_strings, write_arrays
from kb.segments.batch import Batch, article_of
from kb.segments.bounds import bounds_of
from kb.segments.inversion import counted, inverted
from kb.segments.ordering import sorted_titles, sorted_words
from kb.segments.schema import NAME_FIELDS
from kb.text.tokens import Analyzer

_BLOCK = 500
"""Articles of a pass over sentences: larger arrays take longer."""


def write_segment(folder: Path, name: str, batch: Batch, analyzer: Analyzer) -> None:
    """Write the files of a segment but for the impacts; raises FileExistsError."""
    words = marisa_trie.Trie(batch.words)
    term_ids = np.array([words[word] for word in batch.words], dtype=np.int32)
    stems_of_words = [""] * len(batch.words)
    for word, term_id in zip(batch.words, term_ids.tolist(), strict=True):
        stems_of_words[term_id] = analyzer.stem(word)
    stems = marisa_trie.Trie(set(stems_of_words))
    (folder / f"{name}.words").write_bytes(words.tobytes())
    (folder / f"{name}.stems").write_bytes(stems.tobytes())
    tokens = term_ids[batch.tokens]
    stem_of_word = np.array([stems[stem] for stem in stems_of_words], dtype=np.int32)
    records = [article_of(record) for record in batch.records]
    ids = [record.id for record in records]
    arrays: Arrays = {
        "tokens": tokens,
        "starts": batch.starts,
        "lengths": batch.lengths,
        "bounds": batch.bounds,
        "title_tokens": batch.title_tokens,
        "stem_of_word": stem_of_word,
        "word_articles": counted(tokens, batch.bounds, len(words))[1].astype(np.int32),
        **inverted(stem_of_word[tokens], batch.bounds, batch.title_tokens, len(stems)),
        **_sentences(batch),
        "days": batch.days,
        **_hashed("id", ids),
        **_hashed("title", _title_keys(batch, stems_of_words, tokens)),
        **sorted_words(batch.words, term_ids),
        **sorted_titles(_titles(batch, records), ids),
        **_packed("id", ids),
        **_joined("record", batch.records),
        **_joined("text", batch.texts),
        "widths": batch.widths,
    }
    for field in NAME_FIELDS:
        arrays |= _names(field, [_names_of(record, field) for record in records])
    write_arrays(folder / f"{name}.arrays", arrays)


def hash_of(key: str) -> int:
    """Hash of an id or of a title's stems for `id_hashes` and `title_hashes`: 64 bits of BLAKE2b."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _sentences(batch: Batch) -> Arrays:
    """The `sentence_*` arrays of the layout."""
    counts, starts, ends, kinds = batch.sentences
    bounds = bounds_of(counts)
    return {
        "sentence_bounds": bounds,
        "sentence_starts": starts,
        "sentence_ends": ends,
        "sentence_tokens": np.concatenate([*_first_tokens(batch, bounds), np.empty(0, dtype=np.int32)]),
        "sentence_kinds": kinds,
    }


def _first_tokens(batch: Batch, sentence_bounds: np.ndarray) -> Iterator[np.ndarray]:
    """The first token of each sentence, int32, for a block of articles at a time."""
    for begin in range(0, len(batch.records), _BLOCK):
        bounds = batch.bounds[begin : begin + _BLOCK + 1]
        counts = np.diff(bounds)
        title_ends = np.repeat(bounds[:-1] + batch.title_tokens[begin : begin + len(counts)], counts)
        tokens = slice(bounds[0], bounds[-1])
        in_text = np.arange(tokens.start, tokens.stop) >= title_ends
        # A sort key of article and offset, offset 0 for all of a title: tokens and sentences are in the order of keys.
        articles = np.arange(len(counts)) << 32
        token_keys = np.repeat(articles, counts) + (batch.starts[tokens].astype(np.int64) + 1) * in_text
        sentences = slice(sentence_bounds[begin], sentence_bounds[begin + len(counts)])
        sentence_articles = np.repeat(articles, batch.sentences.counts[begin : begin + len(counts)])
        firsts = token_keys.searchsorted(sentence_articles + batch.sentences.starts[sentences] + 1)
        yield (firsts + bounds[0]).astype(np.int32)


def _titles(batch: Batch, articles: Sequence[Article]) -> list[str]:
    """The titles as `Analyzer.keyword` returns them, joined from the words of the batch."""
    keys = _title_keys(batch, batch.words, batch.tokens)
    return [key or article.title.casefold().strip() for key, article in zip(keys, articles, strict=True)]


def _title_keys(batch: Batch, words: Sequence[str], tokens: np.ndarray) -> list[str]:
    """Each title as the terms of its tokens joined by spaces; `words` has the term of each id in `tokens`."""
    # A single list is faster, but the tokens of all texts are too many for one in a large batch.
    listed = tokens.tolist() if len(tokens) < 1 << 16 else None
    keys = []
    for begin, count in zip(batch.bounds[:-1].tolist(), batch.title_tokens.tolist(), strict=True):
        title = listed[begin : begin + count] if listed else tokens[begin : begin + count].tolist()
        keys.append(" ".join([words[word] for word in title]))
    return keys


def _hashed(name: str, keys: Sequence[str]) -> Arrays:
    """A hash column: the hashes of the keys of all articles, ascending, and the docid of each."""
    hashes = np.array([hash_of(key) for key in keys], dtype=np.uint64)
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    return {f"{name}_hashes": hashes[order], f"{name}_order": order}


def _packed(name: str, strings: list[str]) -> Arrays:
    """A column of strings, one for each article."""
    content, bounds = pack_strings(strings)
    return {f"{name}s": content, f"{name}_bounds": bounds}


def _joined(name: str, parts: Sequence[bytes]) -> Arrays:
    """A column of bytes, one item for each article."""
    bounds = bounds_of([len(part) for part in parts])
    return {f"{name}s": np.frombuffer(b"".join(parts), dtype=np.uint8), f"{name}_bounds": bounds}


def _names(field: str, names: Sequence[Sequence[str]]) -> Arrays:
    """The columns of a name field; `names` are those of each article, as written."""
    code_of: dict[str, int] = {}
    codes = [code_of.setdefault(name, len(code_of)) for own in names for name in own]
    bounds = bounds_of([len(own) for own in names])
    values, value_bounds = pack_strings(list(code_of))
    return {
        f"{field}_codes": np.array(codes, dtype=np.int32),
        f"{field}_bounds": bounds,
        f"{field}_values": values,
        f"{field}_value_bounds": value_bounds,
    }


def _names_of(article: Article, field: str) -> tuple[str, ...]:
    """The names of an article in a name field, each once."""
    if field == "tag":
        return tuple(dict.fromkeys(article.tags))
    value = getattr(article, field)
    return (value,) if value else ()
