"""Many read, one changes: one state from beginning to end, and nothing half done."""

import threading

import pytest

import segmentary as sg
from segmentary.errors import BusyError, SegmentaryError
from segmentary.ledger.loads import loads as loads_of
from segmentary.workspace.runs import mark_served, served_run
from segmentary.workspace.serving import Serving

ORDERS = "order_id,customer_id,ordered_at,amount\n"


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("serving")
    orders = tmp_path / "orders.csv"
    orders.write_text(ORDERS + "o1,c1,2026-01-02T10:00:00,10.50\no2,c2,2026-01-03T10:00:00,4.50\n")
    with sg.init(tmp_path / "shop") as workspace:
        (workspace.folder.segments / "all.yaml").write_text("segment: buyers\nwhere: {trait: order_count, gte: 1}\n")
        workspace.add(orders, name="orders")
        workspace.apply()
        workspace.run(as_of="2026-02-01")
        made = Serving(workspace, readers=2)
        yield made
        made.close()


def test_a_reader_sees_one_state_while_another_thread_changes_it(serving, tmp_path):
    more = tmp_path / "more.csv"
    more.write_text(ORDERS + "o3,c3,2026-01-04T10:00:00,4.50\n")

    def change():
        with serving.changing() as workspace:
            workspace.add(more, name="orders")
            workspace.run(as_of="2026-02-02")

    with serving.reading() as workspace:
        before = workspace.segment("buyers").ids()
        thread = threading.Thread(target=change)
        thread.start()
        thread.join()
        assert workspace.segment("buyers").ids() == before == ["c1", "c2"]
    with serving.reading() as workspace:
        assert workspace.segment("buyers").ids() == ["c1", "c2", "c3"]


def test_what_follows_from_a_load_is_there_for_who_reads_next(serving, tmp_path):
    more = tmp_path / "more.csv"
    more.write_text(ORDERS + "o4,c4,2026-01-04T10:00:00,4.50\n")
    with serving.changing() as workspace:
        workspace.add(more, name="orders")
        loads = len(loads_of(workspace.ledger))
    with serving.reading() as workspace:
        assert workspace.derived.made_from() == loads


def test_work_that_was_cut_off_is_brought_to_an_end(serving):
    """The ledger acknowledged a run, and the warehouse did not get it."""
    with serving.changing() as workspace:
        newest = workspace.run(as_of="2026-02-03").run_id

    def cut_off():
        with serving.changing() as workspace:
            mark_served(workspace.engine, 1)
            raise SegmentaryError("cut off")

    with pytest.raises(SegmentaryError, match="cut off"):
        cut_off()
    assert served_run(serving.workspace.engine) == newest


def test_more_questions_than_readers(serving):
    with (
        serving.reading(),
        serving.reading(),
        pytest.raises(BusyError),
        serving.reading(patience_seconds=0.01),
    ):
        pass


def test_who_waits_for_a_turn_may_give_up(serving):
    given_up = threading.Event()

    def wait():
        def impatient():
            if serving.wanting:
                raise SegmentaryError("no longer")

        try:
            with serving.changing(waiting=impatient):
                pass
        except SegmentaryError:
            given_up.set()

    with serving.changing():
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert given_up.is_set()
    assert serving.wanting == 0
