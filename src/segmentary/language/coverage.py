"""What a definition asks the log of entries and exits, and since when the log has to be there to answer.

Before the log of a segment begins nobody is known to have been in it, which is not the same as nobody having been: such
a question has no answer. What needs no beginning: any entry or exit at all (without a window), the n-th one, the wider
rank within which members stay (`Rank.keep_*`), and a segment's own stay rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from segmentary.language.instants import instant_of
from segmentary.language.tree import (
    Context,
    FixedWindow,
    SegmentAt,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SinceEntry,
    TraitDefinition,
)
from segmentary.language.walk import located
from segmentary.language.windows import bounds


@dataclass(frozen=True, slots=True)
class LogQuestion:
    """The log of a segment is asked about the time from a moment on.

    pointer : where in the definition. before : the state just before the moment is asked for, so that the log has to
    begin earlier than that; else from the moment on.
    """

    segment: str
    moment: dt.datetime
    pointer: str
    before: bool = False

    def answered(self, begins: dt.datetime | None) -> bool:
        """Say whether a log that begins then (None: there is none) can answer."""
        if begins is None:
            return False
        return begins < self.moment if self.before else begins <= self.moment


def log_questions(definition: SegmentDefinition | TraitDefinition, context: Context) -> Iterator[LogQuestion]:
    """Yield what a definition asks the log, as of the context's moment; its own stay rule asks nothing."""
    own = definition.name if isinstance(definition, SegmentDefinition) else None
    for pointer, node in located(definition):
        found: LogQuestion | None = None
        match node:
            case SegmentAt(evaluated=False):
                moment = instant_of(node.at, context, definition.timezone)
                found = LogQuestion(node.name, moment, pointer, before=True)
            case SegmentDuring():
                found = windowed(node.name, node.during, context, definition.timezone, pointer)
            case SegmentMoved(during=during, nth=None) if during is not None:
                found = windowed(node.name, during, context, definition.timezone, pointer)
            case SinceEntry():
                found = LogQuestion(node.segment, context.as_of, pointer, before=True)
            case _:
                continue
        if found is not None and found.segment != own:
            yield found


def windowed(
    segment: str, during: FixedWindow, context: Context, timezone: str | None, pointer: str
) -> LogQuestion | None:
    """Return what is asked of a window: its first moment, or where it has no beginning the one before its end."""
    since, until = bounds(during, context, timezone)
    if since is None:
        return LogQuestion(segment, until, pointer, before=True)
    return LogQuestion(segment, since, pointer) if since < until else None
