"""Markdown files: front matter, and the text that the marks leave."""

import pytest

from kb.articles.markdown import read_markdown


def page(fields: str, body: str = "Sleep early.") -> str:
    return f"---\n{fields}\n---\n\n{body}\n"


def test_front_matter_gives_every_field(desk):
    article = desk.article(
        "rest.md",
        "\ufeff"
        + page(
            'title: "Rest &amp; sleep"\ndate: 2024-05-03 10:00:00 -0400\nauthors:\n  - Ann Lee\n  - Bo Ray\n'
            "tags: [sleep, rest]\ntopics: [rest, night]\nurl: https://example.org/rest\nlang: en_GB\nsource: Nightly\n"
            "deck: What *helps* &#8212; and what does not."
        ),
    )

    assert article.title == "Rest & sleep"
    assert article.published == "2024-05-03"
    assert article.author == "Ann Lee, Bo Ray"
    assert article.tags == ("sleep", "rest", "night")
    assert article.url == "https://example.org/rest"
    assert article.language == "en-GB"
    assert article.site == "Nightly"
    assert article.summary == "What helps — and what does not."
    assert (article.text, article.format) == ("Sleep early.", "markdown")


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("title: 12:30", "title", "12:30"),
        ("title: No", "title", "No"),
        ("title: 2024", "title", "2024"),
        ("title: 'It''s late'", "title", "It's late"),
        ("title: null", "title", "Rest"),
        ("published: 2024-02-30", "published", None),
        ("published: 2024", "published", "2024"),
        ("author: [{name: Ann Lee}, Bo Ray]", "author", "Ann Lee, Bo Ray"),
        ("categories: sleep, rest , sleep", "tags", ("sleep", "rest")),
        ("tags: ['sleep, restless', rest]", "tags", ("sleep, restless", "rest")),
        ("tags: []", "tags", ()),
        ("canonical: https://example.org/rest", "url", "https://example.org/rest"),
        ("url: /rest/", "url", "/rest/"),
        ("url: javascript:alert(1)", "url", None),
        ("url: //example.org/rest", "url", None),
        ("language: a language", "language", None),
        ("description: About rest.", "summary", "About rest."),
        ("draft: false", "text", "Sleep early."),
        ("Site: Nightly", "site", "Nightly"),
    ],
)
def test_a_field_is_what_its_line_says(desk, line, field, value):
    assert getattr(desk.article("rest.md", page(line)), field) == value


@pytest.mark.parametrize("value", ["true", "True", "yes", "'true'"])
def test_a_draft_is_skipped(desk, value):
    assert desk.reason("rest.md", page(f"draft: {value}")) == "draft"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("---\ntitle: Rest\n\nSleep.", "front matter: line 1: opened by --- and never closed"),
        ("---\ntitle: Rest\ntags: [sleep\n---\n\nSleep.", "front matter: line 4: did not find expected ',' or ']'"),
        ("---\ntitle: Rest\ndate: a: b\n---\n\nSleep.", "front matter: line 3: mapping values are not allowed"),
        ("---\n- title\n---\n\nSleep.", "front matter: line 2: not a list of names and values"),
        (
            "---\ntitle: !!python/name:os.system\n---\n\nSleep.",
            "front matter: line 2: could not determine a constructor",
        ),
        # Where it is too deep or where it is not closed, whichever this version of PyYAML sees first.
        ("---\n" + "[" * 2000 + "\n---\n\nSleep.", "front matter: line "),
        ("---\ntitle: Rest\n---\n", "no text"),
        ("---\ntitle: Rest\n---\n\n![](rest.png)\n<!-- to be written -->", "no text"),
    ],
)
def test_a_file_that_cannot_be_read_is_skipped_for_a_reason_that_names_the_line(desk, content, reason):
    assert desk.reason("rest.md", content).startswith(reason)


def test_a_rule_further_down_is_not_front_matter(desk):
    assert desk.article("rest.md", "# Rest\n\nSleep early.\n\n---\n\nRise late.").text == "Sleep early.\n\nRise late."


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("One\nline.\n\nAnother.", "One line.\n\nAnother."),
        ("## Part\nText.", "Part\n\nText."),
        ("Part\n----\nText.", "Part\n\nText."),
        ("## Part {#part .wide}\nText.", "Part\n\nText."),
        ('A *b* **c** ~~d~~ `e*` [f](g "h") <https://i.j>', "A b c d e* f https://i.j"),
        ("![A glass](glass.png) of water", "A glass of water"),
        ("[a][1] and ![b][1]\n\n[1]: https://c.d", "a and b"),
        ("- a\n- b\n  - c\n\nd", "- a\n- b\n- c\n\nd"),
        ("* a\n\n* b", "- a\n- b"),
        ("3. a\n4. b\n   more", "3. a\n4. b more"),
        ("1. a\n\n   again\n2. b", "1. a\nagain\n2. b"),
        ("|a|b|\n|-|-|\n|1||\n||2|", "a | b\n1 |\n| 2"),
        ("> said\n\nso", "said\n\nso"),
        ("```sh\nrun  *it*\nagain\n```", "run *it*\nagain"),
        ("    indented &#8211; code", "indented – code"),
        ("a<br>b\\\nc", "a\nb\nc"),
        ("&#8220;Rest&#8221; &amp; sleep&nbsp;well", "“Rest” & sleep well"),
        ("<div class=x>Some <b>bold</b> text</div>\n\n</div>\n\nafter", "Some bold text\n\nafter"),
        ("<table><tr><td>a</td><td>b</td></tr></table>\n\nafter", "a | b\n\nafter"),
        ("<div>\n\n    <p>\n      inside\n    </p>\n</div>", "inside"),
        ("A <span style='x'>span</span> <script>run()</script>here", "A span here"),
        ("<style>\np {}\n\nq {}\n</style>\n\ntext", "text"),
        ("before <!-- not\nseen --> after", "before after"),
        ('{{< note "x" >}}\nKept.\n{{< /note >}}\n\n{{% box %}}Kept too.{{% /box %}}', "Kept.\n\nKept too."),
        ('See [the guide]({{< ref "a.md" >}} "a title here").', "See the guide."),
        ('See [the guide].\n\n[the guide]: {{< ref "a.md" >}}', "See the guide."),
        ('{{< img\n src="a"\n alt="b" >}}\n\nText {{ not one }}', "Text {{ not one }}"),
        ("5 < 6 and a > b", "5 < 6 and a > b"),
    ],
)
def test_marks_become_plain_text(desk, markdown, text):
    assert desk.article("rest.md", page("title: Rest", markdown)).text == text


def test_without_a_title_the_first_heading_is_it_and_is_not_repeated(desk):
    article = desk.article("a.md", "# Rest *well*\n\nSleep early.\n\n## Part\n\nRise late.")

    assert (article.title, article.text) == ("Rest well", "Sleep early.\n\nPart\n\nRise late.")


def test_a_first_heading_that_repeats_the_title_in_other_letters_is_not_part_of_the_text(desk):
    article = desk.article("a.md", page("title: Rest – well!", "# REST WELL\n\nSleep early."))

    assert (article.title, article.text) == ("Rest – well!", "Sleep early.")


def test_without_title_and_heading_the_name_of_the_file_is_the_title(desk):
    assert desk.article("how_to-rest.markdown", "Sleep early.").title == "How to rest"


def test_a_heading_alone_is_title_and_text(desk):
    article = desk.article("a.md", "# Rest well")

    assert (article.title, article.text) == ("Rest well", "Rest well")


def test_an_empty_body_is_replaced_by_the_summary(desk):
    assert desk.article("a.md", page("title: Rest\nsummary: About *rest*.", "# Rest")).text == "About rest."


def test_a_footer_is_not_part_of_the_text(desk):
    article = desk.article("a.md", "# Rest\n\nSleep early.\n\nCopyright ©2024 . All Rights Reserved | Positive fitness")

    assert (article.text, article.site, article.published) == ("Sleep early.", "Positive fitness", "2024")


def test_a_manuscript_has_the_fields_and_the_text_below_them():
    manuscript = read_markdown(page("title: Rest\nsummary: About *rest*.\ndraft: true"))

    assert (manuscript.title, manuscript.text) == ("Rest", "Sleep early.")
    assert (manuscript.summary, manuscript.draft) == ("About rest.", True)


@pytest.mark.parametrize("opened", ["{{<" * 20_000, "[" * 50_000, "*a " * 20_000, "` " * 20_000])
def test_many_marks_that_are_never_closed_are_read(opened):
    assert read_markdown(f"{opened}\n\nSleep early.").text.endswith("Sleep early.")
