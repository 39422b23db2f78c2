"""Commands run without settings from outside, and tripwires do to a process what they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kb
from bench.reliability.forge import forge
from bench.reliability.index_states import STATES
from bench.reliability.odd_names import FORGED, problems_in
from bench.reliability.programs import build_index, environment, run_kb, tripwires
from bench.reliability.texts import COMMON, MARKERS, write_corpus, write_markers
from bench.reliability.watcher import FORBID_NOTICES


def test_settings_of_this_process_reach_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_LANGUAGE", "klingon")
    assert "KB_LANGUAGE" not in environment()
    assert environment(KB_LANGUAGE="german")["KB_LANGUAGE"] == "german"


def test_the_same_seed_gives_the_same_articles(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_corpus(tmp_path / name, 12)
    texts = {path.relative_to(tmp_path / "one"): path.read_text() for path in (tmp_path / "one").rglob("*.txt")}
    assert texts == {path.relative_to(tmp_path / "two"): path.read_text() for path in (tmp_path / "two").rglob("*.txt")}
    assert len(texts) == 12
    assert all(any(word in text.lower() for word in COMMON) for text in texts.values())


def test_a_file_with_a_tripwire_ends_who_opens_it(tmp_path: Path) -> None:
    (tmp_path / "deadly.txt").write_text("")
    (tmp_path / "harmless.txt").write_text("")
    variables = environment(**tripwires(tmp_path / "wires", {"deadly.txt": "kill", "harmless.txt": "0.01"}))
    for name, code in (("harmless.txt", 0), ("deadly.txt", -9)):
        program = f"import os; os.close(os.open({name!r}, os.O_RDONLY)); print('still here')"
        done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=variables, capture_output=True)
        assert done.returncode == code


def test_a_forge_builds_again_and_again(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", 3)
    with forge(tmp_path / "forge") as building:
        for version in range(2):
            write_markers(tmp_path / "corpus", version)
            assert building.build(tmp_path / "corpus", "--index", tmp_path / "index").code == 0
        ended = building.build(tmp_path / "nothing", "--index", tmp_path / "index")
    assert ended.code == 1
    assert "Error: the corpus" in ended.output
    searcher = kb.open_index(tmp_path / "index")
    assert searcher.search("", limit=1).total.value == 3 + MARKERS
    assert searcher.generation == "gen-2"
    searcher.close()


def test_a_command_that_fails_says_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="the corpus"):
        build_index(tmp_path / "nothing", tmp_path / "index")
    assert run_kb(tmp_path, "status").returncode == 0


@pytest.mark.parametrize("name", STATES)
def test_damage_leaves_the_first_generation_alone(name: str, tmp_path: Path) -> None:
    for number in (1, 2):
        folder = tmp_path / f"gen-{number}"
        folder.mkdir()
        for file in ("manifest.json", "records.json", "_MAIN_1.toc"):
            (folder / file).write_text('{"format": 2}')
    (tmp_path / "CURRENT").write_text("gen-2\n")
    before = {path: path.read_bytes() for path in (tmp_path / "gen-1").iterdir()}
    STATES[name](tmp_path)
    assert {path: path.read_bytes() for path in (tmp_path / "gen-1").iterdir()} == before


def test_what_a_terminal_obeys_is_found_in_a_text() -> None:
    assert list(problems_in("two lines\n\tof text …\n")) == []
    assert len(list(problems_in(f"a\x1b[2J\n{FORGED}\nb\u202ec\nd\x9b"))) == 4


def test_notices_are_forbidden_in_a_namespace_only() -> None:
    limit = Path("/proc/sys/user/max_inotify_watches")
    if not limit.exists():
        pytest.skip("the system has no such limit")
    before = limit.read_text()
    done = subprocess.run(["unshare", "--user", "--map-root-user", "sh", "-c", FORBID_NOTICES], capture_output=True)
    if done.returncode:
        pytest.skip("user namespaces are not allowed here")
    assert limit.read_text() == before
