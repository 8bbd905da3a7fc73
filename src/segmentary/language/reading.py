"""From a document (plain dictionaries and lists) to the tree; every mistake is named with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Literal, cast

from segmentary.language.cursor import Cursor
from segmentary.language.durations import parse_calendar, parse_duration
from segmentary.language.operators import COUNTED, MEASURED, OPERATORS, WEEKDAY_NAMES
from segmentary.language.scalars import parse_share
from segmentary.language.tree import (
    Absolute,
    All,
    AnyOf,
    Arithmetic,
    Band,
    Between,
    Case,
    Compare,
    Constant,
    DatePart,
    Duration,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Last,
    Measure,
    Not,
    Operand,
    Operator,
    PropertyValue,
    Rank,
    Rule,
    Sample,
    SegmentReference,
    SinceEvent,
    StaticList,
    TraitValue,
    Value,
    Window,
)

RULE_HEADS = ("all", "any", "not", "rank", "segment", "list", "ids", "sample", "trait", "property", "value", "event")
ARITHMETIC = ("add", "subtract", "multiply", "divide")
VALUE_HEADS = (
    *("trait", "property", "event", "constant", *ARITHMETIC),
    *("elapsed", "date_part", "band", "case", "first_known"),
)
EVENT_KEYS = ("event", "where", "during", *COUNTED, *MEASURED)


# ---------------------------------------------------------------- rules


def read_rule(at: Cursor) -> Rule:
    """Read the rule that stands here."""
    at = at.deeper()
    head = at.head(RULE_HEADS, "a rule")
    match head:
        case "all" | "any":
            at.only((head,), f"'{head}'")
            rules = tuple(read_rule(part) for part in at.down(head).items(f"'{head}'"))
            return All(rules) if head == "all" else AnyOf(rules)
        case "not":
            at.only(("not",), "'not'")
            return Not(read_rule(at.down("not")))
        case "rank":
            at.only(("rank",), "'rank'")
            return read_rank(at.down("rank"))
        case "segment":
            at.only(("segment", "version"), "a reference to a segment")
            return SegmentReference(at.down("segment").name(), at.optional_text("version"))
        case "list":
            at.only(("list",), "a reference to a list")
            return StaticList(list_name=at.down("list").name())
        case "ids":
            at.only(("ids",), "a list of ids")
            return StaticList(ids=tuple(part.text() for part in at.down("ids").items("'ids'")))
        case "sample":
            at.only(("sample",), "'sample'")
            sample = at.down("sample")
            sample.only(("share", "salt"), "a sample")
            share = sample.required("share", "a sample").checked(parse_share)
            return Sample(share, sample.required("salt", "a sample").name())
        case "event":
            return read_event_rule(at)
        case _:
            return read_compare(at, head)


def read_compare(at: Cursor, head: str) -> Compare:
    match head:
        case "trait":
            value: Value = read_trait_value(at)
            own: tuple[str, ...] = ("trait", "path")
        case "property":
            value, own = PropertyValue(read_path(at.down("property"))), ("property",)
        case _:
            value, own = read_value(at.down("value")), ("value",)
    at.only((*own, *OPERATORS, "ignore_case"), f"a condition on a {head}")
    return judged(at, value)


def judged(at: Cursor, value: Value) -> Compare:
    """Read the one operator that stands here beside other keys."""
    found = [operator for operator in OPERATORS if operator in at.mapping("a condition")]
    if not found:
        raise at.wrong("a condition lacks its operator", f"say what must hold, with one of: {', '.join(OPERATORS)}")
    if len(found) > 1:
        raise at.wrong(
            f"{' and '.join(repr(o) for o in found)} in one condition",
            "one condition has one operator: write between, or two conditions in all",
        )
    operator = found[0]
    operand = read_operand(at.down(operator), operator)
    ignoring = at.optional("ignore_case")
    if ignoring is not None:
        ignoring.flag()
        if not OPERATORS[operator].case:
            raise ignoring.wrong(f"ignore_case has no meaning for {operator!r}", "remove it")
    return Compare(value, operator, operand, ignore_case=ignoring is not None)


def read_operand(at: Cursor, operator: Operator) -> Operand:
    match OPERATORS[operator].takes:
        case "flag":
            at.flag()
            return None
        case "scalar" | "moment" | "number":
            return at.scalar()
        case "scalars":
            return tuple(part.scalar() for part in at.items(f"what follows {operator!r}"))
        case "pair":
            low, high = pair(at, operator)
            return (low.scalar(), high.scalar())
        case "text" | "version":
            return at.text()
        case "duration":
            return at.checked(parse_duration)
        case "durations":
            low, high = pair(at, operator)
            return (low.checked(parse_duration), high.checked(parse_duration))
        case "weekdays":
            return tuple(read_weekday(part) for part in at.items("'weekday_in'"))
        case "period":
            return at.checked(parse_calendar)


def pair(at: Cursor, what: str) -> tuple[Cursor, Cursor]:
    parts = at.items(f"what follows {what!r}")
    if len(parts) != 2:
        raise at.wrong(f"{what!r} takes two, not {len(parts)}", f"write {what}: [first, second]")
    return parts[0], parts[1]


def read_weekday(at: Cursor) -> Decimal:
    return Decimal(WEEKDAY_NAMES.index(at.word(WEEKDAY_NAMES)) + 1)


def read_event_rule(at: Cursor) -> Compare:
    at.only((*EVENT_KEYS, "did", "did_not"), "a condition on an event")
    said = [key for key in ("did", "did_not") if key in at.mapping("a condition on an event")]
    if not said:
        value, inner = read_measure(at)
        if inner.content is True:
            raise inner.wrong("a condition lacks its operator", f"write for example {value.measure}: {{gte: 3}}")
        return judged(inner, value)
    if len(said) > 1 or any(measure in at.mapping("a condition on an event") for measure in (*COUNTED, *MEASURED)):
        raise at.wrong("a condition on an event says one thing", "keep one of did, did_not and the measure")
    at.down(said[0]).flag()
    counted = EventMeasure(read_filter(at), "count", during=read_during(at))
    return Compare(counted, "gte", Decimal(1)) if said == ["did"] else Compare(counted, "lte", Decimal(0))


def read_rank(at: Cursor) -> Rank:
    at.only(("top", "bottom", "by", "within", "over", "ties", "at_least"), "a rank")
    sizes = [key for key in ("top", "bottom") if key in at.mapping("a rank")]
    if len(sizes) != 1:
        raise at.wrong("a rank has either 'top' or 'bottom'", "for example top: 10% or bottom: 50")
    size = at.down(sizes[0])
    is_share = isinstance(size.content, str)
    within, over, least = at.optional("within"), at.optional("over"), at.optional("at_least")
    ties = at.optional_word("ties", ("by_id", "include"), "by_id")
    return Rank(
        by=read_value(at.required("by", "a rank")),
        share=size.checked(parse_share) if is_share else None,
        number=None if is_share else size.whole(),
        order="highest" if sizes == ["top"] else "lowest",
        within=None if within is None else read_value(within),
        over=None if over is None else read_rule(over),
        ties="include" if ties == "include" else "by_id",
        at_least=1 if least is None else least.whole(),
    )


# ---------------------------------------------------------------- values


def read_value(at: Cursor) -> Value:
    """Read the value that stands here."""
    at = at.deeper()
    head = at.head(VALUE_HEADS, "a value")
    match head:
        case "trait":
            at.only(("trait", "path"), "a trait")
            return read_trait_value(at)
        case "event":
            at.only(EVENT_KEYS, "a measure of events")
            value, inner = read_measure(at)
            if inner.content is not True:
                inner.only(("of", "n"), "a measure that is not judged here")
            return value
        case "case":
            at.only(("case", "otherwise"), "'case'")
            otherwise = at.optional("otherwise")
            branches = tuple(read_branch(part) for part in at.down("case").items("'case'"))
            return Case(branches, None if otherwise is None else read_value(otherwise))
        case _:
            at.only((head,), f"'{head}'")
            return read_simple_value(at.down(head), head)


def read_simple_value(at: Cursor, head: str) -> Value:
    match head:
        case "property":
            return PropertyValue(read_path(at))
        case "constant":
            return Constant(at.scalar())
        case "add" | "subtract" | "multiply" | "divide":
            left, right = pair(at, head)
            return Arithmetic(head, read_value(left), read_value(right))
        case "elapsed":
            at.only(("since", "unit"), "'elapsed'")
            units: tuple[Literal["days", "months", "years"], ...] = ("days", "months", "years")
            unit = at.optional("unit")
            since = read_value(at.required("since", "'elapsed'"))
            return Elapsed(since, "days" if unit is None else unit.word(units))
        case "date_part":
            at.only(("of", "part"), "'date_part'")
            parts: tuple[Literal["year", "month", "day", "weekday", "hour"], ...]
            parts = ("year", "month", "day", "weekday", "hour")
            of = read_value(at.required("of", "'date_part'"))
            return DatePart(of, at.required("part", "'date_part'").word(parts))
        case "band":
            at.only(("of", "edges", "labels"), "'band'")
            edges = tuple(read_edge(part) for part in at.required("edges", "'band'").items("'edges'"))
            labels = tuple(part.text() for part in at.required("labels", "'band'").items("'labels'"))
            return Band(read_value(at.required("of", "'band'")), edges, labels)
        case _:
            return FirstKnown(tuple(read_value(part) for part in at.items("'first_known'")))


def read_edge(at: Cursor) -> Decimal:
    edge = at.scalar()
    if not isinstance(edge, Decimal):
        raise at.wrong("an edge is a number")
    return edge


def read_branch(at: Cursor) -> tuple[Rule, Value]:
    at.only(("when", "then"), "a branch of 'case'")
    when = read_rule(at.required("when", "a branch of 'case'"))
    return when, read_value(at.required("then", "a branch of 'case'"))


def read_trait_value(at: Cursor) -> TraitValue:
    path = at.optional("path")
    steps = () if path is None else tuple(part.text() for part in path.items("'path'"))
    return TraitValue(at.down("trait").name(), steps)


def read_path(at: Cursor) -> tuple[str, ...]:
    if isinstance(at.content, list | tuple):
        return tuple(part.text() for part in at.items("a property"))
    steps = tuple(at.name().split("."))
    if not all(steps):
        raise at.wrong(f"{at.content!r} is not the name of a property", "write name or name.part")
    return steps


# ---------------------------------------------------------------- events and windows


def read_measure(at: Cursor) -> tuple[EventMeasure, Cursor]:
    """Return the measure that stands here and where its operator would stand."""
    found = [measure for measure in (*COUNTED, *MEASURED) if measure in at.mapping("a measure of events")]
    if not found:
        raise at.wrong("what about the event?", "add did: true, did_not: true, count: {gte: 3} or another measure")
    if len(found) > 1:
        raise at.wrong(
            f"{' and '.join(repr(m) for m in found)} in one measure", "one measure says one thing: write two"
        )
    name = cast(Measure, found[0])
    inner = at.down(name)
    events, during = read_filter(at), read_during(at)
    if inner.content is True and name in COUNTED:
        return EventMeasure(events, name, during=during), inner
    if not isinstance(inner.content, dict):
        example = f"{name}: {{of: amount}}" if name in MEASURED else f"{name}: {{gte: 3}}"
        raise inner.wrong(f"{name!r} takes keys and values", f"write for example {example}")
    extra = ("n",) if name == "nth" else ()
    inner.only((*(("of",) if name in MEASURED else ()), *extra, *OPERATORS, "ignore_case"), f"'{name}'")
    of = PropertyValue(read_path(inner.required("of", f"'{name}'"))) if name in MEASURED else None
    nth = inner.required("n", "'nth'").whole() if name == "nth" else None
    return EventMeasure(events, name, of, during, nth), inner


def read_filter(at: Cursor) -> EventFilter:
    event, where = at.down("event"), at.optional("where")
    several = isinstance(event.content, list | tuple)
    names = tuple(part.name() for part in event.items("'event'")) if several else (event.name(),)
    return EventFilter(names, None if where is None else read_rule(where))


def read_during(at: Cursor) -> Window | None:
    during = at.optional("during")
    return None if during is None else read_window(during)


def read_window(at: Cursor) -> Window:
    known: dict[str, Callable[[Cursor], Window]] = {
        "last": lambda part: Last(read_length(part)),
        "calendar": lambda part: part.checked(parse_calendar),
        "between": read_between,
        "since": read_since,
    }
    keys = at.mapping("'during'")
    if "from" in keys or "until" in keys:
        at.only(("from", "until"), "a period between dates")
        since, until = at.optional("from"), at.optional("until")
        return Absolute(None if since is None else read_bound(since), None if until is None else read_bound(until))
    head = at.head((*known, "from", "until"), "'during'")
    at.only((head,), "'during'")
    return known[head](at.down(head))


def read_length(at: Cursor) -> Duration:
    length = at.checked(parse_duration)
    if length.amount == 0:
        raise at.wrong("a window of no length holds nothing", "write 1d or longer")
    return length


def read_between(at: Cursor) -> Between:
    older, newer = pair(at, "between")
    return Between(older.checked(parse_duration), newer.checked(parse_duration))


def read_bound(at: Cursor) -> dt.date:
    bound = at.scalar()
    if not isinstance(bound, dt.date):
        raise at.wrong(f"{at.content!r} is not a date or time", "write 2026-03-01 or 2026-03-01T12:00:00Z")
    return bound


def read_since(at: Cursor) -> SinceEvent:
    at.only(("event", "where", "which"), "'since'")
    at.required("event", "'since'")
    return SinceEvent(
        read_filter(at), "first" if at.optional_word("which", ("first", "last"), "last") == "first" else "last"
    )
