"""Killed at any point: before or after, never half. Real SIGKILLs of a real process."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlglot import exp

import segmentary as sg
from segmentary.engine.sqlfile import parse_query
from segmentary.schema import RECEIVED

KILLS = int(os.environ.get("SEGMENTARY_KILLS", "8"))
"""`make kills` kills more often."""
LOADER = """
import sys
import segmentary as sg
folder, *files = sys.argv[1:]
with sg.open(folder) as workspace:
    print("open", flush=True)
    for file in files:
        workspace.add(file, name="days", kind="orders")
        print(file, flush=True)
    workspace.run(as_of="2026-02-01")
    print("done", flush=True)
"""


def write_days(folder, days=24):
    chance = random.Random(3)
    files = []
    for day in range(1, days + 1):
        path = folder / f"orders-2026-01-{day:02d}.csv"
        rows = []
        for n in range(60):
            at = f"2026-01-{day:02d}T{chance.randint(0, 23):02d}:15:00"
            rows.append(f"o{day}-{n},c{chance.randint(1, 40)},{at},{chance.randint(1, 90)}.50")
        path.write_text("order_id,customer_id,ordered_at,amount\n" + "\n".join(rows) + "\n")
        files.append(path)
    return files


def state(workspace):
    """Rows per received table and their content, without the moment they were learnt."""
    found = {}
    for table in RECEIVED:
        columns = [c for c in table.names if c not in ("known_at", "load_id")]
        query = exp.select(*columns).from_(table.name)
        rows = workspace.engine.rows(query)
        found[table.name] = sorted(map(str, rows))
    return found


def rows_add_up(workspace):
    held = workspace.engine.rows(
        parse_query(
            "select l.load_id, l.rows_kept, count(o.row_key) from loads as l "
            "left join order_lines as o on o.load_id = l.load_id group by l.load_id, l.rows_kept"
        )
    )
    return all(kept == rows for _, kept, rows in held)


@pytest.mark.slow
def test_kills_while_loading(tmp_path):
    files = write_days(tmp_path)
    calm = tmp_path / "calm"
    segment = "segment: active\nwhere: {event: order_completed, count: {gte: 2}}\n"
    started = time.monotonic()
    with sg.init(calm) as workspace:
        (workspace.folder.segments / "active.yaml").write_text(segment)
        for file in files:
            workspace.add(file, name="days", kind="orders")
        workspace.apply()
        workspace.run(as_of="2026-02-01")
        expected, members = state(workspace), workspace.segment("active").ids()
    length = time.monotonic() - started
    wild = tmp_path / "wild"
    with sg.init(wild) as workspace:
        (workspace.folder.segments / "active.yaml").write_text(segment)
    with sg.open(wild) as workspace:
        workspace.add(files[0], name="days", kind="orders")
        workspace.apply()
    chance = random.Random(11)
    seen = set()
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", LOADER, str(wild), *map(str, files)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0, length * 0.6))
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read().split()
        child.wait()
        with sg.open(wild) as workspace:
            assert rows_add_up(workspace)
            held = {row[0] for row in workspace.engine.rows(parse_query("select file from loads"))}
            assert {file.rsplit("/", 1)[-1] for file in said if file.endswith(".csv")} <= held  # acknowledged = kept
            seen.add(len(held))
    assert len(seen) > 1, "every kill hit the same moment: the test shows nothing"
    with sg.open(wild) as workspace:
        for file in files:
            workspace.add(file, name="days", kind="orders")
        workspace.run(as_of="2026-02-01")
        assert state(workspace) == expected
        assert workspace.segment("active").ids() == members
        assert workspace.verify().equal
