"""The instructions of a Dockerfile, by docker's rules as far as ours needs them; whatever else occurs is an error."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

NAMES = ("FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD")
COMMANDS = ("RUN", "CMD", "HEALTHCHECK")
"""The instructions that hold a command: a list in JSON (exec form), or a line for the shell."""

ROOT = PurePosixPath("/")
PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Instruction:
    """An instruction with its flags (`--interval=30s` is `interval`: `30s`) and words."""

    line: int
    name: str
    words: tuple[str, ...]
    """A command in shell form is one word."""
    flags: Mapping[str, str] = field(default_factory=dict)
    is_exec: bool = False
    """Whether the words were written as a list in JSON."""

    @property
    def command(self) -> list[str]:
        """The program and its arguments."""
        return list(self.words) if self.is_exec else ["/bin/sh", "-c", *self.words]


@dataclass(frozen=True)
class Configuration:
    """What instructions leave to those after them, and to a container."""

    env: Mapping[str, str] = field(default_factory=lambda: {"PATH": PATH})
    workdir: PurePosixPath = ROOT
    user: str = "0"
    volumes: tuple[PurePosixPath, ...] = ()
    ports: tuple[int, ...] = ()
    healthcheck: Instruction | None = None
    command: Instruction | None = None

    def after(self, instruction: Instruction) -> Configuration:
        """The configuration with this instruction added."""
        words = instruction.words
        match instruction.name:
            case "ENV":
                return replace(self, env={**self.env, **dict(_assignment(instruction, word) for word in words)})
            case "WORKDIR":
                return replace(self, workdir=self.workdir / words[0])
            case "USER":
                return replace(self, user=words[0])
            case "VOLUME":
                return replace(self, volumes=(*self.volumes, *map(PurePosixPath, words)))
            case "EXPOSE":
                return replace(self, ports=(*self.ports, *map(int, words)))
            case "HEALTHCHECK":
                return replace(self, healthcheck=instruction)
            case "CMD":
                return replace(self, command=instruction)
        return self


def parse(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile; ValueError names the line that docker, or this parser, does not understand."""
    instructions = [_instruction(line, joined) for line, joined in _joined_lines(text)]
    if not instructions or instructions[0].name != "FROM":
        raise ValueError("a Dockerfile begins with FROM")
    return instructions


def configured(instructions: Iterable[Instruction]) -> Configuration:
    """The configuration after all instructions."""
    configuration = Configuration()
    for instruction in instructions:
        configuration = configuration.after(instruction)
    return configuration


def _joined_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that continue them, and the number of the first; comments and empty lines left out."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        begun = begun or number
        parts.append(line.strip().removesuffix("\\"))
        if not line.rstrip().endswith("\\"):
            yield begun, "".join(parts)
            begun, parts = 0, []
    if parts:
        raise ValueError(f"line {begun}: a continuation leads to the end of the file")


def _instruction(line: int, text: str) -> Instruction:
    name, _, rest = text.partition(" ")
    name = name.upper()
    if name not in NAMES:
        raise ValueError(f"line {line}: {name} is none of {', '.join(NAMES)}")
    flags, rest = _without_flags(rest.strip())
    if name == "HEALTHCHECK":
        keyword, _, rest = rest.partition(" ")
        if keyword != "CMD":
            raise ValueError(f"line {line}: HEALTHCHECK without CMD")
    if not rest:
        raise ValueError(f"line {line}: {name} of nothing")
    if "<<" in rest:
        raise ValueError(f"line {line}: text that follows the instruction (<<) is not supported here")
    listed = _listed(rest)
    if listed is not None:
        return Instruction(line, name, listed, flags, is_exec=True)
    if name in COMMANDS:
        return Instruction(line, name, (rest,), flags)
    if "$" in rest:
        raise ValueError(f"line {line}: variables in {name} are not supported here")
    return Instruction(line, name, tuple(shlex.split(rest)), flags)


def _without_flags(rest: str) -> tuple[dict[str, str], str]:
    flags = {}
    while rest.startswith("--"):
        flag, _, rest = rest.partition(" ")
        name, _, value = flag.removeprefix("--").partition("=")
        flags[name] = value
        rest = rest.lstrip()
    return flags, rest


def _listed(rest: str) -> tuple[str, ...] | None:
    """The texts of a list in JSON; None for anything else, which docker takes for a line of the shell."""
    try:
        value = json.loads(rest)
    except json.JSONDecodeError:
        return None
    return tuple(value) if isinstance(value, list) and all(isinstance(word, str) for word in value) else None


def _assignment(instruction: Instruction, word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise ValueError(f"line {instruction.line}: ENV without =")
    return name, value
