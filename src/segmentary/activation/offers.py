"""Offers: what may be promised to whom, until when, how often, and which of them a person gets.

As a file::

    offers: autumn
    currency: EUR
    rows:
      - id: ten_off
        words: "10% off your next order."
        code: AUTUMN10
        value: 5                       # what one use costs us
        for: at_risk                   # a segment, a list of segments, or a rule
        until: 2026-03-15
        limit: 500
      - id: voucher
        words: "A voucher of 20 euros."
        codes: vouchers.txt            # one code a line, beside this file; each is given once
        value: 20
        for: "orders_total >= 1000 and days_since_last_order > 180"
        budget: 2000
        priority: 2
        expected: clv.value            # among equal priorities: who is expected to bring more gets it

Of those a person may have, the highest priority comes first, then the highest expected value for this person, then the
order of the file. `ledger.offer_uses` sees to the limits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from segmentary.activation.document_parts import bound, in_order, moment_of, texts_of
from segmentary.activation.templates import own_name
from segmentary.errors import DefinitionError, SegmentaryError
from segmentary.language.cursor import Cursor

KEYS = ("offers", "currency", "rows", "title", "owner", "notes")
ROW_KEYS = (
    "id", "words", "code", "codes", "value", "for", "products", "categories", "limit", "budget", "per_person", "from",
    "until", "priority", "expected", "url", "notes",
)  # fmt: skip
MOST_CODES = 1_000_000
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer of a table.

    Attributes
    ----------
    words : what the person reads. code : the same for all; codes : one each.
    value : what one use costs us; 0 where unknown.
    whom : names of segments, or one rule as text; empty: everybody.
    limit, budget, per_person : how many, how much money, how often to one person; None: no bound.
    starts, ends : local day or time; empty: no bound. A day that ends it is still part of it.
    priority : the higher, the earlier. expected : a trait that says what this person brings; empty: none.
    """

    id: str
    words: str
    code: str = ""
    codes: tuple[str, ...] = ()
    value: Decimal = Decimal(0)
    segments: tuple[str, ...] = ()
    rule: str = ""
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    limit: int | None = None
    budget: Decimal | None = None
    per_person: int | None = 1
    starts: str = ""
    ends: str = ""
    priority: int = 0
    expected: str = ""
    url: str = ""
    notes: str = ""

    def code_of(self, ordinal: int) -> str:
        """Return the code of one use."""
        return self.codes[ordinal] if self.codes else self.code

    def standing(self, at: dt.datetime, zone: str) -> str:
        """Say whether it can be promised at an instant: ``open``, ``not yet``, ``over``."""
        begins, ends = bound(self.starts, zone, end=False), bound(self.ends, zone, end=True)
        if begins is not None and at < begins:
            return "not yet"
        return "over" if ends is not None and at >= ends else "open"

    def until(self, zone: str) -> dt.datetime | None:
        """Return the instant from which it is over."""
        return bound(self.ends, zone, end=True)


@dataclass(frozen=True, slots=True)
class OfferTable:
    """A table of offers, in the order of the file."""

    name: str
    currency: str
    rows: tuple[Offer, ...]
    title: str = ""
    owner: str = ""
    notes: str = ""
    by_id: Mapping[str, Offer] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {self.key(one): one for one in self.rows})

    def key(self, offer: Offer) -> str:
        """Return the id of an offer everywhere else: ``TABLE.ROW``."""
        return f"{self.name}.{offer.id}"

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values that `read_offers` reads again."""
        words = {"title": self.title, "owner": self.owner, "notes": self.notes}
        return {
            "offers": self.name,
            "currency": self.currency,
            **{key: text for key, text in words.items() if text},
            "rows": [row_document(one) for one in self.rows],
        }


def row_document(one: Offer) -> dict[str, Any]:
    whom: Any = one.rule or (list(one.segments) if len(one.segments) > 1 else one.segments[0] if one.segments else "")
    given: dict[str, Any] = {
        "id": one.id,
        "words": one.words,
        "code": one.code,
        "codes": list(one.codes),
        "value": str(one.value) if one.value else "",
        "for": whom,
        "products": list(one.products),
        "categories": list(one.categories),
        "limit": one.limit,
        "budget": str(one.budget) if one.budget is not None else "",
        "per_person": ("any" if one.per_person is None else one.per_person) if one.per_person != 1 else "",
        "from": one.starts,
        "until": one.ends,
        "priority": one.priority or "",
        "expected": one.expected,
        "url": one.url,
        "notes": one.notes,
    }
    return {key: value for key, value in given.items() if value not in ("", [], None)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer a person may have. expected : what this person is expected to bring; None: not known."""

    key: str
    place: int
    priority: int
    expected: float | None = None


def ranked(candidates: Sequence[Candidate]) -> list[str]:
    """Return offers, the best first: by priority, by what the person is expected to bring, by their place.

    >>> ranked([Candidate("t.a", 0, 0), Candidate("t.b", 1, 2), Candidate("t.c", 2, 0, 9.5)])
    ['t.b', 't.c', 't.a']
    """
    unknown = float("-inf")
    best = sorted(candidates, key=lambda c: (-c.priority, -(unknown if c.expected is None else c.expected), c.place))
    return [one.key for one in best]


def shown(offer: Offer, key: str, code: str, currency: str, zone: str) -> dict[str, Any]:
    """Return what a template sees as ``offer``: JSON values, amounts as text, times as ISO 8601."""
    begins, ends = bound(offer.starts, zone, end=False), bound(offer.ends, zone, end=True)
    # A day is the last one; an instant on its very end would be printed as the day after.
    last = ends - dt.timedelta(seconds=1) if ends is not None and len(offer.ends) == 10 else ends
    return {
        "id": key,
        "words": offer.words,
        "code": code,
        "value": str(offer.value) if offer.value else None,
        "currency": currency,
        "from": begins.isoformat() if begins else None,
        "until": last.isoformat() if last else None,
        "products": list(offer.products),
        "categories": list(offer.categories),
        "url": offer.url,
    }


# ---------------------------------------------------------------- reading


def read_offers(at: Cursor, *, currency: str = "EUR") -> OfferTable:
    """Read a table of offers strictly. currency : where it names none.

    Raises
    ------
    DefinitionError
        with file and line, when a key is unknown, an amount or day makes no sense, or codes stand twice.
    """
    what = "a table of offers"
    at.only(KEYS, what)
    name = own_name(at.required("offers", what))
    rows = [read_row(row) for row in at.required("rows", what).items("'rows'")]
    seen: set[str] = set()
    for row, one in zip(at.down("rows").items("'rows'"), rows, strict=True):
        if one.id in seen:
            raise row.down("id").wrong(f"the offer {one.id!r} stands here twice", "give one of them another id")
        seen.add(one.id)
    code = at.optional_text("currency") or currency
    if len(code) != 3 or not code.isalpha() or not code.isupper():
        raise at.down("currency").wrong(f"not a currency: {code!r}", "for example EUR, USD, GBP")
    return OfferTable(name, code, tuple(rows), *(at.optional_text(key) or "" for key in ("title", "owner", "notes")))


def read_row(at: Cursor) -> Offer:
    what = "an offer"
    at.only(ROW_KEYS, what)
    if at.optional("code") is not None and at.optional("codes") is not None:
        raise at.down("codes").wrong("both 'code' and 'codes'", "one code for all, or one each")
    segments, rule = read_whom(at.optional("for"))
    limit, person = at.optional("limit"), at.optional("per_person")
    starts, ends = moment_of(at.optional("from")), moment_of(at.optional("until"))
    in_order(at, starts, ends)
    expected = at.optional("expected")
    priority = at.optional("priority")
    budget = at.optional("budget")
    value = at.optional("value")
    url = at.optional_text("url") or ""
    if url and not url.startswith("https://"):
        raise at.down("url").wrong(f"not an https address: {url!r}")
    words = at.required("words", what).name()
    if "{{" in words or "{%" in words:
        raise at.down("words").wrong("the words of an offer are no template", "put what varies into the message")
    return Offer(
        own_name(at.required("id", what)),
        words,
        at.optional_text("code") or "",
        read_codes(at.optional("codes")),
        Decimal(0) if value is None else read_amount(value),
        segments,
        rule,
        texts_of(at.optional("products")),
        texts_of(at.optional("categories")),
        None if limit is None else limit.whole(least=0),
        None if budget is None else read_amount(budget),
        1 if person is None else None if person.content == "any" else person.whole(),
        starts,
        ends,
        0 if priority is None else read_priority(priority),
        "" if expected is None else expected.name(),
        url,
        at.optional_text("notes") or "",
    )


def read_whom(at: Cursor | None) -> tuple[tuple[str, ...], str]:
    """Return the segments, or the rule, that say who may have it."""
    if at is None:
        return (), ""
    if isinstance(at.content, list | tuple):
        return tuple(one.name() for one in at.items("'for'")), ""
    text = at.name().strip()
    return ((text,), "") if text.replace("_", "").isalnum() else ((), text)


def read_amount(at: Cursor) -> Decimal:
    try:
        amount = Decimal(str(at.content))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount > 10**12 or amount != round(amount, 4):
        raise at.wrong(f"not an amount: {at.content!r}", "for example 5 or 12.50")
    return amount


def read_priority(at: Cursor) -> int:
    try:
        return int(str(at.content))
    except ValueError:
        raise at.wrong(f"not a whole number: {at.content!r}", "the higher, the earlier") from None


def read_codes(at: Cursor | None) -> tuple[str, ...]:
    """Return unique codes: listed, or one a line in a file beside the document."""
    if at is None:
        return ()
    listed = isinstance(at.content, list | tuple)
    found = [one.name() for one in at.items("'codes'")] if listed else codes_of_file(at)
    if len(found) > MOST_CODES:
        raise at.wrong(f"more than {MOST_CODES:,} codes")
    seen: set[str] = set()
    for number, code in enumerate(found, 1):
        if code in seen:
            raise at.wrong(f"a code stands there twice (number {number})", "every code is for one person")
        seen.add(code)
    return tuple(found)


def codes_of_file(at: Cursor) -> list[str]:
    place = at.places.get(at.pointer)
    folder = Path(place.file).parent if place is not None and place.file else Path()
    name = Path(at.name())
    if name.is_absolute() or ".." in name.parts:
        raise at.wrong(f"the file {name} is not beside the document", "put it into the same folder")
    try:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise at.wrong(f"the codes cannot be read: {error}", "one code a line, UTF-8") from None
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise at.wrong(f"no codes in {name}", "one code a line")
    return found


def offers_of(document: Mapping[str, Any]) -> OfferTable:
    """Return the table a kept document describes.

    Raises
    ------
    SegmentaryError
        when another version of the program wrote it.
    """
    try:
        return read_offers(Cursor(document))
    except DefinitionError as error:
        raise SegmentaryError(f"kept offers cannot be read: {error.message}", hint="apply them again") from error
