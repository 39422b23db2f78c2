"""The Dockerfile's steps in a bare root folder, and the service that comes of them, without docker.

Debian's Python 3.11, installed as in /usr/local, stands in for the base image. The service runs as docker would run it
with --read-only: as the file's user, with the file's variables, and with the corpus and the index as volumes.
It takes some minutes, root, debootstrap and Debian's and Python's package servers: only with REQUIRE_IMAGE=1.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT, SAMPLES
from tests.image.bare_root import TOOLS, BareRoot
from tests.image.dockerfile import Configuration, parse
from tests.image.dockerignore import Ignored

MOST_MEGABYTES = 500
"""What the image may add to its base."""

NEWS = "Zopiclone in the news\n\nA new article about zopiclone.\n"

pytestmark = pytest.mark.skipif(
    not os.environ.get("REQUIRE_IMAGE"), reason="REQUIRE_IMAGE is not set: building takes minutes"
)


@dataclass(frozen=True)
class Built:
    root: BareRoot
    configuration: Configuration
    megabytes: int
    output: str


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The root after all steps of the Dockerfile."""
    assert os.geteuid() == 0, "only root can change the root of a process"
    assert [tool for tool in TOOLS if not shutil.which(tool)] == []
    root = BareRoot(tmp_path_factory.mktemp("image") / "root")
    root.make()
    before = root.megabytes()
    configuration, said = Configuration(), ""
    ignored = Ignored((ROOT / ".dockerignore").read_text(encoding="utf-8"))
    for instruction in parse((ROOT / "Dockerfile").read_text(encoding="utf-8")):
        configuration = configuration.after(instruction)
        root.inside(configuration.workdir).mkdir(parents=True, exist_ok=True)
        if instruction.name == "COPY":
            root.copy(instruction, ROOT, ignored, configuration.workdir)
        elif instruction.name == "RUN":
            done = root.run(instruction, configuration)
            assert done.returncode == 0, done.stdout
            said += done.stdout
    yield Built(root, configuration, root.megabytes() - before, said)
    subprocess.run(["rm", "-rf", "--one-file-system", root.folder], check=True)


@dataclass
class Container:
    """A running service."""

    url: str
    run: Callable[..., subprocess.CompletedProcess[str]]
    """Runs another command in the container, as `docker exec` does."""
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON of an answer; status 0 if none came."""
        try:
            with urlopen(self.url + path, timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, None
        except OSError:
            return 0, None

    def wait(self, condition: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, "".join(self.lines)
            assert self.process.poll() is None, "".join(self.lines)
            time.sleep(0.1)

    def stop(self, sent: signal.Signals) -> int:
        """The exit code after a signal to the container's first process, with which all others end."""
        unshare = self.process.pid
        first = Path(f"/proc/{unshare}/task/{unshare}/children").read_text(encoding="ascii").split()
        os.kill(int(first[0]), sent)
        return self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def volumes(image: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[PurePosixPath, Path]:
    """A folder for each volume; that of the index is a volume with a name, which docker begins with the image's."""
    folders = {}
    for path in image.configuration.volumes:
        folders[path] = tmp_path_factory.mktemp("volumes") / path.name
        subprocess.run(["cp", "--archive", image.root.inside(path), folders[path]], check=True)
    (corpus,) = [folder for folder in folders.values() if folder.name == "corpus"]
    shutil.copytree(SAMPLES, corpus, dirs_exist_ok=True)
    return folders


@pytest.fixture(scope="module")
def container(image: Built, volumes: dict[PurePosixPath, Path]) -> Iterator[Container]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {"KB_PORT": str(port)}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        inside = image.root.command(command, image.configuration, binds=volumes, env=env)
        return subprocess.run(inside, capture_output=True, text=True, timeout=60, check=False)

    assert image.configuration.command
    command = image.root.command(image.configuration.command.command, image.configuration, binds=volumes, env=env)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        container = Container(f"http://127.0.0.1:{port}", run, process)
        assert process.stdout
        reading = threading.Thread(target=container.lines.extend, args=[process.stdout])
        reading.start()
        try:
            container.wait(lambda: container.get("/readyz")[0] == 200, 60)
            yield container
        finally:
            if process.poll() is None:
                container.stop(signal.SIGKILL)
            reading.join()


def test_the_build_compiles_the_engine_and_leaves_little(image: Built) -> None:
    print(f"the image adds {image.megabytes} MB to its base")  # noqa: T201 - shown by pytest -rP

    assert "the search engine is prepared, in" in image.output
    assert image.megabytes < MOST_MEGABYTES
    assert list(image.root.inside(PurePosixPath("/usr/src/kb")).glob("*.egg-info")) == []
    assert not image.root.inside(PurePosixPath("/root/.cache")).exists()


def test_a_search_answers(container: Container) -> None:
    status, page = container.get("/v1/search?q=magnesium+sleeping+pill")

    assert status == 200
    assert page["hits"][0]["id"] == "sleep/magnesium-not-a-sleeping-pill.txt"
    with urlopen(container.url + "/?q=magnesium", timeout=10) as answer:
        assert b"<mark>" in answer.read()
    with urlopen(container.url + "/static/" + next((ROOT / "kb/web/static").iterdir()).name, timeout=10) as answer:
        assert answer.status == 200


def test_the_service_compiles_nothing(container: Container) -> None:
    said = "".join(container.lines)

    assert "published gen-1" in said
    assert "preparing" not in said
    assert "machine code" not in said
    assert container.run("kb", "prepare").stdout == "prepared already\n"


def test_commands_run_beside_the_service_and_as_an_ordinary_user(container: Container) -> None:
    assert "Magnesium" in container.run("kb", "search", "magnesium").stdout
    assert container.run("kb", "check").returncode == 0
    assert container.run("id", "-u").stdout == "1000\n"
    assert container.run("touch", "/srv/file").returncode == 1


def test_health_is_good_as_long_as_the_service_runs(image: Built, container: Container) -> None:
    assert image.configuration.healthcheck
    check = image.configuration.healthcheck.command

    assert container.run(*check).returncode == 0
    assert container.run("env", "KB_PORT=9", *check).returncode != 0


def test_a_new_article_is_found(container: Container, volumes: dict[PurePosixPath, Path]) -> None:
    (corpus,) = [folder for folder in volumes.values() if folder.name == "corpus"]
    (corpus / "news.txt").write_text(NEWS, encoding="utf-8")

    container.wait(lambda: container.get("/v1/search?q=zopiclone")[1]["hits"] != [], 30)


def test_an_arbitrary_user_can_search(image: Built, container: Container, volumes: dict[PurePosixPath, Path]) -> None:
    somebody = replace(image.configuration, user="23456")
    index = {path: folder for path, folder in volumes.items() if folder.name == "index"}
    command = image.root.command(["kb", "search", "magnesium"], somebody, binds=index, env={})
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.stderr, done.returncode) == ("", 0)
    assert "Magnesium" in done.stdout


def test_the_service_ends_when_it_is_told_to(container: Container) -> None:
    assert container.stop(signal.SIGTERM) == 0
