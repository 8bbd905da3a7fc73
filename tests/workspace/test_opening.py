"""Opening says what is damaged, loses nothing, and a damaged warehouse can be made again."""

import pytest

import segmentary as sg
from segmentary.errors import EngineError, WorkspaceError
from segmentary.workspace.opening import open_to_rebuild

ORDERS = "order_id,customer_id,ordered_at,amount\no1,ann,2026-01-05,10\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "orders.csv", kind="orders")
        workspace.run("2026-02-01")
    return tmp_path / "shop"


@pytest.mark.parametrize("damage", [lambda data: b"garbage" * 1000, lambda data: b"", lambda data: data[:20_000]])
def test_a_damaged_warehouse_is_set_aside_and_made_again(folder, damage):
    warehouse = folder / "warehouse.duckdb"
    warehouse.write_bytes(damage(warehouse.read_bytes()))
    with pytest.raises(EngineError, match="cannot open the warehouse") as told:
        sg.open(folder, environment={})
    assert "segmentary rebuild" in str(told.value)
    with open_to_rebuild(folder, environment={}) as workspace:
        assert workspace.rebuild() == 1
        assert workspace.verify().problems == ()
        assert workspace.last_run() is not None
    assert (folder / "warehouse.damaged.duckdb").exists()


def test_a_ledger_that_is_gone_is_not_replaced_by_an_empty_one(folder):
    (folder / "ledger.sqlite").unlink()
    with pytest.raises(WorkspaceError, match="is gone"):
        sg.open(folder, environment={})
    assert not (folder / "ledger.sqlite").exists()


def test_a_damaged_ledger_is_told_plainly(folder):
    ledger = folder / "ledger.sqlite"
    data = bytearray(ledger.read_bytes())
    for place in range(4096, len(data), 97):
        data[place] ^= 0xFF
    ledger.write_bytes(data)
    with pytest.raises(WorkspaceError, match="ledger") as told:
        sg.open(folder, environment={}).doctor()
    assert "backup" in str(told.value)


@pytest.mark.parametrize("day", ["0001-01-01", "0033-04-03", "9999-12-31"])
def test_a_run_in_a_strange_year_does_not_lock_anybody_out(folder, day):
    with sg.open(folder, environment={}) as workspace:
        workspace.run(day)
    with sg.open(folder, environment={}) as workspace:
        assert str(workspace.last_run().as_of.date()) == day
        assert workspace.verify().problems == ()
