"""`segmentary chat` as people type it."""

import json

import pytest
from tests.interfaces.cli.chatting import make_chatting
from typer.testing import CliRunner

from segmentary.interfaces.cli.main import app


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_chatting(tmp_path_factory.mktemp("chat"))


def typed(shop, *words, said=""):
    found = CliRunner().invoke(app, ["-w", str(shop), "chat", *words], input=said)
    assert found.exit_code == 0, found.output
    return found.stdout


def test_a_bot_is_talked_to_by_its_name_or_without(shop):
    shown = typed(shop, "--script", "-", "--explain", "--dry-run", said="# a comment\nwhen are you open\n2\n")
    assert "Ada  Hello there, I am Ada." in shown
    assert "[1] Under 30   [2] 30 to 59   [3] 60 or older" in shown
    assert "intent opening (1.00 by examples, because of 'when are you open')" in shown
    # The number of a button is the button.
    assert "you  30 to 59" in shown
    assert "answer to age_band: answered" in shown
    assert json.loads(typed(shop, "conversations", "--json")) == {"conversations": []}


def test_somebody_types_until_they_leave(shop):
    shown = typed(shop, "ada", "--as", "ann", said="my plan please\n\n3\n")
    assert "Your plan is gold: you go first." in shown or "Your plan is gold." in shown
    assert "a visitor" not in typed(shop, "conversations")


def test_a_webhook_reads_one_body_and_answers_it(shop):
    body = {"sender": "w", "message": "are you open on sunday", "metadata": {"message_id": "1"}}
    first = typed(shop, "webhook", "--dialect", "rasa", said=json.dumps(body))
    assert json.loads(first)[0] == {"recipient_id": "w", "text": "We are open from 9 to 18."}
    assert typed(shop, "webhook", "--dialect", "rasa", said=json.dumps(body)) == first


@pytest.mark.parametrize(("words", "said"), [(["webhook"], "not json"), (["nobody"], ""), (["show", "x"], "")])
def test_what_cannot_be_done_is_told(shop, words, said):
    found = CliRunner().invoke(app, ["-w", str(shop), "chat", *words], input=said)
    assert found.exit_code in (1, 2)
    assert "error: " in found.stderr
