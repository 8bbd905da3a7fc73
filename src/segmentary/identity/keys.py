"""Keys by which two records can be the same customer, in one spelling; placeholders are no keys."""

from __future__ import annotations

import re
from typing import Literal

# fmt: off
PLACEHOLDER_LOCALS = frozenset((
    "none", "noemail", "no-email", "nomail", "no-mail", "noreply", "no-reply", "na", "test", "unknown", "null",
    "nobody", "anonymous", "fake", "dummy", "asdf", "xxx", "donotreply", "do-not-reply",
))
PLACEHOLDER_DOMAINS = frozenset((
    "a.com", "b.com", "aa.com", "none.com", "noemail.com", "nomail.com", "test.com", "na.com", "none.none",
    "null.com", "fake.com", "localhost",
))
# fmt: on
GOOGLE_DOMAINS = frozenset(("gmail.com", "googlemail.com"))
ADDRESS = re.compile(r"[^@\s<>\"(),:;\\]+@(?:[^@\s<>\"(),:;\\.]+\.)+[^@\s<>\"(),:;\\.]{2,}")
SHORTEST_PHONE = 6


def normalize_email(text: str, *, provider_rules: Literal["off", "gmail"] = "off") -> str | None:
    """Return an e-mail address in one spelling, None when it is none or a placeholder.

    provider_rules : "gmail" also drops the dots and the +tag of Google addresses, which reach the same mailbox.

    Examples
    --------
    >>> normalize_email("  Ann.Lee@Example.ORG ")
    'ann.lee@example.org'
    >>> normalize_email("Ann.Lee+shop@gmail.com", provider_rules="gmail")
    'annlee@gmail.com'
    >>> normalize_email("none@none.com") is None
    True
    """
    address = text.strip().lower()
    if address.startswith("mailto:"):
        address = address.removeprefix("mailto:")
    if "<" in address and address.endswith(">"):
        address = address.rpartition("<")[2][:-1].strip()
    if not ADDRESS.fullmatch(address):
        return None
    local, _, domain = address.rpartition("@")
    if local in PLACEHOLDER_LOCALS or domain in PLACEHOLDER_DOMAINS or len(set(local + domain.partition(".")[0])) == 1:
        return None
    if provider_rules == "gmail" and domain in GOOGLE_DOMAINS:
        local, domain = local.partition("+")[0].replace(".", ""), "gmail.com"
    return f"{local}@{domain}" if local else None


def normalize_phone(text: str, *, country: str = "") -> str | None:
    """Return a phone number as E.164, None when it cannot be one or is a placeholder.

    country : ISO 3166 alpha-2 code assumed for numbers without a country code; without it such numbers keep their
        national digits, marked as local, and match only each other.

    Examples
    --------
    >>> normalize_phone("(0)20 7946 0018", country="GB"), normalize_phone("0044 20 7946 0018", country="GB")
    ('+442079460018', '+442079460018')
    >>> normalize_phone("0000000000", country="GB") is None
    True
    """
    import phonenumbers

    digits = re.sub(r"\D", "", text)
    if len(digits) < SHORTEST_PHONE or len(set(digits.lstrip("0")[-8:])) <= 1 or digits in ("123456789", "1234567890"):
        return None
    written = re.sub(r"\(0\)", "0" if not text.strip().startswith(("+", "00")) else "", text.strip())
    if written.startswith("00") and not country:
        written = "+" + written[2:]
    if not written.startswith("+") and not country:
        return f"local:{digits}"
    try:
        number = phonenumbers.parse(written, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def normalize_external(text: str) -> str | None:
    """Return an id of another system as it stands, None when it is blank or filler.

    Examples
    --------
    >>> normalize_external(" 0017 "), normalize_external("0000"), normalize_external("n/a")
    ('0017', None, None)
    """
    value = text.strip()
    if not value or value.lower() in ("null", "none", "nan", "n/a", "na", "?", "-", "unknown", "undefined", "test"):
        return None
    return None if not value.strip("0-") else value


def normalize(kind: str, text: str, *, country: str = "") -> str | None:
    """Return an identifier of any kind in one spelling, None when it is no key."""
    match kind:
        case "email":
            return normalize_email(text)
        case "phone":
            return normalize_phone(text, country=country)
    return normalize_external(text)
