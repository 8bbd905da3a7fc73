"""Everything known of what a campaign did, in one value: the headline first, then why to believe it and what not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from segmentary.measurement.campaign.afterwards import Retained, Worth
from segmentary.measurement.campaign.attribution import Attributed
from segmentary.measurement.campaign.effect import Lift, Money, Word
from segmentary.measurement.campaign.reactions import OPENS, Funnel, together
from segmentary.measurement.campaign.timing import Day
from segmentary.measurement.campaign.variants import Between
from segmentary.measurement.experiment.sample_ratio import SampleRatio
from segmentary.models.table.findings import Finding

Origin = Literal["sent here", "exposures", "reactions"]
PEOPLE_NOT_EVENTS = "figures count people, not events: whoever clicked five times is one who clicked"
TREATED_AS_DRAWN = (
    "everybody drawn to be written to counts as treated, also those whose message was withheld or bounced: the figures"
    " are per person drawn, not per person reached"
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """People of one target who are in no arm, by reason; members, and people by arm."""

    segment: str
    members: int
    arms: Mapping[str, int]
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Text:
    """What was sent: one variant of the message, as its template stands (no person's own text)."""

    variant: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """What a campaign did.

    Attributes
    ----------
    origin : sent here (a frozen audience), exposures (loaded from elsewhere), reactions (an export of the tool alone).
    word, sentence : the verdict on its primary metric, over everybody. refusal : why there is none.
    peeking : read before its day: figures without a verdict.
    funnel : people and reactions by segment, arm and variant; the arm held out too, whose conversions are the baseline.
    lifts : every metric, everybody first. money, between, retained, worth, attributed, days : see their modules.
    left_out, texts : who was left out and why; what was sent. limits : what these figures cannot answer.
    """

    campaign: str
    channel: str
    origin: Origin
    as_of: dt.datetime
    assigned_at: dt.datetime | None
    read_on: dt.datetime | None
    peeking: bool
    metric: str
    currency: str
    control: str
    word: Word
    sentence: str
    refusal: str
    needed: str
    ratio: SampleRatio | None
    differ: tuple[str, ...]
    funnel: tuple[Funnel, ...]
    lifts: tuple[Lift, ...]
    money: tuple[Money, ...]
    between: tuple[Between, ...]
    retained: tuple[Retained, ...]
    worth: tuple[Worth, ...]
    attributed: tuple[Attributed, ...]
    days: tuple[Day, ...]
    left_out: tuple[LeftOut, ...]
    texts: tuple[Text, ...]
    findings: tuple[Finding, ...]
    limits: tuple[str, ...]

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments, in the order of the funnel."""
        return tuple(dict.fromkeys(one.segment for one in self.funnel))

    def reached(self, segment: str = "") -> Funnel:
        """Return those drawn to be written to, of a segment or all."""
        return together(r for r in self.funnel if r.arm != self.control and segment in ("", r.segment))

    def held_out(self, segment: str = "") -> Funnel:
        """Return those held out, of a segment or all."""
        return together(r for r in self.funnel if r.arm == self.control and segment in ("", r.segment))

    def lift(self, metric: str, segment: str = "", arm: str = "") -> Lift | None:
        """Return one lift; arm: default the first."""
        return next(
            (one for one in self.lifts if (one.metric, one.segment) == (metric, segment) and arm in ("", one.arm)), None
        )

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "campaign": self.campaign,
            "channel": self.channel,
            "origin": self.origin,
            "as_of": self.as_of.isoformat(),
            "assigned_at": self.assigned_at.isoformat() if self.assigned_at else None,
            "read_on": self.read_on.isoformat() if self.read_on else None,
            "peeking": self.peeking,
            "metric": self.metric,
            "currency": self.currency,
            "control": self.control,
            "word": self.word,
            "sentence": self.sentence,
            "refusal": self.refusal,
            "needed": self.needed,
            "sample_ratio": self.ratio.to_document() if self.ratio else None,
            "differ": list(self.differ),
            "reached": self.reached().to_document(),
            "funnel": [one.to_document() for one in self.funnel],
            "lifts": [one.to_document() for one in self.lifts],
            "money": [one.to_document() for one in self.money],
            "between": [one.to_document() for one in self.between],
            "retained": [one.to_document() for one in self.retained],
            "worth": [one.to_document() for one in self.worth],
            "attributed": [one.to_document() for one in self.attributed],
            "days": [asdict(one) for one in self.days],
            "left_out": [
                {**asdict(one), "arms": dict(one.arms), "reasons": dict(one.reasons)} for one in self.left_out
            ],
            "texts": [asdict(one) for one in self.texts],
            "findings": [one.to_document() for one in self.findings],
            "limits": list(self.limits),
        }


def limits_of(*, held_out: bool, opens: bool, clicks: bool, late: str = "") -> tuple[str, ...]:
    """Return what the figures cannot answer, in the order people ask."""
    found = [PEOPLE_NOT_EVENTS]
    found += [TREATED_AS_DRAWN] if held_out else []
    found += [OPENS] if opens else []
    found += (
        ["orders after clicks are not what the campaign caused: who clicks was often about to buy"] if clicks else []
    )
    found += [late] if late else []
    return tuple(found)


def headline(
    lifts: Sequence[Lift], metric: str, *, refusal: str = "", peeking: bool = False, differ: bool = False
) -> tuple[Word, str]:
    """Return the verdict over everybody, in a word and a sentence.

    differ : the segments are shown to differ in what the campaign did: then what each of them says comes first.
    """
    if refusal:
        return "no verdict", refusal
    mine = [one for one in lifts if one.metric == metric]
    whole = [one for one in mine if not one.segment]
    if not whole:
        return "no verdict", "nothing can be said: too few people, or nobody differs"
    said = "; ".join(one.sentence for one in whole)
    if peeking:
        return "no verdict", said
    words = list(dict.fromkeys(one.word for one in whole))
    word: Word = words[0] if len(words) == 1 else "worked" if "worked" in words else "not clear"
    if not differ:
        return word, said
    grouped: dict[str, list[str]] = {}
    for one in mine:
        if one.segment:
            name = one.segment if len(whole) == 1 else f"{one.segment} ({one.arm})"
            grouped.setdefault(one.word, []).append(name)
    if set(grouped) == {word}:
        return word, said
    order = ("worked", "did harm", "did not", "not clear")
    parts = [f"{one} in {', '.join(grouped[one])}" for one in order if one in grouped]
    return "it depends", f"{'; '.join(parts)}; over everybody {said}"
