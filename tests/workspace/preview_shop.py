"""A small shop for tests of what the builder asks: people with words and numbers, orders, one run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import segmentary as sg
from segmentary.workspace.workspace import Workspace

MOMENT = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
CITIES = ("Köln", "Bonn", "50%_off", "O'Hara", "bonn")
REGULARS = "segment: regulars\nwhere: {event: order_completed, count: {gte: 2}}\n"


def shop(folder: Path) -> Workspace:
    """Fifty people; every second has orders, number i so many as i % 5."""
    people = "".join(f"p{i:02d},{CITIES[i % 5] if i < 40 else ''},{i}\n" for i in range(50))
    (folder / "people.csv").write_text("customer_id,city,points\n" + people, encoding="utf-8")
    orders = "".join(
        f"p{i:02d},order_completed,2026-0{1 + n}-0{1 + i % 9}T10:00:00Z,{10 * n + i}.50,web\n"
        for i in range(0, 50, 2)
        for n in range(i % 5)
    )
    (folder / "happenings.csv").write_text("customer_id,event,timestamp,amount,channel\n" + orders, encoding="utf-8")
    workspace = sg.init(folder / "shop", clock=lambda: MOMENT, environment={})
    workspace.add(folder / "people.csv", kind="customers")
    workspace.add(folder / "happenings.csv", kind="events")
    (workspace.folder.segments / "regulars.yaml").write_text(REGULARS, encoding="utf-8")
    workspace.apply()
    workspace.run(as_of=MOMENT)
    return workspace
