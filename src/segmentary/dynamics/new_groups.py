"""Whether those who no longer fit are a new group: one that comes back, apart from every segment, and not there before.

People are halved. In one half, places where people who do not fit crowd together are looked for (k-means among them,
then the mean of those around, repeatedly). The best places are then judged by the other half only:

- **new**: more people are there than the reference lets expect (exact test of two Poisson counts, Bonferroni);
- **apart**: along the line to the nearest segment the people of both are two heaps (`heaps.valley`);
- **back**: the other half finds the same place by itself, and both put the same people in it (Jaccard);
- **large**: at least 2 % of the people and 20 of them.

Whatever fails one of them is "people who do not fit, but not a group".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentary.dynamics.fit import Baseline, Labels
from segmentary.dynamics.heaps import TOWARDS_SMALL, valley
from segmentary.models.table.typed_table import Floats

LEVEL = 0.02
APART_LEVEL = 0.05
FARTHEST = 3
LEAST_DISTANCE = 2.5
LEAST_JACCARD = 0.6
LEAST_SHARE = 0.02
LEAST_PEOPLE = 20
MOST_CLUSTERS = 5
STEPS = 15


@dataclass(frozen=True, eq=False)
class Crowd:
    """A place where people who do not fit crowd together, and what was found about it.

    centre : (d,) in whitened coordinates. nearest : the segment it is nearest to. distance : to it, in standard
    deviations within segments. members : (n,) who is nearer to it than to any segment. p : of more people than before.
    ratio : times as many as before. apart : p of no valley. jaccard : agreement of the halves.
    """

    centre: Floats
    nearest: int
    distance: float
    members: np.ndarray[tuple[int], np.dtype[np.bool_]]
    p: float
    ratio: float
    apart: float
    jaccard: float
    share: float

    @property
    def real(self) -> bool:
        """Whether it is a group."""
        large = self.share >= LEAST_SHARE and int(self.members.sum()) >= LEAST_PEOPLE
        return large and self.p <= LEVEL / FARTHEST and self.apart <= APART_LEVEL and self.jaccard >= LEAST_JACCARD


@dataclass(frozen=True, eq=False)
class Scene:
    """Whitened coordinates of people now (n, d) with weights and misfit marks, of the reference, and of segments.

    which : of each of the centres (of segments that have people), its place in the solution.
    """

    now: Floats
    weight: Floats
    unfit: np.ndarray[tuple[int], np.dtype[np.bool_]]
    before: Floats
    before_weight: Floats
    centres: Floats
    which: Labels
    radius: float

    def around(self, centre: Floats, rows: Labels) -> Labels:
        """Return which of the rows of now are within the radius of a place."""
        return np.asarray(rows[((self.now[rows] - centre) ** 2).sum(axis=1) <= self.radius**2], dtype=np.intp)

    def members(self, centre: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return (n,) who is nearer to a place than to any segment."""
        return nearer(self.now, centre, self.centres)


def nearer(z: Floats, centre: Floats, centres: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    own = ((z - centre) ** 2).sum(axis=1)
    others = ((z[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2).min(axis=1)
    return np.asarray(own < others)


def scene(base: Baseline, now: Floats, weight: Floats, before: Floats, before_weight: Floats) -> Scene:
    """Return everything in coordinates in which the spread within segments is 1."""
    from scipy.stats import chi2

    white = base.clouds.whitening
    unfit = base.clouds.misfit(now) > base.border
    radius = float(np.sqrt(chi2.ppf(0.5, now.shape[1])))
    there = base.clouds.sizes > 0
    return Scene(
        now @ white,
        weight,
        unfit,
        before @ white,
        before_weight,
        (base.clouds.means @ white)[there],
        np.flatnonzero(there),
        radius,
    )


def crowds(stage: Scene, *, seed: int) -> tuple[Crowd, ...]:
    """Return the places where people who do not fit crowd together, the most surprising first, each judged."""
    half = np.random.default_rng([seed, 23]).permutation(len(stage.now)) % 2 == 0
    first, second = np.flatnonzero(half), np.flatnonzero(~half)
    found: list[Crowd] = []
    again = candidates(stage, second, seed=seed)
    for centre in candidates(stage, first, seed=seed)[:FARTHEST]:
        found.append(judged(stage, centre, second, again))
    return tuple(found)


def candidates(stage: Scene, rows: Labels, *, seed: int) -> list[Floats]:
    """Return places found in some of the people, the most surprising first, none near another or near a segment."""
    from sklearn.cluster import KMeans

    odd = rows[stage.unfit[rows]]
    places: list[tuple[float, Floats]] = []
    for k in range(1, MOST_CLUSTERS + 1):
        if len(odd) < max(5, 3 * k):
            break
        fitted = KMeans(k, n_init=5, random_state=seed).fit(stage.now[odd], sample_weight=stage.weight[odd])
        for start in fitted.cluster_centers_:
            centre = settled(stage, start, rows)
            if centre is None:
                continue
            distance = np.sqrt(((stage.centres - centre) ** 2).sum(axis=1).min())
            here = stage.around(centre, rows)
            if distance < LEAST_DISTANCE or not len(here) or stage.unfit[here].mean() < 0.5:
                continue
            places.append((surprise(stage, centre, rows), centre))
    places.sort(key=lambda one: -one[0])
    kept: list[Floats] = []
    for _, centre in places:
        if all(((centre - other) ** 2).sum() > LEAST_DISTANCE**2 for other in kept):
            kept.append(centre)
    return kept


def settled(stage: Scene, start: Floats, rows: Labels) -> Floats | None:
    """Return the middle of a crowd: of those who do not fit around a place, repeatedly, then of all nearest to it.

    Only those who do not fit draw the place: everybody around would draw it into the segment beside.
    """
    odd = rows[stage.unfit[rows]]
    centre = start
    for _ in range(STEPS):
        here = stage.around(centre, odd)
        if len(here) < 3:
            return None
        following = np.average(stage.now[here], axis=0, weights=stage.weight[here])
        if ((following - centre) ** 2).sum() < 1e-8:
            break
        centre = following
    for _ in range(2):
        here = rows[nearer(stage.now[rows], centre, stage.centres)]
        if len(here) < 3:
            return None
        centre = np.average(stage.now[here], axis=0, weights=stage.weight[here])
    return np.asarray(centre)


def counts(stage: Scene, centre: Floats, rows: Labels) -> tuple[float, float, float]:
    """Return how many are around a place now, before, and how many now if all were as before."""
    now = stage.weight[stage.around(centre, rows)].sum()
    inside = ((stage.before - centre) ** 2).sum(axis=1) <= stage.radius**2
    before = stage.before_weight[inside].sum()
    return float(now), float(before), float(before * stage.weight[rows].sum() / stage.before_weight.sum())


def surprise(stage: Scene, centre: Floats, rows: Labels) -> float:
    now, _, expected = counts(stage, centre, rows)
    return (now - expected) / float(np.sqrt(expected + 1.0))


def judged(stage: Scene, centre: Floats, rows: Labels, again: list[Floats]) -> Crowd:
    """Judge a place by people it was not found in."""
    from scipy.stats import binom

    now, before, expected = counts(stage, centre, rows)
    share = stage.weight[rows].sum() / (stage.weight[rows].sum() + stage.before_weight.sum())
    p = float(binom.sf(round(now) - 1, round(now) + round(before), share)) if round(now) else 1.0
    off = ((stage.centres - centre) ** 2).sum(axis=1)
    nearest = int(off.argmin())
    members = stage.members(centre)
    jaccard = 0.0
    for other in again[:FARTHEST]:
        others = stage.members(other)
        union = stage.weight[members | others].sum()
        if union > 0:
            jaccard = max(jaccard, float(stage.weight[members & others].sum() / union))
    return Crowd(
        centre,
        int(stage.which[nearest]),
        float(np.sqrt(off[nearest])),
        members,
        p,
        now / max(expected, 0.5),
        heap(stage, centre, stage.centres[nearest], members),
        jaccard,
        float(stage.weight[members].sum() / stage.weight.sum()),
    )


def heap(stage: Scene, centre: Floats, neighbour: Floats, members: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """Return the p-value of the people of a place and of its nearest segment being one heap along their line."""
    places = np.vstack([stage.centres, centre])
    nearest = ((stage.now[:, None, :] - places[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
    beside = int(((stage.centres - neighbour) ** 2).sum(axis=1).argmin())
    both = members | (nearest == beside)
    if both.sum() < 2 * LEAST_PEOPLE:
        return 1.0
    length = float(np.sqrt(((centre - neighbour) ** 2).sum()))
    along = (stage.now[both] - neighbour) @ (centre - neighbour) / length
    return valley(along, stage.weight[both], length, TOWARDS_SMALL)
