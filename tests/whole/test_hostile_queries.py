"""Ten thousand random and hostile strings as visitors' queries, over HTTP: each is answered, within its budget."""

from __future__ import annotations

import random
import time
from pathlib import Path

from falcon.testing import TestClient

from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.text.tokens import Analyzer
from kb.web.app import create_app

QUERIES = 10_000
LONGEST = 512
GRACE_S = 1.0
"""What a busy machine may add to a query's budget before it counts as overrun."""

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


def test_every_string_is_answered_within_its_budget(sample_index: Path) -> None:
    settings = Settings(index=str(sample_index))
    live = LiveSearcher(sample_index, settings, Analyzer())
    client = TestClient(create_app(live, settings))
    slowest = 0.0
    for query in _queries(random.Random(3)):
        started = time.monotonic()
        answer = client.simulate_get("/v1/search", params={"q": query})
        slowest = max(slowest, time.monotonic() - started)
        assert answer.status_code == 200, query
        assert answer.json["query"]["text"] == query
        assert all(hit["snippets"] and hit["snippets"][0]["text"].strip() for hit in answer.json["hits"]), query
    live.close()
    assert slowest < settings.query_ms / 1000 + GRACE_S


def _queries(chance: random.Random) -> list[str]:
    made = [_made(chance) for _ in range(QUERIES - len(HOSTILE))]
    return [query[:LONGEST] for query in [*HOSTILE, *made]]


def _made(chance: random.Random) -> str:
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
