"""What one person got from us: campaigns they were drawn into, journeys they are on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.ledger.audiences import audiences_of, member_of

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

NEWEST = 50


@dataclass(frozen=True, slots=True)
class Reached:
    """One thing. kind : campaign or journey; state : where they are in it; at : since when; words : what happened."""

    kind: str
    name: str
    at: dt.datetime
    words: str


def reached_by(workspace: Workspace, customer_id: str) -> list[Reached]:
    """Return the campaigns and journeys of a customer, newest first; of the newest campaigns."""
    found = []
    for one in audiences_of(workspace.ledger)[-NEWEST:]:
        member = member_of(workspace.ledger, one.audience, customer_id)
        if member is not None and not one.campaign.startswith("export:"):
            _, _, arm, _, reason = member
            words = f"left out: {reason.replace('_', ' ')}" if reason else f"in the arm {arm}"
            found.append(Reached("campaign", one.campaign, one.frozen_at, words))
    for trail in workspace.journeys.of(customer_id):
        found.append(Reached("journey", trail.journey, trail.entered_at, trail.words))
    return sorted(found, key=lambda one: one.at, reverse=True)
