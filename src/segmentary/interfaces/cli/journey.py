"""`segmentary journey`: where people are in journeys, and how it ended for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from segmentary.interfaces.cli.output import progress, say, show, show_json, show_table, telling
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Look at journeys, pause them, stop them.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The journey.")]


@app.command("list")
def listing(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the journeys in force, and how many people are in each."""
    with opened(ctx) as workspace:
        found = [workspace.journeys.show(name) for name in sorted(workspace.journeys.in_force())]
    if as_json:
        show_json({"journeys": found})
        return
    rows = [[one.name, one.status, one.waiting, one.came_in, outcome_words(one.outcomes)] for one in found]
    show_table(
        ["journey", "status", "in it now", "came in", "ended"],
        rows,
        empty="no journeys: write one as YAML (docs: journeys) and `segmentary apply` it",
    )


@app.command("show")
def showing(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show the steps of a journey, who stands where, and how it ended for those who left it."""
    with opened(ctx) as workspace:
        found = workspace.journeys.show(name)
    if as_json:
        show_json(found)
        return
    show_table(
        ["step", "what happens", "there now"],
        [[one.step, one.what, one.waiting] for one in found.steps],
        title=f"{found.name} · {found.status} · version {found.version[:12]}",
    )
    say(f"{people(found.came_in)} came in" + (f"; {outcome_words(found.outcomes)}" if found.outcomes else ""))


@app.command()
def why(
    ctx: typer.Context,
    name: Name,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")],
    as_json: AsJson = False,
) -> None:
    """Say when somebody entered a journey, where they are, and how it ended for them."""
    with opened(ctx) as workspace:
        workspace.journeys.get(name)
        found = workspace.journeys.of(customer, name)
    if as_json:
        show_json({"customer": customer, "entries": found})
        return
    if not found:
        say(f"{customer} was never in {name}")
    for one in found:
        end = f", ended {one.ended_at:%Y-%m-%d %H:%M} UTC" if one.ended_at else ""
        at = "" if one.ended_at else f" (step {one.step}, since {one.since:%Y-%m-%d %H:%M})"
        show(f"entered {one.entered_at:%Y-%m-%d %H:%M} UTC{end}: {one.words}{at}")


@app.command()
def pause(ctx: typer.Context, name: Name) -> None:
    """Let nobody enter and nobody go on, until it is resumed."""
    with opened(ctx) as workspace:
        workspace.journeys.pause(name)
    say(f"{name} is paused; go on with: segmentary journey resume {name}")


@app.command()
def resume(ctx: typer.Context, name: Name) -> None:
    """Go on with a paused journey."""
    with opened(ctx) as workspace:
        workspace.journeys.resume(name)
    say(f"{name} goes on at the next tick")


@app.command()
def stop(
    ctx: typer.Context,
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """End a journey for everybody who is in it, and let nobody enter any more."""
    with opened(ctx) as workspace:
        inside = workspace.journeys.show(name).waiting
        if inside and not yes:
            typer.confirm(f"{people(inside)} would go no further. Stop {name}?", abort=True, err=True)
        ended = workspace.journeys.stop(name)
    say(f"{name} is stopped; it ended for {people(ended)}")


@app.command()
def result(
    ctx: typer.Context,
    name: Name,
    metric: Annotated[
        str, typer.Option("--metric", metavar="METRIC", help="What it is for: 'buys = any order_completed in 28d'.")
    ] = "buys = any order_completed in 28d",
    as_json: AsJson = False,
) -> None:
    """Say what a journey with a holdout really changed."""
    from segmentary.interfaces.cli.experiments import show_analysis

    with opened(ctx) as workspace, progress("reading who did what") as step:
        telling(step)("reading who did what", 0.0)
        found = workspace.journeys.result(name, metric)
    if as_json:
        show_json(found.to_document())
        return
    show_analysis(found)


def outcome_words(outcomes: Mapping[str, int]) -> str:
    """Return how it ended for how many."""
    return ", ".join(f"{outcome} {number:,}" for outcome, number in sorted(outcomes.items()))


def people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"
