"""``python -m benchmarks.stability``: bootstrap stability on distinct rows, beside the same on all rows as they come.

Two to eight segments, 100 pairs of bootstrap samples, best of ten random starts of k-means each time, as flexclust's
`bootFlexclust` does it: on McDonald's (1,453 people, 11 items) and on 100,000 people with 11 items. The plain
implementation beside it, measured in the same run on a stated share of the pairs, draws rows and fits scikit-learn's
KMeans to them.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from segmentary.models.table.typed_table import Floats

RESULTS = Path(__file__).parent / "results"
DATA = Path(os.environ.get("SEGMENTARY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
KS = range(2, 9)
# bootFlexclust (flexclust 1.4-1, R 4.2.2): 77 s for McDonald's in two processes; 100,000 people extrapolated from
# 18.1 s for two pairs of one start each.
FLEXCLUST_SECONDS = {"mcdonalds": 77.0, "hundred_thousand": 9000.0}
BUDGET_SECONDS = {"mcdonalds": 2.0, "hundred_thousand": 15.0}


def mcdonalds(data: Path) -> Floats:
    """Return the 1,453 answers to eleven yes-or-no items."""
    with (data / "statistics" / "mcdonalds.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(row[item].startswith("Y")) for item in list(rows[0])[:11]] for row in rows])


def binary(n: int, items: int, seed: int = 11) -> Floats:
    """Return n people of five kinds with yes-or-no items (the generator of the other benchmarks)."""
    chance = np.random.default_rng(seed)
    odds = np.clip(chance.beta(0.6, 0.6, (5, items)), 0.05, 0.95)
    kind = chance.choice(5, n, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    return (chance.random((n, items)) < odds[kind]).astype(np.float64)


def ours(x: Floats, repetitions: int) -> dict[str, Any]:
    from segmentary.models.validate.stability import Distinct, bootstrap

    wall, cpu = time.perf_counter(), time.process_time()
    people = Distinct.of(x)
    found = bootstrap(people, KS, repetitions=repetitions, seed=1)
    return {
        "distinct": len(people.rows),
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "medians": {k: round(found[k].spread.median, 3) for k in found},
    }


def plain(x: Floats, pairs: int, ks: tuple[int, ...]) -> dict[str, Any]:
    """The same as it is usually written: rows drawn, KMeans fitted, everybody placed, ARI; of some of the pairs."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score
    from threadpoolctl import threadpool_limits

    chance = np.random.default_rng(1)
    # One thread: on small fits, threads that wait for each other would be counted as work.
    with threadpool_limits(1):
        wall, cpu = time.perf_counter(), time.process_time()
        for k in ks:
            for _ in range(pairs):
                labels = []
                for _ in range(2):
                    rows = x[chance.integers(len(x), size=len(x))]
                    one = KMeans(k, init="random", n_init=10, random_state=int(chance.integers(2**31))).fit(rows)
                    labels.append(one.predict(x))
                adjusted_rand_score(*labels)
        took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    return {"pairs": pairs, "ks": ks, **took}


def measure(name: str, x: Floats, repetitions: int, pairs: int, ks: tuple[int, ...]) -> dict[str, Any]:
    ours(x[:500], 1)  # machine code is loaded before it is measured
    mine = ours(x, repetitions)
    theirs = plain(x, pairs, ks)
    scale = repetitions / pairs * len(KS) / len(ks)
    return {
        "rows": len(x),
        "items": x.shape[1],
        "repetitions": repetitions,
        "ours": mine,
        "plain": theirs,
        "ratio_cpu": theirs["cpu_s"] * scale / mine["cpu_s"],
        "ratio_wall": theirs["wall_s"] * scale / mine["wall_s"],
        "flexclust_s": FLEXCLUST_SECONDS[name],
        "budget_s": BUDGET_SECONDS[name],
        "within": mine["wall_s"] <= BUDGET_SECONDS[name],
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stability", description=__doc__)
    parser.add_argument("--repetitions", type=int, default=100)
    given = parser.parse_args()
    results: dict[str, Any] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    if (DATA / "statistics" / "mcdonalds.csv").exists():
        results["mcdonalds"] = measure("mcdonalds", mcdonalds(DATA), given.repetitions, pairs=3, ks=tuple(KS))
    else:
        print("McDonald's is left out: set SEGMENTARY_DATA", file=sys.stderr)
    results["hundred_thousand"] = measure(
        "hundred_thousand", binary(100_000, 11), given.repetitions, pairs=1, ks=(2, 5, 8)
    )
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "stability.json").write_text(json.dumps(results, indent=2) + "\n")
    for name in ("mcdonalds", "hundred_thousand"):
        if name in results:
            one = results[name]
            print(
                f"{name:<18} {one['ours']['distinct']:>6,} distinct of {one['rows']:>7,} rows  "
                f"{one['ours']['wall_s']:6.2f} s wall {one['ours']['cpu_s']:6.2f} s CPU "
                f"(budget {one['budget_s']:.0f} s)  "
                f"plain rows: {one['ratio_cpu']:.0f} times the CPU"
            )


if __name__ == "__main__":
    main()
