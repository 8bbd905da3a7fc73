"""Campaigns over HTTP: documents with versions, audiences, sending with a number, results; and what surrounds them."""

from __future__ import annotations

import time

import pytest

CAMPAIGN = {
    "campaign": "spring_letter", "channel": "file", "purpose": "service", "message": "garden", "targets": ["pro"],
    "holdout": "10%",
}  # fmt: skip
ODD = ["\0", "a" * 5000, "Ω", "'; drop table records; --", "{{7*7}}", "../../etc/passwd", "<script>alert(1)</script>"]


@pytest.fixture(scope="module")
def client(site):
    with site.client("admin") as found:
        yield found


def done(client, job):
    for _ in range(600):
        found = client.get(f"/api/v1/jobs/{job}").json()
        if found["state"] in ("done", "failed", "cancelled"):
            return found
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_a_document_has_versions_and_nobody_writes_over_another(client):
    address = "/api/v1/campaigns/spring_letter"
    made = client.put(address, json=CAMPAIGN, headers={"if-none-match": "*"})
    assert made.status_code == 201, made.text
    first = made.headers["etag"]
    assert client.put(address, json=CAMPAIGN, headers={"if-none-match": "*"}).status_code == 412
    yaml = client.get(address).json()["yaml"].replace("10%", "20%")
    kind = {"content-type": "application/yaml"}
    second = client.put(address, content=yaml, headers={**kind, "if-match": first})
    assert second.status_code == 200, second.text
    assert client.put(address, json=CAMPAIGN, headers={"if-match": first}).status_code == 412
    shown = client.get(address)
    assert shown.headers["etag"] == second.headers["etag"]
    assert [one["number"] for one in shown.json()["versions"]] == [1, 2]
    assert client.get(address, params={"version": 1}).json()["document"]["holdout"] == "10%"
    assert client.get(address, headers={"if-none-match": shown.headers["etag"]}).status_code == 304
    wrong = client.put(address, content="campaign: spring_letter\nsegmnts: x\n", headers=kind)
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")


def test_from_draft_to_sent_with_the_number_of_people(client):
    client.put("/api/v1/campaigns/summer_letter", json={**CAMPAIGN, "campaign": "summer_letter", "targets": ["plus"]})
    check = client.get("/api/v1/campaigns/summer_letter/check").json()
    assert check["falls"][0]["people"] == sum(one["members"] for one in check["counts"])
    assert check["power"]
    unsaved = client.post("/api/v1/campaigns/other/check", json={**CAMPAIGN, "campaign": "other", "holdout": "50%"})
    assert unsaved.status_code == 200
    bare = {"channel": "email", "purpose": "marketing", "targets": ["plus"]}
    assert client.post("/api/v1/campaigns/other/check", json=bare).json()["falls"]
    assert client.post("/api/v1/campaigns/other/check", json={**bare, "channel": "pigeon"}).status_code == 422
    assert client.get("/api/v1/campaigns/other").status_code == 404
    wish = {"kind": "freeze", "arguments": {"campaign": "summer_letter"}}
    frozen = done(client, client.post("/api/v1/jobs", json=wish).json()["job"])
    assert frozen["state"] == "done", frozen
    name, many = frozen["result"]["audience"], frozen["result"]["written_to"]
    shown = client.get(f"/api/v1/audiences/{name}")
    tag = shown.headers["etag"]
    address = f"/api/v1/audiences/{name}/send"
    assert client.post(address, json={"confirm": many}).status_code == 412
    assert client.post(address, json={"confirm": many - 1}, headers={"if-match": tag}).status_code == 400
    assert client.post(address, json={"confirm": many}, headers={"if-match": '"9-else"'}).status_code == 409
    assert client.post(address, json={"confirm": many, "consent": False}, headers={"if-match": tag}).status_code == 422
    sent = done(client, client.post(address, json={"confirm": many}, headers={"if-match": tag}).json()["job"])
    assert (sent["state"], sent["result"]["sent"]) == ("done", many), sent
    again = done(client, client.post(address, json={"confirm": many}, headers={"if-match": tag}).json()["job"])
    assert again["result"]["sent"] == 0
    listed = {one["campaign"]: one for one in client.get("/api/v1/campaigns").json()["campaigns"]}
    assert (listed["summer_letter"]["state"], listed["summer_letter"]["written_to"]) == ("sent", many)
    rows = client.get(f"/api/v1/audiences/{name}/people", params={"arm": "holdout"}).json()["people"]
    assert rows
    assert all(one["arm"] == "holdout" and not one.get("address") for one in rows)
    assert client.get("/api/v1/campaigns/summer_letter/result").json()["word"] == "no verdict"


def test_pages_of_people_are_whole(client):
    seen, cursor = [], ""
    while True:
        found = client.get("/api/v1/audiences/garden_week-1/people", params={"limit": 70, "cursor": cursor}).json()
        seen += [one["customer_id"] for one in found["people"]]
        cursor = found["next"]
        if not cursor:
            break
    whole = client.get("/api/v1/audiences/garden_week-1").json()["audience"]
    assert len(seen) == len(set(seen)) == sum(one["members"] for one in whole["counts"])


def test_a_result_has_intervals_and_the_same_figures_twice(client):
    found = client.get("/api/v1/campaigns/autumn_mail/result").json()
    assert found["lifts"]
    assert all(one["effect"]["low"] <= one["effect"]["high"] for one in found["lifts"])
    assert client.get("/api/v1/campaigns/autumn_mail/result").json() == found
    assert client.get("/api/v1/campaigns/autumn_mail/result", params={"margin": 7}).status_code == 422


@pytest.mark.parametrize(
    "address",
    [
        "campaigns/{}", "campaigns/{}/check", "campaigns/{}/result", "campaigns/{}/report/{}", "audiences/{}",
        "audiences/{}/people", "messages/{}", "messages/{}/lint", "offers/{}", "offers/{}/state", "journeys/{}",
        "journeys/{}/positions", "bots/{}", "bots/{}/lint", "chats/{}", "consents/{}", "audiences?campaign={}",
        "outbox?origin={}", "chats?cursor={}", "campaigns?cursor={}",
    ],
)  # fmt: skip
def test_odd_names_are_refused_politely(client, address):
    from urllib.parse import quote

    for odd in ODD:
        answer = client.get("/api/v1/" + address.replace("{}", quote(odd, safe="")))
        assert answer.status_code < 500, (address, odd)
        if answer.status_code >= 400:
            assert odd not in answer.text


def test_bodies_of_the_wrong_shape_are_refused(client):
    bodies = [
        b"", b"null", b"[]", b"7", b'{"campaign": 1e400}', b'{"a": "\\ud800"}', b"[" * 3000, b'{"campaign": NaN}',
        b'{"targets": {"x": 1}, "channel": "\\u0000"}', b"\xff\xfe", b'{"holdout": 1e300, "channel": "email"}',
    ]  # fmt: skip
    for noun in ("campaigns", "messages", "offers", "journeys", "bots"):
        for kind in ("application/json", "application/yaml"):
            for body in bodies:
                answer = client.put(f"/api/v1/{noun}/strange", content=body, headers={"content-type": kind})
                assert 400 <= answer.status_code < 500, (noun, kind, body, answer.text)


def test_who_may_do_what(site):
    with site.client("viewer") as viewer:
        assert viewer.get("/api/v1/campaigns").status_code == 200
        assert viewer.put("/api/v1/campaigns/spring_letter", json=CAMPAIGN).status_code == 403
        assert viewer.post("/api/v1/jobs", json={"kind": "freeze", "arguments": {}}).status_code == 403
        assert viewer.post("/api/v1/messages/garden/preview", json={}).status_code == 403
        assert viewer.get("/api/v1/chats/third").status_code == 403
    with site.stranger() as nobody:
        assert nobody.get("/api/v1/campaigns").status_code == 401
        assert nobody.post("/api/v1/audiences/garden_week-1/send", json={"confirm": 1}).status_code == 401
