"""Java for engines written in Java: the JDK to run, the build by Maven, and a pipe to the running program."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, NamedTuple, cast

from bench.engines import NotInstalled

OLDEST = 21
"""The first version of Java for which Lucene 10 is built."""

BUILD_SECONDS = 600

_JDKS = Path("/usr/lib/jvm")
_VERSION = re.compile(r'^JAVA_VERSION="((\d+)[^"]*)"', re.MULTILINE)
_COUNT = struct.Struct(">I")


class Jdk(NamedTuple):
    """A JDK on this machine."""

    major: int
    version: str
    home: Path


@cache
def newest_jdk() -> Jdk:
    """The newest JDK of this machine; raises NotInstalled where none is new enough."""
    jdks = [jdk for home in _homes() if (jdk := _jdk_at(home))]
    newest = max(jdks, default=None)
    if newest is None or newest.major < OLDEST:
        found = f"the newest here is {newest.version}" if newest else "none is here"
        raise NotInstalled(f"not installed: a JDK of Java {OLDEST} or newer; {found}")
    return newest


def build(project: Path) -> None:
    """Compile the folder of a pom.xml anew by Maven; raises NotInstalled where Maven is missing or fails."""
    maven = shutil.which("mvn")
    if maven is None:
        raise NotInstalled("not installed: Maven, which compiles the engine and fetches its libraries")
    shutil.rmtree(project / "target", ignore_errors=True)
    environment = {**os.environ, "JAVA_HOME": str(newest_jdk().home)}
    command = [maven, "--quiet", "--batch-mode", "--file", str(project / "pom.xml"), "compile"]
    built = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    if built.returncode:
        errors = [line for line in built.stdout.splitlines() if line.startswith("[ERROR]")]
        raise NotInstalled(f"not built: {errors[0] if errors else built.stderr.strip()}")


class Program:
    """A running Java program, asked over its standard input and output.

    Request and reply are lists of strings: the number of strings, then each string as the number of its UTF-8 bytes
    and the bytes. Numbers are of four bytes, the highest first.
    """

    def __init__(self, class_path: Iterable[Path], main: str, *arguments: object) -> None:
        jdk = newest_jdk()
        # Lucene decodes postings with vector instructions where the module is added, and Java warns of the module.
        options = ["--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"]
        command = [jdk.home / "bin" / "java", *options, "-cp", os.pathsep.join(map(str, class_path)), main]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [*map(str, command), *map(str, arguments)], stdin=pipe, stdout=pipe, stderr=pipe
        )

    def ask(self, *request: str) -> list[str]:
        """The reply to a request; raises RuntimeError with the program's last words when the program has ended."""
        requests, replies, errors = self._streams()
        try:
            requests.writelines(_encoded(request))
            requests.flush()
            return list(_decoded(replies))
        except (BrokenPipeError, struct.error):
            raise RuntimeError(errors.read().decode(errors="replace")) from None

    def close(self) -> None:
        """End the program, which stops when its input ends."""
        for stream in self._streams():
            with suppress(BrokenPipeError):  # the program has ended before, with requests still on the way
                stream.close()
        self._process.wait()

    def _streams(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        streams = self._process.stdin, self._process.stdout, self._process.stderr
        return cast(tuple[IO[bytes], IO[bytes], IO[bytes]], streams)


def _homes() -> Iterator[Path]:
    if named := os.environ.get("JAVA_HOME"):
        yield Path(named)
    if command := shutil.which("java"):
        yield Path(command).resolve().parents[1]
    yield from sorted(_JDKS.glob("*"))


def _jdk_at(home: Path) -> Jdk | None:
    try:
        version = _VERSION.search((home / "release").read_text(encoding="utf-8"))
    except OSError:
        return None
    has_compiler = (home / "bin" / "javac").exists()
    return Jdk(int(version[2]), version[1], home) if version and has_compiler else None


def _encoded(strings: Sequence[str]) -> Iterator[bytes]:
    yield _COUNT.pack(len(strings))
    for string in strings:
        encoded = string.encode()
        yield _COUNT.pack(len(encoded))
        yield encoded


def _decoded(stream: IO[bytes]) -> Iterator[str]:
    for _ in range(_number(stream)):
        yield stream.read(_number(stream)).decode()


def _number(stream: IO[bytes]) -> int:
    return int(_COUNT.unpack(stream.read(_COUNT.size))[0])
