"""What began and did not end is known; what ended well is forgotten."""

import datetime as dt

from segmentary.ledger.attempts import begin, end, unfinished
from segmentary.ledger.ledger import Ledger

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_an_attempt_without_an_end_is_found_until_one_succeeds(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    assert unfinished(ledger, "run") is None
    first = begin(ledger, "run", "", at=NOON)
    assert ledger.under_way == {first}
    ledger.close()
    ledger = Ledger(tmp_path / "ledger")
    found = unfinished(ledger, "run")
    assert (found.number, found.started_at, ledger.under_way) == (first, NOON, set())
    second = begin(ledger, "run", "", at=NOON)
    end(ledger, second, "failed", at=NOON)
    assert unfinished(ledger, "run").number == second
    third = begin(ledger, "run", "", at=NOON)
    end(ledger, third, "done", at=NOON)
    assert unfinished(ledger, "run") is None
    begin(ledger, "backfill", "vip", at=NOON)
    assert unfinished(ledger, "run") is None
    assert unfinished(ledger, "backfill", "other") is None
    assert unfinished(ledger, "backfill", "vip") is not None
    ledger.close()
