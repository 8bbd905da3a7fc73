"""Messages into conversations: once, and only where it is known who is there."""

import datetime as dt

import pytest
from tests.activation.channels.messages import NOON, outgoing

from segmentary.activation.channels.chat import ChatChannel
from segmentary.ledger.conversations import Conversation, append_conversation, turns
from segmentary.ledger.ledger import Ledger


@pytest.fixture
def ledger(tmp_path):
    found = Ledger(tmp_path / "ledger.sqlite")
    for name, verified, ended in (
        ("old", True, None),
        ("new", True, None),
        ("guest", False, None),
        ("over", True, NOON),
    ):
        at = NOON - dt.timedelta(hours=5 if name == "old" else 1)
        append_conversation(found, Conversation(name, "bot", "web", "c1", verified, {}, at, at, ended))
    yield found
    found.close()


def chat(**given):
    return outgoing(channel="chat", address=given.pop("address", ""), **given)


def test_it_goes_to_the_newest_open_conversation_once(ledger):
    channel = ChatChannel("chat", ledger, clock=lambda: NOON)
    assert channel.deliver(chat()).outcome == "sent"
    assert channel.deliver(chat()).reply == "in the conversation already"
    assert [(one.direction, one.text) for one in turns(ledger, "new")] == [("out", "Something for you.")]
    assert not turns(ledger, "old")


def test_it_goes_to_the_conversation_it_names_and_to_nobody_elses(ledger):
    channel = ChatChannel("chat", ledger, clock=lambda: NOON)
    assert channel.deliver(chat(address="old")).outcome == "sent"
    assert channel.deliver(chat(message="m2", address="old", customer_id="c2")).outcome == "failed"
    assert channel.deliver(chat(message="m3", address="over")).outcome == "failed"
    assert channel.deliver(chat(message="m4", customer_id="c9")).outcome == "failed"
    assert len(turns(ledger, "old")) == 1
    assert channel.check()
    channel.close()
