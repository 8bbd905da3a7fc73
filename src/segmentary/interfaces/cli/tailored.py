"""How tailoring, budgets and loyalty are shown on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from segmentary.interfaces.cli.markets import share
from segmentary.interfaces.cli.output import say, show_findings, show_prose, show_table, warn

if TYPE_CHECKING:
    from segmentary.measurement.budget import Allocation
    from segmentary.measurement.loyalty.figures import Figure
    from segmentary.measurement.loyalty.loyalty import Loyalty
    from segmentary.measurement.tailoring.offers import Offers
    from segmentary.measurement.tailoring.trends import Trends
    from segmentary.measurement.tailoring.uses import Uses
    from segmentary.models.intervals import Interval


SAID = {"over": "more", "under": "less", "alike": "alike", "unclear": "not clear"}


def points(low: float, high: float) -> str:
    """Return an interval of a difference of shares in points."""
    return f"{100 * low:+.1f} to {100 * high:+.1f}"


def show_uses(found: Uses, *, everything: bool = False) -> None:
    """Show what is used more and less; everything: also what is not clear."""
    rows = found.rows if everything else found.told()
    show_table(
        ["segment", "by", "item", "of theirs", "of others'", "index", "difference (points)", "used by", "people", ""],
        [
            [
                one.segment,
                one.dimension,
                one.said,
                share(one.part.estimate),
                share(one.part_of_others.estimate),
                round(one.index) if one.index is not None and math.isfinite(one.index) else None,
                points(one.difference.low, one.difference.high) if one.difference is not None else None,
                share(one.penetration.estimate),
                one.people,
                SAID[one.verdict] + (", by definition" if one.circular else ""),
            ]
            for one in rows
        ],
        empty="nothing is used clearly more or less than by everybody else",
    )
    for segment, dimension in found.withheld:
        warn(f"{segment}: too few people did anything of {dimension}")
    for dimension, items in (found.left_out or {}).items():
        say(f"{dimension}: the {items:,} rarest are not compared")
    say(f"each against everybody else; {found.tests:,} tests, corrected together; small differences are not told")


def show_trends(found: Trends, *, everything: bool = False) -> None:
    """Show what rises and falls, and how forecasts did."""
    rows = found.rows if everything else found.told()
    show_table(
        ["segment", "item", found.months[0], found.months[-1], "points a month", "from", "to", "trend", "next month"],
        [
            [
                one.segment,
                one.item,
                share(one.months[0].share.estimate),
                share(one.months[-1].share.estimate),
                round(100 * one.slope.estimate, 2) if one.slope is not None else None,
                round(100 * one.slope.low, 2) if one.slope is not None else None,
                round(100 * one.slope.high, 2) if one.slope is not None else None,
                one.verdict if one.verdict != "unclear" else "not clear",
                share(one.forecast.values[0]) if one.forecast is not None else None,
            ]
            for one in rows
        ],
        empty="no share rises or falls clearly",
    )
    for one in rows:
        told = f"; {one.forecast.sentence}" if one.forecast is not None else ""
        show_prose(f"{one.segment}: {one.sentence}{told}")
    say(found.season)


def show_offers(found: Offers) -> None:
    """Show what to do for each segment, the surest first."""
    for one in found.rows:
        show_prose(f"{one.segment} {one.rank}. {one.sentence}")
        if one.doubt:
            show_prose(f"   {one.doubt}")
    if found.silent:
        say("nothing sure can be said of " + ", ".join(found.silent))
    say(found.caution)


def show_budget(found: Allocation) -> None:
    """Show who gets how much, and what each way to spend is expected to leave."""
    show_table(
        ["segment", "people", "spend", "of it to learn", "treated", "net a head", "from", "to", "pays"],
        [
            [
                one.segment, one.people, round(one.spend, 2), round(one.learning, 2), one.treated,
                round(one.net.estimate, 2), round(one.net.low, 2), round(one.net.high, 2), share(one.pays),
            ]
            for one in found.rows
        ],
    )  # fmt: skip
    show_table(
        ["way to spend", "spent", "expected to leave", "from", "to", "more than all alike", "loses"],
        [
            [
                one.name, round(one.spent, 2), round(one.gain.estimate), round(one.gain.low), round(one.gain.high),
                round(one.against_equal.estimate), share(one.loses),
            ]
            for one in found.ways
        ],
    )  # fmt: skip
    show_prose(found.sentence)
    for one in found.rows:
        show_prose(one.sentence)
    show_findings(found.findings)


NAMES = {
    "nps": "NPS",
    "csat": "satisfied",
    "share_of_wallet": "share of wallet",
    "repeat_rate": "ordered again",
    "orders_per_customer": "orders a year",
}


def measure_name(name: str) -> str:
    """Return what a measure is called."""
    return NAMES.get(name, name.replace("_", " "))


def value(figure: Figure, number: float) -> object:
    """Return a figure's number as it is said."""
    match figure.unit:
        case "share":
            return share(number)
        case "score":
            return round(number) if math.isfinite(number) else None
    return round(number, 2) if math.isfinite(number) else None


def p_value(p: float) -> str:
    return "below .001" if p < 0.001 else f"{p:.3f}".lstrip("0") if p < 1 else "1"


def ends(figure: Figure, interval: Interval) -> list[object]:
    return [value(figure, one) for one in (interval.estimate, interval.low, interval.high)]


def show_loyalty(found: Loyalty) -> None:
    """Show every measure of every segment, the scores over the waves, and who says one thing and does another."""
    show_table(
        ["segment", "measure", "is", "from", "to", "everybody else", "people", "", "p"],
        [
            [
                one.segment, measure_name(one.measure), *ends(one, one.own), value(one, one.others.estimate),
                one.own.n, one.verdict if one.verdict != "unclear" else "not clear", p_value(one.p),
            ]
            for one in found.figures
        ],
        empty="nothing could be measured",
    )  # fmt: skip
    for series in found.scores:
        for change in series.changes:
            if change.clear:
                gap = change.change
                show_prose(
                    f"{series.segment}: NPS {gap.estimate:+.0f} from {change.earlier} to {change.later}"
                    f" (between {gap.low:+.0f} and {gap.high:+.0f})"
                )
    for crossed in found.said_and_done:
        show_prose(crossed.sentence)
    show_findings(found.findings)
