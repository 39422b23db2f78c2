"""Which passage is chosen, on articles that a person can check by eye."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.snippets.choice import REPEATED, _room, _write_values

from .asking import ask

FILLER = "Nothing of interest is told in this sentence, which only keeps the others apart from one another. " * 4


def chosen(*sentences: str, query: str, weights: Sequence[float] = (), chars: int = 100) -> str:
    """The snippet of an article in which the sentences stand far apart."""
    return marked(FILLER.join(sentences), query, weights, chars)


def marked(text: str, query: str, weights: Sequence[float] = (), chars: int = 100) -> str:
    snippet = ask(text, query, weights=weights).snippets(1, chars)[0]
    return snippet.html.replace("<mark>", "[").replace("</mark>", "]")


def test_the_passage_with_both_words_wins() -> None:
    assert (
        chosen("Aspirin is old. ", "Aspirin helps against headache. ", "A headache passes. ", query="aspirin headache")
        == "[Aspirin] helps against [headache]."
    )


def test_two_rare_words_beat_three_of_a_common_one() -> None:
    assert (
        chosen(
            "The patient asked the patient about a patient. ",
            "Lupus may cause nephritis. ",
            query="patient lupus nephritis",
            weights=[0.5, 6.0, 6.0],
        )
        == "[Lupus] may cause [nephritis]."
    )


def test_one_rare_word_beats_two_common_ones() -> None:
    assert (
        chosen(
            "The patient takes a tablet. ",
            "Myasthenia is treated. ",
            query="patient tablet myasthenia",
            weights=[0.5, 0.5, 8.0],
        )
        == "[Myasthenia] is treated."
    )


def test_the_earlier_of_two_equals_wins() -> None:
    assert chosen("Asthma here. ", "Asthma there. ", query="asthma") == "[Asthma] here."


def test_words_close_together_win() -> None:
    assert (
        chosen(
            "Insulin was found a hundred years ago and is given for diabetes. ",
            "Insulin treats diabetes. ",
            query="insulin diabetes",
        )
        == "[Insulin] treats [diabetes]."
    )


def test_a_phrase_wins_over_its_stray_words_and_is_one_mark() -> None:
    assert (
        chosen("The heart had an attack. ", "A heart attack is an emergency of the heart. ", query='"heart attack"')
        == "A [heart attack] is an emergency of the heart."
    )


def test_a_sentence_wins_over_the_heading_above_it() -> None:
    text = "What is anemia ?\n\nPeople with anemia are tired.\n\nWhat else?\n\n" + FILLER
    assert marked(text, "anemia") == "People with [anemia] are tired."


def test_a_word_that_stands_only_in_a_heading_is_shown_with_what_follows() -> None:
    text = "Intro of the page.\n\nPreventing anemia\n\nEat beans.\n\n" + FILLER
    assert marked(text, "preventing") == "[Preventing] anemia Eat beans."


def test_a_passage_does_not_end_in_a_heading() -> None:
    text = "Rest and drink enough water.\n\nWhen to see a doctor\n\nCall if it lasts."
    assert marked(text, "rest") == "[Rest] and drink enough water."


def test_a_short_sentence_is_followed_by_the_next() -> None:
    assert marked("It is rare. It harms nerves. " + FILLER, "rare", chars=60) == "It is [rare]. It harms nerves."


def test_a_short_last_sentence_is_led_up_to_by_the_one_before() -> None:
    assert marked(FILLER + "It harms nerves. It is rare.", "rare", chars=60) == "It harms nerves. It is [rare]."


def test_without_a_match_the_text_begins_after_its_headings() -> None:
    assert (
        marked("About us\n\nWe answer questions. Ask.\n\nMore\n\nLast words.", "zebra") == "We answer questions. Ask."
    )


def test_the_marker_of_a_list_is_left_out_at_the_beginning() -> None:
    text = "These are all of the signs of the flu that matter:\n- fever that lasts\n- cough\n\n" + FILLER
    assert marked(text, "cough", chars=60) == "fever that lasts - [cough]"


def test_a_cut_leaves_no_comma_no_lone_number_and_no_abbreviation_at_the_end() -> None:
    long = (
        "The dose for an adult of normal weight is at most three tablets, of 500 mg each, as Dr. Smith has said before."
    )
    ends = {marked(long, "dose", chars=chars).split()[-1] for chars in range(60, 110)}
    assert {"tablets…", "of…", "mg…", "each…", "as…"} <= ends
    assert ends.isdisjoint({"tablets,…", "500…", "each,…", "Dr.…"})


def test_several_passages_show_what_one_cannot() -> None:
    text = FILLER.join(["Aspirin is old. ", "A headache passes. ", "Aspirin again. "])
    snippets = ask(text, "aspirin headache").snippets(2, 60)
    assert [s.text[slice(*(m - s.start for m in s.marks[0]))] for s in snippets] == ["Aspirin", "headache"]


def test_no_further_passage_is_a_heading_with_nothing_new() -> None:
    text = "What is anemia?\n\nAnemia makes tired. " + FILLER
    assert [s.text for s in ask(text, "anemia").snippets(3, 60)] == ["Anemia makes tired."]


def test_an_opening_shows_something_even_if_only_a_word_too_long_for_it_does() -> None:
    (snippet,) = ask("\U0006f4f5\U0001b60e " + "é" * 84 + "\n- .", ".").snippets(1, 60)
    assert "é" in snippet.text


def test_the_room_of_a_span_lies_between_the_passages_beside_it() -> None:
    shown = np.array([[10, 20], [60, 80]], dtype=np.int64)

    assert _room(shown, 5, 100) == (0, 10)
    assert _room(shown, 20, 100) == (20, 60)
    assert _room(shown, 90, 100) == (80, 100)
    assert _room(shown[:0], 90, 100) == (0, 100)


def test_a_term_in_no_match_is_worth_nothing_and_a_shown_one_less() -> None:
    values = np.empty(3)
    mean = _write_values(values, np.array([2.0, 4.0, 8.0]), np.array([1, 5, 0]), np.array([False, True, False]))

    assert values.tolist() == [2.0, 4.0 * REPEATED, 0.0]
    assert mean == 3.0
