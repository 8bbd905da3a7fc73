"""The API of segments: every way to count says the same, versions are matched, what is used is not taken out."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.interfaces.furnishing.segments import BASES

from segmentary.language.yaml import parse_yaml

if TYPE_CHECKING:
    import httpx
    from tests.interfaces.site import Site

DOCUMENT = {"segment": "api_made", "where": {"trait": "order_count", "gte": 2}}


@pytest.fixture(scope="module")
def client(site: Site):
    with site.client() as found:
        yield found


def ended(client: httpx.Client, job: str) -> dict[str, Any]:
    for _ in range(400):
        found: dict[str, Any] = client.get(f"/api/v1/jobs/{job}").json()
        if found["state"] in ("done", "failed", "cancelled"):
            return found
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def exported(client: httpx.Client, **wish: object) -> dict[str, Any]:
    asked = client.post("/api/v1/exports", json=wish)
    assert asked.status_code == 202, asked.text
    job = ended(client, asked.json()["job"])
    assert job["state"] == "done", job["problem"]
    found: dict[str, Any] = job["result"]
    return found


@pytest.mark.parametrize("name", [one.definition.name for one in parse_yaml(BASES)])
def test_a_count_is_the_same_everywhere(site: Site, client: httpx.Client, name: str) -> None:
    """Page, list, API, command line (`segment count`), SQL of the export, rows of the file: one number."""
    counted = client.get(f"/api/v1/segments/{name}/count").json()["people"]
    assert counted > 0
    with site.serving.reading() as workspace:
        view = workspace.segment(name)
        assert view.count().people == counted  # what `segmentary segment count` prints
        assert workspace.warehouse.table(view.ids_query()).num_rows == counted
        assert view.count(basis="evaluated").people == counted
    line = client.get("/api/v1/segments", params={"search": name}).json()["segments"][0]
    assert (line["name"], line["people"], line["series"][-1]) == (name, counted, counted)
    assert f"<dd>{counted:,}</dd>" in client.get(f"/segments/{name}", headers={"accept-language": "en"}).text
    made = exported(client, segment=name, traits=["monetary"])
    assert made["people"] == counted
    file = client.get(f"/api/v1/exports/{made['export']}/file")
    assert file.headers["content-type"].startswith("text/csv")
    assert len(list(csv.reader(io.StringIO(file.text)))) == counted + 1


def test_members_come_page_by_page(client: httpx.Client) -> None:
    total = client.get("/api/v1/segments/base_value/count").json()["people"]
    found, cursor = [], ""
    while cursor is not None:
        told = client.get("/api/v1/segments/base_value/members", params={"limit": 97, "cursor": cursor}).json()
        found += [one["customer_id"] for one in told["members"]]
        cursor = told["next"]
    assert len(found) == len(set(found)) == total
    assert found == sorted(found)


def test_a_definition_is_put_into_force_restored_and_retired(client: httpx.Client) -> None:
    address = "/api/v1/segments/api_made"
    made = client.put(address, json={"document": DOCUMENT}, headers={"if-none-match": "*"})
    assert made.status_code == 201, made.text
    assert made.json()["changes"][0]["change"] == "added"
    assert client.put(address, json={"document": DOCUMENT}, headers={"if-none-match": "*"}).status_code == 412
    text = "segment: api_made\nwhere: {trait: order_count, gte: 3}\n"
    assert client.put(address, json={"document": text}, headers={"if-match": '"old"'}).status_code == 412
    changed = client.put(address, json={"document": text}, headers={"if-match": made.headers["etag"]})
    assert changed.status_code == 200, changed.text
    told = client.get(address)
    assert told.headers["etag"] == changed.headers["etag"] != made.headers["etag"]
    assert client.get(address, headers={"if-none-match": told.headers["etag"]}).status_code == 304
    assert told.json()["segment"]["state"] == "never"
    assert [one["number"] for one in client.get(f"{address}/versions").json()["versions"]] == [1, 2]
    difference = client.get(f"{address}/diff").json()
    assert difference["leaving_count"] > 0
    assert difference["entering_count"] == 0
    assert client.post(f"{address}/restore", json={"version": "v1"}).status_code == 200
    assert client.get(address).json()["document"] == client.get(f"{address}/versions/v1").json()["document"]
    assert client.delete(address).status_code == 200
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/versions").status_code == 200
    assert client.post(f"{address}/restore", json={"version": "v1"}).status_code == 200
    assert client.delete(address).status_code == 200


def test_what_is_used_is_not_taken_out(client: httpx.Client) -> None:
    refused = client.delete("/api/v1/segments/regulars")
    assert refused.status_code == 400
    # The problem does not repeat the address; who uses it is told.
    assert "quiet_regulars" in refused.json()["title"]
    users = client.get("/api/v1/segments/regulars/used_by").json()["used_by"]
    assert [(one["kind"], one["name"]) for one in users] == [("segment", "quiet_regulars")]


@pytest.mark.parametrize(
    "document",
    [
        {"segment": "api_made"},
        {"segment": "other", "where": {"trait": "order_count", "gte": 2}},
        {"segment": "api_made", "where": {"trait": "no_such_trait", "gte": 2}},
        {"trait": "api_made", "value": {"trait": "order_count"}},
        {"segment": "api_made", "where": {"trait": "order_count", "gte": 10**400}},
        "segment: [",
        "\n---\n".join(f"segment: {name}\nwhere: {{trait: order_count, gte: 1}}" for name in ("api_made", "b")),
        "",
        "\u0000",
    ],
)
def test_a_wrong_definition_is_refused(client: httpx.Client, document: object) -> None:
    answer = client.put("/api/v1/segments/api_made", json={"document": document})
    assert 400 <= answer.status_code < 500, answer.text


def test_views_of_a_segment(client: httpx.Client) -> None:
    root = "/api/v1/segments/base_value"
    steps = client.get(f"{root}/history").json()["steps"]
    assert steps[-1]["size"] == client.get(f"{root}/count").json()["people"]
    profile = client.get(f"{root}/profile").json()
    assert any(one["marker"] for one in profile["comparisons"])
    assert client.get(f"{root}/value").json()["against_others"][0]["trait"] == "monetary"
    fall = client.get(f"{root}/waterfall").json()
    assert fall["steps"][-1]["remaining"] == profile["people"]
    shared = client.get(f"{root}/overlap").json()["pairs"]
    both = client.get("/api/v1/overlaps", params={"segments": f"base_value,{shared[0]['segment']}"}).json()
    assert both["pairs"][0]["shared"] == shared[0]["shared"]
    assert sum(one["people"] for one in both["combinations"]) == both["pairs"][0]["either"]
    assert client.get(f"{root}/charts/profile.json").json()["$schema"]
    for missing in ("charts/none.json", "versions/v99", "members/nobody"):
        assert client.get(f"{root}/{missing}").status_code == 404
    for wrong in ("as_of=0001-01-01", "as_of=9999-12-31", "as_of=x", "served_at=2001-01-01"):
        assert 400 <= client.get(f"{root}/count?{wrong}").status_code < 500
    for path in ("", "/count", "/members", "/profile", "/history", "/waterfall", "/overlap", "/transitions"):
        assert client.get(f"/api/v1/segments/no%20such{path}").status_code == 404
        assert client.get(f"/api/v1/segments/nobody_yet{path}").status_code < 500


def test_runs_say_what_they_did(client: httpx.Client) -> None:
    runs = client.get("/api/v1/runs", params={"limit": 1}).json()
    assert runs["next"]
    newest = runs["runs"][0]["run_id"]
    told = {one["segment"]: one for one in client.get(f"/api/v1/runs/{newest}").json()["segments"]}
    assert told["base_value"]["members"] == client.get("/api/v1/segments/base_value/count").json()["people"]
    first = {one["segment"]: one for one in client.get("/api/v1/runs/1").json()["segments"]}
    assert all(one["members"] == one["entered"] for one in first.values())
    assert client.get("/api/v1/runs/999999").status_code == 404


def test_an_export_leaves_out_who_may_not_be_contacted(site: Site, client: httpx.Client) -> None:
    made = exported(client, segment="base_value", for_contact="email", format="parquet")
    counted = client.get("/api/v1/segments/base_value/count").json()["people"]
    assert made["people"] + sum(made["left_out"].values()) == counted
    assert made["people"] < counted
    assert client.get("/api/v1/exports").json()["exports"][0]["export"] == made["export"]
    with site.client("marketer") as other:
        assert other.get(f"/api/v1/exports/{made['export']}/file").status_code == 404
    with site.client("analyst") as other:
        assert other.post("/api/v1/exports", json={"segment": "base_value"}).status_code == 403
        assert other.post("/api/v1/jobs", json={"kind": "export", "arguments": {}}).status_code == 403
    assert client.post("/api/v1/exports", json={"segment": "no such"}).status_code == 404
    assert client.get("/api/v1/exports/../about.json/file").status_code in (400, 404)


def test_nothing_is_called_as_the_page_for_new_ones(site):
    with site.client() as client:
        for address in ("segments", "messages"):
            body = (
                {"document": {"segment": "new", "where": {"trait": "email", "is": "x"}}}
                if address == "segments"
                else {}
            )
            found = client.put(f"/api/v1/{address}/new", json=body)
            assert 400 <= found.status_code < 500
        assert client.get("/api/v1/segments/new").status_code == 404
