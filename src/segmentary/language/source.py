"""A tree as Python source in the spelling of `python`: what a notebook shows, and what builds the same tree again.

Here are rules and values; windows and patterns of events are in `source_events`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import assert_never

from segmentary.language.durations import calendar_text, duration_text
from segmentary.language.operators import OPERATORS, WEEKDAY_NAMES
from segmentary.language.scalars import share_text
from segmentary.language.source_events import (
    events_source,
    keywords,
    moment_source,
    scalar_source,
    sequence_source,
    sessions_source,
    window_method,
    window_source,
)
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Calendar,
    Case,
    Compare,
    Consent,
    Constant,
    DatePart,
    Definition,
    Duration,
    Elapsed,
    EventMeasure,
    FirstKnown,
    Had,
    HasBeen,
    ModelValue,
    Near,
    Not,
    Operator,
    PeriodsWith,
    PropertyValue,
    Rank,
    ReferenceValue,
    Related,
    Rule,
    Sample,
    SegmentAt,
    SegmentationDefinition,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    SequenceCount,
    SessionMeasure,
    StaticList,
    TraitAtEvent,
    TraitDefinition,
    TraitValue,
    Value,
)
from segmentary.language.writing_events import path_document

INFIX: dict[Operator, str] = {"is": "==", "is_not": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
METHODS: dict[Operator, str] = {
    "is": "equals",
    "is_not": "differs",
    "in": "is_in",
    "missing": "is_missing",
    "version_lt": "version_below",
    "version_lte": "version_at_most",
    "version_gt": "version_above",
    "version_gte": "version_at_least",
}
"""Operators whose method has another name than the operator."""
SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


def to_python(node: Rule | Value | Definition) -> str:
    """Return an expression that builds this tree.

    Its names come from `segmentary.language.python`, `decimal` and `datetime`.
    """
    match node:
        case SegmentDefinition():
            return f"define_segment({node.name!r}, {rule_source(node.where)}{keywords(words_of(node))})"
        case SegmentationDefinition():
            parts = []
            for part in node.parts:
                parts.append(f"part({part.name!r}, {rule_source(part.where)}{keywords({'title': part.title})})")
            words = {"otherwise": node.otherwise, **words_of(node)}
            return f"define_segmentation({', '.join([repr(node.name), *parts])}{keywords(words)})"
        case TraitDefinition():
            words = {
                "title": node.title,
                "unit": node.unit,
                "base": node.base,
                "timezone": node.timezone,
                "sensitivity": node.sensitivity,
                "description": node.description,
            }
            return f"define_trait({node.name!r}, {value_source(node.value)}, {node.type!r}{keywords(words)})"
        case _:
            return rule_source(node) if isinstance(node, Rule) else value_source(node)


def words_of(node: SegmentDefinition | SegmentationDefinition) -> dict[str, object]:
    return {
        "title": node.title,
        "purpose": node.purpose,
        "entity": node.entity if node.entity != "customer" else "",
        "timezone": node.timezone,
        "base": node.base if node.base != "other" else "",
        "tags": node.tags,
        "history": node.history.isoformat() if isinstance(node.history, dt.date) else node.history,
    }


def rule_source(rule: Rule) -> str:
    match rule:
        case All(rules):
            return f"all_of({', '.join(map(rule_source, rules))})"
        case AnyOf(rules):
            return f"any_of({', '.join(map(rule_source, rules))})"
        case Not(part):
            inner = rule_source(part)
            return f"~({inner})" if isinstance(part, Compare) else f"~{inner}"
        case Compare():
            return compare_source(rule)
        case Rank():
            return rank_source(rule)
        case SegmentReference() | SegmentAt() | SegmentDuring() | SegmentMoved():
            return segment_source(rule)
        case StaticList(ids, list_name):
            return f"members_of({list_name!r})" if list_name is not None else f"ids({', '.join(map(repr, ids))})"
        case Sample(share, salt):
            return f"sample({share_text(share)!r}, salt={salt!r})"
        case _:
            return leaf_source(rule)


def leaf_source(rule: Sequence | HasBeen | Had | Related | Near | Consent) -> str:
    match rule:
        case Sequence():
            return sequence_source(rule, rule_source)
        case HasBeen(condition, least, below):
            lengths = {"at_least": least and duration_text(least), "less_than": below and duration_text(below)}
            return f"({compare_source(condition)}).lasting({keywords(lengths).removeprefix(', ')})"
        case Had(condition, during):
            return f"({compare_source(condition)}).at_any_time({window_source(during, rule_source)})"
        case Related(group, quantifier, inner, operator, operand):
            asked = f"related({group!r}).{quantifier}({rule_source(inner)})"
            return asked if operator is None else f"({asked} {INFIX[operator]} {operand})"
        case Near():
            return near_source(rule)
        case Consent(purpose, channel, granted):
            decision = "" if granted else "denied"
            return f"consent({purpose!r}{keywords({'channel': channel, 'decision': decision})})"
        case _:
            assert_never(rule)


def segment_source(rule: SegmentReference | SegmentAt | SegmentDuring | SegmentMoved) -> str:
    """Return membership of a segment, now or at another moment."""
    match rule:
        case SegmentReference(name, version):
            return f"segment({name!r}{keywords({'version': version})})"
        case SegmentAt(name, at, evaluated, version):
            asked = f"{moment_source(at)}{keywords({'evaluated': evaluated})}"
            return f"segment({name!r}{keywords({'version': version})}).at({asked})"
        case SegmentDuring(name, during, quantifier, length):
            window = window_source(during, rule_source)
            if length is not None:
                return f"segment({name!r}).during({window}, at_least={duration_text(length)!r})"
            said = {"quantifier": quantifier if quantifier != "any" else ""}
            return f"segment({name!r}).during({window}{keywords(said)})"
        case SegmentMoved(name, direction, moved, nth, stayed):
            lasting = keywords({"nth": nth, "stayed": stayed and duration_text(stayed)})
            within = "" if moved is None else f", during={window_source(moved, rule_source)}"
            return f"segment({name!r}).{direction}({(within + lasting).removeprefix(', ')})"
        case _:
            assert_never(rule)


def near_source(rule: Near) -> str:
    of = repr(rule.places) if rule.point is None else f"({', '.join(map(scalar_source, rule.point))})"
    parts = [scalar_source(rule.kilometres), of]
    parts += [] if rule.latitude is None else [f"latitude={value_source(rule.latitude)}"]
    parts += [] if rule.longitude is None else [f"longitude={value_source(rule.longitude)}"]
    return f"near({', '.join(parts)})"


def compare_source(rule: Compare) -> str:
    value, operand = value_source(rule.value), rule.operand
    if isinstance(rule.value, Arithmetic):
        value = f"({value})"
    if rule.operator in INFIX and not rule.ignore_case:
        return f"{value} {INFIX[rule.operator]} {operand_source(operand)}"
    if OPERATORS[rule.operator].takes == "flag":
        parts = []
    elif OPERATORS[rule.operator].takes == "weekdays" and isinstance(operand, tuple):
        parts = [repr(WEEKDAY_NAMES[int(day) - 1]) for day in operand if isinstance(day, Decimal)]
    else:
        parts = [operand_source(part) for part in (operand if isinstance(operand, tuple) else (operand,))]
    parts += ["ignore_case=True"] if rule.ignore_case else []
    return f"{value}.{METHODS.get(rule.operator, rule.operator)}({', '.join(parts)})"


def operand_source(operand: object) -> str:
    match operand:
        case Duration():
            return repr(duration_text(operand))
        case Calendar():
            return repr(calendar_text(operand))
        case str() | bool() | Decimal() | dt.date():
            return scalar_source(operand)
        case _:
            raise ValueError("an operand is missing or nested: validate the tree before writing it")


def value_source(value: Value) -> str:
    match value:
        case TraitValue(name, path) | TraitAtEvent(name, path):
            return f"trait({', '.join(map(repr, (name, *path)))})"
        case PropertyValue(path):
            return f"prop({path_document(path)!r})"
        case EventMeasure():
            return measure_source(value)
        case Constant(constant):
            return f"constant({scalar_source(constant)})"
        case Arithmetic(operator, left, right):
            sides = [
                f"({value_source(side)})" if isinstance(side, Arithmetic) else value_source(side)
                for side in (left, right)
            ]
            return f"{sides[0]} {SIGNS[operator]} {sides[1]}"
        case Elapsed(since, unit):
            return f"{receiver(since)}.elapsed({unit!r})"
        case DatePart(part, name):
            return f"{receiver(part)}.part({name!r})"
        case Band(part, edges, labels):
            return f"{receiver(part)}.band([{', '.join(map(scalar_source, edges))}], {list(labels)!r})"
        case Case(branches, otherwise):
            cases = [f"({rule_source(rule)}, {value_source(then)})" for rule, then in branches]
            rest = [] if otherwise is None else [f"otherwise={value_source(otherwise)}"]
            return f"case({', '.join(cases + rest)})"
        case FirstKnown(values):
            return f"first_known({', '.join(map(value_source, values))})"
        case _:
            return counted_source(value)


def counted_source(value: SessionMeasure | SequenceCount | PeriodsWith | ReferenceValue | ModelValue) -> str:
    match value:
        case SessionMeasure():
            return sessions_source(value, rule_source)
        case SequenceCount(sequence, latest):
            return f"{sequence_source(sequence, rule_source)}.count({'' if latest is None else f'latest={latest}'})"
        case PeriodsWith(measure, operator, operand, unit, last):
            test = compare_source(Compare(measure, operator, operand))
            return f"({test}).per({unit!r}, in_last={last})"
        case ReferenceValue(table, key, name):
            return f"fact({name!r}, of={table!r}, by={path_document(key.path)!r})"
        case ModelValue(model, output, of):
            if of is None:
                return f"model({model!r}).{output}"
            return f"model({model!r}).output({output!r}, of={of!r})"
        case _:
            assert_never(value)


def receiver(value: Value) -> str:
    """Return a value so that a method can be called on it."""
    return f"({value_source(value)})" if isinstance(value, Arithmetic) else value_source(value)


def measure_source(value: EventMeasure) -> str:
    parts = [] if value.nth is None else [str(value.nth)]
    parts += [] if value.of is None else [repr(path_document(value.of.path))]
    suffix = "_of" if value.measure in ("first", "last", "nth") else ""
    window = "" if value.during is None else window_method(value.during, rule_source)
    return f"{events_source(value.events, rule_source)}{window}.{value.measure}{suffix}({', '.join(parts)})"


def rank_source(rank: Rank) -> str:
    size = repr(share_text(rank.share)) if rank.share is not None else str(rank.number)
    parts = [size, f"by={value_source(rank.by)}"]
    if rank.within is not None:
        parts.append(f"within={value_source(rank.within)}")
    if rank.over is not None:
        parts.append(f"over={rule_source(rank.over)}")
    if rank.ties != "by_id":
        parts.append(f"ties={rank.ties!r}")
    if rank.at_least != 1:
        parts.append(f"at_least={rank.at_least}")
    if rank.keep_share is not None:
        parts.append(f"keep={share_text(rank.keep_share)!r}")
    elif rank.keep_number is not None:
        parts.append(f"keep={rank.keep_number}")
    return f"{'top' if rank.order == 'highest' else 'bottom'}({', '.join(parts)})"
