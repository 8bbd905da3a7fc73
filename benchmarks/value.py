"""``python -m benchmarks.value``: BG/NBD and Pareto/NBD beside lifetimes, in one run, at a likelihood no worse.

A million simulated customers whose purchases are known to the day (like CDNOW's customers, watched for a month to two
and a half years). Ours counts the distinct (x, t_x, T) in DuckDB, fits to them and scores them, with intervals;
lifetimes fits and scores in a process of its own environment (``make .venv-peers/.installed``), once as people call
it, once on our distinct cells with weights. CPU seconds, one thread. The likelihood at the peer's parameters is ours,
which is exact to nine digits.
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

from segmentary.engine.duckdb import DuckDB
from segmentary.models.value.bg_nbd import BetaGeo
from segmentary.models.value.cells import Cells
from segmentary.models.value.lifetime_model import LifetimeModel
from segmentary.models.value.pareto_nbd import ParetoNBD
from segmentary.models.value.purchases import count_cells
from segmentary.models.value.simulation import simulated_beta_geometric, simulated_pareto

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PEER = ROOT / ".venv-peers" / "bin" / "python"
HORIZON_DAYS = 91.0
GOALS = {"BG/NBD": 1.0, "Pareto/NBD": 10.0}
SCORING_GOAL, RATIO_GOAL = 0.5, 10.0
MODELS: dict[str, type[LifetimeModel]] = {"BG/NBD": BetaGeo, "Pareto/NBD": ParetoNBD}
PEER_NAMES = {"BG/NBD": ("r", "alpha", "a", "b"), "Pareto/NBD": ("r", "alpha", "s", "beta")}
T = TypeVar("T")


def customers(model: str, n: int) -> pa.Table:
    """Return n customers with their summaries in whole days, always the same."""
    age = np.random.default_rng(1).integers(30, 913, n).astype(np.float64)
    if model == "BG/NBD":
        x, t_x = simulated_beta_geometric(0.2426, 30.9, 0.7929, 2.4259, age, seed=3)
    else:
        x, t_x = simulated_pareto(0.5532, 74.03, 0.6062, 81.7, age, seed=3)
    days = np.where(x > 0, np.clip(np.ceil(t_x), 1, age), 0.0)
    return pa.table(
        {
            "repeat_count": x.astype(np.int64),
            "recency_days": days.astype(np.int64),
            "age_days": age.astype(np.int64),
        }
    )


def timed(work: Callable[[], T], repeat: int) -> tuple[T, float, float]:
    """Return the result, and the least CPU and wall seconds."""
    cpus, walls = [], []
    for _ in range(repeat):
        began, cpu = time.perf_counter(), time.process_time()
        found = work()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - began)
    return found, min(cpus), min(walls)


def counted(table: pa.Table, repeat: int) -> tuple[Cells, float]:
    engine = DuckDB(threads=1)
    engine.ingest("purchases", table)
    from sqlglot import exp

    cells, cpu, _ = timed(lambda: count_cells(engine, exp.table_("purchases", quoted=True)), repeat)
    engine.close()
    return cells, cpu


def peer(model: str, cells: Cells, form: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.parquet"
        columns = {"x": cells.repeat_count, "t_x": cells.recency, "T": cells.age, "count": cells.count}
        pq.write_table(pa.table(columns), path)
        words = [str(PEER), str(ROOT / "benchmarks" / "value_peer.py"), model, str(path), form]
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=one_thread())
        if done.returncode:
            return {"failed": done.stderr.strip().splitlines()[-1]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def one_thread() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


def at(model: str, params: dict[str, float], cells: Cells) -> float:
    """Return our log-likelihood at somebody else's parameters."""
    held = MODELS[model]()
    held.params_ = {name: params[name] for name in PEER_NAMES[model]}
    return held.log_likelihood_of(cells)


def measured(model: str, n: int, repeat: int) -> tuple[dict[str, Any], Cells, LifetimeModel]:
    cells, counting = counted(customers(model, n), repeat)
    MODELS[model]().fit(Cells(*(part[::97] for part in (cells.repeat_count, cells.recency, cells.age, cells.count))))
    fitted, cpu, wall = timed(lambda: MODELS[model]().fit(cells), repeat)
    scores, scoring, _ = timed(lambda: fitted.score_cells(cells, HORIZON_DAYS), repeat)
    found = {
        "customers": n,
        "cells": len(cells),
        "counting_cpu_s": counting,
        "fit_cpu_s": cpu,
        "fit_wall_s": wall,
        "scoring_cpu_s": scoring,
        "log_likelihood": fitted.log_likelihood_,
        "params": fitted.params_,
        "standard_errors": fitted.standard_errors_,
        "expected_in_horizon": float(scores.purchases @ cells.count / cells.n_customers),
        "note": fitted.note_,
    }
    return found, cells, fitted


def compared(model: str, found: dict[str, Any], cells: Cells, form: str) -> dict[str, Any]:
    theirs = peer(model, cells, form)
    if "failed" in theirs:
        return theirs
    theirs["log_likelihood"] = at(model, theirs["params"], cells)
    theirs["ratio"] = theirs["cpu_s"] / found["fit_cpu_s"]
    theirs["ratio_with_counting"] = theirs["cpu_s"] / (found["fit_cpu_s"] + found["counting_cpu_s"])
    theirs["log_likelihood_ahead"] = found["log_likelihood"] - theirs["log_likelihood"]
    return theirs


def shown(who: str, one: dict[str, Any]) -> None:
    if "failed" in one:
        print(f"  {who:34} failed: {one['failed']}", flush=True)
        return
    fit = one.get("fit_cpu_s", one.get("cpu_s"))
    print(
        f"  {who:34} {fit:8.2f} s fit {one['scoring_cpu_s']:7.3f} s scoring {one['log_likelihood']:18.4f}"
        + (
            f"  {one['ratio']:6.1f} times ours, ours ahead by {one['log_likelihood_ahead']:+.4f}"
            if "ratio" in one
            else ""
        ),
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.value", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--pareto-peer", type=int, default=100_000, help="customers lifetimes gets for Pareto/NBD")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-peer", action="store_true")
    given = parser.parse_args()
    results: dict[str, Any] = {"cores": os.cpu_count(), "repeat": given.repeat, "models": {}}
    bad = 0
    with_peer = PEER.exists() and not given.no_peer
    if not with_peer:
        print("without lifetimes: make .venv-peers/.installed", file=sys.stderr)
    for model in MODELS:
        found, cells, _ = measured(model, given.customers, given.repeat)
        print(
            f"\n{model}: {found['customers']:,} customers, {found['cells']:,} distinct, counted in "
            f"{found['counting_cpu_s']:.2f} s"
        )
        shown("ours", found)
        entry: dict[str, Any] = {"ours": found}
        bad += found["fit_cpu_s"] > GOALS[model] or found["scoring_cpu_s"] > SCORING_GOAL
        if with_peer:
            n = given.customers if model == "BG/NBD" else min(given.pareto_peer, given.customers)
            ours = found
            if n != given.customers:
                ours, cells, _ = measured(model, n, given.repeat)
                print(f"  with {n:,} customers, {ours['cells']:,} distinct:")
                shown("ours", ours)
                entry["ours beside the peer"] = ours
            for form in ("customers", "distinct"):
                entry[f"lifetimes, {form}"] = one = compared(model, ours, cells, form)
                shown(f"lifetimes, {form}", one)
            called = entry["lifetimes, customers"]
            if "failed" not in called:
                bad += called["ratio"] < RATIO_GOAL or called["log_likelihood_ahead"] < -0.01
        results["models"][model] = entry
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "value.json").write_text(json.dumps(results, indent=2) + "\n")
    print(f"\n{bad} goals missed" if bad else "\nall goals reached")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
