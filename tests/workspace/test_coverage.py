"""The log of a segment begins somewhere: what asks about a time before that is refused or left as it was."""

import datetime as dt

import pytest

import segmentary as sg
from segmentary.errors import CoverageError
from segmentary.ledger.attempts import begin

ORDERS = """order_id,customer_id,ordered_at,amount
o1,ann,2025-11-10T10:00:00,10
o2,ann,2026-01-20T10:00:00,20
o3,bob,2025-12-05T10:00:00,5
o4,cyd,2026-02-03T10:00:00,7
"""
ACTIVE = "segment: active\nwhere: {event: order_completed, during: {last: 40d}, count: {gte: 1}}\n"
WAS = "---\nsegment: was_active\nwhere: {segment: active, during: {last: 60d}}\n"
OTHERS = (
    "---\nsegment: came\nwhere: {segment: active, entered: true}\n"
    "---\nsegment: stays\nwhere: {any: [{segment: active}, {segment: stays, during: {last: 7d}}]}\n"
)


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    with sg.init(tmp_path / "shop") as workspace:
        workspace.add(tmp_path / "orders.csv")
        yield workspace


def write(workspace, *texts):
    (workspace.folder.segments / "all.yaml").write_text("".join(texts))
    workspace.apply()


def test_before_the_log_begins_there_is_no_answer_and_the_others_are_served(shop):
    write(shop, ACTIVE, WAS, OTHERS)
    report = shop.run(as_of="2026-02-10")
    assert [one.segment for one in report.segments] == ["active", "came", "stays"]
    (warning,) = [one for one in report.warnings if "was_active" in one]
    assert "left as it was" in warning
    states = {one.name: one.status for one in shop.segments()}
    assert states["was_active"].startswith("never run: it asks who was in active from 2025-12-12")
    assert states["active"] == "fresh"
    with pytest.raises(CoverageError, match="the log of active begins at 2026-02-10 00:00 UTC") as caught:
        shop.segment("was_active").count(as_of="2026-02-10")
    assert "segmentary segment backfill active --history 'since 2025-12-12'" in caught.value.hint
    assert shop.verify().equal
    # With the history it asks for it is answered.
    shop.history.backfill("active", "2025-12-12", every="day")
    shop.run(as_of="2026-02-11")
    assert shop.segment("was_active").ids() == ["ann", "bob", "cyd"]
    assert shop.segment("was_active").ids() == shop.segment("was_active").ids(as_of="2026-02-11")
    assert shop.verify().equal


def test_what_cannot_be_answered_any_more_is_served_as_it_was(shop):
    write(shop, ACTIVE, WAS.replace("60d", "5d"))
    shop.run(as_of="2026-02-10")
    shop.run(as_of="2026-02-16")
    before = shop.segment("was_active").ids()
    assert before == ["ann", "cyd"]
    write(shop, ACTIVE, WAS.replace("60d", "500d"))
    shop.run(as_of="2026-03-01")
    assert shop.segment("was_active").ids() == before
    reading = shop.segment("was_active").count()
    assert reading.status.startswith("stale: it asks who was in active")
    assert reading.version_number == 1
    assert shop.verify().equal
    shop.rebuild()
    assert shop.segment("was_active").ids() == before


def test_a_definition_asks_for_its_history_and_the_next_run_computes_it(shop):
    write(shop, ACTIVE.replace("where", "history: all\nwhere"), WAS)
    told = []
    report = shop.run(as_of="2026-02-10", progress=told.append)
    assert any(one.startswith("active: 2025-11-10, 1 of") for one in told)
    assert {one.segment: one.members for one in report.segments} == {"active": 2, "was_active": 2}
    assert not [one for one in report.warnings if "active" in one]
    (done,) = shop.history.backfills("active")
    assert done.every == "month"
    shop.run(as_of="2026-02-11")
    assert len(shop.history.backfills()) == 1
    # A new meaning has a new history; new words have not.
    write(shop, ACTIVE.replace("40d", "50d").replace("where", "history: {since: 2026-01-01}\nwhere"), WAS)
    shop.run(as_of="2026-02-12")
    assert [one.since.date() for one in shop.history.backfills("active")][1:] == [dt.date(2026, 1, 1)]
    assert shop.verify().equal


def test_a_backfill_runs_first_by_itself(shop):
    write(shop, ACTIVE)
    found = shop.history.backfill("active", "2026-01-01")
    assert found.moments > 0
    assert len(shop.runs()) == 1


def test_a_backfill_that_was_killed_is_done_again(shop):
    write(shop, ACTIVE)
    shop.run(as_of="2026-02-10")
    wish = {"span": "2025-12-01", "every": "month", "knowledge": "now"}
    number = begin(shop.ledger, "backfill", "active", at=shop.tick(), detail=wish)
    shop.ledger.under_way.discard(number)
    assert "did not finish" in shop.segment("active").count().status
    report = shop.run(as_of="2026-02-11")
    assert "did not finish: it is done again" in report.warnings[0]
    assert shop.segment("active").count().status == "fresh"
    assert len(shop.history.backfills("active")) == 1


def test_what_is_typed_is_judged_when_the_segments_are(shop):
    write(shop, ACTIVE)
    shop.run(as_of="2026-02-10")
    rule = "did order_completed in last 40d"
    assert shop.where(rule).count().people == shop.segment("active").count().people
    assert shop.segment("active").count(basis="evaluated").as_of == shop.last_run().as_of


def test_lint_says_beforehand_what_the_log_cannot_answer(shop):
    write(shop, ACTIVE, WAS)
    shop.run(as_of="2026-02-10")
    text = "segment: two_weeks\nwhere: {segment: active, during: {last: 14d}}\n"
    (shop.folder.root / "new.yaml").write_text(text + "---\n" + ACTIVE.replace("active", "also_active"))
    found = shop.lint(shop.folder.root / "new.yaml")
    (early,) = [one for one in found if one.definition == "two_weeks"]
    assert early.severity == "warning"
    assert "the log of active begins at 2026-02-10" in early.message
    assert "segmentary segment backfill active" in early.hint
    # A neighbour that cannot be answered does not keep the others from being judged.
    assert any(one.definition == "also_active" and "active" in one.message for one in found)
