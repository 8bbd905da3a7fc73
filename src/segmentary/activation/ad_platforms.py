"""Lists of people for advertising platforms: which columns, how each value is spelled, what is hashed.

One table of fields per platform; a value is normalised by the platform's own rule, and then hashed with SHA-256 (lower
case hexadecimal, no salt) where the platform wants it hashed. Country and postcode of Google are not hashed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from segmentary.errors import UsageError

Person = Mapping[str, str]
"""What is known of one person: email and phone (normalised), first_name, last_name, country (alpha-2), postcode, city,
state, gender, birth_date; what is not known is missing or empty."""


# ---------------------------------------------------------------- rules


def email(text: str) -> str:
    """Return an address without spaces around it, in small letters.

    >>> email(" John_Smith@gmail.com ")
    'john_smith@gmail.com'
    """
    return text.strip().lower()


def google_email(text: str) -> str:
    """Return the same without spaces, and without the dots that Google's own mailboxes do not count.

    >>> google_email("Ann.Lee@Gmail.com"), google_email("ann.lee@shop.example")
    ('annlee@gmail.com', 'ann.lee@shop.example')
    """
    local, at, domain = re.sub(r"\s", "", text.lower()).rpartition("@")
    return f"{local.replace('.', '') if domain in ('gmail.com', 'googlemail.com') else local}{at}{domain}"


def untagged_email(text: str) -> str:
    """Return an address without what stands behind a plus before the @.

    >>> untagged_email("Ann+Shop@example.org")
    'ann@example.org'
    """
    local, at, domain = email(text).rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def plus_phone(text: str) -> str:
    """Return a number as E.164 writes it; what has no country code is none.

    >>> plus_phone("+44 20 7946 0018"), plus_phone("020 7946 0018")
    ('+442079460018', '')
    """
    digits = re.sub(r"\D", "", text)
    return f"+{digits}" if text.strip().startswith("+") and 6 < len(digits) <= 15 else ""


def digits_phone(text: str) -> str:
    """Return the same without the plus.

    >>> digits_phone("+1 (650) 555-1212")
    '16505551212'
    """
    return plus_phone(text).removeprefix("+")


def spaceless(text: str) -> str:
    """Return a name in small letters without any space.

    >>> spaceless(" Anna Maria ")
    'annamaria'
    """
    return re.sub(r"\s", "", text).lower()


def bare_name(text: str) -> str:
    """Return a name in small letters without spaces and punctuation; letters keep their accents.

    >>> bare_name("O'Neill "), bare_name("Valéry")
    ('oneill', 'valéry')
    """
    folded = unicodedata.normalize("NFC", text.strip().lower())
    return "".join(one for one in folded if unicodedata.category(one)[0] not in "PZSC")


def upper_country(text: str) -> str:
    return text.strip().upper() if re.fullmatch(r"\s*[A-Za-z]{2}\s*", text) else ""


def lower_country(text: str) -> str:
    return upper_country(text).lower()


def postcode(text: str) -> str:
    return text.strip()


def bare_postcode(text: str) -> str:
    """Return a postcode in small letters without spaces and hyphens; of a long American one the first five digits.

    >>> bare_postcode("94035-1234"), bare_postcode("SW1A 1AA")
    ('94035', 'sw1a1aa')
    """
    found = re.sub(r"[\s\-]", "", text).lower()
    return found[:5] if re.fullmatch(r"\d{9}", found) else found


def gender(text: str) -> str:
    """Return f or m, where it is said.

    >>> gender("Female"), gender("x")
    ('f', '')
    """
    first = text.strip().lower()[:1]
    return first if first in ("f", "m") else ""


def birth_date(text: str) -> str:
    """Return a date as eight digits.

    >>> birth_date("1980-02-29"), birth_date("29 Feb")
    ('19800229', '')
    """
    found = re.fullmatch(r"\s*(\d{4})-(\d{2})-(\d{2}).*", text)
    return "".join(found.groups()) if found else ""


# ---------------------------------------------------------------- platforms


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a platform's file: its heading, what of a person it holds, how it is spelled, whether it is hashed.

    key : whether a row can be found by it alone, so that it stands in files of what is to be removed.
    """

    heading: str
    of: str
    rule: Callable[[str], str]
    hashed: bool = True
    key: bool = False


@dataclass(frozen=True, slots=True)
class Platform:
    """One advertising platform.

    least : people below which it does not serve a list (matched ones, so more are needed). together : sources that only
    count all at once, where neither e-mail nor number is there. headed : whether the file has a row of headings.
    days : how long a list should stand at most before it is made anew.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    least: int
    together: tuple[str, ...] = ()
    headed: bool = True
    days: int = 180


PLATFORMS: dict[str, Platform] = {
    one.name: one
    for one in (
        Platform(
            "google_customer_match",
            "Google Customer Match",
            (
                Field("Email", "email", google_email, key=True),
                Field("Phone", "phone", plus_phone, key=True),
                Field("First Name", "first_name", spaceless),
                Field("Last Name", "last_name", spaceless),
                Field("Country", "country", upper_country, hashed=False),
                Field("Zip", "postcode", postcode, hashed=False),
            ),
            least=100,
            together=("first_name", "last_name", "country", "postcode"),
        ),
        Platform(
            "meta",
            "Meta custom audience",
            (
                Field("email", "email", email, key=True),
                Field("phone", "phone", digits_phone, key=True),
                Field("fn", "first_name", bare_name),
                Field("ln", "last_name", bare_name),
                Field("ct", "city", bare_name),
                Field("st", "state", bare_name),
                Field("zip", "postcode", bare_postcode),
                Field("country", "country", lower_country),
                Field("dob", "birth_date", birth_date),
                Field("gen", "gender", gender),
            ),
            least=100,
            together=("first_name", "last_name", "postcode", "country"),
        ),
        Platform(
            "tiktok",
            "TikTok custom audience",
            (
                Field("Email_SHA256", "email", untagged_email, key=True),
                Field("Phone_SHA256", "phone", digits_phone, key=True),
            ),
            least=1_000,
        ),
        Platform("linkedin", "LinkedIn contact list", (Field("email", "email", email, key=True),), least=300),
        Platform("x", "X custom audience", (Field("email", "email", email, key=True),), least=100, headed=False),
    )
}


def platform_named(name: str) -> Platform:
    """Return a platform.

    Raises
    ------
    UsageError
        when there is none of that name.
    """
    if name not in PLATFORMS:
        raise UsageError(f"there is no format {name!r}", hint="one of " + ", ".join(PLATFORMS))
    return PLATFORMS[name]


def row_of(platform: Platform, person: Person) -> tuple[str, ...] | None:
    """Return the cells of a person; None where nothing in them could find anybody.

    >>> row = row_of(PLATFORMS["google_customer_match"], {"email": "a@b.example", "country": "gb", "postcode": "N1"})
    >>> row[0][:8], row[4:]
    ('ebb18a03', ('GB', 'N1'))
    """
    plain = {one.of: one.rule(person[one.of]) if person.get(one.of) else "" for one in platform.fields}
    found = any(plain[one.of] for one in platform.fields if one.key)
    if not found and not (platform.together and all(plain[one] for one in platform.together)):
        return None
    return tuple(hashed(plain[one.of]) if one.hashed else plain[one.of] for one in platform.fields)


def key_of(platform: Platform, row: tuple[str, ...]) -> str:
    """Return what a row is found by later: its hashed keys, divided by commas."""
    return ",".join(cell for cell, one in zip(row, platform.fields, strict=True) if one.key)


def hashed(text: str) -> str:
    """Return SHA-256 as small hexadecimal digits; of nothing, nothing.

    >>> hashed("adsapi")[:16], hashed("")
    ('49e0be2aeccfb51a', '')
    """
    return sha256(text.encode()).hexdigest() if text else ""
