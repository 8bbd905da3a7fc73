"""``python -m benchmarks.value_coverage``: how often 95 % intervals hold the truth, and whether a fit ever fails.

200 simulated data sets of 2,000 customers each, for each model, watched 27 to 39 weeks and drawn from parameters like
CDNOW's. Counted for every parameter (log-scale Wald intervals; for BG/NBD and MBG/NBD by profile likelihood, too), and
for what is predicted: expected purchases and P(alive) of a few typical customers, and purchases of a new customer. A
fit fails when it raises, or when it has no finite interval.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from segmentary.models.value.bg_nbd import BetaGeo
from segmentary.models.value.cells import distinct
from segmentary.models.value.lifetime_model import LifetimeModel
from segmentary.models.value.mbg_nbd import ModifiedBetaGeo
from segmentary.models.value.pareto_nbd import ParetoNBD
from segmentary.models.value.profile import profile_intervals
from segmentary.models.value.simulation import simulated_beta_geometric, simulated_pareto

RESULTS = Path(__file__).parent / "results"
TRUTH: dict[str, tuple[type[LifetimeModel], dict[str, float]]] = {
    "BG/NBD": (BetaGeo, {"r": 0.5, "alpha": 5.0, "a": 0.8, "b": 2.4}),
    "MBG/NBD": (ModifiedBetaGeo, {"r": 0.6, "alpha": 6.5, "a": 0.9, "b": 1.6}),
    "Pareto/NBD": (ParetoNBD, {"r": 0.55, "alpha": 8.0, "s": 0.9, "beta": 12.0}),
}
TYPICAL = (np.array([0.0, 1.0, 3.0, 10.0]), np.array([0.0, 5.0, 20.0, 30.0]), np.array([35.0, 35.0, 35.0, 35.0]))
HORIZON = 13.0


def drawn(model: str, n: int, seed: int) -> Any:
    """Return the cells of one simulated data set."""
    age = np.random.default_rng(10_000 + seed).uniform(27.0, 39.0, n)
    p = TRUTH[model][1]
    if model == "Pareto/NBD":
        x, t_x = simulated_pareto(p["r"], p["alpha"], p["s"], p["beta"], age, seed=seed)
    else:
        first = "first repeat" if model == "BG/NBD" else "first purchase"
        x, t_x = simulated_beta_geometric(*p.values(), age, first_chance=first, seed=seed)  # type: ignore[arg-type]
    return distinct(x, t_x, age)


def truth(model: str) -> dict[str, float]:
    """Return the true value of everything that is held against its interval."""
    kind, params = TRUTH[model]
    true = kind()
    true.params_ = dict(params)
    expected, alive = true.expected_purchases(*TYPICAL, HORIZON), true.alive(*TYPICAL)
    return (
        dict(params)
        | {f"purchases of x = {x:g}": float(v) for x, v in zip(TYPICAL[0], expected, strict=True)}
        | {f"P(alive) of x = {x:g}": float(v) for x, v in zip(TYPICAL[0], alive, strict=True) if v < 1}
        | {"purchases of a new customer": float(true.expected_from_start(52.0)[0])}
    )


def intervals(fitted: LifetimeModel) -> dict[str, tuple[float, float]]:
    """Return low and high of everything `truth` names."""
    found = {name: (low, high) for name, (_, low, high) in fitted.parameter_interval().items()}
    _, low, high = fitted.expected_purchases_interval(*TYPICAL, HORIZON)
    found |= {f"purchases of x = {x:g}": (low[i], high[i]) for i, x in enumerate(TYPICAL[0])}
    _, low, high = fitted.alive_interval(*TYPICAL)
    found |= {f"P(alive) of x = {x:g}": (low[i], high[i]) for i, x in enumerate(TYPICAL[0])}
    _, low, high = fitted.expected_from_start_interval(52.0)
    return found | {"purchases of a new customer": (low[0], high[0])}


def coverage(model: str, sets: int, n: int) -> dict[str, Any]:
    """Return the share of intervals that hold the truth, of each quantity, and what failed."""
    true = truth(model)
    profiled = {f"{name}, by profile": value for name, value in TRUTH[model][1].items() if model != "Pareto/NBD"}
    true |= profiled
    held, failures, fallbacks, notes, cpu = dict.fromkeys(true, 0), 0, 0, 0, time.process_time()
    for seed in range(sets):
        cells = drawn(model, n, seed)
        fitted = TRUTH[model][0]().fit(cells)
        given = intervals(fitted)
        if profiled:
            given |= {f"{name}, by profile": one[1:] for name, one in profile_intervals(fitted, cells).items()}
        fallbacks += not fitted.has_dropout
        notes += bool(fitted.note_)
        failures += any(not np.isfinite(given[name]).all() for name in true)
        for name, value in true.items():
            low, high = given[name]
            held[name] += bool(low <= value <= high)
    return {
        "sets": sets,
        "customers": n,
        "failures": failures,
        "fallbacks": fallbacks,
        "notes": notes,
        "coverage": {name: count / sets for name, count in held.items()},
        "cpu_s_per_set": (time.process_time() - cpu) / sets,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.value_coverage", description=__doc__)
    parser.add_argument("--sets", type=int, default=200)
    parser.add_argument("--customers", type=int, default=2000)
    given = parser.parse_args()
    results = {}
    bad = 0
    for model in TRUTH:
        results[model] = one = coverage(model, given.sets, given.customers)
        print(
            f"\n{model}: {one['sets']} sets of {one['customers']:,}, {one['failures']} failures, "
            f"{one['fallbacks']} without dropout, {one['notes']} with a note, {one['cpu_s_per_set']:.3f} s each"
        )
        bad += one["failures"]
        for name, share in one["coverage"].items():
            bad += not 0.92 <= share <= 0.98
            print(f"  {name:32} {share:.3f}{'' if 0.92 <= share <= 0.98 else '  <- outside .92 to .98'}")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "value-coverage.json").write_text(json.dumps(results, indent=2) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
