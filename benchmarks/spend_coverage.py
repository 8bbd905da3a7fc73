"""``python -m benchmarks.spend_coverage``: how often intervals of spend, opportunities and renewals hold the truth.

1,000 simulated data sets for each model, drawn from parameters like the published ones: Gamma-Gamma (1,000 repeat
buyers), BG/BB (2,000 donors, six opportunities), sBG (1,000 subscribers, seven renewals). Counted for every parameter
and for what is predicted. A fit fails when it raises, falls back, or has an interval that is not finite.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from segmentary.models.value.bg_bb import BetaGeoBetaBinomial
from segmentary.models.value.gamma_gamma import GammaGamma
from segmentary.models.value.sbg import ShiftedBetaGeometric

RESULTS = Path(__file__).parent / "results"
SPEND = {"p": 6.25, "q": 3.74, "gamma": 15.44}
DONORS = {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.78}
RENEWALS = {"alpha": 0.7, "beta": 1.2}
Model: TypeAlias = GammaGamma | BetaGeoBetaBinomial | ShiftedBetaGeometric
Bounds: TypeAlias = dict[str, tuple[float, float, float]]


def spend(chance: np.random.Generator) -> GammaGamma:
    """Return a fit to 1,000 people with one to seven repeat purchases."""
    days = chance.integers(1, 8, 1_000).astype(np.float64)
    rate = chance.gamma(SPEND["q"], 1 / SPEND["gamma"], 1_000)
    return GammaGamma().fit(days, chance.gamma(SPEND["p"] * days, 1 / rate) / days)


def spend_bounds(model: GammaGamma) -> Bounds:
    """Return estimate, low and high of everything that is asked of the model."""
    estimate, low, high = model.expected_spend_interval([0, 1, 5], [0.0, 60.0, 60.0])
    names = ("mean spend", "spend after one of 60", "spend after five of 60")
    return model.parameter_interval() | {name: (estimate[i], low[i], high[i]) for i, name in enumerate(names)}


def donors(chance: np.random.Generator, people: int = 2_000, chances: int = 6) -> BetaGeoBetaBinomial:
    """Return a fit to 2,000 people with six opportunities."""
    buys = chance.beta(DONORS["alpha"], DONORS["beta"], people)
    leaves = chance.geometric(chance.beta(DONORS["gamma"], DONORS["delta"], people))
    there = leaves[:, None] > np.arange(1, chances + 1)
    bought = (chance.random((people, chances)) < buys[:, None]) & there
    last = np.where(bought.any(axis=1), chances - np.argmax(bought[:, ::-1], axis=1), 0)
    return BetaGeoBetaBinomial().fit(bought.sum(axis=1), last, np.full(people, chances))


def donor_bounds(model: BetaGeoBetaBinomial) -> Bounds:
    """Return estimate, low and high of everything that is asked of the model."""
    cells = np.array([0, 2, 6]), np.array([0, 4, 6]), np.full(3, 6)
    bought, there = model.expected_purchases_interval(*cells, 5), model.alive_interval(*cells)
    found = model.parameter_interval()
    for i, x in enumerate(cells[0]):
        found[f"purchases of x = {x}"] = bought[0][i], bought[1][i], bought[2][i]
        found[f"P(alive) of x = {x}"] = there[0][i], there[1][i], there[2][i]
    return found


def renewals(chance: np.random.Generator) -> ShiftedBetaGeometric:
    """Return a fit to 1,000 people with seven renewals."""
    left_at = chance.geometric(chance.beta(RENEWALS["alpha"], RENEWALS["beta"], 1_000))
    return ShiftedBetaGeometric().fit([int((left_at > renewal).sum()) for renewal in range(8)])


def renewal_bounds(model: ShiftedBetaGeometric) -> Bounds:
    """Return estimate, low and high of everything that is asked of the model."""
    there, renew = model.survival_interval(12), model.retention_interval(12)
    to_come = model.residual_lifetime_interval([0, 7], discount=0.1)
    return model.parameter_interval() | {
        "left after 7": tuple(float(one[7]) for one in there),  # type: ignore[dict-item]
        "left after 12": tuple(float(one[12]) for one in there),
        "renewal rate, the 12th": tuple(float(one[11]) for one in renew),
        "renewals to come, new": tuple(float(one[0]) for one in to_come),
        "renewals to come, after 7": tuple(float(one[1]) for one in to_come),
    }


KINDS: dict[str, tuple[type[Any], dict[str, float], Callable[..., Any], Callable[..., Bounds]]] = {
    "Gamma-Gamma": (GammaGamma, SPEND, spend, spend_bounds),
    "BG/BB": (BetaGeoBetaBinomial, DONORS, donors, donor_bounds),
    "sBG": (ShiftedBetaGeometric, RENEWALS, renewals, renewal_bounds),
}


def truth(name: str) -> dict[str, float]:
    """Return the true value of everything that is held against its interval."""
    kind, params, _, bounds = KINDS[name]
    model = kind()
    size = len(params)
    model.keep(np.log(list(params.values())), np.zeros((size, size)), 0.0)
    return {what: float(found[0]) for what, found in bounds(model).items()}


def coverage(name: str, sets: int) -> dict[str, Any]:
    """Return the share of intervals that hold the truth, of each quantity, and what failed."""
    _, _, fit, bounds = KINDS[name]
    true = truth(name)
    held, failures, began = dict.fromkeys(true, 0), 0, time.process_time()
    for seed in range(sets):
        model = fit(np.random.default_rng(seed))
        found = bounds(model)
        failures += bool(model.note_) or not np.isfinite(list(found.values())).all()
        for what, (_, low, high) in found.items():
            held[what] += low <= true[what] <= high
    seconds = (time.process_time() - began) / sets
    return {
        "sets": sets,
        "failures": failures,
        "cpu_seconds_per_fit": round(seconds, 4),
        "coverage": {what: count / sets for what, count in held.items()},
    }


def main(arguments: list[str]) -> int:
    """Count, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=1_000)
    asked = parser.parse_args(arguments)
    found = {name: coverage(name, asked.sets) for name in KINDS}
    for name, one in found.items():
        print(f"{name}: {one['sets']} sets, {one['failures']} failed, {one['cpu_seconds_per_fit']} s a fit")
        for what, share in one["coverage"].items():
            print(f"  {what:<28} {share:.3f}{'' if 0.92 <= share <= 0.98 else '  <-'}")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "spend-coverage.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
