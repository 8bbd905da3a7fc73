"""Pages of markets: the answer first, weights that can be changed, a plan that can be mended."""

from __future__ import annotations


def test_the_market_says_whom_to_serve(site, browser):
    page = site.page(browser)
    page.goto("/markets/gardeners")
    page.locator(".answer .word").wait_for()
    assert "Serve" in page.locator(".answer .word").first.inner_text()
    page.get_by_label("size").fill("0")
    page.get_by_role("button", name="Weigh again").click()
    page.wait_for_url("**weight.size=0**")
    page.locator(".answer .word").wait_for()
    page.context.close()


def test_a_plan_that_is_wrong_says_where(site, browser):
    page = site.page(browser)
    page.goto("/markets/gardeners/plan")
    page.get_by_label("Plan", exact=True).fill("market: gardeners\nsurvey: nowhere\nsegmetns: x\n")
    page.get_by_role("button", name="Check and keep").click()
    page.locator(".wrong:not(:empty)").wait_for()
    assert "segmetns" not in page.locator("h1").inner_text()
    page.context.close()
