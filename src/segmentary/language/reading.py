"""From a document (plain dictionaries and lists) to the tree; every mistake is named with its place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from segmentary.language.cursor import Cursor
from segmentary.language.durations import parse_calendar, parse_duration
from segmentary.language.operators import COUNTED, MEASURED, OPERATORS, WEEKDAY_NAMES
from segmentary.language.reading_bygone import (
    STATE_KEYS,
    read_consent,
    read_model_value,
    read_near,
    read_reference_value,
    read_related,
    read_segment_rule,
    read_state,
)
from segmentary.language.reading_events import EVENT_KEYS, pair, read_during, read_filter, read_measure, read_path
from segmentary.language.reading_patterns import (
    SEQUENCE_KEYS,
    read_periods,
    read_sequence,
    read_sequence_count,
    read_session_measure,
)
from segmentary.language.scalars import parse_share
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Case,
    Compare,
    Constant,
    DatePart,
    Elapsed,
    EventMeasure,
    FirstKnown,
    Not,
    Operand,
    Operator,
    PeriodsWith,
    PropertyValue,
    Rank,
    Rule,
    Sample,
    StaticList,
    TraitAtEvent,
    TraitValue,
    Value,
)

RULE_HEADS = (
    *("all", "any", "not", "rank", "segment", "list", "ids", "sample", "trait", "property", "fact", "value", "event"),
    *("sessions", "sequence", "model", "related", "within_km", "consent"),
)
ARITHMETIC = ("add", "subtract", "multiply", "divide")
VALUE_HEADS = (
    *("trait", "property", "fact", "event", "sessions", "sequence", "model", "constant", *ARITHMETIC),
    *("elapsed", "date_part", "band", "case", "first_known"),
)
TYPED = {"number", "date", "time"}
"""Keys of a fixed value that names its type."""
AGAINST: tuple[Operator, ...] = ("is", "is_not", "lt", "lte", "gt", "gte")
"""Operators whose operand may be another number: ``gt: {event: ...}`` asks whether the difference is above 0."""


# ---------------------------------------------------------------- rules


def read_rule(at: Cursor) -> Rule:
    """Read the rule that stands here."""
    at = at.deeper()
    # The word for how many of the related people is also the word of a group.
    head = "related" if "related" in at.mapping("a rule") else at.head(RULE_HEADS, "a rule")
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
        case "list" | "ids" | "sample":
            return read_chosen(at, head)
        case "event":
            return read_event_rule(at)
        case "sequence":
            return read_sequence_rule(at)
        case "segment":
            return read_segment_rule(at)
        case "related":
            return read_related(at, read_rule)
        case "within_km":
            return read_near(at, read_value)
        case "consent":
            return read_consent(at)
        case _:
            return read_compare(at, head)


def read_chosen(at: Cursor, head: str) -> Rule:
    """Read who is in by name or by chance."""
    at.only((head,), f"'{head}'")
    if head == "list":
        return StaticList(list_name=at.down("list").name())
    if head == "ids":
        return StaticList(ids=tuple(part.text() for part in at.down("ids").items("'ids'")))
    sample = at.down("sample")
    sample.only(("share", "salt"), "a sample")
    share = sample.required("share", "a sample").checked(parse_share)
    return Sample(share, sample.required("salt", "a sample").name())


def read_compare(at: Cursor, head: str) -> Rule:
    own: tuple[str, ...] = (head,)
    match head:
        case "trait":
            value: Value = read_trait_value(at)
            own = ("trait", "path") if at.of_event else ("trait", "path", *STATE_KEYS)
        case "property":
            value = PropertyValue(read_path(at.down("property")))
        case "fact":
            value, own = read_reference_value(at), ("fact", "of", "by")
        case "model":
            value, own = read_model_value(at), ("model", "output", "of")
        case "sessions":
            measure, inner = read_session_measure(at, read_rule)
            if inner.content is not True:
                inner.only((*OPERATORS, "ignore_case"), f"'{measure.measure}'")
            return judged_inside(inner, measure, measure.measure)
        case _:
            value = read_value(at.down("value"))
    at.only((*own, *OPERATORS, "ignore_case"), f"a condition on a {head}")
    condition = judged(at, value)
    return condition if head != "trait" or at.of_event else read_state(at, condition)


def judged_inside(inner: Cursor, value: Value, name: str) -> Compare:
    """Read the operator that stands under the name of a measure."""
    if inner.content is True:
        raise inner.wrong("a condition lacks its operator", f"write for example {name}: {{gte: 3}}")
    return judged(inner, value)


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
    inner, ignoring = at.down(operator), at.optional("ignore_case")
    if ignoring is not None:
        ignoring.flag()
        if not OPERATORS[operator].case:
            raise ignoring.wrong(f"ignore_case has no meaning for {operator!r}", "remove it")
    if operator in AGAINST and isinstance(inner.content, Mapping) and not TYPED & set(inner.content):
        if ignoring is not None:
            raise ignoring.wrong("ignore_case has no meaning between two numbers", "remove it")
        return Compare(Arithmetic("subtract", value, read_value(inner)), operator, Decimal(0))
    return Compare(value, operator, read_operand(inner, operator), ignore_case=ignoring is not None)


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


def read_weekday(at: Cursor) -> Decimal:
    return Decimal(WEEKDAY_NAMES.index(at.word(WEEKDAY_NAMES)) + 1)


def read_event_rule(at: Cursor) -> Compare:
    for key in at.mapping("a condition on an event"):
        if key in OPERATORS:
            hint = "the operator stands under what is measured: count: {gte: 3}, sum: {of: amount, gt: 100}"
            raise at.down(key).wrong(f"{key!r} beside an event says not what is compared", hint)
    at.only((*EVENT_KEYS, "did", "did_not", "periods", "at_least"), "a condition on an event")
    keys = at.mapping("a condition on an event")
    if any(key in keys for key in ("per", "in_last", "periods", "at_least")):
        return read_period_rule(at)
    said = [key for key in ("did", "did_not") if key in keys]
    if not said:
        value, inner = read_measure(at, read_rule)
        return judged_inside(inner, value, value.measure)
    if len(said) > 1 or any(measure in keys for measure in (*COUNTED, *MEASURED)):
        hint = "keep one of did, did_not and the measure"
        if isinstance(keys.get("last"), str):
            hint = f"a window is written during: {{last: {keys['last']}}}"
        raise at.wrong("a condition on an event says one thing", hint)
    at.down(said[0]).flag()
    counted = EventMeasure(read_filter(at, read_rule), "count", during=read_during(at, read_rule))
    return Compare(counted, "gte", Decimal(1)) if said == ["did"] else Compare(counted, "lte", Decimal(0))


def read_period_rule(at: Cursor) -> Compare:
    """Read in how many periods something has to hold: ``at_least: 3`` is ``periods: {gte: 3}``."""
    at.only((*EVENT_KEYS, "periods", "at_least"), "a condition on an event")
    said = [key for key in ("periods", "at_least") if key in at.mapping("a condition on an event")]
    if len(said) != 1:
        raise at.wrong("in how many of the periods?", "add at_least: 3, or periods: {gte: 3}")
    value = read_period_value(at)
    if said == ["at_least"]:
        return Compare(value, "gte", Decimal(at.down("at_least").whole()))
    at.down("periods").only((*OPERATORS, "ignore_case"), "'periods'")
    return judged(at.down("periods"), value)


def read_period_value(at: Cursor) -> PeriodsWith:
    measure, inner = read_measure(at, read_rule)
    return read_periods(at, judged_inside(inner, measure, measure.measure), inner)


def read_sequence_rule(at: Cursor) -> Rule:
    at.only(SEQUENCE_KEYS, "a sequence")
    if "count" not in at.mapping("a sequence"):
        if "latest" in at.mapping("a sequence"):
            raise at.down("latest").wrong("how many of the latest is not said", "add count: {gte: 2}")
        return read_sequence(at, read_rule)
    value, inner = read_sequence_count(at, read_rule)
    if inner.content is not True:
        inner.only((*OPERATORS, "ignore_case"), "'count'")
    return judged_inside(inner, value, "count")


def read_rank(at: Cursor) -> Rank:
    at.only(("top", "bottom", "by", "within", "over", "ties", "at_least", "keep"), "a rank")
    sizes = [key for key in ("top", "bottom") if key in at.mapping("a rank")]
    if len(sizes) != 1:
        raise at.wrong("a rank has either 'top' or 'bottom'", "for example top: 10% or bottom: 50")
    (share, number), keep = read_size(at.down(sizes[0])), at.optional("keep")
    keep_share, keep_number = (None, None) if keep is None else read_size(keep)
    within, over, least = at.optional("within"), at.optional("over"), at.optional("at_least")
    ties = at.optional_word("ties", ("by_id", "include"), "by_id")
    return Rank(
        by=read_value(at.required("by", "a rank")),
        share=share,
        number=number,
        order="highest" if sizes == ["top"] else "lowest",
        within=None if within is None else read_value(within),
        over=None if over is None else read_rule(over),
        ties="include" if ties == "include" else "by_id",
        at_least=1 if least is None else least.whole(),
        keep_share=keep_share,
        keep_number=keep_number,
    )


def read_size(at: Cursor) -> tuple[Decimal | None, int | None]:
    """Read how many of a population: a share or a number."""
    return (at.checked(parse_share), None) if isinstance(at.content, str) else (None, at.whole())


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
            if "per" in at.mapping("a measure of events") or "in_last" in at.mapping("a measure of events"):
                return read_period_value(at)
            measure, inner = read_measure(at, read_rule)
            if inner.content is not True:
                inner.only(("of", "n"), "a measure that is not judged here")
            return measure
        case "sessions":
            visits, inner = read_session_measure(at, read_rule)
            inner.flag()
            return visits
        case "sequence":
            at.only(SEQUENCE_KEYS, "a sequence")
            begun, inner = read_sequence_count(at, read_rule)
            inner.flag()
            return begun
        case "fact":
            at.only(("fact", "of", "by"), "a fact")
            return read_reference_value(at)
        case "model":
            at.only(("model", "output", "of"), "a model's value")
            return read_model_value(at)
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


def read_trait_value(at: Cursor) -> TraitValue | TraitAtEvent:
    """Read a trait: as it is now, or inside an event filter as it was at the moment of the event."""
    path = at.optional("path")
    steps = () if path is None else tuple(part.text() for part in path.items("'path'"))
    name = at.down("trait").name()
    return TraitAtEvent(name, steps) if at.of_event else TraitValue(name, steps)
