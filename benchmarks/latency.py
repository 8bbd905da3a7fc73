"""``python -m benchmarks.latency``: what somebody waits for in a workspace; medians of wall and CPU time.

Previews of a rule that counts, of one with traits and of a sequence; explaining customers; point look-ups. The data are
those of `scale_data`, put into a workspace; a folder made before is used again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import segmentary as sg
from benchmarks import scale_data
from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import parse_query
from segmentary.errors import UnknownNameError

AS_OF = "2026-01-01"
SEEN, EXPLAINED, LOOKED_UP = 3, 15, 5_000


def definitions() -> dict[str, Any]:
    bought = sg.step("order_completed").within("7d").without("support_chat_started")
    rules = {
        "counting": sg.events("order_completed").last("90d").count() >= 3,
        "traits": (sg.events("order_completed").last("365d").count() >= 2) & (sg.trait("age") >= 50),
        "sequence": sg.sequence(sg.step("product_viewed"), bought),
        "never": sg.events("login").count() == 0,
    }
    return {name: sg.define_segment(name, rule) for name, rule in rules.items()}


def workspace(folder: Path, customers: int, events: int) -> sg.Workspace:
    """Return a workspace on generated data, run once."""
    place = folder / "workspace"
    if not place.exists():
        scale_data.deliver(folder, customers=customers, events=events)
        scale_data.warehouse(folder, customers=customers, clustered=True)
        shutil.rmtree(folder / "deliveries")
        sg.init(place).close()
        os.replace(folder / "warehouse.duckdb", place / "warehouse.duckdb")
        engine = DuckDB(place / "warehouse.duckdb")
        # Nothing was loaded: the tables stand as if they had been derived.
        engine.create_as("derived_state", parse_query("select 0::bigint as loads"))
        engine.close()
    opened = sg.open(place)
    opened.define(*definitions().values())
    if opened.last_run() is None:
        opened.run(as_of=AS_OF)
    return opened


def median(what: Callable[[], Any], times: int) -> dict[str, float]:
    """Return the median milliseconds of something, after once to warm up."""
    what()
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        what()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {"wall_ms": statistics.median(walls) * 1e3, "cpu_ms": statistics.median(cpus) * 1e3}


def measured(opened: sg.Workspace, customers: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    rules = definitions()
    for name in ("counting", "traits", "sequence"):
        rule = rules[name].where
        found[f"preview, {name}"] = median(lambda rule=rule: opened.where(rule).count(as_of=AS_OF), SEEN)
    rng = random.Random(5)
    people = iter([f"c{int(customers * rng.random()):08d}" for _ in range(20 * EXPLAINED)])

    def explain(name: str) -> None:
        while True:
            try:
                opened.segment(name).explain(next(people), as_of=AS_OF)
            except UnknownNameError:
                continue
            return

    for name in rules:
        found[f"explain, {name}"] = median(lambda name=name: explain(name), EXPLAINED)
    ids = [f"c{rng.randrange(customers):08d}" for _ in range(LOOKED_UP)]
    for what, ask in (
        ("is_member", lambda: [opened.is_member(one, "counting") for one in ids]),
        ("segments_of", lambda: [opened.segments_of(one) for one in ids]),
    ):
        found[what] = median(ask, 5)
        found[f"{what}, per second"] = LOOKED_UP / found[what]["wall_ms"] * 1e3
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=50_000_000)
    parser.add_argument("--folder", type=Path, default=Path("build/bench-latency"), help="where the data are kept")
    given = parser.parse_args()
    opened = workspace(given.folder, given.customers, given.events)
    found = measured(opened, given.customers)
    opened.close()
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    file = results / f"latency-{given.customers}-{given.events}.json"
    size = {"customers": given.customers, "events": given.events, "cores": os.cpu_count()}
    file.write_text(json.dumps(size | found, indent=2) + "\n")
    print(f"\n{given.customers:,} customers, {given.events:,} events, {os.cpu_count()} cores: medians\n")
    for name, figure in found.items():
        if isinstance(figure, dict):
            print(f"{name:28} {figure['wall_ms']:10.1f} ms wall {figure['cpu_ms']:10.1f} ms CPU")
        else:
            print(f"{name:28} {figure:10,.0f}")


if __name__ == "__main__":
    main()
