"""Sources over HTTP: the balance of every row, cursors, webhooks that are on the disk before they are acknowledged."""

import json
import time

from segmentary.workspace.webhook_inbox import Inbox


def test_every_row_is_accounted_for(site):
    client = site.client("viewer")
    found = client.get("/api/v1/sources")
    sources = found.json()["sources"]
    assert len(sources) > 10
    for one in sources:
        parts = [one[f"rows_{name}"] for name in ("kept", "known", "set_aside", "refused")]
        assert one["rows_read"] == sum(parts)
        assert sum(one["reasons"].values()) == one["rows_refused"]
    again = client.get("/api/v1/sources", headers={"if-none-match": found.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/api/v1/sources/order_lines").json()["mapping"]["kind"] == "order_lines"
    assert client.get("/api/v1/sources/nothing").status_code == 404
    assert client.get("/api/v1/sources/nothing/refused").status_code == 404


def test_loads_and_refused_rows_come_in_pages(site):
    client = site.client("viewer")
    whole = client.get("/api/v1/loads", params={"limit": 1000}).json()["loads"]
    paged, cursor = [], ""
    while True:
        page = client.get("/api/v1/loads", params={"limit": 5, "cursor": cursor}).json()
        paged += page["loads"]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert paged == whole
    for cursor in ("x", "W10", "WzFlNDAwXQ", "é"):
        assert client.get("/api/v1/loads", params={"cursor": cursor}).status_code == 400
    assert client.get("/api/v1/sources/order_lines/refused", params={"reason": "\0'; drop"}).json()["rows"] == []


def test_a_webhook_is_kept_loaded_once_and_needs_its_permission(site):
    body = json.dumps({"RecordType": "Open", "MessageID": "w1", "Recipient": "a@mail.example"}).encode()
    address = "/api/v1/sources/postmark/webhooks"
    headers = {"content-type": "application/json"}
    assert site.client("marketer").post(address, content=body, headers=headers).status_code == 403
    client = site.client("admin")
    sent = [client.post(address, content=body, headers=headers) for _ in range(2)]
    assert [one.status_code for one in sent] == [202, 202]
    for _ in range(200):
        if client.get("/api/v1/sources/postmark").status_code == 200 and not list(Inbox(site.workspace).waiting()):
            break
        time.sleep(0.05)
    assert client.get("/api/v1/sources/postmark").json()["rows_kept"] == 1
    assert client.post("/api/v1/sources/a%20b/webhooks", content=body, headers=headers).status_code == 400
    assert client.post(address, content=b"<x>", headers={"content-type": "text/plain"}).status_code == 422
