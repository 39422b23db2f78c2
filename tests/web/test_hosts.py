"""Absolute addresses are made of what the operator allows, whatever a request says."""

from __future__ import annotations

import falcon
import falcon.testing
import pytest

from kb.settings import Settings
from kb.web.hosts import PublicAddress, allowed_names


def asked(host: str, **options: object) -> falcon.Request:
    return falcon.testing.create_req(headers={"Host": host}, **options)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "kb.lan", "KB.LAN.:80"])
def test_this_machine_and_the_host_listened_on_are_allowed_at_any_port(host: str) -> None:
    address = PublicAddress(Settings(host="kb.lan"))
    assert address.of(asked(host)) == f"http://{host.casefold()}"


@pytest.mark.parametrize(
    "host",
    ["evil.test", "kb.lan.evil.test", "a@kb.lan", "kb.lan:80:80", "kb.lan:x", "kb.lan/x", 'kb.lan"/><x>', "[::2]", ""],
)
def test_any_other_host_has_no_address(host: str) -> None:
    address = PublicAddress(Settings(host="kb.lan"))
    assert address.of(asked(host)) is None
    with pytest.raises(falcon.HTTPError):
        address.required_of(asked(host))


def test_the_hosts_that_are_set_are_the_only_ones() -> None:
    settings = Settings(allowed_hosts=" kb.test, SEARCH.test\t[2001:DB8::1],", host="kb.lan")
    assert allowed_names(settings) == {"kb.test", "search.test", "2001:db8::1"}
    address = PublicAddress(settings)
    assert address.of(asked("search.test", scheme="https")) == "https://search.test"
    assert address.of(asked("[2001:db8:0::1]:81")) == "http://[2001:db8:0::1]:81"
    assert address.of(asked("localhost")) is None


def test_a_public_address_that_is_set_is_the_only_one() -> None:
    address = PublicAddress(Settings(base_url="https://kb.example/search/", allowed_hosts="kb.test"))
    for host in ("kb.test", "evil.test"):
        assert address.of(asked(host)) == address.required_of(asked(host)) == "https://kb.example/search"


@pytest.mark.parametrize(
    ("base_url", "vary", "control"), [("", "Host", "private, no-cache"), ("https://kb.example", None, None)]
)
def test_caches_do_not_mix_hosts(base_url: str, vary: str | None, control: str | None) -> None:
    resp = falcon.Response()
    PublicAddress(Settings(base_url=base_url)).keep_private(resp)
    assert resp.get_header("Vary") == vary
    assert resp.cache_control == control
