"""The ledger's tables, as numbered steps. A step that has shipped is never edited."""

from __future__ import annotations

from segmentary.ledger.migrations_serving import SEVENTH

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
# What we say to people: campaigns, decisions about being contacted, audiences, the outbox, journeys, conversations.
SIXTH = (
    "alter table records rename to records_before",
    """
    create table records (
        number integer primary key,
        kind text not null check (kind in ('solution', 'model', 'target', 'market', 'prediction', 'experiment',
            'voice', 'message', 'offers', 'campaign', 'journey', 'bot')),
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
    """
    create table decisions (
        number integer primary key,
        customer_id text not null,
        purpose text not null,
        channel text not null,
        granted integer not null,
        happened_at text not null,
        evidence text not null,
        origin text not null,
        load_id text not null default ''
    )
    """,
    "create index decisions_of on decisions (customer_id, number)",
    """
    create table suppressions (
        number integer primary key,
        channel text not null,
        address_hash text not null,
        customer_id text not null default '',
        reason text not null,
        origin text not null,
        added_at text not null,
        lifted_at text not null default ''
    )
    """,
    "create index suppressions_by_address on suppressions (address_hash)",
    "create index suppressions_of on suppressions (customer_id)",
    """
    create table audiences (
        number integer primary key,
        audience text not null unique,
        campaign text not null,
        campaign_version text not null,
        as_of text not null,
        frozen_at text not null,
        document text not null,
        state text not null check (state in ('frozen', 'sending', 'sent', 'cancelled'))
    )
    """,
    """
    create table audience_members (
        audience text not null,
        customer_id text not null,
        segment text not null,
        arm text not null default '',
        variant text not null default '',
        reason text not null default '',
        primary key (audience, customer_id)
    ) without rowid
    """,
    """
    create table outbox (
        number integer primary key,
        message text not null unique,
        origin text not null,
        campaign text not null default '',
        customer_id text not null,
        channel text not null,
        purpose text not null,
        segment text not null default '',
        arm text not null default '',
        variant text not null default '',
        offer text not null default '',
        address text not null,
        address_hash text not null,
        payload blob not null,
        state text not null check (state in ('waiting', 'leased', 'sent', 'failed', 'withheld', 'cancelled')),
        reason text not null default '',
        attempts integer not null default 0,
        created_at text not null,
        not_before text not null,
        expires_at text not null default '',
        lease text not null default '',
        lease_until text not null default '',
        ended_at text not null default '',
        reply text not null default '',
        load_id text not null default ''
    )
    """,
    "create index outbox_next on outbox (state, channel, not_before)",
    "create index outbox_of on outbox (customer_id, channel, ended_at)",
    "create index outbox_by_origin on outbox (origin, state)",
    """
    create table offer_uses (
        number integer primary key,
        offer text not null,
        customer_id text not null,
        message text not null unique,
        amount text not null default '',
        promised_at text not null,
        released_at text not null default ''
    )
    """,
    "create index offer_uses_of on offer_uses (offer, customer_id)",
    """
    create table journey_positions (
        number integer primary key,
        journey text not null,
        version text not null,
        customer_id text not null,
        step text not null,
        entered_at text not null,
        since text not null,
        wake_at text not null default '',
        ended_at text not null default '',
        outcome text not null default ''
    )
    """,
    "create unique index journey_once on journey_positions (journey, customer_id) where ended_at = ''",
    "create index journey_awake on journey_positions (journey, ended_at, wake_at)",
    """
    create table conversations (
        conversation text primary key,
        bot text not null,
        channel text not null,
        customer_id text not null default '',
        verified integer not null default 0,
        state text not null,
        started_at text not null,
        last_at text not null,
        ended_at text not null default '',
        handed_over_at text not null default ''
    ) without rowid
    """,
    "create index conversations_of on conversations (customer_id, last_at)",
    """
    create table turns (
        number integer primary key,
        conversation text not null,
        request text not null default '',
        direction text not null check (direction in ('in', 'out')),
        text text not null,
        detail text not null,
        happened_at text not null,
        load_id text not null default ''
    )
    """,
    "create index turns_of on turns (conversation, number)",
    "create index turns_unloaded on turns (number) where load_id = ''",
    "create unique index turns_once on turns (conversation, request, direction) where request <> ''",
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH)
