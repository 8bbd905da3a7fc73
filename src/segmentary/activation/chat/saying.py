"""The only way to say something: an approved answer of a bot, its slots filled with what the person may hear.

`Line` has no other constructor than `line`, which takes an id of the bot's answers and facts of exactly one verified
person. So no text of a model, of another person, of a product or of the turn itself can become a reply. What comes out
is looked at once more: addresses, links and long numbers must stand in the approved text or in the person's own facts.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import final

from segmentary.activation.chat.bot import Answer, Bot, Variant
from segmentary.activation.chat.template import Slot, Template

Fact = str | bool | int | Decimal | dt.date | dt.datetime | tuple[str, ...]
LONGEST_FACT = 120
LONGEST_OFFER = 300
LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:)?//\S+|\b(?:https?|ftp|javascript|data|mailto)\s*:\S*|\bwww\.\S+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?",
    re.IGNORECASE,
)
NUMBERS = re.compile(r"\d(?:[\d .,/:-]*\d)?")
MARKUP = re.compile(r"[<>\[\]{}`*_|\\]|!\(|\]\(")
_KEY = object()


@dataclass(frozen=True, slots=True)
class Own:
    """What is known of the one verified person in this conversation; of a visitor nothing.

    values : trait to value. offer : words of the offer chosen for them. told : slots they filled themselves.
    """

    customer_id: str = ""
    values: Mapping[str, Fact] = field(default_factory=dict)
    offers: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    told: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def verified(self) -> bool:
        """Whether it is anybody's."""
        return bool(self.customer_id)

    def fact(self, name: str, offers: str = "") -> Fact | None:
        """Return a fact, or nothing."""
        kind, _, rest = name.partition(".")
        if kind == "slot" and rest:
            return self.told.get(rest)
        if not self.verified:
            return None
        if kind == "offer" and rest:
            return self.offers.get(offers, {}).get(rest)
        return self.values.get(name)


NOBODY = Own()
"""A visitor: there is nothing to say about them."""


@final
class Line:
    """One thing said: an approved text with one person's own facts.

    answer : id of the answer; variant : which of its texts; text : what is said; rephrased : in other words.
    """

    __slots__ = ("answer", "buttons", "facts", "offer", "rephrased", "template", "text", "variant")

    def __init__(
        self, key: object, answer: Answer, variant: int, facts: Mapping[str, str], text: str, *, rephrased: bool
    ) -> None:
        if key is not _KEY:
            raise TypeError("a line is made by line(), of an approved answer")
        chosen = answer.variants[variant]
        self.answer, self.variant, self.text, self.rephrased = answer.id, variant, text, rephrased
        self.template, self.buttons, self.facts = chosen.text, chosen.buttons, dict(facts)
        self.offer = chosen.offers

    def __repr__(self) -> str:
        return f"Line({self.answer!r}, {self.variant})"


Rephrase = Callable[[str], str]


def line(bot: Bot, answer: str, own: Own, segments: Collection[str]) -> Line | None:
    """Return the first text of an answer that is for somebody and whose facts are known; None: there is none."""
    found = bot.answers.get(answer)
    if found is None:
        return None
    for number, variant in enumerate(found.variants):
        if variant.segment and variant.segment not in segments:
            continue
        made = filled(variant, own)
        if made is not None:
            text, facts = made
            return Line(_KEY, found, number, facts, text, rephrased=False)
    return None


def rephrased(bot: Bot, given: Line, by: Rephrase) -> Line:
    """Return a line in other words, where the words pass every check; else the line as it was approved.

    by : gets the approved text with placeholders ``[[1]]`` instead of facts, and nothing else.
    """
    from segmentary.activation.chat.rephrasing import accepted

    answer = bot.answers[given.answer]
    blank, names = with_placeholders(given.template, given.facts)
    words = accepted(blank, by(blank), bot)
    if words is None:
        return given
    text = words
    for mark, fact in names.items():
        text = text.replace(mark, fact)
    if not is_safe(text, given.template, given.facts.values()):
        return given
    return Line(_KEY, answer, given.variant, given.facts, text, rephrased=True)


def with_placeholders(given: Template, facts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return an approved text with numbered placeholders, and what each stands for."""
    text, names = "", dict[str, str]()
    for part in given.parts:
        if isinstance(part, Slot):
            mark = f"[[{len(names) + 1}]]"
            names[mark] = facts[part.name]
            text += mark
        else:
            text += part
    return text, names


def filled(variant: Variant, own: Own) -> tuple[str, dict[str, str]] | None:
    """Return a text with its facts, and the facts; None where one is missing or would not be safe to say."""
    if variant.offers and not (own.verified and own.offers.get(variant.offers)):
        return None
    facts: dict[str, str] = {}
    text = ""
    for part in variant.text.parts:
        if isinstance(part, str):
            text += part
            continue
        value = own.fact(part.name, variant.offers)
        longest = LONGEST_OFFER if part.name.startswith("offer.") else LONGEST_FACT
        said = None if value is None else inert(value, longest)
        if said is None:
            said = part.default
        if said is None:
            return None
        facts[part.name] = said
        text += said
    text = text.strip()
    return (text, facts) if is_safe(text, variant.text, facts.values()) else None


def inert(value: Fact, longest: int = LONGEST_FACT) -> str | None:
    """Return a fact as words that are nothing but words; None where it is something else.

    >>> inert(Decimal("1234.50")), inert(dt.date(2026, 3, 1)), inert("Ada"), inert("see http://evil.example")
    ('1,234.50', '1 March 2026', 'Ada', None)
    """
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case Decimal():
            whole = value == value.to_integral_value()
            return f"{int(value):,}" if whole and value.as_tuple().exponent >= 0 else f"{value:,.2f}"  # type: ignore[operator]
        case dt.date():
            return f"{value.day} {value:%B} {value.year}"
        case tuple():
            told = [inert(one, longest) for one in value]
            return ", ".join(one for one in told if one) or None
        case str():
            return plain(value, longest)


def plain(text: str, longest: int = LONGEST_FACT) -> str | None:
    """Return text of a record where it is short and holds no link, no markup and nothing invisible."""
    text = unicodedata.normalize("NFKC", text)
    if any(unicodedata.category(c)[0] == "C" and not c.isspace() for c in text):
        return None
    text = " ".join(text.split())
    if not text or len(text) > longest or LINK.search(text) or MARKUP.search(text):
        return None
    return text


def is_safe(text: str, approved: Template, facts: Collection[str]) -> bool:
    """Say whether every link, address and number of a text stands in the approved words or in the facts."""
    pieces = [part for part in approved.parts if isinstance(part, str)]
    pieces += [part.default for part in approved.slots if part.default]
    source = " ".join((*pieces, *facts))
    links = {one.lower() for one in LINK.findall(source)}
    digits = {digits_of(one) for one in NUMBERS.findall(source)}
    whole = digits_of(source)
    for link in LINK.findall(text):
        if link.lower() not in links and link.lower() not in source.lower():
            return False
    # A fact beside a number of the text makes a longer one: both were approved.
    return all(digits_of(one) in digits or digits_of(one) in whole for one in NUMBERS.findall(text))


def digits_of(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
