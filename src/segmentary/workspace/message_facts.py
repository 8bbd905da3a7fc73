"""What messages are filled from: the newest run's traits of exactly these people, in one query; and their addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.sqlfile import column
from segmentary.errors import UnknownNameError, UsageError
from segmentary.ledger.definitions import positions
from segmentary.segments.membership import MEMBERSHIP, members_query
from segmentary.workspace.exporting import people_table, trait_places
from segmentary.workspace.workspace import require_run

if TYPE_CHECKING:
    from segmentary.engine.base import Engine
    from segmentary.language.tree import ValueType
    from segmentary.workspace.workspace import Workspace

PEOPLE = "message_people"


def vocabulary(workspace: Workspace) -> dict[str, ValueType]:
    """Return every trait a message may name, with its type."""
    workspace.derived.ensure()
    known = workspace.derived.vocabulary(workspace.traits_defined(), frozenset(), frozenset())
    return dict(known.traits)


def sensitivities(workspace: Workspace, names: Iterable[str]) -> dict[str, str]:
    """Return how each trait must be guarded: what its definition says, or its name gives away."""
    from segmentary.profiles.naming import sensitivity_of

    types, defined = vocabulary(workspace), workspace.traits_defined()
    return {
        name: defined[name].sensitivity if name in defined else sensitivity_of(name, types[name])
        for name in names
        if name in types
    }


def facts(workspace: Workspace, ids: Sequence[str], traits: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the traits of these people as the newest run has them, as JSON values.

    Raises
    ------
    UsageError
        when nothing was run yet, or a trait came after the newest run.
    """
    found: dict[str, dict[str, Any]] = {one: {} for one in ids}
    wanted = tuple(dict.fromkeys(traits))
    if not ids or not wanted:
        return found
    require_run(workspace)
    places = trait_places(workspace)
    for name in wanted:
        if name not in places:
            raise UnknownNameError(
                "trait", name, places, see=f"run `segmentary run`: {name} is newer than the last run"
            )
    table = people_table(workspace, asked_for(workspace.warehouse, ids), wanted, None)
    workspace.warehouse.drop(PEOPLE)
    for batch in table.to_batches(max_chunksize=10_000):
        columns = [[as_json(value) for value in one.to_pylist()] for one in batch.columns]
        for row in zip(*columns, strict=True):
            found[row[0]] = dict(zip(wanted, row[1:], strict=True))
    return found


def asked_for(engine: Engine, ids: Sequence[str]) -> exp.Query:
    """Put ids into a temporary table of an engine; return them as a query."""
    engine.ingest(PEOPLE, pa.table({"customer_id": pa.array(list(ids), pa.string())}))
    return exp.select(column("customer_id")).from_(exp.table_(PEOPLE, quoted=True))


def fill_rates(
    workspace: Workspace, traits: Sequence[str], segments: Sequence[str] = ()
) -> tuple[int, dict[str, float]]:
    """Return how many people there are, in segments or altogether, and which share of them has each trait."""
    require_run(workspace)
    places = trait_places(workspace)
    known = [name for name in dict.fromkeys(traits) if name in places]
    counts: list[exp.Expr] = [exp.Count(this=exp.Star()).as_("people")]
    counts += [
        exp.Count(this=column(name, places[name])).as_(f"n{number}", quoted=True) for number, name in enumerate(known)
    ]
    query = exp.select(*counts).from_(members_of(workspace, segments).subquery("members"))
    for table in sorted({places[name] for name in known}):
        same = exp.EQ(this=column("customer_id", table), expression=column("customer_id", "members"))
        query = query.join(exp.table_(table, quoted=True), on=same, join_type="left")
    people, *filled = workspace.warehouse.rows(query)[0]
    return int(people), {name: n / people if people else 0.0 for name, n in zip(known, filled, strict=True)}


def members_of(workspace: Workspace, segments: Sequence[str]) -> exp.Query:
    """Return the ids of everybody in one of these segments as served; of none: of everybody.

    Raises
    ------
    UnknownNameError
        when there is no such segment, or the newest run did not serve it.
    """
    run = require_run(workspace)
    held = positions(workspace.ledger)
    queries: list[exp.Query] = []
    for name in segments:
        if name not in run.segments or name not in held:
            known = workspace.segments_defined()
            if name in known:
                raise UsageError(f"{name} was not part of the last run", hint="run `segmentary run`")
            raise UnknownNameError("segment", name, known, see="see `segmentary segment list`")
        queries.append(members_query(held[name]))
    if not queries:
        return exp.select(column("customer_id")).from_(exp.table_(MEMBERSHIP, quoted=True))
    found = queries[0]
    for one in queries[1:]:
        found = exp.union(found, one, distinct=True, copy=False)
    return found


def as_json(value: Any) -> Any:
    """Return a value as rendering takes it: numbers as text, times as ISO 8601."""
    match value:
        case None | bool() | str():
            return value
        case int() | Decimal():
            return str(value)
        case float():
            return repr(round(value, 6)) if value == value and abs(value) != float("inf") else None
        case dt.datetime():
            return (value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)).isoformat()
        case dt.date():
            return value.isoformat()
        case list() | tuple():
            return [as_json(one) for one in value]
        case Mapping():
            return {str(key): as_json(one) for key, one in value.items()}
    return str(value)


def in_batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield rows a list at a time."""
    from itertools import islice

    waiting = iter(rows)
    while batch := list(islice(waiting, size)):
        yield batch
