import datetime as dt

from segmentary.ledger.decisions import append_decision, decisions_of, mark_loaded, newest_decisions, not_loaded
from segmentary.ledger.ledger import Ledger

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
SAID = {"evidence": "form", "origin": "person"}


def test_decisions_stay_in_order_whatever_the_clock_does(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    append_decision(ledger, "ann", "marketing", "email", granted=True, at=NOW, **SAID)
    append_decision(ledger, "ann", "marketing", "email", granted=False, at=NOW - dt.timedelta(days=1), **SAID)
    early = NOW - dt.timedelta(days=9)
    append_decision(ledger, "ann", "marketing", "email", granted=True, at=early, dated=True, **SAID)
    first, second, third = decisions_of(ledger, ["ann"])
    assert second.happened_at > first.happened_at
    assert third.happened_at == early
    assert [one.number for one in newest_decisions(ledger, 2)] == [3, 2]
    mark_loaded(ledger, [1, 2], "abc")
    assert [one.number for one in not_loaded(ledger)] == [3]
    assert ledger.audit_intact()


def test_two_at_once(tmp_path):
    here, there = Ledger(tmp_path / "ledger.sqlite"), Ledger(tmp_path / "ledger.sqlite")
    append_decision(here, "ann", "any", "any", granted=False, at=NOW, **SAID)
    append_decision(there, "ann", "any", "any", granted=True, at=NOW, **SAID)
    assert [one.granted for one in decisions_of(here, ["ann"])] == [False, True]
    assert here.audit_intact()
