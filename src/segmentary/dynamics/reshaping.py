"""Whether a segment has fallen into two, or two have become one.

**Split.** In one half of a segment's people now, the best cut into two gives a line; along it the other half has to be
two heaps (`heaps.valley` or Hartigan's dip, Bonferroni over segments), the people of the reference must not be (else
the segment always was two), each side must be at least a fifth and twenty people, and both sides must have left the old
middle (else a new group has come up beside it).

**Merge.** Along the line between two segments, the people of the reference leave a valley between them, and the people
now fill it: the share in the middle third of the line is surely higher (two-sample test, Bonferroni over pairs), as
dense as around the two centres, both of which have lost half of their people, and the people of both are two heaps
before and one now (dip test).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentary.dynamics.fit import Labels
from segmentary.dynamics.heaps import valley
from segmentary.models.intervals import difference_of_shares
from segmentary.models.table.typed_table import Floats
from segmentary.models.validate.dip import dip_test

SPLIT_LEVEL = 0.015
MERGE_LEVEL = 0.015
ONE_HEAP = 0.1
LEAST_SIDE = 0.2
LEAST_PEOPLE = 20
LEFT_BEHIND = 0.3
VALLEY = 0.7
FILLED = 0.9
EMPTIED = 0.5


@dataclass(frozen=True, eq=False)
class People:
    """Whitened coordinates (n, d), segments (n,) and weights (n,), summing to the effective number of people."""

    z: Floats
    labels: Labels
    w: Floats


@dataclass(frozen=True, eq=False)
class Parting:
    """A segment that is now two.

    shares, people : on either side; line : (d,) between the sides, which meet at ``middle`` along it.
    """

    segment: int
    shares: tuple[float, float]
    people: tuple[int, int]
    p: float
    line: Floats
    middle: float


@dataclass(frozen=True, eq=False)
class Joining:
    """Two segments that are now one heap.

    valley, valley_before : how dense the middle of the line between them is, against the ends (1: as dense).
    """

    one: int
    other: int
    p: float
    valley: float
    valley_before: float


def partings(now: People, before: People, centres: Floats, *, seed: int) -> tuple[Parting, ...]:
    """Return the segments that have fallen into two. centres : (k, d) of the fitted people."""
    found: list[Parting] = []
    there = [place for place in range(len(centres)) if (now.labels == place).sum() >= 4 * LEAST_PEOPLE]
    for place in there:
        one = parting(now, before, centres[place], place, level=SPLIT_LEVEL / len(there), seed=seed)
        found += [one] if one is not None else []
    return tuple(found)


def parting(now: People, before: People, centre: Floats, place: int, *, level: float, seed: int) -> Parting | None:
    """Return the two sides of a segment, if it has two."""
    from sklearn.cluster import KMeans

    here, there = now.labels == place, before.labels == place
    z, w = now.z[here], now.w[here]
    half = np.random.default_rng([seed, 31, place]).permutation(len(z)) % 2 == 0
    cut = KMeans(2, n_init=10, random_state=seed).fit(z[half], sample_weight=w[half])
    a, b = cut.cluster_centers_
    line = b - a
    length = float(line @ line)
    if length <= 0:
        return None
    far = float(np.sqrt(length))
    along = (z - a) @ line / far
    side = along > far / 2
    share = float(w[side].sum() / w.sum())
    if min(share, 1 - share) < LEAST_SIDE or min(int(side.sum()), int((~side).sum())) < LEAST_PEOPLE:
        return None
    # The dip is sharper for two equal heaps far apart, the valley for unequal ones; two tests, twice the p.
    p = min(1.0, 2 * min(valley(along[~half], w[~half], far), float(dip_test(along[~half], w[~half])[1])))
    was = (before.z[there] - a) @ line / far
    always = valley(was, before.w[there], far) <= ONE_HEAP
    middle = float((centre - a) @ line / length)
    beside = not LEFT_BEHIND < middle < 1 - LEFT_BEHIND
    if p > level or always or beside:
        return None
    return Parting(place, (1 - share, share), (int((~side).sum()), int(side.sum())), p, line, float((a + b) @ line / 2))


def joinings(now: People, before: People, centres: Floats) -> tuple[Joining, ...]:
    """Return the pairs of segments that have become one."""
    found: list[Joining] = []
    k = len(centres)
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k) if neighbours(before, i, j)]
    for i, j in pairs:
        line = centres[j] - centres[i]
        length = float(line @ line)
        if length <= 0:
            continue
        sides = []
        for people in (now, before):
            here = (people.labels == i) | (people.labels == j)
            sides.append(((people.z[here] - centres[i]) @ line / length, people.w[here]))
        one = joining(i, j, sides[0], sides[1], level=MERGE_LEVEL / len(pairs))
        found += [one] if one is not None else []
    return tuple(found)


def neighbours(people: People, i: int, j: int) -> bool:
    return min(int((people.labels == i).sum()), int((people.labels == j).sum())) >= LEAST_PEOPLE


def joining(
    i: int, j: int, now: tuple[Floats, Floats], before: tuple[Floats, Floats], *, level: float
) -> Joining | None:
    """Return whether the valley between two segments is filled.

    now, before : places (n,) of people along the line between the centres (0 and 1), and their weights.
    """
    then, today = depth(*before), depth(*now)
    if today.total < 4 * LEAST_PEOPLE or then.valley > VALLEY or today.valley < FILLED:
        return None
    # People in the middle are a merge only if they came from both ends; else a third heap lies between them.
    if today.low > EMPTIED * then.low or today.high > EMPTIED * then.high:
        return None
    if dip_test(*now)[1] <= ONE_HEAP or dip_test(*before)[1] > ONE_HEAP:
        return None
    compared = difference_of_shares(
        round(today.middle * today.total), round(today.total), round(then.middle * then.total), round(then.total)
    )
    if compared is None or compared.estimate <= 0 or compared.p > level:
        return None
    return Joining(i, j, compared.p, today.valley, then.valley)


@dataclass(frozen=True, slots=True)
class Depth:
    """How people lie along a line: weights, and shares of it in the middle third and around either centre."""

    total: float
    middle: float
    low: float
    high: float

    @property
    def valley(self) -> float:
        """How dense the middle is, against the thinner centre."""
        return self.middle / max(min(self.low, self.high), 1.0 / max(self.total, 1.0))


def depth(along: Floats, w: Floats) -> Depth:
    """Return how people lie along a line from one centre (0) to the other (1)."""
    total = max(float(w.sum()), 1e-9)
    middle = float(w[(along > 1 / 3) & (along < 2 / 3)].sum())
    low = float(w[np.abs(along) < 1 / 6].sum())
    high = float(w[np.abs(along - 1) < 1 / 6].sum())
    return Depth(float(w.sum()), middle / total, low / total, high / total)
