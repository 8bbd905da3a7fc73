"""Which rows of a load are already there: by key, only among rows of the same source."""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.sources.staging import STAGED, Staging
from segmentary.sources.values import node

KNOWN = "known_rows"
MARKED = "marked_rows"


def mark_known(engine: Engine, staging: Staging, source: str, *, repeated: bool) -> bool:
    """Say whether rows can be known, and if so add ``known_key`` and ``was_there`` to the staged rows.

    ``known_key`` is the key under which a row is already there.
    ``was_there`` says, for records, that an earlier load has brought the same record with another body.
    """
    rules = staging.rules
    keyed = bool(staging.key)
    if repeated:
        existing = (
            latest_versions(staging, source) if keyed and rules.on_repeat == "version" else same_keys(staging, source)
        )
        found = engine.create_as(KNOWN, existing, temporary=True)
    else:
        found = 0
    if not keyed and not found:
        return False
    marked = exp.select("staged.*").from_(exp.to_table(STAGED).as_("staged"))
    place = node("row_number() over (partition by staged.row_key order by staged.row_number)")
    repeat = node("case when $place > 1 then staged.row_key end", place=place) if keyed else exp.null()
    known: exp.Expr
    was_there: exp.Expr
    if not found:
        known, was_there = repeat, exp.false()
    elif keyed and rules.on_repeat == "version":
        # The same body as the newest version is nothing new; another body is a version of its own.
        match = exp.EQ(this=exp.column(rules.key, table="staged"), expression=exp.column("record_id", table="known"))
        marked = marked.join(exp.to_table(KNOWN).as_("known"), on=match, join_type="left")
        same = node("case when left(known.row_key, 32) = staged.row_hash then known.row_key end")
        known, was_there = exp.func("coalesce", same, repeat), node("known.row_key is not null")
    else:
        marked = marked.join(
            exp.to_table(KNOWN).as_("known"), on=node("known.row_key = staged.row_key"), join_type="left"
        )
        known, was_there = exp.func("coalesce", node("known.row_key"), repeat), exp.false()
    marked = marked.select(known.as_("known_key"), was_there.as_("was_there"))
    engine.create_as(MARKED, marked, temporary=True)
    engine.create_as(STAGED, exp.select("*").from_(MARKED), temporary=True)
    engine.drop(MARKED)
    return True


def same_keys(staging: Staging, source: str) -> exp.Query:
    """Return the keys of this load that the source has brought before.

    Equal rows have equal times, and times are stored nearly in order: joining on the time as well lets the engine skip
    nearly everything that is stored.
    """
    match = node("stored.row_key = staged.row_key")
    if staging.has("happened_at") and "happened_at" in staging.rules.table.names:
        match = exp.and_(match, node("stored.happened_at is not distinct from staged.happened_at"))
    keys = exp.select("stored.row_key").distinct().from_(exp.to_table(staging.rules.table.name).as_("stored"))
    table = exp.to_table(STAGED).as_("staged")
    return keys.join(table, on=match, join_type="inner").where(node("stored.source = $source", source=source))


def latest_versions(staging: Staging, source: str) -> exp.Query:
    """Return, per record of this load that the source has brought before, the key of its newest version."""
    return query(
        Path(__file__).with_name("latest_versions.sql"),
        stored=exp.table_(staging.rules.table.name),
        staged=exp.table_(STAGED),
        loads=exp.table_("loads"),
        source=source,
        entity_type=staging.rules.entity_type,
    )
