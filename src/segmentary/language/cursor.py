"""A place in a document that is being read: what stands there, and how to complain about it."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from segmentary.errors import DefinitionError, Place, UnknownNameError
from segmentary.language import habits
from segmentary.language.scalars import checked_number, parse_date, parse_number, parse_time
from segmentary.language.tree import Scalar

DEEPEST = 64
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where in a document reading stands.

    content : what stands here.
    pointer : the way here, such as ``where/all/1``.
    places : pointer -> where the content stands; ``keys`` : pointer -> where its key stands.
    depth : how many rules and values are around this one.
    of_event : inside an event filter, where a trait means the trait at the moment of the event.
    """

    content: object
    pointer: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)
    keys: Mapping[str, Place] = field(default_factory=dict)
    depth: int = 0
    of_event: bool = False

    def down(self, step: str | int) -> Cursor:
        """Step to the part under a key or at an index."""
        content = self.content[step]  # type: ignore[index]
        return replace(self, content=content, pointer=f"{self.pointer}/{step}" if self.pointer else str(step))

    def wrong(self, message: str, hint: str | None = None) -> DefinitionError:
        """Return the complaint about what stands here, to be raised."""
        return DefinitionError(message, hint=hint, place=self.places.get(self.pointer), pointer=self.pointer or None)

    def checked(self, read: Callable[[str], T]) -> T:
        """Read a text, adding the place to what goes wrong."""
        try:
            return read(self.text())
        except DefinitionError as error:
            if error.place is not None or error.pointer is not None:
                raise
            raise self.wrong(error.reason, error.hint) from None

    def deeper(self) -> Cursor:
        """Count one more level of rules and values, up to the limit."""
        if self.depth >= DEEPEST:
            raise self.wrong(
                f"more than {DEEPEST} levels inside each other", "give the inner part a name and refer to it"
            )
        return replace(self, depth=self.depth + 1)

    # ------------------------------------------------------------ shapes

    def mapping(self, what: str) -> Mapping[str, object]:
        """Return the keys and values that stand here; at least one."""
        if not isinstance(self.content, Mapping):
            hint = habits.shape(what, self.content)
            raise self.wrong(f"{what} is written as keys and values, not as {kind_of(self.content)}", hint)
        if not self.content:
            raise self.wrong(f"{what} is empty")
        for key in self.content:
            if not isinstance(key, str):
                raise self.wrong(f"{key!r} is not a key", "keys are words")
        return self.content

    def items(self, what: str) -> list[Cursor]:
        """Return the parts of the list that stands here; at least one."""
        if not isinstance(self.content, list | tuple):
            raise self.wrong(f"{what} is a list, not {kind_of(self.content)}", "write it with - or in [ ]")
        if not self.content:
            raise self.wrong(f"{what} is empty", "give it at least one part, or remove it")
        return [self.down(i) for i in range(len(self.content))]

    def only(self, allowed: Iterable[str], what: str) -> None:
        """Refuse keys that have no meaning here.

        Raises
        ------
        UnknownNameError
            naming the key, where it stands, and the nearest key that exists.
        """
        known = sorted(set(allowed))
        for key in self.mapping(what):
            if key not in known:
                raise self.unknown_key(key, known, f"{what} may have: {', '.join(known)}")

    def required(self, key: str, what: str) -> Cursor:
        """Step to the part under a key that has to be there."""
        if key not in self.mapping(what):
            raise self.wrong(f"{what} lacks {key!r}", habits.lacking(key))
        return self.down(key)

    def optional(self, key: str) -> Cursor | None:
        """Step to the part under a key, if it is there."""
        return self.down(key) if isinstance(self.content, Mapping) and key in self.content else None

    def optional_text(self, key: str) -> str | None:
        """Return the text under a key, if it is there."""
        part = self.optional(key)
        return None if part is None else part.text()

    def optional_word(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """Return the one of these under a key, or what holds without it."""
        part = self.optional(key)
        return default if part is None else part.word(allowed)

    def head(self, heads: tuple[str, ...], what: str) -> str:
        """Return the one key that says what kind of part this is."""
        keys = self.mapping(what)
        found = [head for head in heads if head in keys]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            together = " and ".join(repr(head) for head in found)
            raise self.wrong(
                f"{together} on one level", f"make them parts of one list: all: [{{{found[0]}: ...}}, ...]"
            )
        for key in keys:
            if meant := habits.other_word(key, heads):
                raise self.down(key).wrong(f"{key!r} has no meaning here", meant)
        raise self.unknown_key(next(iter(keys)), heads, f"{what} begins with: {', '.join(heads)}")

    def unknown_key(self, key: str, known: Iterable[str], see: str) -> UnknownNameError:
        """Return the complaint about a key, where the key stands."""
        pointer = self.down(key).pointer
        place = self.keys.get(pointer) or self.places.get(pointer)
        known = list(known)
        if ":" in key:
            return UnknownNameError("key", key, (), place=place, pointer=pointer, see="a blank follows the colon")
        if meant := habits.other_word(key, known):
            return UnknownNameError("key", key, (), place=place, pointer=pointer, see=meant)
        return UnknownNameError("key", key, known, place=place, pointer=pointer, see=see)

    # ------------------------------------------------------------ scalars

    def text(self) -> str:
        """Return a text; a number where a name or id is meant is taken as it is written."""
        match self.content:
            case str():
                return self.content
            case bool():
                raise self.wrong(f"{str(self.content).lower()} is not a text", "put it in quotes")
            case int() | Decimal():
                return str(self.content)
            case dt.date():
                raise self.wrong(f"{self.content} is not a text", "put it in quotes")
            case _:
                raise self.wrong(f"a text belongs here, not {kind_of(self.content)}")

    def name(self) -> str:
        """Return a text that is not empty."""
        text = self.text()
        if not text.strip():
            raise self.wrong("a name is empty")
        return text

    def word(self, allowed: Iterable[T]) -> T:
        """Return the one of these that stands here."""
        known = list(allowed)
        for option in known:
            if option == self.content:
                return option
        near = difflib.get_close_matches(str(self.content), [str(option) for option in known], n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(map(str, known))}"
        raise self.wrong(f"{self.content!r} is not possible here", hint)

    def whole(self, *, least: int = 1) -> int:
        """Return a whole number."""
        number = self.scalar()
        if not isinstance(number, Decimal) or number != number.to_integral_value() or number < least:
            hint = "a share is written 10%" if isinstance(number, Decimal) and 0 < number < 1 else None
            raise self.wrong(f"a whole number from {least} up belongs here, not {str(self.content)!r}", hint)
        return int(number)

    def scalar(self) -> Scalar:
        """Return a fixed value: text, boolean, exact number, date or time.

        A document without types of its own (JSON) writes ``{number: "0.5"}``, ``{date: ...}`` and ``{time: ...}``.
        """
        match self.content:
            case None:
                raise self.wrong(
                    "nothing stands here",
                    "to ask for a missing value write missing: true",
                )
            case bool() | str():
                return self.content
            case int():
                return self.number(Decimal(self.content))
            case float():
                return self.number(Decimal(repr(self.content)))
            case Decimal():
                return self.number(self.content)
            case dt.datetime():
                if self.content.tzinfo is None:
                    raise self.wrong(f"the time {self.content} does not say its zone", "end it with Z or +02:00")
                return self.content.astimezone(dt.UTC)
            case dt.date():
                return self.content
            case Mapping():
                return self.typed()
            case _:
                hint = "for several values there are in: [...] and not_in: [...]"
                raise self.wrong(f"a fixed value belongs here, not {kind_of(self.content)}", hint)

    def number(self, number: Decimal) -> Decimal:
        """Return a number that can be compared exactly."""
        try:
            return checked_number(number)
        except DefinitionError as error:
            raise self.wrong(error.reason, error.hint) from None

    def typed(self) -> Scalar:
        """Return a fixed value that names its type."""
        readers: dict[str, Callable[[str], Scalar]] = {"number": parse_number, "date": parse_date, "time": parse_time}
        self.only(readers, "a fixed value")
        for kind, read in readers.items():
            part = self.optional(kind)
            if part is not None:
                if len(self.mapping("a fixed value")) > 1:
                    raise self.wrong("a fixed value has one type")
                return part.checked(read)
        raise self.wrong("a fixed value belongs here")

    def flag(self) -> None:
        """Accept ``true``; the opposite has a word of its own."""
        if self.content is not True:
            raise self.wrong("only true has a meaning here", "for the opposite use the opposite word, or not")


def nearest_place(places: Mapping[str, Place], pointer: str) -> Place | None:
    """Return where a pointer stands, or the nearest part around it that is written down."""
    while pointer and pointer not in places:
        pointer = pointer.rpartition("/")[0]
    return places.get(pointer)


def kind_of(content: object) -> str:
    match content:
        case None:
            return "nothing"
        case str():
            return f"the text {content!r}"
        case bool():
            return f"the word {str(content).lower()}"
        case Mapping():
            return "keys and values"
        case list() | tuple():
            return "a list"
        case _:
            return repr(str(content))
