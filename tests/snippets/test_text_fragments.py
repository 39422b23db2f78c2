"""Links to a passage lead a browser to that passage and to no other."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from kb.results import WORD
from kb.search.addresses import passage_url
from kb.segments.page_texts import StoredText
from kb.snippets.page import show_passages
from kb.snippets.parts import PART_CHARS, part_at
from kb.snippets.text_fragments import EDGE_WORDS

from .asking import URL, ask
from .browser import directive_of, ranges
from .profiles import examples
from .test_contract import Asking, asked_of
from .texts import asking


def link(text: str, passage: str) -> str:
    return link_to(text, text.index(passage), passage)


def link_to(text: str, start: int, passage: str, url: str = URL) -> str:
    row = np.array([(0, start, start + len(passage), WORD, WORD)], dtype=np.int64)
    answer = ask(text, "").answer
    return passage_url(url, show_passages(answer, row, 100).snippets[0][0].fragment)


@examples(150)
@given(asking(longest=60))
def test_a_link_leads_to_its_passage_and_nowhere_else(case: Asking) -> None:
    asked, _, chars = asked_of(case)
    for snippet in asked.snippets(5, chars):
        directive = directive_of(passage_url(URL, snippet.fragment))
        if directive is None:
            continue
        found = ranges(asked.text, directive)
        assert len(found) == 1, (snippet.fragment, found)
        first, last = found[0]
        assert first == snippet.start, (snippet, found)
        assert last <= snippet.end, (snippet, found)
        assert directive.end is None or last == snippet.end, (snippet, found)


def test_a_short_passage_is_named_whole() -> None:
    assert link("One here. Two there.", "Two there.") == f"{URL}#:~:text=Two%20there."


def test_a_long_passage_is_named_by_its_first_and_last_words() -> None:
    text = "Intro. The heart pumps blood to the lungs and from there to every other part of the body. More."
    assert link(text, text[7:-6]) == f"{URL}#:~:text=The%20heart%20pumps%20blood%20to,other%20part%20of%20the%20body."


def test_signs_that_mean_something_in_a_link_are_encoded() -> None:
    text = "First. X-rays, scans & 50% more: naïve."
    assert link(text, "X-rays, scans & 50% more: naïve.").endswith(
        "#:~:text=X%2Drays%2C%20scans%20%26%2050%25%20more%3A,na%C3%AFve."
    )


def test_words_before_tell_equal_passages_apart() -> None:
    text = "For adults take one tablet. Before bed take one tablet."
    start = text.rindex("take")
    assert link_to(text, start, text[start:]) == f"{URL}#:~:text=tablet.%20Before%20bed-,take%20one%20tablet."


def test_start_and_end_each_lie_in_one_block() -> None:
    text = "Signs of a stroke are these:\n\nA drooping face\n\nAn arm without strength"
    directive = directive_of(link(text, text))
    assert directive is not None
    assert directive.start == "Signs of a stroke are"
    assert directive.end == "An arm without strength"


def test_a_fragment_of_the_articles_own_address_gives_way() -> None:
    assert link_to("Only this.", 0, "Only this.", f"{URL}#top") == f"{URL}#:~:text=Only%20this."


def test_the_plain_address_where_nothing_tells_a_passage_apart() -> None:
    text = "Again and again.\n\nAgain and again."
    assert link_to(text, 18, text[18:34]) == URL


def test_the_plain_address_where_a_passage_begins_inside_a_word() -> None:
    text = "x" * 500
    assert ask(text, text[96:144]).snippets(1, 60)[0].fragment == ""


def test_in_a_text_of_several_parts_a_passage_is_unique_in_its_part() -> None:
    line = "Something else on a line.\n"
    text = f"This once.\n{line * (PART_CHARS // len(line))}This once.\n{line * 10}"
    answer = ask(text, "").answer
    second = text.rindex("This once.")
    rows = np.array([(0, begin, begin + 10, WORD, WORD) for begin in (0, second)], dtype=np.int64)
    for number, snippet in enumerate(show_passages(answer, rows, 100).snippets[0], 1):
        assert snippet.part == number
        shown = part_at(StoredText(answer.texts, 0), number)
        directive = directive_of(passage_url(URL, snippet.fragment, snippet.part))
        assert directive
        assert ranges(text[shown.begin : shown.end], directive) == [
            (snippet.start - shown.begin, snippet.end - shown.begin)
        ]


def test_a_passage_in_two_parts_has_the_plain_address_of_the_first() -> None:
    line = "Something else on a line.\n"
    answer = ask(line * (2 * PART_CHARS // len(line)), "").answer
    end = part_at(StoredText(answer.texts, 0), 1).end
    rows = np.array([(0, end - 26, end + 25, WORD, WORD)], dtype=np.int64)
    (snippet,) = show_passages(answer, rows, 100).snippets[0]
    assert (snippet.part, snippet.fragment) == (1, "")


def test_no_more_words_are_in_a_link_than_make_it_unique() -> None:
    text = "One two three four five six seven eight nine.\n\nOne two three four nine and more than that."
    for passage, words in (("One two three four five", EDGE_WORDS[0]), ("four nine and more than that", EDGE_WORDS[0])):
        directive = directive_of(link(text, passage))
        assert directive
        assert len(directive.start.split()) == words
