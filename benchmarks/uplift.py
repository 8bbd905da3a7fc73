"""Uplift: how often a difference is claimed where none is, intervals that hold the truth, and Qini's speed and figure.

``python -m benchmarks.uplift [--simulations N]`` prints one line per claim with its bar, and fails where one is not
reached. The peer, scikit-uplift, runs in ``.venv-peers`` on the same people; without it that part is left out and said.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.experiments import Claim
from segmentary.measurement.uplift.curves import qini_score
from segmentary.measurement.uplift.policies import ALL
from segmentary.measurement.uplift.trial import Trial, trial_of
from segmentary.measurement.uplift.uplift import Uplift, uplift
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results" / "uplift.json"
COLUMNS = (Column("fan", "binary", ("no", "yes")), Column("spent", "numeric"), Column("visits", "count"))
RIDGE = (("dr", "ridge"),)
PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
from sklift.metrics import qini_auc_score
held = np.load(sys.argv[1])
y, score, treated = held["y"], held["score"], held["treated"].astype(int)
best = 9e9
for _ in range(15):
    began = time.process_time()
    figure = qini_auc_score(y, score, treated)
    best = min(best, time.process_time() - began)
print(json.dumps({"figure": float(figure), "seconds": best}))
"""


def simulated(kind: str, people: int, seed: int) -> tuple[Trial, np.ndarray]:
    """Return people and the true effect on each."""
    chance = np.random.default_rng([seed, 11])
    fan = chance.random(people) < 0.4
    table = TypedTable(
        COLUMNS, np.column_stack([fan, chance.gamma(2, 30, people), chance.poisson(2, people)]).astype(float)
    )
    effect = {"alike": np.full(people, 0.08), "none": np.zeros(people), "both": np.where(fan, 0.12, -0.08)}[kind]
    treated = chance.random(people) < 0.5
    y = chance.random(people) < 0.2 + 0.002 * np.minimum(table.values[:, 1], 100) / 2 + effect * treated
    return trial_of(table, treated, y.astype(float), 0.5), effect


def read(trial: Trial) -> Uplift:
    """Read a trial by the learner that decides, its folds dealt once."""
    return uplift(trial, learners=RIDGE, repeats=1, draws=200)


def claims(simulations: int) -> list[Claim]:
    """Simulate: differences claimed where there are none, and found where they are."""
    found: list[Claim] = []
    for kind, title in (("none", "nothing happens"), ("alike", "everybody reacts alike")):
        said = [read(simulated(kind, 1_500, seed)[0]).said for seed in range(simulations)]
        share = sum(one.targetable for one in said) / simulations
        found.append(Claim(f"{title}: a targetable difference is claimed", share, 0.0, 0.05, simulations))
        share = sum(one.word == "target" for one in said) / simulations
        found.append(Claim(f"{title}: targeting is advised", share, 0.0, 0.05, simulations))
    right, average, gap, slope = 0, 0, 0, 0
    for seed in range(simulations):
        trial, effect = simulated("both", 4_000, 10_000 + seed)
        one = read(trial)
        right += one.said.word == "target"
        average += one.average.low <= 0.4 * 0.12 - 0.6 * 0.08 <= one.average.high
        # Whoever treats fans alone gains .08 of six in ten people against treating everyone.
        held = one.gaps[ALL]
        gap += held.low <= 0.6 * 0.08 <= held.high
        slope += one.heterogeneity.slope.low > 0
        del effect
    found.append(Claim("fans helped, others harmed: targeting is advised", right / simulations, 0.9, 1.0, simulations))
    found.append(Claim("fans helped, others harmed: slope above 0", slope / simulations, 0.95, 1.0, simulations))
    found.append(Claim("average effect: intervals that hold the truth", average / simulations, 0.9, 0.99, simulations))
    found.append(
        Claim("targeting against all: intervals that hold the best", gap / simulations, 0.88, 1.0, simulations)
    )
    return found


def against_peer(people: int = 42_693) -> list[Claim]:
    """Return Qini of the same people: our figure less scikit-uplift's, and its CPU time over ours."""
    python = ROOT / ".venv-peers" / "bin" / "python"
    chance = np.random.default_rng(1)
    treated, score = chance.random(people) < 0.5, chance.normal(size=people)
    y = (chance.random(people) < 0.1 + 0.05 * treated + 0.02 * treated * (score > 0)).astype(float)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "people.npz"
        np.savez(place, y=y, score=score, treated=treated)
        if not python.exists():
            print("no .venv-peers: scikit-uplift is not compared", file=sys.stderr)
            return []
        made = subprocess.run([python, "-c", PEER, place], capture_output=True, text=True, check=True)
    peer = json.loads(made.stdout)
    best = float("inf")
    for _ in range(15):
        began = time.process_time()
        ours = qini_score(y, score, treated)
        best = min(best, time.process_time() - began)
    print(f"Qini of {people:,} people: {best * 1e3:.1f} ms, scikit-uplift {peer['seconds'] * 1e3:.1f} ms (CPU)")
    return [
        Claim("Qini: difference to scikit-uplift", abs(ours - peer["figure"]), 0.0, 1e-9, 1),
        Claim("Qini: CPU time of scikit-uplift over ours", peer["seconds"] / best, 1.5, 1e9, 15),
    ]


def main() -> int:
    """Print and keep the claims."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulations", type=int, default=300)
    found = [*against_peer(), *claims(parser.parse_args().simulations)]
    for one in found:
        print(f"{one.what:<60} {one.measured:>10.4f}  {one.low:g} to {one.high:g}{'' if one.kept else '  <- not kept'}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([{**asdict(one), "kept": one.kept} for one in found], indent=1) + "\n")
    return 0 if all(one.kept for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
