"""``make bench``: load, run, report on a generated business, each phase in a process of its own.

Every figure is the wall time, the CPU time and the peak memory of one process, or of one step inside it. Quote the
ratios: machines differ, and so do moments of one machine.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PHASES = ("start", "load", "run", "each", "pandas", "report")
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--folder", type=Path, help="keep the data here (default: a temporary folder)")
    parser.add_argument("--phases", nargs="*", choices=PHASES, default=list(PHASES))
    parser.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.phase:
        print(json.dumps(phase(given.phase, given.folder)))
        return
    folder = given.folder or Path(tempfile.mkdtemp(prefix="segmentary-bench-"))
    try:
        results = measure(folder, given.customers, given.events, given.phases)
    finally:
        if given.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    RESULTS.mkdir(exist_ok=True)
    name = f"main-{given.customers}-{given.events}.json"
    (RESULTS / name).write_text(json.dumps(results, indent=2) + "\n")
    show(results)


def measure(folder: Path, customers: int, events: int, phases: list[str]) -> dict[str, Any]:
    from benchmarks.generate import generate

    if not (folder / "events.parquet").exists():
        print(f"generating {customers:,} customers and {events:,} events", file=sys.stderr)
        generate(folder, customers=customers, events=events)
    results: dict[str, Any] = {"customers": customers, "events": events, "cores": os.cpu_count()}
    for name in phases:
        print(f"measuring: {name}", file=sys.stderr)
        command = [sys.executable, "-m", "benchmarks", "--phase", name, "--folder", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{name} failed:\n{done.stderr}")
        results[name] = json.loads(done.stdout.splitlines()[-1])
    return results


def timed(what: Callable[[], Any]) -> dict[str, float]:
    """Return wall and CPU seconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    what()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}


def median(figures: list[dict[str, float]]) -> dict[str, float]:
    ordered = sorted(figures, key=lambda figure: figure["cpu_s"])
    return ordered[len(ordered) // 2]


def phase(name: str, folder: Path) -> dict[str, Any]:
    steps: dict[str, Any] = PHASE[name](folder)
    steps["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return steps


def start(_: Path) -> dict[str, Any]:
    """Start-up in fresh processes, median of nine."""
    command = str(Path(sys.executable).with_name("segmentary"))

    def wall(*words: str) -> float:
        before = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        return time.perf_counter() - before

    def middle(*words: str) -> float:
        return sorted(wall(*words) for _ in range(9))[4]

    nothing = middle(sys.executable, "-c", "pass")
    return {
        "python": {"wall_s": nothing},
        "import segmentary": {"wall_s": middle(sys.executable, "-c", "import segmentary") - nothing},
        "segmentary --help": {"wall_s": middle(command, "--help")},
    }


def load(folder: Path) -> dict[str, Any]:
    import segmentary as sg

    shutil.rmtree(folder / "shop", ignore_errors=True)
    with sg.init(folder / "shop") as shop:
        from benchmarks.rules import fifty

        found = {"customers": timed(lambda: shop.add(folder / "customers.parquet", kind="customers"))}
        found["events"] = timed(lambda: shop.add(folder / "events.parquet", kind="events"))
        found["derive"] = timed(shop.derived.ensure)
        found["define 50 segments"] = timed(lambda: shop.define(*fifty()))
    return found


def run(folder: Path) -> dict[str, Any]:
    import segmentary as sg
    from segmentary.engine.sqlfile import parse_query

    with sg.open(folder / "shop") as shop:
        scan = parse_query("select count(*), max(happened_at), sum(amount) from events")
        group = parse_query(
            "select sum(n), sum(s), max(t) from (select customer_id, count(*) as n, sum(amount) as s, "
            "max(happened_at) as t from events group by customer_id) as g"
        )
        found = {
            "scan": median([timed(lambda: shop.engine.rows(scan)) for _ in range(5)]),
            "group by customer": median([timed(lambda: shop.engine.rows(group)) for _ in range(3)]),
        }
        steps: list[tuple[str, float]] = []

        def note(step: str) -> None:
            steps.append((step, time.perf_counter()))

        found["run"] = timed(lambda: shop.run(as_of="2026-01-01", progress=note))
        note("end")
        found["steps"] = {a: round(t2 - t1, 3) for (a, t1), (_, t2) in itertools.pairwise(steps)}
        context = shop.context("2026-01-01")
        fifty_only = shop.segments_defined()
        found["50 segments, shared pass"] = median(
            [timed(lambda: shop.evaluate(fifty_only, context)) for _ in range(3)]
        )
    return found


def each(folder: Path) -> dict[str, Any]:
    import segmentary as sg

    with sg.open(folder / "shop") as shop:
        context = shop.context("2026-01-01")
        held = shop.segments_defined()
        return {
            "one query per segment": timed(lambda: [shop.evaluate({name: one}, context) for name, one in held.items()])
        }


def pandas(folder: Path) -> dict[str, Any]:
    from benchmarks.pandas_recipe import recipe

    return {"pandas: read, RFM, 50 segments": timed(lambda: recipe(folder))}


def report(folder: Path) -> dict[str, Any]:
    import segmentary as sg

    with sg.open(folder / "shop") as shop:
        return {"report": timed(lambda: shop.report(folder / "report"))}


PHASE: dict[str, Callable[[Path], dict[str, Any]]] = {
    "start": start,
    "load": load,
    "run": run,
    "each": each,
    "pandas": pandas,
    "report": report,
}


def show(results: dict[str, Any]) -> None:
    print(f"\n{results['customers']:,} customers, {results['events']:,} events, {results['cores']} cores\n")
    print(f"{'step':42} {'wall s':>9} {'CPU s':>9}")
    for name in PHASES:
        for step, figure in results.get(name, {}).items():
            if isinstance(figure, dict) and "wall_s" in figure:
                cpu = f"{figure['cpu_s']:9.2f}" if "cpu_s" in figure else " " * 9
                print(f"{name + ': ' + step:42} {figure['wall_s']:9.3f} {cpu}")
        if name in results and "peak_memory_mb" in results[name]:
            print(f"{name + ': peak memory':42} {results[name]['peak_memory_mb']:7,.0f} MB")
    print("\nratios of CPU seconds")
    for label, above, below in RATIOS:
        a, b = figure_of(results, above), figure_of(results, below)
        if a and b:
            print(f"  {label:56} {a / b:8.1f}")


RATIOS = (
    ("load of events / scan", ("load", "events"), ("run", "scan")),
    ("run (traits, RFM, 50 segments, publish) / scan", ("run", "run"), ("run", "scan")),
    ("run / group by customer", ("run", "run"), ("run", "group by customer")),
    ("50 segments shared / group by customer", ("run", "50 segments, shared pass"), ("run", "group by customer")),
    ("one query per segment / shared pass", ("each", "one query per segment"), ("run", "50 segments, shared pass")),
    ("pandas recipe / run", ("pandas", "pandas: read, RFM, 50 segments"), ("run", "run")),
    ("report / scan", ("report", "report"), ("run", "scan")),
)


def figure_of(results: dict[str, Any], place: tuple[str, str]) -> float | None:
    figure = results.get(place[0], {}).get(place[1])
    return float(figure["cpu_s"]) if figure else None


if __name__ == "__main__":
    main()
