"""Who may be contacted: the latest decision per purpose and channel, whoever wrote it down.

Decisions come from consent records, from unsubscribe events, from opt-in and opt-out columns of customer records, and
from records a source says it deleted. Of decisions at one instant the refusal wins; without any decision the answer is
no, unless the caller says otherwise.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal, query
from segmentary.profiles.derived import append
from segmentary.schema import CUSTOMER_ATTRIBUTES, CUSTOMER_CONSENTS, CUSTOMERS, EVENTS, IDENTITY_MAP, RECORDS

MODULE = "consent"
FOLDER = Path(__file__).parent
DECISIONS_TABLE = "consent_decisions"
MARKETING = "marketing"
CHANNELS = ("email", "phone", "sms", "post", "push")

OPT_OUT_EVENTS = {
    "unsubscribed": "email",
    "unsubscribe": "email",
    "email_unsubscribed": "email",
    "email_unsubscribe": "email",
    "mail_unsubscribed": "email",
    "newsletter_unsubscribed": "email",
    "email_complained": "email",
    "email_complaint": "email",
    "spam_reported": "email",
    "marked_as_spam": "email",
    "sms_unsubscribed": "sms",
    "push_unsubscribed": "push",
    "opted_out": "any",
    "erasure_requested": "any",
}
"""Events that are a refusal of marketing, and of which channel."""
OPT_OUT_NAMES = {
    "email_opt_out": "email",
    "opted_out_of_email": "email",
    "has_opted_out_of_email": "email",
    "unsubscribed": "email",
    "email_unsubscribed": "email",
    "phone_opt_out": "phone",
    "do_not_call": "phone",
    "sms_opt_out": "sms",
    "post_opt_out": "post",
    "do_not_mail": "post",
    "do_not_contact": "any",
    "opt_out": "any",
    "opted_out": "any",
}
"""Attributes whose yes is a refusal; their no decides nothing."""
OPT_IN_NAMES = {
    "accepts_marketing": "email",
    "accepts_email_marketing": "email",
    "email_opt_in": "email",
    "email_consent": "email",
    "marketing_opt_in": "email",
    "newsletter_opt_in": "email",
    "sms_opt_in": "sms",
    "accepts_sms_marketing": "sms",
    "phone_opt_in": "phone",
}
"""Attributes whose yes is a consent and whose no is a refusal."""


def decisions_query() -> exp.Query:
    """Return all decisions: customer_id, purpose, channel, granted, happened_at, known_at, reason, final, source."""
    names = {**OPT_OUT_NAMES, **OPT_IN_NAMES}
    return query(
        FOLDER / "consent_decisions.sql",
        customer_consents=exp.table_(CUSTOMER_CONSENTS.name, quoted=True),
        events=exp.table_(EVENTS.name, quoted=True),
        customer_attributes=exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True),
        records=exp.table_(RECORDS.name, quoted=True),
        identity_map=exp.table_(IDENTITY_MAP.name, quoted=True),
        opt_out_events=tuple(OPT_OUT_EVENTS),
        event_channel=chosen(exp.column("name", table="e"), OPT_OUT_EVENTS),
        opt_names=tuple(names),
        opt_out_names=tuple(OPT_OUT_NAMES),
        name_channel=chosen(exp.column("name", table="a"), names),
        marketing=MARKETING,
    )


def chosen(key: exp.Expr, table: dict[str, str]) -> exp.Case:
    choice = exp.Case()
    for name, channel in table.items():
        choice = choice.when(exp.EQ(this=key.copy(), expression=literal(name)), literal(channel))
    return choice


def derive(engine: Engine, taken: frozenset[str]) -> int:
    """Add ``consent_<purpose>_<channel>`` and ``may_contact_<channel>`` for marketing; return how many rows.

    A name a source delivers itself is left alone.
    """
    engine.create_as(DECISIONS_TABLE, decisions_query(), temporary=True)
    try:
        rows = query(
            FOLDER / "consent_attributes.sql",
            decisions=exp.table_(DECISIONS_TABLE, quoted=True),
            channels=channel_relation(),
            marketing=MARKETING,
            taken=tuple(sorted(taken)) or ("",),
        )
        return append(engine, MODULE, rows)
    finally:
        engine.drop(DECISIONS_TABLE)


def channel_relation() -> exp.Query:
    """Return one row per channel of `CHANNELS`."""
    first, *others = (exp.select(exp.alias_(literal(channel), "channel", quoted=True)) for channel in CHANNELS)
    relation: exp.Query = first
    for other in others:
        relation = exp.union(relation, other, distinct=False)
    return relation


def contactable(
    engine: Engine,
    *,
    purpose: str,
    channel: str,
    at: dt.datetime,
    default: Literal["deny", "allow"] = "deny",
) -> exp.Query:
    """Return for every customer whether they may be contacted: customer_id, allowed, reason, decided_at.

    Parameters
    ----------
    engine : where the query will run.
    purpose, channel : such as marketing by email; a decision on channel ``any`` is one on every channel.
    at : the moment of contact, which is now for an export, whatever moment the members were computed for.
    default : what holds for customers who never decided.

    The reason is granted, denied, unsubscribed, opted out, deleted or no decision; decided_at is missing where the
    decision is undated, or there is none. Whoever a source deleted is never contacted.
    """
    del engine  # every engine runs the same query; one that cannot will say so itself
    return query(
        FOLDER / "contactable.sql",
        customers=exp.table_(CUSTOMERS.name, quoted=True),
        decisions=decisions_query(),
        purpose=purpose,
        channel=channel,
        at=at,
        allowed_by_default=default == "allow",
    )
