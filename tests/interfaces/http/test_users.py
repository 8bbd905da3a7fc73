"""Users and keys over HTTP: only admins, sessions die at once, a key is shown once."""

from __future__ import annotations

import pytest
from tests.interfaces.site import PASSWORD

LONG = "staple orbit velvet canoe"


@pytest.fixture
def admin(bare):
    with bare.client() as client:
        yield client


def test_a_user_is_added_changed_and_let_in_no_more(bare, admin):
    made = admin.post("/api/v1/users", json={"user": "Grace@example.com", "role": "viewer", "password": LONG})
    assert made.status_code == 201, made.text
    assert made.json()["user"] == "grace@example.com"
    assert "hash" not in made.text
    assert admin.post("/api/v1/users", json={"user": "grace@example.com", "password": LONG}).status_code == 409
    changed = admin.patch("/api/v1/users/grace@example.com", json={"role": "analyst", "name": "Grace"})
    assert (changed.json()["role"], changed.json()["name"]) == ("analyst", "Grace")
    begun = bare.serving.access.sign_in("grace@example.com", LONG)
    with bare.stranger(cookies={bare.cookie: begun.token}) as grace:
        assert grace.get("/api/v1/session").json()["role"] == "analyst"
        assert admin.patch("/api/v1/users/grace@example.com", json={"disabled": True}).json()["disabled_at"]
        assert grace.get("/api/v1/session").status_code == 401
    assert bare.serving.access.sign_in("grace@example.com", LONG) is None


def test_a_weak_password_is_told_where_it_stands_and_not_repeated(admin):
    found = admin.post("/api/v1/users", json={"user": "weak", "password": "password1234"})
    assert found.status_code == 400
    assert found.json()["pointer"] == "/password"
    assert "password1234" not in found.text


def test_ones_own_password_ends_every_other_session(bare):
    admin, other = bare.client("viewer"), bare.client("viewer")
    with admin, other:
        wrong = admin.put("/api/v1/session/password", json={"present": "not this one", "password": LONG})
        assert wrong.json()["pointer"] == "/present"
        done = admin.put("/api/v1/session/password", json={"present": PASSWORD, "password": PASSWORD + " again"})
        assert done.status_code == 200
        assert "httponly" in done.headers["set-cookie"].lower()
        assert "samesite=lax" in done.headers["set-cookie"].lower()
        assert other.get("/api/v1/session").status_code == 401
        bare.serving.access.change_password("viewer", PASSWORD)


def test_a_key_is_shown_once_and_dead_when_revoked(bare, admin):
    made = admin.post("/api/v1/keys", json={"kind": "read", "name": "dashboard"}, headers={"idempotency-key": "k1"})
    text = made.json()["key"]
    again = admin.post("/api/v1/keys", json={"kind": "read", "name": "dashboard"}, headers={"idempotency-key": "k1"})
    assert again.status_code == 409
    assert text not in again.text
    assert text not in admin.get("/api/v1/keys").text
    with bare.stranger(headers={"authorization": f"Bearer {text}"}) as program:
        assert program.get("/api/v1/session").json()["permissions"] == ["read"]
        assert program.get("/api/v1/segments").status_code == 200
        assert program.get("/api/v1/keys").status_code == 403
        assert admin.delete(f"/api/v1/keys/{made.json()['key_id']}").status_code == 200
        assert program.get("/api/v1/segments").status_code == 401
    with bare.stranger(auth=(text, "")) as basic:
        assert basic.get("/api/v1/segments").status_code == 401


def test_a_write_key_reads_nothing(bare, admin):
    made = admin.post("/api/v1/keys", json={"kind": "write", "name": "shop"}).json()["key"]
    with bare.stranger(headers={"authorization": f"Bearer {made}"}) as program:
        assert program.get("/api/v1/session").json()["permissions"] == ["ingest"]
        assert program.get("/api/v1/segments").status_code == 403
        assert program.get("/api/v1/workspace").status_code == 403
    assert admin.post("/api/v1/keys", json={"kind": "write", "name": "x", "scopes": ["read"]}).status_code == 400


def test_what_is_missing_is_not_there(admin):
    assert admin.get("/api/v1/users/nobody").status_code == 404
    assert admin.put("/api/v1/users/nobody/password", json={"password": LONG}).status_code == 404
    assert admin.delete("/api/v1/keys/nokey").status_code == 404


def test_the_last_admin_stays(admin):
    assert admin.patch("/api/v1/users/admin", json={"role": "viewer"}).status_code == 409
