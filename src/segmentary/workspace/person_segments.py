"""All segments of one person with a reason each, and the segments they nearly are in."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.errors import SegmentaryError
from segmentary.segments.explain import Explanation

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

PATIENCE_SECONDS = 0.6
LARGE = 50_000
"""With more customers, a reason that asks everybody (a rank, a score) is given when it is asked for."""


@dataclass(frozen=True, slots=True)
class PersonSegment:
    """One segment somebody is in. entered_at : since when; because : why, in a sentence (empty: not said at once)."""

    name: str
    title: str
    base: str
    sentence: str
    entered_at: dt.datetime | None
    because: str


def segments_with_reasons(
    workspace: Workspace, customer_id: str, entered: tuple[tuple[str, dt.datetime | None], ...]
) -> list[PersonSegment]:
    """Return the segments of a customer, newest first; reasons as long as they come quickly.

    entered : names and moments, as `Lookup.entered` returns them.
    """
    began = time.perf_counter()
    held = workspace.segments_defined()
    run = workspace.last_run()
    many = int(run.context.get("universe", 0)) if run is not None else 0
    found = []
    for name, at in entered:
        definition = held.get(name)
        if definition is None:
            continue
        because = ""
        if time.perf_counter() - began < PATIENCE_SECONDS and (many <= LARGE or is_about_one(workspace, name)):
            because = reason_in_words(workspace, name, customer_id)
        view = workspace.segment(name)
        found.append(PersonSegment(name, definition.title or name, definition.base, view.sentence, at, because))
    dawn = dt.datetime.min.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda one: (-(one.entered_at or dawn).timestamp() if one.entered_at else 0, one.title))


def is_about_one(workspace: Workspace, name: str) -> bool:
    """Say whether a reason can be found without judging everybody."""
    lineage = workspace.segment(name).lineage
    return not lineage.given and not lineage.models


def reason_in_words(workspace: Workspace, name: str, customer_id: str) -> str:
    """Return the deciding conditions with their values; nothing where it cannot be said."""
    try:
        return short(workspace.segment(name).explain(customer_id))
    except SegmentaryError:
        return ""


def short(found: Explanation) -> str:
    """Return the deciding conditions of an explanation as one sentence.

    >>> from types import SimpleNamespace
    >>> short(SimpleNamespace(decisive=("orders is at least 3 holds (it is 5)", "age is missing holds")))
    'orders is at least 3 (it is 5); age is missing'
    """
    said = [one.replace(" does not hold", " – not so").replace(" holds", "") for one in found.decisive[:3]]
    return "; ".join(said)
