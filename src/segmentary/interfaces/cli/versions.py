"""`segmentary segment history, versions, diff, rollback, backfill`: segments in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.output import plural, progress, say, show, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, AsOf, moment, opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segmentary.workspace.versioning import Difference

Name = Annotated[str, typer.Argument(metavar="NAME", help="The segment.")]
SHOWN_IDS = 20
EVERY = ("day", "week", "month")
KNOWLEDGE = ("now", "then")


def history(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show size, entries and exits, run by run."""
    with opened(ctx) as workspace:
        steps = workspace.segment(name).history()
        done = workspace.history.backfills(name)
    if as_json:
        show_json({"segment": name, "steps": steps, "backfills": done})
        return
    rows = [
        [s.run_id, s.as_of, s.size, s.entered, s.left, counts(s.entered_by_reason), counts(s.left_by_reason)]
        for s in steps
    ]
    show_table(
        ["run", "as of (UTC)", "size", "entered", "left", "why entered", "why left"], rows, empty="no run had it yet"
    )
    for one in done:
        say(
            f"backfilled on {one.detected_at:%Y-%m-%d}: {one.since:%Y-%m-%d} to {one.until:%Y-%m-%d},"
            f" {plural(one.moments, 'moment')}, every {one.every}, with what is known {one.knowledge}"
        )


def versions(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """List every version of a definition, oldest first."""
    with opened(ctx) as workspace:
        found = workspace.history.versions(name)
    if as_json:
        show_json({"segment": name, "versions": found})
        return
    show_table(
        ["version", "hash", "since (UTC)", "", "meaning"],
        [[f"v{v.number}", v.version[:12], v.created_at, "in force" if v.current else "", v.sentence] for v in found],
    )


def diff(
    ctx: typer.Context,
    name: Name,
    first: Annotated[str, typer.Argument(metavar="[V1]", help="A version. [default: the one before]")] = "",
    second: Annotated[str, typer.Argument(metavar="[V2]", help="Another. [default: the newest]")] = "",
    against: Annotated[str, typer.Option(metavar="FILE|VERSION", help="What to compare with instead.")] = "",
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Say how two versions differ, and who would come and go."""
    if first and against:
        raise UsageError("--against stands for the versions: give one of them")
    with opened(ctx) as workspace, progress("comparing"):
        view = workspace.segment(name)
        found = view.diff(first or against or None, second or None, as_of=moment(as_of))
    if as_json:
        show_json(found)
    else:
        show_difference(found)


def rollback(
    ctx: typer.Context,
    name: Name,
    to: Annotated[str, typer.Option(metavar="VERSION", help="The version to go back to: v2, or its hash.")],
    as_json: AsJson = False,
) -> None:
    """Put an older version into force again, as a new one."""
    from segmentary.interfaces.cli.apply import show_changes

    with opened(ctx) as workspace:
        change = workspace.history.rollback(name, to)
    if as_json:
        show_json({"changes": [change]})
    else:
        show_changes([change])


def backfill(
    ctx: typer.Context,
    name: Name,
    history: Annotated[str, typer.Option(metavar="SPAN", help="all, none, or 'since DATE'.")],
    every: Annotated[str, typer.Option(metavar="STEP", help="day, week or month.")] = "month",
    as_known: Annotated[
        str, typer.Option(metavar="WHEN", help="Judge with what is known now, or was known then.")
    ] = "now",
    as_json: AsJson = False,
) -> None:
    """Compute who was in a segment before its first run."""
    if every not in EVERY:
        raise UsageError(f"--every: {every!r} is none of {', '.join(EVERY)}")
    if as_known not in KNOWLEDGE:
        raise UsageError(f"--as-known: {as_known!r} is neither now nor then")
    step = cast("Literal['day', 'week', 'month']", every)
    knowledge = cast("Literal['now', 'then']", as_known)
    with opened(ctx) as workspace, progress("computing") as tell:
        found = workspace.history.backfill(name, span(history), every=step, knowledge=knowledge, progress=tell)
    if as_json:
        show_json(found)
        return
    if found.since is None:
        say(f"the log of {name} begins on {found.until:%Y-%m-%d}, with its first run")
        return
    show_table(
        ["segment", "from", "to", "moments", "entered", "left"],
        [[name, found.since.date(), found.until.date(), found.moments, found.entered, found.left]],
    )
    say("what was served stays as it was served")


def span(text: str) -> str:
    """Return all, none or the date of ``since DATE``."""
    words = text.split()
    match words:
        case ["all"] | ["none"]:
            return words[0]
        case ["since", date] | [date] if moment(date, "--history") is not None:
            return date
    raise UsageError(f"--history: {text!r}", hint="all, none, or 'since 2026-01-01'")


def show_difference(found: Difference) -> None:
    """Show two versions: their words, their YAML, their people."""
    label = f" ({found.change})" if found.change != "compared" else ""
    show(f"{found.segment}{label}", style="bold")
    rows = [
        ["before", version(found.number_before, found.before), found.people_before, found.sentence_before],
        ["after", version(found.number_after, found.after), found.people_after, found.sentence_after],
    ]
    show_table(["", "version", "people", "meaning"], rows)
    for line in found.diff:
        if line[0] in "+-":
            show(line, style="green" if line[0] == "+" else "red")
    for sign, ids, number in (
        ("+", found.entering, found.entering_count),
        ("-", found.leaving, found.leaving_count),
    ):
        if number:
            more = f", and {number - SHOWN_IDS:,} more" if number > SHOWN_IDS else ""
            word = "entering" if sign == "+" else "leaving"
            show(f"{sign} {word} {number:,}: {', '.join(ids[:SHOWN_IDS])}{more}")
    if not found.entering_count and not found.leaving_count:
        say("the same people")


def version(number: int | None, digest: str) -> str | None:
    label = f"v{number} " if number else ""
    return f"{label}{digest[:12]}" if digest else None


def counts(reasons: object) -> str:
    return ", ".join(
        f"{reason} {number:,}" for reason, number in dict(cast("Iterable[tuple[str, int]]", reasons)).items()
    )
