"""How many people each condition of a definition removes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from segmentary.language.sentence import sentence
from segmentary.language.tree import All, Rule, SegmentDefinition


@dataclass(frozen=True, slots=True)
class Fall:
    """One condition of a definition.

    remaining : people left after it and all before it; removed : people it took away at its place;
    alone : people it holds for by itself; without : people there would be if only it were dropped.
    """

    condition: str
    remaining: int
    removed: int
    alone: int
    without: int


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From everybody to the members, condition by condition in the order they are written."""

    segment: str
    universe: int
    steps: tuple[Fall, ...]


def conditions(rule: Rule) -> tuple[Rule, ...]:
    """Return the conditions that all have to hold."""
    return rule.rules if isinstance(rule, All) else (rule,)


def steps(definition: SegmentDefinition) -> dict[str, SegmentDefinition]:
    """Return the segments to evaluate, in one pass: after_i, alone_i and without_i for every condition i."""
    rules = conditions(definition.where)
    wanted: dict[str, Rule] = {}
    for i, rule in enumerate(rules):
        wanted[f"after_{i}"] = together(rules[: i + 1])
        wanted[f"alone_{i}"] = rule
        if len(rules) > 1:
            wanted[f"without_{i}"] = together([*rules[:i], *rules[i + 1 :]])
    return {name: replace(definition, name=name, where=rule) for name, rule in wanted.items()}


def together(rules: Sequence[Rule]) -> Rule:
    return rules[0] if len(rules) == 1 else All(tuple(rules))


def waterfall(definition: SegmentDefinition, counts: Mapping[str, int], universe: int) -> Waterfall:
    """Put the counts of `steps` together."""
    falls: list[Fall] = []
    remaining = universe
    for i, rule in enumerate(conditions(definition.where)):
        after = counts[f"after_{i}"]
        without = counts.get(f"without_{i}", universe)
        falls.append(Fall(sentence(rule), after, remaining - after, counts[f"alone_{i}"], without))
        remaining = after
    return Waterfall(definition.name, universe, tuple(falls))
