"""Killed while it computes: what was served stays served, everyone who reads is told, and the next run repairs it."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

import segmentary as sg

KILLS = int(os.environ.get("SEGMENTARY_KILLS", "6"))
"""`make kills` kills more often."""
WORKER = """
import sys
import segmentary as sg
with sg.open(sys.argv[1]) as workspace:
    print("open", flush=True)
    workspace.run(as_of=sys.argv[2])
    print("run", flush=True)
    workspace.history.backfill("active", "2026-01-02", every="day")
    print("backfill", flush=True)
"""
ACTIVE = "segment: active\nwhere: {event: order_completed, during: {last: 10d}, count: {gte: 2}}\n"
LOYAL = "segment: loyal\nwhere: {all: [{segment: active}, {event: order_completed, count: {gte: 5}}]}\n"


def make(folder, orders):
    workspace = sg.init(folder)
    for name, text in (("active", ACTIVE), ("loyal", LOYAL)):
        (workspace.folder.segments / f"{name}.yaml").write_text(text)
    workspace.add(orders, name="orders")
    workspace.apply()
    workspace.run(as_of="2026-01-20")
    return workspace


def write_orders(path):
    chance = random.Random(5)
    rows = [
        f"o{n},c{chance.randint(1, 60)},2026-01-{chance.randint(1, 28):02d}T{chance.randint(0, 23):02d}:15:00,10.50"
        for n in range(900)
    ]
    path.write_text("order_id,customer_id,ordered_at,amount\n" + "\n".join(rows) + "\n")


def served(workspace):
    return {name: workspace.segment(name).ids() for name in ("active", "loyal")}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_while_running_and_backfilling(tmp_path):
    orders = tmp_path / "orders.csv"
    write_orders(orders)
    expected = {}
    with make(tmp_path / "calm", orders) as workspace:
        expected["2026-01-20"] = served(workspace)
        started = time.monotonic()
        for day in range(21, 29):
            workspace.run(as_of=f"2026-01-{day}")
            expected[f"2026-01-{day}"] = served(workspace)
        length = (time.monotonic() - started) / 8
        first = workspace.runs()[0]
        workspace.history.backfill("active", "2026-01-02", every="day")
        stays = workspace.history.stays("active").drop_columns(["left_because", "entered_because"])
        assert workspace.runs()[0] == first
    make(tmp_path / "wild", orders).close()
    chance = random.Random(13)
    died = set()
    for kill in range(KILLS):
        day = f"2026-01-{21 + kill % 7}"
        child = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path / "wild"), day], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0, length * (2 if kill % 2 else 14)))
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read().split()
        child.wait()
        with sg.open(tmp_path / "wild") as workspace:
            run = workspace.last_run()
            if "run" in said:
                assert run.as_of.date().isoformat() == day
            # Never half: what is served is what one run served, all segments of it.
            assert served(workspace) == expected[run.as_of.date().isoformat()]
            status = workspace.segment("active").count().status
            assert ("did not finish" in status) == (status != "fresh")
            died.add((len(said), status == "fresh"))
            if "backfill" in said:
                assert workspace.history.backfills("active")
    assert len(died) > 1, f"every kill hit the same moment: the test shows nothing ({died})"
    with sg.open(tmp_path / "wild") as workspace:
        workspace.run(as_of="2026-01-28")
        assert workspace.segment("active").count().status == "fresh"
        assert served(workspace) == expected["2026-01-28"]
        assert workspace.verify().equal
        workspace.history.backfill("active", "2026-01-02", every="day")
        # Runs of the wild one went to and fro in time; before the first of them its history is that of the calm one.
        ours = workspace.history.stays("active").to_pylist()
    early = [one for one in stays.to_pylist() if one["left_at"] is not None and one["left_at"].day <= 19]
    assert {(one["customer_id"], one["entered_at"], one["left_at"]) for one in early} <= {
        (one["customer_id"], one["entered_at"], one["left_at"]) for one in ours
    }
