"""Uploads over HTTP: from raw bytes to loaded rows; what may not come in; what others may not see."""

import time

import pytest

from segmentary.interfaces.http.access import Caller
from segmentary.interfaces.http.app import create_app
from segmentary.interfaces.http.bodies import limit_of
from segmentary.interfaces.http.routes.uploads import shown
from segmentary.workspace.opening import init_workspace, open_workspace
from segmentary.workspace.serving import Serving
from segmentary.workspace.uploading import Uploads

LEADS = "lead_id,email,country,joined\n" + "".join(
    f"l{i},l{i}@mail.example,DE,{i % 11 + 1:02}/{i % 12 + 1:02}/2024\n" for i in range(40)
)


def done(client, kind, arguments):
    job = client.post("/api/v1/jobs", json={"kind": kind, "arguments": arguments}).json()
    while job["state"] not in ("done", "failed", "cancelled"):
        time.sleep(0.05)
        job = client.get(f"/api/v1/jobs/{job['job']}").json()
    return job


def test_from_raw_bytes_to_loaded_rows(site):
    client = site.client("admin")
    sent = client.post("/api/v1/uploads", params={"name": "../leads.csv"}, content=f"{LEADS}x\n".encode())
    assert sent.status_code == 201
    upload = sent.json()["upload"]
    assert sent.json()["name"] == "leads.csv"
    assert sent.headers["location"] == f"/api/v1/uploads/{upload}"
    found = client.post(f"/api/v1/uploads/{upload}/proposal").json()
    assert (found["decided"], found["proposals"][0]["questions"][0]["about"]) == (False, "dates")
    assert len(found["proposals"][0]["preview"]["rows"]) == 20
    failed = done(client, "load", {"uploads": [upload]})
    assert (failed["state"], failed["problem"]["code"]) == ("failed", "ambiguous_date")
    again = client.post(f"/api/v1/uploads/{upload}/mapping", json={"date_order": "day_first"}).json()
    assert again["decided"]
    job = done(client, "load", {"uploads": [upload]})
    assert (job["state"], job["problem"]) == ("done", None)
    (load,) = job["result"]["loads"]
    assert (load["rows_read"], load["rows_kept"], load["rows_refused"]) == (41, 40, 1)
    rows = client.get("/api/v1/sources/leads/refused").json()["rows"]
    assert [(row["file"], row["row_number"]) for row in rows] == [("leads.csv", 41)]
    assert client.get(f"/api/v1/uploads/{upload}").json()["loaded"] == [load]
    for address in ("/data", f"/data/uploads/{upload}", "/data/sources/leads", "/data/quality"):
        assert client.get(address).status_code == 200

    # Who may load but not know who people are sees neither their addresses nor examples of them.
    waiting = Uploads(site.workspace).get(upload)
    assert waiting.proposal is None
    caller = Caller("k", "key", "", frozenset(("load",)))
    hidden = shown(
        type(waiting)(**{**asdict(waiting), "proposal": {"decided": True, "proposals": found["proposals"]}}), caller
    )
    assert "mail.example" not in str(hidden)
    assert "mail.example" in str(found)


def asdict(one):
    return {name: getattr(one, name) for name in type(one).__dataclass_fields__}


@pytest.mark.parametrize("role", ["viewer", "analyst", "marketer"])
def test_only_who_may_load_may_send_files(site, role):
    client = site.client(role)
    assert client.post("/api/v1/uploads", params={"name": "a.csv"}, content=b"a,b\n1,2\n").status_code == 403
    assert client.get("/api/v1/uploads").status_code == 403
    assert client.post("/api/v1/jobs", json={"kind": "load", "arguments": {}}).status_code == 403


def test_what_is_wrong_is_told_without_repeating_it(site):
    client = site.client("admin")
    empty = client.post("/api/v1/uploads", params={"name": "a.csv"}, content=b"")
    assert (empty.status_code, empty.json()["title"]) == (422, "the file is empty")
    assert client.post("/api/v1/uploads", content=b"x").status_code == 422
    noise = client.post("/api/v1/uploads", params={"name": "noise.parquet"}, content=b"PAR1marker-77PAR1").json()[
        "upload"
    ]
    refused = client.post(f"/api/v1/uploads/{noise}/proposal")
    assert (refused.status_code, refused.json()["code"]) == (422, "source")
    assert "marker-77" not in refused.text
    assert client.post(f"/api/v1/uploads/{noise}/mapping", json={"path": "/etc/passwd"}).status_code == 422
    assert client.post(f"/api/v1/uploads/{noise}/mapping", json={"timezone": "Mars"}).status_code == 400
    assert client.delete(f"/api/v1/uploads/{noise}").status_code == 204
    for address in (f"/api/v1/uploads/{noise}", "/api/v1/uploads/..%2f..", "/api/v1/uploads/x"):
        assert client.get(address).status_code == 404
    job = done(client, "load", {"uploads": [noise]})
    assert job["state"] == "failed"
    assert done(client, "sample", {})["problem"]["code"] == "conflict"


def test_a_larger_limit_of_the_settings_holds_at_the_door_too(tmp_path):
    init_workspace(tmp_path / "shop").close()
    with open_workspace(tmp_path / "shop", environment={"SEGMENTARY_UPLOAD_LIMIT": "5GB"}) as workspace:
        serving = Serving(workspace)
        try:
            app = create_app(serving)
        finally:
            serving.close()
    assert limit_of({"path": "/api/v1/uploads", "app": app}) == 5 << 30
    assert limit_of({"path": "/api/v1/segments", "app": app}) == 1 << 20
