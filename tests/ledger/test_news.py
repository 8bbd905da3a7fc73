"""What is newest, in one look."""

import datetime as dt

from segmentary.ledger import jobs
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.news import Newest, chain_holds, newest

AT = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def test_numbers_grow(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert newest(ledger) == Newest(0, 0, 0, 0)
    assert chain_holds(ledger)
    jobs.add(ledger, "one", "run", "{}", "ines", at=AT)
    assert newest(ledger) == Newest(0, 0, 0, 0)
    jobs.ask_to_stop(ledger, "one", at=AT)
    assert newest(ledger).jobs == 1
    for _ in range(3):
        ledger.audit("something", {}, at=AT)
    assert chain_holds(ledger)
    ledger.connection.execute("delete from audit where number = 2")
    assert not chain_holds(ledger)
    ledger.close()
