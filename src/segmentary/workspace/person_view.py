"""One person: what is known of them and from where, what they did, newest first."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.profiles.naming import base_of, title_of, unit_of
from segmentary.schema import CUSTOMER_ATTRIBUTES, EVENTS, PREDICTIONS, PRODUCTS
from segmentary.workspace.person_identity import aware

if TYPE_CHECKING:
    from segmentary.language.tree import ValueType
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Fact:
    """One trait of one person. kind : attribute, computed or model; source : where it comes from; since : from when."""

    name: str
    title: str
    value: Any
    unit: str
    base: str
    kind: str
    source: str
    since: dt.datetime | None
    description: str


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """One thing a person did. details : what else the source says of it."""

    name: str
    happened_at: dt.datetime
    source: str
    amount: Any
    currency: str | None
    order_id: str | None
    product_id: str | None
    product: str | None
    category: str | None
    channel: str | None
    details: Mapping[str, Any]


def facts_of(workspace: Workspace, customer_id: str) -> list[Fact]:
    """Return the traits of a customer that are known: those of the newest run, attributes with source and date."""
    told = attributes_of(workspace, customer_id)
    defined = workspace.traits_defined()
    outputs = workspace.derived.outputs()
    found: dict[str, Fact] = {}
    for table in ("profile", "traits"):
        for name, value in row_of(workspace, table, customer_id).items():
            if value is None:
                continue
            source, since = told.get(name, ("", None))
            own = defined.get(name)
            kind = (
                "model" if name in outputs or source == PREDICTIONS else "computed" if own is not None else "attribute"
            )
            type_: ValueType = "number" if isinstance(value, int | float) and not isinstance(value, bool) else "text"
            found[name] = Fact(
                name,
                (own.title if own is not None and own.title else "") or title_of(name),
                value,
                own.unit if own is not None else unit_of(name, type_),
                own.base if own is not None else base_of(name),
                kind,
                source or ("the newest run" if own is not None else ""),
                since,
                own.description if own is not None else "",
            )
    for name, (source, since) in told.items():
        if name not in found and not has_profile(workspace):
            value = told_value(workspace, customer_id, name)
            found[name] = Fact(name, title_of(name), value, "", base_of(name), "attribute", source, since, "")
    return sorted(found.values(), key=lambda one: (one.base, one.title))


def has_profile(workspace: Workspace) -> bool:
    """Say whether a run made profiles."""
    return workspace.warehouse.has_table("profile")


def row_of(workspace: Workspace, table: str, customer_id: str) -> dict[str, Any]:
    """Return one person's row of a table of the newest run."""
    engine = workspace.warehouse
    if not engine.has_table(table):
        return {}
    names = [name for name in engine.columns(table) if name != "customer_id"]
    if not names:
        return {}
    query = exp.select(*(column(name) for name in names)).from_(exp.table_(table, quoted=True))
    rows = engine.rows(query.where(column("customer_id").eq(literal(customer_id))))
    return dict(zip(names, rows[0], strict=True)) if rows else {}


def attributes_of(workspace: Workspace, customer_id: str) -> dict[str, tuple[str, dt.datetime | None]]:
    """Return source and beginning of the newest value of each attribute."""
    names = ("name", "source", "valid_from", "known_at")
    query = exp.select(*(column(name) for name in names)).from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True))
    rows = workspace.engine.rows(query.where(column("customer_id").eq(literal(customer_id))))
    found: dict[str, tuple[dt.datetime, str, dt.datetime | None]] = {}
    for name, source, valid_from, known_at in rows:
        place = max(one for one in (valid_from, known_at, dt.datetime(1, 1, 1)) if one is not None)  # noqa: DTZ001
        if name not in found or place >= found[name][0]:
            found[name] = (place, source, aware(valid_from))
    return {name: (source, since) for name, (_, source, since) in found.items()}


def told_value(workspace: Workspace, customer_id: str, name: str) -> str | None:
    query = exp.select(column("value")).from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True))
    query = query.where(column("customer_id").eq(literal(customer_id)), column("name").eq(literal(name)))
    rows = workspace.engine.rows(query.order_by(exp.Ordered(this=column("known_at"), desc=True)).limit(1))
    return str(rows[0][0]) if rows and rows[0][0] is not None else None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of what somebody did, newest first. following : instant and how many of it were shown; None: the end."""

    events: tuple[PersonEvent, ...]
    following: tuple[str, int] | None


def timeline(
    workspace: Workspace, customer_id: str, *, before: tuple[str, int] | None = None, limit: int = 50
) -> Timeline:
    """Return what a customer did, newest first.

    before : where the page begins: an instant, and how many events of that very instant were shown already.
    """
    names = [*EVENTS.names]
    query = exp.select(*(column(name) for name in names)).from_(exp.table_(EVENTS.name, quoted=True))
    query = query.where(column("customer_id").eq(literal(customer_id)))
    skip = 0
    if before is not None:
        instant, skip = dt.datetime.fromisoformat(before[0]), before[1]
        query = query.where(column("happened_at") <= literal(instant))
    order = [exp.Ordered(this=column("happened_at"), desc=True)]
    order += [exp.Ordered(this=column(name)) for name in ("sequence", "name", "source", "message_id", "product_id")]
    rows = workspace.engine.rows(query.order_by(*order).limit(limit + 1 + skip))[skip:]
    told = [dict(zip(names, row, strict=True)) for row in rows]
    shown = told[:limit]
    products = named_products(workspace, {str(one["product_id"]) for one in shown if one["product_id"] is not None})
    following = None
    if len(told) > limit:
        last = shown[-1]["happened_at"]
        same = sum(1 for one in shown if one["happened_at"] == last)
        if before is not None and dt.datetime.fromisoformat(before[0]).replace(tzinfo=None) == last:
            same += skip
        following = (last.isoformat(), same)
    return Timeline(tuple(event_of(one, products) for one in shown), following)


def event_of(row: Mapping[str, Any], products: Mapping[str, str]) -> PersonEvent:
    details: Any = {}
    if row["properties"]:
        try:
            details = json.loads(row["properties"])
        except ValueError:
            details = {}
    product = str(row["product_id"]) if row["product_id"] is not None else None
    happened = aware(row["happened_at"])
    return PersonEvent(
        row["name"],
        happened if happened is not None else dt.datetime.min.replace(tzinfo=dt.UTC),
        row["source"],
        row["amount"],
        row["currency"],
        row["order_id"],
        product,
        products.get(product) if product is not None else None,
        row["category"],
        row["channel"],
        details if isinstance(details, Mapping) else {},
    )


def named_products(workspace: Workspace, ids: set[str]) -> dict[str, str]:
    """Return the names of products."""
    if not ids:
        return {}
    query = exp.select(column("product_id"), column("name")).from_(exp.table_(PRODUCTS.name, quoted=True))
    rows = workspace.engine.rows(query.where(column("product_id").isin(*(literal(one) for one in sorted(ids)))))
    return {str(one): str(name) for one, name in rows if name}
