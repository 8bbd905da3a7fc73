"""Pages are escaped, translated, and say numbers as people write them."""

from __future__ import annotations


def test_the_list_of_segments_is_a_page(site):
    with site.client() as client:
        answer = client.get("/segments")
    assert answer.status_code == 200
    assert "<h1>Segments</h1>" in answer.text
    for one in site.workspace.segments_defined().values():
        assert (one.title or one.name) in answer.text.replace("&#39;", "'")


def test_a_page_looks_right_in_the_browser(site, browser):
    page = site.page(browser)
    page.goto("/segments")
    assert page.locator("h1").inner_text() == "Segments"
    page.context.close()
