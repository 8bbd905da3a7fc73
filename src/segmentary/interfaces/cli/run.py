"""`segmentary run`: compute everything and serve it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.interfaces.cli.output import plural, progress, say, show_json, show_table, warn
from segmentary.interfaces.cli.session import AsJson, AsOf, command, moment, opened

if TYPE_CHECKING:
    from segmentary.workspace.runs import RunReport, SegmentChange

app = command("Compute profiles, traits and all segments.")


@app.command()
def run(
    ctx: typer.Context,
    as_of: AsOf = "",
    known_at: Annotated[str, typer.Option(metavar="TIME", help="Judge with what was known by then.")] = "",
    as_json: AsJson = False,
) -> None:
    """Compute traits and segments; note who came and went."""
    at, known = moment(as_of), moment(known_at, "--known-at")
    with opened(ctx) as workspace, progress("computing") as step:
        report = workspace.run(at, known_at=known, progress=step)
        zone = workspace.settings.timezone
    if as_json:
        show_json(report)
    else:
        show_run(report, zone)


def show_run(report: RunReport, zone: str) -> None:
    ordered = sorted(report.segments, key=lambda one: (-one.members, one.segment))
    told = any(set(one.entered_by_reason) - {"backfill"} or one.left_by_reason for one in ordered)
    rows = [
        [one.segment, one.members, one.entered or None, one.left or None, *([why(one)] if told else [])]
        for one in ordered
    ]
    show_table(["segment", "members", "entered", "left", *(["why"] if told else [])], rows)
    for warning in report.warnings:
        warn(warning)
    from zoneinfo import ZoneInfo

    when = report.as_of.astimezone(ZoneInfo(zone))
    say(
        f"run {report.run_id} as of {when:%Y-%m-%d %H:%M} {zone}: {plural(report.customers, 'customer')},"
        f" {plural(len(report.segments), 'segment')}, {report.seconds:.1f} s"
    )
    if not report.segments:
        say("no segments yet: segmentary segment suggest shows what these data support")


def why(change: SegmentChange) -> str:
    """Return reasons of entries and exits: ``+12 event, −3 ageing``."""
    came = [f"+{count:,} {reason}" for reason, count in change.entered_by_reason.items()]
    went = [f"−{count:,} {reason}" for reason, count in change.left_by_reason.items()]
    return ", ".join([*came, *went])
