"""Shorter rules that say the same: conditions that nothing depends on are dropped.

Leaves of different segments exclude each other, so a condition of a leaf may go as long as the wider leaf still
excludes every leaf of another segment: what it gains was its own segment's already, or nobody's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from segmentary.models.describe.rule_tests import Condition
from segmentary.models.describe.rule_tree import Leaf
from segmentary.models.table.columns import Column

Atoms: TypeAlias = frozenset[int]
"""Levels of a column (of a number: the stretches between its cuts); -1: unknown."""
Box: TypeAlias = dict[str, Atoms]


def shortened_leaves(leaves: Sequence[Leaf], columns: Sequence[Column]) -> tuple[Leaf, ...]:
    """Return leaves that are true of the same people as these, with as few conditions as can be dropped one by one.

    Leaves of one segment may overlap then; those of different segments never do. People with an unknown value where
    nobody had one before may be in a leaf although they were in none.
    """
    cuts = cuts_of(leaves)
    levels = {column.name: len(column.levels) for column in columns}
    paths = [list(shortest(leaf.path)) for leaf in leaves]
    boxes = [box(path, cuts, levels) for path in paths]
    for place, leaf in enumerate(leaves):
        others = [boxes[i] for i, other in enumerate(leaves) if other.segment != leaf.segment]
        for condition in reversed(list(paths[place])):
            wider = [one for one in paths[place] if one is not condition]
            tried = box(wider, cuts, levels)
            if wider and all(apart(tried, other) for other in others):
                paths[place], boxes[place] = wider, tried
    kept = []
    for place, leaf in enumerate(leaves):
        inside = any(
            i != place
            and other.segment == leaf.segment
            and contains(boxes[i], boxes[place])
            and (i < place or not contains(boxes[place], boxes[i]))
            for i, other in enumerate(leaves)
        )
        if not inside:
            kept.append(Leaf(tuple(paths[place]), leaf.segment))
    return tuple(kept)


def cuts_of(leaves: Sequence[Leaf]) -> dict[str, list[Decimal]]:
    found: dict[str, set[Decimal]] = {}
    for leaf in leaves:
        for one in leaf.path:
            if one.at_least is not None:
                found.setdefault(one.column, set()).add(one.at_least)
    return {column: sorted(cuts) for column, cuts in found.items()}


def box(path: Sequence[Condition], cuts: Mapping[str, list[Decimal]], levels: Mapping[str, int]) -> Box:
    """Return per column of some conditions the atoms all of them allow."""
    found: Box = {}
    for one in path:
        if one.at_least is not None:
            atoms = range(len(cuts[one.column]) + 1)
            hit = frozenset(atoms[bisect_left(cuts[one.column], one.at_least) + 1 :])
        else:
            atoms, hit = range(levels[one.column]), one.codes
        allowed = hit
        if one.way != "yes":
            allowed = frozenset(atoms) - hit | (frozenset({-1}) if one.way == "not" else frozenset())
        found[one.column] = found[one.column] & allowed if one.column in found else allowed
    return found


def apart(one: Box, other: Box) -> bool:
    """Say whether nobody can be in both."""
    return any(not (one[column] & other[column]) for column in one.keys() & other.keys())


def contains(outer: Box, inner: Box) -> bool:
    """Say whether everybody in the inner box is in the outer one."""
    return all(column in inner and inner[column] <= atoms for column, atoms in outer.items())


def shortest(path: Sequence[Condition]) -> tuple[Condition, ...]:
    """Return conditions that mean the same together, several of one kind on one column said as one."""
    found: list[Condition] = []
    for condition in path:
        for place, earlier in enumerate(found):
            joint = both(earlier, condition)
            if joint is not None:
                found[place] = joint
                break
        else:
            found.append(condition)
    return tuple(found)


def both(one: Condition, other: Condition) -> Condition | None:
    """Return the one condition that says both, where there is one."""
    if one.column != other.column or one.way != other.way:
        return None
    if one.at_least is not None and other.at_least is not None:
        larger, smaller = max(one.at_least, other.at_least), min(one.at_least, other.at_least)
        return replace(one, at_least=larger if one.way == "yes" else smaller)
    if one.way == "yes":
        return replace(one, codes=one.codes & other.codes)
    return replace(one, codes=one.codes | other.codes)
