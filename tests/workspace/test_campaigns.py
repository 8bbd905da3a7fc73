"""Audiences: everybody of every target once, with one outcome; drawn once; never half."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.workspace.audience_world import START, Hand, members, people

from segmentary.activation.campaign import Campaign, Target
from segmentary.activation.message import Outgoing, Rendered
from segmentary.errors import DefinitionError, UnknownNameError, UsageError, WorkspaceError
from segmentary.identity.keys import normalize_email
from segmentary.schema import EXPOSURES
from segmentary.workspace.opening import open_workspace


@pytest.fixture
def shop(audience_template, tmp_path):
    shutil.copytree(audience_template, tmp_path / "shop")
    with open_workspace(tmp_path / "shop", clock=Hand(START + dt.timedelta(hours=1))) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def busy(audience_template, tmp_path_factory):
    """A shop with decisions and suppressions beside those of the files."""
    folder = tmp_path_factory.mktemp("busy") / "shop"
    shutil.copytree(audience_template, folder)
    with open_workspace(folder, clock=Hand(START + dt.timedelta(hours=1))) as workspace:
        for number in range(0, 400, 13):
            workspace.consents.decide(f"c{number:04d}", "marketing", "any", False, "call")
        for number in range(0, 400, 17):
            workspace.consents.suppress("email", f"C{number:04d}@shop.example", "bounce")
        for number in range(0, 400, 29):
            workspace.consents.decide(f"c{number:04d}", "marketing", "email", True, "form")
        yield workspace


def known():
    table = people()
    return {
        one: dict(zip(table, row, strict=True)) for one, *row in zip(table["customer_id"], *table.values(), strict=True)
    }


def expected(campaign, one):
    """Say what must come of a person, by the rules in words."""
    number = int(one["customer_id"][1:])
    if "staff" in campaign.exclude and one["staff"] == "true":
        return "excluded"
    if one["email"] is None:
        return "no_address"
    if normalize_email(one["email"]) is None:
        return "invalid_address"
    if number % 17 == 0:
        return "suppressed"
    if campaign.purpose == "service":
        return ""
    if number % 29 == 0:
        return ""
    if number % 13 == 0 or one["accepts_marketing"] == "no":
        return "refused"
    return "" if one["accepts_marketing"] == "yes" else "no_consent"


@settings(max_examples=3)
@given(
    st.permutations(["gold", "silver", "recent"]).flatmap(lambda one: st.integers(1, 3).map(lambda n: one[:n])),
    st.sampled_from([(), ("staff",)]),
    st.sampled_from([0.0, 0.1, 0.5]),
    st.sampled_from(["marketing", "service"]),
    st.sampled_from([{"treated": 1.0}, {"plain": 0.5, "picture": 0.5}]),
)
def test_everybody_has_one_outcome_and_the_sums_agree(busy, targets, exclude, holdout, purpose, arms):
    told = repr((tuple(targets), exclude, holdout, purpose, tuple(arms)))
    name = f"c{sha256(told.encode()).hexdigest()[:20]}"
    campaign = Campaign(name, "file", purpose, "", tuple(map(Target, targets)), exclude, holdout, arms)
    busy.campaigns.apply(campaign)
    audience = busy.campaigns.freeze(name)
    held, facts = members(busy, audience.audience), known()
    for one in audience.counts:
        assert one.members == sum(one.arms.values()) + sum(one.left_out.values())
        drawn = sum(one.arms.values())
        assert abs(one.arms.get("holdout", 0) - drawn * holdout) <= 1
        assert one.members == sum(held_as[0] == one.segment for held_as in held.values())
    assert audience.members == len(held)
    for who, (segment, arm, _, reason) in held.items():
        first = next(one for one in targets if busy.is_member(who, one))
        assert (segment, reason) == (first, expected(campaign, facts[who])), who
        assert bool(arm) != bool(reason)
    written = {one.customer_id for one in busy.campaigns.people(audience.audience)}
    assert written == {who for who, (_, arm, _, _) in held.items() if arm not in ("", "holdout")}
    assert len(written) == audience.written_to


def test_a_draw_stands_for_every_freezing(shop):
    shop.campaigns.freeze("autumn")
    before = members(shop, "autumn-1")
    assert shop.campaigns.freeze("autumn").audience == "autumn-1"
    shop.add(pa.table(people(120, seed=9, first=1_000)), kind="customers", name="crm")
    shop.run()
    shop.consents.decide("c0007", "marketing", "any", False, "call")
    shop.campaigns.freeze("autumn", again=True)
    after = members(shop, "autumn-2")
    drawn = {who: arm for who, (_, arm, _, _) in before.items() if arm}
    again = {who: arm for who, (_, arm, _, _) in after.items() if arm}
    assert {who: again[who] for who in drawn if who in again} == {who: drawn[who] for who in drawn if who in again}
    assert set(again) - set(drawn)
    found = exp.select(exp.Count(this=exp.Star())).from_(EXPOSURES.name)
    assert shop.engine.value(found) == len(set(drawn) | set(again))


def test_a_campaign_is_an_experiment_of_its_name(shop):
    audience = shop.campaigns.freeze("autumn")
    orders = {
        "order_id": ["n1"],
        "customer_id": ["c0000"],
        "ordered_at": [START + dt.timedelta(days=2)],
        "amount": [5.0],
    }
    shop.add(pa.table(orders), kind="orders", name="till")
    found = shop.experiments.analyze("autumn", as_of="2026-05-01")
    arms = found.sample_ratio.counts
    assert arms["treated"] == audience.written_to
    assert arms["holdout"] == sum(one.arms["holdout"] for one in audience.counts)
    assert shop.experiments.get("autumn").control == "holdout"
    with pytest.raises(UsageError, match="assigned"):
        shop.experiments.plan("autumn", primary="buys = any order_completed in 28d")


def test_the_name_of_an_experiment_is_taken(shop):
    shop.experiments.plan("autumn", primary="buys = any order_completed in 28d")
    with pytest.raises(UsageError, match="experiment called autumn"):
        shop.campaigns.freeze("autumn")


def test_who_is_held_out_of_everything_gets_no_campaign(shop):
    shop.experiments.global_holdout(0.2)
    held = members(shop, shop.campaigns.freeze("autumn").audience)
    out = {who for who, one in held.items() if one[3] == "global_holdout"}
    assert 0.1 < len(out) / sum(not one[3] or one[3] == "global_holdout" for one in held.values()) < 0.3


def test_caps_count_what_any_tool_sent(audience_template, tmp_path):
    shutil.copytree(audience_template, tmp_path / "shop")
    file = tmp_path / "shop" / "segmentary.toml"
    file.write_text(file.read_text() + '\n[contact.any]\nat_most = 2\nwithin = "7d"\n')
    with open_workspace(tmp_path / "shop", clock=Hand(START + dt.timedelta(hours=1))) as shop:
        sent = [(who, "email_sent", START - dt.timedelta(days=days)) for who in ("c0002", "c0003") for days in (1, 2)]
        sent += [
            ("c0004", "sms_sent", START - dt.timedelta(days=1)),
            ("c0004", "email_sent", START - dt.timedelta(days=9)),
        ]
        names = ("customer_id", "name", "happened_at")
        events = {name: [row[place] for row in sent] for place, name in enumerate(names)}
        shop.add(
            pa.table(events),
            kind="events",
            name="mailer",
            columns={name: name for name in names} | {"record_id": "customer_id"},
        )
        shop.campaigns.freeze("autumn")
        reasons = {who: one[3] for who, one in members(shop, "autumn-1").items()}
        assert reasons.get("c0004") != "capped"
        capped = {who for who, reason in reasons.items() if reason == "capped"}
        assert capped <= {"c0002", "c0003"}
        from segmentary.workspace.sending_gate import gate

        asked = gate(shop, "file", "marketing")
        verdicts = {who: asked.verdict(who, f"{who}@shop.example", START) for who in ("c0002", "c0003")}
        assert "capped" in verdicts.values()


def test_two_people_with_one_address_get_one_message(shop):
    # More people than one identity may join share an address: a family, a hotel.
    ids = [f"f{number}" for number in range(40)]
    table = {
        "customer_id": ids,
        "email": ["all@family.example"] * 40,
        "accepts_marketing": ["yes"] * 40,
        "tier": ["gold"] * 40,
    }
    shop.add(pa.table(table), kind="customers", name="families")
    shop.run()
    shop.campaigns.freeze("autumn")
    held = members(shop, "autumn-1")
    family = {who: one for who, one in held.items() if who.startswith("f")}
    assert sum(one[3] != "same_address" for one in family.values()) == 1
    assert not family[min(family)][3]


def test_why_says_it_in_words(shop):
    shop.campaigns.freeze("autumn")
    held = members(shop, "autumn-1")
    out = next(who for who, one in held.items() if one[1] == "holdout")
    assert "held out by lot" in " ".join(shop.campaigns.why("autumn", out).sentences)
    refused = next(who for who, one in held.items() if one[3] == "refused")
    found = shop.campaigns.why("autumn-1", refused)
    assert (found.outcome, found.now) == ("refused", "refused")
    plain = next(who for who in known() if who not in held)
    assert shop.campaigns.why("autumn", plain).outcome == "no_target"
    with pytest.raises(UnknownNameError):
        shop.campaigns.why("autumn", "nobody")


def test_a_check_freezes_nothing_and_foretells(shop):
    found = shop.campaigns.check("autumn")
    assert shop.campaigns.audiences() == []
    audience = shop.campaigns.freeze("autumn")
    assert [one.left_out for one in found.counts] == [one.left_out for one in audience.counts]
    assert abs(found.falls[-1].rest - audience.written_to) <= 2
    assert "held out" in found.power[-1]
    assert set(found.reach) == {"file", "email", "sms", "phone"}


def test_special_data_needs_a_reason(shop):
    ill = Campaign("flu_shots", "file", "marketing", "", (Target("ill"),))
    with pytest.raises(DefinitionError, match="diagnosis"):
        shop.campaigns.apply(ill)
    shop.campaigns.apply(
        Campaign("flu_shots", "file", "marketing", "", (Target("ill"),), sensitive_because="asked for")
    )
    assert shop.campaigns.check("flu_shots").notes[-1].endswith("diagnosis (asked for)")


def test_what_is_not_computed_or_unknown_is_said(shop):
    with pytest.raises(UnknownNameError, match="spring"):
        shop.campaigns.freeze("spring")
    with pytest.raises(UsageError, match="nothing was computed yet"):
        shop.campaigns.freeze("autumn", as_of="2020-01-01")
    with pytest.raises(UnknownNameError, match="audience"):
        shop.campaigns.audience("autumn")
    shop.campaigns.apply(Campaign("none", "file", "marketing", "", (Target("gold"),), ("gold",)))
    empty = shop.campaigns.freeze("none")
    assert (empty.written_to, list(shop.campaigns.people("none-1"))) == (0, [])
    assert shop.campaigns.check("none").power


def test_cancelled_it_is_frozen_anew_with_the_same_draw(shop):
    shop.campaigns.freeze("autumn")
    shop.campaigns.cancel("autumn")
    assert shop.campaigns.audience("autumn-1").state == "cancelled"
    assert shop.campaigns.freeze("autumn").audience == "autumn-2"
    assert members(shop, "autumn-1") == members(shop, "autumn-2")


KILLED = """
import os, signal, sys
import segmentary as sg
from segmentary.workspace import campaign_exposing, campaign_freezing
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(sys.modules["segmentary.workspace." + sys.argv[2]], sys.argv[3], die)
with sg.open(sys.argv[1]) as workspace:
    workspace.campaigns.freeze("autumn")
"""


@pytest.mark.parametrize(
    ("module", "function", "frozen"),
    [
        ("campaign_freezing", "keep_plan", False),
        ("campaign_exposing", "set_document", True),
    ],
)
def test_killed_there_is_an_audience_or_none(audience_template, tmp_path, module, function, frozen):
    shutil.copytree(audience_template, tmp_path / "shop")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "shop"), module, function], timeout=60, check=False,
        capture_output=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    with open_workspace(tmp_path / "shop") as shop:
        assert bool(shop.campaigns.audiences()) == frozen
        assert bool(shop.ledger.rows("select 1 from audience_members")) == frozen
        audience = shop.campaigns.freeze("autumn")
        assert audience.audience == "autumn-1"
        drawn = sum(sum(one.arms.values()) for one in audience.counts)
        assert shop.engine.value(exp.select(exp.Count(this=exp.Star())).from_(EXPOSURES.name)) == drawn
        assert shop.experiments.get("autumn").waves


def test_nothing_of_an_audience_leaves_before_somebody_sends_it(shop):
    audience = shop.campaigns.freeze("autumn").audience
    shop.outbox.put([outgoing(f"{audience}.c1", audience), outgoing("parcel.c2", "parcels")])
    assert shop.outbox.send(dry_run=True).sent == 1
    assert shop.outbox.send().sent == 1
    assert shop.outbox.state(origin=audience).states == {"waiting": 1}
    assert shop.outbox.send(origin=audience, limit=0).sent == 0
    assert shop.outbox.send().sent == 1, "begun, it goes on with everything else"


def outgoing(message, origin):
    said = Rendered("Hello", "Hello.")
    return Outgoing(
        message=message, origin=origin, campaign="", customer_id=message, channel="file", purpose="service", segment="",
        arm="", variant="", address=f"{message}@shop.example", content=said,
    )  # fmt: skip


def test_frozen_though_its_arms_could_not_be_loaded_is_said(shop):
    archive = shop.folder.root / "archive" / "files"

    def full(said, _part=0.0):
        if said == "writing exposures":
            archive.rename(archive.with_name("away"))
            archive.write_text("")

    with pytest.raises(WorkspaceError, match="autumn-1 is frozen, but its arms are not in the warehouse yet"):
        shop.campaigns.freeze("autumn", tell=full)
    archive.unlink()
    archive.with_name("away").rename(archive)
    assert shop.campaigns.freeze("autumn").audience == "autumn-1"
