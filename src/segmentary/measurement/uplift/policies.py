"""What it is worth to treat some and not others: every policy on people it was not made from, against all and none."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from segmentary.measurement.uplift.trial import Mask
from segmentary.models.intervals import Interval
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

ALL, NONE, RESPONSE, RULE = "treat everyone", "treat nobody", "likely anyway", "best single rule"
DRAWS = 1_000
CHUNK = 100


@dataclass(frozen=True, slots=True)
class Economics:
    """What treating one person costs, and what one unit of the outcome is worth; else: outcomes are counted."""

    cost: float = 0.0
    value: float = 1.0

    def net(self, effect: Floats) -> Floats:
        """Return what treating is worth of people with these effects."""
        return effect * self.value - self.cost


@dataclass(frozen=True, slots=True)
class Policy:
    """One way to choose whom to treat.

    share : of people treated. worth : per person of everybody, against treating nobody. against_all : the same less
    treating everyone, person by person; None: it is treating everyone. effect : on those it treats.
    """

    name: str
    share: float
    worth: Interval
    against_all: Interval | None
    effect: Interval | None
    text: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def best_share(scores: Floats, order: Floats, economics: Economics) -> float:
    """Return the share of people, highest first, that is worth most, in twentieths; 0: nobody."""
    ranked = economics.net(scores[np.argsort(-order, kind="stable")])
    worth = np.concatenate([[0.0], np.cumsum(ranked)])
    places = np.round(np.arange(21) / 20 * len(ranked)).astype(np.intp)
    return float(np.argmax(worth[places]) / 20)


def weighed(
    chosen: dict[str, Floats],
    scores: Floats,
    treated: Mask,
    economics: Economics,
    *,
    texts: dict[str, str] | None = None,
    seed: int = 0,
    level: float = 0.95,
    tell: Tell = quiet,
) -> tuple[tuple[Policy, ...], Floats]:
    """Return each policy with intervals, people drawn again within arms, the same for all policies.

    chosen : (n,) of each policy, whether (or how often, over repeats) it treats a person it had not seen.
    scores : (n,) doubly robust effects. Returns also (draws, policies) of the worth, for further differences.
    """
    net = economics.net(scores)
    grid = np.column_stack([np.ones(len(scores)), *chosen.values()])
    columns = np.column_stack([grid * net[:, None], grid * scores[:, None], grid])
    totals = columns.sum(axis=0)
    drawn = drawn_sums(columns, treated, seed, tell)
    n, count = len(scores), grid.shape[1]
    ends = np.array([(1 - level) / 2, (1 + level) / 2])

    def interval(estimate: float, sample: Floats) -> Interval:
        low, high = (float(one) for one in np.quantile(sample, ends))
        return Interval(float(estimate), low, high, n, level)

    found = [Policy(NONE, 0.0, Interval(0.0, 0.0, 0.0, n, level), interval(-totals[0] / n, -drawn[:, 0] / n), None)]
    for place, name in enumerate([ALL, *chosen]):
        share = float(grid[:, place].mean())
        effect = None
        if share > 0:
            with np.errstate(all="ignore"):
                ratio = np.nan_to_num(drawn[:, count + place] / drawn[:, 2 * count + place])
            effect = interval(totals[count + place] / totals[2 * count + place], ratio)
        gap = interval((totals[place] - totals[0]) / n, (drawn[:, place] - drawn[:, 0]) / n) if place else None
        worth = interval(totals[place] / n, drawn[:, place] / n)
        found.append(Policy(name, share, worth, gap, effect, (texts or {}).get(name, "")))
    return tuple(found), drawn[:, :count] / n


def drawn_sums(columns: Floats, treated: Mask, seed: int, tell: Tell) -> Floats:
    """Return (draws, columns) sums over people drawn again within their arms."""
    from threadpoolctl import threadpool_limits

    chance = np.random.default_rng(seed)
    found = np.zeros((DRAWS, columns.shape[1]))
    arms = [columns[treated], columns[~treated]]
    with threadpool_limits(limits=1):
        for start in range(0, DRAWS, CHUNK):
            tell("weighing policies", start / DRAWS)
            for part in arms:
                if len(part):
                    # Poisson counts, held to the size of the arm: as drawing again, without a list of places.
                    counts = chance.poisson(1.0, (CHUNK, len(part))).astype(np.float64)
                    scale = len(part) / np.maximum(1.0, counts.sum(axis=1, keepdims=True))
                    found[start : start + CHUNK] += (counts @ part) * scale
    return found


def difference(policies: tuple[Policy, ...], drawn: Floats, one: str, other: str) -> Interval | None:
    """Return the worth of a policy less that of another, on the same people; None: one is not there."""
    names = [policy.name for policy in policies]
    if one not in names or other not in names or NONE in (one, other):
        return None
    first, second = names.index(one), names.index(other)
    level = policies[first].worth.level
    gap = drawn[:, first - 1] - drawn[:, second - 1]
    low, high = (float(x) for x in np.quantile(gap, [(1 - level) / 2, (1 + level) / 2]))
    estimate = policies[first].worth.estimate - policies[second].worth.estimate
    return Interval(estimate, low, high, policies[first].worth.n, level)
