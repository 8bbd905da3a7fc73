"""`python -m benchmarks.recipes`: what common recipes say on the data sets of `benchmarks.false_discovery`.

For each recipe the share of data sets on which it claims segments, and on which it finds the number that was put there:
the largest mean silhouette (standardised columns, k-means), the gap (box along the principal components, one error) and
the smallest BIC of Gaussian mixtures with full covariances (scikit-learn). Prints the table of docs/verdicts.md.
"""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "segment-number-recipes.json"
FIRST_SEED = 1_000_000
KS = range(2, 9)
TRUTH = {
    "g3_sep": 3,
    "g4_overlap": 4,
    "skew3": 3,
    "ellip3": 3,
    "rfm_planted": 3,
    "lca4": 4,
    "likert3": 3,
    "axis2": 2,
}


def chosen(name: str, n: int, seed: int) -> dict[str, int]:
    """Return the number of segments each recipe chooses."""
    from sklearn.mixture import GaussianMixture

    from segmentary.models.validate import lloyd
    from segmentary.models.validate.gap import gap_statistic
    from segmentary.models.validate.silhouette import silhouette
    from segmentary.samples.planted import make

    x = make(name, n, seed)[0].values
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    w = np.ones(n)
    widths = {k: silhouette(z, lloyd.fit(z, w, k, starts=5, seed=seed)[2]) for k in KS}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bic = {k: GaussianMixture(k, n_init=2, random_state=seed).fit(z).bic(z) for k in range(1, 7)}
    return {
        "silhouette": max(widths, key=widths.__getitem__),
        "gap": gap_statistic(z, range(1, 9), references=20, seed=seed).choice,
        "bic": min(bic, key=bic.__getitem__),
    }


def main() -> None:
    from segmentary.samples.planted import NULLS, PLANTED

    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--n", type=int, default=300)
    asked.add_argument("--sets", type=int, default=10)
    given = asked.parse_args()
    found = []
    print("| data | largest silhouette | gap | BIC of Gaussian mixtures |\n|---|--:|--:|--:|")
    for name in [*NULLS, *PLANTED]:
        rows = [chosen(name, given.n, FIRST_SEED + one) for one in range(given.sets)]
        found.append({"set": name, "n": given.n, "sets": given.sets, "chosen": rows})
        shown = []
        for recipe in ("silhouette", "gap", "bic"):
            claims = np.mean([row[recipe] > 1 for row in rows])
            right = np.mean([row[recipe] == TRUTH.get(name, 1) for row in rows])
            shown.append(f"{claims:.1f}" if name in NULLS else f"{claims:.1f} / {right:.1f}")
        print(f"| {name} | {' | '.join(shown)} |", flush=True)
    lines = ",\n".join(json.dumps(one) for one in found)
    RESULTS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
