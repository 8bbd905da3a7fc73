"""The builder in a browser: by keyboard, typed fast, spelt otherwise, saved, and when somebody else saved first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segmentary.language.yaml import parse_yaml, to_document

STATIC = Path(__file__).parents[3] / "src/segmentary/interfaces/web/static"
DEEP = """\
segment: deep_one
title: Deep
where:
  all:
    - {trait: order_count, gte: 1}
    - any:
        - {trait: plan, in: [plus, pro]}
        - all:
            - {event: order_completed, during: {last: 365d}, count: {gte: 2}}
            - {not: {any: [{trait: order_count, gt: 40}, {trait: plan, missing: true}]}}
    - {not: {trait: browser, is: Nowhere}}
"""


@pytest.fixture
def page(site: Any, browser: Any) -> Iterator[Any]:
    found = site.page(browser, viewport={"width": 1280, "height": 900})
    found.set_default_timeout(20_000)
    found.wrong = []
    found.on("pageerror", lambda error: found.wrong.append(str(error)))
    yield found
    assert found.wrong == []
    found.context.close()


def opened(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#builder[data-ready]")


def saved(site: Any, text: str) -> dict[str, Any]:
    """Put a definition into force."""
    document = dict(to_document(parse_yaml(text)[0].definition))
    with site.client() as client:
        answer = client.put(f"/api/v1/segments/{document['segment']}", json={"document": document})
        assert answer.status_code in (200, 201), answer.text
    return document


def counted(page: Any) -> int:
    """The count once it belongs to what stands there."""
    page.wait_for_selector(".live:not([data-stale]) .figure[data-people]")
    return int(page.locator(".figure").get_attribute("data-people"))


def written(area: Any, word: str = "") -> None:
    """Wait until something stands in a text area."""
    from playwright.sync_api import expect

    expect(area).to_have_value(re.compile(word or "."), timeout=20_000)


def now(page: Any) -> Any:
    """The definition as the page would send it, read through its YAML tab."""
    page.get_by_role("tab", name="YAML").click()
    area = page.locator("textarea.code")
    written(area)
    found = to_document(parse_yaml(area.input_value())[0].definition)
    page.get_by_role("tab", name="Conditions").click()
    return found


def test_two_conditions_are_built_and_saved_by_keyboard_alone(site, page):
    opened(page, "/segments/new")
    keys = page.keyboard
    page.locator(".skip").focus()

    def tab_to(selector: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            if page.evaluate("(one) => document.activeElement.matches(one)", selector):
                return
        raise AssertionError(f"no way to {selector} by Tab")

    tab_to("[data-k=title]")
    keys.type("Loyal by keys")
    tab_to("[data-k=picker]")
    keys.type("order_count")
    page.wait_for_selector(".combo-list:not([hidden]) [role=option]")
    keys.press("ArrowDown")
    keys.press("Enter")
    assert page.evaluate("document.activeElement.dataset.k") == "value"
    keys.type("3")
    tab_to("[data-k=picker]")
    keys.type("order_completed")
    keys.press("Enter")
    page.wait_for_selector(".condition.event")
    tab_to("[data-k=amount]")
    keys.press("Control+A")
    keys.type("365")
    people = counted(page)
    tab_to(".keep .row button:last-child")
    keys.press("Enter")
    page.wait_for_url("**/segments/loyal_by_keys/edit")
    with site.serving.reading() as workspace:
        held = to_document(workspace.segments_defined()["loyal_by_keys"])
    assert held["where"] == {
        "all": [
            {"trait": "order_count", "gte": 3},
            {"event": "order_completed", "during": {"last": "365d"}, "count": {"gte": 1}},
        ]
    }
    with site.client() as client:
        answer = client.post("/api/v1/segments/preview", json={"document": held})
        assert answer.json()["people"] == people > 0


def test_fast_typing_lands_where_it_is_typed(site, page):
    saved(site, DEEP)
    opened(page, "/segments/deep_one/edit")
    orders = page.get_by_role("textbox", name="order_count").first
    days = page.get_by_role("textbox", name="length of the window")
    times = page.get_by_role("textbox", name="number of")
    most = page.get_by_role("textbox", name="order_count").nth(1)
    city = page.get_by_role("combobox", name="browser", exact=True)
    for run in range(10):
        wanted = [
            (orders, f"{run + 1}"),
            (days, f"{300 + run}"),
            (times, f"{run + 2}"),
            (most, f"{41 + run}"),
            (city, f"Town {run}"),
        ]
        for field, text in wanted:
            field.focus()
            page.keyboard.press("Control+A")
            page.keyboard.type(text, delay=0)
        for field, text in wanted:
            assert field.input_value() == text
    counted(page)
    first, any_of, town = now(page)["where"]["all"]
    assert first == {"trait": "order_count", "gte": 10}
    count, none = any_of["any"][1]["all"]
    assert count == {"event": "order_completed", "during": {"last": "309d"}, "count": {"gte": 11}}
    assert none["not"]["any"][0] == {"trait": "order_count", "gt": 50}
    assert town == {"not": {"trait": "browser", "is": "Town 9"}}


def test_what_is_typed_as_yaml_or_python_becomes_conditions(site, page):
    saved(site, DEEP)
    opened(page, "/segments/deep_one/edit")
    before = now(page)
    page.get_by_role("tab", name="YAML").click()
    area = page.locator("textarea.code")
    written(area)
    area.fill(area.input_value().replace("gte: 1}", "gtee: 1}"))
    page.get_by_role("tab", name="Conditions").click()
    page.locator(".source .wrong").get_by_text("Line").wait_for()
    assert page.get_by_role("tab", name="YAML").get_attribute("aria-selected") == "true"
    area.fill(area.input_value().replace("gtee: 1}", "gte: 7}"))
    page.get_by_role("tab", name="Python").click()
    written(area, "define_segment")
    assert ">= 7" in area.input_value()
    area.fill(area.input_value().replace(">= 7", ">= 8"))
    page.get_by_role("tab", name="SQL").click()
    page.locator(".source pre").get_by_text(re.compile("select", re.IGNORECASE)).wait_for()
    page.get_by_role("tab", name="Conditions").click()
    assert page.get_by_role("textbox", name="order_count").first.input_value() == "8"
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_role("textbox", name="order_count").first.input_value() == "7"
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    assert now(page) == before
    page.keyboard.press("Control+Shift+z")
    assert page.get_by_role("textbox", name="order_count").first.input_value() == "7"
    assert "one condition changed" in page.locator(".unsaved").inner_text()
    page.get_by_role("button", name="Discard").click()
    assert page.locator(".unsaved").inner_text() == "All changes are saved."


def test_who_saves_second_is_told_what_changed(site, page):
    saved(site, DEEP)
    opened(page, "/segments/deep_one/edit")
    page.get_by_role("textbox", name="order_count").first.fill("2")
    saved(site, DEEP.replace("title: Deep", "title: Theirs").replace("gt: 40", "gt: 44"))
    counted(page)
    page.get_by_role("button", name="Save", exact=True).click()
    clash = page.get_by_role("dialog", name="Somebody saved this segment meanwhile")
    clash.wait_for()
    assert "title, one condition changed" in clash.inner_text()
    clash.get_by_role("button", name="Take theirs").click()
    assert page.get_by_role("textbox", name="title", exact=True).input_value() == "Theirs"
    page.get_by_role("textbox", name="order_count").first.fill("3")
    counted(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("All changes are saved.").wait_for()
    with site.serving.reading() as workspace:
        assert to_document(workspace.segments_defined()["deep_one"])["where"]["all"][0] == {
            "trait": "order_count",
            "gte": 3,
        }


def test_wrong_and_unfinished_conditions_are_told_in_place(page):
    opened(
        page,
        "/segments/new?from=segment: a%0Awhere: {all: [{trait: order_count, gte: 2}, {trait: nothing_such, is: 1}]}",
    )
    found = page.locator(".condition.faulty .findings .error")
    found.wait_for()
    assert "unknown trait" in found.inner_text()
    page.locator(".condition.faulty").get_by_role("button", name="Remove the condition").click()
    people = counted(page)
    picker = page.get_by_role("combobox", name=re.compile("Add a condition"))
    picker.fill("plan")
    picker.press("Enter")
    page.get_by_text("Not filled in yet: left out of the count.").wait_for()
    assert counted(page) == people


def test_the_page_reads_without_scripts(site, browser):
    saved(site, DEEP)
    page = site.page(browser, java_script_enabled=False)
    page.goto("/segments/deep_one/edit")
    text = page.locator("main").inner_text()
    page.context.close()
    assert "order count is at least 1" in text
    assert "segment: deep_one" in text
    assert "Removes" in text


AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.map((one) => one.id + ' ' + one.nodes.map((node) => node.target.join(' ')).join(' | '));
}"""


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_page_is_accessible_with_a_deep_tree_and_an_open_list(site, browser, width, scheme):
    import axe_playwright_python

    saved(site, DEEP)
    page = site.page(browser, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    opened(page, "/segments/deep_one/edit")
    counted(page)
    page.locator(".effect:visible").first.wait_for()
    page.add_script_tag(path=str(Path(axe_playwright_python.__file__).parent / "axe.min.js"))
    page.get_by_role("combobox", name=re.compile("Add a condition")).first.press("ArrowDown")
    page.wait_for_selector(".combo-list:not([hidden]) [role=option]")
    found = page.evaluate(AXE)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="YAML").click()
    found += page.evaluate(AXE)
    aside = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.context.close()
    assert found == []
    assert aside <= 0


def test_scripts_stay_small():
    for path in STATIC.glob("builder*.js"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 200, path.name
