"""Secrets that are shown once: of sessions, of keys of programs. Only their hashes are kept.

A key is ``seg_{w|r|a}_{id}_{secret}_{check}``: its kind, 8 characters that name it, 256 random bits, and a checksum so
that a mistyped or cut key is told from a wrong one without asking the ledger, and found by scanners of leaked secrets.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass

from segmentary.ledger.api_keys import KeyKind

LETTERS: dict[KeyKind, str] = {"write": "w", "read": "r", "admin": "a"}
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SHAPE = re.compile(r"seg_([wra])_([0-9a-z]{8})_([0-9A-Za-z_\-]{43})_([0-9A-Za-z]{6})")


def new_token() -> str:
    """Return 256 random bits as 43 characters."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return the hash of a random secret; it needs no slow one, for nobody can guess 256 bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def check_of(text: str) -> str:
    """Return the checksum of a key's other parts, six characters."""
    number, found = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        found = ALPHABET[digit] + found
    return found


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key as a program sends it."""

    kind: KeyKind
    key_id: str
    text: str


def new_key(kind: KeyKind) -> KeyText:
    """Return a new key of a kind."""
    key_id = "".join(secrets.choice(ALPHABET[:10] + ALPHABET[36:]) for _ in range(8))
    text = f"seg_{LETTERS[kind]}_{key_id}_{new_token()}"
    return KeyText(kind, key_id, f"{text}_{check_of(text)}")


def read_key(text: str) -> KeyText | None:
    """Return a key somebody sent, or nothing where it is none."""
    found = SHAPE.fullmatch(text)
    if found is None or check_of(text[:-7]) != found[4]:
        return None
    kind = next(kind for kind, letter in LETTERS.items() if letter == found[1])
    return KeyText(kind, found[2], text)
