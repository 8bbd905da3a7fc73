"""Experiments over HTTP: planned, drawn and read by jobs; the same as in Python."""

from __future__ import annotations

import time


def read(client, name):
    """Let a job read an experiment, and wait for its end."""
    job = client.post("/api/v1/jobs", json={"kind": "experiment", "arguments": {"name": name}}).json()["job"]
    while (found := client.get(f"/api/v1/jobs/{job}").json())["state"] in ("waiting", "running"):
        time.sleep(0.05)
    assert found["state"] == "done", found


def test_experiments_are_listed_and_shown(site):
    with site.client() as client, site.serving.reading() as workspace:
        listed = client.get("/api/v1/experiments").json()["experiments"]
        shown = client.get("/api/v1/experiments/vouchers").json()
        kept = workspace.experiments.kept()
    assert [one["name"] for one in listed] == [one.name for one in kept]
    assert shown["arms"] == [{"name": "treated", "share": 0.5}, {"name": "control", "share": 0.5}]


def test_the_result_has_the_answer_and_its_tables(site):
    with site.client() as client:
        read(client, "vouchers")
        result = client.get("/api/v1/experiments/vouchers/result").json()
        unread = client.get("/api/v1/experiments/catalogue/result")
    assert result["answer"]["word"]
    assert all(len(row) == len(rows[0]) for rows in result["tables"].values() for row in rows)
    assert unread.status_code == 404
    assert "experiment" in unread.json()["hint"]


def test_what_is_not_there_is_not_found(site):
    with site.client() as client:
        for path in ("", "/result", "/report", "/report/x.html"):
            assert client.get(f"/api/v1/experiments/nothing{path}").status_code == 404
        assert client.get("/api/v1/experiments/global_holdout").status_code == 404
