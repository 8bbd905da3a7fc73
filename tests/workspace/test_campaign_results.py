"""What a campaign did, in a shop whose truth is planted: works in one segment, nothing in one, harms in one."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest
from sqlglot import exp
from tests.workspace.campaign_shop import SEGMENTS, START, Hand, make_shop

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.workspace.opening import init_workspace, open_workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("campaign")
    clock, truth = make_shop(folder)
    return folder / "shop", clock, truth


@pytest.fixture(scope="module")
def workspace(shop):
    with open_workspace(shop[0], clock=shop[1]) as held:
        yield held


@pytest.fixture(scope="module")
def found(workspace):
    return workspace.campaigns.result("spring", margin=0.4)


def test_the_planted_lift_is_recovered_in_every_segment(shop, found):
    for name in SEGMENTS:
        lift = found.lift("buys", name)
        assert lift.effect.low <= shop[2].segments[name].effect <= lift.effect.high
    assert [found.lift("buys", name).word for name in SEGMENTS] == ["not clear", "worked", "did harm"]
    assert found.word == "it depends"
    assert not found.ratio.mismatch
    assert found.origin == "sent here"


def test_reactions_money_and_who_was_left_out(found):
    whole = found.reached()
    assert whole.people == 1_080
    assert whole.withheld == 3
    assert whole.variant == ""
    assert 0.9 < whole.share("delivered").estimate < 1
    assert whole.opened_by_machine > 0
    assert whole.clicked_by_machine > 0
    assert found.held_out().sent == 0
    plus = next(one for one in found.money if one.segment == "plus")
    assert plus.profit.low > 0
    assert {one.segment: dict(one.reasons) for one in found.left_out}["basic"] == {"refused": 1}
    assert [one.variant for one in found.texts] == ["to_basic", "to_plus", "to_pro"]
    assert found.attributed
    assert found.days[-1].day == 27


def test_what_lasted_is_told_and_what_did_not_is_not(found):
    told = {(one.segment, one.after_days): one.sentence for one in found.retained}
    assert "more stay" in told["plus", 30]
    assert "not clear" in told["plus", 90]
    assert {one.what for one in found.worth} == {"money in the 98 days since"}


def test_the_document_is_json(found):
    document = json.loads(json.dumps(found.to_document(), default=str, allow_nan=False))
    assert document["word"] == "it depends"
    assert not any("basic0" in str(value) for value in document.values())


def test_next_actions_follow_the_evidence(workspace):
    made = workspace.campaigns.next_actions(margin=0.4)
    assert {one.segment: one.do for one in made.rows} == {"plus": "do", "basic": "try", "pro": "leave alone"}
    assert made.row("plus").total.low > 0
    assert made.row("basic").test_people > 0
    assert made.evidence == ("spring",)
    assert [one.segment for one in workspace.campaigns.next_actions(segments=["pro"]).rows] == ["pro"]
    with pytest.raises(UnknownNameError):
        workspace.campaigns.next_actions(segments=["prop"])


def test_a_segment_that_was_never_computed_is_named(shop, tmp_path):
    shutil.copytree(shop[0], tmp_path / "shop")
    with open_workspace(tmp_path / "shop", clock=shop[1]) as held:
        (held.folder.segments / "fresh.yaml").write_text("segment: fresh\nwhere: {trait: plan, exists: true}\n")
        held.apply()
        made = held.campaigns.next_actions(segments=["fresh"])
    assert made.row("fresh").people == 0
    assert [one.message for one in made.findings if one.code == "not_computed"] == [
        "fresh was not computed by the newest run: its people count as none"
    ]


def test_before_its_day_reactions_are_told_and_no_verdict(workspace):
    early = START + dt.timedelta(days=10)
    waiting = workspace.campaigns.result("spring", as_of=early)
    assert waiting.word == "no verdict"
    assert waiting.sentence.startswith("it is read once, on 2026-03-29")
    assert waiting.lifts == ()
    assert waiting.reached().clicked > 0
    peeked = workspace.campaigns.result("spring", as_of=early, peek=True)
    assert {one.word for one in peeked.lifts} == {"no verdict"}
    assert peeked.peeking
    made = workspace.campaigns.next_actions(as_of=early)
    assert made.evidence == ()
    assert "its day is 2026-03-29" in made.findings[0].message
    assert all(one.do != "do" for one in made.rows)


def test_the_experiment_of_the_same_name_says_the_same(workspace, found):
    kept = workspace.experiments.get("spring")
    assert kept.control == "holdout"
    assert kept.waves[0].counts["plus"] == {"holdout": 240, "treated": 360}


def test_wrong_questions_are_refused(workspace):
    with pytest.raises(UnknownNameError, match="spring"):
        workspace.campaigns.result("sprig")
    with pytest.raises(UsageError):
        workspace.campaigns.result("spring", margin=40)
    with pytest.raises(UsageError):
        workspace.campaigns.result("spring", click_days=0)


def test_a_lost_file_breaks_the_split_and_nothing_is_read(shop, tmp_path):
    shutil.copytree(shop[0], tmp_path / "shop")
    with open_workspace(tmp_path / "shop", clock=Hand(START + dt.timedelta(days=100))) as held:
        with held.ledger.transaction():
            held.ledger.connection.execute(
                "delete from audience_members where arm = 'holdout' and customer_id < 'basic00300'"
            )
        broken = held.campaigns.result("spring")
        assert broken.ratio.mismatch
        assert broken.word == "no verdict"
        assert (
            broken.sentence.startswith("the arms are not what was planned") or "nothing can be read" in broken.sentence
        )
        assert broken.lifts == ()


def test_a_no_by_the_link_of_a_message_counts_as_unsubscribed(shop, tmp_path, found):
    shutil.copytree(shop[0], tmp_path / "shop")
    with open_workspace(tmp_path / "shop", clock=Hand(START + dt.timedelta(days=100))) as held:
        left = exp.select("customer_id").from_("events").where(exp.column("name").eq("email_unsubscribed"))
        gone = {row[0] for row in held.engine.rows(left)}
        treated = held.ledger.rows("select customer_id from audience_members where arm = 'treated' order by 1")
        who = next(one for (one,) in treated if one not in gone)
        held.consents.decide(who, "marketing", "email", False, f"unsubscribe link in message m-{who}")
        after = held.campaigns.result("spring")
    assert after.reached().unsubscribed == found.reached().unsubscribed + 1


def test_an_export_of_a_tool_alone_says_reactions_and_no_lift(tmp_path):
    import pyarrow as pa

    rows = [(f"c{n}", "email_delivered" if k == 0 else "email_clicked", f"2026-02-0{1 + k}T10:00:00Z", "newsletter")
            for n in range(40) for k in range(2 if n < 10 else 1)]  # fmt: skip
    table = {key: [row[i] for row in rows] for i, key in enumerate(("customer_id", "event", "happened_at", "campaign"))}
    with init_workspace(tmp_path / "other", clock=Hand(START)) as held:
        held.add(pa.table({"customer_id": [f"c{n}" for n in range(50)]}), kind="customers", name="crm")
        columns = {"record_id": "customer_id", "name": "event", "happened_at": "happened_at"}
        held.add(pa.table(table), kind="events", columns=columns, name="tool")
        seen = held.campaigns.result("newsletter")
        assert seen.origin == "reactions"
        assert seen.reached().people == 40
        assert seen.reached().clicked == 10
        assert seen.refusal.startswith("nobody was held out")
        assert seen.lifts == ()
        with pytest.raises(NoAnswerError, match="no segment"):
            held.campaigns.next_actions()


def test_exposures_from_elsewhere_are_no_experiment_until_somebody_says_how_they_were_drawn(shop, tmp_path):
    import pyarrow as pa

    shutil.copytree(shop[0], tmp_path / "shop")
    with open_workspace(tmp_path / "shop", clock=Hand(START + dt.timedelta(days=100))) as held:
        ids = [f"{name}{n:05d}" for name in SEGMENTS for n in range(600)]
        table = {
            "customer_id": ids, "campaign": ["post"] * len(ids),
            "arm": ["mail" if n % 2 else "control" for n in range(len(ids))],
            "assigned_at": [(START + dt.timedelta(days=40)).isoformat()] * len(ids),
        }  # fmt: skip
        columns = {"record_id": "customer_id", "campaign": "campaign", "arm": "arm", "assigned_at": "assigned_at"}
        held.add(pa.table(table), kind="exposures", columns=columns, name="agency")
        unsaid = held.campaigns.result("post", segments=["pro"])
        assert unsaid.origin == "exposures"
        assert "nobody said that they were drawn by lot" in unsaid.refusal
        assert set(unsaid.segments) == {"pro", "(others)"}
        assert unsaid.lifts == ()
        held.experiments.declare(
            "post", randomised="by the agency, every other one", primary="buys = any order_completed in 28d", by="plan"
        )
        said = held.campaigns.result("post")
        assert said.control == "control"
        assert {one.word for one in said.lifts} == {"not clear"}
        assert said.reached().people == 900


def test_a_later_lifetime_value_is_a_forecast_and_decides_nothing(shop, tmp_path):
    shutil.copytree(shop[0], tmp_path / "shop")
    with open_workspace(tmp_path / "shop", clock=Hand(START + dt.timedelta(days=100))) as held:
        try:
            held.predictions.clv(days=91, as_of=START + dt.timedelta(days=95))
        except NoAnswerError as error:  # pragma: no cover - too short a past for a test on left-out time
            pytest.skip(error.message)
        held.predictions.score("clv", as_of=START + dt.timedelta(days=95))
        found = held.campaigns.result("spring")
    forecast = [one for one in found.worth if one.forecast]
    assert {one.segment for one in forecast} == {"", *SEGMENTS}
    assert all("a forecast, not an outcome" in one.sentence for one in forecast)
    assert found.word == "it depends"
