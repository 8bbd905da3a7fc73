import datetime as dt

from segmentary.ledger.ledger import Ledger
from segmentary.ledger.suppressions import append_suppression
from segmentary.workspace.consent_state import ledger_state
from segmentary.workspace.consents import decide

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def test_the_ledger_alone_says_what_it_knows(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    decide(ledger, "ann", "marketing", "email", False, "call", at=NOW)
    append_suppression(ledger, "email", customer_id="ann", reason="complaint", origin="person", at=NOW)
    found = ledger_state(ledger, "ann")
    assert [(one.granted, one.words, one.source) for one in found.decisions] == [(False, "call", "person")]
    assert [one.reason for one in found.suppressions] == ["complaint"]
    assert not found.whole
    assert ledger_state(ledger, "bob").decisions == ()
