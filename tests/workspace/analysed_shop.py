"""A small shop to analyse: two sorts of buyers, a year of orders, a survey-like attribute, an e-mail address."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import segmentary as sg
from segmentary.workspace.discovery_jobs import discover_job, typing_tool_job
from segmentary.workspace.prediction_jobs import predict_job, score_job
from segmentary.workspace.workspace import Workspace

CUSTOMERS = 160
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
QUICK = {"repetitions": 2, "methods": ["k_means"]}


def quiet(sentence: str, done: float) -> None:
    """Say nothing."""


def make_analysed(folder: Path) -> Workspace:
    """Load, run, find segments, make a typing tool, fit and score a lifetime value."""
    chance = random.Random(3)
    folder.mkdir()
    people, orders = ["customer_id,email,city,same"], ["order_id,customer_id,ordered_at,total"]
    for n in range(CUSTOMERS):
        often = n % 2 == 0
        people.append(f"c{n:03d},c{n}@example.org,{chance.choice(('Ulm', 'Jena'))},1")
        day = dt.date(2025, 1, 1) + dt.timedelta(days=chance.randrange(60))
        while day < NOW.date():
            orders.append(f"o{len(orders)},c{n:03d},{day},{chance.gammavariate(9, 9 if often else 2):.2f}")
            day += dt.timedelta(days=1 + int(chance.expovariate(1 / (14 if often else 70))))
    for name, lines in (("customers", people), ("orders", orders)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    workspace = sg.init(folder / "shop", environment={}, clock=lambda: NOW, currency="EUR")
    workspace.add(folder / "customers.csv", kind="customers")
    workspace.add(folder / "orders.csv", kind="orders")
    workspace.run()
    discover_job(workspace, {"name": "kinds", "by": ["order_count", "average_order"], "segments": 2, **QUICK}, quiet)
    typing_tool_job(workspace, {"name": "kinds", "most": 1}, quiet)
    predict_job(workspace, {"kind": "clv", "days": 60, "model": "bg_nbd"}, quiet)
    score_job(workspace, {}, quiet)
    return workspace
