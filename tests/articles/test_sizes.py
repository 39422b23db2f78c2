"""Sizes in the words of a reason."""

import pytest

from kb.articles.sizes import limit_text, over_limit


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (100, "100 bytes"),
        (999_999, "999,999 bytes"),
        (10**6, "1 MB"),
        (1 << 20, "1 MB"),
        (10_500_000, "10.5 MB"),
        (20 << 20, "20 MB"),
    ],
)
def test_a_limit_is_told_in_the_megabytes_it_was_given_in(limit, text):
    assert limit_text(limit) == text


@pytest.mark.parametrize("limit", [10**6, 1 << 20, 3 << 20, 10**7, 12_345_678])
def test_size_and_limit_never_look_the_same(limit):
    for size in (limit + 1, limit + 1000, limit + 10**6):
        shown, bound = over_limit(size, limit).split(", the limit is ")
        assert shown != bound
