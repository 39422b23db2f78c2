"""How many examples a property is tried with: few by default, many with HYPOTHESIS_PROFILE=long."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


def examples(number: int) -> settings:
    """Settings for a property, as a decorator: so many examples, in a long run fifty times as many."""
    return settings(
        max_examples=number * (50 if _LONG else 1),
        deadline=None,
        phases=[phase for phase in Phase if _LONG or phase not in (Phase.explain, Phase.shrink)],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
