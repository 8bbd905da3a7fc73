"""What a segment uses more and less than everybody else: products, categories, prices, channels, times, topics.

The measure is a person's own: which part of somebody's purchases (orders, chats) goes to an item. Its mean over the
people of a segment is compared with its mean over everybody else, so a heavy buyer counts as much as a light one, and a
segment that simply buys less does not under-use everything. Beside it stand the share of people who used the item at
all, and the share of money. All tests of a question are one family: by default the chance that even one of all claims
is false stays below 5% (Holm); many true differences would otherwise carry a few false ones along (Benjamini &
Hochberg, to be had on demand). Differences below a floor are not told, however certain.

References: Welch (1947), Biometrika 34; Holm (1979), Scandinavian Journal of Statistics 6(2); Benjamini & Hochberg
(1995), JRSS B 57(1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.measurement.tailoring.facts import Dimension, Period, facts_query
from segmentary.models.intervals import (
    Difference,
    Interval,
    Moments,
    benjamini_hochberg,
    difference_of_means,
    holm,
    mean_interval,
    normal_quantile,
    wilson,
)
from segmentary.models.progress import Tell, quiet

PERSONAL, ITEMS, USES, PEOPLE = (
    Path(__file__).with_name(f"{name}.sql") for name in ("personal", "items", "uses", "people")
)
PERSONAL_TABLE = "tailoring_personal"
EVERYBODY = -1
"""The number of the segment that holds everybody, in a relation of members."""
MOST_ITEMS = 200
"""Items of a dimension that are compared: those most people use."""
LEAST_EFFECT = 0.1
"""Differences of less than so many standard deviations between people are not told."""
LEVEL = 0.05
Correction = Literal["holm", "bh"]
Verdict = Literal["over", "under", "alike", "unclear"]


@dataclass(frozen=True, slots=True)
class Use:
    """How much a segment uses one item, against everybody else.

    people, others : how many in the segment and outside it did anything of the dimension; only they are compared.
    users : how many of the people used the item.
    part, part_of_others : mean part of a person's own uses that goes to the item. index : 100 x their ratio (infinite
    where others do not use it at all, missing where nobody does).
    difference : of the two, with its interval, effect (Cohen's d) and p; missing where nothing varies.
    p : corrected for all tests of the question.
    penetration, penetration_of_others : share of people who used it at all. money, money_of_others : share of what is
    spent; missing where money has no meaning.
    verdict : over, under, alike (too small a difference to matter, and that is known), unclear. label : what the item
    is called, where its name is no word: of products. circular : the segment's definition names the item, so that it
    uses more or less of it says nothing new.
    """

    segment: str
    dimension: str
    item: str
    people: int
    others: int
    users: int
    part: Interval
    part_of_others: Interval
    index: float | None
    difference: Difference | None
    p: float
    penetration: Interval
    penetration_of_others: Interval
    money: Interval | None
    money_of_others: Interval | None
    verdict: Verdict
    label: str = ""
    circular: bool = False

    @property
    def said(self) -> str:
        """What the item is called."""
        return self.label or self.item

    @property
    def sureness(self) -> float:
        """How large the difference is at least, in standard deviations: the end of its interval nearer to none."""
        if self.difference is None:
            return 0.0
        low, high = self.difference.effect_low, self.difference.effect_high
        return 0.0 if low <= 0 <= high else min(abs(low), abs(high))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        document = asdict(self)
        if self.index is not None and not math.isfinite(self.index):
            document["index"] = None
        return document


@dataclass(frozen=True, slots=True)
class Uses:
    """What every segment uses more and less than everybody else.

    rows : by segment, dimension and falling size of the difference. tests : how many tests were corrected for.
    withheld : segment and dimension with too few people to compare. left_out : dimension -> items beyond `MOST_ITEMS`.
    """

    rows: tuple[Use, ...]
    tests: int
    withheld: tuple[tuple[str, str], ...] = ()
    left_out: Mapping[str, int] | None = None

    def of(self, segment: str, dimension: str | None = None) -> tuple[Use, ...]:
        """Return the rows of a segment."""
        return tuple(
            one for one in self.rows if one.segment == segment and (dimension is None or one.dimension == dimension)
        )

    def called(self, dimension: str, labels: Mapping[str, str]) -> Uses:
        """Return them with items of a dimension called by their names."""
        rows = (
            replace(one, label=labels[one.item]) if one.dimension == dimension and labels.get(one.item) else one
            for one in self.rows
        )
        return replace(self, rows=tuple(rows))

    def defined_by(self, named: Mapping[str, Set[str]]) -> Uses:
        """Return them with those items marked that a segment's own definition names (segment -> texts in it)."""
        rows = (replace(one, circular=one.item in named.get(one.segment, ())) for one in self.rows)
        return replace(self, rows=tuple(rows))

    def told(self) -> tuple[Use, ...]:
        """Return what is over- or under-used."""
        return tuple(one for one in self.rows if one.verdict in ("over", "under"))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "tests": self.tests,
            "rows": [one.to_document() for one in self.rows],
            "withheld": [list(one) for one in self.withheld],
            "left_out": dict(self.left_out or {}),
        }


@dataclass(frozen=True, slots=True)
class ItemSums:
    """Sums over the people of a group who used an item; see ``uses.sql``."""

    users: int = 0
    parts: float = 0.0
    part_squares: float = 0.0
    spent: float = 0.0
    spent_squares: float = 0.0
    spent_products: float = 0.0

    def without(self, other: ItemSums) -> ItemSums:
        """Return the sums over those who are not in the other group, which is part of this one."""
        return ItemSums(
            self.users - other.users,
            self.parts - other.parts,
            self.part_squares - other.part_squares,
            self.spent - other.spent,
            self.spent_squares - other.spent_squares,
            self.spent_products - other.spent_products,
        )


@dataclass(frozen=True, slots=True)
class GroupSums:
    """People of a group who did anything of a dimension, and what they spent."""

    people: int = 0
    spent: float = 0.0
    spent_squares: float = 0.0

    def without(self, other: GroupSums) -> GroupSums:
        """Return the sums over those who are not in the other group, which is part of this one."""
        return GroupSums(self.people - other.people, self.spent - other.spent, self.spent_squares - other.spent_squares)


def uses(
    engine: Engine,
    events: exp.Table | exp.Query,
    members: exp.Query,
    segments: Sequence[str],
    dimensions: Sequence[Dimension],
    period: Period,
    *,
    least_people: int = 11,
    least_effect: float = LEAST_EFFECT,
    correction: Correction = "holm",
    tell: Tell = quiet,
) -> Uses:
    """Compare what every segment uses with what everybody else uses.

    Parameters
    ----------
    members : customer_id and segment: the place in `segments`, and `EVERYBODY` once for every customer there is.
    least_people : with fewer people on a side nothing is compared; items used by fewer people are left out.
    least_effect : smallest difference that is told, in standard deviations between people.
    correction : ``holm`` (no false claim at all, with 95%) or ``bh`` (at most 5% of the claims, on average).
    """
    rows: list[Use] = []
    withheld: list[tuple[str, str]] = []
    left_out: dict[str, int] = {}
    for place, dimension in enumerate(dimensions):
        tell(f"counting {dimension.name}", place / len(dimensions))
        found = counted(engine, facts_query(events, dimension, period), members, least_people)
        everybody = found.groups.get(EVERYBODY, GroupSums())
        if everybody.people == 0:  # the data do not record it
            continue
        if found.left_out:
            left_out[dimension.name] = found.left_out
        for number, segment in enumerate(segments):
            here = found.groups.get(number, GroupSums())
            if min(here.people, everybody.people - here.people) < least_people:
                withheld.append((segment, dimension.name))
                continue
            groups = (here, everybody.without(here))
            rows += [
                use_of(segment, dimension, item, groups, sums.get(number, ItemSums()), sums[EVERYBODY])
                for item, sums in found.items.items()
            ]
    tell("comparing", 1.0)
    judged = with_verdicts(rows, least_effect, correction)
    order = {name: place for place, name in enumerate(segments)}
    dims = {one.name: place for place, one in enumerate(dimensions)}
    judged.sort(key=lambda one: (order[one.segment], dims[one.dimension], -effect_size(one), one.item))
    return Uses(tuple(judged), sum(one.difference is not None for one in judged), tuple(withheld), left_out)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the engine counted of one dimension: people by segment, sums by item and segment, items left out."""

    groups: Mapping[int, GroupSums]
    items: Mapping[str, Mapping[int, ItemSums]]
    left_out: int


def counted(engine: Engine, facts: exp.Query, members: exp.Query, least_people: int) -> Counted:
    """Count a dimension: each customer's own uses once, and from them the items most people use, by segment."""
    engine.create_as(PERSONAL_TABLE, query(PERSONAL, facts=facts), temporary=True)
    try:
        personal = exp.table_(PERSONAL_TABLE, quoted=True)
        groups = {
            int(segment): GroupSums(int(people), round(float(spent), 6), round(float(squares), 6))
            for segment, people, spent, squares in engine.rows(query(PEOPLE, personal=personal, members=members))
        }
        known = [(str(item), int(n)) for item, n in engine.rows(query(ITEMS, personal=personal, least=least_people))]
        known.sort(key=lambda one: (-one[1], one[0]))
        items: dict[str, dict[int, ItemSums]] = {item: {} for item, _ in known[:MOST_ITEMS]}
        if items:
            told = query(USES, personal=personal, members=members, items=tuple(items))
            for segment, item, users, *more in engine.rows(told):
                items[str(item)][int(segment)] = ItemSums(int(users), *(round(float(one), 9) for one in more))
        # Items used only by people who are no customers any more have nobody behind them.
        kept = {item: sums for item, sums in items.items() if EVERYBODY in sums}
        return Counted(groups, kept, len(known) - len(known[:MOST_ITEMS]))
    finally:
        engine.drop(PERSONAL_TABLE)


def effect_size(use: Use) -> float:
    return abs(use.difference.effect) if use.difference is not None else 0.0


def use_of(
    segment: str,
    dimension: Dimension,
    item: str,
    groups: tuple[GroupSums, GroupSums],
    own: ItemSums,
    everybody: ItemSums,
) -> Use:
    """Compare one item; the verdict comes when all tests are known."""
    here, there = groups
    rest = everybody.without(own)
    one, two = moments(here.people, own), moments(there.people, rest)
    difference = difference_of_means(one, two)
    index = 100 * one.mean / two.mean if two.mean > 0 else (math.inf if one.mean > 0 else None)
    return Use(
        segment=segment,
        dimension=dimension.name,
        item=item,
        people=here.people,
        others=there.people,
        users=own.users,
        part=mean_part(one),
        part_of_others=mean_part(two),
        index=index,
        difference=difference,
        p=difference.p if difference is not None else 1.0,
        penetration=wilson(own.users, here.people),
        penetration_of_others=wilson(rest.users, there.people),
        money=money_share(here, own) if dimension.money else None,
        money_of_others=money_share(there, rest) if dimension.money else None,
        verdict="unclear",
    )


def moments(people: int, sums: ItemSums) -> Moments:
    """Return the mean part and its variance over all people of a group; those who did not use the item have 0."""
    mean = max(0.0, sums.parts / people)
    spread = max(0.0, sums.part_squares - people * mean * mean)
    return Moments(people, mean, spread / max(1, people - 1))


def mean_part(group: Moments) -> Interval:
    """Return a mean part with its interval, within 0 and 1."""
    if group.n < 2:
        return Interval(group.mean, 0.0, 1.0, group.n)
    if group.variance == 0:
        # Everybody alike: what a share of none (or all) of n people leaves open.
        bound = wilson(round(group.mean) * group.n, group.n)
        return Interval(group.mean, bound.low, bound.high, group.n)
    found = mean_interval(group)
    return replace(found, low=max(0.0, found.low), high=min(1.0, found.high))


def money_share(group: GroupSums, item: ItemSums) -> Interval | None:
    """Return the share of a group's money that goes to an item: a ratio of sums over people."""
    if group.spent <= 0:
        return None
    share = item.spent / group.spent
    # Sum over people of (spent on it - share x spent at all)^2, multiplied out.
    spread = item.spent_squares - 2 * share * item.spent_products + share * share * group.spent_squares
    half = normal_quantile(0.95) * math.sqrt(max(0.0, spread) * group.people / max(1, group.people - 1)) / group.spent
    return Interval(share, max(min(0.0, share), share - half), min(max(1.0, share), share + half), group.people)


def with_verdicts(rows: Sequence[Use], least_effect: float, correction: Correction) -> list[Use]:
    """Correct all p-values together and say what is over- and under-used."""
    tested = [place for place, one in enumerate(rows) if one.difference is not None]
    correct = holm if correction == "holm" else benjamini_hochberg
    corrected = dict(zip(tested, correct([rows[place].p for place in tested]), strict=True))
    found = []
    for place, one in enumerate(rows):
        p = corrected.get(place, 1.0)
        found.append(replace(one, p=p, verdict=verdict_of(one.difference, p, least_effect)))
    return found


def verdict_of(difference: Difference | None, p: float, least_effect: float) -> Verdict:
    if difference is None:
        return "unclear"
    if p < LEVEL and abs(difference.effect) >= least_effect:
        return "over" if difference.estimate > 0 else "under"
    known_small = max(abs(difference.effect_low), abs(difference.effect_high)) < 2 * least_effect
    return "alike" if known_small else "unclear"
