"""Passwords: what is guessed first is refused; long ones need no ornaments."""

from __future__ import annotations

import pytest
from tests.workspace.access.conftest import LONG

from segmentary.errors import UsageError
from segmentary.workspace.access import passwords


@pytest.mark.parametrize(
    "password",
    ["short", "password1234", "123456789012", "aaaaaaaaaaaaaa", "qwertyuiop[]", "P@ssw0rd!2024", "abcabcabcabc",
     "ada ada ada ada", "Administrator1", "x" * 2000, "half \ud800 character!!"],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password):
    with pytest.raises(UsageError):
        passwords.check_password(password, "ada", "Ada Lovelace")


@pytest.mark.parametrize("password", [LONG, "nine purple lamps 7", "zkqvwmrtpxhd", "Der Zug fährt um acht"])
def test_long_passwords_need_no_ornaments(password):
    passwords.check_password(password, "ada", "Ada Lovelace")
