"""Users: names, roles, and that somebody is always left who can administer."""

from __future__ import annotations

import pytest
from tests.workspace.access.conftest import LONG, START

from segmentary.errors import ConflictError, UnknownNameError, UsageError
from segmentary.workspace.access.users import list_users, new_user, set_disabled, set_name, set_role


def test_the_last_admin_stays(access):
    with access.writing() as ledger:
        for change in (
            lambda: set_role(ledger, "ada", "viewer", at=START),
            lambda: set_disabled(ledger, "ada", True, at=START),
        ):
            with pytest.raises(ConflictError, match="last admin"):
                change()
        new_user(ledger, "bob", "", "admin", LONG, at=access.tick())
        assert set_role(ledger, "ada", "viewer", at=access.tick()).role == "viewer"


@pytest.mark.parametrize("user", ["", " ", "a b", "ünsal", "x" * 200, "a\x00b", "-x", "a/b", "\ud800"])
def test_what_is_no_name(access, user):
    with access.writing() as ledger, pytest.raises(UsageError):
        new_user(ledger, user, "", "viewer", LONG, at=START)


def test_a_user_is_one_whatever_the_capitals(access):
    with access.writing() as ledger:
        with pytest.raises(ConflictError):
            new_user(ledger, " ADA ", "", "viewer", LONG, at=START)
        with pytest.raises(UsageError):
            new_user(ledger, "bob", "", "emperor", LONG, at=START)
        with pytest.raises(UnknownNameError):
            set_role(ledger, "bob", "viewer", at=START)
        assert set_name(ledger, "ada", "  ", at=START).name == "ada"
        assert [one.user for one in list_users(ledger)] == ["ada"]
