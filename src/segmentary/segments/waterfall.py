"""How many people each condition of a definition removes, groups inside groups included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segmentary.language.sentence import sentence
from segmentary.language.tree import All, AnyOf, Not, Rule, SegmentDefinition


@dataclass(frozen=True, slots=True)
class Fall:
    """One condition of a definition.

    remaining : people left after it and all before it (in an ``any``: who satisfy it or one before it);
    removed : people it took away at its place (in an ``any``: below zero, it lets in);
    alone : people it holds for by itself; without : members there would be if only it were dropped.
    group : all, any or not where it is made of ``parts``, which stand for the people left before it; else empty.
    """

    condition: str
    remaining: int
    removed: int
    alone: int
    without: int
    group: str = ""
    parts: tuple[Fall, ...] = ()


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From everybody to the members, condition by condition in the order they are written."""

    segment: str
    universe: int
    steps: tuple[Fall, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A condition at its place: its path, what stands before it all the way out, and how its group puts rules together.

    before : all of these hold of the people who come to its group; earlier : the rules of its group in front of it.
    """

    path: tuple[int, ...]
    rule: Rule
    group: str
    before: tuple[Rule, ...]
    earlier: tuple[Rule, ...]

    @property
    def key(self) -> str:
        """The path as part of a name: ``0_2``."""
        return "_".join(map(str, self.path))

    @property
    def after(self) -> Rule:
        """The rule of those who are left after it."""
        reached = (*self.earlier, self.rule)
        if self.group == "any":
            return together((*self.before, reached[0] if len(reached) == 1 else AnyOf(reached)))
        return together((*self.before, *reached))


def conditions(rule: Rule) -> tuple[Rule, ...]:
    """Return the conditions that all have to hold."""
    return rule.rules if isinstance(rule, All) else (rule,)


def parts_of(rule: Rule) -> tuple[str, tuple[Rule, ...]]:
    """Return how a condition is put together and of what; a single one is of nothing."""
    match rule:
        case All(rules):
            return "all", rules
        case AnyOf(rules):
            return "any", rules
        case Not(inner) if parts_of(inner)[1]:
            return "not", (inner,)
        case _:
            return "", ()


def spots(
    rules: Sequence[Rule], group: str = "all", before: tuple[Rule, ...] = (), path: tuple[int, ...] = ()
) -> Iterator[Spot]:
    """Yield every condition of a group and of the groups in it, each before its parts."""
    for i, rule in enumerate(rules):
        spot = Spot((*path, i), rule, group, before, tuple(rules[:i]))
        yield spot
        kind, parts = parts_of(rule)
        if parts:
            # Who comes to a part of an `any` are all who come to the `any`, whatever the part before it said.
            inside = before if group == "any" else (*before, *rules[:i])
            yield from spots(parts, "all" if kind == "not" else kind, inside, spot.path)


def dropped(rules: Sequence[Rule], path: tuple[int, ...], group: str) -> Rule | None:
    """Return a group without the condition at a path; nothing when it was the only one."""
    first, *rest = path
    kept = list(rules)
    kind, parts = parts_of(rules[first])
    inner = dropped(parts, tuple(rest), "all" if kind == "not" else kind) if rest else None
    if inner is None:
        del kept[first]
    else:
        kept[first] = Not(inner) if kind == "not" else inner
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else AnyOf(tuple(kept)) if group == "any" else All(tuple(kept))


def steps(definition: SegmentDefinition) -> dict[str, SegmentDefinition]:
    """Return the segments to evaluate, all in one pass: after_i, alone_i and without_i for every condition i."""
    rules = conditions(definition.where)
    wanted: dict[str, Rule] = {}
    for spot in spots(rules):
        wanted[f"after_{spot.key}"] = spot.after
        wanted[f"alone_{spot.key}"] = spot.rule
        rest = dropped(rules, spot.path, "all")
        if rest is not None:
            wanted[f"without_{spot.key}"] = rest
    return {name: replace(definition, name=name, where=rule) for name, rule in wanted.items()}


def together(rules: Sequence[Rule]) -> Rule:
    return rules[0] if len(rules) == 1 else All(tuple(rules))


def waterfall(definition: SegmentDefinition, counts: Mapping[str, int], universe: int) -> Waterfall:
    """Put the counts of `steps` together."""
    rules = conditions(definition.where)
    return Waterfall(definition.name, universe, falls(rules, "all", (), universe, counts, universe))


def falls(
    rules: Sequence[Rule],
    group: str,
    path: tuple[int, ...],
    coming: int,
    counts: Mapping[str, int],
    universe: int,
) -> tuple[Fall, ...]:
    """Put a group together. ``coming`` is how many people come to it."""
    found: list[Fall] = []
    remaining = 0 if group == "any" else coming
    for i, rule in enumerate(rules):
        here = (*path, i)
        key = "_".join(map(str, here))
        after = counts[f"after_{key}"]
        without = counts.get(f"without_{key}", universe)
        kind, parts = parts_of(rule)
        inner_coming = coming if group == "any" else remaining
        inner = falls(parts, "all" if kind == "not" else kind, here, inner_coming, counts, universe) if parts else ()
        found.append(Fall(sentence(rule), after, remaining - after, counts[f"alone_{key}"], without, kind, inner))
        remaining = after
    return tuple(found)
