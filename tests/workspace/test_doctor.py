"""The doctor says which archived file is not what was written, and advises nothing that makes it worse."""

import pytest

import segmentary as sg
from segmentary.engine.sqlfile import parse_query

ORDERS = """order_id,customer_id,ordered_at,amount
o1,ann,2026-01-05T10:00:00,10.00
o2,ann,2026-01-20T10:00:00,20.00
"""


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "orders.csv")
        yield workspace


def looked_at(workspace, name):
    return next(check for check in workspace.doctor().checks if check.name == name)


def archived(workspace):
    (path,) = [path for path in (workspace.folder.archive / "files").rglob("*") if path.is_file()]
    return path


def test_a_sound_archive(shop):
    assert looked_at(shop, "archive").verdict == "ok"
    assert looked_at(shop, "warehouse").verdict == "ok"


@pytest.mark.parametrize("damage", [lambda b: b[:-9] + b"\0" * 9, lambda b: b"", lambda b: b[: len(b) // 2]])
def test_a_changed_file_is_named(shop, damage):
    path = archived(shop)
    path.write_bytes(damage(path.read_bytes()))
    check = looked_at(shop, "archive")
    assert check.verdict == "bad"
    assert path.name in check.finding
    assert "not what was written" in check.finding
    assert "backup" in check.hint


def test_nobody_is_told_to_rebuild_from_a_lost_archive(shop):
    archived(shop).unlink()
    shop.engine.run("delete from loads")
    assert shop.engine.rows(parse_query("select count(*) from loads")) == [(0,)]
    for name in ("archive", "warehouse"):
        check = looked_at(shop, name)
        assert check.verdict == "bad"
        assert "rebuild" not in check.hint
        assert "backup" in check.hint


def test_a_warehouse_that_lacks_a_load_is_rebuilt_from_a_sound_archive(shop):
    shop.engine.run("delete from loads")
    assert "segmentary rebuild" in looked_at(shop, "warehouse").hint
