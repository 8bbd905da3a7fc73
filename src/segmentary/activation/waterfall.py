"""From the members of the targets to those who are written to, reason by reason, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segmentary.activation.audience import REASONS, Counts, Reason
from segmentary.activation.campaign import HOLDOUT

MANY: dict[Reason, str] = {
    "excluded": "are in a segment the campaign leaves out",
    "deleted": "are deleted, as a source says",
    "no_address": "have no address that is known",
    "invalid_address": "have an address that cannot be written to",
    "suppressed": "are suppressed: it bounced for good, they complained, or somebody put them on the list",
    "refused": "said no to {purpose}",
    "no_consent": "have no {purpose} consent",
    "same_address": "have the same address as somebody before them",
    "capped": "were written to as often as you allow",
    "in_journey": "are in a journey that does not share its people",
    "global_holdout": "are in the share that gets no campaign at all",
}
"""What is true of several people, after "N people"."""


@dataclass(frozen=True, slots=True)
class Fall:
    """One step down. reason : empty for the members, ``holdout`` for those held out. rest : who is left after it."""

    reason: str
    people: int
    rest: int
    words: str


def waterfall(counts: Iterable[Counts], *, purpose: str) -> list[Fall]:
    """Return the steps from all members to those written to; steps that take nobody are left out.

    >>> one = Counts("vip", 10, {"treated": 5, "holdout": 1}, {}, {"no_consent": 4})
    >>> [(fall.reason, fall.people, fall.rest) for fall in waterfall([one], purpose="marketing")]
    [('', 10, 10), ('no_consent', 4, 6), ('holdout', 1, 5)]
    """
    held = list(counts)
    members = rest = sum(one.members for one in held)
    steps = [Fall("", members, members, "are members of the targets")]
    for reason in REASONS:
        people = sum(one.left_out.get(reason, 0) for one in held)
        if people:
            rest -= people
            words = MANY.get(reason, REASONS[reason]).format(purpose=purpose)
            steps.append(Fall(reason, people, rest, words))
    out = sum(one.arms.get(HOLDOUT, 0) for one in held)
    if out:
        rest -= out
        steps.append(Fall(HOLDOUT, out, rest, "are held out, so that the effect can be measured"))
    return steps


def sentences(steps: list[Fall]) -> list[str]:
    """Return the waterfall as people say it.

    >>> one = Counts("vip", 4_310, {"treated": 3_106}, {}, {"no_consent": 1_204})
    >>> sentences(waterfall([one], purpose="marketing"))
    ['1,204 of 4,310 people have no marketing consent. They will be left out → 3,106']
    """
    found, before = [], steps[0].rest
    for one in steps[1:]:
        words = one.words if one.people != 1 else singular(one.words)
        fate = "will get nothing" if one.reason == HOLDOUT else "will be left out"
        found.append(f"{one.people:,} of {before:,} people {words}. They {fate} → {one.rest:,}")
        before = one.rest
    return found


def singular(words: str) -> str:
    """Return the same of one person.

    >>> singular("have no consent"), singular("said no")
    ('has no consent', 'said no')
    """
    first, _, rest = words.partition(" ")
    return f"{ {'have': 'has', 'are': 'is', 'were': 'was'}.get(first, first) } {rest}"
