"""Discoveries over HTTP: the same as in Python; names with versions, tools, files; nothing changes by reading."""

from __future__ import annotations

import time

import pytest

API = "/api/v1/discoveries"
QUICK = {"repetitions": 2, "methods": ["k_means"], "segments": "2"}


def ended(client, job, seconds=60):
    until = time.monotonic() + seconds
    while True:
        found = client.get(f"/api/v1/jobs/{job}").json()
        if found["state"] in ("done", "failed", "cancelled") or time.monotonic() > until:
            return found
        time.sleep(0.1)


def test_a_solution_says_what_it_is_worth(site):
    with site.client("viewer") as client, site.serving.reading() as workspace:
        listed = client.get(API).json()["discoveries"]
        found = client.get(f"{API}/habits").json()
        solution = workspace.discoveries.solution("habits")
    assert {"habits", "habits_typing", "spending"} <= {one["name"] for one in listed}
    assert found["verdict"]["sentence"] == solution.verdict.sentence
    assert found["verdict"]["meaning"]
    assert found["criteria"]["recommendation"]["doubt"] == solution.criteria.recommendation.doubt
    below = site.workspace.settings.suppress_below
    for one, told in zip(solution.description.segments, found["segments"], strict=True):
        assert told["hidden"] or (told["n"] == one.n >= below and told["size"]["low"] <= told["size"]["high"])


def test_a_search_is_a_job(site):
    with site.client("analyst") as client:
        asked = client.post(API, json={"name": "by_http", "by": ["recency", "order_count"], **QUICK})
        assert asked.status_code == 202
        job = ended(client, asked.json()["job"])
        assert job["state"] == "done", job
        assert job["result"]["name"] == "by_http"
        assert client.get(f"{API}/by_http").status_code == 200
        none = client.post(API, json={"name": "no_answer", "by": ["recency"], "segments": "20", "methods": ["k_means"]})
        assert none.status_code == 202
        wrong = ended(client, client.post(API, json={"name": "odd", "by": ["nothing_such"]}).json()["job"])
        assert (wrong["state"], wrong["problem"]["code"]) == ("failed", "unknown_name")
        ended(client, none.json()["job"])


def test_names_are_given_with_their_version(site):
    with site.client("analyst") as client:
        before = client.get(f"{API}/spending")
        key = before.json()["segments"][0]["key"]
        stale = client.put(f"{API}/spending/names", json={key: "Late"}, headers={"if-match": '"other"'})
        named = client.put(
            f"{API}/spending/names", json={key: "<b>Früh & spät</b>"}, headers={"if-match": before.headers["etag"]}
        )
        unknown = client.put(f"{API}/spending/names", json={"no_key": "x"})
        empty = client.put(f"{API}/spending/names", json={key: ""})
        shown = client.get("/discover/spending").text
    assert (stale.status_code, named.status_code, unknown.status_code, empty.status_code) == (412, 200, 422, 422)
    assert named.json()["segments"][0]["name"] == "<b>Früh & spät</b>"
    assert named.json()["number"] == before.json()["number"] + 1
    assert "<b>Früh" not in shown
    assert "&lt;b&gt;Früh" in shown


def test_saved_and_taken_out_of_force(site):
    with site.client() as client:
        assert client.delete(f"{API}/spending/save").status_code == 422, "it is not in force yet"
        saved = client.post(f"{API}/spending/save", json={"way": "model"}).json()["changes"]
        names = {one["name"] for one in saved if one["change"] != "retired"}
        listed = {one["name"] for one in client.get("/api/v1/segments").json()["segments"]}
        gone = client.delete(f"{API}/spending/save").json()["changes"]
    assert names
    assert names <= listed
    assert {one["name"] for one in gone} == names


def test_one_persons_answers(site):
    with site.client("viewer") as client:
        tool = client.get(f"{API}/habits/typing-tool").json()
        question = tool["questions"][0]["name"]
        assert 0 <= tool["agreement"]["low"] <= tool["agreement"]["high"] <= 1
        found = client.post(f"{API}/habits/typing-tool/assign", json={"answers": {question: 5}}).json()
        nothing = client.post(f"{API}/habits/typing-tool/assign", json={"answers": {}}).json()
        odd = client.post(f"{API}/habits/typing-tool/assign", json={"answers": {question: "many"}})
        none = client.get(f"{API}/spending/typing-tool")
        files = [client.get(f"{API}/habits/typing-tool/files/{form}") for form in ("xlsx", "json", "sql", "py", "yaml")]
    assert found["segment"] or found["why"]
    assert (nothing["segment"], nothing["confidence"]) == (None, None)
    assert odd.status_code == 422
    assert (none.status_code, none.json()["code"]) == (422, "no_answer")
    assert none.json()["hint"]
    assert all(one.status_code == 200 and "attachment" in one.headers["content-disposition"] for one in files)


def test_variables_and_plans(site):
    with site.client("viewer") as client:
        known = {one["name"]: one for one in client.get(f"{API}/variables").json()["variables"]}
        items = client.get(f"{API}/variables", params={"survey": "pulse"}).json()["variables"]
        plan = client.post(f"{API}/plan", json={"by": ["recency", "monetary", "net_revenue"]}).json()
        refused = client.post(f"{API}/plan", json={"by": ["first_order_at"]})
    assert known["recency"]["suitable"]
    assert known["first_order_at"]["why_not"]
    assert items
    assert plan["seconds"][0] < plan["seconds"][1]
    assert refused.status_code == 400


def test_two_side_by_side(site):
    with site.client("viewer") as client:
        found = client.get(f"{API}/habits/compare", params={"with": "spending"}).json()
        assert client.get(f"{API}/habits/compare", params={"with": "nope"}).status_code == 404
    assert found["people"] > 0
    assert -1 <= found["agreement"] <= 1
    assert all(n is None or n == 0 or n >= found["hidden_below"] for row in found["counts"] for n in row)


@pytest.mark.parametrize("name", ["nowhere", "a" * 200, "x@v9", "..%2F..%2Fetc"])
def test_what_is_not_there_is_not_found(site, name):
    with site.client() as client:
        for path in ("", "/compare?with=habits", "/typing-tool", "/typing-tool/files/sql", "/report", "/report/x.html"):
            assert client.get(f"{API}/{name}{path}").status_code == 404, path
        assert client.put(f"{API}/{name}/names", json={"a": "b"}).status_code == 404
        assert client.post(f"{API}/{name}/save", json={}).status_code == 404
        assert client.get(f"/charts/discover/{name}/criteria.svg").status_code == 404


def test_only_files_of_the_report_are_given_out(site):
    folder = site.workspace.folder.root / "reports" / "habits"
    folder.mkdir(parents=True)
    (folder / "discovery.html").write_text("<p>report</p>")
    (folder / "secret.txt").write_text("secret")
    with site.client("viewer") as client:
        listed = [one["file"] for one in client.get(f"{API}/habits/report").json()["files"]]
        page = client.get(f"{API}/habits/report/discovery.html")
        secret = client.get(f"{API}/habits/report/secret.txt")
    assert listed == ["discovery.html"]
    assert (page.status_code, page.headers["content-disposition"][:10]) == (200, "attachment")
    assert secret.status_code == 404
