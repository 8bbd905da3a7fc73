"""Every page, as people see it: light and dark, telephone to desk; nothing for axe to find, no way sideways, no errors.

Each page is loaded once; then the window and the colours change under it, as they do in life. The daily suite lets axe
look at a desk in the light and a telephone in the dark; ``make pages`` at every size in both.
"""

from __future__ import annotations

import os

import pytest
from tests.interfaces.browsing import SIZES, audit, heard, settled, sideways, watch

OWN = ["/"]
EVERYWHERE = "SEGMENTARY_AUDIT" in os.environ
DAILY = {("light", 1280), ("dark", 390)}


@pytest.fixture(scope="module")
def page(site, browser):
    found = site.page(browser, viewport={"width": 1280, "height": 900}, color_scheme="light")
    watch(found)
    yield found
    found.context.close()


def test_every_page_in_every_size_and_light(site, page):
    wrong: list[str] = []
    said = heard(page, site.url)
    for address in dict.fromkeys([*OWN, *site.pages]):
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = page.goto(address)
        settled(page)
        if answer is None or answer.status != 200:
            wrong.append(f"{address}: {answer and answer.status}")
            continue
        if len(page.locator("h1").all()) != 1:
            wrong.append(f"{address}: not exactly one h1")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in SIZES:
                page.set_viewport_size({"width": width, "height": 900})
                if more := sideways(page):
                    wrong.append(f"{address} at {width}: {more} px too wide")
                if EVERYWHERE or (scheme, width) in DAILY:
                    wrong += [f"{address} at {width} {scheme}: {one}" for one in audit(page)]
        wrong += [f"{address}: {one}" for one in said]
        said.clear()
    assert not wrong, "\n".join(wrong)
    assert len(site.pages) > 20, "parts of the product furnish their pages"


def test_pages_without_charts_are_light(site):
    heavy = []
    with site.client() as client:
        for address in ["/", "/segments"]:
            text = client.get(address)
            assets = {part.split('"')[0] for part in text.text.split('="')[1:] if part.startswith("/assets/")}
            weight = len(text.content) + sum(len(client.get(one).content) for one in assets)
            if weight > 100_000:
                heavy.append(f"{address}: {weight:,} bytes")
    assert not heavy
