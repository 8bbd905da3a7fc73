"""A workspace does things completely or not at all, once, and says clearly what is wrong."""

import datetime as dt
import subprocess
import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import segmentary as sg
from segmentary.engine.sqlfile import parse_query
from segmentary.errors import (
    CycleError,
    DefinitionError,
    SettingsError,
    UnknownNameError,
    UsageError,
    WorkspaceError,
    WorkspaceLockedError,
)

ORDERS = """order_id,customer_id,ordered_at,amount
o1,ann,2026-01-05T10:00:00,10.00
o2,ann,2026-01-20T10:00:00,20.00
o3,bob,2026-01-25T10:00:00,5.50
"""
CUSTOMERS = """customer_id,email,country,birth_date
ann,Ann@Example.com,France,1990-02-01
bob,bob@example.com,Germany,2001-07-09
cyd,cyd@example.com,,1975-12-31
"""
FREQUENT = "segment: frequent\ntitle: Frequent\nwhere: {event: order_completed, count: {gte: 2}}\n"


class Clock:
    """A clock that a test sets."""

    def __init__(self, moment):
        self.moment = moment

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock(dt.datetime(2026, 2, 1, tzinfo=dt.UTC))


@pytest.fixture
def shop(tmp_path, clock):
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    with sg.init(tmp_path / "shop", clock=clock, environment={}) as workspace:
        workspace.add(tmp_path / "orders.csv", tmp_path / "customers.csv")
        (workspace.folder.segments / "frequent.yaml").write_text(FREQUENT)
        workspace.apply()
        yield workspace


def count(workspace, table):
    return workspace.engine.rows(parse_query(f"select count(*) from {table}"))[0][0]


def test_the_whole_line(shop):
    report = shop.run()
    assert report.customers == 3
    assert report.seconds > 0.001  # measured, though this workspace's own clock stands still
    (change,) = report.segments
    assert (change.segment, change.members, change.entered, change.entered_by_reason) == (
        "frequent",
        1,
        1,
        {"backfill": 1},
    )
    assert shop.segment("frequent").ids() == ["ann"]
    assert shop.segment("frequent").people(traits=["country", "order_count"]).to_pylist() == [
        {"customer_id": "ann", "country": "France", "order_count": 2}
    ]


def test_a_folder_that_is_no_workspace(tmp_path):
    with pytest.raises(UsageError, match="not a workspace") as caught:
        sg.open(tmp_path)
    assert "segmentary init" in caught.value.hint
    with pytest.raises(UsageError, match="there is no folder"):
        sg.open(tmp_path / "nowhere")


def test_a_workspace_is_not_made_twice(tmp_path):
    sg.init(tmp_path / "shop").close()
    with pytest.raises(WorkspaceError, match="already is a workspace"):
        sg.init(tmp_path / "shop")


def test_a_wrong_setting_makes_nothing(tmp_path):
    with pytest.raises(SettingsError):
        sg.init(tmp_path / "shop", currency="euro")
    with pytest.raises(SettingsError, match="did you mean 'currency'"):
        sg.init(tmp_path / "shop", curency="EUR")
    assert not (tmp_path / "shop").exists()


def test_a_second_process_is_told_who_has_it(shop):
    child = subprocess.run(
        [sys.executable, "-c", f"import segmentary as sg; sg.open({str(shop.folder.root)!r})"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "WorkspaceLockedError" in child.stderr
    assert "is in use by process" in child.stderr
    with pytest.raises(WorkspaceLockedError, match="this very process"):
        sg.open(shop.folder.root)


def test_nothing_computed_yet(shop):
    with pytest.raises(UsageError, match="nothing has been computed yet"):
        shop.segment("frequent").count()
    assert shop.segments()[0].people is None
    assert shop.segment("frequent").count(as_of="2026-02-01").people == 1


def test_names_are_suggested(shop):
    with pytest.raises(UnknownNameError, match="did you mean 'frequent'"):
        shop.segment("frequnt")


def test_entries_and_exits_with_reasons(shop, tmp_path, clock):
    shop.run()
    clock.moment = dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
    (tmp_path / "more.csv").write_text("order_id,customer_id,ordered_at,amount\no4,bob,2026-02-01T09:00:00,7\n")
    shop.add(tmp_path / "more.csv", name="orders")
    report = shop.run()
    assert report.segments[0].entered_by_reason == {"event": 1}
    clock.moment = dt.datetime(2026, 2, 3, tzinfo=dt.UTC)
    (tmp_path / "late.csv").write_text(
        "order_id,customer_id,ordered_at,amount\n" + "".join(f"o{n},cyd,2026-01-0{n}T09:00:00,7\n" for n in (5, 6))
    )
    shop.add(tmp_path / "late.csv", name="orders")
    assert shop.run().segments[0].entered_by_reason == {"late_data": 1}
    (shop.folder.segments / "frequent.yaml").write_text(FREQUENT.replace("gte: 2", "gte: 3"))
    assert "not applied yet: frequent" in shop.run().warnings[-1]
    shop.apply()
    report = shop.run()
    assert report.segments[0].left_by_reason == {"edit": 3}
    steps = shop.segment("frequent").history()
    assert [step.size for step in steps] == [1, 2, 3, 3, 0]


def test_leaving_because_time_passed(shop, clock):
    (shop.folder.segments / "recent.yaml").write_text(
        "segment: recent\nwhere: {event: order_completed, during: {last: 10d}, count: {gte: 1}}\n"
    )
    shop.apply()
    assert {c.segment: c.members for c in shop.run().segments}["recent"] == 1
    clock.moment = dt.datetime(2026, 2, 10, tzinfo=dt.UTC)
    change = {c.segment: c for c in shop.run().segments}["recent"]
    assert (change.members, change.left_by_reason) == (0, {"ageing": 1})


def test_what_was_served_is_never_rewritten(shop, tmp_path, clock):
    shop.run()
    clock.moment = dt.datetime(2026, 2, 5, tzinfo=dt.UTC)
    (tmp_path / "more.csv").write_text("order_id,customer_id,ordered_at,amount\no4,bob,2026-01-31T09:00:00,7\n")
    shop.add(tmp_path / "more.csv", name="orders")
    shop.run()
    view = shop.segment("frequent")
    assert view.ids(served_at="2026-02-02") == ["ann"]
    assert view.ids() == ["ann", "bob"]
    assert view.ids(as_of="2026-02-01") == ["ann", "bob"]  # judged with what is known now
    assert view.count(served_at="2026-02-02").basis == "served_at"
    with pytest.raises(UsageError, match="nothing was served"):
        view.ids(served_at="2025-01-01")


def test_a_stale_answer_says_so(shop, tmp_path):
    shop.run()
    assert shop.segment("frequent").count().status == "fresh"
    (tmp_path / "more.csv").write_text("order_id,customer_id,ordered_at,amount\no4,bob,2026-01-31T09:00:00,7\n")
    shop.add(tmp_path / "more.csv", name="orders")
    assert shop.segment("frequent").count().status == "stale: 1 load came since the run"


def test_all_of_a_call_or_nothing(shop, tmp_path):
    (tmp_path / "good.csv").write_text("order_id,customer_id,ordered_at,amount\no9,ann,2026-01-31T09:00:00,7\n")
    before = count(shop, "order_lines")
    with pytest.raises(sg.SegmentaryError):
        shop.add(tmp_path / "good.csv", tmp_path / "missing.csv", name="orders")
    assert count(shop, "order_lines") == before
    assert shop.ledger.rows("select count(*) from loads") == [(2,)]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_dataframes(tmp_path, make):
    frame = make(
        {
            "order_id": ["o1", "o2"],
            "customer_id": ["ann", "ann"],
            "ordered_at": [dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 6)],
            "amount": [1.5, 2.25],
        }
    )
    with sg.init(tmp_path / "shop") as workspace:
        (report,) = workspace.add(frame, name="orders")
        assert report.rows_kept == 2
        (again,) = workspace.add(frame, name="orders")
        assert again.already_loaded
        workspace.run(as_of="2026-02-01")
        assert workspace.verify().problems == ()


def test_definitions_in_python_and_dump(shop, tmp_path):
    shop.define(
        sg.define_segment("french", (sg.trait("country") == "France") & (sg.events("order_completed").count() >= 1))
    )
    shop.run()
    assert shop.segment("french").ids() == ["ann"]
    written = shop.dump(tmp_path / "out")
    assert sorted(path.name for path in written) == ["french.yaml", "frequent.yaml"]
    assert {c.change for c in shop.apply(tmp_path / "out")} == {"unchanged"}


def test_a_wrong_definition_changes_nothing(shop):
    wrong = "segment: broken\nwhere: {trait: contry, is: France}\n"
    (shop.folder.segments / "wrong.yaml").write_text(wrong)
    with pytest.raises(DefinitionError, match="country"):
        shop.apply()
    assert list(shop.segments_defined()) == ["frequent"]


def test_a_cycle_is_refused_with_its_path(shop):
    (shop.folder.segments / "cycle.yaml").write_text(
        "segment: a\nwhere: {segment: b}\n---\nsegment: b\nwhere: {segment: a}\n"
    )
    with pytest.raises(CycleError, match=r"a -> b -> a|b -> a -> b"):
        shop.apply()


def test_lists_are_brought_in_with_definitions(shop):
    (shop.folder.segments / "key_accounts.txt").write_text("bob\n# a remark\ncyd\nbob\n")
    (shop.folder.segments / "key.yaml").write_text("segment: key\nwhere: {list: key_accounts}\n")
    shop.apply()
    shop.run()
    assert shop.segment("key").ids() == ["bob", "cyd"]


def test_prune_retires_what_is_gone(shop):
    shop.run()
    (shop.folder.segments / "frequent.yaml").unlink()
    assert [c.change for c in shop.apply(dry_run=True, prune=True)] == ["retired"]
    assert "frequent" in shop.segments_defined()
    shop.apply(prune=True)
    assert shop.segments_defined() == {}
    (change,) = shop.run().segments
    assert (change.segment, change.left_by_reason) == ("frequent", {"edit": 1})


def test_waterfall_and_diff(shop, tmp_path):
    text = "segment: both\nwhere:\n  all:\n    - {trait: country, in: [France, Germany]}\n"
    text += "    - {event: order_completed, count: {gte: 2}}\n"
    (shop.folder.segments / "both.yaml").write_text(text)
    shop.apply()
    shop.run()
    found = shop.segment("both").waterfall()
    assert (found.universe, [(s.remaining, s.removed, s.alone, s.without) for s in found.steps]) == (
        3,
        [(2, 1, 2, 1), (1, 1, 1, 2)],
    )
    (tmp_path / "new.yaml").write_text(text.replace("gte: 2", "gte: 1"))
    difference = shop.segment("both").diff(tmp_path / "new.yaml")
    assert (difference.people_before, difference.people_after) == (1, 2)
    assert (difference.entering, difference.leaving) == (("bob",), ())


def test_overlap(shop):
    (shop.folder.segments / "buyers.yaml").write_text(
        "segment: buyers\nwhere: {event: order_completed, count: {gte: 1}}\n"
    )
    shop.apply()
    shop.run()
    found = shop.overlap()
    (pair,) = found.pairs
    assert (pair.shared, pair.either, pair.jaccard) == (1, 2, 0.5)


def test_explain(shop):
    shop.run()
    why = shop.segment("frequent").explain("ann")
    assert why.member
    assert len(why.conditions[0].evidence) == 2
    why_not = shop.segment("frequent").explain("bob")
    assert not why_not.member
    assert why_not.near_misses == ("ordered at least 2 times: value 1, needs 2 or more: 1 short",)
    with pytest.raises(UnknownNameError):
        shop.segment("frequent").explain("nobody")


def test_rebuild_verify_and_doctor(shop):
    shop.run()
    assert shop.doctor().ok
    assert shop.verify().problems == ()
    assert shop.rebuild() == 2
    assert shop.segment("frequent").ids() == ["ann"]
    assert shop.verify().equal
    shop.engine.execute(parse_one_statement("delete from membership_log"))
    assert "table membership_log differs" in shop.verify().problems[0]


def parse_one_statement(sql):
    from sqlglot import parse_one

    return parse_one(sql, read="duckdb")


def test_an_empty_workspace_answers(tmp_path):
    with sg.init(tmp_path / "shop") as workspace:
        report = workspace.run(as_of="2026-02-01")
        assert report.customers == 0
        assert workspace.segments() == []
        assert workspace.overlap().pairs == ()
        assert workspace.verify().equal
        assert workspace.doctor().ok


def test_a_clock_set_back_does_not_reorder_knowledge(shop, clock):
    shop.run()
    clock.moment = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    report = shop.run(as_of="2026-02-02")
    assert report.detected_at > shop.runs()[0].finished_at
