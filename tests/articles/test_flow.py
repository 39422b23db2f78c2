"""Plain text from paragraphs, lists and tables."""

import pytest

from kb.articles.flow import Flow


def written(*steps: str | tuple[str, int]) -> str:
    """The text after steps: words, the name of a method before a colon, or the name and an argument."""
    flow = Flow()
    for step in steps:
        if isinstance(step, tuple):
            getattr(flow, step[0])(step[1])
        elif step.startswith(":"):
            getattr(flow, step[1:])()
        else:
            flow.add(step)
    return flow.text()


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((), ""),
        (("a", " b"), "a b"),
        ((" ", "\n", " a"), "a"),
        (("a", ":block", "b"), "a\n\nb"),
        (("a", ":line", "b"), "a\nb"),
        (("a", ":line", ":block", ":line", "b"), "a\n\nb"),
        (("a", ":block", " ", ":block", "b", ":block"), "a\n\nb"),
        (("a", ":open_list", ":item", "b", ":end_item", ":item", "c", ":close_list", "d"), "a\n\n- b\n- c\n\nd"),
        ((("open_list", 9), ":item", "a", ":item", "b"), "9. a\n10. b"),
        ((("open_list", 1), ":item", "a", ":open_list", ":item", "b", ":close_list", ":item", "c"), "1. a\n- b\n2. c"),
        ((":open_list", ":item", "a", ":block", "b"), "- a\nb"),
        ((":open_list", ":item", ":end_item", ":item", "a"), "- a"),
        ((":item", "a"), "- a"),
        ((":close_list", "a"), "a"),
        ((":open_row", ":cell", "a", ":cell", "b", ":close_row", ":open_row", ":cell", "c"), "a | b\nc"),
        ((":open_row", ":cell", "a", ":block", "b", ":close_row", "c"), "a b\nc"),
        ((":open_row", ":cell", ":cell", "b", ":close_row"), " | b"),
        ((":close_row", "a", ":block", "b"), "a\n\nb"),
    ],
)
def test_blocks_lists_and_rows_become_lines(steps, text):
    assert written(*steps) == text
