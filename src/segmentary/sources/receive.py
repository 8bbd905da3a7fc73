"""Put the fresh rows of a load into the received tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.schema import ATTRIBUTES, IDENTIFIERS, RECORDS, RELATIONS, Table
from segmentary.sources.columns import ValueType
from segmentary.sources.kinds import GROUP_COLUMNS, IDENTIFIER_COLUMNS, PERSONAL
from segmentary.sources.properties import properties
from segmentary.sources.sales import line_columns
from segmentary.sources.staging import STAGED, Staging
from segmentary.sources.values import node

TIMED = ("order_lines", "recorded_events")


@dataclass(frozen=True, slots=True)
class Load:
    """The load that brings the rows. ``currency`` is the workspace's."""

    source: str
    load_id: str
    known_at: dt.datetime
    currency: str


def receive(engine: Engine, staging: Staging, this: Load, *, marked: bool) -> None:
    """Insert the rows that are neither refused nor known."""
    fresh = fresh_rows(marked=marked)
    table = staging.rules.table
    if staging.rules.on_repeat == "replace" and marked:
        replace_older(engine, staging, this)
    if table.name == RECORDS.name:
        receive_records(engine, staging, this, fresh, marked=marked)
    elif staging.items:
        receive_items(engine, staging, this, fresh)
    else:
        insert(engine, table, fresh, own_columns(staging, this))
    if staging.rules.entity_type == "respondent":
        receive_respondents(engine, staging, this, fresh)
    if table.name in TIMED:
        receive_personal(engine, staging, this, fresh)
    if staging.has("record_id") and table.name != RECORDS.name:
        receive_links(engine, staging, this, fresh)


def fresh_rows(*, marked: bool) -> exp.Select:
    query = exp.select().from_(exp.to_table(STAGED).as_("staged")).where(node("staged.fault is null"))
    return query.where(node("staged.known_key is null")) if marked else query


def insert(engine: Engine, table: Table, rows: exp.Select, columns: Mapping[str, exp.Expr]) -> None:
    """Insert rows into a canonical table; columns without an expression stay empty."""
    names = [name for name in table.names if name in columns]
    query = rows.copy().select(*(columns[name].as_(name, quoted=True) for name in names), append=False)
    engine.execute(exp.insert(query, table.name, columns=[exp.to_identifier(n, quoted=True) for n in names]))


def provenance(this: Load, key: exp.Expr | None = None) -> dict[str, exp.Expr]:
    return {
        "source": literal(this.source),
        "row_key": key if key is not None else node("staged.row_key"),
        "load_id": literal(this.load_id),
        "row_number": node("staged.row_number"),
        "known_at": literal(this.known_at),
    }


def person(staging: Staging) -> dict[str, exp.Expr]:
    return {"id_space": staging.field("id_space"), "record_id": staging.field("record_id")}


def own_columns(staging: Staging, this: Load) -> dict[str, exp.Expr]:
    """Return the columns of one row of the kind's own table."""
    table = staging.rules.table
    out = {**provenance(this), **{name: staging.field(name) for name in table.names if staging.has(name)}}
    if "properties" in table.names and not staging.has("properties"):
        out["properties"] = properties(staging.attributes)
    if table.name == "order_lines":
        out |= line_columns(staging)
    elif table.name == "recorded_events":
        out["sequence"] = staging.field("sequence") if staging.has("sequence") else node("staged.row_number")
        out["amount"] = node("staged.money")
        out["currency"] = node("case when staged.money is not null then $home end", home=this.currency)
    elif table.name == "responses" and not staging.has("survey"):
        out["survey"] = literal(staging.mapping.survey or this.source)
    elif table.name == "consents":
        out["purpose"] = staging.field("purpose") if staging.has("purpose") else literal("marketing")
        out["channel"] = staging.field("channel") if staging.has("channel") else literal("any")
    elif table.name == "reference_rows" and not staging.has("table_name"):
        out["table_name"] = literal(this.source)
    elif table.name == "relations":
        defaults = {"from_type": "customer", "to_type": "account", "kind": "member_of"}
        out |= {name: literal(value) for name, value in defaults.items() if not staging.has(name)}
    elif table.name == "attributes":
        defaults = {"entity_type": "customer", "value_type": "text"}
        out |= {name: literal(value) for name, value in defaults.items() if not staging.has(name)}
    return out


def replace_older(engine: Engine, staging: Staging, this: Load) -> None:
    """Delete what earlier loads said about the same order or product: the newest delivery holds."""
    key = staging.rules.key
    fresh = fresh_rows(marked=True).select(staging.field(key))
    stored = exp.column(key)
    where = exp.and_(node("source = $source", source=this.source), exp.In(this=stored, query=fresh.subquery()))
    engine.execute(exp.delete(staging.rules.table.name).where(where))


def receive_records(engine: Engine, staging: Staging, this: Load, fresh: exp.Select, *, marked: bool) -> None:
    """Insert records with their attributes, identifiers and groups."""
    later = node("staged.was_there") if marked else exp.false()
    key: exp.Expr = node("staged.row_key")
    if marked:
        key = node(
            "case when $later then concat(staged.row_key, '@', $load) else staged.row_key end",
            later=later,
            load=this.load_id,
        )
    base = {**provenance(this, key), **person(staging), "entity_type": literal(staging.rules.entity_type)}
    flags = {name: staging.field(name) for name in ("created_at", "deleted", "merged_into")}
    insert(engine, RECORDS, fresh, {**base, **flags})
    since = node("case when $later then $known_at end", later=later, known_at=this.known_at)
    if staging.has("valid_from"):
        since = exp.func("coalesce", staging.field("valid_from"), since)
    # A version without a value must end an earlier value, so later versions keep their gaps.
    receive_values(engine, fresh, base, staging.attributes, valid_from=since, keep=later)
    links = {name: kind for name, kind in IDENTIFIER_COLUMNS.items() if staging.has(name)}
    for name, kind in links.items():
        rows = fresh.copy().where(node("$x is not null", x=staging.field(name)))
        own = {"row_key": node("concat($key, '/', $name)", key=key, name=name), "kind": literal(kind)}
        value = {"value": staging.field(name), "raw_value": staging.field(name)}
        insert(engine, IDENTIFIERS, rows, {**base, **own, **value})
    for name, (group, kind) in GROUP_COLUMNS.items():
        if not staging.has(name):
            continue
        rows = fresh.copy().where(node("$x is not null", x=staging.field(name)))
        own = {"row_key": node("concat($key, '/', $name)", key=key, name=name), "kind": literal(kind)}
        to = {"from_type": literal("customer"), "to_type": literal(group), "to_id": staging.field(name)}
        insert(engine, RELATIONS, rows, {**base, **own, **to, "valid_from": since})


def receive_values(
    engine: Engine,
    rows: exp.Select,
    base: Mapping[str, exp.Expr],
    attributes: Mapping[str, tuple[str, ValueType]],
    *,
    valid_from: exp.Expr,
    keep: exp.Expr,
) -> None:
    """Insert attribute values: the columns of a row become rows of their own."""
    if not attributes:
        return
    parts = [
        node(
            "struct_pack(name := $name, value := $value, type := $type)",
            name=name,
            value=exp.column(place, table="staged"),
            type=kind,
        )
        for name, (place, kind) in attributes.items()
    ]
    wide = rows.copy().select(
        *(e.as_(name) for name, e in base.items()),
        valid_from.as_("valid_from"),
        keep.as_("keep"),
        exp.Explode(this=exp.Array(expressions=parts)).as_("each"),
        append=False,
    )
    names = [name for name in base if name != "row_key"]
    long = (
        exp.select(
            *(exp.column(name, table="wide") for name in names),
            node("concat(wide.row_key, '/', wide.each.name)").as_("row_key"),
            node("wide.each.name").as_("name"),
            node("wide.each.value").as_("value"),
            node("wide.each.type").as_("value_type"),
            exp.column("valid_from", table="wide"),
        )
        .from_(wide.subquery("wide"))
        .where(node("wide.each.value is not null or wide.keep"))
    )
    targets = [*names, "row_key", "name", "value", "value_type", "valid_from"]
    engine.execute(exp.insert(long, ATTRIBUTES.name, columns=targets))


def receive_items(engine: Engine, staging: Staging, this: Load, fresh: exp.Select) -> None:
    """Insert the answers of a wide survey: one row per question that was answered or has a missing code."""
    parts = [
        node("struct_pack(item := $item, value := $value)", item=item, value=exp.column(place, table="staged"))
        for item, place in staging.items.items()
    ]
    base = own_columns(staging, this)
    wide = fresh.copy().select(
        *(e.as_(name) for name, e in base.items()),
        exp.Explode(this=exp.Array(expressions=parts)).as_("each"),
        append=False,
    )
    names = [name for name in base if name not in ("row_key", "item", "value")]
    long = (
        exp.select(
            *(exp.column(name, table="wide") for name in names),
            node("concat(wide.row_key, '/', wide.each.item)").as_("row_key"),
            node("wide.each.item").as_("item"),
            node("wide.each.value").as_("value"),
        )
        .from_(wide.subquery("wide"))
        .where(node("wide.each.value is not null"))
    )
    engine.execute(exp.insert(long, staging.rules.table.name, columns=[*names, "row_key", "item", "value"]))


def receive_respondents(engine: Engine, staging: Staging, this: Load, fresh: exp.Select) -> None:
    """Insert who answered, and what the survey says about them."""
    base = {**provenance(this), **person(staging), "entity_type": literal("respondent")}
    insert(engine, RECORDS, fresh.copy().where(node("$x is not null", x=staging.field("record_id"))), base)
    receive_values(engine, fresh, base, staging.attributes, valid_from=exp.null(), keep=exp.false())


def receive_personal(engine: Engine, staging: Staging, this: Load, fresh: exp.Select) -> None:
    """Insert what orders and events say about the person, from the moment they say so and only where it changes."""
    found = {name: place for name, place in staging.attributes.items() if name in PERSONAL}
    if not staging.has("record_id"):
        return
    when = node("cast($x as timestamp)", x=staging.field("happened_at"))
    for name, (place, kind) in found.items():
        value = exp.column(place, table="staged")
        before = node(
            "lag($value) over (partition by $space, $who order by $when, staged.row_number)",
            value=value,
            space=staging.field("id_space"),
            who=staging.field("record_id"),
            when=when,
        )
        rows = fresh.copy().where(node("$x is not null and $who is not null", x=value, who=staging.field("record_id")))
        base = {**provenance(this, node("concat(staged.row_key, '/', $name)", name=name)), **person(staging)}
        changes = rows.select(
            *(e.as_(column) for column, e in base.items()),
            value.as_("value"),
            when.as_("valid_from"),
            before.as_("value_before"),
            append=False,
        )
        query = (
            exp.select(
                *(exp.column(column) for column in base),
                literal("customer").as_("entity_type"),
                literal(name).as_("name"),
                exp.column("value"),
                literal(kind).as_("value_type"),
                exp.column("valid_from"),
            )
            .from_(changes.subquery("changes"))
            .where(node("value is distinct from value_before"))
        )
        names = [*base, "entity_type", "name", "value", "value_type", "valid_from"]
        engine.execute(exp.insert(query, ATTRIBUTES.name, columns=names))


def receive_links(engine: Engine, staging: Staging, this: Load, fresh: exp.Select) -> None:
    """Insert identifiers that rows carry beside the id, each pair once a load."""
    for name, kind in IDENTIFIER_COLUMNS.items():
        if not staging.has(name):
            continue
        who = person(staging)
        value = staging.field(name)
        rows = fresh.copy().where(node("$x is not null and $who is not null", x=value, who=who["record_id"]))
        columns = {
            **provenance(this, node("concat(min(staged.row_key), '/', $name)", name=name)),
            "row_number": node("min(staged.row_number)"),
            **who,
            "kind": literal(kind),
            "value": value,
            "raw_value": value,
        }
        insert(engine, IDENTIFIERS, rows.group_by(who["id_space"], who["record_id"], value), columns)


__all__: Sequence[str] = ["Load", "insert", "receive"]
