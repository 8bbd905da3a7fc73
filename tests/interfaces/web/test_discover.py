"""Discover as people use it: choose, watch, read the answer, name, ask somebody."""

from __future__ import annotations

import re


def test_choose_watch_and_read_the_answer(site, browser):
    page = site.page(browser, role="analyst")
    page.goto("/discover/new")
    page.get_by_label("Search variables").fill("last order")
    assert page.locator(".variable:visible").count() < page.locator(".variable").count()
    page.get_by_label("Search variables").fill("")
    for name in ("recency", "order_count"):
        page.locator(f"input[name=by][value={name}]").check()
    page.locator("#plan dd").first.wait_for()
    page.locator("#span").select_option("2")
    page.get_by_text("More choices").click()
    page.locator("#repetitions").select_option("10")
    page.get_by_label("k-means", exact=True).check()
    page.get_by_label("Call it").fill("from_the_page")
    page.get_by_role("button", name="Find segments").click()
    page.wait_for_url("**/discover/from_the_page", timeout=60_000)
    assert page.locator(".answer .word").first.inner_text()
    assert page.locator(".portrait").count() == 2
    page.context.close()


def test_cannot_say_is_an_answer_in_its_place(site, browser):
    page = site.page(browser, role="analyst")
    page.goto("/discover/new?by=recency&by=order_count&segments=2&within=pro")
    page.locator("#span").evaluate("(one) => { one.options[0].value = '20'; one.selectedIndex = 0; }")
    page.get_by_label("Call it").fill("nobody_there")
    page.get_by_role("button", name="Find segments").click()
    page.locator("[data-outcome] .answer").wait_for(timeout=60_000)
    assert page.locator("[data-outcome] .answer .word").inner_text()
    assert page.url.split("?")[0].endswith("/discover/new")
    page.context.close()


def test_a_group_is_named_in_place(site, browser):
    page = site.page(browser, role="analyst")
    page.goto("/discover/habits")
    page.get_by_text("Give it another name").first.click()
    page.locator(".rename input").first.fill("The <i>first</i>")
    page.get_by_role("button", name="Save the name").first.click()
    page.locator(".portrait h3", has_text="The <i>first</i>").wait_for()
    page.context.close()


def test_the_answer_reads_without_scripts(site):
    with site.client("viewer") as client:
        found = client.get("/discover/habits").text
        asked = client.get("/discover/habits/typing", params={"q_recency": "3", "q_average_order": "20"}).text
        odd = client.get("/discover/habits/typing", params={"q_recency": "<script>"}).text
        empty = client.get("/discover/spending/typing").text
        beside = client.get("/discover/habits/compare", params={"with": "spending"}).text
    for word in ("What that means for use:", "How many segments", "Recommended:", "<caption>"):
        assert word in found
    assert re.search(r'class="answer (good|mixed|caution)" role="status"', asked)
    assert "One answer cannot be read" in odd
    assert "<script>&" not in odd
    assert 'value="<script>' not in odd
    assert "No questions are chosen yet" in empty
    assert "adjusted Rand index" in beside
    assert "Save as segments" not in found, "a viewer may not define"


def test_pictures_come_live_and_drawn(site):
    with site.client("viewer") as client:
        for name in ("criteria", "separation"):
            live = client.get(f"/charts/discover/habits/{name}.json", params={"width": 300})
            drawn = client.get(f"/charts/discover/habits/{name}.svg")
            assert "vega" in live.json()["$schema"]
            assert drawn.text.lstrip().startswith("<svg")
        assert client.get("/charts/discover/habits/nothing.json").status_code == 404
        assert client.get("/charts/discover/habits/criteria.exe").status_code == 404


def test_odd_addresses_show_the_form(site):
    with site.client("analyst") as client:
        for query in ("base=nonsense", "by=nothing&by=" + "x" * 150, "segments=1e400", "survey=zzz", "survey=pulse",
                      "within=nobody&repetitions=x&name=%00%F0%9F%8E%88", "methods=magic"):  # fmt: skip
            assert client.get(f"/discover/new?{query}").status_code == 200, query
