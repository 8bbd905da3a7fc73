"""The secret that lets the first admin in, by its hash: once, for a while, only while there is no admin."""

from __future__ import annotations

import datetime as dt

from segmentary.ledger.ledger import Ledger, instant_text


def keep_setup_secret(ledger: Ledger, secret_hash: str, *, at: dt.datetime, expires_at: dt.datetime) -> None:
    """Keep a new secret; those before it open nothing any more."""
    with ledger.transaction():
        ledger.connection.execute("delete from setup_secrets")
        ledger.connection.execute(
            "insert into setup_secrets (secret_hash, created_at, expires_at) values (?, ?, ?)",
            (secret_hash, instant_text(at), instant_text(expires_at)),
        )


def setup_secret_holds(ledger: Ledger, secret_hash: str, *, at: dt.datetime) -> bool:
    """Say whether a secret still lets somebody in."""
    return bool(
        ledger.rows(
            "select 1 from setup_secrets where secret_hash = ? and used_at = '' and expires_at > ?",
            secret_hash,
            instant_text(at),
        )
    )


def use_setup_secret(ledger: Ledger, secret_hash: str, *, at: dt.datetime) -> bool:
    """Use a secret up; say whether it held. Call inside the transaction that adds the admin."""
    cursor = ledger.connection.execute(
        "update setup_secrets set used_at = ? where secret_hash = ? and used_at = '' and expires_at > ?",
        (instant_text(at), secret_hash, instant_text(at)),
    )
    return bool(cursor.rowcount)
