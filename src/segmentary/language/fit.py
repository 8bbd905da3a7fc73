"""Whether operators, operands, windows and calculations fit the types they are used with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import NoReturn

import re2

from segmentary.errors import DefinitionError, Place, UnknownNameError
from segmentary.language import habits
from segmentary.language.cursor import nearest_place
from segmentary.language.operators import OPERATORS, OperatorFacts
from segmentary.language.scalars import number_text, plain_text
from segmentary.language.tree import (
    Absolute,
    Arithmetic,
    Band,
    Between,
    Calendar,
    Case,
    Compare,
    DatePart,
    Duration,
    DurationUnit,
    Elapsed,
    FirstKnown,
    Last,
    Value,
    ValueType,
    Window,
)
from segmentary.language.types import operand_types, type_of
from segmentary.language.values import version_key
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.walk import joined

LONGEST_PATTERN = 200
MINUTES: Mapping[DurationUnit, int] = {"minute": 1, "hour": 60, "day": 1440, "week": 10080}
MONTHS: Mapping[DurationUnit, int] = {"month": 1, "quarter": 3, "year": 12}
MOMENTS: frozenset[ValueType] = frozenset({"date", "time"})


@dataclass(frozen=True, slots=True)
class Examination:
    """One definition under examination: what exists, and where its parts stand."""

    vocabulary: Vocabulary
    places: Mapping[str, Place] = field(default_factory=dict)

    def refuse(self, pointer: str, message: str, hint: str | None = None) -> NoReturn:
        """Complain about a place."""
        raise DefinitionError(message, hint=hint, place=nearest_place(self.places, pointer), pointer=pointer or None)

    def known(self, pointer: str, kind: str, name: str, names: Iterable[str], see: str | None = None) -> None:
        """Refuse a name that nothing answers to."""
        offered = names if isinstance(names, Container) else list(names)
        if name not in offered:
            known = offered if isinstance(offered, list) else sorted(names)
            listed = f"known are: {', '.join(known[:8])}{', ...' if len(known) > 8 else ''}" if known else None
            place = nearest_place(self.places, pointer)
            raise UnknownNameError(kind, name, known, place=place, pointer=pointer, see=see or listed)


def described(kind: str) -> str:
    """Return a type as the end of "which is ..."."""
    return "true or false" if kind == "boolean" else f"a {kind}"


def subject(value: Value) -> str:
    """Return a short name of what is judged, for messages."""
    name = getattr(value, "name", None) or ".".join(getattr(value, "path", ())) or getattr(value, "measure", None)
    return repr(name) if name else "the value"


# ---------------------------------------------------------------- conditions


def check_compare(exam: Examination, pointer: str, rule: Compare, events: tuple[str, ...]) -> None:
    """Check that an operator fits its value, and its operand both."""
    facts = OPERATORS[rule.operator]
    where = joined(pointer, rule.operator)
    kind = type_of(rule.value, exam.vocabulary, events)
    if kind is not None and kind not in facts.fits:
        exam.refuse(
            where,
            f"{rule.operator!r} does not fit {subject(rule.value)}, which is {described(kind)}",
            other(rule, kind),
        )
    if rule.ignore_case and (not facts.case or kind not in (None, "text", "list")):
        exam.refuse(where, "ignore_case has no meaning here", "remove it")
    check_shape(exam, where, rule, facts)
    found = operand_types(rule.operand)
    if facts.takes in ("scalar", "scalars", "number", "pair", "moment") and kind is not None:
        wanted = MOMENTS if kind in MOMENTS else {"text", "number", "boolean"} if kind == "list" else {kind}
        for wrong in sorted(found - wanted):
            exam.refuse(
                where,
                f"{subject(rule.value)} is {described(kind)}, compared with {described(wrong)}",
                mended(rule, kind),
            )
    if len(found) > 1:
        exam.refuse(where, f"values of several types: {', '.join(sorted(found))}", "compare with one type")


def other(rule: Compare, kind: ValueType) -> str:
    if kind in MOMENTS and rule.operator in ("lt", "gt"):
        return f"write {'before' if rule.operator == 'lt' else 'after'}"
    return (
        f"for {described(kind)} there are: {', '.join(name for name, facts in OPERATORS.items() if kind in facts.fits)}"
    )


def mended(rule: Compare, kind: ValueType) -> str:
    operand = rule.operand[0] if isinstance(rule.operand, tuple) else rule.operand
    if kind == "text":
        shown = number_text(operand) if isinstance(operand, Decimal) else str(operand)
        return f"to compare text put it in quotes: '{shown}'"
    return {
        "number": "write a number without quotes",
        "boolean": "write true or false",
        "date": "write a date without quotes, such as 2026-03-01",
        "time": "write a time without quotes, such as 2026-03-01T12:00:00Z",
        "list": "compare with texts",
    }[kind]


def check_shape(exam: Examination, where: str, rule: Compare, facts: OperatorFacts) -> None:
    """Check the shape of an operand: how many parts, of which kind, in which order."""
    operand = rule.operand
    match facts.takes:
        case "flag":
            fits = operand is None
        case "scalars" | "weekdays":
            fits = isinstance(operand, tuple) and len(operand) > 0 and not has_lengths(operand)
        case "pair":
            fits = isinstance(operand, tuple) and len(operand) == 2 and not has_lengths(operand)
        case "durations":
            fits = isinstance(operand, tuple) and len(operand) == 2 and all(isinstance(p, Duration) for p in operand)
        case "duration":
            fits = isinstance(operand, Duration)
        case "period":
            fits = isinstance(operand, Calendar)
        case "text" | "version":
            fits = isinstance(operand, str)
        case "moment":
            fits = isinstance(operand, dt.date)
        case "number":
            fits = isinstance(operand, Decimal)
        case "scalar":
            fits = operand is not None and not isinstance(operand, tuple | Duration | Calendar)
    if not fits:
        hint = None
        if isinstance(operand, str) and facts.takes in ("number", "moment"):
            hint = habits.fixed_value(operand, facts.takes)
        exam.refuse(where, f"{rule.operator!r} takes {TAKEN.get(facts.takes, facts.takes)}, not {operand!r}", hint)
    check_content(exam, where, rule, facts)


TAKEN = {"number": "a number", "moment": "a day or a time", "text": "a text", "scalar": "one value"}


def has_lengths(operand: Sequence[object]) -> bool:
    return any(isinstance(part, Duration) for part in operand)


def check_content(exam: Examination, where: str, rule: Compare, facts: OperatorFacts) -> None:
    """Check what an operand of the right shape says."""
    operand = rule.operand
    if rule.operator == "matches" and isinstance(operand, str):
        check_pattern(exam, where, operand)
    elif facts.takes == "version" and version_key(plain_text(str(operand))) is None:
        exam.refuse(where, f"{operand!r} is not a version", "write numbers with dots, such as 2.10.1")
    elif facts.takes == "weekdays" and isinstance(operand, tuple):
        if not all(isinstance(day, Decimal) and day in range(1, 8) for day in operand):
            exam.refuse(where, "a weekday is a number from 1 (Monday) to 7")
    elif isinstance(operand, Calendar):
        check_window(exam, where, operand)
    elif isinstance(operand, Duration) and operand.amount < 1:
        exam.refuse(where, "a length of time of nothing holds nothing", "write 1d or longer")
    elif facts.takes in ("pair", "durations") and isinstance(operand, tuple):
        low, high = operand
        if is_before(high, low):
            exam.refuse(where, "the first is larger than the second: nothing lies between", "exchange the two")


def check_pattern(exam: Examination, where: str, pattern: str) -> None:
    """Check that a regular expression is one RE2 accepts: those run in time proportional to the text."""
    if len(pattern) > LONGEST_PATTERN:
        exam.refuse(where, f"the pattern is longer than {LONGEST_PATTERN} characters", "use in or contains")
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        words = error.args[0] if error.args else error
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        exam.refuse(where, f"not an RE2 pattern: {text}", "RE2 has no look-around and no back-references")


def is_before(left: object, right: object) -> bool:
    """Say whether the left is certainly less; False where they cannot be compared."""
    match left, right:
        case (Duration(), Duration()):
            for units in (MINUTES, MONTHS):
                if left.unit in units and right.unit in units:
                    return left.amount * units[left.unit] < right.amount * units[right.unit]
            return False
        case (dt.datetime(), dt.datetime()):
            return left < right
        case (dt.datetime(), _) | (_, dt.datetime()):
            return False
        case (Decimal(), Decimal()) | (dt.date(), dt.date()):
            return left < right  # type: ignore[operator, no-any-return]
        case _:
            return False


def check_window(exam: Examination, pointer: str, window: Window | None) -> None:
    """Check that something can lie in a window."""
    match window:
        case Last(length) if length.amount < 1:
            exam.refuse(pointer, "a window of no length holds nothing", "write 1d or longer")
        case Calendar(count=count, which=which) if count < 1 or (which == "this" and count != 1):
            exam.refuse(pointer, "a calendar period is the current one, or 1 or more previous ones")
        case Between(older, newer) if older == newer or is_before(older, newer):
            exam.refuse(pointer, "the window ends before it begins", "write the older bound first: between: [60d, 30d]")
        case Between(older, newer) if older.amount < 0 or newer.amount < 0:
            exam.refuse(pointer, "a length of time is not negative")
        case Absolute(None, None):
            exam.refuse(pointer, "a period between dates needs from, until or both")
        case Absolute(since, until) if since == until or is_before(until, since):
            exam.refuse(pointer, "the period ends before it begins", "exchange from and until")


# ---------------------------------------------------------------- values


def check_value(exam: Examination, pointer: str, value: object) -> None:
    """Check a calculated value: its parts have the types it needs."""
    match value:
        case Arithmetic(operator, left, right):
            for i, side in enumerate((left, right)):
                require(exam, f"{joined(pointer, operator)}/{i}", side, ("number",), f"to {operator}")
        case Elapsed(since):
            require(exam, joined(pointer, "elapsed/since"), since, ("date", "time"), "to measure the time since")
        case DatePart(of, part):
            needed: tuple[ValueType, ...] = ("time",) if part == "hour" else ("date", "time")
            require(exam, joined(pointer, "date_part/of"), of, needed, f"to take the {part} of")
        case Band(of, edges, labels):
            require(exam, joined(pointer, "band/of"), of, ("number",), "to put into bands")
            if not edges or any(low >= high for low, high in pairwise(edges)):
                exam.refuse(joined(pointer, "band/edges"), "the edges of bands ascend", "sort them, and remove repeats")
            if len(labels) != len(edges) + 1:
                message = f"{len(edges)} edges make {len(edges) + 1} bands, and there are {len(labels)} labels"
                exam.refuse(joined(pointer, "band/labels"), message, "the first label is below the first edge")
            if len(set(labels)) != len(labels):
                exam.refuse(joined(pointer, "band/labels"), "two bands have the same label", "give each its own")
        case Case(branches, otherwise):
            parts = [then for _, then in branches] + ([] if otherwise is None else [otherwise])
            same_type(exam, joined(pointer, "case"), parts)
        case FirstKnown(values):
            same_type(exam, joined(pointer, "first_known"), values)


def require(exam: Examination, pointer: str, value: Value, wanted: tuple[ValueType, ...], purpose: str) -> None:
    kind = type_of(value, exam.vocabulary)
    if kind is not None and kind not in wanted:
        exam.refuse(pointer, f"{subject(value)} is {described(kind)}: no {' or '.join(wanted)} {purpose}")


def same_type(exam: Examination, pointer: str, values: Sequence[Value]) -> None:
    if not values:
        exam.refuse(pointer, "there is nothing to choose from", "give at least one")
    kinds = {kind for value in values if (kind := type_of(value, exam.vocabulary)) is not None}
    if len(kinds) > 1:
        exam.refuse(pointer, f"values of several types: {', '.join(sorted(kinds))}", "make them one type")
