"""From the tree to its one text. Brackets stand only where the reading would be another without them."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from segmentary.errors import DefinitionError
from segmentary.language.durations import duration_text
from segmentary.language.operators import OPERATORS, WEEKDAY_NAMES
from segmentary.language.scalars import number_text, share_text
from segmentary.language.text_spans import (
    fixed_text,
    in_front,
    moment_text,
    operand_text,
    path_text,
    scalar_text,
    session_text,
    signed_text,
    window_text,
)
from segmentary.language.text_words import name_text
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Case,
    Compare,
    Consent,
    Constant,
    DatePart,
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
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    SinceEvent,
    StaticList,
    Step,
    TraitAtEvent,
    TraitValue,
    Value,
    Window,
)

SIGNS = {"is": "=", "is_not": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
CALCULATIONS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
ZERO = Decimal(0)


def format_text(node: Rule | Value) -> str:
    """Return the canonical text of a rule or value.

    Raises
    ------
    DefinitionError
        when the tree holds what `validate` refuses and no text can say.
    """
    match node:
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
            return rule_text(node)
        case _:
            return value_text(node)


# ---------------------------------------------------------------- rules


def rule_text(rule: Rule, *, of_event: bool = False) -> str:
    """Return a rule; ``of_event`` inside the brackets of an event's ``where``."""
    match rule:
        case All((_, _, *_) as rules):
            return " and ".join(part_text(part, (All, AnyOf), of_event=of_event) for part in rules)
        case AnyOf((_, _, *_) as rules):
            return " or ".join(part_text(part, (AnyOf,), of_event=of_event) for part in rules)
        case All(rules) | AnyOf(rules):
            word = "all" if isinstance(rule, All) else "any"
            return f"{word} ({', '.join(rule_text(part, of_event=of_event) for part in rules)})"
        case Not(part):
            return f"not {part_text(part, (All, AnyOf), of_event=of_event)}"
        case Compare():
            return compare_text(rule, of_event=of_event)
        case _ if of_event:
            hint = "an event filter can only ask about properties of the event"
            raise DefinitionError(f"{type(rule).__name__} has no text inside an event filter", hint=hint)
        case Rank() | StaticList() | Sample() | Sequence() | Related() | Near() | Consent():
            return plain_text(rule)
        case _:
            return past_text(rule)


def part_text(rule: Rule, around: tuple[type, ...], *, of_event: bool) -> str:
    """Return a rule inside another, in brackets where it would be read with what is beside it."""
    text = rule_text(rule, of_event=of_event)
    several = isinstance(rule, All | AnyOf) and len(rule.rules) > 1
    return f"({text})" if several and isinstance(rule, around) else text


def plain_text(rule: Rank | StaticList | Sample | Sequence | Related | Near | Consent) -> str:
    match rule:
        case Rank():
            return rank_text(rule)
        case StaticList(ids, list_name):
            if list_name is not None:
                return f"list {name_text(list_name)}"
            return f"ids ({', '.join(map(name_text, ids))})"
        case Sample(share, salt):
            return f"sample {share_text(share)} salt {name_text(salt)}"
        case Sequence():
            return sequence_text(rule)
        case Related(group, quantifier, inner, operator, operand):
            asked = quantifier if operator is None else f"count {SIGNS[operator]} {operand} of"
            return f"related {group} {asked} ({rule_text(inner)})"
        case Near():
            return near_text(rule)
        case Consent(purpose, channel, granted):
            via = "" if channel is None else f" via {name_text(channel)}"
            return f"consent {name_text(purpose)}{via}{'' if granted else ' denied'}"
        case _:
            assert_never(rule)


def past_text(rule: HasBeen | Had | SegmentReference | SegmentAt | SegmentDuring | SegmentMoved) -> str:
    match rule:
        case HasBeen(condition, at_least, less_than):
            least = "" if at_least is None else f" at least {duration_text(at_least)}"
            below = "" if less_than is None else f" less than {duration_text(less_than)}"
            return f"{compare_text(condition)} for{least}{below}"
        case Had(condition, during):
            return f"{compare_text(condition)} at any time {in_front(during)}"
        case SegmentReference(name, version):
            return f"segment {versioned(name, version)}"
        case SegmentAt(name, at, evaluated, version):
            return f"segment {versioned(name, version)} at {moment_text(at)}{' evaluated' if evaluated else ''}"
        case SegmentDuring(name, during, quantifier, length):
            asked = {"any": "any", "all": "all", "at_end": "end of"}.get(quantifier, "")
            asked = f"at least {duration_text(length)} of" if length is not None else asked
            return f"segment {name_text(name)} during {asked} {fixed_text(during)}"
        case SegmentMoved(name, direction, moved, nth, stayed):
            when = "" if moved is None else f" {in_front(moved)}"
            which = "" if nth is None else f" nth {nth}"
            lasted = "" if stayed is None else f" stayed at least {duration_text(stayed)}"
            return f"segment {name_text(name)} {direction}{when}{which}{lasted}"
        case _:
            assert_never(rule)


def versioned(name: str, version: str | None) -> str:
    return name_text(name) if version is None else f"{name_text(name)}@{name_text(version)}"


def rank_text(rank: Rank) -> str:
    size = share_text(rank.share) if rank.share is not None else str(rank.number)
    parts = ["top" if rank.order == "highest" else "bottom", size, "by", tight_text(rank.by)]
    if rank.within is not None:
        parts += ["within", tight_text(rank.within)]
    if rank.over is not None:
        parts.append(f"over ({rule_text(rank.over)})")
    if rank.ties == "include":
        parts.append("ties included")
    if rank.at_least != 1:
        parts.append(f"at least {rank.at_least}")
    if rank.keep_share is not None:
        parts.append(f"keep {share_text(rank.keep_share)}")
    elif rank.keep_number is not None:
        parts.append(f"keep {rank.keep_number}")
    return " ".join(parts)


def near_text(near: Near) -> str:
    if near.point is not None:
        what = f"point ({', '.join(map(signed_text, near.point))})"
    else:
        what = f"places {name_text(near.places or '')}"
    where = ""
    if near.latitude is not None and near.longitude is not None:
        where = f" from ({value_text(near.latitude)}, {value_text(near.longitude)})"
    return f"within {number_text(near.kilometres)}km of {what}{where}"


def sequence_text(sequence: Sequence) -> str:
    text = f"sequence ({' then '.join(map(step_text, sequence.steps))})"
    if sequence.during is not None:
        text += f" {around_text(sequence.during)}"
    if sequence.within is not None:
        text += f" within {duration_text(sequence.within)}"
    if sequence.anchor is not None:
        text += f" anchor {sequence.anchor}"
    if sequence.session is not None:
        core = session_text(sequence.session)
        inner = sequence.session.within
        text += f" session {core}" if inner is None else f" session ({core} {in_front(inner)})"
    return text


def step_text(step: Step) -> str:
    words = ["no"] * step.absent + ["directly"] * step.directly + [filter_text(step.event)]
    if step.min_gap is not None:
        words.append(f"after {duration_text(step.min_gap)}")
    if step.max_gap is not None:
        words.append(f"within {duration_text(step.max_gap)}")
    words += [f"without {filter_text(other)}" for other in step.without]
    for binding in step.same:
        other = "" if binding.other is None else f" as {path_text(binding.other)}"
        before = "" if binding.step is None else f" step {binding.step}"
        words.append(f"same {path_text(binding.path)}{other}{before}")
    return " ".join(words)


# ---------------------------------------------------------------- conditions


def compare_text(rule: Compare, *, of_event: bool = False) -> str:
    """Return a comparison; a difference compared with 0 is written as one value against the other."""
    match rule:
        case Compare(Arithmetic("subtract", left, right), operator, Decimal() as zero, False) if (
            operator in SIGNS and zero == ZERO and not isinstance(right, Constant) and not of_event
        ):
            return f"{headed_text(left)} {SIGNS[operator]} {headed_text(right)}"
    value = event_value_text(rule.value) if of_event else headed_text(rule.value)
    return f"{value} {judgement_text(rule)}{' ignore_case' if rule.ignore_case else ''}"


def judgement_text(rule: Compare) -> str:
    operator, operand = rule.operator, rule.operand
    takes = OPERATORS[operator].takes
    parts = operand if isinstance(operand, tuple) else (operand,)
    if takes == "flag":
        return operator
    if takes == "weekdays":
        days = [WEEKDAY_NAMES[int(day) - 1] for day in parts if isinstance(day, Decimal)]
        return f"{operator} ({', '.join(days)})"
    shown = [operand_text(part) for part in parts]
    if operator in SIGNS:
        return f"{SIGNS[operator]} {shown[0]}"
    if operator == "between":
        return f"between {' and '.join(shown)}"
    if isinstance(operand, tuple):
        return f"{'not in' if operator == 'not_in' else operator} ({', '.join(shown)})"
    return f"{operator} {shown[0]}"


def event_value_text(value: Value) -> str:
    """Return a value of an event."""
    match value:
        case PropertyValue(path):
            return path_text(path)
        case TraitAtEvent(name, path):
            return f"trait {path_text((name, *path))}"
        case ReferenceValue():
            return fact_text(value)
        case _:
            hint = "an event filter can only ask about properties of the event"
            raise DefinitionError(f"{type(value).__name__} has no text inside an event filter", hint=hint)


def fact_text(value: ReferenceValue) -> str:
    return f"fact {name_text(value.name)} of {name_text(value.table)} by {path_text(value.key.path)}"


# ---------------------------------------------------------------- values


def headed_text(value: Value) -> str:
    """Return a value where a calculation needs brackets."""
    return f"({value_text(value)})" if isinstance(value, Arithmetic) else value_text(value)


def tight_text(value: Value) -> str:
    """Return a value where only a name or fixed value goes without brackets."""
    plain = isinstance(value, TraitValue | PropertyValue | Constant | ModelValue | ReferenceValue)
    return value_text(value) if plain else f"({value_text(value)})"


def value_text(value: Value) -> str:
    """Return a value."""
    match value:
        case TraitValue(name, path):
            return f"trait {path_text((name, *path))}"
        case PropertyValue(path):
            return f"property {path_text(path)}"
        case Constant(constant):
            return scalar_text(constant)
        case ModelValue(model, output, of):
            return f"model {path_text((model, output) if of is None else (model, output, of))}"
        case ReferenceValue():
            return fact_text(value)
        case Arithmetic(operator, left, right):
            return f"{headed_text(left)} {CALCULATIONS[operator]} {headed_text(right)}"
        case Elapsed(since, unit):
            return f"{unit} since {tight_text(since)}"
        case DatePart(of, part):
            return f"{part} of {tight_text(of)}"
        case Band(of, edges, labels):
            cuts, names = ", ".join(map(signed_text, edges)), ", ".join(map(name_text, labels))
            return f"band ({value_text(of)}, ({cuts}), ({names}))"
        case Case(branches, otherwise):
            cases = [f"when {rule_text(rule)} then {value_text(then)}" for rule, then in branches]
            cases += [] if otherwise is None else [f"otherwise {value_text(otherwise)}"]
            return f"case ({' '.join(cases)})"
        case FirstKnown(values):
            return f"first_known ({', '.join(map(value_text, values))})"
        case TraitAtEvent():
            raise DefinitionError("the value at the moment of an event has no text here", hint="put it into a where")
        case _:
            return counted_text(value)


def counted_text(value: EventMeasure | SessionMeasure | PeriodsWith | SequenceCount) -> str:
    match value:
        case EventMeasure():
            return f"events {measure_text(value)}"
        case SessionMeasure(session, measure, containing):
            within = "" if session.within is None else f" {in_front(session.within)}"
            holding = "" if containing is None else f" containing ({filter_text(containing)})"
            return f"sessions {session_text(session)}{within}{holding} {measure}"
        case PeriodsWith(measure, operator, operand, unit, last):
            test = f"{SIGNS[operator]} {signed_text(operand)}"
            return f"periods (events {measure_text(measure)} {test} per {unit} of last {last})"
        case SequenceCount(sequence, latest):
            return f"times ({sequence_text(sequence)}{'' if latest is None else f' latest {latest}'})"
        case _:
            assert_never(value)


def measure_text(value: EventMeasure) -> str:
    words = [filter_text(value.events)]
    if value.during is not None:
        words.append(around_text(value.during))
    words.append(value.measure if value.nth is None else f"{value.measure} {value.nth}")
    if value.of is not None:
        words.append(f"of {path_text(value.of.path)}")
    return " ".join(words)


def filter_text(events: EventFilter) -> str:
    names = [name_text(name) for name in events.names]
    chosen = names[0] if len(names) == 1 else f"({', '.join(names)})" if names else "any"
    return chosen if events.where is None else f"{chosen} where ({rule_text(events.where, of_event=True)})"


def around_text(window: Window) -> str:
    """Return any window."""
    if isinstance(window, SinceEvent):
        return f"since {window.which} event {filter_text(window.event)}"
    if isinstance(window, Session):
        within = "" if window.within is None else f" {in_front(window.within)}"
        return f"in session {session_text(window)}{within}"
    return window_text(window)
