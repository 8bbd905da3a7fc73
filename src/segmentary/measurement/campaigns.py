"""Who answered campaigns, per contact; and what cannot be said: without a control group there is no lift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.language.tree import Context
from segmentary.models.intervals import Interval, wilson
from segmentary.schema import EVENTS, EXPOSURES

RESPONSES = Path(__file__).with_name("campaigns.sql")
REST = "(other)"
NO_CONTROL = (
    "no control group: everybody known was contacted, so who would have bought anyway, and what a campaign changed"
    " (its lift), cannot be answered"
)
ARMS = "arms stand side by side; whether their difference is more than chance is not tested here"


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign, or a group of campaigns, and arm: contacts, and those of them that were answered."""

    campaign: str
    arm: str | None
    contacted: int
    responded: int
    share: Interval


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Campaigns in falling order of contacts. ``limits`` says what these numbers cannot answer."""

    response: str | None
    as_of: dt.datetime
    rows: tuple[CampaignRow, ...]
    limits: str


def campaigns(
    engine: Engine, context: Context, *, response: str | None = None, groups: Mapping[str, Sequence[str]] | None = None
) -> Campaigns:
    """Count contacts and answers. A contact is a customer in a campaign; it is answered by any event that names both.

    Parameters
    ----------
    response : name of the event that counts; missing: every event with a property ``campaign`` or ``campaign_id``.
    groups : names of groups of campaigns; campaigns in none of them are together as "(other)".
    """
    found = engine.rows(
        query(
            RESPONSES,
            exposures=exp.table_(EXPOSURES.name, quoted=True),
            identity_map=exp.table_("identity_map", quoted=True),
            events=exp.table_(EVENTS.name, quoted=True),
            response=response,
            as_of=context.as_of,
        )
    )
    names = {one: group for group, members in (groups or {}).items() for one in members}
    sums: dict[tuple[str, str | None], tuple[int, int]] = {}
    for campaign, arm, contacted, responded in found:
        key = (names.get(campaign, REST) if groups else campaign, arm)
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + contacted, before[1] + responded)
    rows = [
        CampaignRow(campaign, arm, contacted, responded, wilson(responded, contacted))
        for (campaign, arm), (contacted, responded) in sums.items()
    ]
    rows.sort(key=lambda row: (row.campaign == REST, -row.contacted, row.campaign, row.arm or ""))
    arms: dict[str, set[str | None]] = {}
    for campaign, arm, _, _ in found:
        arms.setdefault(campaign, set()).add(arm)
    limits = "" if not rows else ARMS if any(len(kinds) > 1 for kinds in arms.values()) else NO_CONTROL
    return Campaigns(response, context.as_of, tuple(rows), limits)
