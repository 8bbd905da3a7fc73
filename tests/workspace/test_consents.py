"""A no holds at the next message, whoever took it down; a complaint is not lifted by a later yes."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workspace.audience_world import START, Hand

from segmentary.errors import UnknownNameError, UsageError
from segmentary.ledger import outbox
from segmentary.ledger.decisions import decisions_of
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.outbox import Entry
from segmentary.workspace.campaign_judging import owners_of
from segmentary.workspace.consents import decide
from segmentary.workspace.opening import init_workspace, open_workspace
from segmentary.workspace.record_names import other_ids
from segmentary.workspace.sending_gate import gate

NOW = START + dt.timedelta(hours=1)
ANN = "ann@shop.example"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("consents") / "shop"
    with init_workspace(folder, clock=Hand()) as workspace:
        table = {
            "customer_id": ["ann", "bob", "cyd"],
            "email": [ANN, "bob@shop.example", "cyd@shop.example"],
            "accepts_marketing": ["yes", "no", None],
            "time_zone": ["Europe/Berlin", None, "nowhere"],
        }
        workspace.add(pa.table(table), kind="customers", name="crm")
    return folder


@pytest.fixture
def shop(template, tmp_path):
    shutil.copytree(template, tmp_path / "shop")
    with open_workspace(tmp_path / "shop", clock=Hand(NOW)) as workspace:
        yield workspace


def verdict(asked, who="ann", at=NOW):
    return asked.verdict(who, f"{who}@shop.example", at)


def test_what_files_say(shop):
    asked = gate(shop, "email", "marketing")
    assert [verdict(asked, who) for who in ("ann", "bob", "cyd", "dan")] == [
        None, "refused", "no_consent", "no_consent",
    ]  # fmt: skip
    assert asked.verdict("ann", "", NOW) == "no_address"
    assert asked.verdict("ann", "broken", NOW) == "invalid_address"


def test_service_needs_no_consent_but_obeys_the_list_and_a_no(shop):
    asked = gate(shop, "email", "service")
    assert verdict(asked, "bob") is None
    shop.consents.suppress("email", "bob@shop.example", "bounce")
    assert verdict(asked, "bob") == "suppressed"
    shop.consents.decide("cyd", "any", "any", False, "letter")
    assert verdict(asked, "cyd") == "refused"


def test_another_process_says_no_while_this_one_is_sending(shop):
    asked = gate(shop, "email", "marketing")
    assert verdict(asked) is None
    start = "from segmentary.interfaces.cli.main import main; main()"
    command = [sys.executable, "-c", start, "-w", str(shop.folder.root), "consent", "refuse", "ann"]
    done = subprocess.run([*command, "--evidence", "call"], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert verdict(asked) == "refused"


def test_a_later_yes_lifts_no_complaint_but_a_person_does(shop):
    asked = gate(shop, "email", "marketing")
    assert shop.consents.suppress("email", " Ann@Shop.example ", "complaint")
    assert not shop.consents.suppress("email", ANN, "complaint")
    shop.consents.decide("ann", "marketing", "email", True, "form")
    assert verdict(asked) == "suppressed"
    with pytest.raises(UsageError, match="why"):
        shop.consents.lift("email", ANN, "", by="eve")
    assert shop.consents.lift("email", ANN, "asked for it", by="eve") == 1
    assert verdict(asked) is None
    assert shop.ledger.audit_intact()
    assert ANN not in str(shop.ledger.rows("select detail from audit"))


def test_suppressed_people_have_no_way_round_it(shop):
    shop.consents.suppress("any", "", "by hand", customer_id="ann")
    assert gate(shop, "email", "marketing").verdict("ann", "other@shop.example", NOW) == "suppressed"


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(["marketing", "any", "survey"]), st.sampled_from(["email", "any", "sms"]),
                          st.booleans()), max_size=4))  # fmt: skip
def test_the_last_word_on_a_purpose_and_channel_counts(tmp_path_factory, said):
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "ledger.sqlite")
    for purpose, channel, granted in said:
        # The clock stands still, and yet every decision comes after the last.
        decide(ledger, "ann", purpose, channel, granted, "form", at=NOW)
    held = [one[2] for one in said if one[0] in ("marketing", "any") and one[1] in ("email", "any")]
    from segmentary.ledger.decisions import last_word, last_words

    found = last_word(ledger, ("ann",), "marketing", "email")
    assert (found[1] if found else None) == (held[-1] if held else None)
    assert last_words(ledger, "marketing", "email").get("ann") == found
    ledger.close()


def test_of_one_instant_the_refusal_wins(shop):
    at = START - dt.timedelta(days=1)
    shop.consents.decide("cyd", "marketing", "email", False, "", at=at)
    shop.consents.decide("cyd", "marketing", "email", True, "form", at=at)
    assert verdict(gate(shop, "email", "marketing"), "cyd") == "refused"
    shop.consents.load()
    assert verdict(gate(shop, "email", "marketing"), "cyd") == "refused"


def test_decisions_are_loaded_once_and_mean_the_same_after(shop):
    shop.consents.decide("ann", "marketing", "any", False, "call")
    shop.consents.decide("stranger", "marketing", "email", True, "form")
    assert shop.consents.load() == 1
    assert shop.consents.load() == 0
    assert verdict(gate(shop, "email", "marketing")) == "refused"
    assert decisions_of(shop.ledger, ["ann"])[0].load_id
    shop.add(pa.table({"customer_id": ["stranger"]}), kind="customers", name="others")
    assert shop.consents.load() == 1


def test_reactions_of_any_tool_suppress(shop):
    events = {
        "customer_id": ["ann", "bob", "cyd", "ann"],
        "name": ["email_complained", "email_bounced", "email_bounced", "email_clicked"],
        "happened_at": [START - dt.timedelta(days=n) for n in (1, 2, 3, 4)],
        "permanent": ["", "true", "false", ""],
    }
    columns = {"record_id": "customer_id", "name": "name", "happened_at": "happened_at"}
    shop.add(pa.table(events), kind="events", name="mailer", columns=columns)
    assert shop.consents.learn() == 3  # an address and a person of ann's, an address of bob's
    assert shop.consents.learn() == 0
    asked = gate(shop, "email", "service")
    assert [verdict(asked, who) for who in ("ann", "bob", "cyd")] == ["suppressed", "suppressed", None]
    assert shop.consents.lift("any", "bob@shop.example", "mended", by="eve") == 1
    assert shop.consents.learn() == 0
    assert verdict(asked, "bob") is None


def test_quiet_hours_delay_by_the_clock_of_the_person(template, tmp_path):
    shutil.copytree(template, tmp_path / "shop")
    file = tmp_path / "shop" / "segmentary.toml"
    file.write_text(file.read_text() + '\n[contact.any]\nquiet = "21:00-08:00"\n')
    with open_workspace(tmp_path / "shop", clock=Hand(NOW)) as shop:
        asked = gate(shop, "email", "marketing")
        late = dt.datetime(2026, 3, 1, 20, 30, tzinfo=dt.UTC)
        assert verdict(asked, at=late) == "quiet"
        assert asked.resumes("ann", late) == dt.datetime(2026, 3, 2, 7, tzinfo=dt.UTC)
        assert asked.resumes("cyd", late) is None


def test_caps_follow_people_who_were_found_to_be_one(template, tmp_path):
    shutil.copytree(template, tmp_path / "shop")
    file = tmp_path / "shop" / "segmentary.toml"
    file.write_text(file.read_text() + '\n[contact.any]\nat_most = 1\nwithin = "7d"\n')
    with open_workspace(tmp_path / "shop", clock=Hand(NOW)) as shop:
        table = {"customer_id": ["ann_again"], "email": [ANN], "accepts_marketing": ["yes"]}
        shop.add(pa.table(table), kind="customers", name="crm")
        shop.derived.ensure()
        others = other_ids(shop.engine)
        [(person, (former,))] = others.items()
        assert {person, former} == {"ann", "ann_again"}
        assert owners_of(shop) == {former: person}
        asked = gate(shop, "email", "marketing")
        assert asked.verdict(person, ANN, NOW) is None
        fields = dict.fromkeys(("campaign", "segment", "arm", "variant", "offer", "address", "address_hash"), "")
        outbox.put(shop.ledger, [Entry("m1", "o", customer_id=former, channel="email", purpose="marketing", payload=b"",
                                       **fields)], at=NOW)  # fmt: skip
        [mine] = outbox.lease(shop.ledger, "me", now=NOW, until=NOW, limit=1, channel="email")
        assert outbox.end(shop.ledger, mine, "sent", at=NOW)
        assert asked.verdict(person, ANN, NOW) == "capped"


def test_who_was_merged_or_deleted_after_their_message_was_written(shop):
    # Bob turns out to be Ann, and says no under either name; a source deletes Cyd.
    crm = {"customer_id": ["cyd", "dan"], "email": ["cyd@shop.example", ANN], "deleted": ["true", "false"]}
    shop.add(pa.table(crm), kind="customers", name="other")
    asked = gate(shop, "email", "service")
    shop.derived.ensure()
    [(person, (former,))] = other_ids(shop.engine).items()
    assert asked.verdict("cyd", "cyd@shop.example", NOW) == "deleted"
    assert asked.verdict(former, ANN, NOW) is None
    shop.consents.decide(person, "any", "any", False, "letter")
    assert asked.verdict(former, ANN, NOW) == "refused"


@pytest.mark.parametrize(
    ("purpose", "channel", "granted", "evidence", "at"),
    [
        ("", "email", False, "", None),
        ("marketing", "e mail", False, "", None),
        ("marketing", "email", True, " ", None),
        ("marketing", "email", False, "", NOW + dt.timedelta(days=1)),
    ],
)
def test_what_makes_no_sense_is_refused(shop, purpose, channel, granted, evidence, at):
    with pytest.raises(UsageError):
        shop.consents.decide("ann", purpose, channel, granted, evidence, at=at)
    with pytest.raises(UsageError):
        shop.consents.suppress("email", "broken", "bounce")
    assert shop.consents.decisions() == []
    assert shop.consents.suppressions() == []


def test_a_state_says_where_each_decision_comes_from(shop):
    shop.consents.decide("ann", "survey", "email", False, "call of 2 May")
    found = shop.consents.state("ann")
    assert [(one.source, one.granted) for one in found.decisions] == [("person", False), ("crm", True)]
    assert {(one.purpose, one.allowed) for one in found.may} == {("marketing", True), ("survey", False)}
    with pytest.raises(UnknownNameError):
        shop.consents.state("nobody")
