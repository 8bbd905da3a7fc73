"""Definitions in other spellings, checked and held against the data, over HTTP."""

from __future__ import annotations

import pytest

DOCUMENT = {
    "segment": "x",
    "where": {"all": [{"trait": "recency", "lte": 60}, {"event": "order_completed", "count": {"gte": 2}}]},
}


def convert(client, spelling, to, source):
    return client.post("/api/v1/definitions/convert", json={"from": spelling, "to": to, "source": source})


def test_a_definition_goes_through_every_spelling(site):
    with site.client("viewer") as client:
        found = convert(client, "json", ["json", "yaml", "text", "python", "sql", "sentence"], DOCUMENT).json()
        assert found["document"] == DOCUMENT
        assert set(found["sql"]) == {"duckdb", "postgres", "spark"}
        for spelling in ("yaml", "python"):
            assert convert(client, spelling, ["json"], found[spelling]).json()["document"] == DOCUMENT
        assert convert(client, "text", ["json"], found["text"]).json()["document"]["where"] == DOCUMENT["where"]


@pytest.mark.parametrize(
    ("spelling", "source", "place"),
    [
        ("json", {"segment": "x", "where": {"all": [{"hidden": 1}]}}, {"pointer": "/where/all/0/hidden"}),
        ("yaml", "segment: x\nwhere: {hidden: 1}", {"line": 2, "column": 9}),
        ("text", "hidden is is", {"line": 1, "column": 11}),
        ("python", "hidden(1)", {"line": 1, "column": 1}),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(site, spelling, source, place):
    with site.client() as client:
        answer = convert(client, spelling, ["json"], source)
    assert answer.status_code == 422
    assert place.items() <= answer.json().items()
    assert "hidden" not in answer.text.replace("/where/all/0/hidden", "")


def test_a_definition_is_checked_and_linted(site):
    wrong = {"segment": "x", "where": {"any": [{"trait": "recency", "gte": 0}, {"trait": "recencyy", "gte": 1}]}}
    doubtful = {"segment": "x", "where": {"any": [{"trait": "recency", "lt": -5}, {"trait": "recency", "gte": 1}]}}
    with site.client() as client:
        found = client.post("/api/v1/definitions/validate", json={"document": wrong}).json()
        sound = client.post("/api/v1/definitions/validate", json={"document": DOCUMENT}).json()
        doubts = client.post("/api/v1/definitions/lint", json={"document": doubtful}).json()["findings"]
        refused = client.post("/api/v1/definitions/lint", json={"document": wrong})
    assert (found["valid"], found["problems"][0]["pointer"]) == (False, "/where/any/1/trait")
    assert sound == {"valid": True, "problems": []}
    assert "/where/any/0" in {one["pointer"] for one in doubts}
    assert (refused.status_code, refused.json()["pointer"]) == (422, "/where/any/1/trait")
