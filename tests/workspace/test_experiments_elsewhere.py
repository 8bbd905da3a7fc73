"""An experiment in PostgreSQL: the same people in the same arms, the same sums, the same verdict as embedded."""

from __future__ import annotations

import datetime as dt
import shutil

import pyarrow as pa
import pytest
from tests.engine.engines import postgres_server
from tests.workspace.test_experiments import START, Hand

from segmentary.language.tree import Compare, SegmentDefinition, TraitValue
from segmentary.workspace.opening import init_workspace, open_workspace

pytestmark = pytest.mark.postgres
PEOPLE = 600


@pytest.fixture(scope="module")
def server():
    with postgres_server() as address:
        yield address


def orders(since, count):
    moments = [since + dt.timedelta(hours=7 * n) for n in range(count)]
    return pa.table({
        "order_id": [f"{since:%m%d}-{n}" for n in range(count)],
        "customer_id": [f"c{(n * 7) % PEOPLE:03d}" for n in range(count)],
        "ordered_at": moments,
        "amount": [float(5 + n % 90) + 0.25 for n in range(count)],
    })  # fmt: skip


def planned_and_read(workspace, clock):
    clock.at = START
    plan = workspace.experiments.plan(
        "spring",
        primary="spend = sum order_completed.amount in 28d",
        secondary=["basket = sum order_completed.amount / count order_completed in 28d", "points = trait points"],
        segments=["gold"],
        global_holdout=0.1,
    )
    made = workspace.experiments.assign("spring")
    clock.at = START + dt.timedelta(days=40)
    workspace.add(orders(START + dt.timedelta(days=1), 90), kind="orders", name="till")
    found = workspace.experiments.analyze("spring", as_of=START + dt.timedelta(days=35))
    return plan, made, found


def test_it_is_what_the_embedded_database_says(server, tmp_path):
    clock = Hand(START - dt.timedelta(days=1))
    with init_workspace(tmp_path / "here", clock=clock) as workspace:
        people = {"customer_id": [f"c{n:03d}" for n in range(PEOPLE)], "points": [n % 11 for n in range(PEOPLE)]}
        people["tier"] = ["gold" if n % 3 == 0 else "plain" for n in range(PEOPLE)]
        workspace.add(pa.table(people), kind="customers", name="crm")
        workspace.add(orders(START - dt.timedelta(days=120), 400), kind="orders", name="till")
        flyer = {"customer_id": [f"c{n:03d}" for n in range(0, PEOPLE, 3)], "campaign": ["flyer"] * (PEOPLE // 3)}
        flyer["assigned_at"] = [START - dt.timedelta(days=60)] * (PEOPLE // 3)
        workspace.add(pa.table(flyer), kind="exposures", name="flyers")
        workspace.define(SegmentDefinition("gold", Compare(TraitValue("tier"), "is", "gold")))
        workspace.run()
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    found = []
    for place, more in (("here", {}), ("there", {"warehouse": server})):
        clock.at = START
        with open_workspace(tmp_path / place, clock=clock, **more) as workspace:
            found.append(planned_and_read(workspace, clock))
            found_inside = workspace.experiments.plan(
                "inner", primary="points = trait points", by="tier", within="gold"
            )
            assert found_inside.people == {"tier = gold": 188}
            workspace.experiments.assign("inner")
            seen = workspace.experiments.observe("flyer", metric="spend = sum order_completed.amount in 28d")
            found[-1] += (seen,)
    (plan, made, read, seen), (plan_there, made_there, read_there, seen_there) = found
    assert made.counts == made_there.counts
    assert plan.people == plan_there.people
    assert [one.sentence for one in plan.overall] == [one.sentence for one in plan_there.overall]
    assert read.sums == read_there.sums
    assert read.cuts == read_there.cuts
    assert read.sentence == read_there.sentence
    assert seen.groups == seen_there.groups
    assert seen.groups
