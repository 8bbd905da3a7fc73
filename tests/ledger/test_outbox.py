"""The outbox: in once, leased by one, marked for good."""

import datetime as dt
from dataclasses import replace

import pytest

from segmentary.ledger import offer_uses, outbox
from segmentary.ledger.ledger import Ledger, instant_text
from segmentary.ledger.outbox import Entry

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def entry(number, **given):
    made = Entry(
        f"m{number}", "autumn-1", "autumn", f"c{number}", "email", "marketing", "s", "treated", "v", "",
        f"c{number}@x.example", f"hash{number}", b"payload",
    )  # fmt: skip
    return replace(made, **given)


@pytest.fixture
def ledger(tmp_path):
    with_file = Ledger(tmp_path / "ledger.sqlite")
    yield with_file
    with_file.close()


def leased(ledger, owner="me", *, now=NOON, limit=10, channel="email", origin=""):
    return outbox.lease(ledger, owner, now=now, until=now + HOUR, limit=limit, channel=channel, origin=origin)


def states(ledger):
    return {(one.state, one.reason): one.messages for one in outbox.counts(ledger)}


def test_a_message_is_in_once_whatever_became_of_it(ledger):
    assert outbox.put(ledger, (entry(n) for n in range(2_500)), at=NOON) == 2_500
    [first] = leased(ledger, limit=1)
    assert outbox.end(ledger, first, "sent", at=NOON)
    assert outbox.put(ledger, [entry(0, payload=b"other"), entry(2_500)], at=NOON) == 1
    assert states(ledger) == {("sent", ""): 1, ("waiting", ""): 2_500}
    assert outbox.put(ledger, [], at=NOON) == 0


def test_two_senders_never_hold_the_same_message(ledger, tmp_path):
    outbox.put(ledger, (entry(n) for n in range(25)), at=NOON)
    other = Ledger(tmp_path / "ledger.sqlite")
    mine, theirs = leased(ledger, "me"), leased(other, "them", limit=20)
    assert (len(mine), len(theirs)) == (10, 15)
    assert not {one.number for one in mine} & {one.number for one in theirs}
    assert outbox.held(ledger, mine[0])
    assert not outbox.held(ledger, replace(mine[0], lease="them"))
    assert not outbox.end(ledger, replace(theirs[0], lease="me"), "withheld", at=NOON)
    assert outbox.release(other, "them") == 15
    assert not outbox.end(other, theirs[0], "withheld", at=NOON)
    other.close()


def test_they_leave_in_the_order_they_are_due_and_not_before(ledger):
    late, early = instant_text(NOON + HOUR), instant_text(NOON - HOUR)
    outbox.put(ledger, [entry(0, not_before=late), entry(1), entry(2, not_before=early)], at=NOON - 2 * HOUR)
    assert outbox.due(ledger, now=NOON, channel="email") == (2, late)
    assert [one.message for one in outbox.due_entries(ledger, now=NOON, channel="email")] == ["m1", "m2"]
    assert [one.entry.message for one in leased(ledger)] == ["m1", "m2"]
    assert not leased(ledger, channel="sms")
    assert [one.entry.message for one in leased(ledger, now=NOON + HOUR)] == ["m0"]


def test_only_those_of_an_origin(ledger):
    outbox.put(ledger, [entry(0), entry(1, origin="journey:welcome")], at=NOON)
    assert outbox.origins(ledger, now=NOON, channel="email") == ["autumn-1", "journey:welcome"]
    assert [one.entry.message for one in leased(ledger, origin="journey:welcome")] == ["m1"]
    assert outbox.channels(ledger) == ["email"]
    assert [one.message for _, one in outbox.entries(ledger, origin="autumn-1")] == ["m0"]


def test_leases_of_the_dead_come_back(ledger):
    outbox.put(ledger, [entry(0), entry(1)], at=NOON)
    leased(ledger, limit=1)
    assert outbox.release_dead(ledger, now=NOON) == 0
    assert outbox.extend(ledger, "me", until=NOON + 3 * HOUR) == 1
    assert outbox.release_dead(ledger, now=NOON + 2 * HOUR) == 0
    assert outbox.release_dead(ledger, now=NOON + 4 * HOUR) == 1
    leased(ledger)
    assert outbox.release_dead(ledger) == 2
    assert states(ledger) == {("waiting", ""): 2}


def test_what_is_put_back_counts_its_tries_and_waits(ledger):
    outbox.put(ledger, [entry(0)], at=NOON)
    [one] = leased(ledger)
    assert outbox.again(ledger, one, not_before=NOON + HOUR, attempts=1, reason="retry", reply="451")
    assert not leased(ledger)
    [later] = leased(ledger, now=NOON + HOUR)
    assert later.attempts == 1
    assert later.created_at == one.created_at


def test_cancelling_reaches_what_is_leased(ledger):
    outbox.put(ledger, [entry(n) for n in range(4)], at=NOON)
    first, second, *_ = leased(ledger, limit=3)
    outbox.end(ledger, first, "sent", at=NOON)
    assert outbox.cancel(ledger, "autumn-1", at=NOON, reason="wrong offer", customer_id="c1") == 1
    assert not outbox.held(ledger, second)
    assert not outbox.end(ledger, second, "withheld", at=NOON)
    assert not outbox.again(ledger, second, not_before=NOON, attempts=1)
    assert outbox.cancel(ledger, "autumn-1", at=NOON) == 2
    assert states(ledger)[("sent", "")] == 1


def test_what_left_was_sent_though_it_was_cancelled_meanwhile(ledger):
    outbox.put(ledger, [entry(n) for n in range(2)], at=NOON)
    first, _ = leased(ledger)
    ledger.connection.execute(
        "insert into offer_uses (offer, customer_id, message, amount, promised_at, released_at)"
        " values ('spring.seeds', 'c0', ?, '1', '2026-01-01', '')",
        (first.entry.message,),
    )
    outbox.cancel(ledger, "autumn-1", at=NOON, reason="wrong offer")
    assert offer_uses.release_unsent(ledger, at=NOON) == 1
    assert outbox.end(ledger, first, "sent", at=NOON + HOUR, reply="250 ok")
    assert states(ledger) == {("sent", ""): 1, ("cancelled", "wrong offer"): 1}
    assert offer_uses.counted(ledger)["spring.seeds"].promised == 1
    assert not outbox.end(ledger, first, "sent", at=NOON), "it was marked already"


def test_what_was_given_up_waits_again_and_what_bounced_does_not(ledger):
    outbox.put(ledger, [entry(n) for n in range(3)], at=NOON)
    for one, reason in zip(leased(ledger), ("gave_up", "rejected", "bounced"), strict=True):
        outbox.end(ledger, one, "failed", at=NOON, reason=reason)
    assert outbox.retry(ledger, at=NOON + HOUR, channel="sms") == 0
    assert outbox.retry(ledger, at=NOON + HOUR, origin="autumn-1") == 2
    assert [(one.attempts, one.created_at) for one in leased(ledger, now=NOON + HOUR)] == [
        (0, instant_text(NOON + HOUR))
    ] * 2


def test_many_are_marked_at_once_also_what_was_cancelled_while_it_was_written(ledger):
    outbox.put(ledger, [entry(n) for n in range(3)], at=NOON)
    many = leased(ledger)
    outbox.cancel(ledger, "autumn-1", at=NOON, customer_id="c1")
    assert outbox.end_all(ledger, many, at=NOON, reply="written to a.csv") == 3
    assert outbox.end_all(ledger, many, at=NOON, reply="written to b.csv") == 0
    assert outbox.replies(ledger, "autumn-1") == ["written to a.csv"]


def test_what_ended_is_told_once(ledger):
    outbox.put(ledger, [entry(n) for n in range(3)], at=NOON)
    for one, state in zip(leased(ledger), ("sent", "failed", "withheld"), strict=True):
        outbox.end(ledger, one, state, at=NOON, reason="bounced" if state == "failed" else "")
    told = outbox.finished(ledger)
    assert [(one.state, one.reason, one.entry.message) for one in told] == [
        ("sent", "", "m0"),
        ("failed", "bounced", "m1"),
    ]
    outbox.mark_loaded(ledger, [told[0].number], "load1")
    assert [one.entry.message for one in outbox.finished(ledger)] == ["m1"]
    assert outbox.finished(ledger, after=told[1].number) == []


def test_our_messages_among_others(ledger):
    outbox.put(ledger, [entry(n) for n in range(3)], at=NOON)
    found = outbox.known(ledger, ["m1", "somebody's", *(f"x{n}" for n in range(2_000)), "m2"])
    assert found.keys() == {"m1", "m2"}
    assert (found["m1"].campaign, found["m1"].variant, found["m1"].address_hash) == ("autumn", "v", "hash1")
