"""The pages in a real browser, served by the real service over a real index."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .browser import CHROMIUM, launch
from .service import Service

PAGES = ("/", "/?q=dose", "/?q=a+dose&sort=title", "/?q=zzyzx+qq", "/articles/creatine.md?q=dose", "/articles/none")

Open = Callable[..., Page]

CONTRASTS = """
() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgba(getComputedStyle(node).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const contrasts = [];
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility()) continue;
    const [a, b] = [light(rgba(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    contrasts.push([(a + 0.05) / (b + 0.05), walker.currentNode.data.trim().slice(0, 40)]);
  }
  return contrasts;
}
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"{CHROMIUM} is missing and REQUIRE_BROWSER is set")
        pytest.skip(f"{CHROMIUM} is missing (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, service: Service) -> Iterator[Open]:
    contexts = []
    complaints: list[str] = []

    def open_page(path: str, **shape: Any) -> Page:
        context = browser.new_context(base_url=service.address, **shape)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # Chromium also reports the status of the error page that a test asked for.
    assert [text for text in complaints if "the server responded with a status" not in text] == []


def test_somebody_without_a_mouse_searches_reads_and_comes_back(open_page: Open) -> None:
    page = open_page("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("creatine dose")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("article")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    title = page.get_by_role("link", name=re.compile("How much creatine a day"))
    for _ in range(20):
        page.keyboard.press("Tab")
        if title.first.evaluate("link => link === document.activeElement"):
            break
    expect(title.first).to_be_focused()
    assert title.first.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("How much creatine a day")

    page.get_by_role("link", name=re.compile("go to the first")).press("Enter")
    expect(page.locator("mark:target")).to_be_in_viewport()
    page.get_by_role("link", name=re.compile("Results for creatine dose")).press("Enter")
    expect(page.locator("#q")).to_have_value("creatine dose")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(open_page: Open, path: str, scheme: str) -> None:
    contrasts = open_page(path, color_scheme=scheme).evaluate(CONTRASTS)
    assert contrasts
    assert [(round(ratio, 2), text) for ratio, text in contrasts if ratio < 4.5] == []


def test_the_dark_page_is_dark_and_its_marks_stand_out(open_page: Open) -> None:
    page = open_page("/?q=dose", color_scheme="dark")
    background = "node => getComputedStyle(node).backgroundColor"
    channels = re.findall(r"\d+", page.locator("body").evaluate(background))
    assert max(map(int, channels[:3])) < 60
    assert page.locator("mark").first.evaluate(background) != page.locator("body").evaluate(background)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_has_to_be_scrolled_sideways(open_page: Open, path: str, width: int) -> None:
    page = open_page(path, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_long_word_does_not_widen_the_page(open_page: Open) -> None:
    page = open_page("/?q=" + "donaudampfschiff" * 20, viewport={"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_works_without_javascript(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    page.locator("#q").fill("dose")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".hits > li")).to_have_count(3)
    page.get_by_role("link", name="Newest").click()
    expect(page.locator(".hits h2").first).to_have_text("How much creatine a day")
    page.get_by_role("link", name=re.compile("Sleep desk 2")).click()
    expect(page.locator(".hits > li")).to_have_count(2)
    page.get_by_role("link", name=re.compile("remove this filter")).click()
    expect(page.locator(".hits > li")).to_have_count(3)
    page.get_by_role("link", name="read here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Caffeine in the afternoon")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_loaded_from_elsewhere(open_page: Open, service: Service, path: str) -> None:
    page = open_page(path)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert asked
    assert [url for url in asked if not url.startswith(service.address)] == []


def test_print_leaves_out_what_cannot_be_clicked_on_paper(open_page: Open) -> None:
    page = open_page("/articles/creatine.md?q=dose")
    page.emulate_media(media="print")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    expect(page.locator(".body")).to_be_visible()
