"""A service that ends loses no connection that was begun, and begins none."""

from __future__ import annotations

import socket
import sys

import pytest

from kb.web.draining import DrainingArbiter, refuse_connections

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel cannot filter")


@LINUX
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_begun_connections_are_accepted_and_new_ones_are_not_begun(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        address = listener.getsockname()[:2]
        with socket.create_connection(address, timeout=5) as begun:
            refuse_connections([listener])
            with pytest.raises(TimeoutError):
                socket.create_connection(address, timeout=0.2)
            begun.sendall(b"a request")
            accepted, _ = listener.accept()
            with accepted:
                assert accepted.recv(100) == b"a request"
                accepted.sendall(b"an answer")
            assert begun.recv(100) == b"an answer"
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()


def test_a_socket_that_cannot_be_filtered_is_left_as_it_is() -> None:
    with socket.socket() as closed:
        closed.close()
        refuse_connections([closed])


@pytest.mark.parametrize("graceful", [True, False])
def test_only_a_graceful_stop_drains(monkeypatch: pytest.MonkeyPatch, graceful: bool) -> None:
    calls: list[object] = []
    monkeypatch.setattr("kb.web.draining.refuse_connections", lambda listeners: calls.append(listeners))
    monkeypatch.setattr("gunicorn.arbiter.Arbiter.stop", lambda _self, graceful: calls.append(graceful))
    arbiter = DrainingArbiter.__new__(DrainingArbiter)
    arbiter.LISTENERS = ["listener"]
    arbiter.stop(graceful)
    assert calls == ([["listener"]] if graceful else []) + [graceful]
