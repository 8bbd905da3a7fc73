"""A tree as Python source in the spelling of `python`: what a notebook shows, and what builds the same tree again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import assert_never

from segmentary.language.durations import calendar_text, duration_text
from segmentary.language.operators import OPERATORS, WEEKDAY_NAMES
from segmentary.language.scalars import number_text, share_text
from segmentary.language.tree import (
    Absolute,
    All,
    AnyOf,
    Arithmetic,
    Band,
    Between,
    Calendar,
    Case,
    Compare,
    Constant,
    DatePart,
    Definition,
    Duration,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Last,
    Not,
    Operator,
    PropertyValue,
    Rank,
    Rule,
    Sample,
    Scalar,
    SegmentDefinition,
    SegmentReference,
    SinceEvent,
    StaticList,
    TraitDefinition,
    TraitValue,
    Value,
    Window,
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
            words = {
                "title": node.title,
                "purpose": node.purpose,
                "entity": node.entity,
                "timezone": node.timezone,
                "base": node.base,
                "tags": node.tags,
            }
            return f"define_segment({node.name!r}, {rule_source(node.where)}{keywords(words)})"
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
        case All() | AnyOf() | Not() | Compare() | Rank() | SegmentReference() | StaticList() | Sample():
            return rule_source(node)
        case _:
            return value_source(node)


def keywords(words: Mapping[str, object]) -> str:
    return "".join(f", {name}={content!r}" for name, content in words.items() if content)


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
        case SegmentReference(name, version):
            return f"segment({name!r}{keywords({'version': version})})"
        case StaticList(ids, list_name):
            return f"members_of({list_name!r})" if list_name is not None else f"ids({', '.join(map(repr, ids))})"
        case Sample(share, salt):
            return f"sample({share_text(share)!r}, salt={salt!r})"
        case _:
            assert_never(rule)


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


def scalar_source(value: Scalar) -> str:
    match value:
        case bool() | str():
            return repr(value)
        case Decimal():
            text = number_text(value)
            return f"Decimal({text!r})" if "." in text else text
        case dt.datetime():
            moment = value.astimezone(dt.UTC)
            parts = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second]
            small = f", {moment.microsecond}" if moment.microsecond else ""
            return f"datetime({', '.join(map(str, parts))}{small}, tzinfo=UTC)"
        case dt.date():
            return f"date({value.year}, {value.month}, {value.day})"
        case _:
            assert_never(value)


def value_source(value: Value) -> str:
    match value:
        case TraitValue(name, path):
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
            assert_never(value)


def receiver(value: Value) -> str:
    """Return a value so that a method can be called on it."""
    return f"({value_source(value)})" if isinstance(value, Arithmetic) else value_source(value)


def measure_source(value: EventMeasure) -> str:
    parts = [] if value.nth is None else [str(value.nth)]
    parts += [] if value.of is None else [repr(path_document(value.of.path))]
    suffix = "_of" if value.measure in ("first", "last", "nth") else ""
    window = "" if value.during is None else window_source(value.during)
    return f"{events_source(value.events)}{window}.{value.measure}{suffix}({', '.join(parts)})"


def events_source(events: EventFilter) -> str:
    names = repr(events.names[0]) if len(events.names) == 1 else repr(list(events.names))
    return f"events({names})" if events.where is None else f"events({names}, {rule_source(events.where)})"


def window_source(window: Window) -> str:
    match window:
        case Last(length):
            return f".last({duration_text(length)!r})"
        case Calendar(unit, which, count):
            return f".{which}({unit!r})" if count == 1 else f".{which}({unit!r}, {count})"
        case Between(older, newer):
            return f".between({duration_text(older)!r}, {duration_text(newer)!r})"
        case Absolute(since, until):
            bounds = {"since": since, "until": until}
            said = [f"{key}={scalar_source(bound)}" for key, bound in bounds.items() if bound is not None]
            return f".dates({', '.join(said)})"
        case SinceEvent(events, which):
            return f".since({events_source(events)}, which={which!r})"
        case _:
            assert_never(window)


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
    return f"{'top' if rank.order == 'highest' else 'bottom'}({', '.join(parts)})"
