"""What was not understood is found, the same words as one question; what was is not."""

from __future__ import annotations

from tests.workspace.chat_shop import Clock, ready

from segmentary.workspace.chat_unanswered import not_understood, unanswered


def test_what_was_not_understood_is_listed(tmp_path):
    with ready(tmp_path, Clock()) as shop:
        assert unanswered(shop) == []
        for name in ("one", "two"):
            talk = shop.chats.open("ada", conversation_id=name)
            shop.chats.say(talk, "Zyx  wvu TSR?")
            shop.chats.say(talk, "when are you open")
        rows = unanswered(shop)
    assert [(one.words, one.times, one.bot) for one in rows] == [("Zyx  wvu TSR?", 2, "ada")]


def test_broken_details_are_no_answer():
    assert not not_understood("{}")
    assert not not_understood("[")
    assert not not_understood("[1]")
