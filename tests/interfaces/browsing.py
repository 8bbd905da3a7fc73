"""What tests look for in a page of the browser."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIZES = (1280, 768, 390)


COUNTED = """
(() => {
  const own = window.fetch.bind(window);
  window.asked = 0;
  window.fetch = (...given) => { window.asked += 1; return own(...given).finally(() => { window.asked -= 1; }); };
})();
"""
STILL = "() => document.readyState === 'complete' && !window.asked && !document.querySelector('seg-job[data-begin]')"
"""Work that a page begins by itself ends by loading the page anew: it is waited for."""


def watch(page: Page) -> None:
    """Count what the pages to come ask the server, so that `settled` knows when they are ready."""
    page.add_init_script(COUNTED)


def settled(page: Page) -> None:
    """Wait until the page has loaded and asks nothing; sooner than waiting for half a second of silence."""
    page.wait_for_function(STILL, timeout=60_000)
    page.wait_for_timeout(30)
    page.wait_for_function(STILL, timeout=60_000)


@cache
def axe() -> str:
    """The accessibility checker, as text."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def audit(page: Page) -> list[str]:
    """What axe finds wrong, one line a rule."""
    if not page.evaluate("() => !!window.axe"):
        page.evaluate(axe())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then((one) => one.violations)")
    return [
        f"axe {one['id']}: {len(one['nodes'])} x, such as {json.dumps(one['nodes'][0]['html'])[:160]}"
        f" {(one['nodes'][0]['any'] or [{'message': ''}])[0]['message'][:140]}"
        for one in found
    ]


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def heard(page: Page, url: str) -> list[str]:
    """A list that grows with console errors, errors of scripts, and requests that leave the host."""
    said: list[str] = []
    host = urlsplit(url).netloc
    page.on("console", lambda one: said.append(f"console: {one.text}") if one.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.on(
        "request", lambda one: said.append(f"left the host: {one.url}") if urlsplit(one.url).netloc != host else None
    )
    return said
