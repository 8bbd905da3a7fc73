"""Answers are kept for two days by caller and key."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from segmentary.ledger.ledger import Ledger
from segmentary.ledger.requests_answered import KEPT, begin_request, end_request

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def test_an_answer_is_given_again_to_its_caller_only(tmp_path):
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        assert begin_request(ledger, "ada", "k", "f", at=AT) is None
        assert begin_request(ledger, "ada", "k", "f", at=AT).status == 0
        end_request(ledger, "ada", "k", status=201, headers="{}", body=b"done")
        held = begin_request(ledger, "ada", "k", "other", at=AT)
        assert (held.fingerprint, held.status, held.body) == ("f", 201, b"done")
        assert begin_request(ledger, "bob", "k", "f", at=AT) is None
        end_request(ledger, "bob", "k", status=0)
        assert begin_request(ledger, "bob", "k", "f", at=AT) is None
        assert begin_request(ledger, "ada", "k", "f", at=AT + KEPT + dt.timedelta(seconds=1)) is None
