"""`segmentary tailor`: what each segment uses, how its tastes move, what to offer it, where to spend."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from segmentary.interfaces.cli.output import progress, show_files, show_json, telling
from segmentary.interfaces.cli.session import AsJson, command, opened
from segmentary.interfaces.cli.tailored import show_budget, show_offers, show_trends, show_uses

app = command("See what segments use, what to offer, where to spend.")

Segments = Annotated[
    list[str] | None, typer.Argument(metavar="[SEGMENT]...", help="These segments (default: all in force).")
]
Days = Annotated[int, typer.Option(metavar="N", min=1, help="How many days to look back.")]
Months = Annotated[int, typer.Option(metavar="N", min=3, help="How many whole months to look back.")]
Everything = Annotated[bool, typer.Option("--all", help="Also what is alike or not clear.")]


@app.command()
def uses(
    ctx: typer.Context,
    segments: Segments = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="DIMENSION", help="category, product, brand, price, channel, ... Repeatable."),
    ] = None,
    days: Days = 365,
    correction: Annotated[
        Literal["holm", "bh"],
        typer.Option(help="No false claim with 95% (holm), or at most 5% of the claims on average (bh)."),
    ] = "holm",
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Show what segments use more and less than everybody else."""
    with opened(ctx) as workspace, progress("counting") as step:
        found = workspace.tailoring.uses(
            segments or (), by=by or (), days=days, correction=correction, tell=telling(step)
        )
    if as_json:
        show_json(found.to_document())
        return
    show_uses(found, everything=everything)


@app.command()
def trends(
    ctx: typer.Context,
    segments: Segments = None,
    by: Annotated[str, typer.Option(metavar="DIMENSION", help="What to follow.")] = "category",
    months: Months = 24,
    ahead: Annotated[int, typer.Option(metavar="N", min=1, max=12, help="How many months to forecast.")] = 3,
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Follow what segments use month by month, and forecast the next months."""
    with opened(ctx) as workspace, progress("following") as step:
        found = workspace.tailoring.trends(segments or (), by=by, months=months, ahead=ahead, tell=telling(step))
    if as_json:
        show_json(found.to_document())
        return
    show_trends(found, everything=everything)


@app.command()
def offers(
    ctx: typer.Context, segments: Segments = None, days: Days = 365, months: Months = 24, as_json: AsJson = False
) -> None:
    """Say what to offer each segment, where and when, and what to build next."""
    with opened(ctx) as workspace, progress("looking") as step:
        found = workspace.tailoring.offers(segments or (), days=days, months=months, tell=telling(step))
    if as_json:
        show_json(found.to_document())
        return
    show_offers(found)


@app.command()
def budget(
    ctx: typer.Context,
    amount: Annotated[float, typer.Argument(metavar="AMOUNT", help="Money to spend at most.")],
    experiment: Annotated[
        str, typer.Option(metavar="NAME", help="The experiment that measured returns (default: the only one).")
    ] = "",
    cost: Annotated[
        float | None, typer.Option(metavar="AMOUNT", help="What treating one person costs (default: the plan's).")
    ] = None,
    margin: Annotated[
        float, typer.Option(metavar="SHARE", min=0, max=1, help="Share of incremental revenue that is profit.")
    ] = 1.0,
    arm: Annotated[str, typer.Option(metavar="ARM", help="The treated arm (default: the first).")] = "",
    metric: Annotated[str, typer.Option(metavar="NAME", help="The metric in money (default: the first).")] = "",
    within: Annotated[str, typer.Option(metavar="SEGMENT", help="Only its members can be treated.")] = "",
    learning: Annotated[
        float, typer.Option(metavar="SHARE", min=0, max=0.9, help="Part kept to learn where it may pay.")
    ] = 0.1,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of what is drawn.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Divide a budget over segments by what an experiment measured; refused without one."""
    with opened(ctx) as workspace, progress("dividing") as step:
        found = workspace.tailoring.budget(
            amount,
            experiment=experiment or None,
            cost=cost,
            margin=margin,
            arm=arm,
            metric=metric,
            within=within,
            learning=learning,
            seed=seed,
            tell=telling(step),
        )
    if as_json:
        show_json(found.to_document())
        return
    show_budget(found)


@app.command()
def report(
    ctx: typer.Context,
    segments: Segments = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to write it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report: uses, trends, offers and loyalty as a page with charts, and all numbers as XLSX."""
    with opened(ctx) as workspace, progress("writing") as step:
        files = workspace.tailoring.report(out, segments=segments or (), tell=telling(step))
    show_files(files, as_json=as_json)
