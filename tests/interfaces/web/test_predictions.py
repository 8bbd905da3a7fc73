"""Predictions as people use them: the plain answer first, what is missing said, the way to a segment."""

from __future__ import annotations

import re
from urllib.parse import unquote


def test_the_plain_answer_stands_first(site):
    with site.client("analyst") as client:
        found = client.get("/predictions/clv").text
        listed = client.get("/predictions").text
    assert found.index('class="answer') < found.index('class="tiles"')
    assert "When not to trust it" in found
    assert "Highest scores" in found
    assert "`segmentary " not in found, "no command of a terminal on a page"
    assert "What can be predicted here" in listed


def test_the_top_becomes_a_segment_in_the_builder(site):
    with site.client() as client:
        found = client.get("/predictions/clv").text
        (address,) = re.findall(r'href="(/segments/new\?from=[^"]+)"', found)
        builder = client.get(address)
    assert '"trait": "clv.value"' in unquote(address)
    assert builder.status_code == 200
    assert "clv.value" in builder.text


def test_what_cannot_be_said_is_said_in_place(site, browser):
    page = site.page(browser, role="analyst")
    page.goto("/predictions/new?kind=next")
    page.get_by_label("Days to look ahead").fill("3000")
    page.get_by_role("button", name="Fit and test it").click()
    page.locator("[data-outcome] .answer.caution").wait_for(timeout=60_000)
    assert "3,000 days" in page.locator("[data-outcome] .answer .word").inner_text()
    page.context.close()


def test_every_form_opens(site):
    with site.client("analyst") as client:
        for kind in ("clv", "next", "churn", "propensity", "lookalike", "", "nonsense"):
            assert client.get("/predictions/new", params={"kind": kind}).status_code == 200


def test_pictures_come_live_and_drawn(site):
    with site.client("viewer") as client:
        found = client.get("/predictions/clv").text
        (first, *_) = re.findall(r'seg-chart src="([^"]+)\.json"', found)
        assert "vega" in client.get(f"{first}.json", params={"width": 100_0}).json()["$schema"]
        assert client.get(f"{first}.svg").text.lstrip().startswith("<svg")
        assert client.get("/charts/predictions/clv/nothing.svg").status_code == 404
