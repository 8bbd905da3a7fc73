"""Who a person is: the records that are them, why those were joined, and by what else they are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.schema import CUSTOMERS, EVENTS, IDENTIFIERS, IDENTITY_MAP, RECORDS

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier of one record. ``value`` in its one spelling; None: the viewer may not see it."""

    kind: str
    value: str | None
    source: str
    record_id: str
    verified: bool


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record that is this person. because : why it is them, in words; deleted : its source took it back."""

    id_space: str
    record_id: str
    sources: tuple[str, ...]
    created_at: dt.datetime | None
    deleted: bool
    because: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is. asked : the id that was asked for, where it is another one of theirs."""

    customer_id: str
    asked: str
    created_at: dt.datetime | None
    first_seen_at: dt.datetime | None
    records: tuple[SourceRecord, ...]
    identifiers: tuple[Identifier, ...]
    event_sources: tuple[tuple[str, int], ...]


def who_is(workspace: Workspace, asked: str) -> str | None:
    """Return the customer an id means: their own, or that of a record that is them; None: nobody known."""
    engine = workspace.engine
    own = exp.select(column("customer_id")).from_(exp.table_(CUSTOMERS.name, quoted=True))
    if engine.rows(own.where(column("customer_id").eq(literal(asked)))):
        return asked
    mapped = (
        exp.select(column("customer_id", "m"))
        .distinct()
        .from_(exp.table_(IDENTITY_MAP.name, quoted=True, alias="m"))
        .join(
            exp.table_(CUSTOMERS.name, quoted=True, alias="c"),
            on=exp.EQ(this=column("customer_id", "c"), expression=column("customer_id", "m")),
        )
        .where(column("record_id", "m").eq(literal(asked)))
        .order_by(column("customer_id", "m"))
        .limit(2)
    )
    found = engine.rows(mapped)
    # An id of two spaces that are two people means neither.
    return str(found[0][0]) if len(found) == 1 else None


def was_somebody(workspace: Workspace, asked: str) -> bool:
    """Say whether an id once was a person's: a record that was deleted, or one whose person is gone."""
    mapped = exp.select(column("record_id")).from_(exp.table_(IDENTITY_MAP.name, quoted=True))
    query = mapped.where(exp.or_(column("record_id").eq(literal(asked)), column("customer_id").eq(literal(asked))))
    return bool(workspace.engine.rows(query.limit(1)))


def identity_of(workspace: Workspace, customer_id: str, asked: str = "") -> Identity:
    """Return the records and identifiers of a customer."""
    engine = workspace.engine
    table = exp.table_(CUSTOMERS.name, quoted=True)
    query = exp.select(column("created_at"), column("first_seen_at")).from_(table)
    created_at, first_seen_at = engine.rows(query.where(column("customer_id").eq(literal(customer_id))))[0]
    keys = [(str(a), str(b)) for a, b in engine.rows(mapped(customer_id))]
    given = identifiers(workspace, keys)
    facts = record_facts(workspace, keys)
    records = tuple(
        SourceRecord(space, record, *facts.get((space, record), ((), None, False)), because(space, record, keys, given))
        for space, record in keys
    )
    events = exp.table_(EVENTS.name, quoted=True)
    many = exp.Count(this=exp.Star())
    counted = (
        exp.select(column("source"), many.as_("rows", quoted=True))
        .from_(events)
        .where(column("customer_id").eq(literal(customer_id)))
        .group_by(column("source"))
        .order_by(exp.Ordered(this=column("rows"), desc=True), column("source"))
    )
    sources = tuple((str(source), int(rows)) for source, rows in engine.rows(counted))
    shown = tuple(one for _, one in given)
    return Identity(customer_id, asked or customer_id, aware(created_at), aware(first_seen_at), records, shown, sources)


def aware(moment: dt.datetime | None) -> dt.datetime | None:
    return None if moment is None else moment.replace(tzinfo=dt.UTC)


def mapped(customer_id: str) -> exp.Select:
    query = exp.select(column("id_space"), column("record_id")).from_(exp.table_(IDENTITY_MAP.name, quoted=True))
    return query.where(column("customer_id").eq(literal(customer_id))).order_by(column("id_space"), column("record_id"))


def of_records(table: str, names: Iterable[str], keys: list[tuple[str, str]]) -> exp.Select:
    query = exp.select(*(column(name) for name in names)).from_(exp.table_(table, quoted=True))
    same = [
        exp.and_(column("id_space").eq(literal(space)), column("record_id").eq(literal(record)))
        for space, record in keys
    ]
    return query.where(exp.or_(*same) if same else exp.false())


def identifiers(workspace: Workspace, keys: list[tuple[str, str]]) -> list[tuple[str, Identifier]]:
    """Return the identifiers of records with the space of each, one row for each value of a record."""
    names = ("kind", "value", "source", "record_id", "verified", "id_space")
    found: dict[tuple[str, str, str, str], Identifier] = {}
    for kind, value, source, record, verified, space in workspace.engine.rows(
        of_records(IDENTIFIERS.name, names, keys)
    ):
        key = (space, record, kind, value)
        if value is not None and (key not in found or verified):
            found[key] = Identifier(kind, value, source, record, bool(verified))
    return [(key[0], one) for key, one in sorted(found.items())]


def record_facts(
    workspace: Workspace, keys: list[tuple[str, str]]
) -> dict[tuple[str, str], tuple[tuple[str, ...], dt.datetime | None, bool]]:
    """Return of each record its sources, when it was created, and whether its newest delivery says it is deleted."""
    names = ("id_space", "record_id", "source", "created_at", "deleted", "known_at")
    sources: dict[tuple[str, str], set[str]] = {}
    created: dict[tuple[str, str], dt.datetime] = {}
    gone: dict[tuple[str, str], tuple[dt.datetime, bool]] = {}
    for space, record, source, created_at, deleted, known_at in workspace.engine.rows(
        of_records(RECORDS.name, names, keys)
    ):
        key = (space, record)
        sources.setdefault(key, set()).add(source)
        if created_at is not None:
            created[key] = min(created.get(key, created_at), created_at)
        if known_at is not None and known_at >= gone.get(key, (dt.datetime.min, False))[0]:  # noqa: DTZ901 - naive UTC
            gone[key] = (known_at, bool(deleted))
    return {
        key: (tuple(sorted(held)), aware(created.get(key)), gone.get(key, (None, False))[1])
        for key, held in sources.items()
    }


WORDS = {"email": "e-mail address", "phone": "phone number", "external": "id", "cookie": "cookie", "device": "device"}


def because(space: str, record: str, keys: list[tuple[str, str]], given: list[tuple[str, Identifier]]) -> str:
    """Say why a record is this person: what it has in common with the others."""
    if len(keys) == 1:
        return "the only record"
    own = {(one.kind, one.value) for held, one in given if (held, one.record_id) == (space, record)}
    found = []
    for other_space, other in keys:
        if (other_space, other) == (space, record):
            continue
        theirs = {(one.kind, one.value) for held, one in given if (held, one.record_id) == (other_space, other)}
        shared = sorted({kind for kind, _ in own & theirs})
        if shared:
            what = " and ".join(WORDS.get(kind, kind) for kind in shared)
            found.append(f"the same {what} as {other_space} {other}")
        elif other == record:
            found.append(f"the same id as in {other_space}")
        elif ("external", other) in own or ("external", record) in theirs:
            found.append(f"one names the other: {other_space} {other}")
    return "; ".join(found[:3]) if found else "joined through another of these records, or merged by its source"
