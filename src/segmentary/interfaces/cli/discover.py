"""`segmentary discover`: find segments nobody knew, say whether they are real, put them in force."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.discover_options import (
    Choose,
    DescribeBy,
    Kinds,
    Methods,
    NewName,
    Outcome,
    Repetitions,
    RowCentre,
    Sample,
    Seed,
    Segments,
    Survey,
    Value,
    Wave,
    Within,
)
from segmentary.interfaces.cli.discoveries import (
    show_comparison,
    show_criteria,
    show_emergence,
    show_segments,
    show_tool,
    solution_document,
)
from segmentary.interfaces.cli.output import (
    plural,
    progress,
    say,
    show,
    show_files,
    show_findings,
    show_json,
    show_prose,
    show_table,
    telling,
)
from segmentary.interfaces.cli.session import AsJson, AsOf, command, moment, opened

if TYPE_CHECKING:
    pass

app = command("Find segments nobody knew, and say whether they are real.")

MOST_SEGMENTS = 100
"""Every number of segments is tried with every method: more than anybody could serve only take time."""

Name = Annotated[str, typer.Argument(metavar="NAME", help="The solution; NAME@v2 for an older version.")]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="TRAIT", help="Segment by this trait, or all that fit: 'attitude_*'. Repeatable."),
]


@app.command()
def run(
    ctx: typer.Context,
    name: NewName,
    by: By = None,
    survey: Survey = None,
    wave: Wave = None,
    within: Within = None,
    describe_by: DescribeBy = None,
    value: Value = None,
    methods: Methods = None,
    segments: Segments = "2..8",
    choose: Choose = "",
    kinds: Kinds = None,
    row_centre: RowCentre = False,
    outcome: Outcome = None,
    sample: Sample = 100_000,
    repetitions: Repetitions = 100,
    seed: Seed = 0,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Find segments, validate them, and keep the solution; nobody is placed by it yet."""
    options: dict[str, Any] = {
        "methods": methods or "auto",
        "k": span(segments),
        "choose": chosen(choose),
        "kinds": kinds_of(kinds or []),
        "row_centre": row_centre,
        "outcome": outcome,
        "sample": sample,
        "repetitions": repetitions,
        "seed": seed,
    }
    with opened(ctx) as workspace, progress("reading the data") as step:
        found = workspace.discoveries.run(
            name,
            by=by or [],
            survey=survey,
            wave=wave,
            within=within,
            as_of=moment(as_of),
            describe_by=describe_by or [],
            value=value,
            tell=telling(step),
            **options,
        )
    if as_json:
        show_json(solution_document(found.solution))
        return
    show_solution(found.solution)
    say(f"kept as {name}; next: segmentary discover assign {name}, or discover report {name}")


@app.command("list")
def list_solutions(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the solutions kept."""
    with opened(ctx) as workspace:
        found = workspace.discoveries.kept()
    if as_json:
        show_json({"solutions": found})
        return
    show_table(
        ["solution", "version", "segments", "verdict", "method", "found in", "people", "in force"],
        [[s.name, f"v{s.number}", len(s.segments), s.verdict, s.method, s.source, s.people, s.in_force] for s in found],
        empty="no solutions yet: segmentary discover run NAME --by TRAIT --by TRAIT",
    )


@app.command("show")
def show_one(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show a solution: verdict, segments, criteria, what was noticed."""
    with opened(ctx) as workspace:
        found = workspace.discoveries.solution(name)
    if as_json:
        show_json(solution_document(found))
        return
    show_solution(found)


@app.command()
def compare(
    ctx: typer.Context,
    one: Name,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The other solution.")],
    as_json: AsJson = False,
) -> None:
    """Hold two solutions against each other over the same people."""
    with opened(ctx) as workspace, progress("placing everybody by both"):
        found = workspace.discoveries.compare(one, other)
    if as_json:
        show_json(found)
        return
    show_comparison(found)


@app.command()
def assign(
    ctx: typer.Context,
    name: Name,
    way: Annotated[
        str, typer.Option("--as", metavar="WAY", help="model: its own figures; rules: the readable rules.")
    ] = "model",
    as_json: AsJson = False,
) -> None:
    """Turn a solution into ordinary segments; the next run places everybody."""
    if way not in ("model", "rules"):
        raise UsageError(f"there is no way {way!r}", hint="--as model, or --as rules")
    with opened(ctx) as workspace:
        changes = workspace.discoveries.assign(name, way="rules" if way == "rules" else "model")
    if as_json:
        show_json({"changes": changes})
        return
    show_table(["segment", "change"], [[one.name, one.change] for one in changes], empty="nothing changed")
    held = [one for one in changes if one.change != "retired"]
    say(f"{plural(len(held), 'segment')} in force; segmentary run places everybody")


@app.command()
def retire(ctx: typer.Context, name: Name) -> None:
    """Take a solution out of force: nobody is placed by it any more."""
    with opened(ctx) as workspace:
        workspace.discoveries.retire(name)
    say(f"{name} places nobody any more")


@app.command()
def rename(
    ctx: typer.Context,
    name: Name,
    names: Annotated[list[str], typer.Argument(metavar="KEY=NAME ...", help="The key of a segment and its new name.")],
) -> None:
    """Give segments other names; the keys in definitions stay."""
    with opened(ctx) as workspace:
        solution = workspace.discoveries.rename(name, pairs(names))
    show_segments(solution)


@app.command()
def typing(
    ctx: typer.Context,
    name: Name,
    by: By = None,
    wanted: Annotated[float, typer.Option(metavar="SHARE", min=0, max=1, help="The agreement to reach.")] = 0.8,
    most: Annotated[int, typer.Option(metavar="N", min=1, help="Never more questions than this.")] = 10,
    save_as: Annotated[str | None, typer.Option(metavar="NAME", help="Keep the tool as a solution.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it: .xlsx, .json, .py, .sql or .yaml.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same tool.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Find the fewest questions, or traits of customers, that tell a person's segment."""
    with opened(ctx) as workspace, progress("choosing questions") as step:
        tool = workspace.discoveries.typing(
            name, by=by or [], save_as=save_as, tell=telling(step), wanted=wanted, most=most, seed=seed
        )
        written = workspace.discoveries.write_tool(tool, out, of=name) if out is not None else None
    if as_json:
        show_json(tool.to_document())
        return
    show_tool(tool)
    if written is not None:
        say(f"written to {written}")
    if save_as is not None:
        say(f"kept as {save_as}; next: segmentary discover assign {save_as}")


@app.command()
def emergence(
    ctx: typer.Context,
    name: Name,
    within: Annotated[str | None, typer.Option(metavar="SEGMENT", help="Only the members of this segment.")] = None,
    wave: Annotated[str | None, typer.Option(metavar="WAVE", help="Only this wave of its survey.")] = None,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Say who no longer fits, and whether new segments have appeared, split or merged."""
    with opened(ctx) as workspace, progress("looking") as step:
        found = workspace.discoveries.emergence(name, within=within, wave=wave, as_of=moment(as_of), tell=telling(step))
    if as_json:
        show_json(found.to_document())
        return
    show_emergence(found)


@app.command()
def report(
    ctx: typer.Context,
    name: Name,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to write it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of a solution: a page, charts, a workbook; PDF and slides where their packages are there."""
    with opened(ctx) as workspace, progress("drawing") as step:
        files = workspace.discoveries.report(name, out, tell=telling(step))
    show_files(files, as_json=as_json)


def show_solution(solution: Any) -> None:
    show_prose(solution.verdict.sentence, style="bold")
    show_prose(solution.verdict.meaning)
    show()
    show_segments(solution)
    show()
    show_criteria(solution)
    show_findings(solution.findings)


def span(text: str) -> range:
    """Return numbers of segments: ``4``, or ``2..8``.

    Raises
    ------
    UsageError
        when it is neither, or more than anybody could serve.
    """
    low, dots, high = text.partition("..")
    if not low.isdecimal() or (dots and not high.isdecimal()) or int(low) < 2 or (dots and int(high) < int(low)):
        raise UsageError(f"{text!r} is no number of segments", hint="--segments 4, or --segments 2..8")
    if int(high or low) > MOST_SEGMENTS:
        raise UsageError(f"{int(high or low):,} segments are no segmentation", hint=f"at most {MOST_SEGMENTS}")
    return range(int(low), int(high if dots else low) + 1)


def chosen(text: str) -> tuple[str, int] | None:
    """Return method and number of ``k_means:4``."""
    if not text:
        return None
    method, _, number = text.partition(":")
    if not number.isdecimal():
        raise UsageError(f"{text!r} is no solution", hint="a method and a number: --choose k_means:4")
    if not 2 <= int(number) <= MOST_SEGMENTS:
        raise UsageError(f"{int(number):,} segments are no segmentation", hint=f"2 to {MOST_SEGMENTS}")
    return method, int(number)


def pairs(texts: list[str]) -> dict[str, str]:
    """Return what ``KEY=VALUE`` texts say."""
    for text in texts:
        if "=" not in text:
            raise UsageError(f"{text!r} says no value", hint="write KEY=VALUE")
    return {text.partition("=")[0]: text.partition("=")[2] for text in texts}


def kinds_of(texts: list[str]) -> dict[str, str] | None:
    """Return the kind of each trait named.

    Raises
    ------
    UsageError
        when there is no such kind.
    """
    from segmentary.models.table.columns import KINDS

    found = pairs(texts)
    for kind in found.values():
        if kind not in KINDS:
            raise UsageError(f"unknown kind {kind!r}", hint="one of " + ", ".join(KINDS))
    return found or None
