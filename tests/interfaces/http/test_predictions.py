"""Predictions over HTTP: the card with its test, what is possible, people only to those who may see them."""

from __future__ import annotations

import pytest

API = "/api/v1/predictions"


def test_a_card_says_how_good_it_is_on_an_unseen_time(site):
    with site.client("viewer") as client, site.serving.reading() as workspace:
        found = client.get(f"{API}/clv").json()
        card = workspace.predictions.fitted("clv").card
    assert found["verdict"]["word"]
    assert found["verdict"]["sentence"]
    assert [one["name"] for one in found["card"]["holdout"]] == [one.name for one in card.holdout]
    assert found["card"]["limits"] == list(card.limits)
    assert "baseline" not in found["card"]
    assert found["scores"]["everybody"]["mean"]["n"] == found["scores"]["everybody"]["people"]


def test_the_list_goes_page_by_page(site):
    with site.client("viewer") as client:
        whole = client.get(API)
        first = client.get(API, params={"limit": 1}).json()
        again = client.get(API, headers={"if-none-match": whole.headers["etag"]})
        odd = client.get(API, params={"cursor": "bm9uc2Vuc2U"})
    assert [one["name"] for one in first["predictions"]] == [whole.json()["predictions"][0]["name"]]
    assert again.status_code == 304
    assert odd.status_code == 400


def test_what_is_possible_says_what_is_missing(site):
    with site.client("viewer") as client:
        kinds = client.get(f"{API}/possible").json()["kinds"]
    assert {one["kind"] for one in kinds} == {"clv", "next", "churn", "propensity", "lookalike"}
    assert all(one["ready"] or (one["why"] and one["hint"]) for one in kinds)


def test_people_are_for_those_who_may_see_them(site):
    with site.client("analyst") as analyst, site.client("viewer") as viewer:
        first = analyst.get(f"{API}/clv/people", params={"limit": 5}).json()
        after = analyst.get(f"{API}/clv/people", params={"limit": 5, "cursor": first["next"]}).json()
        refused = viewer.get(f"{API}/clv/people")
        on_page = viewer.get("/predictions/clv").text
    values = [float(one["scores"]["value"]) for one in (*first["people"], *after["people"])]
    assert values == sorted(values, reverse=True)
    assert len({one["customer_id"] for one in (*first["people"], *after["people"])}) == 10
    assert refused.status_code == 403
    assert "Highest scores" not in on_page
    assert first["people"][0]["customer_id"] not in on_page


@pytest.mark.parametrize(
    "cursor", ["WzFlNDAwLCAiYSJd", "WzFlMzAwLCAiYSJd", "W05hTiwgImEiXQ", "WzEuMCwgIlx1MDAwMCJd", "e30"]
)
def test_no_cursor_breaks_anything(site, cursor):
    with site.client() as client:
        assert client.get(f"{API}/clv/people", params={"cursor": cursor}).status_code == 400


def test_a_prediction_is_asked_for_as_a_job(site):
    with site.client("analyst") as client:
        asked = client.post(API, json={"kind": "lookalike"})
        odd = client.post(API, json={"kind": "fortune"})
        far = client.post(API, json={"kind": "clv", "days": 10**9})
        score = client.post(f"{API}/nowhere/score", json={})
    assert asked.status_code == 202
    assert asked.headers["location"].startswith("/api/v1/jobs/")
    assert (odd.status_code, far.status_code, score.status_code) == (422, 422, 404)


@pytest.mark.parametrize("name", ["nowhere", "a" * 200, "x@v9"])
def test_what_is_not_there_is_not_found(site, name):
    with site.client() as client:
        for path in ("", "/people", "/report", "/report/x.html"):
            assert client.get(f"{API}/{name}{path}").status_code == 404
        assert client.get(f"/predictions/{name}").status_code == 404
        assert client.get(f"/charts/predictions/{name}/calibration.json").status_code == 404
