"""A tried conversation leaves nothing behind, says what a real one says, and what was not understood is found."""

from __future__ import annotations

import pytest
from tests.workspace.chat_shop import Clock, ready

from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.chat_trying import Asked, tried
from segmentary.workspace.chat_unanswered import not_understood, unanswered


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with ready(tmp_path_factory.mktemp("trying"), Clock()) as workspace:
        yield workspace


def everything(workspace):
    names = [row[0] for row in workspace.ledger.rows("select name from sqlite_master where type = 'table'")]
    return {name: workspace.ledger.rows(f"select count(*) from {name}")[0][0] for name in names}


def test_nothing_is_kept_and_the_words_are_the_same(shop):
    before = everything(shop)
    said = ("when are you open", "quantum chromodynamics tomorrow")
    found = tried(shop, Asked("ada", "ann", said))
    assert everything(shop) == before
    assert [one.said for one in found.exchanges] == ["", *said]
    talk = shop.chats.open("ada", customer_id="ann", verified=True)
    lines = [shop.chats.greet(talk).lines, *(shop.chats.say(talk, text).lines for text in said)]
    assert [one.reply.lines for one in found.exchanges] == lines


def test_refused_where_it_cannot_be_tried(shop):
    with pytest.raises(UnknownNameError):
        tried(shop, Asked("nobody"))
    with pytest.raises(UnknownNameError):
        tried(shop, Asked("ada", "no such customer"))
    with pytest.raises(UsageError):
        tried(shop, Asked("ada", "", ("x",) * 26))


def test_what_was_not_understood_is_listed(shop):
    for name in ("one", "two"):
        talk = shop.chats.open("ada", conversation_id=name)
        shop.chats.say(talk, "Zyx  wvu tsr")
        shop.chats.say(talk, "when are you open")
    rows = [one for one in unanswered(shop) if "zyx" in one.words.lower()]
    assert [one.times for one in rows] == [2]
    assert not any("open" in one.words for one in unanswered(shop))
    assert not not_understood("{}")
    assert not not_understood("[")
