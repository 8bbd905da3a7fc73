"""``python -m benchmarks.mixtures``: latent classes beside StepMix, normal mixtures beside scikit-learn, in one run.

Each fit runs in a process of its own, one thread of linear algebra; ratios of CPU seconds are what to quote. Ours
starts from many places by default, the peers from one: both settings of ours are shown, and what likelihood each
reached.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"
SIZES = (100_000, 1_000_000)


def binary(n: int) -> np.ndarray:
    """Return n people with 20 yes-or-no answers of five classes, always the same."""
    rng = np.random.default_rng(11)
    p = np.clip(rng.beta(0.6, 0.6, (5, 20)), 0.05, 0.95)
    z = rng.choice(5, n, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    return (rng.random((n, 20)) < p[z]).astype(np.float64)


def blobs(n: int) -> np.ndarray:
    """Return n people with ten normal numbers of six segments, always the same."""
    rng = np.random.default_rng(3)
    centres = rng.normal(0, 1.5, (6, 10))
    return centres[rng.integers(0, 6, n)] + rng.normal(size=(n, 10))


def classes(n_init: Any) -> Callable[[np.ndarray], float]:
    from segmentary.models.cluster.latent_class import LatentClass

    return lambda x: LatentClass(5, n_init=n_init).fit(x).log_likelihood_


def stepmix(x: np.ndarray) -> float:
    from stepmix.stepmix import StepMix

    model = StepMix(n_components=5, measurement="binary", n_init=1, random_state=0, progress_bar=0, verbose=0)
    return float(model.fit(x).score(x) * len(x))


def normals(n_init: Any, family: str) -> Callable[[np.ndarray], float]:
    from segmentary.models.cluster.gaussian_mixture import GaussianMixture

    return lambda x: GaussianMixture(6, covariance=family, n_init=n_init).fit(x).log_likelihood_


def scikit_learn(form: str) -> Callable[[np.ndarray], float]:
    from sklearn.mixture import GaussianMixture

    def fit(x: np.ndarray) -> float:
        model = GaussianMixture(6, covariance_type=form, random_state=0).fit(x)
        return float(model.score(x) * len(x))

    return fit


FITS: dict[str, tuple[Callable[[int], np.ndarray], Callable[[], Callable[[np.ndarray], float]]]] = {
    "latent classes, many starts": (binary, lambda: classes("auto")),
    "latent classes, one start": (binary, lambda: classes(1)),
    "StepMix, one start": (binary, lambda: stepmix),
    "normal VVV, many starts": (blobs, lambda: normals("auto", "VVV")),
    "normal VVV, one start": (blobs, lambda: normals(1, "VVV")),
    "scikit-learn full, one start": (blobs, lambda: scikit_learn("full")),
    "normal VVI, many starts": (blobs, lambda: normals("auto", "VVI")),
    "scikit-learn diag, one start": (blobs, lambda: scikit_learn("diag")),
}
RATIOS = (
    ("StepMix, one start", "latent classes, one start", {100_000: 5.0, 1_000_000: 15.0}),
    ("StepMix, one start", "latent classes, many starts", {}),
    ("scikit-learn full, one start", "normal VVV, one start", {}),
    ("scikit-learn full, one start", "normal VVV, many starts", {}),
    ("scikit-learn diag, one start", "normal VVI, many starts", {}),
)


def fit(name: str, n: int, repeat: int) -> dict[str, float]:
    """Return the median of wall and CPU seconds, the likelihood and the peak memory, after a small fit to warm up."""
    import resource

    make, model = FITS[name]
    run = model()
    run(make(500))
    x = make(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        known = run(x)
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpu, wall = sorted(times)[len(times) // 2]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu_s": cpu, "wall_s": wall, "log_likelihood": known, "memory_mb": peak, "before_mb": before}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mixtures", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--fit", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fit:
        print(json.dumps(fit(given.fit[0], int(given.fit[1]), given.repeat)))
        return 0
    results: dict[str, Any] = {"cores": os.cpu_count(), "repeat": given.repeat, "sizes": {}}
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    bad = 0
    for n in given.sizes:
        found: dict[str, Any] = {}
        print(f"\n{n:,} people{'':34} {'CPU s':>8} {'wall s':>8} {'memory MB':>10} {'log-likelihood':>18}")
        for name in FITS:
            words = [sys.executable, "-m", "benchmarks.mixtures", "--repeat", str(given.repeat), "--fit", name, str(n)]
            done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)
            found[name] = one = json.loads(done.stdout.splitlines()[-1])
            print(
                f"{name:45} {one['cpu_s']:8.2f} {one['wall_s']:8.2f} {one['memory_mb']:10,.0f} "
                f"{one['log_likelihood']:18.4f}",
                flush=True,
            )
        found["ratios"] = {}
        for above, below, goals in RATIOS:
            ratio = found[above]["cpu_s"] / found[below]["cpu_s"]
            ahead = found[below]["log_likelihood"] - found[above]["log_likelihood"]
            goal = goals.get(n)
            missed = goal is not None and (ratio < goal or ahead < -0.01)
            bad += missed
            found["ratios"][f"{above} / {below}"] = {"cpu": ratio, "goal": goal, "log_likelihood_ahead": ahead}
            wanted = "" if goal is None else f"  (goal {goal:.0f})" + ("  <- missed" if missed else "")
            print(f"  {above} / {below}: {ratio:.1f} in CPU seconds, likelihood {ahead:+.4f}{wanted}")
        results["sizes"][str(n)] = found
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "mixtures.json").write_text(json.dumps(results, indent=2) + "\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
