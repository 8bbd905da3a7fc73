"""Conversations and turns in the ledger."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from segmentary.errors import UnknownNameError
from segmentary.ledger.conversations import (
    Conversation,
    Said,
    TurnTakenError,
    append_conversation,
    append_turn,
    conversation,
    conversations,
    last_turn,
    mark_loaded,
    reply_to,
    silent_conversations,
    turns,
    turns_of,
    unloaded_turns,
)
from segmentary.ledger.ledger import Ledger

NOW = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
TALK = Conversation("t1", "ada", "chat", "ann", True, {}, NOW, NOW)
SIDES = [Said("in", "hi", {"customer": "ann"}), Said("out", "hello", {})]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "ledger.sqlite")
    append_conversation(made, TALK)
    return made


def test_a_turn_is_kept_with_where_the_conversation_stands(ledger: Ledger) -> None:
    later = NOW + dt.timedelta(seconds=5)
    append_turn(ledger, replace(TALK, state={"misses": 1}), SIDES, request="r1", after=0, at=later)
    assert [(one.direction, one.text) for one in turns(ledger, "t1")] == [("in", "hi"), ("out", "hello")]
    held = conversation(ledger, "t1")
    assert (held.state, held.last_at) == ({"misses": 1}, later)
    answered = reply_to(ledger, "t1", "r1")
    assert answered is not None
    assert answered.text == "hello"
    assert reply_to(ledger, "t1", "r2") is None


def test_the_same_turn_is_not_taken_twice(ledger: Ledger) -> None:
    append_turn(ledger, TALK, SIDES, request="", after=0, at=NOW)
    with pytest.raises(TurnTakenError):
        append_turn(ledger, TALK, SIDES, request="", after=0, at=NOW)
    assert last_turn(ledger, "t1") == 2


def test_a_conversation_is_begun_once(ledger: Ledger) -> None:
    assert append_conversation(ledger, replace(TALK, customer_id="bob")).customer_id == "ann"
    assert [one.conversation for one in conversations(ledger)] == ["t1"]
    with pytest.raises(UnknownNameError):
        conversation(ledger, "t2")


def test_what_waits_to_be_loaded(ledger: Ledger) -> None:
    append_turn(ledger, TALK, SIDES, request="", after=0, at=NOW)
    waiting = unloaded_turns(ledger)
    assert [turn.text for turn, _ in waiting] == ["hi", "hello"]
    mark_loaded(ledger, [turn.number for turn, _ in waiting], "load")
    assert unloaded_turns(ledger) == []
    assert [turn.load_id for turn in turns_of(ledger, "ann", since=NOW)] == ["load", "load"]


def test_silence_is_since_the_last_turn(ledger: Ledger) -> None:
    assert silent_conversations(ledger, "ada", since=NOW) == []
    assert [one.conversation for one in silent_conversations(ledger, "ada", since=NOW + dt.timedelta(hours=1))] == [
        "t1"
    ]
