"""Jobs over the API: asked for, followed, stopped; who sees what; health, metrics, what changes."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from segmentary.interfaces.http.access import Caller
from segmentary.interfaces.http.routes.jobs import stops
from segmentary.workspace.access.roles import KEY_PERMISSIONS, PERMISSIONS


def wait(client, job):
    while True:
        found = client.get(f"/api/v1/jobs/{job}").json()
        if found["state"] in ("done", "failed", "cancelled"):
            return found
        time.sleep(0.02)


@pytest.fixture(scope="module")
def done(site):
    """A job that has failed for its arguments: quick, and changes nothing for others."""
    with site.client("admin") as client:
        answer = client.post("/api/v1/jobs", json={"kind": "run", "arguments": {"as_of": "never"}})
        assert answer.status_code == 202
        assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['job']}"
        return wait(client, answer.json()["job"])


def test_a_job_tells_its_problem(done):
    assert done["state"] == "failed"
    assert done["problem"]["code"] == "usage"
    assert done["asked_by"] == "admin"


def test_lists_have_pages(site, done):
    with site.client("admin") as client:
        client.post("/api/v1/jobs", json={"kind": "run", "arguments": {"as_of": "ever"}})
        first = client.get("/api/v1/jobs", params={"limit": 1}).json()
        second = client.get("/api/v1/jobs", params={"limit": 1, "cursor": first["next"]}).json()
        assert first["jobs"][0]["job"] != second["jobs"][0]["job"]
        failed = client.get("/api/v1/jobs", params={"state": "failed", "kind": "run"}).json()["jobs"]
        assert done["job"] in [one["job"] for one in failed]
        assert client.get("/api/v1/jobs", params={"cursor": "!"}).status_code == 400
        assert client.get("/api/v1/jobs", params={"state": "frob"}).status_code == 422


def test_who_may_not_ask_sees_only_that_it_is(site, done):
    with site.client("viewer") as client:
        found = client.get(f"/api/v1/jobs/{done['job']}").json()
        assert found["state"] == "failed"
        assert not {"arguments", "asked_by", "problem", "result"} & found.keys()
        assert client.post("/api/v1/jobs", json={"kind": "run"}).status_code == 403
        assert client.post(f"/api/v1/jobs/{done['job']}/cancel").status_code == 403


def test_only_who_asked_or_operates_stops_a_job(site, done):
    held = site.serving.jobs.get(done["job"])
    assert stops(held, Caller("ola", "user", "analyst", PERMISSIONS["analyst"]))
    assert not stops(held, Caller("vera", "user", "viewer", PERMISSIONS["viewer"]))
    assert stops(replace(held, asked_by="vera"), Caller("vera", "user", "viewer", PERMISSIONS["viewer"]))
    # A key that only sends in may stand in a web page.
    sent = replace(held, kind="receive", asked_by="key:12345678")
    assert not stops(sent, Caller("key:12345678", "key", "write key", KEY_PERMISSIONS["write"]))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "frob"}, 422),
        ({"kind": ""}, 422),
        ({}, 422),
        ({"kind": "run", "more": 1}, 422),
        ({"kind": "run", "arguments": []}, 422),
        ({"kind": "run", "arguments": {"a": "x" * 250_000}}, 400),
    ],
)
def test_bodies_that_are_wrong(site, body, status):
    with site.client("admin") as client:
        answer = client.post("/api/v1/jobs", json=body)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_events_end_with_the_job(site, done):
    with site.client("admin") as client:
        answer = client.get(f"/api/v1/jobs/{done['job']}/events")
        assert answer.headers["content-type"].startswith("text/event-stream")
        number, name, data = answer.text.strip().splitlines()
        assert name == "event: job"
        assert json.loads(data.removeprefix("data: "))["state"] == "failed"
        # Who has seen it hears nothing again.
        seen = {"last-event-id": number.removeprefix("id: ")}
        assert client.get(f"/api/v1/jobs/{done['job']}/events", headers=seen).text == ""
        assert client.get("/api/v1/jobs/nope/events").status_code == 404
        assert client.get("/api/v1/jobs/nope").status_code == 404
        assert client.post("/api/v1/jobs/nope/cancel").status_code == 404


def test_changes_begin_with_where_things_stand(site, done):
    with site.client("viewer") as client:
        with client.stream("GET", "/api/v1/changes") as answer:
            lines = answer.iter_lines()
            number, name, data = next(lines), next(lines), next(lines)
        assert name == "event: now"
        assert json.loads(data.removeprefix("data: "))["jobs"] >= 1
        missed = ".".join(["0", *number.removeprefix("id: ").split(".")[1:]])
        with client.stream("GET", "/api/v1/changes", headers={"last-event-id": missed}) as answer:
            lines = answer.iter_lines()
            next(lines)
            assert next(lines) == "event: run"


def test_health(site):
    with site.stranger() as client:
        answer = client.get("/api/v1/health")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert client.get("/api/v1/health/details").status_code == 401
        assert client.get("/api/v1/metrics").status_code == 401
    with site.client("viewer") as client:
        assert client.get("/api/v1/health/details").status_code == 403
        assert client.get("/api/v1/metrics").status_code == 403
    with site.client("admin") as client:
        found = client.get("/api/v1/health/details").json()
        assert found["status"] == "ok", found
        assert found["last_run"]["run_id"] >= 1


def test_metrics_name_routes_not_ids(site, done):
    with site.client("admin") as client:
        client.get(f"/api/v1/jobs/{done['job']}")
        answer = client.get("/api/v1/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        assert 'route="/api/v1/jobs/{job}",status="200"' in answer.text
        assert 'segmentary_jobs{kind="run",state="failed"}' in answer.text
        assert done["job"] not in answer.text
