"""A small shop with people of whom everything that can speak against writing to them is true of some."""

from __future__ import annotations

import datetime as dt
import random

import pyarrow as pa

from segmentary.workspace.opening import init_workspace

START = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
PEOPLE = 400
DEFINITIONS = """segment: gold
where: {trait: tier, is: gold}
---
segment: silver
where: {trait: tier, is: silver}
---
segment: recent
where: {event: order_completed, during: {last: 60d}, count: {gte: 1}}
---
segment: staff
where: {trait: staff, is: true}
---
segment: ill
where: {trait: diagnosis, exists: true}
"""
CAMPAIGN = """campaign: autumn
channel: file
purpose: marketing
targets: [gold, silver]
exclude: [staff]
holdout: 10%
"""


class Hand:
    """A clock moved by hand."""

    def __init__(self, at=START):
        self.at = at

    def __call__(self):
        return self.at


def people(count=PEOPLE, seed=1, first=0):
    """Return the customers as columns."""
    chance = random.Random(seed)
    ids = [f"c{number:04d}" for number in range(first, first + count)]
    return {
        "customer_id": ids,
        "email": [chance.choice([f"{one}@shop.example"] * 8 + ["broken", None]) for one in ids],
        "phone": [chance.choice([f"+4420794{one[1:]}0", None]) for one in ids],
        "accepts_marketing": [chance.choice(["yes", "yes", "yes", "no", None]) for _ in ids],
        "tier": [chance.choice(["gold", "silver", "plain"]) for _ in ids],
        "staff": ["true" if chance.random() < 0.05 else "false" for _ in ids],
        "diagnosis": [chance.choice(["flu", None, None]) for _ in ids],
        "country": [chance.choice(["United Kingdom", "de", None]) for _ in ids],
        "postcode": [chance.choice(["N1 9GU", "10115", None]) for _ in ids],
    }


def make_world(folder, clock=None, **settings):
    """Make the shop, apply its definitions and run it."""
    workspace = init_workspace(folder, clock=clock or Hand(), **settings)
    workspace.add(pa.table(people()), kind="customers", name="crm")
    chance = random.Random(2)
    moments = [START - dt.timedelta(days=chance.randrange(1, 200), minutes=n) for n in range(600)]
    orders = {
        "order_id": [f"o{n:04d}" for n in range(600)],
        "customer_id": [f"c{chance.randrange(PEOPLE):04d}" for _ in range(600)],
        "ordered_at": moments,
        "amount": [10.0 + n % 40 for n in range(600)],
    }
    workspace.add(pa.table(orders), kind="orders", name="till")
    (workspace.folder.segments / "all.yaml").write_text(DEFINITIONS, encoding="utf-8")
    (workspace.folder.segments / "autumn.yaml").write_text(CAMPAIGN, encoding="utf-8")
    workspace.apply()
    workspace.run()
    return workspace


def members(workspace, audience):
    """Return everybody of an audience: customer to segment, arm, variant, reason."""
    from segmentary.ledger.audiences import members_of

    return {one[0]: one[1:] for block in members_of(workspace.ledger, audience) for one in block}
