"""Chats over HTTP: one answer for each request, trials that leave nothing, webhooks in the vendors' words."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def client(site):
    with site.client("admin") as found:
        yield found


def test_a_request_is_answered_once(client):
    opened = client.post("/api/v1/chats", json={"bot": "flora"})
    assert opened.status_code == 201
    talk = opened.json()["conversation"]
    say = {"text": "when are you open", "request": "r1"}
    first, second = (client.post(f"/api/v1/chats/{talk}/turns", json=say).json() for _ in range(2))
    assert first["lines"] == second["lines"]
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert len([one for one in client.get(f"/api/v1/chats/{talk}").json()["turns"] if one["direction"] == "in"]) == 1
    assert client.post("/api/v1/chats/nobody/turns", json=say).status_code == 404
    assert client.post(f"/api/v1/chats/{talk}/turns", json={"text": "x" * 5000}).status_code == 422
    assert client.post("/api/v1/chats", json={"bot": "flora", "customer": "no such"}).status_code == 422


def test_a_trial_is_in_no_transcript(client):
    before = len(client.get("/api/v1/chats").json()["chats"])
    found = client.post("/api/v1/chats/try", json={"bot": "flora", "said": ["any tips for me"]}).json()
    assert [one["said"] for one in found["exchanges"]] == ["", "any tips for me"]
    assert len(client.get("/api/v1/chats").json()["chats"]) == before
    assert client.post("/api/v1/chats/try", json={"bot": "flora", "said": ["x"] * 99}).status_code == 422


def test_webhooks_answer_in_the_words_of_the_vendor(client):
    body = {"sender": "w1", "message": "when are you open", "message_id": "m1"}
    first, second = (client.post("/api/v1/chats/webhooks/rasa?bot=flora", json=body).json() for _ in range(2))
    assert first == second
    assert first[0]["recipient_id"] == "w1"
    assert client.post("/api/v1/chats/webhooks/rasa?bot=flora", content=b"[").status_code == 422
    assert client.post("/api/v1/chats/webhooks/rasa?bot=flora", json={}).status_code == 422
    assert client.post("/api/v1/chats/webhooks/other", json=body).status_code == 422


def test_lists_have_pages_and_those_who_wait(client):
    whole = client.get("/api/v1/chats").json()["chats"]
    first = client.get("/api/v1/chats", params={"limit": 2}).json()
    rest = client.get("/api/v1/chats", params={"cursor": first["next"]}).json()["chats"]
    assert [one["conversation"] for one in first["chats"] + rest] == [one["conversation"] for one in whole]
    waiting = client.get("/api/v1/chats", params={"waiting": True}).json()["chats"]
    assert "third" in [one["conversation"] for one in waiting]
    assert client.get("/api/v1/chats", params={"cursor": "bad"}).status_code == 400
