"""Traits, events, templates and lists to choose from, over HTTP."""

from __future__ import annotations

from segmentary.workspace.access.sensitive import sensitive_traits
from segmentary.workspace.value_suggestions import values_of


def test_traits_come_in_pages_and_are_searched(site):
    with site.client() as client:
        whole = client.get("/api/v1/traits", params={"limit": 1000}).json()["traits"]
        names, cursor = [], ""
        while cursor is not None:
            answer = client.get("/api/v1/traits", params={"limit": 20, "cursor": cursor}).json()
            names += [one["name"] for one in answer["traits"]]
            cursor = answer["next"]
        found = client.get("/api/v1/traits", params={"search": "RECENCY"}).json()["traits"]
        one = client.get("/api/v1/traits/recency").json()
        missing = client.get("/api/v1/traits/nothing")
    assert names == [one["name"] for one in whole] == sorted(names)
    assert "recency" in {one["name"] for one in found}
    assert (one["type"], one["kind"]) == ("number", "computed")
    assert missing.status_code == 404


def test_values_come_with_counts_for_who_may_see_them(site):
    with site.serving.reading() as workspace:
        sensitive = sorted(sensitive_traits(workspace) & set(workspace.traits().names))[:4]
        expected = values_of(workspace, "recency", limit=5)
    with site.client() as client:
        found = client.get("/api/v1/traits/recency/values", params={"limit": 5}).json()
        more = client.get("/api/v1/traits/recency/values", params={"limit": 5, "cursor": found["next"]}).json()
    with site.client("viewer") as client:
        few = client.get("/api/v1/traits/recency/values", params={"limit": 1000}).json()["values"]
        hidden = [client.get(f"/api/v1/traits/{name}/values").json() for name in sensitive]
    assert found["values"] == [{"value": one.value, "people": one.people} for one in expected]
    assert not {one["value"] for one in more["values"]} & {one["value"] for one in found["values"]}
    assert all(one["people"] >= site.workspace.settings.suppress_below for one in few)
    assert hidden
    assert all(one["values"] == [] for one in hidden)


def test_events_and_templates(site):
    with site.client("viewer") as client:
        events = client.get("/api/v1/events").json()["events"]
        one = client.get("/api/v1/events/order_completed", params={"values_of": "channel"})
        wrong = client.get("/api/v1/events/order_completed", params={"values_of": "secret_thing"})
        missing = client.get("/api/v1/events/nothing")
        templates = client.get("/api/v1/templates").json()["templates"]
    assert "order_completed" in {one["name"] for one in events}
    assert one.status_code == 200
    assert (wrong.status_code, missing.status_code) == (422, 404)
    assert "secret_thing" not in wrong.text
    assert {one["supported"] for one in templates} <= {True, False}
    assert all(one["document"]["segment"] == one["name"] for one in templates)
    assert all(one["supported"] or one["missing"] for one in templates)


def test_lists_are_kept_used_and_taken_away(site):
    with site.client() as client:
        made = client.put("/api/v1/lists/key_people", json={"ids": ["a", "b", "a"]})
        changed = client.put(
            "/api/v1/lists/key_people", json={"ids": ["a"]}, headers={"if-match": made.headers["etag"]}
        )
        late = client.put("/api/v1/lists/key_people", json={"ids": []}, headers={"if-match": made.headers["etag"]})
        read = client.get("/api/v1/lists/key_people").json()
        listed = client.get("/api/v1/lists").json()["lists"]
        gone = client.delete("/api/v1/lists/key_people")
        again = client.get("/api/v1/lists/key_people")
        odd = client.put("/api/v1/lists/odd", json={"ids": ["a\0b"]})
    assert (made.status_code, changed.status_code, late.status_code) == (201, 200, 412)
    assert read["ids"] == ["a"]
    assert {"name": "key_people", "size": 1} in listed
    assert (gone.status_code, again.status_code, odd.status_code) == (204, 404, 422)
