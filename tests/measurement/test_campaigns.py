"""Answers per contact, and what they cannot say."""

import datetime as dt

import pytest

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import parse_query
from segmentary.language.tree import Context
from segmentary.measurement.campaigns import ARMS, NO_CONTROL, campaigns
from segmentary.models.intervals import wilson

NOW = Context(as_of=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), timezone="UTC")
CONTACTS = [("r1", "c1"), ("r1", "c1"), ("r2", "c1"), ("r3", "c1"), ("r1", "c2"), ("r9", "c1")]
ANSWERS = [
    ("ann", "redeemed", "2026-02-01", '{"campaign": "c1"}'),
    ("ann", "redeemed", "2026-02-02", '{"campaign": "c1"}'),  # the same contact once more
    ("bob", "redeemed", "2026-03-01", '{"campaign_id": "c1"}'),  # at as-of: not yet
    ("cyd", "clicked", "2026-02-01", '{"campaign_id": "c1"}'),
    ("cyd", "redeemed", "2026-02-01", '{"campaign_id": "c9"}'),  # of a campaign that did not reach cyd
    ("ann", "redeemed", "2026-02-01", "{}"),
]


def made(contacts, arms=None):
    engine = DuckDB()
    rows = ", ".join(f"('customer', '{who}', '{what}', {arm})" for (who, what), arm in zip(contacts, arms, strict=True))
    engine.create_as(
        "exposures", parse_query(f"select * from (values {rows}) as t(id_space, record_id, campaign, arm)")
    )
    people = "('customer', 'r1', 'ann'), ('customer', 'r2', 'bob'), ('customer', 'r3', 'cyd')"
    engine.create_as(
        "identity_map", parse_query(f"select * from (values {people}) as t(id_space, record_id, customer_id)")
    )
    told = ", ".join(f"('{who}', '{name}', timestamp '{at}', '{p}')" for who, name, at, p in ANSWERS)
    engine.create_as(
        "events", parse_query(f"select * from (values {told}) as t(customer_id, name, happened_at, properties)")
    )
    return engine


@pytest.fixture
def engine():
    found = made(CONTACTS, ["cast(null as varchar)"] * len(CONTACTS))
    yield found
    found.close()


def values(found):
    return [(row.campaign, row.arm, row.contacted, row.responded) for row in found.rows]


def test_a_contact_counts_once_and_so_does_its_answer(engine):
    found = campaigns(engine, NOW)
    assert values(found) == [("c1", None, 3, 2), ("c2", None, 1, 0)]
    assert found.rows[0].share == wilson(2, 3)


def test_only_the_event_asked_for(engine):
    assert values(campaigns(engine, NOW, response="redeemed")) == [("c1", None, 3, 1), ("c2", None, 1, 0)]


def test_groups_add_contacts_up(engine):
    assert values(campaigns(engine, NOW, groups={"both": ["c1", "c2"]})) == [("both", None, 4, 2)]
    assert values(campaigns(engine, NOW, groups={"second": ["c2"]})) == [
        ("second", None, 1, 0),
        ("(other)", None, 3, 2),
    ]


def test_without_a_control_group_there_is_no_lift(engine):
    assert campaigns(engine, NOW).limits == NO_CONTROL
    assert "lift" in NO_CONTROL


def test_arms_stand_side_by_side():
    engine = made([("r1", "c1"), ("r2", "c1")], ["'treated'", "'control'"])
    found = campaigns(engine, NOW)
    engine.close()
    assert values(found) == [("c1", "control", 1, 0), ("c1", "treated", 1, 1)]
    assert found.limits == ARMS


def test_no_campaigns():
    engine = made([("nobody", "c1")], ["cast(null as varchar)"])
    found = campaigns(engine, NOW)
    engine.close()
    assert (found.rows, found.limits) == ((), "")
