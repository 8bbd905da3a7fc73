"""What to offer a segment, where and when to reach it, and what to build next: sentences, ranked by what is sure.

Nothing here is new information: every sentence restates a use or a trend that passed its test, with its figures and its
doubt. Ranked by the least difference the data support (the end of the interval nearer to none), not by the estimate.
What a segment uses says what it likes now, not that offering it changes anything: that takes an experiment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from segmentary.measurement.tailoring.trends import Trend, Trends
from segmentary.measurement.tailoring.uses import Use, Uses

Kind = Literal["offer", "build", "price", "reach", "time", "serve", "avoid"]
KINDS: dict[str, Kind] = {"price": "price", "channel": "reach", "weekday": "time", "hour": "time"}
GOODS = ("category", "product", "brand")
MOST = 6
"""Sentences per segment."""
CAUTION = (
    "these say what people like now, not what an offer would change: test it with a control group"
    " (segmentary experiment plan)"
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to do for one segment.

    kind : offer (it already likes it more than others), build (its taste moves there), price, reach (channel), time,
    serve (what it asks about), avoid (it is not for them). sentence : with its figures. doubt : what is not known.
    rank : from 1 within the segment. people : of the segment stand behind it. headroom : how many of them do not use it
    yet; missing where that says nothing.
    """

    segment: str
    rank: int
    kind: Kind
    dimension: str
    item: str
    sentence: str
    doubt: str
    people: int
    headroom: int | None = None

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Offers:
    """What to do for each segment, the surest first. silent : segments of which nothing sure can be said."""

    rows: tuple[Offer, ...]
    silent: tuple[str, ...]
    caution: str = CAUTION

    @property
    def sentences(self) -> list[str]:
        """One sentence per row."""
        return [f"{one.segment}: {one.sentence}" for one in self.rows]

    def of(self, segment: str) -> tuple[Offer, ...]:
        """Return the rows of a segment."""
        return tuple(one for one in self.rows if one.segment == segment)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "rows": [one.to_document() for one in self.rows],
            "silent": list(self.silent),
            "caution": self.caution,
        }


def offers(used: Uses, moved: Trends | None, *, most: int = MOST) -> Offers:
    """Say what to do for each segment: at most so many sentences, one per item of a dimension at most."""
    segments = list(dict.fromkeys(one.segment for one in used.rows))
    rows: list[Offer] = []
    silent: list[str] = []
    for segment in segments:
        found = [(one.sureness, from_use(one)) for one in used.of(segment) if worth_saying(one)]
        rising = [one for one in (moved.of(segment) if moved is not None else ()) if one.own and one.slope is not None]
        found += [(strength(one), from_trend(one)) for one in rising if one.verdict == "rising"]
        found.sort(key=lambda pair: (-pair[0], pair[1].dimension, pair[1].item))
        kept = spread([offer for _, offer in found], most)
        rows += [replace(offer, rank=place) for place, offer in enumerate(kept, start=1)]
        if not kept:
            silent.append(segment)
    return Offers(tuple(rows), tuple(silent))


def worth_saying(use: Use) -> bool:
    """Whether a use leads to something to do: liked more; or goods liked less, which it is no use to lead with.

    What a segment is defined by is not told back to it.
    """
    if use.circular:
        return False
    return use.verdict == "over" or (use.verdict == "under" and use.dimension == "category")


def spread(found: Sequence[Offer], most: int) -> list[Offer]:
    """Keep the surest, but at most two of a dimension, for six weekdays say no more than one."""
    kept: list[Offer] = []
    for offer in found:
        alike = [one for one in kept if (one.kind, one.dimension) == (offer.kind, offer.dimension)]
        if len(alike) < 2 and len(kept) < most:
            kept.append(offer)
    return kept


def strength(trend: Trend) -> float:
    """How sure a trend is, on the scale of `Use.sureness`: its least change over the window, doubled.

    A person's part of a category differs between people by about .3 to .5: half of a share's change in those units.
    """
    if trend.change is None:
        return 0.0
    return 2 * max(0.0, min(abs(trend.change.low), abs(trend.change.high)))


def percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share >= 0.095 else f"{100 * share:.1f}%"


def from_use(use: Use) -> Offer:
    """Say a use as something to do."""
    figures = f"{percent(use.part.estimate)} {of_what(use)} against {percent(use.part_of_others.estimate)} elsewhere"
    gap = use.difference
    between = (
        f"the difference is between {100 * gap.low:+.0f} and {100 * gap.high:+.0f} points ({use.people:,} people)"
        if gap is not None
        else ""
    )
    headroom = use.people - use.users
    name = use.said
    if use.verdict == "under":
        sentence = f"do not lead with {name}: {figures}"
        return Offer(use.segment, 0, "avoid", use.dimension, use.item, sentence, between, use.people)
    kind = KINDS.get(use.dimension, "offer" if use.dimension in GOODS else "serve")
    match kind:
        case "offer":
            more = f"; {headroom:,} of its {use.people:,} buyers have not bought any yet" if headroom else ""
            sentence = f"offer {name}: {figures}{more}"
            return Offer(use.segment, 0, kind, use.dimension, use.item, sentence, between, use.people, headroom)
        case "price":
            sentence = f"show the {use.item.removesuffix(' price')} end of the prices: {figures}"
        case "reach":
            sentence = f"reach it through {name}: {figures}"
        case "time":
            sentence = (
                f"reach it on {name}: {figures}" if use.dimension == "weekday" else f"reach it: {name}, {figures}"
            )
        case _:
            sentence = f"answer questions about {name} before they are asked: {figures}"
    return Offer(use.segment, 0, kind, use.dimension, use.item, sentence, between, use.people)


def of_what(use: Use) -> str:
    if use.dimension in (*GOODS, "price"):
        return "of a customer's purchases"
    if use.dimension in ("channel", "weekday", "hour"):
        return "of a customer's orders"
    return f"of a customer's {use.dimension.partition('.')[0].replace('_', ' ')}"


def from_trend(trend: Trend) -> Offer:
    """Say a rising taste as something to build."""
    rate, change = trend.slope, trend.change
    if rate is None or change is None:
        raise ValueError("a trend without a slope leads to nothing")
    known = [month for month in trend.months if month.share.estimate == month.share.estimate]
    first, last = known[0], known[-1]
    sentence = (
        f"build out {trend.item}: {percent(first.share.estimate)} of a customer's purchases in {first.month},"
        f" {percent(last.share.estimate)} in {last.month}, and rising faster than elsewhere"
        f" ({100 * rate.estimate:+.1f} points a month)"
    )
    doubt = (
        f"between {100 * rate.low:+.1f} and {100 * rate.high:+.1f} points a month ({trend.people:,} people);"
        f" {trend.forecast.sentence if trend.forecast is not None else 'too short a past to forecast'}"
    )
    return Offer(trend.segment, 0, "build", trend.dimension, trend.item, sentence, doubt, trend.people)
