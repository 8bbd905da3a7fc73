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
from segmentary.language.scalars import share_text
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
    History,
    ModelValue,
    Near,
    Not,
    Operand,
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
from segmentary.language.writing_bygone import (
    consent_document,
    model_document,
    near_document,
    related_document,
    segment_document,
)
from segmentary.language.writing_events import (
    Document,
    durations_document,
    filter_document,
    path_document,
    scalar_document,
    sequence_document,
    session_document,
    window_document,
)


def to_document(definition: Definition) -> Document:
    """Return a definition as plain data; `reading` and `rules` bring it back unchanged."""
    match definition:
        case SegmentDefinition():
            return {"segment": definition.name, **words_document(definition), "where": rule_document(definition.where)}
        case SegmentationDefinition():
            parts = []
            for part in definition.parts:
                title = {"title": part.title} if part.title else {}
                parts.append({"segment": part.name, **title, "where": rule_document(part.where)})
            words = words_document(definition)
            return {"segmentation": definition.name, **words, "parts": parts, "otherwise": definition.otherwise}
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


def words_document(definition: SegmentDefinition | SegmentationDefinition) -> Document:
    """Return what a segment or segmentation says about itself."""
    given = {
        "title": definition.title,
        "purpose": definition.purpose,
        "entity": definition.entity if definition.entity != "customer" else "",
        "timezone": definition.timezone or "",
        "base": definition.base if definition.base != "other" else "",
        "tags": list(definition.tags),
        "history": history_document(definition.history),
    }
    return {name: content for name, content in given.items() if content}


def history_document(history: History) -> object:
    """Return which past is to be computed; nothing where it is none."""
    return {"since": scalar_document(history)} if isinstance(history, dt.date) else history


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
        case SegmentReference() | SegmentAt() | SegmentDuring() | SegmentMoved():
            return segment_document(rule, rule_document)
        case StaticList(ids, list_name):
            return {"ids": list(ids)} if list_name is None else {"list": list_name}
        case Sample(share, salt):
            return {"sample": {"share": share_text(share), "salt": salt}}
        case _:
            return leaf_document(rule)


def leaf_document(rule: Sequence | HasBeen | Had | Related | Near | Consent) -> Document:
    """Return a rule about the order of events, the past, other people, places or consent."""
    match rule:
        case Sequence():
            return sequence_document(rule, rule_document)
        case HasBeen(condition, least, below):
            return {**compare_document(condition), "for": durations_document(at_least=least, less_than=below)}
        case Had(condition, during):
            return {**compare_document(condition), "at_any_time": window_document(during, rule_document)}
        case Related():
            return related_document(rule, rule_document)
        case Near():
            return near_document(rule, value_document)
        case Consent():
            return consent_document(rule)
        case _:
            assert_never(rule)


def compare_document(rule: Compare) -> Document:
    judged: Document = {rule.operator: operand_document(rule)}
    if rule.ignore_case:
        judged["ignore_case"] = True
    match rule.value:
        case TraitValue() | PropertyValue() | TraitAtEvent() | ReferenceValue() | ModelValue():
            return {**value_document(rule.value), **judged}
        case EventMeasure():
            return measure_document(rule.value, judged)
        case SessionMeasure():
            return visits_document(rule.value, judged)
        case SequenceCount():
            return begun_document(rule.value, judged)
        case PeriodsWith():
            return {**value_document(rule.value), "periods": judged}
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


def value_document(value: Value) -> Document:
    """Return a value as plain data."""
    match value:
        case TraitValue(name, path) | TraitAtEvent(name, path):
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
            return counted_document(value)


def counted_document(value: SessionMeasure | SequenceCount | PeriodsWith | ReferenceValue | ModelValue) -> Document:
    """Return a value out of patterns of events, or one that is looked up."""
    match value:
        case SessionMeasure():
            return visits_document(value, {})
        case SequenceCount():
            return begun_document(value, {})
        case PeriodsWith(measure, operator, operand, unit, last):
            judged: Document = {operator: scalar_document(operand)}
            return {**measure_document(measure, judged), "per": unit, "in_last": last}
        case ReferenceValue(table, key, name):
            return {"fact": name, "of": table, "by": path_document(key.path)}
        case ModelValue():
            return model_document(value)
        case _:
            assert_never(value)


def measure_document(value: EventMeasure, judged: Document) -> Document:
    """Return a measure with the operator that judges it inside, or ``count: true`` where it is only a value."""
    taken: Document = {}
    if value.nth is not None:
        taken["n"] = value.nth
    if value.of is not None:
        taken["of"] = path_document(value.of.path)
    during = {} if value.during is None else {"during": window_document(value.during, rule_document)}
    return {**filter_document(value.events, rule_document), **during, value.measure: {**taken, **judged} or True}


def visits_document(value: SessionMeasure, judged: Document) -> Document:
    """Return a measure of sessions with the operator that judges it inside."""
    found: Document = {"sessions": session_document(value.session)}
    if value.session.within is not None:
        found["during"] = window_document(value.session.within, rule_document)
    if value.containing is not None:
        found["containing"] = filter_document(value.containing, rule_document)
    return {**found, value.measure: judged or True}


def begun_document(value: SequenceCount, judged: Document) -> Document:
    """Return how often a sequence begins with the operator that judges it inside."""
    latest = {} if value.latest is None else {"latest": value.latest}
    return {**sequence_document(value.sequence, rule_document), **latest, "count": judged or True}


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
    if rank.keep_share is not None:
        found["keep"] = share_text(rank.keep_share)
    elif rank.keep_number is not None:
        found["keep"] = rank.keep_number
    return found
