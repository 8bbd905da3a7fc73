"""A small shop with an experiment planned, drawn and read, and a campaign nobody drew: made once a process."""

from __future__ import annotations

import atexit
import datetime as dt
import tempfile
from functools import cache
from pathlib import Path

import pyarrow as pa

import segmentary as sg
from segmentary.workspace.experiment_jobs import assign_job, plan_job
from segmentary.workspace.workspace import Workspace

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
PEOPLE = 120
SPEND = "spend = sum order_completed.amount in 28d"
IDS = [f"c{n:03d}" for n in range(PEOPLE)]


def quiet(sentence: str, done: float) -> None:
    """Say nothing."""


@cache
def shop() -> Workspace:
    """Return the shop; closed at the end of the process. Tests add under names of their own."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    workspace = sg.init(Path(folder.name) / "shop", environment={}, clock=lambda: NOW, currency="EUR")
    atexit.register(workspace.close)
    crm = {"customer_id": IDS, "tier": ["gold" if n % 4 == 0 else "plain" for n in range(PEOPLE)], "code": IDS}
    workspace.add(pa.table(crm), kind="customers", name="crm")
    bought = [(n, k) for n in range(PEOPLE) for k in range(1 + n % 3)]
    orders = {
        "order_id": [f"o{place}" for place in range(len(bought))],
        "customer_id": [IDS[n] for n, _ in bought],
        "ordered_at": [NOW - dt.timedelta(days=1 + (7 * n + 19 * k) % 100) for n, k in bought],
        "amount": [10.0 + n % 17 for n, _ in bought],
    }
    workspace.add(pa.table(orders), kind="orders", name="till")
    sent = {
        "customer_id": [*IDS[:50], IDS[0]],
        "campaign": ["Spring / 2026"] * 51,
        "arm": ["mail" if n % 2 else "none" for n in range(50)] + ["mail"],
        "assigned_at": [NOW - dt.timedelta(days=40)] * 51,
    }
    workspace.add(pa.table(sent), kind="exposures", name="spring")
    (workspace.folder.segments / "gold.yaml").write_text("segment: gold\nwhere: {trait: tier, is: gold}\n")
    workspace.apply()
    workspace.run()
    asked = {"name": "vouchers", "primary": SPEND, "segments": ["gold"], "look": "sequence", "detect": 0.1}
    plan_job(workspace, asked, quiet)
    assign_job(workspace, {"name": "vouchers"}, quiet)
    return workspace
