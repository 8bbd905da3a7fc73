"""Permissions are those of the API, and nobody but admins has all of them."""

from __future__ import annotations

from typing import get_args

from segmentary.interfaces.http.access import Permission
from segmentary.ledger.api_keys import KEY_KINDS
from segmentary.ledger.users import ROLES
from segmentary.workspace.access.roles import ALL, KEY_PERMISSIONS, PERMISSIONS, USUAL_SCOPES


def test_permissions_are_those_of_the_api():
    assert frozenset(get_args(Permission)) == ALL == PERMISSIONS["admin"]
    assert tuple(PERMISSIONS) == ROLES
    assert tuple(KEY_PERMISSIONS) == tuple(USUAL_SCOPES) == KEY_KINDS
    assert all(held < ALL for role, held in PERMISSIONS.items() if role != "admin")


def test_a_key_does_by_itself_no_more_than_its_kind_may():
    assert all(USUAL_SCOPES[kind] <= KEY_PERMISSIONS[kind] for kind in KEY_KINDS)
    assert KEY_PERMISSIONS["write"] == {"ingest"}
