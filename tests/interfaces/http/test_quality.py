"""The quality account over HTTP: whole, and without examples for those who may not see them."""


def test_the_account_is_whole_and_examples_are_for_few(site):
    seen = site.client("admin").get("/api/v1/quality")
    hidden = site.client("viewer").get("/api/v1/quality").json()
    sources = seen.json()["sources"]
    assert {one["source"] for one in sources} >= {"order_lines", "customers"}
    assert next(total["name"] for total in seen.json()["money"]) == "gross sales"
    assert any(finding["example"] for one in sources for finding in one["findings"])
    assert not any(finding["example"] for one in hidden["sources"] for finding in one["findings"])
    again = site.client("admin").get("/api/v1/quality", headers={"if-none-match": seen.headers["etag"]})
    assert again.status_code == 304
