"""Which records are the same customer: shared keys join records; nothing is guessed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.identity.graph import components
from segmentary.identity.keys import normalize
from segmentary.identity.survivorship import RecordNode, customer_id, space_rank, survivor
from segmentary.schema import IDENTITY_MAP, RECEIVED
from segmentary.settings import Settings

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
LARGEST_COMPONENT = 20
MOST_RECORDS_PER_KEY = 10
NODES = "identity_nodes"
JOINED = "identity_joined"
MENTIONED = (
    "records",
    "attributes",
    "order_lines",
    "recorded_events",
    "responses",
    "messages",
    "consents",
    "exposures",
    "relations",
    "reference_rows",
    "identifiers",
)


@dataclass(frozen=True, slots=True)
class Refused:
    """Records that share keys and were not joined, because they are too many to be one person."""

    records: int
    keys: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IdentityReport:
    """What identity resolution did.

    Attributes
    ----------
    records : ids in the sources.
    customers : customers they belong to.
    merged : customers made of two or more records.
    shared_keys_ignored : keys shared by so many records that they say nothing.
    placeholders_ignored : records whose key was a placeholder such as none@none.com.
    refused : components that were too large and were left apart.
    """

    records: int
    customers: int
    merged: int
    shared_keys_ignored: int
    placeholders_ignored: int
    refused: tuple[Refused, ...] = ()


def resolve(
    engine: Engine,
    settings: Settings,
    *,
    largest_component: int = LARGEST_COMPONENT,
    most_records_per_key: int = MOST_RECORDS_PER_KEY,
) -> IdentityReport:
    """Decide which records are one customer, and write ``identity_map``.

    largest_component : records that hang together beyond this number are reported and left apart.
    most_records_per_key : a key shared by more records joins none of them.
    """
    for table in RECEIVED:
        engine.create(table)
    engine.create_as(NODES, query(HERE / "nodes.sql", **{n: exp.table_(n) for n in MENTIONED}), temporary=True)
    primary = primary_space(engine)
    links = find_links(engine, settings, most_records_per_key)
    merged, refused = join(engine, links, settings, largest_component, primary) if links.edges else ({}, ())
    records = write_map(engine, merged, primary)
    customers = int(
        engine.value(
            exp.select(exp.func("count", exp.Distinct(expressions=[exp.column("customer_id")]))).from_(
                IDENTITY_MAP.name
            )
        )
    )
    engine.drop(NODES)
    report = IdentityReport(
        records=records,
        customers=customers,
        merged=len(set(merged.values())),
        shared_keys_ignored=links.shared_ignored,
        placeholders_ignored=links.placeholders,
        refused=refused,
    )
    log.info("identity resolved", extra={"records": records, "customers": customers})
    return report


def primary_space(engine: Engine) -> str:
    """Return the id space whose ids name customers as they stand."""
    spaces = [row[0] for row in engine.rows(exp.select("id_space").distinct().from_(NODES))]
    return min(spaces, key=lambda s: (space_rank(s), s), default="customer")


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of records that share a key, the keys, and what was left out."""

    edges: tuple[tuple[tuple[str, str], tuple[str, str], str], ...]
    shared_ignored: int
    placeholders: int


def find_links(engine: Engine, settings: Settings, most_records_per_key: int) -> Links:
    """Return which records share a key or are merged by their source."""
    wanted = query(HERE / "shared_identifiers.sql", identifiers=exp.table_("identifiers"), nodes=exp.table_(NODES))
    holders: dict[tuple[str, str], list[tuple[str, str]]] = {}
    placeholders = 0
    for kind, raw, id_space, record_id in engine.rows(wanted):
        value = normalize(kind, raw, country=settings.country)
        if value is None:
            placeholders += 1
            continue
        holders.setdefault((kind, value), []).append((id_space, record_id))
    edges = []
    shared_ignored = 0
    for (kind, value), nodes in holders.items():
        different = sorted(set(nodes))
        if len(different) > most_records_per_key:
            shared_ignored += 1
            continue
        edges += [(different[0], other, f"{kind} {value}") for other in different[1:]]
    merges = query(HERE / "merges.sql", records=exp.table_("records"), nodes=exp.table_(NODES))
    edges += [((space, one), (space, other), "merged by the source") for space, one, other in engine.rows(merges)]
    return Links(tuple(edges), shared_ignored, placeholders)


def join(
    engine: Engine, links: Links, settings: Settings, largest_component: int, primary: str
) -> tuple[dict[tuple[str, str], str], tuple[Refused, ...]]:
    """Return the customer of every record that is joined to another, and the components left apart."""
    names = sorted({node for a, b, _ in links.edges for node in (a, b)})
    place = {name: i for i, name in enumerate(names)}
    groups = components(len(names), [(place[a], place[b]) for a, b, _ in links.edges])
    facts = node_facts(engine, names, settings)
    keys: dict[tuple[str, str], list[str]] = {}
    for a, _, key in links.edges:
        keys.setdefault(a, []).append(key)
    merged: dict[tuple[str, str], str] = {}
    refused = []
    for group in groups:
        members = [names[i] for i in group]
        if len(members) > largest_component:
            because = tuple(dict.fromkeys(key.partition(" ")[0] for m in members for key in keys.get(m, ())))
            refused.append(Refused(len(members), because, tuple(record_id for _, record_id in members[:3])))
            continue
        best = survivor([facts[m] for m in members])
        for member in members:
            merged[member] = customer_id(best, primary)
    return merged, tuple(refused)


def node_facts(
    engine: Engine, names: Sequence[tuple[str, str]], settings: Settings
) -> dict[tuple[str, str], RecordNode]:
    """Return what decides between the records that are joined."""
    wanted = pa.table({"id_space": [n[0] for n in names], "record_id": [n[1] for n in names]})
    engine.ingest(JOINED, wanted)
    tables = {name: exp.table_(name) for name in ("records", "identifiers", "loads")}
    rows = engine.rows(query(HERE / "node_facts.sql", joined=exp.table_(JOINED), **tables))
    engine.drop(JOINED)
    priority = source_priorities(settings, sorted({row[2] for row in rows if row[2]}))
    facts: dict[tuple[str, str], RecordNode] = {}
    for id_space, record_id, source, ordinal, gone in rows:
        old = facts.get((id_space, record_id))
        new = RecordNode(id_space, record_id, priority.get(source, len(priority)), ordinal or 0, bool(gone))
        facts[id_space, record_id] = new if old is None else better(old, new)
    return facts


def better(a: RecordNode, b: RecordNode) -> RecordNode:
    return RecordNode(
        a.id_space, a.record_id, min(a.priority, b.priority), min(a.known_at, b.known_at), a.gone or b.gone
    )


def source_priorities(settings: Settings, found: Iterable[str]) -> Mapping[str, int]:
    """Return the place of every source: those named in the settings in their order, then the others by name."""
    named = [name for name in settings.sources if name in set(found)]
    return {name: i for i, name in enumerate([*named, *(n for n in found if n not in named)])}


def write_map(engine: Engine, merged: Mapping[tuple[str, str], str], primary: str) -> int:
    """Write ``identity_map``: joined records to their customer, every other record to itself."""
    items = sorted(merged.items())
    table = pa.table(
        {
            "id_space": pa.array([k[0] for k, _ in items], pa.string()),
            "record_id": pa.array([k[1] for k, _ in items], pa.string()),
            "customer_id": pa.array([v for _, v in items], pa.string()),
        }
    )
    engine.ingest(JOINED, table)
    tables = {"nodes": exp.table_(NODES), "joined": exp.table_(JOINED)}
    file = "identity_map.sql" if items else "identity_map_alone.sql"
    given = tables if items else {"nodes": exp.table_(NODES)}
    written = engine.create_as(IDENTITY_MAP.name, query(HERE / file, primary=primary, **given), order_by=("record_id",))
    engine.drop(JOINED)
    return written
