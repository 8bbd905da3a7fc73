"""The server killed while it does a job: the old membership or the new one, told as stale; the job goes on by itself.

Real SIGKILLs of a real `segmentary serve`.
"""

import os
import random
import sys
import threading
import time

import pytest
from tests.workspace.served_process import Served, admin_key

import segmentary as sg
from segmentary.engine.sqlfile import parse_query
from segmentary.ledger.jobs import ask_to_stop, find, listed
from segmentary.ledger.ledger import Ledger
from segmentary.workspace.clock import system_clock

KILLS = int(os.environ.get("SEGMENTARY_KILLS", "3"))
"""`make kill-serving` kills fifty times."""
DEFINITIONS = {
    "active": "{event: order_completed, during: {last: 10d}, count: {gte: 2}}",
    "loyal": "{all: [{segment: active}, {event: order_completed, count: {gte: 5}}]}",
    "spenders": "{trait: monetary, gte: 150}",
    "quiet": "{event: order_completed, during: {last: 20d}, did_not: true}",
}


def write_orders(path):
    chance = random.Random(5)
    rows = [
        f"o{n},c{chance.randint(1, 500)},2026-01-{chance.randint(1, 28):02d}T{chance.randint(0, 23):02d}:15:00,"
        f"{chance.randint(1, 90)}.50"
        for n in range(3000)
    ]
    path.write_text("order_id,customer_id,ordered_at,amount\n" + "\n".join(rows) + "\n")


def make(folder, orders):
    workspace = sg.init(folder)
    for name, rule in DEFINITIONS.items():
        (workspace.folder.segments / f"{name}.yaml").write_text(f"segment: {name}\nwhere: {rule}\n")
    workspace.add(orders, name="orders")
    workspace.apply()
    workspace.run(as_of="2026-01-15")
    return workspace


def days(kills):
    """Days to run as of: each other than the one before, so that every run changes what is served."""
    return [f"2026-01-{16 + (kill * 5) % 13:02d}" for kill in range(kills)]


def members(workspace):
    return {name: workspace.segment(name).ids() for name in DEFINITIONS}


def traits(workspace):
    columns = list(workspace.warehouse.columns("traits"))
    rows = workspace.warehouse.rows(parse_query("select t.* from traits as t order by t.customer_id"))
    return columns, sorted(map(repr, rows))


def log(workspace):
    """Who came and went as of when and why; the numbers of the runs aside, for one that was cut off is run again."""
    query = "select m.segment, m.customer_id, m.entered, m.valid_at, m.reason from membership_log as m"
    return sorted(map(repr, workspace.warehouse.rows(parse_query(query))))


def doubles(workspace):
    query = (
        "select count(*) from (select l.run_id, l.segment, l.customer_id from membership_log as l"
        " group by l.run_id, l.segment, l.customer_id having count(*) > 1) as twice"
    )
    return workspace.warehouse.value(parse_query(query))


def calm(folder, orders, wanted):
    """What undisturbed runs serve, day by day, and the log at the end."""
    found = {}
    with make(folder, orders) as workspace:
        found["2026-01-15"] = members(workspace), traits(workspace)
        for day in wanted:
            workspace.run(as_of=day)
            found[day] = members(workspace), traits(workspace)
        return found, log(workspace)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_while_it_runs(tmp_path):
    orders = tmp_path / "orders.csv"
    write_orders(orders)
    wanted = days(KILLS)
    expected, told = calm(tmp_path / "calm", orders, wanted)
    wild = tmp_path / "wild"
    make(wild, orders).close()
    key, chance, before, moments = admin_key(wild), random.Random(7), "2026-01-15", set()
    server = Served(wild, key)
    length = 0.6
    for kill, day in enumerate(wanted):
        began = time.monotonic()
        job = server.job("run", {"as_of": day})
        if kill % 3 == 2:
            # Near its end, where the archive, the ledger and the warehouse are written.
            server.wait(job, until=lambda one: "membership" in one["step"] or one["ended_at"])
            time.sleep(chance.uniform(0, 0.12))
        else:
            time.sleep(chance.uniform(0, length * 1.1))
        server.kill()
        ledger = Ledger(wild / "ledger.sqlite")
        row = find(ledger, job)
        ledger.close()
        with sg.open(wild) as workspace:
            served = workspace.last_run().as_of.date().isoformat()
            status = workspace.segment("active").count().status
            # All of one run or all of the other; and who reads is told when it is not what was asked for.
            assert served in (before, day)
            assert (members(workspace), traits(workspace)) == expected[served]
            assert served == day or row.attempts == 0 or row.step == "" or "did not finish" in status, (row, status)
            assert not doubles(workspace)
        moments.add((row.state, row.step, served == day))
        began = time.monotonic()
        server = Served(wild, key)
        ended = server.wait(job)
        length = max(0.2, min(3.0, 0.5 * length + 0.5 * (time.monotonic() - began)))
        assert ended["state"] == "done", ended
        assert ended["attempts"] == row.attempts + (row.state != "done")
        before = day
    code, said = server.stop()
    assert code == 0
    assert not (wild / ".server.json").exists(), said
    with sg.open(wild) as workspace:
        assert (members(workspace), traits(workspace)) == expected[wanted[-1]]
        assert log(workspace) == told
        assert not doubles(workspace)
        assert workspace.verify().equal
    sys.stdout.write(f"{KILLS} kills, moments: {sorted(moments)}\n")
    assert len(moments) > 1


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_was_acknowledged_is_not_lost(tmp_path):
    orders = tmp_path / "orders.csv"
    orders.write_text("order_id,customer_id,ordered_at,amount\no1,c1,2026-01-02T10:00:00,10.50\n")
    folder = tmp_path / "shop"
    with sg.init(folder) as workspace:
        workspace.add(orders, name="orders")
        workspace.run(as_of="2026-01-15")
    key, chance = admin_key(folder), random.Random(3)
    acknowledged = []

    def ask(server):
        try:
            for number in range(1_000_000):
                acknowledged.append(server.job("run", {"as_of": f"20{number % 60 + 10}-01-{number % 28 + 1:02d}"}))
        except (OSError, AssertionError):
            pass

    for _ in range(max(1, KILLS * 2 // 5)):
        server = Served(folder, key)
        asking = threading.Thread(target=ask, args=(server,))
        had = len(acknowledged)
        asking.start()
        while asking.is_alive() and len(acknowledged) == had:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.3))
        server.kill()
        asking.join()
        ledger = Ledger(folder / "ledger.sqlite")
        held = {one.job for one in listed(ledger, limit=1_000_000)}
        assert held >= set(acknowledged)
        for job in held:
            ask_to_stop(ledger, job, at=system_clock())
        ledger.close()
    sys.stdout.write(f"{len(acknowledged)} jobs acknowledged, none lost\n")
    assert acknowledged
