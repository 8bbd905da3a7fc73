"""How long a question takes alone, and while a run goes on in the same process: `python -m benchmarks.serving DIR`.

DIR is a workspace; it is copied first. A question is the evaluation of a new definition, counted from one snapshot.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from segmentary.language.documents import parse_document
from segmentary.workspace.opening import open_workspace
from segmentary.workspace.serving import Serving

SECONDS = 8.0


def questions(serving: Serving, goes_on) -> list[float]:
    """Seconds of questions, one after the other, each another definition."""
    found, number = [], 0
    while goes_on(len(found)):
        number += 1
        rule = {
            "event": "order_completed",
            "during": {"last": f"{30 + number % 60}d"},
            "count": {"gte": number % 9 + 1},
        }
        began = time.perf_counter()
        with serving.reading() as workspace:
            definition = parse_document({"segment": "asked", "where": rule})
            workspace.evaluate({"asked": definition}, workspace.context(workspace.last_run().as_of))
        found.append(time.perf_counter() - began)
    return found


def figures(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "questions": len(ordered),
        "median_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))] * 1000, 1),
    }


def main() -> None:
    source = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "shop"
        shutil.copytree(source, folder)
        with open_workspace(folder) as workspace:
            serving = Serving(workspace)
            serving.start()
            questions(serving, lambda n: n < 3)
            ends = time.monotonic() + SECONDS
            alone = figures(questions(serving, lambda _: time.monotonic() < ends))
            runs = [serving.jobs.start("run", {"as_of": f"2017-0{month}-01"}) for month in range(3, 7)]
            beside = questions(serving, lambda _: not all(serving.jobs.get(one.job).ended for one in runs))
            during = figures(beside)
            states = [serving.jobs.get(one.job).state for one in runs]
            serving.close()
    ratio = round(during["median_ms"] / alone["median_ms"], 2)
    print(json.dumps({"alone": alone, "during_runs": during, "median_ratio": ratio, "runs": states}, indent=1))


if __name__ == "__main__":
    main()
