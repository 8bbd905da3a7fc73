"""`python -m benchmarks.false_discovery`: how often the verdict is wrong, and how often it is right.

Judges fresh data sets of every generator in `segmentary.samples.planted`: one population only (nulls), and segments
that were put there. The rule was tuned on seeds below 10,000 and is measured here on seeds from 1,000,000 on. Writes
benchmarks/results/false-discovery.json and the tables of docs/verdicts.md (between its markers).

    --n 300 --nulls 100 --planted 50 --workers 2      (add --n 2000 --nulls 20 --planted 10 beside it)
    --table    only writes the tables again from the JSON
"""

from __future__ import annotations

import argparse
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "false-discovery.json"
PAGE = ROOT / "docs" / "verdicts.md"
FIRST_SEED = 1_000_000
START, END = "<!-- figures: benchmarks/false_discovery.py -->", "<!-- end of figures -->"


def judged(name: str, n: int, seed: int) -> dict[str, object]:
    """Return what the verdict says of one data set."""
    from segmentary.models.validate.judging import judge
    from segmentary.samples.planted import make

    table, _ = make(name, n, seed)
    began = time.process_time()
    verdict = judge(table, seed=seed)
    return {
        "set": name,
        "n": n,
        "seed": seed,
        "kind": verdict.kind,
        "gate": verdict.gate,
        "reproducible": verdict.reproducible,
        "p": [test.p for test in verdict.tests],
        "excess": verdict.tests[0].excess if verdict.tests else None,
        "strength": verdict.prediction_strength,
        "agreement": verdict.stability,
        "cpu_seconds": round(time.process_time() - began, 3),
    }


def work(job: tuple[str, int, int]) -> dict[str, object]:
    return judged(*job)


def study(n: int, nulls: int, planted: int, workers: int) -> list[dict[str, object]]:
    """Judge that many data sets of every null, and of every planted set, of n people."""
    from segmentary.samples.planted import MORE_NULLS, MORE_PLANTED, NULLS, PLANTED

    counts = dict.fromkeys(NULLS | MORE_NULLS, nulls) | dict.fromkeys(PLANTED | MORE_PLANTED, planted)
    jobs = [(name, n, FIRST_SEED + one) for name, count in counts.items() for one in range(count)]
    with ProcessPoolExecutor(workers, initializer=os.nice, initargs=(10,)) as pool:
        found = []
        for one in pool.map(work, jobs, chunksize=5):
            found.append(one)
            if len(found) % 100 == 0:
                print(f"{len(found)} of {len(jobs)}", flush=True)
    return found


def share(rows: list[dict[str, object]], key: str) -> float:
    hits = [row["kind"] == "natural" if key == "natural" else bool(row[key]) for row in rows]
    return sum(hits) / len(hits)


def table(rows: list[dict[str, object]], names: list[str]) -> list[str]:
    """Return a Markdown table: per set the share with gate, reproducible, natural (with Wilson's interval)."""
    from segmentary.models.intervals import wilson

    lines = [
        "| data | sets | gate | comes back | natural | 95 % interval | CPU seconds |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name in [*names, "all"]:
        own = [row for row in rows if row["set"] == name or (name == "all" and row["set"] in names)]
        if not own:
            continue
        hits = sum(row["kind"] == "natural" for row in own)
        sure = wilson(hits, len(own))
        seconds = sum(float(str(row["cpu_seconds"])) for row in own) / len(own)
        shown = [f"{share(own, key):.2f}" for key in ("gate", "reproducible", "natural")]
        lines.append(
            f"| {name} | {len(own)} | {' | '.join(shown)} | {sure.low:.2f} to {sure.high:.2f} | {seconds:.1f} |"
        )
    return lines


def page_tables(rows: list[dict[str, object]]) -> str:
    """Return the tables of the page."""
    from segmentary.samples.planted import MORE_NULLS, MORE_PLANTED, NULLS, PLANTED

    parts = []
    for n in sorted({int(str(row["n"])) for row in rows}):
        own = [row for row in rows if row["n"] == n]
        for title, names in (
            ("one population (natural would be wrong)", NULLS),
            ("further single populations", MORE_NULLS),
            ("segments put there (natural is right)", PLANTED),
            ("mixed kinds, and harder ones", MORE_PLANTED),
        ):
            parts += [f"### {n:,} people: {title}", "", *table(own, list(names)), ""]
    return "\n".join(parts)


def write_page(rows: list[dict[str, object]]) -> None:
    """Put the tables between the markers of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n\n{page_tables(rows)}\n{END}{after}", encoding="utf-8")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--n", type=int, default=300)
    asked.add_argument("--nulls", type=int, default=100)
    asked.add_argument("--planted", type=int, default=50)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--table", action="store_true")
    given = asked.parse_args()
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    if not given.table:
        known = [row for row in known if row["n"] != given.n]
        known += study(given.n, given.nulls, given.planted, given.workers)
        lines = ",\n".join(json.dumps(row) for row in known)
        RESULTS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    if PAGE.exists():
        write_page(known)
    print(page_tables(known))


if __name__ == "__main__":
    main()
