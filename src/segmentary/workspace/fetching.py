"""Fetch what is known of a few people from the warehouse, by their ids, as the oracle takes it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UnknownNameError
from segmentary.language.history import AttributeVersion, Belonging, Decision, Entry, Event, Person, Place
from segmentary.schema import (
    BELONGINGS,
    CUSTOMER_ATTRIBUTES,
    CUSTOMER_CONSENTS,
    CUSTOMERS,
    EVENTS,
    GROUP_ATTRIBUTES,
    GROUPS,
    MEMBERSHIP_LOG,
    PLACES,
    REFERENCE_VALUES,
)

Rows = list[tuple[Any, ...]]


def fetch(engine: Engine, customer_id: str) -> Person:
    """Return everything known of one customer.

    Raises
    ------
    UnknownNameError
        when there is no such customer.
    """
    found = fetch_people(engine, [customer_id])
    if not found:
        raise UnknownNameError("customer", customer_id, [], see="ids are those of the newest data; see the people list")
    return found[0]


def fetch_people(engine: Engine, ids: Sequence[str]) -> list[Person]:
    """Return everything known of some customers; those there are not are left out."""
    created = {row[0]: aware(row[1]) for row in rows_of(engine, CUSTOMERS.name, ids, ("customer_id", "created_at"))}
    names = EVENTS.names
    events = by_customer(rows_of(engine, EVENTS.name, ids, names), names.index("customer_id"))
    fields = ("customer_id", "name", "value", "value_type", "valid_from", "valid_to", "known_at", "source")
    attributes = by_customer(rows_of(engine, CUSTOMER_ATTRIBUTES.name, ids, fields))
    decisions = by_customer(
        rows_of(
            engine,
            CUSTOMER_CONSENTS.name,
            ids,
            ("customer_id", "purpose", "channel", "granted", "happened_at", "known_at"),
        )
    )
    belongings = by_customer(
        rows_of(
            engine,
            BELONGINGS.name,
            ids,
            ("customer_id", "group_kind", "group_id", "valid_from", "valid_to", "known_at"),
        )
    )
    return [
        Person(
            customer,
            tuple(attribute(row) for row in attributes.get(customer, ()) if row[2] is not None),
            tuple(event(dict(zip(names, row, strict=True))) for row in events.get(customer, ())),
            created[customer],
            tuple(decision(row) for row in decisions.get(customer, ()) if row[3] is not None),
            tuple(belonging(row) for row in belongings.get(customer, ())),
        )
        for customer in sorted(created)
    ]


def fetch_group(engine: Engine, kind: str, group_id: str) -> Person:
    """Return everything known of one account or household.

    Raises
    ------
    UnknownNameError
        when there is no such group.
    """
    this = (column("group_kind").eq(literal(kind)), column("group_id").eq(literal(group_id)))
    there = engine.rows(select(GROUPS.name, ("first_seen_at",)).where(*this)) if engine.has_table(GROUPS.name) else []
    if not there:
        raise UnknownNameError(kind, group_id, [], see="ids are those of the newest data; see the people list")
    fields = ("group_id", "name", "value", "value_type", "valid_from", "valid_to", "known_at", "source")
    attributes = engine.rows(select(GROUP_ATTRIBUTES.name, fields).where(*this))
    versions = tuple(attribute(row) for row in attributes if row[2] is not None)
    return Person(group_id, versions, created_at=aware(there[0][0]))


def fetch_members(engine: Engine, kind: str, group_id: str) -> list[str]:
    """Return the ids of the customers who ever were in a group, in order."""
    query = select(BELONGINGS.name, ("customer_id",))
    rows = engine.rows(query.where(column("group_kind").eq(literal(kind)), column("group_id").eq(literal(group_id))))
    return sorted({row[0] for row in rows})


def fetch_group_people(engine: Engine, people: Iterable[Person], kinds: Iterable[str]) -> list[str]:
    """Return the ids of the others who ever were in a group of these people, in order."""
    wanted, known = set(kinds), list(people)
    groups = sorted({(one.group, one.group_id) for p in known for one in p.belongings if one.group in wanted})
    if not groups:
        return []
    query = exp.select(column("customer_id"), column("group_kind"), column("group_id")).from_(table(BELONGINGS.name))
    rows = engine.rows(query.where(column("group_id").isin(*(literal(group_id) for _, group_id in groups))))
    here = {person.customer_id for person in known}
    return sorted({row[0] for row in rows if (row[1], row[2]) in groups and row[0] not in here})


def fetch_entries(engine: Engine, ids: Sequence[str], segments: Iterable[str]) -> list[Entry]:
    """Return the membership log of some customers and segments."""
    names = sorted(set(segments))
    if not names:
        return []
    fields = ("segment", "customer_id", "entered", "valid_at", "detected_at")
    query = select(MEMBERSHIP_LOG.name, fields).where(
        column("customer_id").isin(*map(literal, ids)), column("segment").isin(*map(literal, names))
    )
    return [
        Entry(segment, customer, bool(entered), instant(valid_at), instant(detected_at))
        for segment, customer, entered, valid_at, detected_at in engine.rows(query)
    ]


def fetch_places(engine: Engine, lists: Iterable[str]) -> dict[str, tuple[Place, ...]]:
    """Return the places of some lists; a list without any place has none."""
    found: dict[str, list[Place]] = {name: [] for name in lists}
    if not found or not engine.has_table(PLACES.name):
        return dict.fromkeys(found, ())
    query = select(PLACES.name, ("list_name", "name", "latitude", "longitude"))
    for list_name, name, latitude, longitude in engine.rows(
        query.where(column("list_name").isin(*map(literal, found)))
    ):
        if latitude is not None and longitude is not None:
            found[list_name].append(Place(name or "", Decimal(latitude), Decimal(longitude)))
    return {name: tuple(places) for name, places in found.items()}


def fetch_references(engine: Engine, tables: Iterable[str]) -> dict[str, dict[str, dict[str, str]]]:
    """Return the facts of some reference tables: table, id, name, fact."""
    names = sorted(set(tables))
    if not names or not engine.has_table(REFERENCE_VALUES.name):
        return {}
    query = select(REFERENCE_VALUES.name, ("table_name", "id", "name", "value"))
    found: dict[str, dict[str, dict[str, str]]] = {}
    for table_name, key, name, value in engine.rows(query.where(column("table_name").isin(*map(literal, names)))):
        if value is not None:
            found.setdefault(table_name, {}).setdefault(key, {})[name] = value
    return found


# ---------------------------------------------------------------- rows


def rows_of(engine: Engine, name: str, ids: Sequence[str], columns: Sequence[str]) -> Rows:
    """Return the rows of some customers; none where a table is not there."""
    if not ids or not engine.has_table(name):
        return []
    return engine.rows(select(name, columns).where(column("customer_id").isin(*map(literal, ids))))


def select(name: str, columns: Iterable[str]) -> exp.Select:
    """Return a query of columns of a table."""
    return exp.select(*map(column, columns)).from_(table(name))


def table(name: str) -> exp.Table:
    """Return a table by its name."""
    return exp.table_(name, quoted=True)


def by_customer(rows: Rows, place: int = 0) -> dict[str, Rows]:
    """Return rows by the customer they are about."""
    found: dict[str, Rows] = {}
    for row in rows:
        found.setdefault(row[place], []).append(row)
    return found


def attribute(row: tuple[Any, ...]) -> AttributeVersion:
    """Turn a row of the attributes into a version."""
    _, name, value, kind, since, until, known, source = row
    return AttributeVersion(name, value, kind, aware(since), aware(until), aware(known), source or "")


def decision(row: tuple[Any, ...]) -> Decision:
    """Turn a row of the consents into a decision."""
    _, purpose, channel, granted, happened_at, known_at = row
    return Decision(purpose or "", channel or "any", bool(granted), aware(happened_at), aware(known_at))


def belonging(row: tuple[Any, ...]) -> Belonging:
    """Turn a row of the belongings into one."""
    _, kind, group_id, since, until, known = row
    return Belonging(kind, group_id, aware(since), aware(until), aware(known))


def event(row: Mapping[str, Any]) -> Event:
    """Turn a row of the events table into an event."""
    properties = json.loads(row["properties"], parse_float=Decimal) if row["properties"] else {}
    return Event(
        name=row["name"],
        happened_at=instant(row["happened_at"]),
        source=row["source"] or "",
        sequence=row["sequence"] or 0,
        message_id=row["message_id"] or "",
        order_id=row["order_id"],
        session_id=row["session_id"],
        amount=row["amount"],
        currency=row["currency"],
        product_id=row["product_id"],
        category=row["category"],
        brand=row["brand"],
        quantity=row["quantity"],
        channel=row["channel"],
        properties=properties,
        known_at=aware(row["known_at"]),
    )


def instant(moment: dt.datetime) -> dt.datetime:
    """Return an instant of the warehouse, which is in UTC, with its zone."""
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def aware(moment: dt.datetime | None) -> dt.datetime | None:
    """Return an instant with its zone; None stays None."""
    return None if moment is None else instant(moment)
