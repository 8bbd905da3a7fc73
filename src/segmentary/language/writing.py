"""From the tree to a document of plain dictionaries, lists, texts, whole numbers and booleans: ready for JSON.

Numbers with decimals, dates and times are written ``{"number": "0.5"}``, ``{"date": ...}``, ``{"time": ...}``, so that
nothing is lost in formats that know only texts and floats. `yaml.dump_yaml` writes them plainly.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, assert_never

from segmentary.language.durations import calendar_text, duration_text
from segmentary.language.operators import OPERATORS, WEEKDAY_NAMES
from segmentary.language.scalars import number_text, share_text, time_text
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
    Operand,
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

Document = dict[str, Any]
EXACT_IN_JSON = 2**53


def to_document(definition: Definition) -> Document:
    """Return a definition as plain data; `reading` and `rules` bring it back unchanged."""
    match definition:
        case SegmentDefinition():
            given = {
                "segment": definition.name,
                "title": definition.title,
                "purpose": definition.purpose,
                "entity": definition.entity if definition.entity != "customer" else "",
                "timezone": definition.timezone or "",
                "base": definition.base if definition.base != "other" else "",
                "tags": list(definition.tags),
            }
            return {**{k: v for k, v in given.items() if v}, "where": rule_document(definition.where)}
        case TraitDefinition():
            given = {
                "trait": definition.name,
                "title": definition.title,
                "description": definition.description,
                "type": definition.type,
                "unit": definition.unit,
                "base": definition.base if definition.base != "behavioural" else "",
                "timezone": definition.timezone or "",
                "sensitivity": definition.sensitivity if definition.sensitivity != "ordinary" else "",
            }
            return {**{k: v for k, v in given.items() if v}, "value": value_document(definition.value)}
        case _:
            assert_never(definition)


def rule_document(rule: Rule) -> Document:
    """Return a rule as plain data."""
    match rule:
        case All(rules):
            return {"all": [rule_document(part) for part in rules]}
        case AnyOf(rules):
            return {"any": [rule_document(part) for part in rules]}
        case Not(part):
            return {"not": rule_document(part)}
        case Compare():
            return compare_document(rule)
        case Rank():
            return {"rank": rank_document(rule)}
        case SegmentReference(name, version):
            return {"segment": name} if version is None else {"segment": name, "version": version}
        case StaticList(ids, list_name):
            return {"ids": list(ids)} if list_name is None else {"list": list_name}
        case Sample(share, salt):
            return {"sample": {"share": share_text(share), "salt": salt}}
        case _:
            assert_never(rule)


def compare_document(rule: Compare) -> Document:
    judged: Document = {rule.operator: operand_document(rule)}
    if rule.ignore_case:
        judged["ignore_case"] = True
    match rule.value:
        case TraitValue() | PropertyValue():
            return {**value_document(rule.value), **judged}
        case EventMeasure():
            return measure_document(rule.value, judged)
        case _:
            return {"value": value_document(rule.value), **judged}


def operand_document(rule: Compare) -> Any:
    operand = rule.operand
    if OPERATORS[rule.operator].takes == "flag":
        return True
    if OPERATORS[rule.operator].takes == "weekdays" and isinstance(operand, tuple):
        return [WEEKDAY_NAMES[int(day) - 1] if isinstance(day, Decimal) else operand_part(day) for day in operand]
    return [operand_part(part) for part in operand] if isinstance(operand, tuple) else operand_part(operand)


def operand_part(operand: Operand) -> Any:
    match operand:
        case Duration():
            return duration_text(operand)
        case Calendar():
            return calendar_text(operand)
        case None | tuple():
            raise ValueError("an operand is missing or nested: validate the tree before writing it")
        case _:
            return scalar_document(operand)


def scalar_document(value: Scalar) -> Any:
    match value:
        case bool() | str():
            return value
        case Decimal():
            whole = value == value.to_integral_value() and abs(value) < EXACT_IN_JSON
            return int(value) if whole else {"number": number_text(value)}
        case dt.datetime():
            return {"time": time_text(value)}
        case dt.date():
            return {"date": value.isoformat()}
        case _:
            assert_never(value)


def value_document(value: Value) -> Document:
    """Return a value as plain data."""
    match value:
        case TraitValue(name, path):
            return {"trait": name, "path": list(path)} if path else {"trait": name}
        case PropertyValue(path):
            return {"property": path_document(path)}
        case EventMeasure():
            return measure_document(value, {})
        case Constant(constant):
            return {"constant": scalar_document(constant)}
        case Arithmetic(operator, left, right):
            return {operator: [value_document(left), value_document(right)]}
        case Elapsed(since, unit):
            return {"elapsed": {"since": value_document(since), "unit": unit}}
        case DatePart(part, name):
            return {"date_part": {"of": value_document(part), "part": name}}
        case Band(part, edges, labels):
            cuts = [scalar_document(edge) for edge in edges]
            return {"band": {"of": value_document(part), "edges": cuts, "labels": list(labels)}}
        case Case(branches, otherwise):
            cases = [{"when": rule_document(rule), "then": value_document(then)} for rule, then in branches]
            rest = {} if otherwise is None else {"otherwise": value_document(otherwise)}
            return {"case": cases, **rest}
        case FirstKnown(values):
            return {"first_known": [value_document(part) for part in values]}
        case _:
            assert_never(value)


def path_document(path: tuple[str, ...]) -> Any:
    """Return ``happened_at.hour``, or a list of steps where a step itself holds a dot."""
    plain = all(step and "." not in step for step in path)
    return ".".join(path) if plain else list(path)


def measure_document(value: EventMeasure, judged: Document) -> Document:
    """Return a measure with the operator that judges it inside, or ``count: true`` where it is only a value."""
    taken: Document = {}
    if value.nth is not None:
        taken["n"] = value.nth
    if value.of is not None:
        taken["of"] = path_document(value.of.path)
    return {**filter_document(value.events, value.during), value.measure: {**taken, **judged} or True}


def filter_document(events: EventFilter, during: Window | None) -> Document:
    found: Document = {"event": events.names[0] if len(events.names) == 1 else list(events.names)}
    if events.where is not None:
        found["where"] = rule_document(events.where)
    if during is not None:
        found["during"] = window_document(during)
    return found


def window_document(window: Window) -> Document:
    match window:
        case Last(length):
            return {"last": duration_text(length)}
        case Calendar():
            return {"calendar": calendar_text(window)}
        case Between(older, newer):
            return {"between": [duration_text(older), duration_text(newer)]}
        case Absolute(since, until):
            bounds = {"from": since, "until": until}
            return {key: scalar_document(bound) for key, bound in bounds.items() if bound is not None}
        case SinceEvent(events, which):
            return {"since": {**filter_document(events, None), "which": which}}
        case _:
            assert_never(window)


def rank_document(rank: Rank) -> Document:
    size = share_text(rank.share) if rank.share is not None else rank.number
    found: Document = {"top" if rank.order == "highest" else "bottom": size, "by": value_document(rank.by)}
    if rank.within is not None:
        found["within"] = value_document(rank.within)
    if rank.over is not None:
        found["over"] = rule_document(rank.over)
    if rank.ties != "by_id":
        found["ties"] = rank.ties
    if rank.at_least != 1:
        found["at_least"] = rank.at_least
    return found
