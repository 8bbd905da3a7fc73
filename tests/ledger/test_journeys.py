import datetime as dt
from dataclasses import replace

import pytest

from segmentary.ledger.journeys import (
    PositionEntry,
    begin,
    counts,
    elsewhere,
    end_all,
    entered_after,
    entries_of,
    last_entries,
    move,
    under_way,
)
from segmentary.ledger.ledger import Ledger

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.sqlite")
    yield made
    made.close()


def entry(customer: str, journey: str = "j", at: dt.datetime = NOW) -> PositionEntry:
    return PositionEntry(0, journey, "v1", customer, "hello", at, at)


def test_a_person_is_in_a_journey_at_most_once_at_a_time(ledger):
    assert begin(ledger, [entry("a"), entry("b"), entry("a")]) == 2
    assert begin(ledger, [entry("a", at=LATER)]) == 0
    (first, _) = under_way(ledger, "j")
    with ledger.transaction():
        move(ledger, [replace(first, ended_at=LATER, outcome="done")])
    assert begin(ledger, [entry("a", at=LATER)]) == 1
    assert [one.outcome for one in entries_of(ledger, "a")] == ["done", ""]
    assert last_entries(ledger, "j") == {"a": (LATER, True), "b": (NOW, True)}
    assert [one.customer_id for one in entered_after(ledger, "j", NOW)] == ["a"]
    assert len(entered_after(ledger, "j", None)) == 3


def test_where_people_are_and_how_it_ended(ledger):
    begin(ledger, [entry("a"), entry("b"), entry("c", "other")])
    waiting, _ = under_way(ledger, "j")
    with ledger.transaction():
        move(ledger, [replace(waiting, step="pause", since=LATER, wake_at=LATER + dt.timedelta(days=3))])
    assert counts(ledger, "j") == ({"pause": 1, "hello": 1}, {})
    assert under_way(ledger, "j")[0].wake_at == LATER + dt.timedelta(days=3)
    assert elsewhere(ledger, ["j"]) == {"a", "b"}
    assert elsewhere(ledger, []) == set()
    assert end_all(ledger, "j", "stopped", at=LATER) == 2
    assert counts(ledger, "j") == ({}, {"stopped": 2})
    assert [one.journey for one in under_way(ledger)] == ["other"]


def test_who_has_ended_stays_ended(ledger):
    begin(ledger, [entry("a")])
    (one,) = under_way(ledger, "j")
    end_all(ledger, "j", "stopped", at=NOW)
    with ledger.transaction():
        move(ledger, [replace(one, step="pause")])
    assert entries_of(ledger, "a")[0].outcome == "stopped"
