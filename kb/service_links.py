"""Variables of service links, set by Kubernetes and Docker in every container for each service nearby.

For a service named `kb`, or `kb-anything`, the variables begin like our settings: `KB_PORT=tcp://10.0.0.1:80`.
"""

from __future__ import annotations

import re

_ENDPOINT = r"(?:tcp|udp|sctp)://\S+"
_NUMBER = r"[0-9]{1,5}"
_SHAPES = tuple(
    (re.compile(rf"KB_(?:[A-Z0-9_]+_)?{name}"), re.compile(value))
    for name, value in {
        "SERVICE_HOST": r"[0-9a-zA-Z.:\[\]-]+",
        r"SERVICE_PORT(?:_[A-Z0-9_]+)?": _NUMBER,
        "PORT": _ENDPOINT,
        r"PORT_[0-9]+_(?:TCP|UDP|SCTP)": _ENDPOINT,
        r"PORT_[0-9]+_(?:TCP|UDP|SCTP)_PROTO": "tcp|udp|sctp",
        r"PORT_[0-9]+_(?:TCP|UDP|SCTP)_PORT": _NUMBER,
        r"PORT_[0-9]+_(?:TCP|UDP|SCTP)_ADDR": r"[0-9a-zA-Z.:\[\]-]+",
    }.items()
)
"""Names, behind that of the service, with values."""


def is_service_link(name: str, value: str) -> bool:
    """Whether a variable has the name and the value of a link to a service."""
    return any(names.fullmatch(name) and values.fullmatch(value) for names, values in _SHAPES)
