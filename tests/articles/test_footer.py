"""What is a footer, what it tells, and what is not one."""

import pytest

from kb.articles.footer import split_footer

BODY = "The first paragraph.\n\nThe last paragraph."


@pytest.mark.parametrize(
    ("footer", "site", "year"),
    [
        ("Copyright ©2024 . All Rights Reserved | Positive fitness", "Positive fitness", "2024"),
        ("Copyright © 2024. All rights reserved | Positive fitness", "Positive fitness", "2024"),
        ("COPYRIGHT ©2024 . ALL RIGHTS RESERVED | Positive fitness", "Positive fitness", "2024"),
        ("Copyright ©2024 . All Rights Reserved – Positive fitness", "Positive fitness", "2024"),
        ("| Copyright ©2024 . All Rights Reserved | Positive fitness |", "Positive fitness", "2024"),
        ("©2024 . All Rights Reserved | Positive fitness", "Positive fitness", "2024"),
        ("Copyright&copy;2024.All Rights Reserved|Positive fitness", "Positive fitness", "2024"),
        ("copyright (c) 2024 positive fitness", "positive fitness", "2024"),
        ("&copy; 2019-2024 Positive fitness. All Rights Reserved.", "Positive fitness", "2024"),
        ("Copyright © 2020–2024 by Positive fitness. All rights reserved.", "Positive fitness", "2024"),
        ("Copyright 2024 – Positive fitness", "Positive fitness", "2024"),
        ("Positive fitness © 2024. All rights reserved.", "Positive fitness", "2024"),
        ("© Positive fitness 2024", "Positive fitness", "2024"),
        ("2024 © Positive fitness", "Positive fitness", "2024"),
        ("© 2024 Positive Fitness, Inc.", "Positive Fitness, Inc.", "2024"),
        ("© 2024 Copyright: positive-fitness.org", "positive-fitness.org", "2024"),
        ("Copyright ©2024 . All Rights Reserved | Dr. Smith's & Co", "Dr. Smith's & Co", "2024"),
        ("All Rights Reserved | Positive fitness", "Positive fitness", None),
        ("Copyright ©2024 . All Rights Reserved", None, "2024"),
        ("Copyright © 2024", None, "2024"),
        ("All rights reserved.", None, None),
    ],
)
def test_a_line_of_copyright_years_and_names_is_a_footer(footer, site, year):
    assert split_footer(f"{BODY}\n\n{footer}") == (BODY, site, year)


@pytest.mark.parametrize(
    "paragraph",
    [
        "Copyright law protects authors for 70 years.",
        "Copyright 1976 Act changed everything.",
        "Copyright is a right that arises in 2024 by itself.",
        "The sign © 2024 is printed under every page of the site.",
        "© is the sign of copyright.",
        "(c) 2024 was a good year for all of us who run.",
        "(c) drink water",
        "All rights reserved is a phrase that means nothing today.",
        'Write "All rights reserved" under your text.',
        "Patients have rights. All rights reserved to them should be explained before the treatment begins.",
        'The phrase "Copyright 2024" was everywhere in those days, my friend.',
        "Sleep well. © 2024 will be a better year for you, with more rest.",
        "2024 was the year in which copyright changed.",
        "In 2024 we changed our diet.",
    ],
)
def test_a_last_paragraph_that_speaks_of_copyright_stays(paragraph):
    text = f"{BODY}\n\n{paragraph}"

    assert split_footer(text) == (text, None, None)


@pytest.mark.parametrize(
    "footer",
    [
        "Copyright ©2024.\nAll Rights Reserved\nPositive fitness",
        "Copyright ©2024 . All Rights Reserved | Positive fitness\n\nPrivacy policy | Terms\nBack to top",
        "All Rights Reserved | Positive fitness\nCopyright 2024",
        "© 2024\nPositive fitness\nContact us",
    ],
)
def test_a_footer_may_have_several_lines(footer):
    assert split_footer(f"{BODY}\n\n{footer}") == (BODY, "Positive fitness", "2024")


def test_a_footer_at_the_end_of_the_last_paragraph_is_taken_off():
    text = f"{BODY} Copyright ©2024 . All Rights Reserved | Positive fitness"

    assert split_footer(text) == (BODY, "Positive fitness", "2024")


def test_a_list_or_a_sentence_below_a_copyright_line_is_text_and_keeps_the_line():
    for below in ("- apples\n- pears", "The photograph shows a swimmer."):
        text = f"{BODY}\n\n© 2023 Ann Lee\n\n{below}"

        assert split_footer(text).text == text


def test_a_text_without_a_footer_is_returned_as_it_is():
    assert split_footer(BODY) == (BODY, None, None)
    assert split_footer("") == ("", None, None)
