from __future__ import annotations

import datetime as dt

import pytest
from profiles_warehouse import at

from segmentary.profiles.consent import contactable, derive

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def asked(warehouse, *, purpose="marketing", channel="email", when=NOW, default="deny"):
    query = contactable(warehouse.engine, purpose=purpose, channel=channel, at=when, default=default)
    return {who: (allowed, reason) for who, allowed, reason, _ in warehouse.engine.rows(query)}


def decide(warehouse, customer, granted, happened_at=None, purpose="marketing", channel="email", **columns):
    row = {"customer_id": customer, "purpose": purpose, "channel": channel, "granted": granted, "source": "consents"}
    warehouse.add("customer_consents", row | {"happened_at": happened_at and at(happened_at)} | columns)


def deleted(warehouse, customer, *, deleted=True, known_at="2026-01-01", merged_into=None):
    warehouse.add(
        "records",
        {
            "source": "crm",
            "id_space": "customer",
            "record_id": customer,
            "entity_type": "customer",
            "deleted": deleted,
            "merged_into": merged_into,
            "known_at": at(known_at),
            "row_number": 1,
        },
    )


def test_without_a_decision_the_answer_is_no(warehouse):
    warehouse.customers("c")
    assert asked(warehouse) == {"c": (False, "no decision")}
    assert asked(warehouse, default="allow") == {"c": (True, "no decision")}


def test_nobody(warehouse):
    assert asked(warehouse) == {}


def test_the_latest_decision_wins(warehouse):
    warehouse.customers("c")
    decide(warehouse, "c", True, "2025-01-01")
    decide(warehouse, "c", False, "2025-03-01")
    decide(warehouse, "c", True, "2025-05-01")
    moments = {"2024-12-31": "no decision", "2025-01-01": "granted", "2025-04-01": "denied", "2025-06-01": "granted"}
    for when, reason in moments.items():
        assert asked(warehouse, when=at(when).replace(tzinfo=dt.UTC))["c"][1] == reason


def test_at_one_instant_the_refusal_wins(warehouse):
    warehouse.customers("c")
    decide(warehouse, "c", True, "2025-01-01")
    decide(warehouse, "c", False, "2025-01-01")
    assert asked(warehouse) == {"c": (False, "denied")}
    derive(warehouse.engine, frozenset())
    assert warehouse.derived("c")["may_contact_email"] == "false"


def test_any_channel_is_every_channel_and_others_are_not(warehouse):
    warehouse.customers("c", "d")
    decide(warehouse, "c", True, "2025-01-01", channel="any")
    decide(warehouse, "c", False, "2025-02-01", channel="phone")
    decide(warehouse, "d", True, "2025-01-01", purpose="analytics", channel="any")
    assert asked(warehouse) == {"c": (True, "granted"), "d": (False, "no decision")}
    assert asked(warehouse, channel="phone")["c"] == (False, "denied")
    assert asked(warehouse, purpose="analytics")["d"] == (True, "granted")


def test_unsubscribing_is_a_refusal_until_the_next_consent(warehouse):
    warehouse.customers("c")
    decide(warehouse, "c", True, "2025-01-01")
    warehouse.event("c", "unsubscribed", "2025-02-01")
    assert asked(warehouse) == {"c": (False, "unsubscribed")}
    assert asked(warehouse, channel="post")["c"] == (False, "no decision")
    decide(warehouse, "c", True, "2025-03-01")
    assert asked(warehouse) == {"c": (True, "granted")}


@pytest.mark.parametrize(
    ("name", "value", "answer"),
    [
        ("email_opt_out", "true", (False, "opted out")),
        ("email_opt_out", "false", (False, "no decision")),
        ("do_not_contact", "yes", (False, "opted out")),
        ("accepts_marketing", "true", (True, "granted")),
        ("accepts_marketing", "no", (False, "opted out")),
        ("accepts_marketing", "maybe", (False, "no decision")),
        ("do_not_call", "true", (False, "no decision")),
    ],
)
def test_opt_in_and_opt_out_columns(warehouse, name, value, answer):
    warehouse.customers("c")
    warehouse.attribute("c", name, value)
    assert asked(warehouse) == {"c": answer}


def test_an_opt_out_column_without_a_date_beats_earlier_consents_only(warehouse):
    warehouse.customers("c", "d")
    for who, day in (("c", "2025-01-01"), ("d", "2026-03-01")):
        warehouse.attribute(who, "email_opt_out", "true", known_at=at("2026-01-01"))
        decide(warehouse, who, True, day)
    assert asked(warehouse) == {"c": (False, "opted out"), "d": (True, "granted")}
    derive(warehouse.engine, frozenset())
    assert warehouse.derived("c", "2026-06-01")["may_contact_email"] == "false"
    assert warehouse.derived("d", "2026-06-01")["may_contact_email"] == "true"


def test_deleted_people_are_never_contacted(warehouse):
    warehouse.customers("c", "back", "merged")
    for who in ("c", "back", "merged"):
        decide(warehouse, who, True, "2025-01-01")
    deleted(warehouse, "c")
    deleted(warehouse, "back", known_at="2025-06-01")
    deleted(warehouse, "back", deleted=False, known_at="2025-07-01")
    deleted(warehouse, "merged", merged_into="c")
    before = dt.datetime(2025, 2, 1, tzinfo=dt.UTC)
    assert asked(warehouse, when=before)["c"] == (False, "deleted")
    assert asked(warehouse)["back"] == (True, "granted")
    assert asked(warehouse)["merged"] == (True, "granted")
    derive(warehouse.engine, frozenset())
    assert warehouse.derived("c")["may_contact_email"] == "false"
    assert warehouse.derived("back")["may_contact_email"] == "true"


def test_decisions_become_traits_in_time(warehouse):
    warehouse.customers("c")
    decide(warehouse, "c", True, "2025-01-01")
    decide(warehouse, "c", False, "2025-03-01", channel="any")
    decide(warehouse, "c", True, None, purpose="analytics", channel="any")
    derive(warehouse.engine, frozenset())
    spring = warehouse.derived("c", "2025-02-01")
    assert spring == {
        "consent_marketing_email": "true",
        "may_contact_email": "true",
        "consent_analytics_any": "true",
    }
    summer = warehouse.derived("c", "2025-06-01")
    assert summer["may_contact_email"] == summer["may_contact_post"] == "false"
    assert summer["consent_marketing_email"] == "true"
    assert summer["consent_marketing_any"] == "false"


def test_what_a_source_says_itself_is_left_alone(warehouse):
    warehouse.customers("c")
    decide(warehouse, "c", True, "2025-01-01")
    derive(warehouse.engine, frozenset({"may_contact_email"}))
    assert warehouse.derived("c") == {"consent_marketing_email": "true"}


def test_purposes_and_channels_may_be_empty_or_hostile(warehouse):
    warehouse.customers("c")
    decide(warehouse, "c", True, "2025-01-01", purpose="", channel="")
    decide(warehouse, "c", True, "2025-01-01", purpose="x'; drop table customers; --", channel="Fax")
    assert asked(warehouse) == {"c": (True, "granted")}
    assert asked(warehouse, purpose="x'; drop table customers; --", channel="fax")["c"] == (True, "granted")
