"""The ledger's tables of a server: jobs, users, sessions, keys, answers given, who did what."""

from __future__ import annotations

# A place to work: who may come in, what was asked for twice, work that goes on while people look.
SEVENTH = (
    """
    create table jobs (
        number integer primary key,
        job text not null unique,
        kind text not null,
        arguments text not null,
        asked_by text not null,
        state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
        attempts integer not null default 0,
        lease text not null default '',
        lease_until text not null default '',
        heartbeat_at text not null default '',
        step text not null default '',
        done_share real not null default 0,
        cancel_asked integer not null default 0,
        result text not null default '',
        problem text not null default '',
        created_at text not null,
        started_at text not null default '',
        ended_at text not null default ''
    )
    """,
    "create index jobs_next on jobs (state, number)",
    """
    create table users (
        number integer primary key,
        user text not null unique,
        name text not null,
        role text not null check (role in ('viewer', 'analyst', 'marketer', 'admin')),
        password_hash text not null,
        created_at text not null,
        changed_at text not null,
        disabled_at text not null default ''
    )
    """,
    """
    create table sessions (
        session_hash text primary key,
        user text not null,
        csrf text not null,
        created_at text not null,
        last_at text not null,
        expires_at text not null,
        ended_at text not null default ''
    ) without rowid
    """,
    "create index sessions_of on sessions (user)",
    """
    create table api_keys (
        key_id text primary key,
        kind text not null check (kind in ('write', 'read', 'admin')),
        name text not null,
        secret_hash text not null,
        scopes text not null,
        created_by text not null,
        created_at text not null,
        expires_at text not null default '',
        last_used_at text not null default '',
        revoked_at text not null default ''
    ) without rowid
    """,
    """
    create table setup_secrets (
        secret_hash text primary key,
        created_at text not null,
        expires_at text not null,
        used_at text not null default ''
    ) without rowid
    """,
    """
    create table requests_answered (
        caller text not null,
        idempotency_key text not null,
        fingerprint text not null,
        status integer not null default 0,
        headers text not null default '',
        body blob,
        created_at text not null,
        primary key (caller, idempotency_key)
    ) without rowid
    """,
    """
    create table access_log (
        number integer primary key,
        happened_at text not null,
        caller text not null,
        action text not null,
        subject text not null,
        detail text not null,
        body text not null,
        previous_hash text not null,
        entry_hash text not null
    )
    """,
)
