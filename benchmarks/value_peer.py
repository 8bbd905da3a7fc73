"""lifetimes, in an environment of its own (`benchmarks/peers.txt`): one fit of a Parquet file, as JSON on stdout.

Nothing of ours is imported: ``.venv-peers/bin/python benchmarks/value_peer.py MODEL FILE [distinct]``.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, ParetoNBDFitter


def main(model: str, path: str, form: str) -> None:
    warnings.simplefilter("ignore")
    cells = pd.read_parquet(path)
    weights = cells["count"] if form == "distinct" else None
    if form == "customers":
        cells = cells.loc[np.repeat(cells.index.to_numpy(), cells["count"].astype(int))].reset_index(drop=True)
    x, t_x, age = cells["x"], cells["t_x"], cells["T"]
    fitter = {"BG/NBD": BetaGeoFitter, "Pareto/NBD": ParetoNBDFitter}[model]()
    began, cpu = time.perf_counter(), time.process_time()
    fitter.fit(x, t_x, age, weights=weights)
    found = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - began}
    cpu = time.process_time()
    fitter.conditional_expected_number_of_purchases_up_to_time(91.0, x, t_x, age)
    found["scoring_cpu_s"] = time.process_time() - cpu
    print(json.dumps({**found, "params": {k: float(v) for k, v in fitter.params_.items()}}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "customers")
