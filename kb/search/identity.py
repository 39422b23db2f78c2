"""Identity of answers: everything that an answer is made of besides the request.

That is the content of the generation, the program, and the settings that shape answers; not the name of the generation,
as a new index folder begins with `gen-1` again. Entity tags, the cache of answers and `query_id` are made of the
identity, so an answer from one content is never taken for an answer from another.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

import msgspec

from kb.program_digest import program_digest
from kb.settings import ANSWER_SETTINGS, Settings


@cache
def running_program() -> str:
    """Digest of the program, read once: a process that lives through an upgrade goes on as the old program."""
    return program_digest()


def identity_of_answers(seal: str, settings: Settings) -> str:
    """Digest of the seal of a generation, of the program and of the settings that shape answers."""
    shaping = [(name, getattr(settings, name)) for name in sorted(ANSWER_SETTINGS)]
    return blake2b(msgspec.json.encode([seal, running_program(), shaping]), digest_size=16).hexdigest()
