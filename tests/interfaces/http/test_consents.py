"""Consent over HTTP is in force when it answers, also while a job has the workspace; links of strangers are inert."""

from __future__ import annotations

import threading

import pytest

from segmentary.workspace.unsubscribing import Links


@pytest.fixture(scope="module")
def client(site):
    with site.client("admin") as found:
        yield found


def may_mail(client, customer):
    found = client.get(f"/api/v1/consents/{customer}").json()
    return next(one["allowed"] for one in found["may"] if (one["purpose"], one["channel"]) == ("marketing", "email"))


def test_a_decision_does_not_wait_for_a_run_and_is_in_force_at_once(site, client):
    customer = min(site.workspace.segment("pro").ids())
    held, let_go = threading.Event(), threading.Event()

    def long_work():
        with site.serving.changing():
            held.set()
            let_go.wait(30)

    busy = threading.Thread(target=long_work)
    busy.start()
    try:
        assert held.wait(10)
        yes = {"customer": customer, "purpose": "marketing", "channel": "email", "granted": True}
        assert client.post("/api/v1/consents", json=yes).status_code == 400  # a yes needs its evidence
        assert client.post("/api/v1/consents", json={**yes, "evidence": "a form"}).status_code == 201
        assert may_mail(client, customer)
        assert client.post("/api/v1/consents", json={**yes, "granted": False}).status_code == 201
        assert not may_mail(client, customer)
        reply = client.post("/api/v1/chats/try", json={"bot": "flora", "said": ["when are you open"]})
        assert reply.json()["exchanges"][1]["reply"]["lines"]
    finally:
        let_go.set()
        busy.join()


def test_suppressions_end_only_with_a_reason(client):
    one = {"channel": "email", "address": "somebody@shop.example"}
    assert client.post("/api/v1/suppressions", json=one).json() == {"suppressed": True, "new": True}
    assert client.post("/api/v1/suppressions", json=one).json()["new"] is False
    assert client.post("/api/v1/suppressions", json={**one, "customer": "m1"}).status_code == 400
    assert client.post("/api/v1/suppressions/lift", json={**one, "reason": ""}).status_code == 422
    assert client.post("/api/v1/suppressions/lift", json={**one, "reason": "asked by phone"}).json() == {"lifted": 1}
    listed = client.get("/api/v1/consents").json()
    assert "somebody@shop.example" not in str(listed)


def test_one_click_unsubscribes_without_signing_in_as_often_as_it_is_sent(site, client):
    workspace = site.workspace
    customer = sorted(workspace.segment("pro").ids())[1]
    links = Links(workspace, "email", "marketing")
    links.base = "https://shop.example/u"
    signed = links.link(customer, "garden_week-1.x").partition("t=")[2]
    form = {"content-type": "application/x-www-form-urlencoded"}
    mixed = {"content-type": "multipart/form-data; boundary=b"}
    parts = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    with site.stranger() as nobody:
        looked = nobody.get("/u", params={"t": signed})
        assert looked.status_code == 200
        assert customer not in looked.text
        assert "<script" not in looked.text
        assert not [one for one in workspace.consents.decisions() if one.origin == "unsubscribe link"]
        assert nobody.post("/u", params={"t": signed}, content="x=1", headers=form).status_code == 404
        for body, kind in (("List-Unsubscribe=One-Click", form), ("List-Unsubscribe=One-Click", form), (parts, mixed)):
            assert nobody.post(f"/u/{signed}", content=body, headers=kind).status_code == 200
        for bad in (signed[:-2], "x", "a" * 5000, "\0", "Ω"):
            assert nobody.get("/u", params={"t": bad}).status_code in (400, 404, 422, 431)
            answer = nobody.post("/u", params={"t": bad}, content="List-Unsubscribe=One-Click", headers=form)
            assert answer.status_code in (400, 404, 422, 431)
    assert not may_mail(client, customer)
