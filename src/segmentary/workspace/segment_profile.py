"""What the members of one segment are like: how they differ from everybody else, what they are worth, what they share.

Everything is of the newest run, counted in the engine, kept in memory until something changes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.errors import UsageError
from segmentary.language.walk import traits_used
from segmentary.ledger.definitions import positions
from segmentary.models.intervals import Interval
from segmentary.report.data import with_segments
from segmentary.report.figures import Comparison, Population, ReportData, SegmentFigure, SegmentInput
from segmentary.segments.membership import flags_query
from segmentary.workspace.remembering import remembered

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SegmentProfile:
    """One segment against everybody else.

    value : size, share, money, money per member, share of all money, with intervals; comparisons : every trait that
    could be compared, strongest first; left_out : traits that were not, and why; small : so few that nothing is shown.
    """

    segment: str
    as_of: dt.datetime
    customers: int
    people: int
    small: bool
    suppress_below: int
    value: SegmentFigure | None
    comparisons: tuple[Comparison, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def markers(self) -> tuple[Comparison, ...]:
        """What sets it apart: sure after correction, and not small; what its own rule asks for comes last."""
        return tuple(sorted((one for one in self.comparisons if one.marker), key=strength))

    def of_trait(self, name: str) -> Comparison | None:
        """Return the comparison in one trait that is an amount."""
        return next((one for one in self.comparisons if one.trait == name and one.kind == "mean"), None)


def strength(one: Comparison) -> tuple[bool, float]:
    return one.defining, -abs(one.difference.effect)


def segment_profile(workspace: Workspace, name: str) -> SegmentProfile:
    """Return what members of a segment are like, as served.

    Raises
    ------
    UnknownNameError, UsageError
        when there is none of that name; when it was not part of the last run, or its members are no customers.
    """
    view = workspace.segment(name)
    if view.definition.entity != "customer":
        raise UsageError(f"members of {name} are {view.definition.entity}s", hint="profiles compare customers")
    view.served_run(None)
    return remembered(workspace, ("segment profile", name), lambda: profiled(workspace, name))


def profiled(workspace: Workspace, name: str) -> SegmentProfile:
    view = workspace.segment(name)
    run = view.served_run(None)
    told = ReportData(
        title=name,
        as_of=run.as_of,
        known_at=None,
        timezone=workspace.settings.timezone,
        currency=workspace.settings.currency,
        suppress_below=workspace.settings.suppress_below,
        population=Population(customers=0),
    )
    definition = view.definition
    given = SegmentInput(
        name, definition.title, definition.purpose, view.sentence, definition.base,
        frozenset(traits_used(definition.where)),
    )  # fmt: skip
    flags = flags_query([name], positions(workspace.ledger))
    found = with_segments(told, workspace.warehouse, flags, [given], tuple(workspace.traits()), {})
    people = view.count().people
    figure = found.segments[0]
    return SegmentProfile(
        name,
        run.as_of,
        found.population.customers,
        people,
        figure.people is None,
        told.suppress_below,
        figure,
        found.comparisons,
        found.left_out,
    )


def everybody(profile: SegmentProfile, trait: str) -> Interval | None:
    """Return the others' mean of a trait, without an interval of its own."""
    one = profile.of_trait(trait)
    return None if one is None else Interval(one.others, one.others, one.others, one.n_others)
