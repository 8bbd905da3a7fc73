"""What goes wrong around a workspace: rights, clocks, currencies, full disks, and death at the worst moment."""

import datetime as dt
import os
import shutil
import subprocess
import sys

import pytest

import segmentary as sg
from segmentary.engine.sqlfile import parse_query
from segmentary.errors import CurrencyError, SegmentaryError

ORDERS = """order_id,customer_id,ordered_at,amount
o1,ann,2026-01-05T10:00:00,10.00
o2,ann,2026-01-20T10:00:00,20.00
o3,bob,2026-01-25T10:00:00,5.50
"""
MORE = """order_id,customer_id,ordered_at,amount
o4,bob,2026-01-26T10:00:00,1.00
"""
FREQUENT = "segment: frequent\ntitle: Frequent\nwhere: {event: order_completed, count: {gte: 2}}\n"
AS_OF = "2026-02-01"


class Clock:
    """A clock that a test sets."""

    def __init__(self, moment):
        self.moment = moment

    def __call__(self):
        return self.moment


@pytest.fixture
def orders(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return path


def shop(folder, orders, **options):
    """Make a shop with three orders and one segment."""
    with sg.init(folder, environment={}, **options) as workspace:
        workspace.add(orders)
        (workspace.folder.segments / "frequent.yaml").write_text(FREQUENT)
        workspace.apply()
    return folder


def held(workspace):
    return sorted(row[0] for row in workspace.engine.rows(parse_query("select order_id from order_lines")))


# ---------------------------------------------------------------- rights


def test_a_folder_that_cannot_be_written(tmp_path, orders):
    folder = shop(tmp_path / "shop", orders)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    places = [folder, *(path for path in folder.rglob("*"))]
    rights = {path: path.stat().st_mode for path in places}
    try:
        for path in places:
            path.chmod(0o555 if path.is_dir() else 0o444)
        if os.access(folder, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(SegmentaryError) as caught:
            sg.open(folder, environment={})
        assert caught.value.hint
    finally:
        for path, mode in rights.items():
            path.chmod(mode)
    assert {path: path.read_bytes() for path in before} == before
    with sg.open(folder, environment={}) as workspace:
        assert held(workspace) == ["o1", "o2", "o3"]


# ---------------------------------------------------------------- clocks


def test_a_clock_far_in_the_future_and_then_right_again(tmp_path, orders):
    right = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    clock = Clock(right.replace(year=2090))
    folder = shop(tmp_path / "shop", orders, clock=clock)
    with sg.open(folder, clock=clock, environment={}) as workspace:
        workspace.run(as_of=AS_OF)
        assert workspace.segment("frequent").ids() == ["ann"]
    clock.moment = right
    later = tmp_path / "later.csv"
    later.write_text(MORE)
    with sg.open(folder, clock=clock, environment={}) as workspace:
        workspace.add(later, name="orders")
        report = workspace.run(as_of=AS_OF)
        assert workspace.segment("frequent").ids() == ["ann", "bob"]
        assert [(one.segment, one.entered) for one in report.segments] == [("frequent", 1)]
        moments = [one.finished_at for one in workspace.runs()]
        assert moments == sorted(set(moments))
        assert workspace.ledger.audit_intact()
        assert workspace.verify().equal


# ---------------------------------------------------------------- currencies

MIXED = """order_id,customer_id,ordered_at,amount,currency
o1,ann,2026-01-05T10:00:00,10.00,EUR
o2,ann,2026-01-20T10:00:00,20.00,USD
o3,bob,2026-01-25T10:00:00,5.50,GBP
"""
RATES = """
[rates.USD]
2026-01-01 = "0.50"
2026-01-21 = "0.90"

[rates.GBP]
2026-01-01 = "2"
"""


def test_mixed_currencies_without_rates_are_refused_whole(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(MIXED)
    with sg.init(tmp_path / "shop", environment={}, currency="EUR") as workspace:
        with pytest.raises(CurrencyError) as caught:
            workspace.add(path)
        assert "[rates.GBP]" in caught.value.hint
        assert "[rates.USD]" in caught.value.hint
        assert held(workspace) == []
        assert workspace.verify().equal


def test_mixed_currencies_with_rates_are_converted_at_the_day_of_the_order(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(MIXED)
    folder = tmp_path / "shop"
    sg.init(folder, environment={}, currency="EUR").close()
    settings = folder / "segmentary.toml"
    settings.write_text(settings.read_text() + RATES)
    with sg.open(folder, environment={}) as workspace:
        workspace.add(path)
        spent = "segment: {}\nwhere: {{event: order_completed, sum: {{of: amount, is: {}}}}}\n"
        (workspace.folder.segments / "a.yaml").write_text(spent.format("twenty", "20"))
        (workspace.folder.segments / "b.yaml").write_text(spent.format("eleven", "11"))
        workspace.apply()
        workspace.run(as_of=AS_OF)
        assert workspace.segment("twenty").ids() == ["ann"]
        assert workspace.segment("eleven").ids() == ["bob"]
        assert workspace.verify().equal


def test_an_order_too_large_to_hold_does_not_stop_the_others(tmp_path):
    path = tmp_path / "orders.csv"
    header = "order_id,customer_id,ordered_at,sku,amount\n"
    lines = [f"o1,ann,2026-01-05T10:00:00,{sku},90000000000000.00" for sku in ("x", "y")]
    path.write_text(header + "\n".join([*lines, "o2,ann,2026-01-06T10:00:00,x,5.00"]) + "\n")
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(path, kind="order_lines")
        (workspace.folder.segments / "frequent.yaml").write_text(FREQUENT)
        workspace.apply()
        workspace.run(as_of=AS_OF)
        assert workspace.segment("frequent").ids() == ["ann"]
        assert workspace.quality().source("orders").find("amount_too_large") is not None
        assert workspace.verify().equal


# ---------------------------------------------------------------- death between the acknowledgement and the commit

DYING = """
import os, sys
import segmentary as sg
folder, what, file = sys.argv[1:]
with sg.open(folder, environment={}) as workspace:
    engine, ledger, run = workspace.engine, workspace.ledger, workspace.engine.run
    count = lambda table: ledger.rows(f"select count(*) from {table}")[0][0]
    before = count(what)

    def dying(sql):
        if sql == "commit" and count(what) > before:
            os._exit(9)
        return run(sql)

    engine.run = dying
    if what == "loads":
        workspace.add(file, name="orders")
    else:
        workspace.run(as_of="2026-02-01")
print("alive")
"""


def die(folder, what, file):
    """Kill a child process after the ledger has acknowledged and before the warehouse has committed."""
    arguments = [sys.executable, "-c", DYING, str(folder), what, str(file)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=90)
    assert done.returncode == 9, done.stderr
    assert "alive" not in done.stdout


def test_a_load_that_died_after_its_acknowledgement_is_completed(tmp_path, orders):
    folder = shop(tmp_path / "shop", orders)
    later = tmp_path / "later.csv"
    later.write_text(MORE)
    die(folder, "loads", later)
    with sg.open(folder, environment={}) as workspace:
        assert workspace.recovered == 1
        assert held(workspace) == ["o1", "o2", "o3", "o4"]
        (again,) = workspace.add(later, name="orders")
        assert again.already_loaded
        workspace.run(as_of=AS_OF)
        assert workspace.segment("frequent").ids() == ["ann", "bob"]
        assert workspace.verify().equal


def test_a_run_that_died_after_its_acknowledgement_is_completed(tmp_path, orders):
    folder = shop(tmp_path / "shop", orders)
    die(folder, "runs", orders)
    with sg.open(folder, environment={}) as workspace:
        assert workspace.recovered == 1
        assert [one.run_id for one in workspace.runs()] == [1]
        assert workspace.segment("frequent").ids() == ["ann"]
        assert workspace.verify().equal
    with sg.open(folder, environment={}) as workspace:
        assert workspace.recovered == 0


# ---------------------------------------------------------------- a full disk


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of 24 MB; taken away afterwards."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs root to mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True)
    if done.returncode != 0:
        pytest.skip("this machine mounts no small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(ballast):
    """Fill the disk to the last byte."""
    with ballast.open("wb", buffering=0) as stream:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while stream.write(b"x" * size):
                    pass
            except OSError:
                continue


def test_a_full_disk_and_then_room_again(small_disk, tmp_path, orders):
    folder = shop(small_disk / "shop", orders)
    big = tmp_path / "big.csv"
    rows = "".join(f"b{n},c{n % 977},2026-01-{n % 28 + 1:02d}T10:00:00,{n % 89}.25\n" for n in range(20_000))
    big.write_text("order_id,customer_id,ordered_at,amount\n" + rows)
    ballast = small_disk / "ballast"
    with sg.open(folder, environment={}) as workspace:
        fill(ballast)
        with pytest.raises(SegmentaryError) as caught:
            workspace.add(big, name="orders")
        assert "space" in f"{caught.value} {caught.value.hint}".lower()
    ballast.unlink()
    with sg.open(folder, environment={}) as workspace:
        assert held(workspace) == ["o1", "o2", "o3"]
        (report,) = workspace.add(big, name="orders")
        assert report.rows_kept == 20_000
        workspace.run(as_of=AS_OF)
        assert workspace.verify().equal


def test_a_disk_that_can_only_be_read(small_disk, orders):
    folder = shop(small_disk / "shop", orders)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], capture_output=True)
    if done.returncode != 0:
        pytest.skip("this machine cannot make a disk read-only")
    with pytest.raises(SegmentaryError) as caught:
        sg.open(folder, environment={})
    assert caught.value.hint
    assert {path: path.read_bytes() for path in before} == before
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    with sg.open(folder, environment={}) as workspace:
        assert held(workspace) == ["o1", "o2", "o3"]
