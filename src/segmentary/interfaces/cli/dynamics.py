"""`segmentary dynamics`: how segments change, how large they will be, and who is about to leave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.dynamics_shown import (
    show_drift,
    show_forecast,
    show_leaving,
    show_moves,
    show_sizes,
    show_tenure,
    show_transitions,
)
from segmentary.interfaces.cli.output import progress, show_files, show_json, telling
from segmentary.interfaces.cli.session import AsJson, AsOf, command, moment, opened

if TYPE_CHECKING:
    from collections.abc import Callable

app = command("See segments change: sizes, moves, who is about to go.")

Of = Annotated[
    list[str],
    typer.Argument(
        metavar="OF...", help="A segmentation, a text trait such as rfm_segment, or segments that exclude each other."
    ),
]
Since = Annotated[str, typer.Option(metavar="DATE", help="The first moment (default: twelve steps back).")]
Until = Annotated[str, typer.Option(metavar="DATE", help="The last moment (default: the newest run's).")]
Every = Annotated[Literal["day", "week", "month", "quarter"], typer.Option(help="How far apart the moments are.")]
Source = Annotated[
    Literal["auto", "log", "evaluated"],
    typer.Option(help="The log of entries and exits, the definitions judged as of each moment, or whichever reaches."),
]
Cuts = Annotated[
    Literal["each", "first"],
    typer.Option(help="RFM scores learn their cut points at each moment, or keep those of the first."),
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Of everything that is drawn.")]


@app.command()
def sizes(
    ctx: typer.Context,
    of: Of,
    since: Since = "",
    until: Until = "",
    every: Every = "month",
    source: Source = "auto",
    cuts: Cuts = "each",
    as_json: AsJson = False,
) -> None:
    """Show how large the parts were at each moment, and what their members spent."""
    given = series(of, since, until, every) | {"source": source, "cuts": cuts}
    run(ctx, "sizes", given, show_sizes, as_json)


@app.command()
def moves(
    ctx: typer.Context,
    of: Of,
    since: Since = "",
    until: Until = "",
    every: Every = "month",
    as_json: AsJson = False,
) -> None:
    """Show who came into segments and who left, and for which reason, as the log has it."""
    run(ctx, "moves", series(of, since, until, every), show_moves, as_json, tells=False)


@app.command()
def transitions(
    ctx: typer.Context,
    of: Of,
    since: Since = "",
    until: Until = "",
    every: Every = "month",
    source: Source = "auto",
    cuts: Cuts = "each",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Show who goes from where to where, and whether that has changed."""
    given = series(of, since, until, every) | {"source": source, "cuts": cuts, "seed": seed}
    run(ctx, "transitions", given, show_transitions, as_json)


@app.command()
def forecast(
    ctx: typer.Context,
    of: Of,
    ahead: Annotated[int, typer.Option(metavar="N", min=1, max=24, help="How many periods ahead.")] = 3,
    since: Since = "",
    until: Until = "",
    every: Every = "month",
    source: Source = "auto",
    cuts: Cuts = "each",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Say how large the parts will be, by the method that did best on the past."""
    given = series(of, since, until, every) | {"source": source, "cuts": cuts, "seed": seed, "ahead": ahead}
    run(ctx, "forecast", given, show_forecast, as_json)


@app.command()
def drift(
    ctx: typer.Context,
    since: Annotated[str, typer.Option(metavar="DATE", help="The earlier moment.")],
    until: Annotated[str, typer.Option(metavar="DATE", help="The later moment (default: the newest run's).")] = "",
    trait: Annotated[
        list[str] | None, typer.Option("--trait", metavar="NAME", help="Compare this (or a pattern). Repeatable.")
    ] = None,
    within: Annotated[str, typer.Option(metavar="SEGMENT", help="The members of a segment, then and now.")] = "",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Say whether the people of now are like those of an earlier moment, trait by trait and all together."""
    with opened(ctx) as workspace, progress("comparing") as step:
        found = workspace.dynamics.drift(
            moment(since, "--since"),
            moment(until, "--until"),
            traits=trait or [],
            inside=within or None,
            seed=seed,
            tell=telling(step),
        )
    tell(found, show_drift, as_json)


@app.command()
def retention(
    ctx: typer.Context,
    of: Of,
    since: Since = "",
    until: Until = "",
    every: Every = "month",
    source: Source = "auto",
    cuts: Cuts = "each",
    as_json: AsJson = False,
) -> None:
    """Say how long people stay in each part, and how many of its members buy later."""
    given = series(of, since, until, every) | {"source": source, "cuts": cuts}
    run(ctx, "tenure", given, show_tenure, as_json)


@app.command()
def leaving(
    ctx: typer.Context,
    segment: Annotated[str, typer.Argument(metavar="SEGMENT", help="The segment.")],
    as_of: AsOf = "",
    horizon: Annotated[int, typer.Option(metavar="DAYS", min=1, help="Out within so many days.")] = 30,
    top: Annotated[int, typer.Option(metavar="N", min=1, help="List so many, the most at stake first.")] = 20,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """List who of a segment is about to leave, with the value at stake and why."""
    with opened(ctx) as workspace, progress("learning who left") as step:
        found = workspace.dynamics.leaving(
            segment, as_of=moment(as_of), horizon_days=horizon, seed=seed, tell=telling(step)
        )
    if as_json:
        document = found.to_document()
        show_json(document | {"leavers": document["leavers"][:top]})
        return
    show_leaving(found, top)


@app.command()
def report(
    ctx: typer.Context,
    of: Of,
    segment: Annotated[
        str, typer.Option("--leaving", metavar="SEGMENT", help="Also say who is about to leave this segment.")
    ] = "",
    ahead: Annotated[int, typer.Option(metavar="N", min=1, max=24, help="Forecast so many periods.")] = 3,
    since: Since = "",
    until: Until = "",
    every: Every = "month",
    source: Source = "auto",
    cuts: Cuts = "each",
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to write it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of how segments change: a page, charts, a workbook; PDF and slides where they can be."""
    given = series(of, since, until, every) | {"source": source, "cuts": cuts, "ahead": ahead}
    with opened(ctx) as workspace, progress("looking back") as step:
        files = workspace.dynamics.report(path=out, leaving=segment or None, tell=telling(step), **given)
    show_files(files, as_json=as_json)


def series(of: list[str], since: str, until: str, every: str) -> dict[str, Any]:
    """Return what all commands over moments take."""
    return {
        "of": of[0] if len(of) == 1 else of,
        "since": moment(since, "--since"),
        "until": moment(until, "--until"),
        "every": every,
    }


def run(
    ctx: typer.Context,
    what: str,
    given: dict[str, Any],
    shown: Callable[[Any], None],
    as_json: bool,
    *,
    tells: bool = True,
) -> None:
    """Ask the workspace and show the answer."""
    if not given["of"]:
        raise UsageError("the dynamics of what?", hint="segmentary dynamics sizes lifecycle")
    with opened(ctx) as workspace, progress("looking back") as step:
        also = {"tell": telling(step)} if tells else {}
        found = getattr(workspace.dynamics, what)(**given, **also)
    tell(found, shown, as_json)


def tell(found: Any, shown: Callable[[Any], None], as_json: bool) -> None:
    """Show an answer as a document or to a person."""
    if as_json:
        show_json(found.to_document())
    else:
        shown(found)
