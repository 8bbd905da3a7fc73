"""A workspace with users and keys, made by the command line, and every command about them."""

from __future__ import annotations

from pathlib import Path

from tests.interfaces.cli.shop import done

ACCESSED = {
    "user add": [
        "user",
        "add",
        "eve@example.com",
        "--role",
        "analyst",
        "--password-file",
        "{files}/password",
        "--json",
    ],
    "user list": ["user", "list", "--json"],
    "user role": ["user", "role", "ben", "marketer", "--json"],
    "user password": ["user", "password", "ben", "--password-file", "{files}/password", "--json"],
    "user disable": ["user", "disable", "ben", "--json"],
    "user log": ["user", "log", "--json"],
    "key add": ["key", "add", "dashboard", "--kind", "read", "--days", "90", "--json"],
    "key list": ["key", "list", "--json"],
    "key revoke": ["key", "revoke", "{key}", "--json"],
}


def make_accessed(folder: Path) -> Path:
    """Make a workspace with two users and two keys; return its folder."""
    (folder / "password").write_text("staple orbit velvet canoe\n")
    shop = folder / "shop"
    done("init", shop)
    for user, role in (("ada", "admin"), ("ben", "viewer")):
        done("-w", shop, "user", "add", user, "--role", role, "--password-file", folder / "password")
    done("-w", shop, "key", "add", "old dashboard", "--days", "1")
    return shop


def accessed_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one workspace."""
    from contextlib import closing

    from segmentary.ledger.api_keys import api_keys
    from segmentary.ledger.ledger import Ledger

    with closing(Ledger(shop / "ledger.sqlite")) as ledger:
        key = api_keys(ledger)[-1].key_id
    return ["-w", str(shop), *(part.format(files=shop.parent, key=key) for part in ACCESSED[name])]
