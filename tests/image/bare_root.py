"""A folder that is the root of processes: what a container is, as far as a build and a service notice.

The processes have mounts and process numbers of their own (`unshare`), which end with the first of them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tests.image.dockerfile import Configuration, Instruction
from tests.image.dockerignore import Ignored

TOOLS = ("debootstrap", "unshare", "chroot", "mount")

_BUILDING = """
root=$1; shift
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev/shm"
"""
_SERVING = """
root=$1; shift
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs tmpfs "$root/tmp"
"""
"""The root is read-only, as with `docker run --read-only --tmpfs /tmp`."""
_BIND = """
mount --bind "$1" "$root$2"; shift 2
"""


class User(NamedTuple):
    uid: int
    gid: int
    home: str


class BareRoot:
    """Debian with its Python installed as in /usr/local, and what a Dockerfile adds to that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make the base."""
        base = ["debootstrap", "--variant=minbase", "--include=python3-venv", "bookworm", self.folder]
        subprocess.run(base, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        subprocess.run(["chroot", self.folder, "python3", "-m", "venv", "/usr/local"], check=True)

    def megabytes(self) -> int:
        done = subprocess.run(["du", "-sxm", self.folder], capture_output=True, text=True, check=True)
        return int(done.stdout.split()[0])

    def inside(self, path: PurePosixPath) -> Path:
        return self.folder / path.relative_to("/")

    def copy(self, instruction: Instruction, context: Path, ignored: Ignored, workdir: PurePosixPath) -> None:
        """Do a COPY: files and the content of folders, less what is ignored, as root's."""
        *sources, target = instruction.words
        # PurePosixPath forgets a slash at the end.
        folder = workdir / target
        for source in map(PurePosixPath, sources):
            for path in _files(context, source, ignored):
                is_file = path == source
                name = source.name if is_file and target.endswith("/") else "" if is_file else path.relative_to(source)
                goal = self.inside(folder / name)
                goal.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(context / path, goal)
                os.chown(goal, 0, 0)

    def run(self, instruction: Instruction, configuration: Configuration) -> subprocess.CompletedProcess[str]:
        """Do a RUN with the network and the pip settings of this machine."""
        settings = pip_settings()
        binds = {PurePosixPath(path): Path(path) for path in (*settings.values(), "/etc/resolv.conf", "/etc/hosts")}
        command = self.command(
            instruction.command,
            configuration,
            binds={path: source for path, source in binds.items() if path.is_absolute() and source.exists()},
            env=settings,
            script=_BUILDING,
        )
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def command(
        self,
        command: Sequence[str],
        configuration: Configuration,
        *,
        binds: Mapping[PurePosixPath, Path],
        env: Mapping[str, str],
        script: str = _SERVING,
    ) -> list[str]:
        """The command that runs a command in this root, as the first process there; `binds` are mounted into it."""
        user = self.user(configuration.user)
        for path, source in binds.items():
            self._mount_point(self.inside(path), source)
        environment = {"HOME": user.home, **configuration.env, **env}
        return [
            *("unshare", "--mount", "--pid", "--fork"),
            *("sh", "-ec", script + _BIND * len(binds) + 'exec "$@"', "sh", str(self.folder)),
            *(str(word) for path, source in binds.items() for word in (source, path)),
            *("chroot", f"--userspec={user.uid}:{user.gid}", "--groups=", str(self.folder)),
            *("env", "--ignore-environment", f"--chdir={configuration.workdir}"),
            *(f"{name}={value}" for name, value in environment.items()),
            *command,
        ]

    def user(self, name: str) -> User:
        """The user of this name or number; one that the root does not know has docker's home, the root."""
        for line in (self.folder / "etc" / "passwd").read_text(encoding="utf-8").splitlines():
            known, _, uid, gid, _, home, _ = line.split(":")
            if name in (known, uid):
                return User(int(uid), int(gid), home)
        return User(int(name), 0, "/")

    def _mount_point(self, path: Path, source: Path) -> None:
        if source.is_dir():
            path.mkdir(parents=True, exist_ok=True)
        elif not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()


def pip_settings() -> dict[str, str]:
    """This machine's settings of pip and of the network, as variables."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = re.findall(r"^[\w:]+\.([\w.-]+)='(.*)'$", listed, re.MULTILINE)
    kinds = re.compile(r"PIP_.*|SSL_CERT_.*|REQUESTS_CA_BUNDLE|(https?|no|all)_proxy", re.IGNORECASE)
    return {f"PIP_{name.upper().replace('-', '_')}": value for name, value in rows if "." not in name} | {
        name: value for name, value in os.environ.items() if kinds.fullmatch(name)
    }


def _files(context: Path, source: PurePosixPath, ignored: Ignored) -> Iterator[PurePosixPath]:
    """The files that a source of a COPY stands for, from the context on."""
    found = context / source
    if not found.exists() or ignored(source):
        raise FileNotFoundError(f"{source} is not in the build's folder, or ignored")
    for path in [found] if found.is_file() else sorted(found.rglob("*")):
        name = PurePosixPath(path.relative_to(context))
        if path.is_file() and not ignored(name):
            yield name
