"""What every request passes: hosts, sizes, origin and token, limits, JSON; what every answer carries; no echoes."""

from __future__ import annotations

import json
import sqlite3
import uuid
from contextlib import closing

import pytest
from tests.interfaces.site import PASSWORD

from segmentary.interfaces.http.limits import Limits

STATEFUL = ("POST", "PUT", "PATCH", "DELETE")
MARK = "zqxjkvbpwm-4711"


@pytest.fixture(scope="module")
def admin(bare):
    with bare.client() as client:
        yield client


def operations(app_document):
    for path, methods in app_document["paths"].items():
        for method in methods:
            if method.upper() in STATEFUL:
                yield method.upper(), path


def test_every_answer_carries_what_keeps_it_here(bare, admin):
    for address in ("/settings", "/api/v1/workspace", "/nothing", "/api/v1/nothing", "/assets/x/theme.css"):
        found = admin.get(address).headers
        policy = found["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert found["x-content-type-options"] == "nosniff"
        assert found["cross-origin-opener-policy"] == "same-origin"
        assert "cache-control" in found
    assert admin.get("/api/v1/workspace").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "localhost.evil:80"])
def test_another_name_of_this_machine_is_refused(bare, host):
    with bare.stranger() as client:
        assert client.get("/login", headers={"host": host}).status_code in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:8000", "LOCALHOST:1"])
def test_own_names_are_fine(bare, host):
    with bare.stranger() as client:
        assert client.get("/login", headers={"host": host}).status_code == 200


def test_no_change_without_the_token_of_the_page(bare):
    begun = bare.session("admin")
    document = bare.stranger().get("/api/v1/openapi.json").json()
    ways = {
        "no token": {"origin": bare.url},
        "wrong token": {"origin": bare.url, "x-csrf-token": "wrong"},
        "no origin": {"x-csrf-token": begun.csrf},
        "foreign origin": {"origin": "https://evil.example", "x-csrf-token": begun.csrf},
        "other port": {"origin": "http://127.0.0.1:1", "x-csrf-token": begun.csrf},
        "null origin": {"origin": "null", "x-csrf-token": begun.csrf},
        "same site": {"origin": bare.url, "sec-fetch-site": "same-site", "x-csrf-token": begun.csrf},
        "cross site": {"origin": bare.url, "sec-fetch-site": "cross-site", "x-csrf-token": begun.csrf},
    }
    wrong = []
    with bare.stranger(cookies={bare.cookie: begun.token}) as client:
        addresses = [*operations(document), ("POST", "/logout"), ("POST", "/language")]
        for number, (method, path) in enumerate(addresses):
            # Every way for a few addresses, one way for each of them all.
            for name, headers in list(ways.items()) if number < 3 else [list(ways.items())[number % len(ways)]]:
                found = client.request(method, path.replace("{", "").replace("}", ""), headers=headers, json={})
                if (
                    found.status_code != 403 or found.json().get("code") != "access_denied"
                    if path.startswith("/api")
                    else found.status_code != 403
                ):
                    wrong.append(f"{method} {path} with {name}: {found.status_code}")
    assert not wrong, "\n".join(wrong)
    assert bare.serving.access.by_session(begun.token) is not None


def test_programs_need_no_token(bare, admin):
    made = admin.post("/api/v1/keys", json={"kind": "admin", "name": "program"}).json()
    with bare.stranger(headers={"authorization": f"Bearer {made['key']}"}) as program:
        assert program.delete(f"/api/v1/keys/{made['key_id']}").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"user": NaN}', 400),
        (b'{"days": 1e400}', 400),
        (b'{"user": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 300 + b"1" + b"}" * 300, 400),
        (b"\xff\xfe", 400),
        (b'{"user": "x"} trailing', 400),
        (b" " * (1 << 20) + b"{}", 413),
        (b'{"days": 123456789012345678901234567890}', 422),
        (b"null", 422),
        (b"", 422),
    ],
    ids=range(11),
)
def test_bad_bodies_are_refused_politely(admin, body, status):
    found = admin.post("/api/v1/users", content=body, headers={"content-type": "application/json"})
    assert found.status_code == status, found.text
    assert found.headers["content-type"] == "application/problem+json"


def test_a_body_without_a_length_is_counted(admin):
    def endless():
        for _ in range(40):
            yield b"x" * 65_536

    found = admin.post("/api/v1/users", content=endless(), headers={"content-type": "application/json"})
    assert found.status_code == 413


def test_long_addresses_and_headers_are_refused(admin):
    assert admin.get("/api/v1/users", params={"x": "y" * 9000}).status_code == 431
    assert admin.get("/api/v1/users", headers={"x-long": "y" * 33_000}).status_code in (400, 431)
    assert admin.get("/api/v1/users", headers=[(f"x-{n}", "1") for n in range(120)]).status_code in (400, 431)


def test_problems_repeat_nothing_that_was_sent(bare, admin):
    wishes = [
        ("GET", f"/api/v1/users/{MARK}", None),
        ("GET", f"/api/v1/{MARK}", None),
        ("GET", f"/api/v1/audit?cursor={MARK}", None),
        ("GET", f"/api/v1/audit?limit={MARK}", None),
        ("POST", "/api/v1/users", {"user": MARK, "password": MARK}),
        ("POST", "/api/v1/users", {MARK: 1}),
        ("POST", "/api/v1/users", {"user": f"!{MARK}", "password": "staple orbit velvet canoe"}),
        ("POST", "/api/v1/keys", {"kind": MARK, "name": MARK, "scopes": [MARK]}),
        ("POST", "/api/v1/jobs", {"kind": MARK, "arguments": {MARK: MARK}}),
        ("PUT", f"/api/v1/segments/{MARK}", {"segment": MARK, "where": {"trait": MARK, "at_least": 4711}}),
        ("DELETE", f"/api/v1/keys/{MARK}", None),
        ("GET", f"/{MARK}", None),
        ("GET", f"/settings/users/{MARK}", None),
    ]
    wrong = []
    for method, address, body in wishes:
        found = admin.request(method, address, json=body) if body is not None else admin.request(method, address)
        if MARK in found.text.replace(f'value="/{MARK}"', "") or found.status_code >= 500:
            wrong.append(f"{method} {address}: {found.status_code} {found.text[:300]}")
        assert found.status_code >= 400
    assert not wrong, "\n".join(wrong)


def test_who_asks_too_often_waits(bare):
    before = bare.app.state.limits
    bare.app.state.limits = Limits(known="5 per 10 seconds", stranger="3 per 10 seconds", signing_in="2 per minute")
    try:
        with bare.stranger() as client:
            codes = [client.get("/login").status_code for _ in range(5)]
            assert codes == [200, 200, 200, 429, 429]
            refused = client.get("/login", headers={"accept": "application/json"})
            assert int(refused.headers["retry-after"]) >= 1
            bare.app.state.limits = Limits(signing_in="2 per minute")
            tries = [client.post("/login", data={"user": "x", "password": "y" * 12}).status_code for _ in range(4)]
            assert tries == [401, 401, 429, 429]
            bare.app.state.limits = Limits(one_user="1 per minute")
            bare.session("viewer")
            form = {"user": "viewer", "password": PASSWORD}
            assert client.post("/login", data={**form, "password": "wrong"}).status_code == 401
            assert client.post("/login", data=form).status_code == 429
        bare.app.state.limits = Limits(known="5 per 10 seconds")
        with bare.client() as client:
            assert [client.get("/api/v1/session").status_code for _ in range(6)] == [200] * 5 + [429]
        with bare.client("viewer") as other:
            assert other.get("/api/v1/session").status_code == 200
    finally:
        bare.app.state.limits = before


# ---------------------------------------------------------------- once


def test_a_write_sent_twice_happens_once(bare, admin):
    key = str(uuid.uuid4())
    body = {"user": f"once-{key[:8]}", "password": "staple orbit velvet canoe"}
    first = admin.post("/api/v1/users", json=body, headers={"idempotency-key": key})
    again = admin.post("/api/v1/users", json=body, headers={"idempotency-key": key})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    other = admin.post("/api/v1/users", json={**body, "name": "x"}, headers={"idempotency-key": key})
    assert other.status_code == 409
    with bare.client("admin") as same:
        assert same.post("/api/v1/users", json=body, headers={"idempotency-key": key}).status_code == 201
    for bad in ("", "x" * 256, "tab\there"):
        assert admin.post("/api/v1/users", json=body, headers={"idempotency-key": bad}).status_code == 400


def test_a_refused_request_may_be_sent_again_with_its_key(admin):
    key = str(uuid.uuid4())
    headers = {"idempotency-key": key}
    weak = {"user": f"again-{key[:8]}", "password": "password1234"}
    assert admin.post("/api/v1/users", json=weak, headers=headers).status_code == 400
    fine = {**weak, "password": "staple orbit velvet canoe"}
    assert admin.post("/api/v1/users", json=fine, headers=headers).status_code == 201


def test_what_a_kill_cut_off_is_not_done_twice(bare, admin):
    from segmentary.interfaces.http.idempotency import begun

    body = {"user": "cut-off", "password": "staple orbit velvet canoe"}
    key = str(uuid.uuid4())
    sent = admin.build_request("POST", "/api/v1/users", json=body)
    import hashlib

    found = hashlib.sha256()
    for part in ("POST", "/api/v1/users", sent.headers["content-type"], sent.headers["content-length"], "", ""):
        found.update(part.encode() + b"\n")
    found.update(b"\n" + sent.content)
    assert begun(bare.serving.access, "admin", key, found.hexdigest()) is None
    answer = admin.post("/api/v1/users", json=body, headers={"idempotency-key": key})
    assert answer.status_code == 409
    assert "stopped" in answer.json()["title"]
    assert admin.get("/api/v1/users/cut-off").status_code == 404


# ---------------------------------------------------------------- who did what


def test_changes_stand_in_the_log_and_looking_does_not(bare, admin):
    log = bare.serving.access
    before = log.log_page(None, 1)[0].number
    admin.get("/api/v1/users")
    assert log.log_page(None, 1)[0].number == before
    made = admin.post("/api/v1/keys", json={"kind": "read", "name": MARK}).json()
    admin.delete(f"/api/v1/keys/{made['key_id']}")
    with bare.client("viewer") as viewer:
        viewer.get("/api/v1/users")
        viewer.post("/api/v1/users", json={"user": MARK, "password": MARK})
    page = log.log_page(None, 10)
    said = [(one.caller, one.action, one.subject) for one in page]
    assert said[:3] == [
        ("viewer", "refused POST /users", ""),
        ("admin", "DELETE /keys/{key_id}", f"key_id {made['key_id']}"),
        ("admin", "POST /keys", f"key_id {made['key_id']}"),
    ]
    assert MARK not in json.dumps([one.detail for one in page])
    admin.delete("/api/v1/keys/preview")
    admin.put("/api/v1/lists/preview", json={"ids": ["a"]})
    assert log.log_page(None, 1)[0].subject == "name preview", "a name does not keep a change out of the log"
    verdict = admin.get("/api/v1/audit/verdict").json()
    assert verdict["intact"]
    assert verdict["anchors"][0]["entry_hash"] == verdict["head"]
    numbers, cursor = [], ""
    while cursor is not None:
        found = admin.get("/api/v1/audit", params={"limit": 3, "cursor": cursor}).json()
        numbers += [one["number"] for one in found["audit"]]
        cursor = found["next"]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 1


def test_a_slash_in_a_name_parts_no_address(bare, admin):
    there = "/api/v1/segments/north%2fsouth%252F/versions"
    found = admin.get(there)
    assert (found.status_code, found.json()["hint"]) == (404, "see /api/v1/segments")
    assert admin.get("/api/v1/segments/north/south/versions").json()["title"] == "there is nothing at this address"
    assert admin.get("/api%2Fv1/segments").status_code == 404
    assert admin.get("/assets/..%2f..%2fpyproject.toml").status_code == 404


def test_what_the_log_cannot_take_is_said_and_no_defect(bare, admin):
    with closing(sqlite3.connect(bare.serving.workspace.folder.ledger, isolation_level=None)) as other:
        other.execute("create trigger full before insert on access_log begin select raise(abort, 'full'); end")
        try:
            found = admin.post("/api/v1/jobs", json={"kind": "tick", "arguments": {"send": False}})
        finally:
            other.execute("drop trigger full")
    assert (found.status_code, found.json()["code"]) == (503, "unlogged")
    assert "content-security-policy" in found.headers
