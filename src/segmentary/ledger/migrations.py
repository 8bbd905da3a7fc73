"""The ledger's tables, as numbered steps. A step that has shipped is never edited."""

from __future__ import annotations

FIRST = (
    """
    create table loads (
        number integer primary key,
        load_id text not null unique,
        source text not null,
        kind text not null,
        file text not null,
        archive_file text not null,
        content_hash text not null,
        part integer not null,
        mapping text not null,
        report text not null,
        known_at text not null
    )
    """,
    """
    create table definition_versions (
        number integer primary key,
        kind text not null check (kind in ('segment', 'trait')),
        name text not null,
        version text not null,
        document text not null,
        origin text not null,
        retired integer not null default 0,
        created_at text not null
    )
    """,
    "create index definition_versions_by_name on definition_versions (kind, name, number)",
    """
    create table positions (
        position integer primary key,
        segment text not null unique
    )
    """,
    """
    create table lists (
        number integer primary key,
        name text not null,
        ids text not null,
        origin text not null,
        changed_at text not null
    )
    """,
    """
    create table runs (
        run_id integer primary key,
        as_of text not null,
        known_at text not null,
        started_at text not null,
        finished_at text not null,
        context text not null,
        segments text not null,
        models text not null,
        changes_file text not null,
        changes_hash text not null,
        loads integer not null
    )
    """,
    """
    create table audit (
        number integer primary key,
        happened_at text not null,
        action text not null,
        detail text not null,
        body text not null,
        previous_hash text not null,
        entry_hash text not null
    )
    """,
)
# Segmentations; since when a position is held; attempts, so that one that died is known; backfilled history.
SECOND = (
    """
    create table definition_versions_2 (
        number integer primary key,
        kind text not null check (kind in ('segment', 'trait', 'segmentation')),
        name text not null,
        version text not null,
        document text not null,
        origin text not null,
        retired integer not null default 0,
        created_at text not null
    )
    """,
    """
    insert into definition_versions_2 (number, kind, name, version, document, origin, retired, created_at)
    select number, kind, name, version, document, origin, retired, created_at from definition_versions
    """,
    "drop table definition_versions",
    "alter table definition_versions_2 rename to definition_versions",
    "create index definition_versions_by_name on definition_versions (kind, name, number)",
    "alter table positions add column created_at text not null default ''",
    """
    update positions set created_at = coalesce(
        (select min(created_at) from definition_versions where kind = 'segment' and name = positions.segment), '')
    """,
    """
    create table attempts (
        number integer primary key,
        kind text not null check (kind in ('run', 'backfill')),
        subject text not null,
        started_at text not null,
        ended_at text,
        outcome text not null default ''
    )
    """,
    """
    create table backfills (
        number integer primary key,
        segment text not null,
        version text not null,
        since text not null,
        until text not null,
        every text not null,
        knowledge text not null,
        moments integer not null,
        detected_at text not null,
        changes_file text not null,
        changes_hash text not null
    )
    """,
)
# What was to be done, so that what was killed can be done again.
THIRD = ("alter table attempts add column detail text not null default ''",)
# Solutions of discovery, the models made of them, chosen targets, market inputs: documents with versions.
FOURTH = (
    """
    create table records (
        number integer primary key,
        kind text not null check (kind in ('solution', 'model', 'target', 'market')),
        name text not null,
        version text not null,
        document text not null,
        retired integer not null default 0,
        created_at text not null
    )
    """,
    "create index records_by_name on records (kind, name, number)",
)
# A check cannot be changed in place: the table is made again.
FIFTH = (
    "alter table records rename to records_before",
    """
    create table records (
        number integer primary key,
        kind text not null check (kind in ('solution', 'model', 'target', 'market', 'prediction', 'experiment')),
        name text not null,
        version text not null,
        document text not null,
        retired integer not null default 0,
        created_at text not null
    )
    """,
    "insert into records select number, kind, name, version, document, retired, created_at from records_before",
    "drop table records_before",
    "create index records_by_name on records (kind, name, number)",
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST, SECOND, THIRD, FOURTH, FIFTH)
