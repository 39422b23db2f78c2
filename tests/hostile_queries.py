"""Random and hostile strings as visitors' queries: the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, islice

LONGEST = 512
"""Characters of a query at most."""

HOSTILE = [
    *(
        '"',
        '""',
        '"a',
        'a"',
        '""""',
        "“",
        "-",
        "--",
        "- -",
        "-a",
        '-"a',
        "()",
        "(((",
        ")",
        "[",
        "[a TO",
        "[a TO b]",
        "{",
        "}",
    ),
    *(
        "*",
        "?",
        "*a*",
        "a*",
        "??",
        "~",
        "a~2",
        "~99",
        "^",
        "a^9",
        ":",
        "a:b",
        "title:",
        "title:*",
        "AND",
        "OR",
        "NOT",
        "a AND",
    ),
    *(
        "NOT OR a",
        "a:(^",
        "+",
        "!",
        "\\",
        "\\\\",
        "'",
        "';--",
        "<script>alert(1)</script>",
        "&amp;",
        "%00",
        "%",
        "\0",
        "\x1b[31m",
    ),
    *(
        "\u202e",
        "\ufeff",
        "\u200d",
        "e\u0301\u0301\u0301",
        "👩‍👩‍👧",
        "糖尿病",
        "сон",
        "नींद",
        "نوم",
        "ﬁ",
        "½",
        "①",
        "K",
        "İ",
    ),
    *(
        "the",
        "the of and",
        "what is",
        "sleep",
        "caffeine half life",
        "omega-3",
        "5mg",
        "2,000 mg",
        "37.5 °C",
        "β-blockers",
    ),
    *(
        "a" * 512,
        "a " * 256,
        '"' * 512,
        "(" * 512,
        "-" * 512,
        "the " * 128,
        '"the the the the the the the"',
        "sleep " * 85,
    ),
    *(
        "../../etc/passwd",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "=cmd",
        "null",
        "None",
        "undefined",
        "true",
        "0",
        "-1",
        "1e309",
        "NaN",
    ),
]


def hostile_queries(count: int, seed: int) -> Iterator[str]:
    """So many queries: each hostile part by itself, then parts strung together and characters from all over Unicode."""
    chance = random.Random(seed)
    made = (_make(chance) for _ in range(count))
    return (query[:LONGEST] for query in islice(chain(HOSTILE, made), count))


def _make(chance: random.Random) -> str:
    """Hostile parts strung together, or characters from all over Unicode."""
    if chance.random() < 0.6:
        joint = chance.choice([" ", " ", " ", "", "\t", "\n"])
        return joint.join(chance.choice(HOSTILE)[:60] for _ in range(chance.randint(1, 8)))
    planes = [
        (0x00, 0x7F),
        (0x80, 0x24F),
        (0x370, 0x6FF),
        (0x900, 0x97F),
        (0x2000, 0x2BFF),
        (0x4E00, 0x4FFF),
        (0x1F300, 0x1FAFF),
    ]
    return "".join(chr(chance.randint(*chance.choice(planes))) for _ in range(chance.randint(1, 60)))
