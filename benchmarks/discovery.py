"""``python -m benchmarks.discovery``: from a table of a million customers to a verdict, end to end.

A million customers with twelve traits of every kind, some of them missing, as an Arrow table; five methods with two to
eight segments, fitted on a stated sample of 100,000; bootstrap stability, criteria, verdict, description; everybody
placed. Wall and CPU seconds and the peak memory of one process that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

RESULTS = Path(__file__).parent / "results"
METHODS = ("k_prototypes", "mixed_mixture", "k_means", "k_medoids", "hierarchical")
BUDGET_SECONDS, BUDGET_GB = 180, 4
SHARES = (0.3, 0.25, 0.2, 0.15, 0.1)


def customers(n: int, seed: int = 5) -> tuple[pa.Table, np.ndarray]:
    """Return n customers of five kinds with twelve traits, and which kind each is.

    Four amounts (two of them skewed), two counts, two ordered answers, two unordered ones, two yes or no; 2 % to 8 % of
    six of the columns are missing.
    """
    chance = np.random.default_rng(seed)
    kind = chance.choice(len(SHARES), n, p=SHARES)
    middle = chance.normal(0, 1.3, (len(SHARES), 4))
    amounts = middle[kind] + chance.normal(size=(n, 4))
    orders = chance.poisson(np.array([1.0, 3.0, 6.0, 2.0, 12.0])[kind])
    visits = chance.negative_binomial(2, 2 / (2 + np.array([5.0, 2.0, 15.0, 30.0, 9.0])[kind]))
    levels = np.array(["never", "rarely", "sometimes", "often", "always"])
    means = chance.permuted(np.tile(np.linspace(0.5, 3.5, len(SHARES)), (2, 1)), axis=1)
    answers = [np.clip(np.rint(row[kind] + chance.normal(0, 0.9, n)), 0, 4).astype(int) for row in means]
    texts = []
    for count in (4, 6):
        odds = chance.dirichlet(np.full(count, 0.7), len(SHARES)).cumsum(axis=1)
        texts.append((chance.random(n)[:, None] > odds[kind]).sum(axis=1).clip(0, count - 1))
    yes = [chance.random(n) < chance.uniform(0.1, 0.9, len(SHARES))[kind] for _ in range(2)]
    columns: dict[str, Any] = {
        "basket_eur": np.exp(3 + 0.5 * amounts[:, 0]).round(2),
        "monthly_eur": np.exp(4 + 0.7 * amounts[:, 1]).round(2),
        "price_sensitivity": amounts[:, 2].round(4),
        "distance_km": (20 + 4 * amounts[:, 3]).round(2),
        "order_count": orders,
        "visit_count": visits,
        "opens_mail": pa.array(levels[answers[0]]),
        "uses_app": pa.array(levels[answers[1]]),
        "channel": pa.array(np.array(["shop", "web", "phone", "partner"])[texts[0]]),
        "region": pa.array(np.array(["north", "south", "east", "west", "centre", "islands"])[texts[1]]),
        "has_card": yes[0],
        "has_children": yes[1],
    }
    for name, share in zip(("basket_eur", "price_sensitivity", "visit_count", "opens_mail", "region", "has_children"),
                           (0.02, 0.05, 0.03, 0.08, 0.02, 0.06), strict=True):  # fmt: skip
        gone = chance.random(n) < share
        columns[name] = pa.array(columns[name].to_numpy(zero_copy_only=False) if isinstance(columns[name], pa.Array)
                                 else columns[name], mask=gone)  # fmt: skip
    return pa.table(columns), kind


def run(n: int, sample: int, methods: tuple[str, ...], repetitions: int, seed: int) -> dict[str, Any]:
    """Discover, once, and say what it took."""
    from segmentary.models.discover.discovery import discover
    from segmentary.models.validate.bootstrap_kernel import rand

    table, kind = customers(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    steps: dict[str, float] = {}
    last = time.perf_counter()

    def tell(sentence: str, done: float) -> None:
        nonlocal last
        now = time.perf_counter()
        name = re.sub(r"[\d.,]+", "#", sentence)
        steps[name] = steps.get(name, 0.0) + now - last
        last = now

    wall, cpu = time.perf_counter(), time.process_time()
    found = discover(table, methods=methods, sample=sample, repetitions=repetitions, seed=seed, tell=tell)
    took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    solution = found.solution
    return {
        "customers": n,
        "traits": table.num_columns,
        "sample": sample,
        "methods": list(methods),
        "ks": [2, 8],
        "repetitions": repetitions,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        **took,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "peak_before_gb": before,
        "recommended": [solution.criteria.recommendation.method, solution.criteria.recommendation.k],
        "verdict": solution.verdict.kind,
        "agreement_with_planted": rand(found.labels, kind, np.ones(n)),
        "placed": int((found.labels >= 0).sum()),
        "steps_s": {name: round(seconds, 2) for name, seconds in sorted(steps.items(), key=lambda one: -one[1])},
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.discovery", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=100_000)
    parser.add_argument("--repetitions", type=int, default=100)
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(json.dumps(run(given.customers, given.sample, tuple(given.methods), given.repetitions, given.seed)))
        return
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.discovery", "--here", *sys.argv[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    results = json.loads(done.stdout.splitlines()[-1])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"discovery-{given.customers}.json").write_text(json.dumps(results, indent=2) + "\n")
    for name, value in results.items():
        print(f"{name:<24} {value}")
    good = results["wall_s"] <= BUDGET_SECONDS and results["peak_gb"] <= BUDGET_GB
    print(f"within {BUDGET_SECONDS} s and {BUDGET_GB} GB: {'yes' if good else 'no'}")


if __name__ == "__main__":
    main()
