"""What is allowed, but probably not meant: findings for the author, from the tree and what the data says.

Nothing here refuses anything, and nothing here reads data: the `Facts` are counted by the caller.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from segmentary.language.contradiction import contradiction, opposites
from segmentary.language.facts import EventFacts, Facts, TraitFacts
from segmentary.language.lint_patterns import pattern_findings, whole_pattern_findings
from segmentary.language.scalars import plain_text
from segmentary.language.sentence import sentence
from segmentary.language.tree import (
    All,
    AnyOf,
    Compare,
    Definition,
    EventFilter,
    Had,
    HasBeen,
    Not,
    PropertyValue,
    Rule,
    SegmentDefinition,
    TraitValue,
)
from segmentary.language.verdict import as_text, verdict
from segmentary.language.walk import joined, located

__all__ = ["EventFacts", "Facts", "Finding", "TraitFacts", "lint"]

Severity = Literal["warning", "note"]
NEARLY_THE_SAME = Decimal("0.9")
MOSTLY_MISSING = Decimal("0.5")
LEAVES_WITH_VALUES = ("is", "in", "is_not", "not_in", "has_any", "has_all", "has_none")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    pointer : where in the definition, such as ``where/all/1``.
    severity : a warning is most likely a mistake, a note is worth knowing.
    """

    pointer: str
    message: str
    hint: str
    severity: Severity = "warning"


def lint(definition: Definition, facts: Facts) -> list[Finding]:
    """Return what is probably not meant, in the order it is written, then what concerns the whole."""
    found: list[Finding] = []
    seen_by_filter: dict[str, EventFilter] = {}
    # What was is not judged by what is: the values of today say nothing of the past.
    bygone: set[int] = set()
    for pointer, node in located(definition):
        found.extend(Finding(*said) for said in pattern_findings(pointer, node))
        if isinstance(node, EventFilter):
            seen_by_filter[pointer] = node
        match node:
            case All() | AnyOf():
                found.extend(group_findings(pointer, node))
            case Not():
                found.extend(negation_findings(pointer, node, facts))
            case HasBeen(condition=condition) | Had(condition=condition):
                bygone.add(id(condition))
            case Compare() if id(node) not in bygone:
                found.extend(verdict_findings(pointer, node, facts, definition.timezone))
                found.extend(unseen_findings(pointer, node, facts, filter_around(pointer, seen_by_filter)))
    found.extend(Finding(*said) for said in whole_pattern_findings(definition))
    if isinstance(definition, SegmentDefinition):
        found.extend(whole_findings(definition, facts, found))
    return found


def filter_around(pointer: str, filters: dict[str, EventFilter]) -> EventFilter | None:
    """Return the event filter a condition stands in."""
    around = [where for where in filters if pointer.startswith(joined(where, "where"))]
    return filters[max(around, key=len)] if around else None


# ---------------------------------------------------------------- parts


def group_findings(pointer: str, group: All | AnyOf) -> Iterator[Finding]:
    """Yield what is odd about the parts of a group taken together."""
    both = opposites(group.rules)
    if both is not None:
        outcome = "never true" if isinstance(group, All) else "always true"
        yield Finding(
            pointer, f"{outcome}: it asks for “{sentence(both)}” and for its opposite", "remove one of the two"
        )
    clash = contradiction(group) if isinstance(group, All) else None
    if clash is not None:
        asked = ", and ".join(sentence(part) for part in clash)
        yield Finding(pointer, f"never true: “{asked}” cannot hold together", "use any instead of all, or mend a bound")
    for i, part in enumerate(group.rules):
        if part in group.rules[:i]:
            word = "all" if isinstance(group, All) else "any"
            yield Finding(f"{pointer}/{word}/{i}", f"“{sentence(part)}” stands here twice", "remove it", "note")


def negation_findings(pointer: str, rule: Not, facts: Facts) -> Iterator[Finding]:
    """Yield that the complement of a condition holds for everybody whose value is missing."""
    inner = rule.rule
    if not isinstance(inner, Compare) or not isinstance(inner.value, TraitValue) or inner.operator == "missing":
        return
    known = facts.traits.get(inner.value.name)
    if inner.operator == "exists" or known is None or known.filled is None or not facts.population:
        return
    lacking = facts.population - known.filled
    if lacking > 0:
        name = inner.value.name.replace("_", " ")
        message = f"includes the {lacking:,} customers ({percent(lacking, facts.population)}) whose {name} is not known"
        hint = f"to leave them out add {{trait: {inner.value.name}, exists: true}}"
        yield Finding(pointer, message, hint, "note")


def verdict_findings(pointer: str, rule: Compare, facts: Facts, timezone: str | None) -> Iterator[Finding]:
    """Yield that a condition is the same for everybody."""
    found = verdict(rule, facts, timezone)
    if found is not None:
        hint = "is the source stale, or the bound mistaken?" if found.holds == "never" else "it can be removed"
        yield Finding(pointer, f"“{sentence(rule)}” is {found.holds} true: {found.reason}", hint)


def unseen_findings(pointer: str, rule: Compare, facts: Facts, around: EventFilter | None) -> Iterator[Finding]:
    """Yield the values a condition asks for that nobody has."""
    seen = seen_values(rule, facts, around)
    if seen is None or rule.operator not in LEAVES_WITH_VALUES:
        return
    options = rule.operand if isinstance(rule.operand, tuple) else (rule.operand,)
    fold = str.casefold if rule.ignore_case else str
    there = {fold(plain_text(value)) for value, _ in seen}
    for i, option in enumerate(options):
        text = as_text(option)
        if fold(text) not in there:
            where = joined(pointer, rule.operator) + (f"/{i}" if isinstance(rule.operand, tuple) else "")
            near = difflib.get_close_matches(text, [value for value, _ in seen], n=1, cutoff=0.6)
            near = near or [value for value, _ in seen if value.casefold() == text.casefold()]
            often = ", ".join(f"{value} ({count:,})" for value, count in seen[:3])
            hint = (
                f"did you mean {near[0]!r}?" if near else f"values are: {often}" if often else "there are none at all"
            )
            yield Finding(where, f"the value {text!r} was never seen", hint)


def seen_values(rule: Compare, facts: Facts, around: EventFilter | None) -> tuple[tuple[str, int], ...] | None:
    """Return all values of what a condition judges, where all are known."""
    match rule.value:
        case TraitValue(name=name, path=()):
            known = facts.traits.get(name)
            usable = known is not None and known.complete and known.type in ("text", "list")
            return known.top_values if known is not None and usable else None
        case PropertyValue(path=path) if around is not None:
            events = [facts.events.get(name) for name in around.names]
            values = [None if event is None else event.values.get(".".join(path)) for event in events]
            if not values or any(part is None for part in values):
                return None
            return tuple(pair for part in values if part is not None for pair in part)
        case _:
            return None


# ---------------------------------------------------------------- the whole


def whole_findings(definition: SegmentDefinition, facts: Facts, found: list[Finding]) -> Iterator[Finding]:
    """Yield what concerns the definition as a whole."""
    rule = definition.where
    outcome = verdict(rule, facts, definition.timezone)
    if outcome is not None and not any(finding.pointer == "where" for finding in found):
        who = "nobody can be in it" if outcome.holds == "never" else "everybody is in it"
        yield Finding("where", f"{who}: {outcome.reason}", "look at the conditions named above")
    if mixed(rule):
        message = f"and, or are mixed; it is read as: {sentence(rule)}"
        yield Finding("where", message, "if something else is meant, move the brackets", "note")
    yield from missing_findings(facts)
    for name, share in sorted(facts.overlaps.items(), key=lambda pair: (-pair[1], pair[0])):
        if share >= NEARLY_THE_SAME and name != definition.name:
            shown = (share * 100).to_integral_value(rounding="ROUND_FLOOR")
            yield Finding("", f"overlaps {shown} % with segment {name}", "are both needed?", "note")


def missing_findings(facts: Facts) -> Iterator[Finding]:
    """Yield how many are members only because a value is missing."""
    if facts.members and facts.through_missing:
        share = Decimal(facts.through_missing) / facts.members
        severity: Severity = "warning" if share >= MOSTLY_MISSING else "note"
        message = f"{facts.through_missing:,} of {facts.members:,} members are in only because a value is missing"
        yield Finding("where", message, "add exists: true for the traits under not, if they should be out", severity)


def mixed(rule: Rule) -> bool:
    """Say whether groups of both kinds are inside each other; what stands in an event's brackets is apart."""
    kinds: set[type] = set()
    waiting = [rule]
    while waiting:
        part = waiting.pop()
        if isinstance(part, All | AnyOf):
            if len(part.rules) > 1:
                kinds.add(type(part))
            waiting.extend(part.rules)
        elif isinstance(part, Not):
            waiting.append(part.rule)
    return len(kinds) > 1


def percent(part: int, whole: int) -> str:
    share = Decimal(part) * 100 / whole
    return "under 1 %" if share < 1 else f"{share.to_integral_value()} %"
