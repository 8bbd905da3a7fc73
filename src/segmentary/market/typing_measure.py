"""How good a typing tool is on people it has not seen: the whole making of it repeated without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.market.typing_items import Item
from segmentary.market.typing_path import Stop, path
from segmentary.market.typing_sheet import sheet_of
from segmentary.models.describe.estimates import weighted_share
from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.progress import Tell
from segmentary.models.table.typed_table import Floats, TypedTable

FOLDS, INNER_FOLDS = 5, 3


@dataclass(frozen=True, eq=False)
class Measured:
    """What cross-validation saw.

    scores : (stops, n, k) of people by tools made without them, for every number of items. nested : (n,) the segment
    given by a tool whose number of items, too, was chosen without them. counts : the number chosen in each fold.
    stops : per fold its stops; folds : (n,) who was left out when.
    """

    scores: Floats
    nested: npt.NDArray[np.intp]
    counts: tuple[int, ...]
    stops: tuple[tuple[Stop, ...], ...]
    folds: npt.NDArray[np.intp]


def folds_of(labels: npt.NDArray[np.intp], count: int, random: np.random.Generator) -> npt.NDArray[np.intp]:
    """Return (n,) folds 0 ... count-1, each segment spread evenly over them."""
    found = np.empty(len(labels), dtype=np.intp)
    start = 0
    for segment in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == segment))
        found[members] = (start + np.arange(len(members))) % count
        start += len(members)
    return found


def choose(hits: npt.NDArray[np.bool_], weight: Floats, wanted: float) -> int:
    """Return how many items to take, from hits (n, stops) on unseen people.

    The fewest whose agreement reaches what is wanted. Where none does, the fewest that are not worse than the best by
    more than one standard error of the difference.
    """
    total = weight.sum()
    agreement = weight @ hits / total
    reached = np.flatnonzero(agreement >= wanted - 1e-12)
    if len(reached):
        return int(reached[0]) + 1
    best = int(np.argmax(agreement))
    for count in range(best + 1):
        gap = hits[:, best].astype(np.float64) - hits[:, count]
        mean = float(weight @ gap / total)
        error = float(np.sqrt(weight**2 @ (gap - mean) ** 2) / total)
        if mean <= error:
            return count + 1
    return best + 1


def crossed(
    items: Sequence[Item],
    blocks: Sequence[Floats],
    labels: npt.NDArray[np.intp],
    weight: Floats,
    k: int,
    *,
    wanted: float,
    most: int,
    random: np.random.Generator,
    tell: Tell,
) -> Measured:
    """Make the tool without each fold, with its number of items chosen inside, and place the fold by it."""
    n, stops = len(labels), min(most, len(items))
    outer = folds_of(labels, FOLDS, random)
    scores = np.zeros((stops, n, k))
    nested = np.zeros(n, dtype=np.intp)
    counts, kept = [], []
    for fold in range(FOLDS):
        out = outer == fold
        train = np.flatnonzero(~out)
        hits = np.zeros((len(train), stops), dtype=np.bool_)
        inner = folds_of(labels[train], INNER_FOLDS, random)
        for part in range(INNER_FOLDS):
            tell("which questions tell the segments apart", (fold + part / (INNER_FOLDS + 1)) / FOLDS)
            own, rest = train[inner != part], train[inner == part]
            for place, stop in enumerate(followed(items, blocks, labels, weight, k, stops, own)):
                hits[inner == part, place] = scored(stop, blocks, rest).argmax(axis=1) == labels[rest]
        count = choose(hits, weight[train], wanted)
        tell("which questions tell the segments apart", (fold + INNER_FOLDS / (INNER_FOLDS + 1)) / FOLDS)
        own_stops = followed(items, blocks, labels, weight, k, stops, train)
        left = np.flatnonzero(out)
        for place, stop in enumerate(own_stops):
            scores[place, left] = scored(stop, blocks, left)
        nested[left] = scores[count - 1, left].argmax(axis=1)
        counts.append(count)
        kept.append(tuple(own_stops))
    return Measured(scores, nested, tuple(counts), tuple(kept), outer)


def followed(
    items: Sequence[Item],
    blocks: Sequence[Floats],
    labels: npt.NDArray[np.intp],
    weight: Floats,
    k: int,
    most: int,
    rows: npt.NDArray[np.intp],
) -> list[Stop]:
    return path(items, [block[rows] for block in blocks], labels[rows], weight[rows], k, most)


def scored(stop: Stop, blocks: Sequence[Floats], rows: npt.NDArray[np.intp]) -> Floats:
    """Return the scores of some rows by a stop."""
    return stop.logit.scores(np.column_stack([blocks[place][rows] for place in stop.items]))


def sheet_hits(
    measured: Measured,
    items: Sequence[Item],
    table: TypedTable,
    labels: npt.NDArray[np.intp],
    keys: Sequence[str],
    count: int,
) -> npt.NDArray[np.bool_]:
    """Return (n,) whether the point sheet of a tool made without a person places the person rightly."""
    found = np.zeros(len(labels), dtype=np.bool_)
    for fold, stops in enumerate(measured.stops):
        stop = stops[count - 1]
        train, left = np.flatnonzero(measured.folds != fold), np.flatnonzero(measured.folds == fold)
        sheet = sheet_of(keys, [items[place] for place in stop.items], stop.logit, table.take(train))
        found[left] = sheet.points(table.take(left)).argmax(axis=1) == labels[left]
    return found


def difference(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_], weight: Floats) -> Interval:
    """Return share of one less share of other, of the same people, with its paired interval (linearised)."""
    n = len(one)
    if n == 0:
        return Interval(0.0, -1.0, 1.0, 0)
    gap = one.astype(np.float64) - other
    total = weight.sum()
    mean = float(weight @ gap / total)
    half = normal_quantile(0.95) * float(np.sqrt(weight**2 @ (gap - mean) ** 2 * n / max(n - 1, 1)) / total)
    return Interval(mean, max(-1.0, mean - half), min(1.0, mean + half), n)


def temperature(scores: Floats, labels: npt.NDArray[np.intp], weight: Floats) -> float:
    """Return what to divide scores by so that confidence is neither too high nor too low on unseen people."""
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(labels))

    def loss(power: float) -> float:
        z = scores / np.exp(power)
        z = z - z.max(axis=1, keepdims=True)
        return float(weight @ (np.log(np.exp(z).sum(axis=1)) - z[rows, labels]))

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 3.0), method="bounded").x))


def share(hits: npt.NDArray[np.bool_], weight: Floats) -> Interval:
    """Return the weighted share of hits with its interval; of nobody 0, with everything open (n is 0)."""
    return weighted_share(hits, weight) if len(hits) else Interval(0.0, 0.0, 1.0, 0)
