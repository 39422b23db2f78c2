from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.engines import NotInstalled, java


@pytest.fixture
def jdks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in place of the JDKs of this machine."""
    monkeypatch.setattr(java, "_homes", tmp_path.iterdir)
    java.newest_jdk.cache_clear()
    yield tmp_path
    java.newest_jdk.cache_clear()


def put(folder: Path, version: str, compiler: bool = True) -> None:
    home = folder / f"jdk-{version}"
    (home / "bin").mkdir(parents=True)
    (home / "release").write_text(f'IMPLEMENTOR="Somebody"\nJAVA_VERSION="{version}"\n')
    if compiler:
        (home / "bin" / "javac").touch()


def test_the_newest_jdk_is_taken(jdks: Path) -> None:
    for version in ("9.0.4", "25.0.3", "21.0.1"):
        put(jdks, version)
    put(jdks, "26", compiler=False)

    assert java.newest_jdk() == java.Jdk(25, "25.0.3", jdks / "jdk-25.0.3")


def test_a_jdk_that_is_too_old_is_named(jdks: Path) -> None:
    put(jdks, "17.0.15")

    with pytest.raises(NotInstalled, match=r"Java 21 or newer; the newest here is 17\.0\.15"):
        java.newest_jdk()


def test_a_machine_without_java_says_so(jdks: Path) -> None:
    (jdks / "not-a-jdk").mkdir()

    with pytest.raises(NotInstalled, match="none is here"):
        java.newest_jdk()


def test_a_program_that_ends_early_leaves_its_last_words() -> None:
    try:
        java.newest_jdk()
    except NotInstalled as reason:
        pytest.skip(str(reason))
    program = java.Program([Path("nowhere")], "NoSuchClass")

    with pytest.raises(RuntimeError, match="NoSuchClass"):
        program.ask("search", "sleep")
    program.close()
