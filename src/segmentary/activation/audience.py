"""A frozen audience: who is written to, who is held out, and why everybody else is not.

Everybody of every target is in it with exactly one outcome: arm and variant, or the first reason of `REASONS` (in that
order) that applies. So members of all targets = treated + held out + left out, per segment, always.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "excluded", "deleted", "no_address", "invalid_address", "suppressed", "refused", "no_consent", "same_address",
    "capped", "in_journey", "global_holdout", "quiet", "expired", "no_content",
]  # fmt: skip

REASONS: dict[Reason, str] = {
    "excluded": "is in a segment the campaign leaves out",
    "deleted": "a source says that the record is deleted",
    "no_address": "no address for this channel is known",
    "invalid_address": "the address cannot be written to",
    "suppressed": "the address is suppressed: it bounced for good, complained, or was put on the list",
    "refused": "said no to this purpose on this channel",
    "no_consent": "never said yes to this purpose on this channel",
    "same_address": "somebody else in the audience has the same address and stands before",
    "capped": "was written to as often as the workspace allows",
    "in_journey": "is in another journey that does not share its people",
    "global_holdout": "is in the share that gets no campaign at all, so that all of them together can be measured",
    "quiet": "it is a quiet hour where they live; it is tried later",
    "expired": "the campaign ended before the message could leave",
    "no_content": "the message has no text for this person and no fall-back",
}
"""Why a person is not written to. All but the last three are judged when an audience is frozen, and those from deleted
to capped once more at the moment of sending; quiet only delays."""


@dataclass(frozen=True, slots=True)
class Counts:
    """One target of an audience. members = sum of arms + sum of left_out."""

    segment: str
    members: int
    arms: Mapping[str, int]
    variants: Mapping[str, int]
    left_out: Mapping[Reason, int]


@dataclass(frozen=True, slots=True)
class Audience:
    """A frozen audience, without the people (the ledger's ``audience_members`` has them).

    Attributes
    ----------
    audience : its id, ``CAMPAIGN-1``: the campaign's name and which freezing of it.
    as_of : the moment of the run whose memberships it took; frozen_at : when.
    counts : per target in the order of the campaign; a person counts for their first target only.
    state : frozen, sending, sent, cancelled.
    """

    audience: str
    campaign: str
    campaign_version: str
    channel: str
    purpose: str
    as_of: dt.datetime
    frozen_at: dt.datetime
    counts: tuple[Counts, ...]
    state: str = "frozen"

    @property
    def members(self) -> int:
        """How many people were looked at."""
        return sum(one.members for one in self.counts)

    @property
    def written_to(self) -> int:
        """How many get the message: everybody in an arm but the holdout."""
        return sum(n for one in self.counts for arm, n in one.arms.items() if arm != "holdout")
