"""A solution said in rules of the segment language that people can read, with how far the rules agree with it.

A small decision tree is grown on the columns (`rule_tree`); the leaves of a segment, joined by "or", are its rule. The
rules exclude each other. The number of leaves is the smallest whose cross-validated agreement is within one standard
error of the best (Breiman et al. 1984); agreement, precision and recall are those of the folds left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from segmentary.language.sentence import sentence
from segmentary.language.tree import All, AnyOf, Compare, Not, Rule, TraitValue, ValueType
from segmentary.language.writing import rule_document
from segmentary.models.describe.description import ReadableRule
from segmentary.models.describe.estimates import sums_by, weighted_share
from segmentary.models.describe.rule_shortening import shortened_leaves
from segmentary.models.describe.rule_tests import Condition, trait_type
from segmentary.models.describe.rule_tree import Leaf, grower, placed
from segmentary.models.intervals import Interval
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

FOLDS = 5
LEARNED_ON = 10_000
LEAST_PEOPLE = 20


@dataclass(frozen=True, eq=False)
class RuleSet:
    """Rules of all segments.

    leaves : of the tree. rules : segment -> its rule; segments no leaf stands for have none. readable : the same with
    figures; empty where the rules agree no better than always naming the largest segment would. agreement : share of
    people whom the rules put where the solution does.
    """

    columns: tuple[Column, ...]
    leaves: tuple[Leaf, ...]
    rules: dict[int, Rule]
    readable: tuple[ReadableRule, ...]
    agreement: Interval

    def place(self, table: TypedTable) -> npt.NDArray[np.intp]:
        """Return (n,) whose rule holds; -1 where none does."""
        return placed(self.leaves, table)


def find_rules(
    table: TypedTable,
    labels: npt.NDArray[np.intp],
    k: int,
    *,
    types: Mapping[str, ValueType] | None = None,
    seed: int = 0,
    tell: Tell = quiet,
) -> RuleSet | None:
    """Return rules for the segments; None where there are too few people or nothing to say.

    labels : (n,) 0 ... k-1 of every row. types : per column the type of its trait, where levels do not say it.
    """
    random = np.random.default_rng(seed)
    if len(table) > LEARNED_ON:
        rows = np.sort(random.choice(len(table), LEARNED_ON, replace=False))
        table, labels = table.take(rows), labels[rows]
    if len(table) < LEAST_PEOPLE or len(np.unique(labels)) < 2 or not table.columns:
        return None
    deepest = max(4, int(np.ceil(np.log2(k))) + 1)
    most = 2 * k + 2
    given = crossed(table, labels, k, deepest, most, random, tell)
    trees = list(grower(table, labels, k, deepest=deepest).grown(most))
    hits = given[: len(trees)] == labels
    count = chosen(hits, table.weight)
    leaves = shortened_leaves(collapsed(trees[count]), table.columns)
    if len(leaves) < 2:
        return None
    rules = segment_rules(leaves, table, k, types)
    unseen = given[count]
    agreement = weighted_share(unseen == labels, table.weight)
    if not better(unseen == labels, labels == largest(labels, table.weight, k), table.weight):
        return RuleSet(table.columns, leaves, rules, (), agreement)
    readable = tuple(
        ReadableRule(
            segment,
            rule_document(rule),
            sentence(titled(rule, table.columns)),
            share_within(labels == segment, unseen == segment, table.weight),
            share_within(unseen == segment, labels == segment, table.weight),
        )
        for segment, rule in sorted(rules.items())
    )
    return RuleSet(table.columns, leaves, rules, readable, agreement)


def largest(labels: npt.NDArray[np.intp], weight: Floats, k: int) -> int:
    return int(np.argmax(sums_by(labels, weight, k)))


def better(hits: npt.NDArray[np.bool_], others: npt.NDArray[np.bool_], weight: Floats) -> bool:
    """Say whether some hits are surely more than others of the same people."""
    gap = hits.astype(np.float64) - others
    mean = float(weight @ gap / weight.sum())
    return mean > 1.96 * float(np.sqrt(weight**2 @ (gap - mean) ** 2) / weight.sum())


def crossed(
    table: TypedTable,
    labels: npt.NDArray[np.intp],
    k: int,
    deepest: int,
    most: int,
    random: np.random.Generator,
    tell: Tell,
) -> npt.NDArray[np.intp]:
    """Return (most, n) the segments given to people by trees grown without them, by number of leaves."""
    folds = random.permutation(np.arange(len(labels)) % FOLDS)
    found = np.full((most, len(labels)), -1, dtype=np.intp)
    for fold in range(FOLDS):
        tell("rules people can read", fold / FOLDS)
        left, train = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if len(train) == 0 or len(left) == 0:
            continue
        rest, last = table.take(left), -1
        for last, leaves in enumerate(grower(table.take(train), labels[train], k, deepest=deepest).grown(most)):
            found[last, left] = placed(leaves, rest)
        # A tree that could not grow further stays as it is.
        found[last + 1 :, left] = found[last, left]
    return found


def chosen(hits: npt.NDArray[np.bool_], weight: Floats) -> int:
    """Return which tree to take, from hits (trees, n) on unseen people."""
    total = weight.sum()
    agreement = hits @ weight / total
    best = int(np.argmax(agreement))
    for place in range(best + 1):
        gap = hits[best].astype(np.float64) - hits[place]
        mean = float(weight @ gap / total)
        if mean <= float(np.sqrt(weight**2 @ (gap - mean) ** 2) / total):
            return place
    return best


def collapsed(leaves: Sequence[Leaf]) -> tuple[Leaf, ...]:
    """Return the leaves with sisters of one segment joined into their parent."""
    found = list(leaves)
    while True:
        by_parent: dict[tuple[Condition, ...], list[int]] = {}
        for place, leaf in enumerate(found):
            if leaf.path:
                by_parent.setdefault(parent(leaf), []).append(place)
        for path, places in by_parent.items():
            pair = [found[place] for place in places]
            if len(pair) == 2 and pair[0].segment == pair[1].segment and is_split(pair[0].path[-1], pair[1].path[-1]):
                found[places[0] : places[1] + 1] = [Leaf(path, pair[0].segment)]
                break
        else:
            return tuple(found)


def parent(leaf: Leaf) -> tuple[Condition, ...]:
    return leaf.path[:-1]


def is_split(one: Condition, other: Condition) -> bool:
    """Say whether two conditions are the sides of one split that leaves nobody out (unknown values included)."""
    same = (one.column, one.at_least, one.codes) == (other.column, other.at_least, other.codes)
    return same and one.way != other.way


def segment_rules(
    leaves: Sequence[Leaf], table: TypedTable, k: int, types: Mapping[str, ValueType] | None
) -> dict[int, Rule]:
    """Return each segment's rule: any of its leaves, each all of its conditions; what all share is said once."""
    columns = {column.name: (column, trait_type(column, types)) for column in table.columns}
    found: dict[int, Rule] = {}
    for segment in range(k):
        own = [leaf.path for leaf in leaves if leaf.segment == segment and leaf.path]
        if not own:
            continue
        shared = [one for one in own[0] if all(one in path for path in own)]
        rest = [tuple(one for one in path if one not in shared) for path in own]
        parts: list[Rule] = [one.rule(*columns[one.column]) for one in shared]
        if len(own) > 1:
            parts.append(AnyOf(tuple(joined([one.rule(*columns[one.column]) for one in path]) for path in rest)))
        found[segment] = joined(parts)
    return found


def joined(parts: Sequence[Rule]) -> Rule:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def share_within(hits: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_], weight: Floats) -> Interval:
    """Return the share of hits among some people; 0 with everything open where there is nobody."""
    if not among.any():
        return Interval(0.0, 0.0, 1.0, 0)
    return weighted_share(hits[among], weight[among])


def titled(rule: Rule, columns: Sequence[Column]) -> Rule:
    """Return the rule with the titles of its columns in the place of their names, to be read aloud."""
    titles = {column.name: column.title or column.name for column in columns}

    def renamed(part: Rule) -> Rule:
        match part:
            case All(rules):
                return All(tuple(map(renamed, rules)))
            case AnyOf(rules):
                return AnyOf(tuple(map(renamed, rules)))
            case Not(inner):
                return Not(renamed(inner))
            case Compare(value=TraitValue(name=name)):
                return replace(part, value=TraitValue(titles.get(name, name)))
            case _:
                return part

    return renamed(rule)
