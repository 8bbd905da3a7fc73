"""Messages, offers, journeys and the outbox over HTTP."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def client(site):
    with site.client("admin") as found:
        yield found


def test_lint_of_what_is_not_saved_names_variables_and_what_is_wrong(client):
    text = {"message": "draft", "variants": [{"variant": "a", "subject": "Hi", "text": "{{ first_name }} {{ offer.words }}"}]}  # noqa: E501 # fmt: skip
    found = client.post("/api/v1/messages/draft/lint", json=text).json()
    assert "first_name" in [one["variable"] for one in found["variables"]]
    assert client.get("/api/v1/messages/draft").status_code == 404
    text["variants"][0]["text"] = "{{ first_name | upcasee }}"
    wrong = client.post("/api/v1/messages/draft/lint", json=text)
    assert wrong.status_code == 422
    assert "upcase" in wrong.json()["hint"]


def test_templates_reach_nothing(client):
    for text in ("{{ ''.__class__ }}", "{{ self }}", "{% include 'x' %}", "{{ env.HOME }}", "{% for i in (1..999999999) %}x{% endfor %}"):  # noqa: E501 # fmt: skip
        answer = client.put("/api/v1/messages/evil", json={"message": "evil", "variants": [{"variant": "a", "text": text}]})  # noqa: E501 # fmt: skip
        assert answer.status_code in (201, 422)
        if answer.status_code == 201:
            shown = client.post("/api/v1/messages/evil/preview", json={})
            assert shown.status_code < 500
            client.delete("/api/v1/messages/evil")


def test_what_is_used_stays(client):
    assert client.delete("/api/v1/messages/garden").status_code == 409
    assert client.delete("/api/v1/offers/spring").status_code == 409
    assert client.get("/api/v1/messages/garden").status_code == 200


def test_offers_say_what_is_left(client):
    found = client.get("/api/v1/offers/spring/state").json()["offers"]
    assert {one["offer"] for one in found} == {"spring.seeds", "spring.box"}


def test_journeys_pause_and_go_on(client):
    shown = client.get("/api/v1/journeys/welcome_back/positions").json()
    assert sum(one["waiting"] for one in shown["steps"]) == shown["waiting"] > 0
    assert client.post("/api/v1/journeys/welcome_back/pause").json() == {"journey": "welcome_back", "paused": True}
    assert client.post("/api/v1/journeys/welcome_back/pause").status_code == 400
    assert client.post("/api/v1/journeys/welcome_back/resume").status_code == 200


def test_the_outbox_counts_every_message_once(client):
    found = client.get("/api/v1/outbox").json()
    assert sum(found["states"].values()) == sum(sum(one.values()) for one in found["channels"].values())
    assert client.post("/api/v1/outbox/retry", json={}).json() == {"waiting": 0}
