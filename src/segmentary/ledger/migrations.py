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
MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST,)
