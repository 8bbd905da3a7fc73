"""A small shop with a campaign drawn in it and a planted future, made without sending anything."""

from __future__ import annotations

import datetime as dt
import hashlib

import pyarrow as pa

from segmentary.language.cursor import Cursor
from segmentary.language.tree import Compare, SegmentDefinition, TraitValue
from segmentary.ledger.audiences import append_audience
from segmentary.ledger.ledger import instant_text
from segmentary.ledger.records import record
from segmentary.samples.planted_campaign import Drawn, plant_future
from segmentary.workspace.opening import init_workspace

START = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
SEGMENTS = ("basic", "plus", "pro")
CAMPAIGN = {
    "campaign": "spring",
    "channel": "email",
    "purpose": "marketing",
    "message": "spring_mail",
    "targets": [{"segment": name, "variant": f"to_{name}"} for name in SEGMENTS],
    "holdout": 0.4,
    "unit_cost": 0.05,
}


class Hand:
    """A clock moved by hand."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def __call__(self) -> dt.datetime:
        return self.at


def drawn_by_hand(people: int, share: float) -> list[Drawn]:
    """Everybody in a segment and an arm: a fair lot that never changes."""
    found = []
    for name in SEGMENTS:
        ids = sorted((f"{name}{n:05d}" for n in range(people)), key=lambda i: hashlib.sha256(i.encode()).hexdigest())
        cut = round(people * share)
        found += [Drawn(one, name, "holdout" if place < cut else "treated") for place, one in enumerate(ids)]
    return found


def make_shop(folder, *, people: int = 600, arms: dict[str, float] | None = None, settings=None, **planted):
    """Make a workspace whose campaign ``spring`` was drawn and whose future has come; return clock and truth."""
    clock = Hand(START)
    drawn = drawn_by_hand(people, CAMPAIGN["holdout"])
    with init_workspace(folder / "shop", clock=clock, currency="EUR", **(settings or {})) as workspace:
        table = {"customer_id": [one.customer_id for one in drawn], "plan": [one.segment for one in drawn]}
        workspace.add(pa.table(table), kind="customers", name="crm")
        for name in SEGMENTS:
            workspace.define(SegmentDefinition(name, Compare(TraitValue("plan"), "is", name)))
        run = workspace.run()
        variants = {
            f"to_{name}": {"subject": f"Something for {name}", "text": f"Hello, this is for {name}."}
            for name in SEGMENTS
        }
        workspace.messages.apply(Cursor({"message": "spring_mail", "variants": variants}))
        workspace.campaigns.apply(CAMPAIGN | ({"arms": arms} if arms else {}))
        version = record(workspace.ledger, "campaign", "spring").version
        at = workspace.tick()
        left_out = [("basic-refused", "basic", "", "", "refused"), ("pro-capped", "pro", "", "", "capped")]
        append_audience(
            workspace.ledger, "spring-1", campaign="spring", campaign_version=version, as_of=run.as_of, frozen_at=at,
            document={}, members=[
                *((one.customer_id, one.segment, one.arm, f"to_{one.segment}", "") for one in drawn), *left_out,
            ],
        )  # fmt: skip
        treated = [one for one in drawn if one.arm != "holdout"]
        with workspace.ledger.transaction():
            workspace.ledger.connection.executemany(
                "insert into outbox (message, origin, campaign, customer_id, channel, purpose, segment, arm, variant,"
                " address, address_hash, payload, state, created_at, not_before, ended_at, load_id)"
                " values (?, 'spring-1', 'spring', ?, 'email', 'marketing', ?, ?, ?, '', '', '', ?, ?, ?, ?, 'there')",
                [
                    (f"m-{one.customer_id}", one.customer_id, one.segment, one.arm, f"to_{one.segment}",
                     "withheld" if n < 3 else "sent", *(3 * [instant_text(at)]))
                    for n, one in enumerate(treated)
                ],
            )  # fmt: skip
        truth = plant_future(folder / "future", drawn, campaign="spring", starts=at, seed=3, **{"days": 98, **planted})
        clock.at = START + dt.timedelta(days=99)
        workspace.add(folder / "future" / "order_lines.csv", folder / "future" / "email_events.csv")
        workspace.run()
    return clock, truth
