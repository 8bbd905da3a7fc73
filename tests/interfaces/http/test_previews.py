"""Previews over HTTP: the same count as everywhere, parts, who may see what, and newer ones in place of older."""

from __future__ import annotations

import threading

import pytest

from segmentary.interfaces.http.routes.previews import Superseded, Turns
from segmentary.language.yaml import parse_document

RULE = {
    "all": [
        {"event": "order_completed", "during": {"last": "180d"}, "count": {"gte": 1}},
        {"any": [{"trait": "recency", "lte": 60}, {"not": {"trait": "order_count", "gte": 3}}]},
    ]
}
DOCUMENT = {"segment": "looked_at", "where": RULE}
PARTS = ["breakdown", "sample", "waterfall", "reach", "value", "findings", "difference"]


def asked(client, document=DOCUMENT, **more):
    return client.post("/api/v1/segments/preview", json={"document": document, **more})


def test_the_count_is_that_of_the_saved_segment(site):
    with site.client() as client:
        found = asked(client).json()
    with site.serving.reading() as workspace:
        run = workspace.last_run()
        ids = workspace.where(parse_document(DOCUMENT).where).ids()
    assert found["people"] == len(ids) > 0
    assert found["base"] >= found["people"]
    assert found["share"] == found["people"] / found["base"]
    assert found["as_of"].startswith(f"{run.as_of:%Y-%m-%dT%H:%M}")
    assert "in the last 180 days" in found["sentence"]
    assert "waterfall" not in found


def test_every_part_agrees_with_the_count(site):
    with site.client() as client:
        against = client.get("/api/v1/segments").json()["segments"][0]["name"]
        traits = client.get("/api/v1/traits", params={"limit": 1000}).json()["traits"]
        by = next(
            one["name"] for one in traits if one["kind"] == "attribute" and one["fill_rate"] and one["top_values"]
        )
        found = asked(client, parts=PARTS, breakdown_by=by, against=against).json()
    people = found["people"]
    assert [step["pointer"] for step in found["waterfall"]] == ["/where/all/0", "/where/all/1"]
    assert found["waterfall"][-1]["remaining"] == people
    assert [part["pointer"] for part in found["waterfall"][1]["parts"]] == ["/where/all/1/any/0", "/where/all/1/any/1"]
    rows = found["breakdown"]["rows"]
    assert sum(row["people"] for row in rows) + found["breakdown"]["others"] == people
    assert len(found["sample"]["rows"]) == min(10, people)
    assert found["sample"]["columns"][0] == "customer_id"
    assert all(0 <= n <= people for n in found["reach"].values())
    assert found["value"]["n"] == people
    assert found["value"]["orders"]["sum"] >= people
    moved = found["difference"]
    assert moved["people_before"] + moved["entered"] - moved["left"] == moved["people_after"] == people


def test_numbers_are_broken_down_by_ranges(site):
    with site.client() as client:
        found = asked(client, parts=["breakdown"], breakdown_by="monetary").json()
    rows = found["breakdown"]["rows"]
    assert sum(row["people"] for row in rows) == found["people"]
    assert all(row["low"] <= row["high"] for row in rows if row["low"] is not None)


def test_who_may_not_know_people_is_not_shown_them(site):
    with site.client("analyst") as client:
        sample = asked(client, parts=["sample"]).json()["sample"]
        refused = asked(client, parts=["breakdown"], breakdown_by="email")
    with site.client("viewer") as client:
        stranger = asked(client)
    assert "email" not in sample["columns"]
    assert (refused.status_code, stranger.status_code) == (403, 403)


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"document": {"segment": "x", "where": {"trait": "secret_thing", "gte": 1}}}, 422, "/where/trait"),
        ({"document": {"segment": "x", "where": {"trait": "recency", "wrong": 1}}}, 422, "/where/…"),
        ({"document": {"segment": "x", "where": {"trait": "recency", "gte": 1e308}}}, None, None),
        ({"document": {"segment": "x", "where": {"segment": "x"}}}, 422, None),
        ({"document": {}}, 422, ""),
        ({"document": {"trait": "x", "type": "number", "value": {"constant": 1}}}, 400, None),
        ({"document": DOCUMENT, "parts": ["nothing"]}, 422, "/parts/0"),
        ({"document": DOCUMENT, "as_of": "whenever"}, 400, None),
        ({"document": DOCUMENT, "as_of": "0001-01-01"}, None, None),
        ({"document": DOCUMENT, "as_of": "9999-12-31"}, None, None),
        ({"document": DOCUMENT, "against": "nobody", "parts": ["difference"]}, 422, None),
        ({"document": DOCUMENT, "breakdown_by": "nothing", "parts": ["breakdown"]}, 422, None),
        ({"document": {"segment": "x\ud800", "where": RULE}}, 400, None),
        ({"document": {"segment": "a\0b", "where": RULE}}, 422, None),
        ({"document": {"segment": "x", "where": {"trait": "country", "is": "a\0b"}}}, 422, None),
    ],
    ids=range(15),
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(site, body, status, pointer):
    import json

    with site.client() as client:
        answer = client.post(
            "/api/v1/segments/preview", content=json.dumps(body), headers={"content-type": "application/json"}
        )
    assert answer.status_code < 500, answer.text
    assert "secret_thing" not in answer.text
    if status is not None:
        assert answer.status_code == status, answer.text
    if pointer is not None:
        assert answer.json()["pointer"] == pointer, answer.text


class Held:
    """An engine that says whether it was interrupted."""

    interrupted = False

    def interrupt(self):
        self.interrupted = True


def test_a_newer_preview_takes_the_place_of_an_older_one():
    turns, engine = Turns(), Held()
    reader = type("Reader", (), {"engine": engine, "warehouse": engine})()

    def type_on(older):
        with turns.asking(older, reader):
            with turns.taking(("ann", "tab"), "first"), turns.taking(("bob", "tab"), "second"):
                assert not engine.interrupted
            with turns.taking(("ann", "tab"), "second"):
                assert engine.interrupted
                older.going_on()

    with turns.taking(("ann", "tab"), "first") as older, pytest.raises(Superseded):
        type_on(older)
    assert not turns.under_way


def test_many_edits_in_a_row_end_with_the_last_one(site):
    found: dict[int, int] = {}

    def edit(number):
        document = {"segment": "typing", "where": {"trait": "recency", "lte": number}}
        with site.client() as client:
            answer = client.post(
                "/api/v1/segments/preview", json={"document": document}, headers={"x-preview-session": "typing"}
            )
            found[number] = answer.status_code

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(found.values()) <= {200, 409}
    assert 200 in found.values()


def test_a_rule_over_what_is_hidden_names_nobody(site):
    probing = {"segment": "probing", "where": {"all": [{"trait": "email", "contains": "a"}]}}
    with site.client("analyst") as client, site.client("marketer") as marketer:
        theirs = asked(client, probing, parts=["sample", "waterfall"])
        usual = asked(client, parts=["sample"])
        allowed = asked(marketer, probing, parts=["sample"])
    assert theirs.status_code == 200
    assert "sample" not in theirs.json()
    assert usual.json()["sample"]["rows"]
    assert allowed.json()["sample"]["rows"]
