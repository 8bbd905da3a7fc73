"""Qini and uplift curves, their areas by name, and uplift at a share; ties are averaged.

People stand in the order of a score, highest first. N_T, N_C are the treated and untreated among the first of them,
Y_T, Y_C their outcomes.

======================  ===============================================================================================
``qini``                area between Q = Y_T - Y_C N_T / N_C, over all treated, and the line to its end; people as
                        shares of everybody. In units of the outcome per person: what the order adds to the
                        average effect, averaged over every share one might treat. Radcliffe (2007), Direct Marketing
                        Analytics Journal.
``qini_sklift``         that area over the area of an order that knows the outcomes (treated who did first, untreated
                        who did last): `qini_auc_score` of scikit-uplift 0.5. Yes and no only: of amounts there is no
                        such bound (scikit-uplift issue 53).
``auuc``                area under (Y_T / N_T - Y_C / N_C) x share; per person as ``qini``, half the average effect for
                        an order that knows nothing. Devriendt, Guns & Verbeke (2020), arXiv 2002.05897, per person.
``auuc_sklift``         its area above the line over that of a perfect order: `uplift_auc_score` of scikit-uplift 0.5.
(causalml)              divides cumulative gains by their end and takes off a random order: about 2.7 times
                        ``qini_sklift`` on the Hillstrom e-mail. Not computed: named so that figures are not confused.
======================  ===============================================================================================
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.measurement.uplift.trial import Mask, Places
from segmentary.models.intervals import Interval
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

DEFINITIONS = {
    "qini": "Radcliffe 2007: area between gains per treated person and the line to their end, outcome per person",
    "qini_sklift": "scikit-uplift 0.5 qini_auc_score: the same area over that of a perfect order (yes and no only)",
    "auuc": "Devriendt et al. 2020: area under uplift times share, outcome per person",
    "auuc_sklift": "scikit-uplift 0.5 uplift_auc_score: area above the line over that of a perfect order",
}
SHARES = tuple(round(0.05 * k, 2) for k in range(21))
TOPS = (0.1, 0.2, 0.3)
GROUPS = 400
"""Places in the order told apart in resampling; finer ones change areas by less than a thousandth."""
DRAWS = 400


@dataclass(frozen=True, slots=True)
class Steps:
    """Cumulative counts at every place where the score changes, from 0 on; (m,) each."""

    treated: Floats
    control: Floats
    y_treated: Floats
    y_control: Floats

    @property
    def people(self) -> Floats:
        """How many stand so far."""
        return self.treated + self.control

    @property
    def share(self) -> Floats:
        """How many stand so far, as a share of everybody."""
        found: Floats = self.people / self.people[-1]
        return found

    def gains(self) -> Floats:
        """Return Q in outcomes: what the treated so far did beyond as many untreated."""
        return self.y_treated - self.y_control * over(self.treated, self.control)

    def uplift(self) -> Floats:
        """Return the difference of means of the first people; 0 where an arm is not there yet."""
        return over(self.y_treated, self.treated) - over(self.y_control, self.control)

    def at(self, share: Floats) -> Steps:
        """Return the counts at shares of everybody, straight between places."""
        own = self.share
        parts = (self.treated, self.control, self.y_treated, self.y_control)
        return Steps(*(np.interp(share, own, one) for one in parts))


def over(top: Floats, bottom: Floats) -> Floats:
    found: Floats = np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0)
    return found


def steps_of(y: npt.ArrayLike, score: npt.ArrayLike, treated: npt.ArrayLike) -> Steps:
    """Return the counts of an order by score, highest first; people of one score come together."""
    rank = np.asarray(score, dtype=np.float64)
    order = np.argsort(-rank)
    ordered, did = rank[order], np.asarray(y, dtype=np.float64)[order]
    inside = np.asarray(treated).astype(bool)[order]
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
    counts, sums = np.cumsum(inside)[ends], np.cumsum(did)[ends]
    theirs = np.cumsum(np.where(inside, did, 0.0))[ends]
    parts = (counts, ends + 1 - counts, theirs, sums - theirs)
    return Steps(*(np.concatenate([[0.0], one]) for one in parts))


def above_line(x: Floats, gains: Floats) -> float:
    """Return the area between a curve and the straight line to its end."""
    return float(np.trapezoid(gains, x) - gains[-1] * x[-1] / 2)


def qini_raw(steps: Steps) -> float:
    """Return ``qini``, in units of the outcome per person."""
    return above_line(steps.share, steps.gains() / max(1.0, steps.treated[-1]))


def auuc_raw(steps: Steps) -> float:
    """Return ``auuc``, in units of the outcome per person."""
    return float(np.trapezoid(steps.uplift() * steps.share, steps.share))


def perfect_qini(happened: Floats) -> float:
    """Return the area of the order that knows the outcomes; happened: people by (treated, outcome), (2, 2)."""
    (lost, control), (missed, gained) = happened
    parts = [[gained, 0, gained, 0], [missed, lost, 0, 0], [0, control, 0, control]]
    return above(parts, "gains")


def perfect_uplift(happened: Floats) -> float:
    """Return the area above the line of the order scikit-uplift holds to be perfect for its uplift curve."""
    (lost, control), (missed, gained) = happened
    yes, idle = [gained, 0, gained, 0], [0, lost, 0, 0]
    others = [[0, control, 0, control], [missed, 0, 0, 0]]
    parts = [yes, idle, *others] if control > missed else [yes, idle, *others[::-1]]
    return above(parts, "uplift")


def above(parts: list[list[Any]], what: str) -> float:
    """Return the area above the line of an order of a few groups (treated, control and their outcomes)."""
    sums = np.vstack([np.zeros(4), np.cumsum(np.array(parts, dtype=np.float64), axis=0)])
    steps = Steps(*sums.T)
    return above_line(steps.people, steps.gains() if what == "gains" else steps.uplift() * steps.people)


def qini_sklift(steps: Steps, happened: Floats) -> float:
    """Return ``qini_sklift``; NaN where a perfect order is no better than none."""
    best = perfect_qini(happened)
    return above_line(steps.people, steps.gains()) / best if best else float("nan")


def auuc_sklift(steps: Steps, happened: Floats) -> float:
    """Return ``auuc_sklift``."""
    best = perfect_uplift(happened)
    return above_line(steps.people, steps.uplift() * steps.people) / best if best else float("nan")


def happened_of(y: Floats, treated: Mask) -> Floats:
    """Return how many people there are by (treated, outcome); (2, 2)."""
    return np.bincount(treated * 2 + (y > 0), minlength=4).reshape(2, 2).astype(np.float64)


def qini_score(y: npt.ArrayLike, score: npt.ArrayLike, treated: npt.ArrayLike) -> float:
    """Return ``qini_sklift`` of an order by score (yes and no only)."""
    did, inside = np.asarray(y, dtype=np.float64), np.asarray(treated).astype(bool)
    return qini_sklift(steps_of(did, score, inside), happened_of(did, inside))


# ---------------------------------------------------------------- with intervals


@dataclass(frozen=True, slots=True)
class Curve:
    """How well one order finds whom it helps; intervals by resampling people within arms, the order held fixed.

    shares, gains : the Qini curve: effect per person of everybody if only the first share is treated. uplift : effect
    on the first share of people, by share. Normalised areas are None where the outcome is no yes or no.
    """

    name: str
    shares: tuple[float, ...]
    gains: tuple[Interval, ...]
    uplift: dict[str, Interval]
    qini: Interval
    auuc: Interval
    qini_sklift: Interval | None
    auuc_sklift: Interval | None

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Compared:
    """The curves of several orders, and the normalised (or raw) Qini of the first less that of each other one."""

    curves: tuple[Curve, ...]
    differences: dict[str, Interval]


def figures_of(steps: Steps, happened: Floats | None) -> Floats:
    """Return the curve at `SHARES`, uplift at `TOPS`, and the areas, in one row."""
    at = steps.at(np.array(SHARES))
    tops = steps.at(np.array(TOPS))
    areas = [qini_raw(steps), auuc_raw(steps)]
    areas += [qini_sklift(steps, happened), auuc_sklift(steps, happened)] if happened is not None else [np.nan, np.nan]
    return np.concatenate([at.gains() / max(1.0, steps.treated[-1]), tops.uplift(), areas])


def grouped(score: Floats) -> Places:
    """Return (n,) the place of each person in the order, 0 first, at most `GROUPS` places; ties share one."""
    distinct, place = np.unique(-score, return_inverse=True)
    if len(distinct) <= GROUPS:
        return np.asarray(place, dtype=np.intp)
    counts = np.bincount(place)
    middle = np.cumsum(counts) - counts / 2
    found: Places = (middle / len(score) * GROUPS).astype(np.intp)[place]
    return found


def resampled_figures(
    orders: list[Floats], y: Floats, treated: Mask, *, binary: bool, draws: int, seed: int, tell: Tell
) -> Floats:
    """Return (draws, orders, figures) of people drawn again within their arms, the same people for every order."""
    chance = np.random.default_rng(seed)
    arms = [np.flatnonzero(treated), np.flatnonzero(~treated)]
    cells = [grouped(one) * 2 + treated for one in orders]
    sizes = [int(one.max() // 2 + 1) * 2 for one in cells]
    kind = treated * 2 + (y > 0)
    found = np.empty((draws, len(orders), len(SHARES) + len(TOPS) + 4))
    for draw in range(draws):
        if draw % 50 == 0:
            tell("resampling people", draw / draws)
        weight = np.zeros(len(y))
        for members in arms:
            weight[members] = np.bincount(chance.integers(0, len(members), len(members)), minlength=len(members))
        happened: Floats | None = None
        if binary:
            happened = np.bincount(kind, weights=weight, minlength=4).reshape(2, 2).astype(np.float64)
        worth = weight * y
        for place, cell in enumerate(cells):
            people = np.bincount(cell, weights=weight, minlength=sizes[place]).reshape(-1, 2)
            did = np.bincount(cell, weights=worth, minlength=sizes[place]).reshape(-1, 2)
            sums = np.cumsum(np.hstack([people[:, ::-1], did[:, ::-1]]), axis=0)
            found[draw, place] = figures_of(Steps(*np.vstack([np.zeros(4), sums]).T), happened)
    return found


def compare_orders(
    orders: dict[str, Floats],
    y: Floats,
    treated: Mask,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    level: float = 0.95,
    tell: Tell = quiet,
) -> Compared:
    """Return the curves of orders by score, with intervals, and how the first differs from each other one.

    orders : (n,) each, higher first. Intervals are percentiles over people drawn again within their arms.
    """
    binary = bool(np.isin(y, (0.0, 1.0)).all())
    happened = happened_of(y, treated) if binary else None
    points = np.array([figures_of(steps_of(y, one, treated), happened) for one in orders.values()])
    drawn = resampled_figures(list(orders.values()), y, treated, binary=binary, draws=draws, seed=seed, tell=tell)
    ends = np.array([(1 - level) / 2, (1 + level) / 2])
    low, high = np.quantile(drawn, ends, axis=0)

    def interval(k: int, place: int) -> Interval:
        return Interval(float(points[k, place]), float(low[k, place]), float(high[k, place]), len(y), level)

    first, last = len(SHARES), len(SHARES) + len(TOPS)
    curves = tuple(
        Curve(
            name,
            SHARES,
            tuple(interval(k, place) for place in range(first)),
            {f"{top:g}": interval(k, first + place) for place, top in enumerate(TOPS)},
            interval(k, last),
            interval(k, last + 1),
            interval(k, last + 2) if binary else None,
            interval(k, last + 3) if binary else None,
        )
        for k, name in enumerate(orders)
    )
    chosen = last + 2 if binary else last
    differences = {}
    for k, name in enumerate(orders):
        if k:
            gap = drawn[:, 0, chosen] - drawn[:, k, chosen]
            below, beyond = (float(one) for one in np.quantile(gap, ends))
            estimate = float(points[0, chosen] - points[k, chosen])
            differences[name] = Interval(estimate, below, beyond, len(y), level)
    return Compared(curves, differences)
