"""History computed afterwards: it says what was true then, and changes nothing that was served."""

import datetime as dt

import pytest

import segmentary as sg
from segmentary.errors import UsageError

ORDERS = """order_id,customer_id,ordered_at,amount
o1,ann,2025-11-10T10:00:00,10
o2,ann,2026-01-20T10:00:00,20
o3,bob,2025-12-05T10:00:00,5
o4,cyd,2026-02-03T10:00:00,7
o5,dan,2025-10-05T10:00:00,7
"""
ACTIVE = "segment: active\nwhere: {event: order_completed, during: {last: 40d}, count: {gte: 1}}\n"


def day(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    with sg.init(tmp_path / "shop") as workspace:
        workspace.add(tmp_path / "orders.csv")
        (workspace.folder.segments / "active.yaml").write_text(ACTIVE)
        workspace.apply()
        yield workspace


def stays(workspace, name="active"):
    return [
        (one["customer_id"], one["entered_at"].date().isoformat(), one["left_at"] and one["left_at"].date().isoformat())
        for one in workspace.history.stays(name).to_pylist()
    ]


def test_it_runs_first_where_the_definition_as_it_is_was_not_part_of_the_last_run(shop):
    shop.history.backfill("active", "all")
    assert len(shop.runs()) == 1
    (shop.folder.segments / "active.yaml").write_text(ACTIVE.replace("40d", "41d"))
    shop.apply()
    with pytest.raises(UsageError, match="nothing before it"):
        shop.history.backfill("active", shop.last_run().as_of)
    assert len(shop.runs()) == 2
    assert shop.runs()[1].as_of == shop.runs()[0].as_of


def test_stays_before_the_first_run_are_those_of_the_evaluations(shop):
    shop.run(as_of="2026-02-10")
    told = []
    found = shop.history.backfill("active", "2025-10-01", every="month", progress=told.append)
    assert found.moments == 5
    assert len(told) == 5
    assert "3 of 5" in told[2]
    assert stays(shop) == [
        ("ann", "2025-12-01", "2026-01-01"),
        ("ann", "2026-02-01", None),
        ("bob", "2026-01-01", "2026-02-01"),
        ("cyd", "2026-02-10", None),
        ("dan", "2025-11-01", "2025-12-01"),
    ]
    # What runs find later goes on from there.
    shop.run(as_of="2026-03-05")
    assert ("ann", "2026-02-01", "2026-03-05") in stays(shop)


def test_what_was_served_stays_as_it_was_served(shop):
    shop.run(as_of="2026-02-10")
    before = shop.segment("active").count()
    moment = before.read_at
    members = shop.segment("active").ids(served_at=moment)
    steps = shop.segment("active").history()
    shop.history.backfill("active", "all", every="day")
    assert shop.segment("active").ids(served_at=moment) == members == shop.segment("active").ids()
    assert shop.segment("active").ids(served_at=shop.segment("active").count().read_at) == members
    assert shop.segment("active").history() == steps
    assert shop.verify().equal
    held = shop.history.stays("active")
    shop.rebuild()
    assert shop.history.stays("active") == held
    assert shop.segment("active").ids() == members


def test_the_second_time_it_changes_nothing_more(shop):
    shop.run(as_of="2026-02-10")
    first = shop.history.backfill("active", "all", every="week")
    again = shop.history.backfill("active", "all", every="week")
    assert first.entered > 0
    assert (again.entered, again.left) == (0, 0)
    assert [one.number for one in shop.history.backfills("active")] == [1, 2]


def test_without_history_the_log_begins_with_the_run(shop):
    shop.run(as_of="2026-02-10")
    found = shop.history.backfill("active", "none")
    assert (found.since, found.moments, found.until) == (None, 0, day("2026-02-10"))
    assert shop.history.backfills() == []
    with pytest.raises(UsageError, match="nothing before it"):
        shop.history.backfill("active", "2026-02-10")


def test_with_the_knowledge_of_then_nobody_was_known_before_the_load(shop):
    shop.run(as_of="2026-02-10")
    found = shop.history.backfill("active", "2026-01-01", knowledge="then")
    # Loaded today: at those moments nothing was known, and the first run's members entered with it.
    assert (found.entered, found.left) == (0, 0)


def test_an_edited_segment_can_be_given_the_history_of_its_new_meaning(shop):
    shop.run(as_of="2025-12-15")  # ann, bob
    shop.run(as_of="2026-01-15")  # nobody new; ann left, bob left
    (shop.folder.segments / "active.yaml").write_text(ACTIVE.replace("40d", "400d"))
    shop.apply()
    shop.run(as_of="2026-02-10")
    served = {run.run_id: shop.segment("active").ids(served_at=run.finished_at) for run in shop.runs()}
    shop.history.backfill("active", "2025-10-01", every="day")
    # By the new meaning everybody who came stayed.
    assert [(who, left) for who, _, left in stays(shop) if left is None] == [
        (w, None) for w in ("ann", "bob", "cyd", "dan")
    ]
    assert {run.run_id: shop.segment("active").ids(served_at=run.finished_at) for run in shop.runs()} == served
