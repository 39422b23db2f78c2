"""What Kubernetes sets for a service named `kb` is not taken for settings; what a person mistyped still is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import SettingError
from kb.service_links import is_service_link
from kb.settings import Settings
from tests.conftest import Kb

OF_A_SERVICE = {
    "SERVICE_HOST": "10.96.0.17",
    "SERVICE_PORT": "8000",
    "SERVICE_PORT_HTTP": "8000",
    "PORT": "tcp://10.96.0.17:8000",
    "PORT_8000_TCP": "tcp://10.96.0.17:8000",
    "PORT_8000_TCP_PROTO": "tcp",
    "PORT_8000_TCP_PORT": "8000",
    "PORT_8000_TCP_ADDR": "10.96.0.17",
    "PORT_53_UDP": "udp://[fd00::17]:53",
    "PORT_53_UDP_ADDR": "fd00::17",
}


@pytest.mark.parametrize("service", ["KB", "KB_SEARCH", "KB_HOST", "KB_2_SERVICE"])
def test_the_variables_of_a_service_are_ignored(tmp_path: Path, service: str) -> None:
    links = {f"{service}_{name}": value for name, value in OF_A_SERVICE.items()}
    assert all(is_service_link(name, value) for name, value in links.items())
    assert Settings.load(tmp_path, links) == Settings()


def test_a_setting_beside_them_counts(tmp_path: Path) -> None:
    links = {f"KB_{name}": value for name, value in OF_A_SERVICE.items()}
    assert Settings.load(tmp_path, {**links, "KB_HOST": "0.0.0.0"}).host == "0.0.0.0"
    assert Settings.load(tmp_path, {**links, "KB_PORT": "9000"}).port == 9000


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("KB_PORT", "http://10.0.0.1", "port is 'http://10.0.0.1'; expected a whole number"),
        ("KB_PORT", "tcp", "port is 'tcp'; expected a whole number"),
        ("KB_PROT", "tcp://10.0.0.1:80", "prot is not a setting"),
        ("KB_PORT_TCP", "80", "port_tcp is not a setting"),
        ("KB_SERVICE_PORT", "many", "service_port is not a setting"),
        ("KB_SERVICE_HOSTS", "10.0.0.1", "service_hosts is not a setting"),
        ("KB_SEARCH_PORT", "80", "search_port is not a setting"),
        ("KB_HOST_NAME", "10.0.0.1", "host_name is not a setting"),
    ],
)
def test_anything_else_is_still_named_as_no_setting(tmp_path: Path, name: str, value: str, message: str) -> None:
    with pytest.raises(SettingError, match=f"variable {name}: {message}"):
        Settings.load(tmp_path, {name: value})


def test_the_command_starts_in_a_pod_beside_a_service_named_kb(run_kb: Kb) -> None:
    links = {f"KB_{name}": value for name, value in OF_A_SERVICE.items()}
    assert "index" in run_kb("status", **links).stdout
