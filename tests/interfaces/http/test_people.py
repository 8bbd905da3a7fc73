"""The API of people: found by what one may see, with the segments and moments the history has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.interfaces.site import Site


def test_segments_of_everybody_since_when_the_history_has_them(site: Site) -> None:
    with site.serving.reading() as workspace:
        stays = workspace.history.stays().to_pylist()
        run = workspace.last_run()
        people = workspace.segment("base_value").ids()[:25]
    assert run is not None
    open_ones = {(one["customer_id"], one["segment"]): one["entered_at"] for one in stays if one["left_at"] is None}
    with site.client() as client:
        for one in people:
            told = client.get(f"/api/v1/people/{one}/segments").json()
            assert told["run_id"] == run.run_id
            found = {part["segment"]: part["entered_at"][:19] for part in told["segments"]}
            wanted = {
                name: at.isoformat()[:19]
                for (who, name), at in open_ones.items()
                if who == one and name in run.segments
            }
            assert found == wanted
        assert client.get("/api/v1/people/nobody%20at%20all/segments").status_code == 404


def test_people_are_found_and_redacted(site: Site) -> None:
    with site.serving.reading() as workspace:
        person, email = workspace.warehouse.rows(
            __import__("sqlglot").parse_one("select customer_id, email from profile where email is not null limit 1")
        )[0]
    with site.client("marketer") as client, site.client("analyst") as other, site.client("viewer") as viewer:
        found = client.get("/api/v1/people", params={"search": f" {email.upper()} "}).json()["people"]
        assert (found[0]["customer_id"], found[0]["by"], found[0]["exact"]) == (person, "email", True)
        assert other.get("/api/v1/people", params={"search": email}).json()["people"] == []
        assert other.get("/api/v1/people", params={"search": person}).json()["people"][0]["customer_id"] == person
        assert email in client.get(f"/api/v1/people/{person}").text
        assert email in client.get(f"/people/{person}").text
        assert email not in other.get(f"/api/v1/people/{person}").text
        assert email not in other.get(f"/people/{person}").text
        assert viewer.get(f"/api/v1/people/{person}").status_code == 403
        assert viewer.get("/people").status_code == 403


def test_a_timeline_goes_back_to_the_first_event(site: Site) -> None:
    with site.serving.reading() as workspace:
        person = workspace.segment("regulars").ids()[0]
        total = workspace.warehouse.value(
            __import__("sqlglot").parse_one(f"select count(*) from events where customer_id = '{person}'")
        )
    events, cursor = [], ""
    with site.client() as client:
        while cursor is not None:
            told = client.get(f"/api/v1/people/{person}/timeline", params={"limit": 7, "cursor": cursor}).json()
            events += told["events"]
            cursor = told["next"]
        assert len(events) == total
        moments = [one["happened_at"] for one in events]
        assert moments == sorted(moments, reverse=True)
        for wrong in ("x", "WzEsMl0", "WyJ4Iiwgl10"):
            assert client.get(f"/api/v1/people/{person}/timeline", params={"cursor": wrong}).status_code == 400


def test_what_is_asked_of_nobody_is_answered(site: Site) -> None:
    with site.client() as client:
        for wrong in ("%00", "%ED%A0%80", "x" * 199, "..%2f..", "'; drop table customers; --"):
            for path in ("", "/segments", "/timeline", "/explain/regulars"):
                assert 400 <= client.get(f"/api/v1/people/{wrong}{path}").status_code < 500
        for text in ("", " ", "%", "_", "\u0000", "@", "+", "0" * 200, "ann smith"):
            assert client.get("/api/v1/people", params={"search": text}).status_code == 200
        told = client.get("/people/nobody", headers={"accept": "text/html"})
        assert told.status_code == 404
        assert "Nobody here" in told.text
