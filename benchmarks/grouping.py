"""``python -m benchmarks.grouping``: partitions beside their peers, in one process, by CPU seconds.

k-modes and k-prototypes beside the package kmodes (its default start, Cao's), at equal or lower cost; k-means beside
scikit-learn's, which is as fast as arithmetic on this machine goes. Quote ratios, not seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"
CODED = [5, 6, 7, 8, 9]
K = 6


def mixed(n: int, seed: int = 7) -> np.ndarray:
    """Return five normal numbers and five answers of six planted segments."""
    random = np.random.default_rng(seed)
    segment = random.integers(0, K, n)
    numbers = random.normal(0, 2, (K, 5))[segment] + random.normal(size=(n, 5))
    answers = []
    for levels in (4, 4, 6, 6, 8):
        profile = random.dirichlet(np.full(levels, 0.5), K).cumsum(axis=1)
        answers.append((random.random(n)[:, None] > profile[segment]).sum(axis=1).clip(0, levels - 1))
    return np.column_stack([numbers, *answers])


def ten_answers(n: int, seed: int = 7) -> np.ndarray:
    """Return ten answers of six planted segments."""
    return np.column_stack([mixed(n, seed)[:, 5:], mixed(n, seed + 1)[:, 5:]])


def blobs(n: int, seed: int = 3) -> np.ndarray:
    """Return ten normal numbers around six centres."""
    random = np.random.default_rng(seed)
    centres = random.normal(0, 1.5, (K, 10))
    return centres[random.integers(0, K, n)] + random.normal(size=(n, 10))


def timed(fit: Callable[[], Any], cost: str, times: int = 1) -> dict[str, float]:
    """Return the least CPU and wall seconds of some fits, and the cost of the last."""
    found = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        fitted = fit()
        found.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = min(found)
    return {"cpu_s": cpu, "wall_s": wall, "cost": float(getattr(fitted, cost))}


def beside(n: int, times: int, peers: bool) -> dict[str, Any]:
    """Return the figures of one size."""
    from kmodes.kmodes import KModes as PeerModes
    from kmodes.kprototypes import KPrototypes as PeerPrototypes
    from sklearn.cluster import KMeans as PeerMeans

    from segmentary.models.cluster.kmeans import KMeans
    from segmentary.models.cluster.kmodes import KModes
    from segmentary.models.cluster.kprototypes import KPrototypes

    both, answers, numbers = mixed(n), ten_answers(n), blobs(n)
    found: dict[str, Any] = {}
    for name, starts in (("1 start", 1), ("default", "auto")):
        found[f"k-prototypes, {name}"] = timed(
            lambda starts=starts: KPrototypes(K, categorical_features=CODED, n_init=starts).fit(both), "cost_", times
        )
        found[f"k-modes, {name}"] = timed(lambda starts=starts: KModes(K, n_init=starts).fit(answers), "cost_", times)
        found[f"k-means, {name}"] = timed(lambda starts=starts: KMeans(K, n_init=starts).fit(numbers), "cost_", times)
    for starts in (1, 10):
        found[f"k-means of scikit-learn, {starts} starts"] = timed(
            lambda starts=starts: PeerMeans(K, n_init=starts, random_state=0).fit(numbers), "inertia_", times
        )
    if peers:
        text = answers.astype(int)
        found["k-prototypes of kmodes, 1 start"] = timed(
            lambda: PeerPrototypes(K, n_init=1, random_state=0).fit(both, categorical=CODED), "cost_"
        )
        found["k-modes of kmodes, 1 start"] = timed(lambda: PeerModes(K, n_init=1, random_state=0).fit(text), "cost_")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grouping", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--peers-up-to", type=int, default=100_000, help="the package kmodes takes ten minutes a million"
    )
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    beside(2_000, 1, peers=True)  # compiles
    beside(40_000, 1, peers=False)
    results: dict[str, Any] = {"cores": os.cpu_count(), "segments": K, "sizes": {}}
    for n in given.rows:
        print(f"{n:,} rows", file=sys.stderr)
        results["sizes"][str(n)] = beside(n, 3, n <= given.peers_up_to)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "grouping.json").write_text(json.dumps(results, indent=2) + "\n")
    show(results)


def show(results: dict[str, Any]) -> None:
    for n, found in results["sizes"].items():
        print(f"\n{int(n):,} rows, {K} segments\n{'':36} {'CPU s':>9} {'wall s':>9} {'cost':>18}")
        for name, figures in found.items():
            print(f"{name:36} {figures['cpu_s']:9.3f} {figures['wall_s']:9.3f} {figures['cost']:18.3f}")
        for method, peer in PEERS:
            for ours in (f"{method}, 1 start", f"{method}, default"):
                if peer in found:
                    ratio = found[peer]["cpu_s"] / found[ours]["cpu_s"]
                    cost = found[ours]["cost"] / found[peer]["cost"]
                    print(f"  {peer} / {ours}: {ratio:.1f} times the CPU; our cost is {cost:.6f} of its")


PEERS = (
    ("k-prototypes", "k-prototypes of kmodes, 1 start"),
    ("k-modes", "k-modes of kmodes, 1 start"),
    ("k-means", "k-means of scikit-learn, 1 starts"),
    ("k-means", "k-means of scikit-learn, 10 starts"),
)


if __name__ == "__main__":
    main()
