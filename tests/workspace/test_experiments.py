"""An experiment from plan to verdict in a small shop, and a campaign that was none."""

from __future__ import annotations

import datetime as dt
import random
import shutil

import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.language.tree import Compare, SegmentDefinition, TraitValue
from segmentary.workspace.opening import init_workspace, open_workspace

START = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
PEOPLE = 4_000


class Hand:
    """A clock moved by hand."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


def orders_of(ids, chance, since, days, rate, first):
    rows = []
    for one in ids:
        for _ in range(2 if rate(one) > chance.random() * 2 else 0):
            rows.append(
                (
                    f"o{first + len(rows):06d}",
                    one,
                    since + dt.timedelta(days=chance.random() * days),
                    20 + 10 * chance.random(),
                )
            )
    return rows


def table_of(rows):
    names = ["order_id", "customer_id", "ordered_at", "amount"]
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    chance, clock = random.Random(3), Hand(START)
    ids = [f"c{n:05d}" for n in range(PEOPLE)]
    folder = tmp_path_factory.mktemp("experiments") / "shop"
    with init_workspace(folder, clock=clock) as workspace:
        customers = {"customer_id": ids, "tier": ["gold" if n % 4 == 0 else "plain" for n in range(PEOPLE)]}
        workspace.add(pa.table(customers), kind="customers", name="crm")
        before = orders_of(
            ids, chance, START - dt.timedelta(days=120), 119, lambda i: 1.2 if int(i[1:]) % 4 == 0 else 0.5, 0
        )
        workspace.add(table_of(before), kind="orders", name="till")
        rule = Compare(TraitValue("tier"), "is", "gold")
        workspace.define(SegmentDefinition("gold", rule))
        workspace.run()
    return folder, ids


@pytest.fixture
def shop(template, tmp_path):
    """A shop of one's own: tests may run in any order, and beside each other."""
    shutil.copytree(template[0], tmp_path / "shop")
    return tmp_path / "shop", Hand(START), template[1], random.Random(4)


def opened(shop):
    return open_workspace(shop[0], clock=shop[1])


def plan(workspace, name="spring", **more):
    return workspace.experiments.plan(
        name,
        primary="buys = any order_completed in 28d",
        secondary=[
            "spend = sum order_completed.amount in 28d",
            "basket = sum order_completed.amount / count order_completed in 28d",
        ],
        segments=["gold"],
        arms={"mail": 0.5, "control": 0.5},
        hypothesis="a mail in spring brings orders",
        **more,
    )


def test_the_whole_way_from_plan_to_verdict(shop):
    _, clock, ids, chance = shop
    with opened(shop) as workspace:
        planned = plan(workspace, global_holdout=0.1, cost=0.5)
        assert set(planned.people) == {"gold", "(others)"}
        assert 3_450 < sum(planned.people.values()) < 3_750
        assert "people you will see a rise of buys from" in planned.sentence
        assert all(one.variance_cut >= 0 for one in planned.overall)
        with pytest.raises(UsageError, match="nobody is assigned"):
            workspace.experiments.analyze("spring")
        made = workspace.experiments.assign("spring")
        again = workspace.experiments.assign("spring")
        assert made.added == PEOPLE
        assert again.added == 0
        assert again.counts == made.counts
        for arms in made.counts.values():
            assert abs(arms["mail"] - arms["control"]) <= 1
        out = {i for i in ids if workspace.is_member(i, "gold")}
        assert sum(made.counts["gold"].values()) == len(out)
        with pytest.raises(UsageError, match="read once, on 2026-03-29"):
            workspace.experiments.analyze("spring")
        with pytest.raises(UsageError, match="its plan stands"):
            plan(workspace)
        arms = dict(workspace.engine.rows(exp.select("record_id", "arm").from_("exposures")))
        document = str(workspace.experiments.get("spring").to_document())
        assert not any(one in document for one in ids)
        clock.at = START + dt.timedelta(days=30)
        rate = lambda i: 1.1 if arms[i] == "mail" else 0.5  # noqa: E731
        workspace.add(
            table_of(orders_of(ids, chance, START + dt.timedelta(days=1), 26, rate, 500_000)),
            kind="orders",
            name="till",
        )
        found = workspace.experiments.analyze("spring")
    assert not found.blocked
    assert not found.peeking
    assert found.sample_ratio.p > 0.5
    buys = found.overall[0]
    assert buys.verdict.word == "works"
    assert 0.2 < buys.raw.estimate < 0.4
    assert buys.newcombe[0] > 0.2
    assert {one.segment for one in found.segments} == {"gold", "(others)"}
    spend = next(one for one in found.overall if one.metric == "spend")
    assert spend.kind == "mean"
    assert spend.winsorised is not None
    assert spend.cuped is not None
    ratio = next(one for one in found.overall if one.metric == "basket")
    assert ratio.kind == "ratio"
    assert ratio.raw.method == "delta method"
    brought = next(one for one in found.incremental if one.metric == "spend")
    assert brought.each_low < brought.each < brought.each_high
    assert brought.gain_low > 0
    assert len(found.looks) == 1
    assert found.looks[0]["word"] == "works"


def test_peeking_gives_no_verdict_and_late_joiners_are_added_on_demand_only(shop):
    with opened(shop) as workspace:
        plan(workspace, "summer")
        workspace.experiments.assign("summer")
        seen = workspace.experiments.analyze("summer", peek=True)
        assert seen.peeking
        assert {one.verdict.word for one in seen.overall} == {"no verdict"}
        assert not seen.incremental
        late = pa.table({"customer_id": ["late1", "late2", "late3"], "tier": ["gold", "gold", "plain"]})
        workspace.add(late, kind="customers", name="crm2")
        workspace.run()
        told = workspace.experiments.assign("summer")
        assert told.added == 0
        assert told.newcomers == 3
        assert "--add-new" in told.sentence
        added = workspace.experiments.assign("summer", add_new=True)
        assert added.added == 3
        assert len(workspace.experiments.get("summer").waves) == 2
        seen = workspace.experiments.analyze("summer", peek=True)
        assert sum(seen.sample_ratio.counts.values()) == PEOPLE + 3
        kept = {one.name: one for one in workspace.experiments.kept()}
        assert kept["summer"].status == "running"
        assert kept["summer"].assigned == PEOPLE + 3


def test_segments_stay_as_they_were_when_arms_were_drawn(shop):
    with opened(shop) as workspace:
        plan(workspace, "summer")
        workspace.experiments.assign("summer")
        before = workspace.experiments.analyze("summer", peek=True)
        changed = pa.table({"customer_id": ["c00000", "c00004", "c00008"], "tier": ["plain"] * 3})
        workspace.add(changed, kind="customers", name="crm")
        workspace.run()
        assert not workspace.is_member("c00000", "gold")
        after = workspace.experiments.analyze("summer", peek=True)
    counts = [{one.segment: one.counts for one in found.segment_ratios} for found in (before, after)]
    assert counts[0] == counts[1]


def test_segments_nobody_planned_are_an_exploration(shop):
    with opened(shop) as workspace:
        workspace.experiments.plan("summer", primary="buys = any order_completed in 28d")
        workspace.experiments.assign("summer")
        kept = workspace.experiments.get("summer")
        for given, names in (
            ({"by": "tier"}, {"tier = gold", "tier = plain"}),
            ({"segments": ["gold"]}, {"gold", "(others)"}),
        ):
            found = workspace.experiments.analyze("summer", peek=True, **given)
            assert {one.segment for one in found.segments} == names
            assert found.findings[-1].code == "explored"
        assert workspace.experiments.get("summer") == kept
        with pytest.raises(UnknownNameError):
            workspace.experiments.analyze("summer", peek=True, by="tire")


def test_people_of_the_global_holdout_are_in_no_experiment(shop):
    with opened(shop) as workspace:
        plan(workspace, global_holdout=0.1)
        plan(workspace, "summer")
        workspace.experiments.assign("spring")
        workspace.experiments.assign("summer")
        rows = workspace.engine.rows(exp.select("campaign", "record_id", "arm").from_("exposures"))
        held = {}
        for campaign, who, arm in rows:
            held.setdefault(campaign, {})[who] = arm == "global_holdout"
        assert held["spring"] == held["summer"]
        assert 330 < sum(held["spring"].values()) < 470
        with pytest.raises(UsageError, match="the global holdout is 10%"):
            workspace.experiments.global_holdout(0.05)
        with pytest.raises(UnknownNameError):
            workspace.experiments.get("(global holdout)")


def test_a_plan_made_before_the_global_holdout_keeps_its_people_out_too(tmp_path):
    with init_workspace(tmp_path / "shop", clock=Hand(START)) as workspace:
        people = pa.table({"customer_id": [f"c{n}" for n in range(400)], "spent": [float(n % 7) for n in range(400)]})
        workspace.add(people, kind="customers", name="crm")
        workspace.experiments.plan("first", primary="spend = trait spent")
        with pytest.raises(UsageError, match="global holdout is a share"):
            workspace.experiments.plan("wrong", primary="spend = trait spent", global_holdout=0.9)
        assert workspace.experiments.global_holdout() == 0.0
        workspace.experiments.plan("second", primary="spend = trait spent", global_holdout=0.2)
        made = workspace.experiments.assign("first")
        assert 50 < made.counts["(everybody)"]["global_holdout"] < 110
        held = made.counts["(everybody)"]["global_holdout"]
        assert workspace.experiments.assign("second").counts["(everybody)"]["global_holdout"] == held


def test_several_arms_share_the_chance_of_error(tmp_path):
    with init_workspace(tmp_path / "shop", clock=Hand(START)) as workspace:
        people = pa.table({"customer_id": [f"c{n}" for n in range(900)], "spent": [float(n % 7) for n in range(900)]})
        workspace.add(people, kind="customers", name="crm")
        arms = {"one": 1 / 3, "two": 1 / 3, "control": 1 / 3}
        found = workspace.experiments.plan("first", primary="spend = trait spent", arms=arms)
        assert [one.arm for one in found.overall] == ["one", "two"]
        assert found.overall[0].level == pytest.approx(0.975)
        assert workspace.experiments.assign("first").counts == {"(everybody)": {"control": 300, "one": 300, "two": 300}}


def test_arms_are_truth_and_survive_a_rebuild(tmp_path):
    with init_workspace(tmp_path / "shop", clock=Hand(START)) as workspace:
        people = pa.table({"customer_id": [f"c{n}" for n in range(300)], "spent": [float(n % 7) for n in range(300)]})
        workspace.add(people, kind="customers", name="crm")
        workspace.experiments.plan("first", primary="spend = trait spent", by="spent", look="sequence")
        workspace.experiments.assign("first")
        before = workspace.experiments.analyze("first")
        workspace.rebuild()
        after = workspace.experiments.analyze("first")
        assert before.sums == after.sums
        assert before.overall[0].raw.method == "Welch, confidence sequence"
        assert before.overall[0].newcombe is None
        assert workspace.verify()


def test_exposures_that_were_not_drawn_are_left_out_and_counted(tmp_path):
    with init_workspace(tmp_path / "shop", clock=Hand(START)) as workspace:
        people = pa.table({"customer_id": [f"c{n}" for n in range(300)], "spent": [float(n % 7) for n in range(300)]})
        workspace.add(people, kind="customers", name="crm")
        workspace.experiments.plan("first", primary="spend = trait spent", look="sequence")
        workspace.experiments.assign("first")
        more = {"customer_id": ["d1", "d2", "c1", "c2"], "campaign": ["first"] * 4, "assigned_at": [START] * 4}
        more["arm"] = ["treated", "control", "treated", "control"]
        workspace.add(pa.table(more), kind="exposures", name="by_hand")
        found = workspace.experiments.analyze("first")
    assert {"not_drawn", "several_arms"} & {one.code for one in found.findings}
    assert sum(found.sample_ratio.counts.values()) < 300


def test_a_campaign_without_lots_is_refused_and_described(shop):
    _, _clock, ids, _ = shop
    with opened(shop) as workspace:
        day = START - dt.timedelta(days=40)
        rows = {"customer_id": ids[:500], "campaign": ["flyer"] * 500, "assigned_at": [day] * 500}
        workspace.add(pa.table(rows), kind="exposures", name="flyers")
        seen = workspace.experiments.observe("flyer", metric="spend = sum order_completed.amount in 28d")
        assert seen.people == 500
        assert "not experimental" in seen.sentence
        assert len(seen.groups) == 2
        one, other = seen.groups
        assert abs(one.before.estimate - other.before.estimate) < 3
        text = str(seen.to_document()).lower()
        for word in ("caused", "lift", "effect", "impact", "because of"):
            assert word not in text
        with pytest.raises(NoAnswerError, match="by lot"):
            workspace.experiments.lift("flyer")
        with pytest.raises(UsageError, match="nobody to hold anybody against"):
            workspace.experiments.declare("flyer", randomised="by me", primary="buys = any order_completed")
        with pytest.raises(UnknownNameError):
            workspace.experiments.observe("flier")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"arms": {"a": 0.5, "b": 0.6}, "control": "a"}, "100%"),
        ({"arms": {"a": 1.0}}, "two arms"),
        ({"control": "nobody"}, "none of the arms"),
        ({"primary": "orders of all kinds"}, "cannot read the metric"),
        ({"look": "often"}, "no way of looking"),
        ({"global_holdout": 0.7}, "global holdout"),
        ({"by": "tier", "segments": ["gold"]}, "not both"),
    ],
)  # fmt: skip
def test_plans_that_make_no_sense_are_refused(shop, given, says):
    with opened(shop) as workspace, pytest.raises(UsageError, match=says):
        workspace.experiments.plan("autumn", **{"primary": "buys = any order_completed", "save": False, **given})


def test_events_and_segments_that_are_not_there_are_named(shop):
    with opened(shop) as workspace:
        with pytest.raises(UnknownNameError, match="order_complete"):
            workspace.experiments.plan("autumn", primary="buys = any order_complete", save=False)
        with pytest.raises(UnknownNameError, match="golden"):
            workspace.experiments.plan("autumn", primary="buys = any order_completed", segments=["golden"], save=False)
