"""From a segment of 100,000 people to a file with a message for each: frozen, rendered, written.

``python -m benchmarks.audience [--people N]`` makes a business in a temporary folder, measures each step in seconds of
wall clock and of CPU (children included), keeps the figures beside it, and fails where all of it takes longer than a
minute.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

import segmentary as sg
from segmentary.workspace.ad_exporting import AdWish, export_segment

RESULTS = Path(__file__).parent / "results" / "audience.json"
MOST_SECONDS = 60.0
DOCUMENTS = """segment: gold
where: {trait: tier, is: gold}
---
segment: silver
where: {trait: tier, is: silver}
---
segment: staff
where: {trait: staff, is: true}
"""
MESSAGE = """message: autumn
variants:
  thanks:
    subject: "{{ first_name | default: 'Thank you' }}, something for you"
    text: |
      Hello {{ first_name | default: "there" }},
      you are one of our {{ tier }} customers. Come by in autumn.
  come_back:
    subject: "We kept something for you"
    text: |
      Hello {{ first_name | default: "there" }}, come back and see.
"""
CAMPAIGN = """campaign: autumn
channel: file
purpose: marketing
message: autumn
targets:
  - {segment: gold, variant: thanks}
  - {segment: silver, variant: come_back}
exclude: [staff]
holdout: 5%
"""


def customers(people: int) -> pa.Table:
    """Return customers, of whom about `people` may be written to."""
    chance = np.random.default_rng(1)
    n = round(people / 0.95 / 0.9 / 0.99)
    ids = [f"c{number:07d}" for number in range(n)]
    agreed = np.where(chance.random(n) < 0.9, "yes", np.where(chance.random(n) < 0.5, "no", ""))
    return pa.table(
        {
            "customer_id": ids,
            "email": [f"{one}@shop.example" for one in ids],
            "first_name": chance.choice(["Ann", "Bob", "Cyd", "Dan", "Eve"], n).tolist(),
            "accepts_marketing": [one or None for one in agreed.tolist()],
            "tier": np.where(chance.random(n) < 0.3, "gold", "silver").tolist(),
            "staff": np.where(chance.random(n) < 0.01, "true", "false").tolist(),
        }
    )


def orders(n: int) -> pa.Table:
    """Return as many orders as there are customers."""
    chance = np.random.default_rng(2)
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return pa.table(
        {
            "order_id": [f"o{number}" for number in range(n)],
            "customer_id": [f"c{number:07d}" for number in chance.integers(0, n, n)],
            "ordered_at": [begin + dt.timedelta(minutes=int(minutes)) for minutes in chance.integers(0, 200_000, n)],
            "amount": chance.uniform(5, 90, n).round(2).tolist(),
        }
    )


@contextmanager
def measured(name: str, into: dict[str, dict[str, float]]) -> Iterator[None]:
    """Note how long a step takes."""
    began, used = time.perf_counter(), cpu()
    yield
    into[name] = {"seconds": round(time.perf_counter() - began, 2), "cpu_seconds": round(cpu() - used, 2)}
    print(f"{name:22s} {into[name]['seconds']:7.2f} s {into[name]['cpu_seconds']:7.2f} s CPU", flush=True)


def cpu() -> float:
    held = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in held)


def main() -> int:
    """Measure, keep, and say whether it is fast enough."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=100_000)
    people = options.parse_args().people
    steps: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder, sg.init(Path(folder) / "shop") as workspace:
        table = customers(people)
        workspace.add(table, kind="customers", name="crm")
        workspace.add(orders(table.num_rows), kind="orders", name="till")
        for name, text in (("segments", DOCUMENTS), ("message", MESSAGE), ("campaign", CAMPAIGN)):
            (workspace.folder.segments / f"{name}.yaml").write_text(text, encoding="utf-8")
        workspace.apply()
        with measured("run (not counted)", steps):
            workspace.run()
        with measured("freeze", steps):
            audience = workspace.campaigns.freeze("autumn")
        with measured("render", steps):
            rendering = workspace.campaigns.render("autumn")
        with measured("write to file", steps):
            workspace.campaigns.send("autumn", path=Path(folder) / "autumn.csv")
        with measured("list for a platform", steps):
            given = export_segment(workspace, "silver", AdWish(Path(folder) / "list.csv", "google_customer_match"))
        with (Path(folder) / "autumn.csv").open(encoding="utf-8", newline="") as file:
            import csv

            rows = sum(1 for _ in csv.reader(file)) - 1
    counted = sum(steps[name]["seconds"] for name in ("freeze", "render", "write to file"))
    found = {
        "members": audience.members,
        "written_to": audience.written_to,
        "messages": rendering.put,
        "rows": rows,
        "list": given.people,
        "steps": steps,
        "seconds": round(counted, 2),
        "most_seconds": MOST_SECONDS,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(
        f"{audience.written_to:,} of {audience.members:,} people frozen, rendered and written in {counted:.1f} s"
        f" (bar: {MOST_SECONDS:.0f} s)"
    )
    whole = rows == audience.written_to == rendering.put
    return 0 if whole and counted < MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
