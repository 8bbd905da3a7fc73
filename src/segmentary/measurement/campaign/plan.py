"""The experiment a campaign is: its holdout is the control arm, its targets are the segments, its metric decides.

Intention to treat: whoever was drawn to be written to counts as treated, also those whose message was withheld at the
moment of sending or bounced. Leaving them out would compare people whose address works with people of both kinds.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from segmentary.activation.campaign import HOLDOUT, Campaign
from segmentary.errors import UsageError
from segmentary.measurement.experiment.effects import Look
from segmentary.measurement.experiment.metrics import DAYS, Metric, parse_metric
from segmentary.measurement.experiment.plan import Arm, Plan, Wave
from segmentary.schema import ORDER_COMPLETED

ORDERS, REVENUE = "orders", "revenue"
IN_DAYS = re.compile(r"\bin\s+(\d+)d\b")
NOT_HELD_OUT = (
    "nobody was held out of this campaign by lot, so who would have bought anyway cannot be told, and what it changed"
    " cannot be said"
)
HOLD_OUT = "hold a share out next time (holdout: 10%): then the difference is what the campaign changed"


def window_days(text: str) -> int:
    """Return how many days a window has: ``28d``, ``4w``; empty: the usual 28.

    >>> window_days("28d"), window_days("2w"), window_days("")
    (28, 14, 28)
    """
    if not text.strip():
        return DAYS
    found = re.fullmatch(r"\s*(\d+)\s*([dw])\s*", text)
    if found is None or int(found[1]) < 1:
        raise UsageError(f"{text!r} is no window", hint="such as 28d")
    return int(found[1]) * (7 if found[2] == "w" else 1)


def metrics_of(metric: str, window: str) -> tuple[Metric, ...]:
    """Return what a campaign is judged by: its own metric first, then orders and revenue within the same days."""
    text = metric.strip() or f"buys = any {ORDER_COMPLETED}"
    if IN_DAYS.search(text) is None and "trait " not in text:
        text += f" in {window_days(window)}d"
    primary = parse_metric(text, "primary")
    days = primary.days
    wanted = [primary]
    for name, body in ((ORDERS, f"count {ORDER_COMPLETED}"), (REVENUE, f"sum {ORDER_COMPLETED}.amount")):
        other = parse_metric(f"{name} = {body} in {days}d", "secondary")
        if other.top != primary.top and name != primary.name:
            wanted.append(other)
    return tuple(wanted)


def place_of(metrics: Sequence[Metric], take: str, of: str = "") -> int:
    """Return which metric takes something of orders; -1: none."""
    for place, one in enumerate(metrics):
        top = one.top
        if one.per is None and (top.take, top.name, top.of) == (take, ORDER_COMPLETED, of):
            return place
    return -1


def plan_of(campaign: Campaign, waves: Sequence[Wave], *, level: float = 0.95, detect: float | None = None) -> Plan:
    """Return the plan of a campaign that holds people out.

    waves : one per frozen audience: when it was drawn, and people by segment and arm.

    Raises
    ------
    UsageError
        when nobody is held out: there is no control arm.
    """
    if not campaign.holdout > 0:
        raise UsageError(NOT_HELD_OUT, hint=HOLD_OUT)
    whole = sum(campaign.arms.values()) or 1.0
    arms = [Arm(name, (1 - campaign.holdout) * share / whole) for name, share in campaign.arms.items()]
    metrics = metrics_of(campaign.metric, campaign.window)
    longest = max((one.days for one in metrics if one.timed), default=0)
    last = max((one.assigned_at for one in waves), default=None)
    return Plan(
        name=campaign.name,
        hypothesis=campaign.notes,
        metrics=metrics,
        arms=(*arms, Arm(HOLDOUT, campaign.holdout)),
        control=HOLDOUT,
        salt=campaign.name,
        segments=tuple(dict.fromkeys(one.segment for one in campaign.targets)),
        look=Look("single", level),
        look_at=last + dt.timedelta(days=longest) if last is not None else None,
        adjusted=True,
        detect=detect,
        cost=campaign.unit_cost or None,
        campaign=campaign.name,
        waves=tuple(waves),
    )
