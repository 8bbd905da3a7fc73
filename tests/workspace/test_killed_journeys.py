"""A tick killed at any moment: who entered got their first message once, and nobody is between two steps."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from tests.workspace.test_journeys import JOURNEY, MESSAGE, apply

import segmentary as sg

KILLS = int(os.environ.get("SEGMENTARY_KILLS", "3"))
PEOPLE = 800 * KILLS
WORKER = """
import sys
import segmentary as sg
from segmentary.workspace.ticking import tick
with sg.open(sys.argv[1]) as workspace:
    print("open", flush=True)
    tick(workspace, run="never", send=False)
    print("done", flush=True)
"""


def wait_for(ledger, messages, child):
    """Wait until more than so many messages are in the outbox, as another process sees it; 0: not until anything is."""
    ends = time.monotonic() + 60
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as seen:
        while messages and child.poll() is None and time.monotonic() < ends:
            if seen.execute("select count(*) from outbox").fetchone()[0] > messages:
                break
            time.sleep(0.002)
    seen.close()


@pytest.mark.slow
def test_killed_while_a_tick_moves_people(tmp_path):
    rows = "\n".join(f"c{n},c{n}@example.com,Ann,yes,false" for n in range(PEOPLE))
    (tmp_path / "customers.csv").write_text(f"customer_id,email,first_name,accepts_marketing,staff\n{rows}\n")
    (tmp_path / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\no1,c1,2026-01-01T10:00:00,10.00\n")
    folder = tmp_path / "shop"
    sg.init(folder).close()
    with (folder / "segmentary.toml").open("a") as settings:
        settings.write('\n[channels.email]\nsender = "a@example.com"\nunsubscribe_url = "https://shop.example/u"\n')
    with sg.open(folder) as workspace:
        workspace.add(tmp_path / "customers.csv", tmp_path / "orders.csv")
        (workspace.folder.segments / "quiet.yaml").write_text("segment: quiet\nwhere: {trait: first_name, is: Ann}\n")
        workspace.apply()
        workspace.run()
        apply(workspace, MESSAGE)
        apply(workspace, JOURNEY)
    seen = set()
    for kill in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", WORKER, str(folder)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        child.stdout.readline()
        wait_for(folder / "ledger.sqlite", kill * PEOPLE // (KILLS + 1), child)
        child.send_signal(signal.SIGKILL)
        assert "done" not in child.stdout.read(), "the tick ended before it was killed: the test shows nothing"
        child.wait()
        child.stdout.close()
        with sg.open(folder) as workspace:
            inside = workspace.ledger.rows("select count(*) from journey_positions")[0][0]
            (moved,) = workspace.ledger.rows("select count(*) from journey_positions where step = 'pause'")[0]
            (sent,) = workspace.ledger.rows("select count(*) from outbox")[0]
            assert inside in (0, PEOPLE), "everybody enters at once, or nobody"
            assert moved == sent, "a step and its message are one"
            seen.add(sent)
    from segmentary.workspace.ticking import tick

    with sg.open(folder) as workspace:
        tick(workspace, run="never", send=False)
        rows = workspace.ledger.rows("select customer_id, count(*) from outbox group by customer_id")
        assert len(rows) == PEOPLE
        assert {count for _, count in rows} == {1}
        assert workspace.engine.run("select count(*) from exposures where campaign = 'back'").fetchone() == (PEOPLE,)
    assert len(seen) > 1, f"every kill hit the same moment: the test shows nothing ({seen})"
