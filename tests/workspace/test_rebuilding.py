"""What is served can be made again whatever came after the run: loads, definitions, a lost warehouse."""

import datetime as dt

import pytest

import segmentary as sg
from segmentary.engine.sqlfile import parse_query
from segmentary.errors import UsageError

HEADER = "order_id,customer_id,ordered_at,amount\n"
BUYERS = "segment: {}\nwhere: {{event: order_completed, count: {{gte: 1}}}}\n"


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "first.csv").write_text(HEADER + "o1,ann,2026-01-05,10\no2,bob,2026-01-20,20\n")
    (tmp_path / "second.csv").write_text(HEADER + "o3,cyd,2026-01-07,30\no4,ann,2026-01-29,5\n")
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "first.csv", name="orders", kind="orders")
        (workspace.folder.segments / "buyers.yaml").write_text(BUYERS.format("buyers"))
        workspace.apply()
        workspace.run("2026-02-01")
        yield workspace


def test_data_that_came_after_the_run_is_not_in_what_is_served(shop, tmp_path):
    shop.add(tmp_path / "second.csv", name="orders", kind="orders")
    assert shop.verify().problems == ()
    shop.rebuild()
    assert shop.segment("buyers").ids() == ["ann", "bob"]
    assert shop.verify().problems == ()


def test_a_run_in_the_past_serves_those_who_existed_then(shop):
    shop.run("2026-01-10")
    assert shop.verify().problems == ()
    assert shop.segment("buyers").ids() == ["ann"]


def test_definitions_that_came_after_the_run_are_not_in_what_is_served(shop):
    text = "---\n".join(BUYERS.format(f"buyers_{number}") for number in range(65))
    (shop.folder.segments / "more.yaml").write_text(
        text + "---\ntrait: orders_ever\ntype: number\nvalue: {event: order_completed, count: true}\n"
    )
    shop.apply()
    assert shop.verify().problems == ()


def test_a_lost_warehouse_comes_back_with_everything_that_was_served(shop, tmp_path):
    shop.add(tmp_path / "second.csv", name="orders", kind="orders")
    people = shop.segment("buyers").people(traits=["order_count"]).to_pylist()
    shop.close()
    shop.folder.warehouse.unlink()
    with sg.open(shop.folder.root, environment={}) as again:
        assert again.recovered == 3
        assert again.segment("buyers").people(traits=["order_count"]).to_pylist() == people
        assert again.verify().problems == ()
    with sg.open(shop.folder.root, environment={}) as again:
        assert again.recovered == 0


def test_a_run_killed_after_its_acknowledgement_is_completed(shop, monkeypatch):
    """The ledger has the run, the warehouse never committed it: also where nobody came or went."""
    run = type(shop.engine).run

    def power_cut(engine, sql):
        if sql == "commit" and shop.last_run().run_id == 2:
            raise KeyboardInterrupt
        return run(engine, sql)

    monkeypatch.setattr(type(shop.engine), "run", power_cut)
    with pytest.raises(KeyboardInterrupt):
        shop.run("2026-02-02")
    monkeypatch.undo()
    shop.close()
    with sg.open(shop.folder.root, environment={}) as again:
        assert again.recovered == 1
        assert again.last_run().as_of == dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
        recency = again.engine.rows(parse_query("select recency from traits order by customer_id"))
        assert [days for (days,) in recency] == [28, 13]
        assert again.verify().problems == ()


def test_a_first_run_that_fails_leaves_nothing(tmp_path, monkeypatch):
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        monkeypatch.setattr(workspace.archive, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            workspace.run("2026-02-01")
        monkeypatch.undo()
        assert workspace.verify().problems == ()


def test_segments_that_were_not_run_yet_have_no_overlap(shop):
    (shop.folder.segments / "more.yaml").write_text("---\n".join(BUYERS.format(f"b{n}") for n in range(65)))
    shop.apply()
    assert dict(shop.overlap().sizes) == {"buyers": 2}
    with pytest.raises(UsageError, match="b64 was not part of the last run"):
        shop.overlap("buyers", "b64")


CUSTOMERS = "customer_id,email,deleted\nann,{ann},false\nbob,{bob},false\ncyd,cyd@example.com,{gone}\n"


def test_people_who_are_joined_or_erased_leave_for_that_reason(tmp_path):
    (tmp_path / "orders.csv").write_text(HEADER + "o1,ann,2026-01-05,10\no2,bob,2026-01-20,20\no3,cyd,2026-01-20,20\n")
    (tmp_path / "first.csv").write_text(CUSTOMERS.format(ann="ann@example.com", bob="", gone="false"))
    (tmp_path / "second.csv").write_text(CUSTOMERS.format(ann="ann@example.com", bob="ann@example.com", gone="true"))
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "orders.csv", kind="orders")
        workspace.add(tmp_path / "first.csv", name="customers", kind="customers")
        (workspace.folder.segments / "buyers.yaml").write_text(BUYERS.format("buyers"))
        workspace.apply()
        workspace.run("2026-02-01")
        workspace.add(tmp_path / "second.csv", name="customers", kind="customers")
        (change,) = workspace.run("2026-02-02").segments
        assert change.left_by_reason == {"merge": 1, "erasure": 1}
        assert workspace.segment("buyers").ids() == ["ann"]
        assert workspace.verify().problems == ()


def test_segments_on_rfm_scores_are_empty_where_there_are_no_orders(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,email\nann,ann@example.com\n")
    rule = "segment: best\nwhere: {trait: rfm_segment, is: champions}\n"
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "customers.csv", kind="customers")
        (workspace.folder.segments / "best.yaml").write_text(rule)
        with pytest.raises(sg.SegmentaryError, match="unknown trait 'rfm_segment'"):
            workspace.apply()
        workspace.adopt()
        report = workspace.run("2026-02-01")
        assert report.customers == 1
        assert not any("rfm" in str(one) for one in workspace.segments_defined())


def test_a_source_that_says_monetary_itself_does_not_stop_the_runs(shop, tmp_path):
    (shop.folder.segments / "best.yaml").write_text("segment: best\nwhere: {trait: rfm_segment, exists: true}\n")
    shop.apply()
    shop.run("2026-02-01")
    assert shop.segment("best").ids() == ["ann", "bob"]
    (tmp_path / "customers.csv").write_text("customer_id,email,monetary\nann,ann@example.com,12\n")
    shop.add(tmp_path / "customers.csv", kind="customers")
    report = shop.run("2026-02-01")
    assert any("no RFM scores" in warning for warning in report.warnings)
    assert shop.segment("best").ids() == []
    assert shop.verify().problems == ()


def test_a_list_changed_after_a_run(tmp_path):
    """What was served rests on the list as it was; the answer says that it is stale."""
    (tmp_path / "orders.csv").write_text(
        "order_id,customer_id,ordered_at,amount\no1,ann,2026-01-05,1\no2,bob,2026-01-05,2\n"
    )
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "orders.csv", kind="orders")
        trait = "trait: key\ntype: boolean\nvalue: {case: [{when: {list: k}, then: {constant: true}}]}\n"
        (workspace.folder.segments / "k.yaml").write_text(
            f"{trait}---\nsegment: chosen\nwhere: {{trait: key, is: true}}\n"
        )
        (workspace.folder.segments / "k.txt").write_text("ann\n")
        workspace.apply()
        workspace.run(as_of="2026-02-01")
        assert workspace.segment("chosen").count().status == "fresh"
        (workspace.folder.segments / "k.txt").write_text("bob\n")
        workspace.apply()
        assert workspace.segment("chosen").ids() == ["ann"]
        assert "changed since the run" in workspace.segment("chosen").count().status
        assert workspace.verify().problems == ()
        (change,) = workspace.run(as_of="2026-02-01").segments
        assert (change.entered_by_reason, change.left_by_reason) == ({"edit": 1}, {"edit": 1})
        assert workspace.verify().problems == ()
