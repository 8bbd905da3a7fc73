"""An explanation as lines: every condition with its truth, its value, and the events that decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segmentary.interfaces.cli.output import plural, show

if TYPE_CHECKING:
    from segmentary.segments.explain import Explanation, Reason

HOLDS, FAILS = "✓", "✗"
SHOWN_EVENTS = 3


def show_explanation(explanation: Explanation, zone: str) -> None:
    """Print why a customer is, or is not, in a segment."""
    show(explanation.summary, style="bold green" if explanation.member else "bold")
    show()
    show(f"{explanation.definition}", style="dim")
    show(f"as of {local(explanation.as_of, zone)} {zone} · version {explanation.version[:12]}", style="dim")
    show()
    show_reasons(explanation.conditions, 0, zone)
    if explanation.near_misses:
        show()
        show("near misses", style="bold")
        for near in explanation.near_misses:
            show(f"  {near}")
    if explanation.would_change_if:
        show()
        show("would change if", style="bold")
        for way in explanation.would_change_if:
            show(f"  {way}")
    if explanation.will_change_at is not None:
        show()
        show(f"will change at {local(explanation.will_change_at, zone)} {zone} if nothing else happens", style="bold")
    elif explanation.sought_until is not None:
        until = local(explanation.sought_until, zone)
        show()
        show(f"no change until {until} {zone} if nothing else happens; not sought further", style="bold")


def show_reasons(reasons: Sequence[Reason], depth: int, zone: str) -> None:
    margin = "  " * depth
    for one in reasons:
        value = f"  → {one.value}" if one.value is not None else ""
        note = f"  ({one.note})" if one.note else ""
        unknown = "  (only because nothing is known)" if one.through_missing and one.truth else ""
        mark = HOLDS if one.truth else FAILS
        show(f"{margin}{mark} {one.condition}{value}{note}{unknown}", style="" if one.truth else "yellow")
        for event in one.evidence[:SHOWN_EVENTS]:
            detail = ", ".join(f"{name} {text}" for name, text in event.detail.items())
            show(f"{margin}    {local(event.happened_at, zone)}  {event.name}  {detail}".rstrip(), style="dim")
        more = one.evidence_count - len(one.evidence[:SHOWN_EVENTS])
        if more > 0 and one.evidence:
            show(f"{margin}    and {plural(more, 'more event')}", style="dim")
        show_reasons(one.parts, depth + 1, zone)


def local(moment: dt.datetime, zone: str) -> str:
    """Return an instant in the workspace's zone, to the minute."""
    aware = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment
    return f"{aware.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
