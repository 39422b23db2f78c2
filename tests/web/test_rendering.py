"""Templates that escape, and static files whose addresses change with their content."""

from __future__ import annotations

from pathlib import Path

import falcon.testing
import jinja2
import pytest

from kb.settings import Settings
from kb.web.rendering import Assets, Templates

from .fakes import FakeLive

Client = falcon.testing.TestClient


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text("{{ site_name }}: {{ words }}, {{ words | safe }}, {{ 1234 | thousands }}")
    return tmp_path


def test_a_template_escapes_what_it_shows_unless_it_says_otherwise(folder: Path) -> None:
    templates = Templates(Settings(site_name="A & B"), Assets(), folder)
    assert templates.render("page.html", words="<b>") == "A &amp; B: &lt;b&gt;, <b>, 1,234"


def test_a_value_that_a_template_misses_is_an_error(folder: Path) -> None:
    with pytest.raises(jinja2.UndefinedError):
        Templates(Settings(), Assets(), folder).render("page.html")


def test_versions_change_with_templates_settings_and_static_files(folder: Path) -> None:
    styles = folder / "static"
    styles.mkdir()
    (styles / "page.css").write_text("a {}")
    versions = [Templates(Settings(), Assets(styles), styles).version]
    versions.append(Templates(Settings(site_name="Other"), Assets(styles), styles).version)
    before = Assets(styles)
    (styles / "page.css").write_text("b {}")
    after = Assets(styles)
    versions.append(Templates(Settings(), after, styles).version)
    assert len({before.version, after.version}) == len({before.url("page.css"), after.url("page.css")}) == 2
    assert len(set(versions)) == 3


def test_a_static_file_is_kept_for_ever_under_the_address_that_pages_use(client: Client, live: FakeLive) -> None:
    live.failure = RuntimeError("static files need no index")
    page = client.simulate_get("/nowhere", headers={"Accept": "text/html"}).text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    response = client.simulate_get(address)
    assert response.headers["content-type"] == "text/css"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    plain = client.simulate_get("/static/page.css")
    assert "immutable" not in plain.headers["cache-control"]
    again = client.simulate_get("/static/page.css", headers={"If-None-Match": plain.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "page.css/", "", "%00", "none.css"])
def test_nothing_but_the_static_files_is_served(client: Client, name: str) -> None:
    assert client.simulate_get(f"/static/{name}").status_code == 404
