"""Markets over HTTP: the same figures as in Python; plans that are wrong change nothing."""

from __future__ import annotations

import pytest


def test_a_market_is_measured_as_in_python(site):
    with site.client() as client, site.serving.reading() as workspace:
        market = workspace.market(workspace.folder.root / "market" / "gardeners.yaml")
        sizes = client.get("/api/v1/markets/gardeners/measures/sizes").json()
        matrix = client.get("/api/v1/markets/gardeners/measures/attractiveness", params={"choose": 2}).json()
        ours = market.sizes()
    assert [one["name"] for one in sizes["segments"]] == [one.name for one in ours.segments]
    assert [one["n"] for one in sizes["segments"]] == [one.n for one in ours.segments]
    assert len(matrix["chosen"]) == 2


def test_a_plan_is_kept_with_its_version(site):
    with site.client() as client:
        before = client.get("/api/v1/markets/gardeners")
        text = before.json()["text"]
        refused = client.put("/api/v1/markets/gardeners", json={"text": text}, headers={"if-match": '"other"'})
        wrong = client.put("/api/v1/markets/gardeners", json={"text": text + "surprise: 1\n"})
        other = client.put("/api/v1/markets/gardeners", json={"text": text.replace("gardeners", "others")})
        kept = client.put(
            "/api/v1/markets/gardeners", json={"text": text}, headers={"if-match": before.headers["etag"]}
        )
        after = client.get("/api/v1/markets/gardeners").json()["text"]
        new = client.put("/api/v1/markets/second_look", json={"text": text.replace("gardeners", "second_look")})
    assert (refused.status_code, wrong.status_code, other.status_code) == (412, 422, 422)
    assert (kept.status_code, new.status_code) == (200, 201)
    assert after == text


@pytest.mark.parametrize("name", ["nowhere", "..%2F..%2Fetc", "a" * 200])
def test_an_unknown_market_is_not_found(site, name):
    with site.client() as client:
        for path in ("", "/measures/sizes", "/report", "/report/market.html"):
            assert client.get(f"/api/v1/markets/{name}{path}").status_code == 404


def test_a_decision_is_refused_with_a_reason(site):
    with site.client() as client:
        answer = client.post("/api/v1/markets/gardeners/targets", json={"audience": "house_owners"})
    assert answer.status_code in (400, 422)
    assert answer.json()["title"]
    assert answer.json()["code"]
