"""Every address times everybody who may ask, against the table that was agreed."""

from __future__ import annotations

import re

import httpx
import pytest
from tests.interfaces.http.permissions import ALSO, ASKING, OPEN, agreed, rows

from segmentary.workspace.access.program_keys import make_key

ENDS_THE_SESSION = ("/logout", "/api/v1/session", "/api/v1/session/password")


@pytest.fixture(scope="module")
def asking(bare):
    """A client of everybody who may ask."""
    access = bare.serving.access
    made = {"anonymous": bare.stranger()}
    for kind in ("write", "read"):
        with access.writing() as ledger:
            key = make_key(ledger, kind, f"matrix {kind}", by="test", at=access.tick()).key
        made[f"{kind} key"] = bare.stranger(headers={"authorization": f"Bearer {key}"})
    for role in list(ASKING)[3:]:
        made[role] = bare.client(role)
    yield made
    for client in made.values():
        client.close()


def test_the_table_names_every_address():
    """A new address is looked at by a person: `python -m tests.interfaces.http.permissions` writes the table."""
    there, held = ({(one["method"], one["path"]): one for one in table} for table in (rows(), agreed()))
    assert not sorted(there.keys() - held.keys()), "not in permissions.csv"
    assert not sorted(held.keys() - there.keys()), "in permissions.csv only"
    changed = [f"{key}: {held[key]} is now {there[key]}" for key in there if there[key] != held[key]]
    assert not changed, "\n".join(changed)


def refused(client: httpx.Client, method: str, path: str) -> str:
    address = re.sub(r"\{[^}]*\}", "no-such-thing", path)
    body = {} if method in ("GET", "DELETE") else {"content": b"[]", "headers": {"content-type": "application/json"}}
    with client.stream(method, address, **body) as answer:
        to_login = answer.status_code == 303 and answer.headers["location"].startswith("/login")
        return "no" if answer.status_code in (401, 403) or (to_login and path not in ENDS_THE_SESSION) else "yes"


def test_the_server_keeps_to_the_table(bare, asking):
    wrong = []
    for row in agreed():
        if row["permission"] == OPEN:
            continue
        # Whoever is refused is asked everywhere; of those who are let in, the least of them.
        least = next((who for who in ASKING if row[who] == "yes"), None)
        for who in ASKING:
            if row[who] == "yes" and (who != least or row["path"] in ENDS_THE_SESSION):
                continue
            found = refused(asking[who], row["method"], row["path"])
            if found != row[who]:
                wrong.append(f"{row['method']} {row['path']} for {who}: {found} instead of {row[who]}")
    assert not wrong, "\n".join(wrong)


def test_the_description_names_what_every_address_needs(bare):
    described = bare.client().get("/api/v1/openapi.json").json()["paths"]
    for row in agreed():
        if row["path"].startswith("/api/"):
            assert described[row["path"]][row["method"].lower()]["x-permission"] == row["permission"], row


def test_only_the_door_is_open():
    assert {(one["method"], one["path"]) for one in agreed() if one["permission"] == OPEN} == {
        ("GET", "/api/v1/health"),
        ("GET", "/login"),
        ("POST", "/login"),
        ("GET", "/setup"),
        ("POST", "/setup"),
        ("POST", "/logout"),
        ("POST", "/language"),
        # The unsubscribe page: the link is signed.
        ("GET", "/u"),
        ("POST", "/u"),
        ("GET", "/u/{token}"),
        ("POST", "/u/{token}"),
    }
    assert all(one["permission"] != OPEN for one in rows() if (one["method"], one["path"]) in ALSO)


def test_roles_are_these():
    """The four roles, as they were decided."""
    assert {who: held for who, held in ASKING.items() if who in ("viewer", "analyst", "marketer")} == {
        "viewer": {"read"},
        "analyst": {"read", "people", "define", "analyse", "operate"},
        "marketer": {"read", "people", "personal", "define", "act", "export", "operate"},
    }
    assert len(ASKING["admin"]) == 11
