"""The outbox of a workspace: what is due leaves through real channels, and what became of it is known afterwards."""

import csv
import datetime as dt
import json

import pytest
from tests.activation.channels.mail_server import Behaviour, MailServer
from tests.workspace.sending_business import NOON, Clock, made, message

from segmentary.engine.sqlfile import parse_query
from segmentary.errors import SettingsError, UsageError
from segmentary.ledger.conversations import Conversation, append_conversation, turns

PEOPLE = 12


@pytest.fixture(scope="module")
def server():
    with MailServer(Behaviour()) as found:
        yield found


@pytest.fixture(scope="module")
def shop(tmp_path_factory, server):
    """A business with people; the clock stands still unless it is moved."""
    clock = Clock()
    folder = tmp_path_factory.mktemp("shop") / "shop"
    channels = {
        "file": {"folder": "out", "format": "csv"},
        "push": {"url": "https://127.0.0.1:9/hooks", "consent": "email"},
        "wrong": {"kind": "pigeon"},
    }
    with made(folder, PEOPLE, port=server.port, channels=channels, clock=clock) as workspace:
        yield workspace, clock


@pytest.fixture
def business(shop, server):
    workspace, clock = shop
    server.behaviour.plan = {}
    server.behaviour.attempts.clear()
    server.mails.clear()
    workspace.ledger.connection.execute("delete from outbox")
    return workspace, clock, server


def test_dry_then_sent_then_loaded_once(business):
    workspace, clock, server = business
    server.behaviour.plan = {"c1@x.example": ["4xx"], "c2@x.example": ["5xx"]}
    assert workspace.outbox.put(message(n) for n in range(6)) == 6
    assert workspace.outbox.put(message(n) for n in range(6)) == 0
    workspace.consents.decide("c3", "marketing", "email", False, "by phone")
    tried = workspace.outbox.send(dry_run=True)
    assert (tried.sent, tried.channels["email"].withheld, len(server.mails)) == (5, {"refused": 1}, 0)
    found = workspace.outbox.send()
    assert (found.sent, found.waiting) == (3, 1)
    assert found.sentence.startswith("3 sent, 1 withheld, 1 failed, 1 waiting (the next at 2026-03-02 12:0")
    state = workspace.outbox.state()
    assert state.states == {"sent": 3, "waiting": 1, "failed": 1, "withheld": 1}
    assert state.reasons == {"waiting: retry": 1, "failed: bounced": 1, "withheld: refused": 1}
    assert state.due == 0
    assert workspace.outbox.load() == 4
    assert workspace.outbox.load() == 0
    clock.sleep(3_600)
    assert workspace.outbox.send().sent == 1
    assert workspace.outbox.load() == 1
    assert reactions(workspace, "autumn-1.") == {"email_sent": 4, "email_bounced": 1}
    said = workspace.engine.rows(
        parse_query("select record_id, direction, text, campaign_id from messages where source = 'segmentary:messages'")
    )
    assert ("c0", "out", "Hello 0\n\nSomething for you.", "autumn") in said
    assert len(said) == 4
    assert workspace.verify().equal


def reactions(workspace, begin):
    workspace.derived.ensure()
    rows = workspace.engine.rows(parse_query("select name, properties from events where source like 'segmentary:%'"))
    found = {}
    for name, properties in rows:
        said = json.loads(properties)
        if said["message"].startswith(begin):
            assert (said["campaign"], said["variant"]) == ("autumn", "first")
            found[name] = found.get(name, 0) + 1
    return found


def test_an_address_that_bounced_is_not_written_to_and_a_lifted_one_stays_lifted(business):
    workspace, _, server = business
    server.behaviour.plan = {"c4@x.example": ["5xx"]}
    workspace.outbox.put([message(4, message="b-1.c4")])
    assert workspace.outbox.send().channels["email"].failed == 1
    workspace.outbox.load()
    workspace.consents.load()
    workspace.outbox.put([message(4, message="b-2.c4")])
    assert workspace.outbox.send().channels["email"].withheld == {"suppressed": 1}
    workspace.consents.lift("email", "c4@x.example", "new mailbox", by="Bo")
    workspace.consents.load()
    workspace.outbox.put([message(4, message="b-3.c4")])
    assert workspace.outbox.send().sent == 1


def test_quiet_hours_and_caps_hold(tmp_path, server):
    server.mails.clear()
    clock = Clock(NOON.replace(hour=22))
    contact = {"email": {"at_most": 1, "within": "7d", "quiet": "21:00-08:00"}}
    with made(tmp_path / "shop", 2, port=server.port, contact=contact, clock=clock) as workspace:
        workspace.outbox.put([message(0), message(0, message="autumn-2.c0", origin="autumn-2"), message(1)])
        found = workspace.outbox.send()
        assert (found.sent, found.channels["email"].quiet) == (0, 3)
        assert found.next_at == dt.datetime(2026, 3, 3, 8, tzinfo=dt.UTC)
        clock.now = found.next_at
        found = workspace.outbox.send()
    assert (found.sent, found.channels["email"].withheld) == (2, {"capped": 1})


def test_a_file_is_written_whole_and_never_over_one_that_was_sent(business):
    workspace, _, _ = business
    workspace.outbox.put(message(n, channel="file", message=f"f-1.{n}", origin="list-1") for n in (0, 1, 3))
    place = workspace.folder.root / "out" / "list-1.csv"
    found = workspace.outbox.send("file")
    assert (found.sent, found.channels["file"].withheld) == (2, {"refused": 1})
    with place.open(newline="") as stream:
        assert [row["customer_id"] for row in csv.DictReader(stream)] == ["c0", "c1"]
    before = place.read_bytes()
    workspace.outbox.put([message(5, channel="file", message="f-1.5", origin="list-1")])
    own = workspace.folder.root / "mine.jsonl"
    assert workspace.outbox.send("file", "list-1", path=own).sent == 1
    workspace.outbox.put([message(7, channel="file", message="f-1.7", origin="list-1")])
    with pytest.raises(UsageError, match="count as sent"):
        workspace.outbox.send("file", "list-1", path=own)
    assert workspace.outbox.cancel("list-1") == 1
    workspace.outbox.put([message(6, channel="file", message="f-1.6", origin="list-1")])
    assert workspace.outbox.send("file").sent == 1
    assert place.read_bytes() == before
    assert sorted(one.name for one in place.parent.iterdir()) == ["list-1-2.csv", "list-1.csv"]
    assert len(own.read_text().splitlines()) == 1


def test_where_nobody_may_be_written_to_no_file_is_touched(business):
    workspace, _, _ = business
    own = workspace.folder.root / "yours.csv"
    own.write_text("somebody's work")
    workspace.outbox.put([message(3, channel="file", message="n-1.3", origin="none-1")])
    found = workspace.outbox.send("file", "none-1", path=own).channels["file"]
    assert (found.sent, found.withheld, found.files) == (0, {"refused": 1}, ())
    assert own.read_text() == "somebody's work"


def test_a_chat_message_stands_in_the_conversation(business):
    workspace, clock, _ = business
    now = clock()
    append_conversation(workspace.ledger, Conversation("talk", "bot", "web", "c0", True, {}, now, now))
    workspace.outbox.put([message(0, channel="chat", address="", purpose="service", message="chat-1")])
    assert workspace.outbox.send("chat").sent == 1
    assert [one.text for one in turns(workspace.ledger, "talk")] == ["Something for you."]


def test_a_channel_that_is_not_set_up_holds_up_no_other(business):
    workspace, _, _ = business
    workspace.outbox.put([message(5), message(5, channel="fax", message="x-1", purpose="service")])
    found = workspace.outbox.send()
    assert found.channels["email"].sent == 1
    assert "fax is not set up" in found.stopped
    with pytest.raises(SettingsError, match="fax"):
        workspace.outbox.send("fax")
    assert workspace.outbox.cancel("autumn-1", reason="wrong") == 1


def test_a_webhook_that_leads_inside_is_not_called(business):
    workspace, _, _ = business
    workspace.outbox.put([message(5, channel="push", message="p-1", purpose="service")])
    found = workspace.outbox.send("push")
    assert found.channels["push"].stopped == "channel"
    assert "not a public address" in found.stopped


def test_given_up_and_tried_again(business):
    workspace, _, server = business
    server.behaviour.plan = {"c6@x.example": ["554 5.7.1 no"]}
    workspace.outbox.put([message(6, message="again-1")])
    assert workspace.outbox.send().channels["email"].failed == 1
    assert workspace.outbox.load() == 1
    assert workspace.outbox.retry(origin="autumn-1") == 1
    assert workspace.outbox.send().sent == 1
    assert workspace.outbox.load() == 1
    assert reactions(workspace, "again-1") == {"email_rejected": 1, "email_sent": 1}


def test_messages_of_people_nobody_knows_wait_to_be_loaded(business):
    workspace, _, _ = business
    workspace.outbox.put([message(7, message="s-1", customer_id="stranger", purpose="service")])
    assert workspace.outbox.send().sent == 1
    assert workspace.outbox.load() == 0
    stranger = workspace.folder.root / "late.csv"
    stranger.write_text("id,email,created_at\nstranger,s@x.example,2026-01-01\n")
    workspace.add(stranger, kind="customers", name="late")
    assert workspace.outbox.load() == 1


def test_nobody_waits(business):
    workspace, _, _ = business
    assert workspace.outbox.put([]) == 0
    found = workspace.outbox.send()
    assert (found.sent, found.waiting, found.next_at, found.sentence) == (0, 0, None, "0 sent")
    assert workspace.outbox.load() == 0
    assert workspace.outbox.state().states == {}
