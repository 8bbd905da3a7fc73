"""What a tick does besides moving journeys on (tests/workspace/test_journeys.py)."""

import datetime as dt

import pytest
from tests.workspace.test_journeys import Clock, apply

import segmentary as sg
from segmentary.workspace.ticking import reason_to_run, tick

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\no1,c1,2026-01-01T10:00:00,10.00\n")
    clock = Clock()
    with sg.init(tmp_path / "shop", environment={}, clock=clock) as workspace:
        yield workspace, clock, tmp_path


def test_segments_are_computed_when_they_are_due_and_only_then(shop):
    workspace, clock, folder = shop
    assert tick(workspace).ran == "", "there is nothing to compute"
    workspace.add(folder / "orders.csv")
    (workspace.folder.segments / "all.yaml").write_text("segment: buyers\nwhere: {trait: order_count, gte: 1}\n")
    workspace.apply()
    assert tick(workspace).ran == "never run"
    assert tick(workspace).ran == ""
    (workspace.folder.segments / "all.yaml").write_text("segment: buyers\nwhere: {trait: order_count, gte: 2}\n")
    workspace.apply()
    assert tick(workspace).ran == "definitions changed"
    (folder / "more.csv").write_text("order_id,customer_id,ordered_at,amount\no2,c1,2026-01-02T10:00:00,10.00\n")
    workspace.add(folder / "more.csv")
    assert tick(workspace).ran == "data came in"
    assert workspace.segment("buyers").ids() == ["c1"]
    clock.on(minutes=59)
    assert reason_to_run(workspace, "due", HOUR) == ""
    clock.on(minutes=1)
    assert reason_to_run(workspace, "due", HOUR) == "the last run is too old"
    assert reason_to_run(workspace, "never", HOUR) == ""
    assert reason_to_run(workspace, "always", HOUR) == "asked for"


def test_journeys_wait_for_a_first_run(shop):
    workspace, _, folder = shop
    workspace.add(folder / "orders.csv")
    (workspace.folder.segments / "all.yaml").write_text("segment: buyers\nwhere: {trait: order_count, gte: 1}\n")
    workspace.apply()
    apply(workspace, {"journey": "j", "enter": {"segment": "buyers", "when": "is"}, "steps": [{"w": {"wait": "1d"}}]})
    found = tick(workspace, run="never")
    assert found.journeys == ()
    assert "nothing has been computed yet" in found.notes[0]
    assert tick(workspace).journeys[0].counts["entered"] == 1
