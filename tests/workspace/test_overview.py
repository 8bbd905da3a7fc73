"""The state of a business: figures of the newest run, moves with reasons, how far the work is."""

from __future__ import annotations

import segmentary as sg
from segmentary.workspace.overview import commonest, overview


def test_an_empty_workspace_has_a_state(tmp_path):
    with sg.init(tmp_path / "shop") as workspace:
        found = overview(workspace)
    assert (found.customers, found.covered, found.reachable) == ((), None, None)
    assert (found.sources, found.moves, found.months) == ((), (), ())
    assert (found.work.sources, found.work.runs, found.work.segments, found.work.status) == (0, 0, 0, "")


def test_figures_are_those_of_the_newest_run(tmp_path):
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "order_id,customer_id,ordered_at,amount\n"
        + "".join(f"o{n},c{n % 20},2026-0{1 + n % 3}-1{n % 9},1{n}.00\n" for n in range(60))
    )
    segment = "segment: buyers\nwhere: {trait: order_count, gte: 3}\n"
    with sg.init(tmp_path / "shop", currency="EUR") as workspace:
        workspace.add(orders)
        (workspace.folder.segments / "buyers.yaml").write_text(segment)
        workspace.apply()
        workspace.run(as_of="2026-03-01")
        first = overview(workspace)
        workspace.run(as_of="2026-04-01")
        found = overview(workspace)
        people = workspace.segment("buyers").count().people
        total = workspace.sales("month", as_of="2026-04-01").total
    assert first.moves == ()
    assert found.customers == (20, 20)
    (move,) = found.moves
    assert (move.segment, move.people, move.entered, move.left) == ("buyers", people, people, 0)
    assert move.entered_because == "ageing"  # the orders were known before; time has reached them
    assert found.covered == people == 20
    assert sum(month.money for month in found.months) == total
    assert [(one.source, one.rows) for one in found.sources] == [("orders", 60)]
    assert (found.work.has_orders, found.work.has_consents, found.work.status) == (True, False, "fresh")


def test_of_equal_reasons_the_first_by_name():
    assert commonest({"event": 2, "ageing": 2, "edit": 1}) == "ageing"
    assert commonest({}) == ""
