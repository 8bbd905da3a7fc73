"""A tree in English that can be read in one way only.

Parts of one group are divided by ", and " or ", or "; a group inside a group, what is negated, and the conditions on an
event stand in brackets.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import assert_never

from segmentary.language.event_words import either, last_of, noun, plural, verb
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

PLAIN_WORD = re.compile(r"[\w][\w%+.&'’-]*")
MOST_IDS = 5
SIGNS = {"add": "+", "subtract": "-", "multiply": "x", "divide": "/"}
TIMES = {
    "gte": "at least {} times",
    "gt": "more than {} times",
    "lte": "at most {} times",
    "lt": "fewer than {} times",
    "is": "exactly {} times",
}


def sentence(node: Rule | Value | Definition) -> str:
    """Return a rule, a value or what a definition says, in English.

    >>> from segmentary.language.python import events, trait
    >>> rule = trait("country").is_in("France", "Germany") & (events("order_completed").last("90d").count() >= 3)
    >>> sentence(rule.rule)
    'country is France or Germany, and ordered at least 3 times in the last 90 days'
    """
    match node:
        case SegmentDefinition(where=rule):
            return rule_words(rule)
        case TraitDefinition(value=value):
            return value_words(value)
        case All() | AnyOf() | Not() | Compare() | Rank() | SegmentReference() | StaticList() | Sample():
            return rule_words(node)
        case _:
            return value_words(node)


# ---------------------------------------------------------------- rules


def rule_words(rule: Rule) -> str:
    match rule:
        case All(rules):
            return ", and ".join(map(inside, rules)) or "everybody"
        case AnyOf(rules):
            return ", or ".join(map(inside, rules)) or "nobody"
        case Not(SegmentReference() | StaticList() | Sample() as part):
            return f"not {rule_words(part)}"
        case Not(part):
            return f"not ({rule_words(part)})"
        case Compare():
            return compare_words(rule)
        case Rank():
            return rank_words(rule)
        case SegmentReference(name, version):
            return f"in segment {quoted(name)}" + ("" if version is None else f" (version {version})")
        case StaticList(ids, list_name):
            if list_name is not None:
                return f"in list {quoted(list_name)}"
            shown = [quoted(one) for one in ids[:MOST_IDS]]
            more = f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
            return f"in the list ({', '.join(shown)}{more})"
        case Sample(share, salt):
            return f"in the {share_text(share)} sample {quoted(salt)}"
        case _:
            assert_never(rule)


def inside(rule: Rule) -> str:
    """Return a rule as part of a group: brackets around every group of more than one."""
    match rule:
        case All(rules=(lone,)) | AnyOf(rules=(lone,)):
            return inside(lone)
        case All() | AnyOf():
            return f"({rule_words(rule)})"
        case _:
            return rule_words(rule)


def rank_words(rank: Rank) -> str:
    size = share_text(rank.share) if rank.share is not None else str(rank.number)
    words = f"among the {rank.order} {size} by {value_words(rank.by)}"
    if rank.within is not None:
        words += f" within the same {value_words(rank.within)}"
    notes = []
    if rank.over is not None:
        notes.append(f"of those with: {rule_words(rank.over)}")
    if rank.at_least > 1:
        notes.append(f"groups of at least {rank.at_least}")
    if rank.ties == "include":
        notes.append("ties included")
    return words + (f" ({'; '.join(notes)})" if notes else "")


def compare_words(rule: Compare) -> str:
    match rule:
        case Compare(value=EventMeasure(measure="count") as counted, operand=Decimal() as times) if (
            rule.operator in TIMES
        ):
            return count_words(counted, rule.operator, times)
    subject = value_words(rule.value)
    facts = OPERATORS[rule.operator]
    operands = rule.operand if isinstance(rule.operand, tuple) else (rule.operand,)
    shown = [operand_words(part) for part in operands]
    match rule.operator:
        case "exists" | "missing":
            words = facts.words
        case "between":
            words = f"is between {' and '.join(shown)}"
        case "between_from_now":
            words = f"lies between {' and '.join(shown)} ahead"
        case "weekday_in":
            words = f"falls on {either(map(weekday_words, operands))}"
        case "has_all":
            words = f"has all of {', '.join(shown)}"
        case _:
            words = f"{facts.words} {either(shown)}"
    return f"{subject} {words}" + (" (ignoring case)" if rule.ignore_case else "")


def count_words(counted: EventMeasure, operator: str, times: Decimal) -> str:
    """Return "ordered at least 3 times in the last 90 days" or "no orders in the last 90 days"."""
    window = window_words(counted.during)
    if (times == 0 and operator in ("lte", "is")) or (times == 1 and operator == "lt"):
        return f"no {plural(counted.events)}{filter_words(counted.events)}{window or ' ever'}"
    if (times == 1 and operator == "gte") or (times == 0 and operator == "gt"):
        return f"{verb(counted.events)}{filter_words(counted.events)}{window}"
    often = TIMES[operator].format(number_text(times))
    often = often.replace(" 1 times", " once") if times == 1 else often
    return f"{verb(counted.events)}{filter_words(counted.events)} {often}{window}"


def weekday_words(day: object) -> str:
    return WEEKDAY_NAMES[int(day) - 1].title() if isinstance(day, Decimal) else str(day)


def operand_words(operand: object) -> str:
    match operand:
        case Duration():
            return length(operand)
        case Calendar():
            return period(operand)
        case bool() | str() | Decimal() | dt.date():
            return scalar_words(operand)
        case _:
            return str(operand)


def scalar_words(value: Scalar) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case Decimal():
            return number_text(value)
        case dt.datetime():
            return time_text(value)
        case _:
            return value.isoformat()


def quoted(text: str) -> str:
    """Return a text as it is when it is one word, else in quotation marks."""
    return text if PLAIN_WORD.fullmatch(text) else f"“{text}”"


# ---------------------------------------------------------------- values


def value_words(value: Value) -> str:
    match value:
        case TraitValue(name, path):
            return " → ".join(spaced(step) for step in (name, *path))
        case PropertyValue(path):
            return property_words(path)
        case EventMeasure():
            return measure_words(value)
        case Constant(constant):
            return scalar_words(constant)
        case Arithmetic(operator, left, right):
            return f"({value_words(left)} {SIGNS[operator]} {value_words(right)})"
        case Elapsed(since, unit):
            return f"{unit} since {moment_words(since)}"
        case DatePart(of, part):
            return f"{part} of {moment_words(of)}"
        case Band(of, edges, _):
            return f"the band of {value_words(of)} (edges {', '.join(map(number_text, edges))})"
        case Case(branches, otherwise):
            parts = [f"{value_words(then)} if {rule_words(rule)}" for rule, then in branches]
            parts += [] if otherwise is None else [f"otherwise {value_words(otherwise)}"]
            return f"[{'; '.join(parts)}]"
        case FirstKnown(values):
            return f"the first known of [{'; '.join(map(value_words, values))}]"
        case _:
            assert_never(value)


def spaced(name: str) -> str:
    words = name.replace("_", " ")
    return words if re.fullmatch(r"[\w -]+", words) else f"“{words}”"


def property_words(path: tuple[str, ...]) -> str:
    match path:
        case ("happened_at",):
            return "time"
        case ("happened_at", part):
            return "day" if part == "date" else spaced(part)
        case _:
            return " ".join(map(spaced, path))


def moment_words(value: Value) -> str:
    """Return when something happened as the thing itself: "the last order" instead of "time of the last order"."""
    match value:
        case EventMeasure(measure="first" | "last" | "nth", of=PropertyValue(path=("happened_at",))):
            return f"the {occurrence(value)}"
        case _:
            return value_words(value)


def occurrence(value: EventMeasure) -> str:
    which = last_of(value.measure, value.nth)
    return f"{which} {noun(value.events)}{filter_words(value.events)}{window_words(value.during)}"


def measure_words(value: EventMeasure) -> str:
    things = f"{plural(value.events)}{filter_words(value.events)}{window_words(value.during)}"
    of = "" if value.of is None else property_words(value.of.path)
    match value.measure:
        case "count":
            return f"the number of {things}"
        case "distinct":
            return f"the number of different values of {of} in {things}"
        case "sum":
            return f"the total {of} of {things}"
        case "mean":
            return f"the average {of} of {things}"
        case "min":
            return f"the lowest {of} of {things}"
        case "max":
            return f"the highest {of} of {things}"
        case "first" | "last" | "nth":
            return f"the {of} of the {occurrence(value)}"
        case "most_frequent":
            return f"the most frequent {of} of {things}"
        case "active_days" | "active_weeks" | "active_months":
            return f"the number of {value.measure.removeprefix('active_')} with {things}"
        case "median_gap_days":
            return f"the median number of days between {things}"
        case _:
            assert_never(value.measure)


def filter_words(events: EventFilter) -> str:
    return "" if events.where is None else f" ({rule_words(events.where)})"


# ---------------------------------------------------------------- time


def window_words(window: Window | None) -> str:
    match window:
        case None:
            return ""
        case Last(span):
            return f" in the last {length(span)}"
        case Calendar():
            return f" in {period(window)}"
        case Between(older, newer):
            return f" between {length(older)} and {length(newer)} ago"
        case Absolute(since, until):
            start = "" if since is None else f" from {scalar_words(since)}"
            return start + ("" if until is None else f" until before {scalar_words(until)}")
        case SinceEvent(events, which):
            return f" since the {which} {noun(events)}{filter_words(events)}"
        case _:
            assert_never(window)


def length(span: Duration) -> str:
    return f"{span.amount} {span.unit}{'' if span.amount == 1 else 's'}"


def period(calendar: Calendar) -> str:
    unit = calendar.unit.replace("_", " ")
    if calendar.which == "this":
        return f"the current {unit}"
    return f"the previous {unit}" if calendar.count == 1 else f"the previous {calendar.count} complete {unit}s"
