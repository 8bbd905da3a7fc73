"""Comparing a trait or a segment between the groups of another trait, as of the newest run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UnknownNameError, UsageError
from segmentary.ledger.definitions import positions
from segmentary.segments.membership import MEMBERSHIP, flags_query
from segmentary.workspace.exporting import trait_places
from segmentary.workspace.moments import Moment
from segmentary.workspace.workspace import Workspace, require_run

if TYPE_CHECKING:
    from segmentary.measurement.campaigns import Campaigns
    from segmentary.measurement.comparison import Comparison

FLAGS = "flags"
NUMBERS = ("DECIMAL", "NUMERIC", "BIGINT", "INT", "HUGEINT", "DOUBLE", "SMALLINT", "TINYINT")


def compare(workspace: Workspace, measure: str, by: str, within: str | None) -> Comparison:
    """Compare a measure between the groups of a trait.

    Raises
    ------
    UnknownNameError
        when there is no such trait or segment.
    UsageError
        when the measure is a text: nothing to average.
    """
    from segmentary.measurement.comparison import comparison

    run = require_run(workspace)
    places = trait_places(workspace)
    served = [name for name in workspace.segments_defined() if name in run.segments]
    for name in (measure, by):
        if name not in places and name not in served:
            raise UnknownNameError("trait or segment", name, [*places, *served], see="see `segmentary traits`")
    if within is not None and within not in served:
        raise UnknownNameError("segment", within, served, see="see `segmentary segment list`")
    # A trait goes before a segment of the same name, except for `within`, which is always a segment.
    flagged = [n for n in dict.fromkeys((measure, by)) if n not in places]
    flagged += [within] if within is not None and within not in flagged else []
    flags = {name: f"s{number}" for number, name in enumerate(flagged)}
    value, number = side(by, places, flags), numeric(workspace, measure, places, flags)
    valued = exp.select(value.as_("value"), number.as_("measure")).from_(exp.table_(MEMBERSHIP, quoted=True, alias="p"))
    for table in sorted({places[name] for name in (measure, by) if name in places}):
        valued = valued.join(exp.table_(table, quoted=True), on=same(table), join_type="left")
    if flagged:
        relation = flags_query(flagged, positions(workspace.ledger)).subquery(FLAGS)
        valued = valued.join(relation, on=same(FLAGS), join_type="left")
    if within is not None:
        valued = valued.where(column(flags[within], FLAGS))
    return comparison(
        workspace.warehouse, valued, measure=measure, by=by, as_of=run.as_of, small=workspace.settings.suppress_below
    )


def same(table: str) -> exp.Expr:
    return exp.EQ(this=column("customer_id", table), expression=column("customer_id", "p"))


def side(name: str, places: Mapping[str, str], flags: Mapping[str, str]) -> exp.Expr:
    """Return the column of a segment's flag or of a trait."""
    return column(name, places[name]) if name in places else column(flags[name], FLAGS)


def numeric(workspace: Workspace, name: str, places: Mapping[str, str], flags: Mapping[str, str]) -> exp.Expr:
    """Return a measure as a number; a yes is 1."""
    source = side(name, places, flags)
    kind = workspace.warehouse.columns(places[name])[name].upper() if name in places else "BOOLEAN"
    if kind == "BOOLEAN":
        return exp.Case().when(source, literal(1)).when(exp.not_(source.copy()), literal(0))
    if not kind.startswith(NUMBERS):
        raise UsageError(
            f"{name} is neither a number nor a yes/no: there is nothing to average",
            hint=f"define a segment of those whose {name} is what you ask for, and compare that",
        )
    return source


def campaigns(workspace: Workspace, response: str | None, groups: Mapping[str, list[str]], as_of: Moment) -> Campaigns:
    """Count who answered campaigns, per contact.

    Raises
    ------
    UnknownNameError
        when no event is called like the response.
    """
    from segmentary.measurement.campaigns import campaigns

    workspace.derived.ensure()
    if response is not None:
        known = workspace.derived.vocabulary({}, frozenset(), frozenset()).events
        if response not in known:
            raise UnknownNameError("event", response, known)
    context = workspace.context(as_of if as_of is not None else require_run(workspace).as_of)
    return campaigns(workspace.warehouse, context, response=response, groups=groups)
