"""Campaigns for tests of pages: one frozen, one sent into a file, one another tool sent long ago, a journey."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow as pa

from segmentary.language.cursor import Cursor
from segmentary.workspace.ticking import tick

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

LETTER = {
    "message": "postcard",
    "title": "A postcard",
    "variants": [
        {
            "variant": "green",
            "subject": "{{ first_name | default: 'Hello' }}, your garden",
            "preheader": "Two minutes, one idea",
            "text": "Hello {{ first_name | default: 'there' }}, one pot is enough.",
            "html": "<h1>Hello {{ first_name | default: 'there' }}</h1><p>One pot is enough to begin with.</p>",
        }
    ],
}
LETTERS = {
    "campaign": "garden_letters", "channel": "file", "purpose": "service", "message": "postcard",
    "targets": ["pro", "plus"], "holdout": "20%",
}  # fmt: skip
JOURNEY = {
    "journey": "welcome_back",
    "channel": "email",
    "purpose": "service",
    "enter": {"segment": "basic", "when": "is"},
    "goal": {"event": "order_completed"},
    "holdout": "10%",
    "steps": [
        {"pause": {"wait": "3d"}},
        {"hello": {"send": "garden", "variant": "small"}},
        {"looked": {"branch": [{"when": {"event": "email_clicked", "of": "hello"}, "to": "over"}]}},
        {"again": {"send": "postcard"}},
        {"over": {"end": "done"}},
    ],
}


def furnish(workspace: Workspace) -> list[str]:
    """Freeze, render and send; return the pages that show it."""
    workspace.messages.apply(Cursor(LETTER))
    workspace.campaigns.apply(LETTERS)
    workspace.campaigns.freeze("garden_letters")
    workspace.campaigns.send("garden_letters")
    workspace.campaigns.freeze("garden_week")
    workspace.journeys.apply(JOURNEY)
    tick(workspace, run="never", send=False)
    sent_long_ago(workspace)
    return [
        "/campaigns", "/campaigns/garden_week", "/campaigns/autumn_mail/result", "/messages/postcard",
        "/journeys/welcome_back", "/outbox",
    ]  # fmt: skip


def sent_long_ago(workspace: Workspace) -> None:
    """Exposures of a campaign of another tool, drawn by lot two months ago."""
    people = sorted(one for name in ("basic", "plus", "pro") for one in workspace.segment(name).ids())
    arms = ["holdout" if int(sha256(one.encode()).hexdigest(), 16) % 2 else "treated" for one in people]
    at = (workspace.tick() - dt.timedelta(days=60)).replace(tzinfo=None)
    table = pa.table({
        "customer_id": people, "campaign": ["autumn_mail"] * len(people), "arm": arms,
        "assigned_at": pa.array([at] * len(people), pa.timestamp("us")),
    })  # fmt: skip
    workspace.add(table, kind="exposures", name="mail_tool", timezone="UTC")
    workspace.derived.ensure()
    workspace.experiments.declare(
        "autumn_mail", randomised="drawn by a hash in the mail tool", primary="buys = any order_completed in 28d",
        arms={"treated": 0.5, "holdout": 0.5}, control="holdout", segments=["pro", "plus", "basic"],
    )  # fmt: skip
