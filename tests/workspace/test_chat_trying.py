"""A tried conversation leaves nothing behind and says what a real one says."""

from __future__ import annotations

import pytest
from tests.workspace.chat_shop import Clock, ready

from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.chat_trying import Asked, tried


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
