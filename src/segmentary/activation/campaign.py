"""What a campaign is: whom, what, by which channel, for which purpose, and who is held out to know what it did.

As a file::

    campaign: autumn_offer
    channel: email
    purpose: marketing
    message: autumn              # a message of the workspace: templates by variant
    targets:                     # in order of priority: a person belongs to the first that holds
      - segment: champions
        variant: thanks
      - segment: at_risk
        variant: come_back
    exclude: [staff, open_complaint]
    holdout: 10%                 # of every target, drawn once per campaign
    metric: buys = any order_completed in 28d
    from: 2026-03-01 09:00       # nothing leaves earlier or later
    until: 2026-03-15

A campaign with a holdout or several arms is an experiment of the same name: its arms are exposures, and what is said of
its effect comes from `measurement.experiment`. Arms are drawn within each target among those who may be written to, so
that treated and held out differ in nothing but the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HOLDOUT = "holdout"
"""The arm of those who are not written to."""
TREATED = "treated"
"""The arm of those who are, where a campaign has only one."""


@dataclass(frozen=True, slots=True)
class Target:
    """One segment a campaign is for.

    variant : which variant of the message its members get; empty: the variant called like the arm, else the message's
        first.
    """

    segment: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as people wrote it; nothing in it is about a person.

    Attributes
    ----------
    name : lower_snake; also the name of its exposures and of its experiment.
    channel : ``email``, ``sms``, ``push``, ``chat``, ``file`` or the name of a webhook under ``[channels.NAME]``.
    purpose : what the consent must be for, such as ``marketing``; ``service`` needs no consent but obeys suppression.
    message : name of the message; empty for channel ``file``.
    targets : in order of priority; a person belongs to the first segment that holds them.
    exclude : segments whose members get nothing.
    holdout : share (0 to .9) of every target that gets nothing, drawn by a salted hash, stable for the campaign.
    arms : share of each arm among those not held out, for trying variants against each other; default one, treated.
    metric, window : what success is (as in `measurement.experiment.metrics`) and how long after it counts, such as
        ``28d``; empty: the workspace's default, any order within 28 days.
    offers : name of the offers' table that its messages may draw from; empty: none.
    sender, reply_to : addresses; empty: the channel's.
    starts, ends : local times (ISO) outside which nothing is sent; empty: no bound.
    obey_caps : whether the workspace's ``[contact]`` caps hold; only purpose ``service`` may say no.
    unit_cost : money one message costs, for results; 0 where unknown.
    owner, notes : free text.
    sensitive_because : why definitions that touch special categories of data (health, belief, origin, ...) may be used;
        a campaign that touches them without a reason is refused.
    """

    name: str
    channel: str
    purpose: str
    message: str
    targets: tuple[Target, ...]
    exclude: tuple[str, ...] = ()
    holdout: float = 0.1
    arms: Mapping[str, float] = field(default_factory=lambda: {TREATED: 1.0})
    metric: str = ""
    window: str = ""
    offers: str = ""
    sender: str = ""
    reply_to: str = ""
    starts: str = ""
    ends: str = ""
    obey_caps: bool = True
    unit_cost: float = 0.0
    owner: str = ""
    notes: str = ""
    sensitive_because: str = ""
