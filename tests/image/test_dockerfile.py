"""The parser of Dockerfiles, by examples of docker's reference."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tests.image.dockerfile import PATH, configured, parse

BASE = "FROM base\n"


def test_comments_and_empty_lines_are_left_out_of_continued_lines_too() -> None:
    *_, run = parse("# first\nFROM base\n\nRUN one \\\n  # not this\n\n  && two\n")

    assert (run.line, run.name, run.words) == (4, "RUN", ("one && two",))
    assert run.command == ["/bin/sh", "-c", "one && two"]


def test_a_list_in_json_runs_without_a_shell() -> None:
    *_, listed, quoted = parse(BASE + "CMD [\"kb\", \"serve\"]\nCMD ['kb', 'serve']\n")

    assert listed.command == ["kb", "serve"]
    assert quoted.command == ["/bin/sh", "-c", "['kb', 'serve']"]


def test_flags_stand_before_the_words() -> None:
    *_, copy, check = parse(BASE + "COPY --chown=1:1 a b/ ./\nHEALTHCHECK --interval=3s --timeout=1s CMD ask --now\n")

    assert (copy.flags, copy.words) == ({"chown": "1:1"}, ("a", "b/", "./"))
    assert (check.flags, check.words) == ({"interval": "3s", "timeout": "1s"}, ("ask --now",))


def test_the_configuration_adds_up() -> None:
    lines = ("WORKDIR /a", "ENV A=1 B='two words'", "WORKDIR b", "ENV A=3", "USER me", 'VOLUME ["/v"]', "VOLUME /w /x")
    made = configured(parse(BASE + "\n".join(lines) + "\nEXPOSE 80\n"))

    assert made.env == {"PATH": PATH, "A": "3", "B": "two words"}
    assert (made.workdir, made.user, made.ports) == (PurePosixPath("/a/b"), "me", (80,))
    assert made.volumes == tuple(map(PurePosixPath, ("/v", "/w", "/x")))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "begins with FROM"),
        ("RUN x", "begins with FROM"),
        (BASE + "COPI a b", "line 2: COPI is none of"),
        (BASE + "RUN", "line 2: RUN of nothing"),
        (BASE + "RUN a \\\n", "line 2: a continuation"),
        (BASE + "RUN <<EOF\n", "line 2: text that follows"),
        (BASE + "WORKDIR $HOME", "line 2: variables"),
        (BASE + "HEALTHCHECK NONE", "line 2: HEALTHCHECK"),
    ],
)
def test_what_is_not_understood_is_an_error_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(text)
