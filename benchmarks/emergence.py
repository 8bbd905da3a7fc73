"""`python -m benchmarks.emergence`: how often emergence cries wolf, and how often it sees what happened.

For every planted change, fresh people are held against segments found in other people (five numbers, four segments,
k-means; `tests/dynamics/planted.py`). The rules were set on other generators and seeds below 10,000; these begin at
1,000,000. Writes benchmarks/results/emergence.json and prints a table.

    --n 1000 --times 100
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[1] / "benchmarks" / "results" / "emergence.json"
FIRST_SEED = 1_000_000
CHANGES = (
    ("same", 0.0), ("sizes", 0.0), ("tails", 0.0), ("outliers", 0.0), ("moved", 0.0),
    ("new", 4.0), ("new", 5.0), ("new", 6.0), ("split", 4.0), ("split", 5.0), ("split", 6.0), ("merge", 0.0),
)  # fmt: skip


def measured(change: str, apart: float, n: int, times: int) -> dict[str, object]:
    """Return the share of runs that establish each kind of news."""
    from tests.dynamics.planted import people, solution

    from segmentary.dynamics.emergence import emergence

    counts = {"new_groups": 0, "splits": 0, "merges": 0, "any": 0, "unfit": 0.0}
    for turn in range(times):
        seed = FIRST_SEED + 2 * turn
        reference = people(seed, n=n)
        found = emergence(
            solution(reference),
            people(seed + 1, change, n=n, apart=apart or 5.0),  # type: ignore[arg-type]
            reference=reference,
            seed=turn,
        )
        for kind in ("new_groups", "splits", "merges"):
            counts[kind] += bool(getattr(found, kind))
        counts["any"] += found.news
        counts["unfit"] += found.unfit.estimate
    return {"change": change, "apart": apart, "n": n, "times": times, **{k: v / times for k, v in counts.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--times", type=int, default=100)
    options = parser.parse_args()
    rows = []
    print(f"{'change':10} {'apart':>5} {'new':>5} {'split':>5} {'merge':>5} {'any':>5} {'unfit':>6}")
    for change, apart in CHANGES:
        row = measured(change, apart, options.n, options.times)
        rows.append(row)
        shares = " ".join(f"{row[kind]:5.2f}" for kind in ("new_groups", "splits", "merges", "any"))
        print(f"{change:10} {apart:5.1f} {shares} {row['unfit']:6.1%}", flush=True)
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
