"""lifelines, in an environment of its own (`benchmarks/peers.txt`): curves and Cox's regression of a Parquet file.

Nothing of ours is imported: ``.venv-peers/bin/python benchmarks/survival_peer.py TASK FILE``; JSON on stdout.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter


def curves(people: pd.DataFrame) -> dict[str, object]:
    at = {}
    for segment, own in people.groupby("segment"):
        fitter = KaplanMeierFitter().fit(own["duration"], own["event"])
        at[str(segment)] = float(fitter.predict(50.0))
    return {"at_50": at}


def cox(people: pd.DataFrame) -> dict[str, object]:
    fitter = CoxPHFitter().fit(people.drop(columns="segment"), "duration", "event")
    return {
        "log_likelihood": float(fitter.log_likelihood_),
        "coefficients": [float(one) for one in fitter.params_],
        "errors": [float(one) for one in fitter.standard_errors_],
    }


def main(task: str, path: str) -> None:
    warnings.simplefilter("ignore")
    people = pd.read_parquet(path)
    began, cpu = time.perf_counter(), time.process_time()
    found = {"curves": curves, "cox": cox}[task](people)
    print(json.dumps({"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - began, **found}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
