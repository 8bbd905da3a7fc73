"""`segmentary tick`: everything that is due now happens, once."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.output import progress, say, show_json, show_table, telling, warn
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Do what is due: segments, journeys, sending.")
WAYS = ("due", "always", "never")


@app.command()
def tick(
    ctx: typer.Context,
    run: Annotated[str, typer.Option("--run", metavar="WHEN", help="Compute segments: due, always, never.")] = "due",
    every: Annotated[str, typer.Option(metavar="LENGTH", help="How old the newest run may be: 15min, 1h, 1d.")] = "1h",
    no_send: Annotated[bool, typer.Option("--no-send", help="Let nothing leave the outbox.")] = False,
    as_json: AsJson = False,
) -> None:
    """Do what is due now: segments, journeys, what waits to be sent."""
    from segmentary.language.durations import parse_duration
    from segmentary.language.instants import exact_length
    from segmentary.workspace.ticking import tick as once

    if run not in WAYS:
        raise UsageError(f"--run: {run!r} is none of {', '.join(WAYS)}")
    longest = dt.timedelta(microseconds=exact_length(parse_duration(every)))
    with opened(ctx) as workspace, progress("what is due") as step:
        found = once(workspace, run=run, every=longest, send=not no_send, tell=telling(step))  # type: ignore[arg-type]
    if as_json:
        show_json(found)
        return
    say(f"segments were computed: {found.ran}" if found.ran else "segments are as they were")
    rows = [
        [one.name, one.counts.get("entered", 0), one.counts.get("moved", 0), one.counts.get("sent", 0),
         sum(n for key, n in one.counts.items() if key not in ("entered", "moved", "sent", "no_content", "holdout"))]
        for one in found.journeys
    ]  # fmt: skip
    if rows:
        show_table(["journey", "entered", "moved", "messages", "ended"], rows)
    for note in found.notes:
        warn(note)
    if found.sending is not None:
        say(str(getattr(found.sending, "sentence", found.sending)))
