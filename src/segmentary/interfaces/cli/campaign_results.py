"""`segmentary campaign result|report|next`: what a campaign changed, for whom, at which cost, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segmentary.interfaces.cli.output import (
    percent,
    progress,
    say,
    show,
    show_files,
    show_findings,
    show_json,
    show_prose,
    show_table,
    telling,
)  # fmt: skip
from segmentary.interfaces.cli.session import AsJson, AsOf, moment, opened

if TYPE_CHECKING:
    from segmentary.measurement.campaign.effect import Lift
    from segmentary.measurement.campaign.reactions import Funnel
    from segmentary.measurement.campaign.result import CampaignResult
    from segmentary.measurement.experiment.effects import Kind
    from segmentary.models.intervals import Interval
    from segmentary.workspace.campaign_next import NextActions

Name = Annotated[str, typer.Argument(metavar="NAME", help="The campaign: ours, or one of the exposures or exports.")]
Margin = Annotated[str, typer.Option("--margin", metavar="SHARE", help="Share of revenue that is profit: 40%.")]
Detect = Annotated[
    str, typer.Option("--detect", metavar="SHARE", help="The relative difference that would matter: 10%.")
]
Peek = Annotated[bool, typer.Option("--peek", help="Look before its day: figures, no verdict.")]
Segments = Annotated[
    list[str] | None, typer.Option("--segment", metavar="NAME", help="Tell this segment apart. Repeatable.")
]
By = Annotated[str, typer.Option("--by", metavar="TRAIT", help="Tell the values of this trait apart.")]
Clicks = Annotated[int, typer.Option("--click-days", metavar="DAYS", help="How long an order counts as after a click.")]


def result(
    ctx: typer.Context,
    name: Name,
    margin: Margin = "",
    detect: Detect = "",
    peek: Peek = False,
    segment: Segments = None,
    by: By = "",
    click_days: Clicks = 7,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Say what a campaign changed against those held out, how people reacted, what it cost and brought."""
    with opened(ctx) as workspace, progress("reading what became of people") as step:
        given = options(margin, detect, peek, segment, by, click_days)
        found = workspace.campaigns.result(name, as_of=moment(as_of), tell=telling(step), **given)
    show_json(found.to_document()) if as_json else show_result(found)


def report(
    ctx: typer.Context,
    name: Name,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to write it.")] = None,
    margin: Margin = "",
    detect: Detect = "",
    peek: Peek = False,
    segment: Segments = None,
    by: By = "",
    click_days: Clicks = 7,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Write the report: a page, charts, a workbook; PDF and slides where their packages are there."""
    with opened(ctx) as workspace, progress("drawing") as step:
        given = options(margin, detect, peek, segment, by, click_days)
        files = workspace.campaigns.report(name, out, as_of=moment(as_of), tell=telling(step), **given)
    show_files(files, as_json=as_json)


def next_actions(
    ctx: typer.Context,
    segment: Annotated[
        list[str] | None, typer.Option("--segment", metavar="NAME", help="Only this segment. Repeatable.")
    ] = None,
    margin: Margin = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Say what to do next with each segment: what was shown to work, else what to test, else nothing."""
    from segmentary.interfaces.cli.experiment import share_of

    with opened(ctx) as workspace, progress("reading the evidence") as step:
        found = workspace.campaigns.next_actions(
            segments=segment or (), margin=share_of(margin, "--margin") if margin else None, as_of=moment(as_of),
            tell=telling(step),
        )  # fmt: skip
    show_json(found.to_document()) if as_json else show_next(found)


def register(app: typer.Typer) -> None:
    """Put the commands of this file into the app of campaigns."""
    app.command()(result)
    app.command()(report)
    app.command("next")(next_actions)


def options(
    margin: str, detect: str, peek: bool, segment: list[str] | None, by: str, click_days: int
) -> dict[str, Any]:
    """Return the options result and report share."""
    from segmentary.interfaces.cli.experiment import share_of

    return {
        "margin": share_of(margin, "--margin") if margin else None,
        "detect": share_of(detect, "--detect") if detect else None,
        "peek": peek, "segments": tuple(segment or ()), "by": by, "click_days": click_days,
    }  # fmt: skip


# ------------------------------------------------------------ printing


def show_result(found: CampaignResult) -> None:
    """Print a result: the verdict, the segments, reactions, money, what stayed, and what cannot be said."""
    show_prose(f"{found.campaign}: {found.word}: {found.sentence}")
    if found.needed and found.refusal:
        say(found.needed)
    if found.ratio is not None:
        show()
        show_prose(found.ratio.sentence)
    show_lifts(found)
    show_reactions(found)
    show_money(found)
    lasting = [one.sentence for one in found.retained if not one.segment]
    lasting += [one.sentence for one in found.worth if not one.segment]
    for title, lines in (
        ("arms against each other", [one.sentence for one in found.between]),
        ("did it last?", lasting),
    ):
        if lines:
            show()
            show(title)
            for line in lines:
                show_prose(f"  {line}")
    show_findings(found.findings)
    for line in found.limits:
        say(line)


def span(interval: Interval | None, kind: str = "mean") -> str | None:
    """Return both ends of an interval."""
    from segmentary.measurement.experiment.verdict import signed

    if interval is None:
        return None
    form: Kind = "share" if kind == "share" else "mean"
    return f"{signed(interval.low, form)} to {signed(interval.high, form)}"


def show_lifts(found: CampaignResult) -> None:
    """Print every lift, the primary metric first."""
    if not found.lifts:
        return
    show()
    rows = [lift_row(one) for one in found.lifts]
    show_table(["metric", "segment", "treated", "held out", "lift", "95% interval", "in all", "p", "says"], rows,
               title="against those held out (shares in percentage points)")  # fmt: skip


def lift_row(one: Lift) -> list[object]:
    from segmentary.measurement.experiment.sample_ratio import written
    from segmentary.measurement.experiment.verdict import figure, signed

    where = one.segment or "all"
    return [
        one.metric, where if one.arm == "treated" else f"{where}, {one.arm}", figure(one.treated, one.kind),
        figure(one.control, one.kind), signed(one.effect.estimate, one.kind), span(one.effect, one.kind),
        f"{one.total.estimate:+,.0f}", written(one.p) if one.p is not None else None,
        "like the others" if one.like_all else one.word,
    ]  # fmt: skip


def show_reactions(found: CampaignResult) -> None:
    """Print the funnel of those written to."""
    rows = [reaction_row(one) for one in found.funnel if one.arm != found.control]
    if not rows:
        return
    show()
    heads = ["segment", "variant", "drawn", "sent", "delivered", "opened*", "clicked", "bought", "left", "complained"]
    show_table(heads, rows, title="reactions, in people (* unreliable; programs apart)")


def reaction_row(one: Funnel) -> list[object]:
    clicked = one.share("clicked")
    opened_share = one.share("opened")
    bought = one.share("converted")
    return [
        one.segment, one.variant or one.arm, one.people, one.sent, one.delivered,
        percent(opened_share.estimate) if opened_share else None, percent(clicked.estimate) if clicked else None,
        percent(bought.estimate) if bought else None, one.unsubscribed, one.complained,
    ]  # fmt: skip


def show_money(found: CampaignResult) -> None:
    """Print what it cost and brought, and beside it the orders after clicks, named for what they are."""
    from segmentary.measurement.campaign.attribution import in_all

    if found.money:
        show()
        rows = [
            [one.segment or "all", one.cost, round(one.revenue.estimate) if one.revenue else None, whole(one.revenue),
             whole(one.profit), cents(one.each), tenths(one.roi)]
            for one in found.money
        ]  # fmt: skip
        heads = [
            "segment",
            "cost",
            "revenue it brought",
            "95% interval",
            "profit after cost",
            "per order more",
            "return",
        ]
        show_table(heads, rows, title=f"money ({found.currency}; the return is of {found.money[0].basis})")
    after = in_all(found.attributed)
    if after is not None:
        show()
        show_prose(after.sentence)


def whole(interval: Interval | None) -> str | None:
    """Return the ends of an amount in whole units."""
    return None if interval is None else f"{interval.low:+,.0f} to {interval.high:+,.0f}"


def cents(interval: Interval | None) -> str | None:
    return None if interval is None else f"{interval.estimate:,.2f} ({interval.low:,.2f} to {interval.high:,.2f})"


def tenths(interval: Interval | None) -> str | None:
    return None if interval is None else f"{interval.estimate:+,.1f} ({interval.low:+,.1f} to {interval.high:+,.1f})"


def show_next(found: NextActions) -> None:
    """Print what to do next, one line a segment."""
    rows = [[one.segment, one.people, one.do, one.action] for one in found.rows]
    show_table(["segment", "people", "do", "which"], rows)
    show()
    for one in found.rows:
        show_prose(one.sentence)
    show_findings(found.findings)
