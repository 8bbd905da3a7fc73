"""The table of jobs: claimed once, in order, with an end."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from segmentary.ledger import jobs
from segmentary.ledger.ledger import Ledger

AT = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.sqlite")
    yield made
    made.close()


def add(ledger, *names):
    for name in names:
        jobs.add(ledger, name, "run", '{"as_of": "2026-11-01"}', "ines", at=AT)


def test_the_oldest_is_claimed_and_ends_with_exact_numbers(ledger):
    add(ledger, "first", "second")
    claimed = jobs.claim(ledger, "me", at=AT, until=AT)
    assert (claimed.job, claimed.state, claimed.attempts, claimed.lease) == ("first", "running", 1, "me")
    assert not jobs.beat(ledger, "first", "half", 0.5, at=AT, until=AT)
    jobs.ask_to_stop(ledger, "first", at=AT)
    assert jobs.beat(ledger, "first", "half", 0.5, at=AT, until=AT)
    jobs.end(ledger, "first", "done", at=AT, result='{"revenue": 8911407.90}', problem=None)
    found = jobs.find(ledger, "first")
    assert found.ended
    assert (found.result, found.done_share) == ({"revenue": Decimal("8911407.90")}, 1.0)
    assert jobs.counts(ledger) == {("run", "done"): 1, ("run", "waiting"): 1}
    assert (jobs.waiting_of(ledger, "ines"), jobs.waiting_of(ledger, "max")) == (1, 0)


def test_no_job_is_claimed_twice(ledger, tmp_path):
    add(ledger, *(f"job-{number}" for number in range(40)))

    def claim_all(lease):
        own, found = Ledger(tmp_path / "ledger.sqlite"), []
        while (one := jobs.claim(own, lease, at=AT, until=AT)) is not None:
            found.append(one.job)
        own.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        claimed = [job for found in pool.map(claim_all, "abcd") for job in found]
    assert sorted(claimed) == sorted(f"job-{number}" for number in range(40))


def test_what_waits_is_stopped_at_once_and_what_is_cut_off_goes_back_to_its_place(ledger):
    add(ledger, "first", "second")
    jobs.ask_to_stop(ledger, "second", at=AT)
    assert jobs.find(ledger, "second").state == "cancelled"
    jobs.claim(ledger, "dead", at=AT, until=AT)
    assert [one.job for one in jobs.cut_off(ledger, "me")] == ["first"]
    assert jobs.cut_off(ledger, "dead") == []
    jobs.put_back(ledger, "first", counted=False)
    assert (jobs.find(ledger, "first").state, jobs.find(ledger, "first").attempts) == ("waiting", 0)
    assert jobs.claim(ledger, "me", at=AT, until=AT).job == "first"
    jobs.end(ledger, "first", "failed", at=AT, problem={"title": "no", "code": "x", "hint": None})
    assert jobs.find(ledger, "first").problem["title"] == "no"


def test_lists(ledger):
    assert jobs.listed(ledger, limit=10) == []
    assert jobs.find(ledger, "nobody") is None
    add(ledger, "a", "b", "c")
    assert [one.job for one in jobs.listed(ledger, limit=2)] == ["c", "b"]
    assert [one.job for one in jobs.listed(ledger, before=2, limit=2)] == ["a"]
    assert jobs.listed(ledger, states=("done",), limit=2) == []
    assert len(jobs.listed(ledger, kinds=("run",), limit=9)) == 3
    assert jobs.waiting_like(ledger, "run", '{"as_of": "2026-11-01"}').job == "a"
    assert jobs.waiting_like(ledger, "run", "{}") is None
