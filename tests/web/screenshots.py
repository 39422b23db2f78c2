"""Pictures of every page of a running service: `python -m tests.web.screenshots FOLDER [ADDRESS [QUERY]]`."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote_plus

from playwright.sync_api import Browser, sync_playwright

from .browser import launch

SHAPES = (
    ("light", 1280, 900, "light"),
    ("dark", 1280, 900, "dark"),
    ("phone", 390, 844, "light"),
    ("phone-dark", 390, 844, "dark"),
)


def main(folder: str, address: str = "http://127.0.0.1:8000", query: str = "creatine dose") -> None:
    """Write a picture of each page in each shape, the whole length of it, into `folder`."""
    pages = {
        "home": "/",
        "results": f"/?q={quote_plus(query)}",
        "empty": "/?q=zzyzx+qqfoo&filter[site]=nowhere.example",
        "error": "/articles/no-such-article",
    }
    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for shape in SHAPES:
            _picture(browser, shape, address, pages, folder)
        browser.close()


def _picture(browser: Browser, shape: tuple[str, int, int, str], address: str, pages: dict[str, str], to: str) -> None:
    name, width, height, scheme = shape
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    for title, path in pages.items():
        page.goto(address + path)
        page.screenshot(path=f"{to}/{title}-{name}.png", full_page=True)
    page.goto(address + pages["results"])
    inside = page.locator("main a[href^='/articles/']")
    if inside.count():
        page.goto(address + str(inside.first.get_attribute("href")))
        page.screenshot(path=f"{to}/article-{name}.png", full_page=True)
    context.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
