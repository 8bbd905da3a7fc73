"""Pages of experiments: a plan says what it could see before anybody is drawn; one that was read says its answer."""

from __future__ import annotations

from tests.interfaces.http.test_experiments import read


def test_an_experiment_is_planned_on_the_page(site, browser):
    page = site.page(browser)
    page.goto("/experiments/new")
    page.get_by_label("Name").fill("on_the_page")
    page.get_by_label("Left out on purpose, in percent").fill("30")
    page.get_by_role("button", name="See what it could see, and keep the plan").click()
    page.wait_for_url("**/experiments/on_the_page", timeout=60_000)
    page.locator("table").first.wait_for()
    assert "control 30.0%, treated 70.0%" in page.locator("aside").inner_text()
    with site.serving.reading() as workspace:
        assert workspace.experiments.get("on_the_page").shares == {"treated": 0.7, "control": 0.3}
    page.context.close()


def test_one_that_was_read_says_its_answer_first(site):
    with site.client() as client:
        read(client, "vouchers")
        text = client.get("/experiments/vouchers").text
    assert text.index('class="word"') < text.index("<table")
