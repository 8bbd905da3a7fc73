"""Addresses by channel: one spelling, one hash; the hash is what lists and logs hold."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from segmentary.identity.keys import normalize_email, normalize_phone

KINDS = {"email": "email", "sms": "phone", "phone": "phone", "file": "email"}
"""Channel to the kind of identifier that is its address; channels that are not here know people by their id."""
FREE_OF_CONSENT = "service"
"""The purpose that needs no consent: what a person must be told about what they bought. Suppression still holds."""


def consent_channel(channel: str, channels: Mapping[str, Mapping[str, Any]]) -> str:
    """Return whose consent counts for a channel: ``consent`` of its settings, else e-mail for files, else its own.

    >>> consent_channel("file", {}), consent_channel("crm", {"crm": {"consent": "email"}}), consent_channel("sms", {})
    ('email', 'email', 'sms')
    """
    return str(channels.get(channel, {}).get("consent", "") or {"file": "email"}.get(channel, channel))


def address_kind(channel: str, channels: Mapping[str, Mapping[str, Any]]) -> str:
    """Return which identifier is an address of a channel (email, phone); empty where people are known by their id.

    >>> address_kind("sms", {}), address_kind("crm", {"crm": {"address": "email"}}), address_kind("chat", {})
    ('phone', 'email', '')
    """
    return str(channels.get(channel, {}).get("address", "") or KINDS.get(channel, ""))


def normal_address(kind: str, address: str, *, country: str = "") -> str | None:
    """Return an address in one spelling; None when it cannot be written to, such as a number without country."""
    match kind:
        case "email":
            return normalize_email(address)
        case "phone":
            number = normalize_phone(address, country=country)
            return None if number is None or number.startswith("local:") else number
        case _:
            return address.strip() or None


def address_hash(kind: str, address: str, *, country: str = "") -> str:
    """Return SHA-256 (hex) of the normalised address; empty for one that is none.

    >>> address_hash("email", " Ann@Example.org ") == address_hash("email", "ann@example.org")
    True
    """
    spelled = normal_address(kind, address, country=country)
    return sha256(spelled.encode()).hexdigest() if spelled else ""
