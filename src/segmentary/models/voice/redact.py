"""Take out of a quote what says who somebody is: addresses, telephone, card, account and order numbers.

Numbers that carry a check digit are checked (Luhn for cards, ISO 13616 for IBANs), so that a price or a year is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

What = Literal["email", "card", "iban", "phone", "link", "order"]
USUAL: tuple[What, ...] = ("email", "iban", "card", "phone", "link")
EMAIL = re.compile(r"[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]{1,2000}", re.IGNORECASE)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
CARD = re.compile(r"(?<![\d.,])\d(?:[ -]?\d){12,18}(?![\d])")
PHONE = re.compile(r"(?<![\w.,-])(?:\+|00)?\(?\d(?:[ ./()\u2013-]{0,2}\d){6,14}(?![\w-])")
ORDER = re.compile(
    r"\b(?:order|invoice|booking|customer|account|ticket|reference|ref|case|contract|bestellung|bestellnummer|rechnung"
    r"|rechnungsnummer|kundennummer|auftrag|auftragsnummer|vertragsnummer|vorgang|sendungsnummer|tracking)\b"
    r"[\s.:]{0,3}(?:(?:no|nr|number|nummer|id)\b[\s.:]{0,3})?#?\s?(?P<number>[A-Z]{0,4}[-/]?\d[\dA-Z/-]{2,30})"
    r"|(?<!\w)#\s?(?P<sharp>\d{3,20})\b",
    re.IGNORECASE,
)
DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")


@dataclass(frozen=True, slots=True)
class Personal:
    """One place of a text that says who somebody is."""

    what: What
    start: int
    end: int


def personal(text: str, what: tuple[What, ...] = USUAL) -> list[Personal]:
    """Return what in a text says who somebody is, in order; of places that overlap the first kind named wins."""
    found: list[Personal] = []
    for kind in what:
        for start, end in DETECTORS[kind](text):
            if not any(start < one.end and one.start < end for one in found):
                found.append(Personal(kind, start, end))
    return sorted(found, key=lambda one: one.start)


def redacted(text: str, what: tuple[What, ...] = USUAL) -> str:
    """Return a text with what says who somebody is replaced by its kind: ``[email]``, ``[phone]``."""
    parts, at = [], 0
    for one in personal(text, what):
        parts += [text[at : one.start], f"[{one.what}]"]
        at = one.end
    return "".join([*parts, text[at:]])


def luhn(digits: str) -> bool:
    """Say whether the last digit checks the others (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1


def valid_iban(text: str) -> bool:
    """Say whether the check digits of an IBAN fit (ISO 13616: the number turned round, modulo 97, is 1)."""
    turned = text[4:] + text[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97 == 1


def emails(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in EMAIL.finditer(text)] if "@" in text else []


def links(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in LINK.finditer(text)]


def cards(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in CARD.finditer(text) if luhn(re.sub(r"\D", "", found[0]))]


def ibans(text: str) -> list[tuple[int, int]]:
    found = []
    for match in IBAN.finditer(text):
        # The words after it may look like more of it: the longest beginning that checks is the number.
        for end in range(match.end(), match.start() + 14, -1):
            said = re.sub(r"[^A-Za-z0-9]", "", text[match.start() : end])
            if 15 <= len(said) <= 34 and said.isascii() and text[end - 1] not in " -" and valid_iban(said):
                found.append((match.start(), end))
                break
    return found


def phones(text: str) -> list[tuple[int, int]]:
    """Return what is written like a telephone number: with a country or trunk prefix, seven digits or more."""
    found = []
    for match in PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        prefixed = match[0].lstrip("(").startswith(("+", "0"))
        grouped = bool(re.fullmatch(r"\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|\d{3}[ .-]\d{4}", match[0]))
        if len(digits) >= 7 and (prefixed or grouped) and not DATE.fullmatch(match[0]):
            found.append(match.span())
    return found


def orders(text: str) -> list[tuple[int, int]]:
    return [found.span(found.lastgroup or 0) for found in ORDER.finditer(text)]


DETECTORS: dict[What, Callable[[str], list[tuple[int, int]]]] = {
    "email": emails,
    "card": cards,
    "iban": ibans,
    "phone": phones,
    "link": links,
    "order": orders,
}
