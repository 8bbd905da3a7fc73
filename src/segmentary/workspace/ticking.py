"""One turn of the wheel: what is due now happens, once, whoever asks how often.

In order: what was decided and sent meanwhile is loaded; segments are computed anew where data came in or the hour is
over; people enter journeys and go on in them; what waits in the outbox leaves. `segmentary tick` does it once (from
cron or a timer); a server does it by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from segmentary.ledger.loads import load_count
from segmentary.models.progress import Tell, quiet
from segmentary.workspace.journey_entering import let_in, write_exposures
from segmentary.workspace.journey_moving import move_on

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

Run = Literal["due", "always", "never"]
EVERY = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class JourneyTick:
    """What happened in one journey: entered, holdout, moved, sent (into the outbox) and outcomes, by name."""

    name: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did.

    ran : why segments were computed anew; empty: they were not. sending : what left, as `workspace.outbox.send` says.
    """

    at: dt.datetime
    ran: str
    journeys: tuple[JourneyTick, ...]
    sending: Any = None
    notes: tuple[str, ...] = field(default=())


def tick(
    workspace: Workspace, *, run: Run = "due", every: dt.timedelta = EVERY, send: bool = True, tell: Tell = quiet
) -> Ticked:
    """Do what is due now.

    Parameters
    ----------
    run : whether segments are computed: when it is due (never run, data or definitions newer, or `every` is over),
        always, or never.
    send : whether what waits in the outbox leaves.
    """
    tell("what came in meanwhile", 0.0)
    workspace.chats.upkeep()
    workspace.consents.load()
    workspace.outbox.load()
    why = reason_to_run(workspace, run, every)
    if why:
        tell(f"segments ({why})", 0.1)
        workspace.run()
    found, notes = [], []
    held = workspace.journeys.in_force()
    last = workspace.last_run()
    if held and last is None:
        notes.append("journeys wait: nothing has been computed yet (segmentary run)")
        held = {}
    for number, (name, one) in enumerate(sorted(held.items())):
        share = 0.3 + 0.4 * number / len(held)
        if one.paused:
            notes.append(f"{name} is paused")
            continue
        tell(f"journey {name}", share)
        missing = [segment for segment in one.journey.segments if last is not None and segment not in last.segments]
        if missing:
            notes.append(f"{name}: {', '.join(missing)} was not part of the newest run: nobody counts as a member")
        now = workspace.tick()
        counts = dict(let_in(workspace, one, now))
        moved = move_on(workspace, name, now, within(tell, share, 0.4 / len(held)))
        write_exposures(workspace, name)
        for key, number_of in moved.items():
            counts[key] = counts.get(key, 0) + number_of
        found.append(JourneyTick(name, counts))
    sending = None
    if send:
        tell("sending what waits", 0.7)
        sending = workspace.outbox.send(tell=within(tell, 0.7, 0.3))
        workspace.offers.release_unsent()
    return Ticked(workspace.tick(), why, tuple(found), sending, tuple(notes))


def within(tell: Tell, start: float, width: float) -> Tell:
    """Return how a part of the work tells where it is, as a part of the whole."""

    def part(text: str, share: float) -> None:
        tell(text, start + width * share)

    return part


def reason_to_run(workspace: Workspace, run: Run, every: dt.timedelta) -> str:
    """Return why segments have to be computed now; empty: they do not."""
    if run == "never":
        return ""
    if run == "always":
        return "asked for"
    last = workspace.last_run()
    if last is None:
        return "never run" if workspace.segments_defined() else ""
    if load_count(workspace.ledger) != last.loads:
        return "data came in"
    from segmentary.workspace.status import rests_on

    if dict(rests_on(workspace)) != dict(last.context.get("depends", {})):
        return "definitions changed"
    return "the last run is too old" if workspace.tick() - last.as_of >= every else ""
