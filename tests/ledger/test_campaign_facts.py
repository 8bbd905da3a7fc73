"""What the ledger tells of a campaign: who was drawn, what left, what was withheld and promised."""

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.ledger.audiences import append_audience, set_state
from segmentary.ledger.campaign_facts import (
    campaigns_drawn,
    counts,
    drawn,
    first_sent,
    members,
    messages,
    money,
    promises,
    refusals,
    states,
)
from segmentary.ledger.decisions import append_decision
from segmentary.ledger.ledger import Ledger, instant_text

AT = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
PEOPLE = [("ann", "gold", "treated", "a", ""), ("bob", "gold", "holdout", "", ""), ("cyd", "gold", "", "", "refused"),
          ("dan", "gold", "treated", "a", "")]  # fmt: skip


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.sqlite")
    for number in (1, 2):
        append_audience(
            made, f"spring-{number}", campaign="spring", campaign_version="v", as_of=AT, frozen_at=AT, document={},
            members=PEOPLE,
        )  # fmt: skip
    set_state(made, "spring-2", "cancelled", at=AT)
    with made.transaction():
        for who, state in (("ann", "sent"), ("dan", "withheld")):
            made.connection.execute(
                "insert into outbox (message, origin, campaign, customer_id, channel, purpose, segment, arm, variant,"
                " address, address_hash, payload, state, created_at, not_before, ended_at)"
                " values (?, 'spring-1', 'spring', ?, 'email', 'm', 'gold', 'treated', 'a', '', '', '', ?, ?, ?, ?)",
                (f"m-{who}", who, state, *[instant_text(AT)] * 3),
            )
            made.connection.execute(
                "insert into offer_uses (offer, customer_id, message, amount, promised_at)"
                " values ('o', ?, ?, '2.50', ?)",
                (who, f"m-{who}", instant_text(AT)),
            )
    yield made
    made.close()


def test_everything_about_a_campaign(ledger):
    assert [one.audience for one in drawn(ledger, "spring")] == ["spring-1"]  # the other was cancelled unsent
    assert campaigns_drawn(ledger) == ["spring"]
    assert members(ledger, "spring-1") == [
        ("ann", "gold", "treated", "a"), ("bob", "gold", "holdout", ""), ("dan", "gold", "treated", "a"),
    ]  # fmt: skip
    assert counts(ledger, "spring-1") == [
        ("gold", "", "refused", 1), ("gold", "holdout", "", 1), ("gold", "treated", "", 2),
    ]  # fmt: skip
    assert messages(ledger, "spring") == [("ann", "m-ann"), ("dan", "m-dan")]
    assert states(ledger, "spring") == {("gold", "treated", "a"): {"sent": 1, "withheld": 1}}
    assert first_sent(ledger, "spring") == AT
    # What was promised in a message that never left is no cost.
    assert promises(ledger, "spring") == {("gold", "treated", "a"): (1, Decimal("2.50"))}


def test_a_no_by_the_link_of_a_message_belongs_to_its_campaign(ledger):
    for who, evidence in (("ann", "one-click link in message m-ann"), ("dan", "call of 2 May"), ("bob", "m-ann")):
        append_decision(
            ledger, who, "marketing", "email", granted=False, at=AT, evidence=evidence, origin="unsubscribe link"
        )
    assert refusals(ledger, "spring") == [("ann", AT)]


def test_nothing_about_another(ledger):
    assert drawn(ledger, "autumn") == []
    assert messages(ledger, "autumn") == []
    assert states(ledger, "autumn") == {}
    assert first_sent(ledger, "autumn") is None
    assert promises(ledger, "autumn") == {}
    assert money("much") == 0
