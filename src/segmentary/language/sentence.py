"""A tree in English that can be read in one way only.

Parts of one group are divided by ", and " or ", or "; a group inside a group, what is negated, and the conditions on an
event stand in brackets.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import assert_never

from segmentary.language.event_words import either, last_of, noun, plural, verb
from segmentary.language.operators import OPERATORS, WEEKDAY_NAMES
from segmentary.language.past_words import (
    begun_words,
    consent_words,
    counted_measure,
    in_window,
    membership_words,
    near_words,
    periods_words,
    related_words,
    sequence_words,
    session_measure_words,
    state_words,
)
from segmentary.language.scalars import number_text, share_text
from segmentary.language.span_words import length, period_words, quoted, scalar_words, spaced
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
    EventFilter,
    EventMeasure,
    FirstKnown,
    Had,
    HasBeen,
    ModelValue,
    Near,
    Not,
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
    Window,
)

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
        case SegmentationDefinition(parts=parts, otherwise=otherwise):
            said = [f"{quoted(part.name)}: {rule_words(part.where)}" for part in parts]
            return f"the first that holds of [{'; '.join(said)}], everybody else {quoted(otherwise)}"
        case (
            All()
            | AnyOf()
            | Not()
            | Compare()
            | Rank()
            | SegmentReference()
            | StaticList()
            | Sample()
            | Sequence()
            | HasBeen()
            | Had()
            | SegmentAt()
            | SegmentDuring()
            | SegmentMoved()
            | Related()
            | Near()
            | Consent()
        ):
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
        case Not(SegmentReference() | StaticList() | Sample() | Sequence() as part):
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
            return pattern_words(rule)


def pattern_words(
    rule: Sequence | HasBeen | Had | SegmentAt | SegmentDuring | SegmentMoved | Related | Near | Consent,
) -> str:
    match rule:
        case Sequence():
            return f"did in this order {sequence_words(rule, rule_words)}"
        case HasBeen() | Had():
            return state_words(rule, rule_words)
        case SegmentAt() | SegmentDuring() | SegmentMoved():
            return membership_words(rule)
        case Related():
            return related_words(rule, rule_words)
        case Near():
            return near_words(rule, value_words)
        case Consent():
            return consent_words(rule)
        case _:
            assert_never(rule)


def inside(rule: Rule) -> str:
    """Return a rule as part of a group: brackets around every group of more than one."""
    match rule:
        case All(rules=(lone,)) | AnyOf(rules=(lone,)):
            return inside(lone)
        case All() | AnyOf() | HasBeen() | Had() | SegmentMoved() | Related():
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
    if rank.keep_share is not None or rank.keep_number is not None:
        kept = share_text(rank.keep_share) if rank.keep_share is not None else str(rank.keep_number)
        notes.append(f"members stay while among the {rank.order} {kept}")
    return words + (f" ({'; '.join(notes)})" if notes else "")


def compare_words(rule: Compare) -> str:
    match rule:
        case Compare(value=EventMeasure(measure="count") as counted, operand=Decimal() as times) if (
            rule.operator in TIMES and counted_measure(counted)
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
            return period_words(operand)
        case bool() | str() | Decimal() | dt.date():
            return scalar_words(operand)
        case _:
            return str(operand)


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
            return looked_up_words(value)


def looked_up_words(
    value: TraitAtEvent | ReferenceValue | ModelValue | SessionMeasure | PeriodsWith | SequenceCount,
) -> str:
    match value:
        case TraitAtEvent(name, path):
            return f"{' → '.join(spaced(step) for step in (name, *path))} at that time"
        case ReferenceValue(table, key, name):
            return f"the {spaced(name)} of its {property_words(key.path)} in {quoted(table)}"
        case ModelValue(model, output, of):
            label = "" if of is None else f" of {quoted(of)}"
            return f"the {spaced(output)}{label} of model {quoted(model)}"
        case SessionMeasure():
            return session_measure_words(value, rule_words)
        case PeriodsWith():
            return periods_words(value, value_words)
        case SequenceCount():
            return begun_words(value, rule_words)
        case _:
            assert_never(value)


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
    if not counted_measure(value):
        things += " (where there are most)" if value.measure == "count" else " (where it is most)"
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


def window_words(window: Window | None) -> str:
    return in_window(window, rule_words)


def filter_words(events: EventFilter) -> str:
    return "" if events.where is None else f" ({rule_words(events.where)})"
