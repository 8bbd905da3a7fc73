"""How many records became how many customers, by which keys, and what about it deserves a look."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import query
from segmentary.identity.keys import normalize
from segmentary.identity.resolve import HERE as IDENTITY
from segmentary.identity.resolve import (
    LARGEST_COMPONENT,
    MENTIONED,
    MOST_RECORDS_PER_KEY,
    NODES,
    Links,
    find_links,
    join,
    primary_space,
)

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

HERE = Path(__file__).parent
SHOWN = 20
MANY_RECORDS = 6


@dataclass(frozen=True, slots=True)
class SharedKey:
    """A key so many records share that it joins none of them. ``value`` tells who somebody is."""

    kind: str
    value: str
    records: int


@dataclass(frozen=True, slots=True)
class Merge:
    """A customer made of several records.

    newest : when the newest of them came in; differing : how many of first name, last name, birth date, birth year and
    gender are not the same in all of them; doubtful : whether somebody should look.
    """

    customer_id: str
    records: int
    sources: int
    newest: dt.datetime | None
    differing: int
    doubtful: bool


@dataclass(frozen=True, slots=True)
class LeftApart:
    """Records that hang together by shared keys and are too many to be one person: they were not joined."""

    records: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IdentityAccount:
    """From records to customers.

    Attributes
    ----------
    records : ids in the sources; customers : the customers they are; merged_customers : those of several records.
    by_space : whose ids -> how many; by_rule : kind of shared key -> pairs of records it joined.
    sizes : records of a customer -> how many customers have so many.
    shared_keys : keys too many records share; placeholders : keys that stand for none, such as none@none.com.
    left_apart : heaps of records that were too large to be one person.
    doubtful : customers whose records disagree, or are very many; last_merges : the newest joined ones.
    doubtful_merges : how many doubtful ones there are in all.
    """

    records: int
    customers: int
    merged_customers: int
    by_space: Mapping[str, int]
    by_rule: Mapping[str, int]
    sizes: Mapping[int, int]
    shared_keys: tuple[SharedKey, ...]
    placeholders: int
    left_apart: tuple[LeftApart, ...]
    doubtful: tuple[Merge, ...]
    last_merges: tuple[Merge, ...]
    doubtful_merges: int


def identity_account(workspace: Workspace) -> IdentityAccount:
    """Account for identity as it is resolved now; what is written for it is temporary."""
    found: IdentityAccount = workspace.derived.learnt("identity account", lambda: counted(workspace))
    return found


def counted(workspace: Workspace) -> IdentityAccount:
    engine, settings = workspace.engine, workspace.settings
    map_table = exp.table_("identity_map", quoted=True)
    spaces = engine.rows(exp.select("id_space", "count(*)").from_(map_table).group_by("id_space").order_by("id_space"))
    per_customer = exp.select("customer_id", exp.Count(this=exp.Star()).as_("size")).from_(map_table)
    grouped = per_customer.group_by("customer_id").subquery("sized")
    sizes = {
        int(size): int(n)
        for size, n in engine.rows(exp.select("size", "count(*)").from_(grouped).group_by("size").order_by("size"))
    }
    engine.create_as(NODES, query(IDENTITY / "nodes.sql", **{n: exp.table_(n) for n in MENTIONED}), temporary=True)
    try:
        links = find_links(engine, settings, MOST_RECORDS_PER_KEY)
        primary = primary_space(engine)
        refused = join(engine, links, settings, LARGEST_COMPONENT, primary)[1] if links.edges else ()
        shared = shared_keys(workspace)
    finally:
        engine.drop(NODES)
    merges = merges_of(workspace)
    doubtful = sorted((one for one in merges if one.doubtful), key=lambda one: (-one.differing, -one.records))
    return IdentityAccount(
        records=sum(int(n) for _, n in spaces),
        customers=sum(sizes.values()),
        merged_customers=len(merges),
        by_space={str(space): int(n) for space, n in spaces},
        by_rule=rules(links),
        sizes=sizes,
        shared_keys=shared,
        placeholders=links.placeholders,
        left_apart=tuple(LeftApart(one.records, one.keys) for one in refused[:SHOWN]),
        doubtful=tuple(doubtful[:SHOWN]),
        last_merges=tuple(newest_first(merges)[:SHOWN]),
        doubtful_merges=len(doubtful),
    )


def newest_first(merges: list[Merge]) -> list[Merge]:
    return sorted(
        merges, key=lambda m: (m.newest or dt.datetime.min.replace(tzinfo=dt.UTC), m.customer_id), reverse=True
    )


def rules(links: Links) -> dict[str, int]:
    """Return kind of key -> pairs it joined; what the source merged itself is a kind of its own."""
    counts = Counter("source" if key == "merged by the source" else key.partition(" ")[0] for _, _, key in links.edges)
    return dict(counts.most_common())


def shared_keys(workspace: Workspace) -> tuple[SharedKey, ...]:
    """Return the keys that join nobody because too many records share them, the commonest first."""
    wanted = query(IDENTITY / "shared_identifiers.sql", identifiers=exp.table_("identifiers"), nodes=exp.table_(NODES))
    holders: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for kind, raw, id_space, record_id in workspace.engine.rows(wanted):
        value = normalize(kind, raw, country=workspace.settings.country)
        if value is not None:
            holders.setdefault((kind, value), set()).add((id_space, record_id))
    many = [
        SharedKey(kind, value, len(who)) for (kind, value), who in holders.items() if len(who) > MOST_RECORDS_PER_KEY
    ]
    return tuple(sorted(many, key=lambda one: (-one.records, one.kind, one.value))[:SHOWN])


def merges_of(workspace: Workspace) -> list[Merge]:
    tables = {n: exp.table_(n, quoted=True) for n in ("records", "identifiers", "identity_map", "customer_attributes")}
    return [
        Merge(
            str(customer),
            int(records),
            int(sources),
            None if newest is None else newest.replace(tzinfo=dt.UTC),
            int(differing),
            int(differing) > 0 or int(records) >= MANY_RECORDS,
        )
        for customer, records, sources, newest, differing in workspace.engine.rows(
            query(HERE / "identity_merges.sql", **tables)
        )
    ]
