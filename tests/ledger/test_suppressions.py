import datetime as dt

import pytest

from segmentary.errors import UsageError
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.suppressions import (
    append_suppression,
    is_suppressed,
    learnt,
    lift_suppressions,
    suppressions,
    suppressions_of,
)

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def put(ledger, channel="email", origin="person", **of):
    return append_suppression(ledger, channel, reason="bounce", origin=origin, at=NOW, **of)


def test_an_address_is_on_the_list_of_its_channel_until_somebody_lifts_it(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert put(ledger, address_hash="a")
    assert not put(ledger, address_hash="a")
    assert is_suppressed(ledger, "email", "a", ())
    assert not is_suppressed(ledger, "sms", "a", ())
    assert not is_suppressed(ledger, "email", "", ("ann",))
    said = {"reason": "mended", "by": "eve", "at": NOW}
    assert lift_suppressions(ledger, "sms", address_hash="a", **said) == 0
    assert lift_suppressions(ledger, "email", address_hash="a", **said) == 1
    assert not is_suppressed(ledger, "email", "a", ())
    assert put(ledger, address_hash="a")
    assert (len(suppressions(ledger)), len(suppressions(ledger, in_force=False))) == (1, 2)


def test_what_was_learnt_is_not_learnt_again(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert put(ledger, address_hash="a", origin="event:1")
    lift_suppressions(ledger, "any", address_hash="a", reason="mended", by="eve", at=NOW)
    assert not put(ledger, address_hash="a", origin="event:1")
    before = NOW - dt.timedelta(days=1)
    assert not put(ledger, address_hash="a", origin="event:3", happened_at=before)
    assert put(ledger, address_hash="a", origin="event:2", happened_at=NOW + dt.timedelta(days=1))
    assert learnt(ledger) == {"event:1", "event:2"}


def test_a_person_is_suppressed_on_all_channels(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    put(ledger, "any", customer_id="ann")
    assert is_suppressed(ledger, "sms", "whatever", ("other", "ann"))
    assert [one.customer_id for one in suppressions_of(ledger, "ann", ("b",))] == ["ann"]
    with pytest.raises(UsageError):
        put(ledger)
