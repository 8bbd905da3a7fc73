"""`segmentary market`: the market by a survey: sizes, trends, competitors, gaps, and whom to serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.markets import (
    show_against,
    show_competition,
    show_matrix,
    show_needs,
    show_potential,
    show_raking,
    show_sizes,
    show_trends,
)
from segmentary.interfaces.cli.output import progress, say, show_files, show_json, show_prose, show_table, telling
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Size the market by a survey, and choose whom to serve.")

Name = Annotated[str, typer.Argument(metavar="MARKET", help="A file, or NAME for market/NAME.yaml of the workspace.")]


@app.command()
def size(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Say how large each segment is, in people and money, with errors."""
    run(ctx, name, "sizes", show_sizes, as_json)


@app.command()
def rake(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Weight the answers to known margins, and say what that did."""
    run(ctx, name, "rake", show_raking, as_json)


@app.command()
def trends(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Follow the segments over the waves of the survey."""
    run(ctx, name, "trends", show_trends, as_json)


@app.command()
def potential(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Multiply the stated assumptions into the total, the served and the obtainable market."""
    run(ctx, name, "potential", show_potential, as_json)


@app.command()
def competition(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Say which brand has how much of each segment."""
    run(ctx, name, "competition", show_competition, as_json)


@app.command()
def against(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Lay our customers against the market: share, penetration and gap of each segment."""
    run(ctx, name, "against", show_against, as_json)


@app.command()
def needs(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Find needs that are wanted and not satisfied."""
    run(ctx, name, "needs", show_needs, as_json)


@app.command()
def attractiveness(
    ctx: typer.Context,
    name: Name,
    weights: Annotated[
        list[str] | None,
        typer.Option("--weight", metavar="CRITERION=N", help="Another weight than the file says. Repeatable."),
    ] = None,
    choose: Annotated[int | None, typer.Option(metavar="N", min=1, help="How many segments to choose.")] = None,
    as_json: AsJson = False,
) -> None:
    """Weigh the segments against each other, and say how firm the choice is."""
    told = {one.partition("=")[0]: number(one) for one in weights or []}
    with opened(ctx) as workspace, progress("weighing"):
        found = workspace.market(name).matrix(weights=told, choose=choose)
    if as_json:
        show_json(found.to_document())
        return
    show_matrix(found)


@app.command()
def target(
    ctx: typer.Context,
    name: Name,
    audience: Annotated[str, typer.Argument(metavar="AUDIENCE", help="What to call the audience.")],
    by: Annotated[str, typer.Option(metavar="WHO", help="Who decides.")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why; default: the recommendation's reasons.")] = "",
    segments: Annotated[
        list[str] | None, typer.Option("--segment", metavar="SEGMENT", help="Serve this one. Repeatable.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="NAME", help="Leave out members of this. Repeatable."),
    ] = None,
    least_confidence: Annotated[
        float, typer.Option("--least-confidence", metavar="SHARE", min=0, max=1, help="Only whom we are so sure of.")
    ] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Keep the decision whom to serve; the audience becomes an ordinary segment."""
    with opened(ctx) as workspace, progress("deciding"):
        found = workspace.market(name).target(
            audience,
            by=by,
            why=why,
            segments=segments or [],
            without=without or [],
            least_confidence=least_confidence,
        )
    if as_json:
        show_json(found.to_document())
        return
    show_prose(found.sentence)
    say(f"{audience} is a segment now; segmentary run says who is in it")


@app.command("targets")
def list_targets(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the decisions whom to serve."""
    with opened(ctx) as workspace:
        found = [one.document for one in workspace.targets()]
    if as_json:
        show_json({"targets": found})
        return
    show_table(
        ["audience", "segments", "decided", "by", "why"],
        [[one["name"], one["segments"], one["decided_at"][:10], one["decided_by"], one["why"]] for one in found],
        empty="nobody has decided yet: segmentary market target MARKET AUDIENCE --by WHO",
    )


@app.command()
def report(
    ctx: typer.Context,
    name: Name,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to write it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of a market: a page, charts, a workbook; PDF and slides where their packages are there."""
    with opened(ctx) as workspace, progress("measuring") as step:
        files = workspace.market(name).report(out, tell=telling(step))
    show_files(files, as_json=as_json)


def run(ctx: typer.Context, name: str, what: str, tell: Any, as_json: bool) -> None:
    with opened(ctx) as workspace, progress("measuring"):
        found = getattr(workspace.market(name), what)()
    if as_json:
        show_json(found.to_document())
        return
    tell(found)


def number(text: str) -> float:
    """Return the number of ``NAME=NUMBER``."""
    try:
        return float(text.partition("=")[2])
    except ValueError:
        raise UsageError(f"{text!r} is no weight", hint="--weight size=3") from None
