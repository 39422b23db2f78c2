"""Public address of the service, for answers that other programs keep: never one that a visitor made up.

A request names its host as it likes. So an absolute address is made of `base_url`, or of a host that is allowed.
"""

from __future__ import annotations

import ipaddress
import re

import falcon

from kb.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:@/\s]+)(:[0-9]{1,5})?")
_SEPARATORS = re.compile(r"[,\s]+")
_MISDIRECTED = 421


class PublicAddress:
    """Address of the service by the settings, or by a request to an allowed host."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.base_url.rstrip("/")
        self._names = allowed_names(settings)

    def of(self, req: falcon.Request) -> str | None:
        """Address without a trailing slash; None for a request to a host that is not allowed."""
        if self._base_url:
            return self._base_url
        host = _HOST.fullmatch(req.netloc.casefold())
        if host is None or _bare(host["name"]) not in self._names:
            return None
        return f"{req.scheme}://{host[0]}{req.root_path}".rstrip("/")

    def required_of(self, req: falcon.Request) -> str:
        """Address without a trailing slash; raises HTTPError 421 for a request to a host that is not allowed."""
        address = self.of(req)
        if address is None:
            raise falcon.HTTPError(
                _MISDIRECTED,
                description="The address of this service is not known by that name. "
                "Set base_url to its public address, or name the host in allowed_hosts.",
            )
        return address

    def vary(self, resp: falcon.Response) -> None:
        """Tell caches that an answer depends on the host, unless the address is fixed."""
        if not self._base_url:
            resp.append_header("Vary", "Host")

    def keep_private(self, resp: falcon.Response) -> None:
        """Keep an answer that contains the address out of shared caches, unless the address is fixed."""
        self.vary(resp)
        if not self._base_url:
            resp.cache_control = ["private", "no-cache"]


def allowed_names(settings: Settings) -> frozenset[str]:
    """Names of hosts, without ports, in lower case: as set, else those of this machine alone."""
    names = [name for name in _SEPARATORS.split(settings.allowed_hosts.casefold()) if name]
    return frozenset(_bare(name) for name in names) or LOOPBACK | {_bare(settings.host.casefold())}


def _bare(name: str) -> str:
    """A name without a closing dot; an IPv6 address without brackets, in its shortest form."""
    name = name.strip("[]").removesuffix(".")
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name
