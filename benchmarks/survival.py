"""``python -m benchmarks.survival``: survival curves of 200 segments and Cox's regression beside lifelines, in one run.

A million customers in 200 segments, whole days of stay up to 300, five features. lifelines runs in a process of its own
environment (``make .venv-peers/.installed``); where there is none, ours is measured alone and that is said. CPU
seconds, one thread; quote ratios. The log-likelihoods must be equal to a millionth of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from segmentary.models.survival.cox import CoxRegression
from segmentary.models.survival.kaplan_meier import kaplan_meier_of

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PEER = ROOT / ".venv-peers" / "bin" / "python"
SEGMENTS = 200
EFFECTS = np.array([0.3, -0.2, 0.1, 0.0, 0.5])
GOALS = {"curves": 0.1, "cox": 2.0}
Made = TypeVar("Made")


def people(n: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Return customers: features, days of stay, whether they left, segment."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 5))
    stay = random.exponential(50 * np.exp(-x @ EFFECTS))
    seen = np.minimum(random.exponential(80, n), 300)
    found = {f"x{k}": x[:, k] for k in range(5)}
    duration = np.ceil(np.minimum(stay, seen))
    return found | {"duration": duration, "event": stay <= seen, "segment": random.integers(0, SEGMENTS, n)}


def least(made: Callable[[], Made], times: int) -> tuple[float, Made]:
    """Return the least CPU seconds of some runs, and the last result."""
    seconds = []
    for _ in range(times):
        cpu = time.process_time()
        found = made()
        seconds.append(time.process_time() - cpu)
    return min(seconds), found


def peer(task: str, path: Path) -> dict[str, Any] | None:
    """Return what lifelines says, None where it is not installed."""
    if not PEER.exists():
        return None
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    words = [str(PEER), str(ROOT / "benchmarks" / "survival_peer.py"), task, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ | one)
    if done.returncode:
        print(f"lifelines failed: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.survival", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--without-peer", action="store_true")
    given = parser.parse_args()
    data = people(given.people)
    x = np.column_stack([data[f"x{k}"] for k in range(5)])
    time_, left, segment = data["duration"], data["event"], data["segment"]
    CoxRegression().fit(x[:1000], time_[:1000], left[:1000])  # compiles
    results: dict[str, Any] = {"cores": os.cpu_count(), "people": given.people, "segments": SEGMENTS}
    curves_s, curves = least(lambda: kaplan_meier_of(time_, left, segment), given.times)
    cox_s, cox = least(lambda: CoxRegression().fit(x, time_, left), given.times)
    results["curves"] = {"cpu_s": curves_s}
    results["cox"] = {
        "cpu_s": cox_s,
        "log_likelihood": cox.log_likelihood_,
        "coefficients": cox.coefficients_.tolist(),
        "errors": cox.standard_errors_.tolist(),
    }
    good = True
    if given.without_peer or not PEER.exists():
        print("without lifelines: make .venv-peers/.installed", file=sys.stderr)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "people.parquet"
            pq.write_table(pa.table(data), path)
            theirs = {task: peer(task, path) for task in ("curves", "cox")}
        good = compared(results, theirs, dict(zip(curves.groups, curves.at([50.0])[:, 0], strict=True)))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "survival.json").write_text(json.dumps(results, indent=2) + "\n")
    return show(results, good)


def compared(results: dict[str, Any], theirs: dict[str, Any], at_50: dict[str, float]) -> bool:
    """Add what lifelines needed and says; return whether both say the same."""
    good = True
    for task, found in theirs.items():
        if found is None:
            continue
        results[task]["peer_cpu_s"] = found["cpu_s"]
        results[task]["ratio"] = found["cpu_s"] / results[task]["cpu_s"]
        if task == "curves":
            apart = max(abs(at_50[name] - share) for name, share in found["at_50"].items())
            results[task]["furthest_apart"] = apart
            good &= apart < 1e-9
        else:
            results[task]["peer_log_likelihood"] = found["log_likelihood"]
            apart = abs(found["log_likelihood"] - results[task]["log_likelihood"])
            results[task]["log_likelihoods_apart"] = apart
            good &= apart < 1e-6 * abs(found["log_likelihood"])
    return good


def show(results: dict[str, Any], good: bool) -> int:
    names = {"curves": f"Kaplan-Meier, {SEGMENTS} segments", "cox": "Cox (Efron), 5 features"}
    print(f"{results['people']:,} customers\n{'':32} {'CPU s':>9} {'lifelines':>10} {'ratio':>8}")
    late = False
    for task, name in names.items():
        found = results[task]
        theirs = f"{found['peer_cpu_s']:10.2f} {found['ratio']:8.1f}" if "ratio" in found else f"{'-':>10} {'-':>8}"
        print(f"{name:32} {found['cpu_s']:9.3f} {theirs}")
        late |= found["cpu_s"] > GOALS[task] * results["people"] / 1_000_000
    if "log_likelihoods_apart" in results["cox"]:
        print(f"log-likelihoods apart by {results['cox']['log_likelihoods_apart']:.2e}")
    if late:
        print("slower than the goal", file=sys.stderr)
    return 0 if good and not late else 1


if __name__ == "__main__":
    sys.exit(main())
