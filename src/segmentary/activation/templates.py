"""A message as people wrote it: templates by variant, fall-backs, and what they may name.

As a file::

    message: autumn
    language: en                     # of dates, amounts, the unsubscribe line
    variants:
      thanks:
        subject: "{{ first_name | default: 'Thank you' }}, something for you"
        preheader: "Only until {{ offer.until | date: '%d %B' }}"
        text: |
          Hello {{ first_name | default: "there" }}, ...
        html: "..."                  # optional; made from the text where missing, and the text from it
    fallbacks: {favourite_category: our range}
    suggestions: {of: category, most: 3, leave_out: sold_out, not_since: 14d}
    allow_sensitive: [allergy]       # traits of a special kind that a text may name

A message with one text needs no ``variants:``; ``subject:``, ``text:`` ... stand at the top then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segmentary.errors import DefinitionError, Place
from segmentary.language.cursor import Cursor

PARTS = ("subject", "preheader", "text", "html")
KEYS = (
    "message", "title", "language", "variants", "fallbacks", "suggestions", "allow_sensitive", "unsubscribe", "owner",
    "notes", *PARTS,
)  # fmt: skip
SUGGESTION_KEYS = ("of", "most", "leave_out", "not_since")
LEVELS = ("category", "product", "brand")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
ONLY = "default"
"""The variant of a message that has only one."""
LONGEST = 100_000
SUBJECT_SHOWN = 60
"""Characters of a subject that phones and most mail programs show."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to say it; at least one of text and html is there."""

    name: str
    subject: str = ""
    preheader: str = ""
    text: str = ""
    html: str = ""

    @property
    def parts(self) -> dict[str, str]:
        """Return what is written, by part."""
        return {part: getattr(self, part) for part in PARTS if getattr(self, part)}


@dataclass(frozen=True, slots=True)
class Suggesting:
    """What ``suggestions`` are made of.

    of : category, product, brand. most : per person. leave_out : a list of things, such as those sold out.
    not_since_days : what somebody bought within so many days is not suggested again.
    """

    of: str = "category"
    most: int = 3
    leave_out: str = ""
    not_since_days: int = 14


@dataclass(frozen=True, slots=True)
class Message:
    """A message. fallbacks : what stands where a variable has no value, by its name."""

    name: str
    variants: tuple[Variant, ...]
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    suggesting: Suggesting = Suggesting()
    allow_sensitive: tuple[str, ...] = ()
    unsubscribe: str = ""
    title: str = ""
    owner: str = ""
    notes: str = ""

    def variant(self, name: str) -> Variant:
        """Return a variant; the first where none of that name is there."""
        return next((one for one in self.variants if one.name == name), self.variants[0])

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values that `read_message` reads again."""
        document: dict[str, Any] = {"message": self.name}
        texts = {"title": self.title, "language": self.language if self.language != "en" else ""}
        texts |= {"unsubscribe": self.unsubscribe, "owner": self.owner, "notes": self.notes}
        document |= {key: text for key, text in texts.items() if text}
        # A list, because the first is the one people get where nothing says which.
        document["variants"] = [{"variant": one.name, **one.parts} for one in self.variants]
        if self.fallbacks:
            document["fallbacks"] = dict(self.fallbacks)
        if self.allow_sensitive:
            document["allow_sensitive"] = list(self.allow_sensitive)
        if self.suggesting != Suggesting():
            one = self.suggesting
            document["suggestions"] = {"of": one.of, "most": one.most, "not_since": f"{one.not_since_days}d"}
            if one.leave_out:
                document["suggestions"]["leave_out"] = one.leave_out
        return document


def read_message(at: Cursor) -> Message:
    """Read a message strictly.

    Raises
    ------
    DefinitionError
        with file and line, when a key is unknown, or a variant says nothing.
    """
    at.only(KEYS, "a message")
    name = own_name(at.required("message", "a message"))
    variants = at.optional("variants")
    alone = [part for part in PARTS if at.optional(part) is not None]
    if variants is not None and alone:
        raise at.down(alone[0]).wrong(f"{alone[0]!r} beside variants", "put it into one of the variants")
    if variants is None and not alone:
        raise at.wrong("a message lacks 'text'", "write text: | and the words below it")
    found = (
        [read_variant(at, ONLY)]
        if variants is None
        else [read_variant(part, name) for name, part in variants_at(variants)]
    )
    fallbacks = at.optional("fallbacks")
    sensitive = at.optional("allow_sensitive")
    return Message(
        name,
        tuple(found),
        {} if fallbacks is None else {key: fallbacks.down(key).text() for key in fallbacks.mapping("'fallbacks'")},
        read_language(at),
        read_suggesting(at.optional("suggestions")),
        () if sensitive is None else tuple(one.name() for one in sensitive.items("'allow_sensitive'")),
        *(at.optional_text(key) or "" for key in ("unsubscribe", "title", "owner", "notes")),
    )


def variants_at(at: Cursor) -> list[tuple[str, Cursor]]:
    """Return variants by name, in their order: written as keys, or as a list of parts that say their names."""
    if not isinstance(at.content, list | tuple):
        return [(own_name_of(key, at), at.down(key)) for key in at.mapping("'variants'")]
    found = [(own_name(part.required("variant", "a variant")), part) for part in at.items("'variants'")]
    for number, (name, part) in enumerate(found):
        if name in [before for before, _ in found[:number]]:
            raise part.down("variant").wrong(f"the variant {name!r} stands here twice", "rename or remove one")
    return found


def read_variant(at: Cursor, name: str) -> Variant:
    if name != ONLY or "message" not in at.mapping("a variant"):
        at.only((*PARTS, "variant"), "a variant")
    parts = {part: at.optional_text(part) or "" for part in PARTS}
    for part, text in parts.items():
        if len(text) > LONGEST:
            raise at.down(part).wrong(f"longer than {LONGEST:,} characters", "shorten it")
    if not parts["text"].strip() and not parts["html"].strip():
        raise at.wrong(f"the variant {name} has no text", "write text: | and the words below it")
    return Variant(name, **parts)


def read_language(at: Cursor) -> str:
    part = at.optional("language")
    if part is None:
        return "en"
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(part.name().replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        raise part.wrong(f"unknown language {part.text()!r}", "for example en, en_GB, de, fr_CA") from None


def read_suggesting(at: Cursor | None) -> Suggesting:
    if at is None:
        return Suggesting()
    at.only(SUGGESTION_KEYS, "suggestions")
    most, days = at.optional("most"), at.optional("not_since")
    return Suggesting(
        at.optional_word("of", LEVELS, "category"),
        3 if most is None else min(most.whole(), 20),
        at.optional_text("leave_out") or "",
        14 if days is None else days_of(days),
    )


def days_of(at: Cursor) -> int:
    """Return a number of days: ``14d``, ``14 days`` or 14."""
    found = re.fullmatch(r"(\d{1,4})\s*(d|days?)?", str(at.content).strip())
    if not found:
        raise at.wrong(f"not a number of days: {at.content!r}", "for example 14d")
    return int(found.group(1))


def own_name(at: Cursor) -> str:
    """Return the name of a document.

    Raises
    ------
    DefinitionError
        when it could not stand in a file name or an address.
    """
    name = at.name()
    if not NAME.fullmatch(name):
        raise at.wrong(f"{name!r} is no name", "small letters, digits and _, beginning with a letter")
    return name


def own_name_of(key: str, at: Cursor) -> str:
    if not NAME.fullmatch(key):
        raise at.down(key).wrong(f"{key!r} is no name", "small letters, digits and _, beginning with a letter")
    return key


def place_in(at: Cursor, variant: str, part: str, line: int) -> Place | None:
    """Return where a line of a template stands in its file: below the key for a block, beside it for a line."""
    variants = at.optional("variants")
    holder = at if variants is None else next((p for name, p in variants_at(variants) if name == variant), at)
    pointer = f"{holder.pointer}/{part}" if holder.pointer else part
    place = at.places.get(pointer)
    if place is None or place.line is None:
        return place
    block = "\n" in (holder.optional_text(part) or "")
    return Place(place.file, place.line + (line if block else 0))


def wrong_at(at: Cursor, variant: str, part: str, line: int, message: str, hint: str | None = None) -> DefinitionError:
    """Return the complaint about a line of a template."""
    place = place_in(at, variant, part, line) if part else at.places.get("")
    where = f"{variant}: {part}" + (f", line {line}" if line else "")
    return DefinitionError(message if place is not None else f"{where}: {message}", hint=hint, place=place)
