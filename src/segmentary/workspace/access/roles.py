"""Roles and kinds of keys as sets of permissions. What each permission means: `segmentary.interfaces.http.access`."""

from __future__ import annotations

from collections.abc import Mapping

from segmentary.ledger.api_keys import KeyKind
from segmentary.ledger.users import Role

ALL = frozenset(
    ("read", "people", "personal", "define", "analyse", "act", "export", "load", "operate", "administer", "ingest")
)
PERMISSIONS: Mapping[Role, frozenset[str]] = {
    "viewer": frozenset(("read",)),
    "analyst": frozenset(("read", "people", "define", "analyse", "operate")),
    "marketer": frozenset(("read", "people", "personal", "define", "act", "export", "operate")),
    "admin": ALL,
}
KEY_PERMISSIONS: Mapping[KeyKind, frozenset[str]] = {
    "write": frozenset(("ingest",)),
    "read": frozenset(("read", "people", "personal")),
    "admin": ALL,
}
USUAL_SCOPES: Mapping[KeyKind, frozenset[str]] = {
    "write": frozenset(("ingest",)),
    "read": frozenset(("read",)),
    "admin": ALL,
}
"""What a key may do where nothing is said."""
