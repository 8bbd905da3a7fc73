"""A small shop for what is shown of segments and people: two sources that know the same people, two runs, accounts."""

from __future__ import annotations

import atexit
import datetime as dt
import tempfile
from functools import cache
from pathlib import Path

import pyarrow as pa

import segmentary as sg
from segmentary.language.yaml import parse_yaml
from segmentary.workspace.workspace import Workspace

START = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
RULES = """segment: buyers
title: Buyers
where: {trait: order_count, gte: 1}
---
segment: often
where: {trait: order_count, gte: 3}
---
segment: fresh_buyers
where: {trait: recency, lte: 40}
---
segment: good_often
where: {all: [{segment: often}, {trait: tier, is: gold}]}
---
segment: lapsed
where: {trait: recency, gte: 50}
---
segment: given
where: {ids: [c01, c02]}
"""


@cache
def shop() -> Workspace:
    """Return the shop; made once a process, closed at its end. Tests only read it."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    workspace = sg.init(Path(folder.name) / "shop", currency="EUR")
    atexit.register(workspace.close)
    ids = [f"c{number:02d}" for number in range(60)]
    crm = {
        "customer_id": ids,
        "email": [f"{one}@people.example" for one in ids],
        "first_name": ["Ann" if number % 2 else "Bob" for number in range(60)],
        "tier": ["gold" if number % 3 else "plain" for number in range(60)],
    }
    workspace.add(pa.table(crm), kind="customers", name="crm")
    bought = [(who, n) for who in range(40) for n in range(1 + who % 5)]
    orders = {
        "order_id": [f"o{place}" for place in range(len(bought))],
        "customer_id": [f"c{who:02d}" for who, _ in bought],
        "ordered_at": [START + dt.timedelta(days=who + n, hours=n) for who, n in bought],
        "amount": [10.0 + who for who, _ in bought],
    }
    workspace.add(pa.table(orders), kind="orders", name="till")
    workspace.define(*(one.definition for one in parse_yaml(RULES)))
    workspace.run(START + dt.timedelta(days=60))
    workspace.run(START + dt.timedelta(days=75))
    return workspace
