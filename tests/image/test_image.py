"""The Dockerfile holds to docker's rules, and to ours: small, prepared, served as an ordinary user."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from kb.settings import Settings
from tests.conftest import ROOT
from tests.image.dockerfile import COMMANDS, Instruction, configured, parse
from tests.image.dockerignore import Ignored

INSTRUCTIONS = parse((ROOT / "Dockerfile").read_text(encoding="utf-8"))
IGNORED = Ignored((ROOT / ".dockerignore").read_text(encoding="utf-8"))
IMAGE = configured(INSTRUCTIONS)


def all_of(name: str) -> list[Instruction]:
    return [instruction for instruction in INSTRUCTIONS if instruction.name == name]


def settings(folder: Path) -> Settings:
    """The settings of a container that is given none, and no kb.toml."""
    return Settings.load(folder, IMAGE.env)


def test_hadolint_has_nothing_to_say() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run([hadolint, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)

    assert (done.stdout, done.returncode) == ("", 0)


def test_the_base_is_a_slim_python_of_one_minor_version_that_kb_runs_on() -> None:
    (base,) = all_of("FROM")
    pinned = re.fullmatch(r"python:3\.(\d+)-slim", *base.words)

    assert pinned
    assert 11 <= int(pinned[1]) < 16


@pytest.mark.parametrize("copy", all_of("COPY"), ids=lambda copy: f"line {copy.line}")
def test_what_is_copied_exists_and_is_not_ignored(copy: Instruction) -> None:
    *sources, target = copy.words

    assert target.endswith("/") or len(sources) == 1
    for source in sources:
        assert (ROOT / source).exists()
        assert not IGNORED(PurePosixPath(source))


@pytest.mark.parametrize(
    "name", [".git", ".venv", "bench", "corpus", "index", "tests", "kb/web/__pycache__", "kb.toml"]
)
def test_what_installing_does_not_take_is_ignored(name: str) -> None:
    assert IGNORED(PurePosixPath(name))
    assert IGNORED(PurePosixPath(name, "file"))


def test_no_module_and_no_data_of_the_package_is_ignored() -> None:
    files = [path.relative_to(ROOT) for path in (ROOT / "kb").rglob("*") if path.is_file()]

    assert [path for path in files if IGNORED(PurePosixPath(path)) and "__pycache__" not in path.parts] == []


def test_the_engine_is_prepared_where_the_package_can_be_written() -> None:
    runs = [run for run in all_of("RUN") if "kb prepare" in run.words[0]]

    assert len(runs) == 1
    assert runs[0].line < all_of("USER")[0].line
    assert all("--no-cache-dir" in run.words[0] for run in all_of("RUN") if "pip install" in run.words[0])


def test_the_service_belongs_to_an_ordinary_user_with_a_number() -> None:
    # A cluster that forbids root looks at the number, and does not know the image's names.
    assert int(IMAGE.user) >= 1000


def test_the_command_starts_kb_without_a_shell() -> None:
    assert IMAGE.command
    assert IMAGE.command.is_exec
    assert IMAGE.command.command == ["kb", "serve"]


def test_the_volumes_are_the_folders_of_the_settings(tmp_path: Path) -> None:
    used = settings(tmp_path)

    assert set(IMAGE.volumes) == {IMAGE.workdir / used.corpus, IMAGE.workdir / used.index}


def test_the_port_is_that_of_the_settings_and_open_to_the_outside(tmp_path: Path) -> None:
    used = settings(tmp_path)

    assert (used.host, (used.port,)) == ("0.0.0.0", IMAGE.ports)


def test_health_is_asked_of_the_service_without_tools_that_the_base_lacks() -> None:
    check = IMAGE.healthcheck

    assert check
    assert check.command[:2] == ["python", "-c"]
    assert "'/healthz'" in check.command[2]
    compile(check.command[2], "HEALTHCHECK", "exec")


def test_commands_in_exec_form_name_no_variables() -> None:
    assert [i for i in INSTRUCTIONS if i.name in COMMANDS and i.is_exec and any("$" in word for word in i.words)] == []
