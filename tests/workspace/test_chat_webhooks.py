"""Webhooks over a whole workspace: who is believed, what is answered once, what begins anew."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.workspace.chat_shop import PEOPLE, Clock

import segmentary as sg
from segmentary.errors import DataError, UsageError

BOT = {
    "bot": "ada",
    "answers": {"plan": "Your plan is {{ plan }}.", "opening": "From 9 to 18.", "greet": "Hi!"},
    "intents": {
        "plan": {"examples": ["which plan do I have"]},
        "opening": {"examples": ["when are you open"]},
        "greet": {"keywords": ["hi", "welcome"]},
    },
}


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[sg.Workspace]:
    folder = tmp_path_factory.mktemp("webhooks")
    (folder / "people.csv").write_text(PEOPLE)
    with sg.init(folder / "shop", clock=clock) as made:
        made.add(folder / "people.csv", kind="customers")
        made.chats.apply(BOT)
        yield made


def asked(workspace: sg.Workspace, text: str, **more: object) -> str:
    body = {"sender": "web-1", "message": text, "metadata": more}
    return " ".join(one["text"] for one in workspace.chats.handle_webhook(body, "rasa"))


def test_only_a_signed_token_says_who_somebody_is(workspace: sg.Workspace) -> None:
    assert "need to know that it is you" in asked(workspace, "which plan do I have", customer_id="ann")
    assert asked(workspace, "which plan do I have", token=workspace.chats.token("ann")) == "Your plan is gold."
    # The visitor's conversation stays one.
    assert "need to know that it is you" in asked(workspace, "which plan do I have")
    with pytest.raises(UsageError, match="not one of this workspace"):
        asked(workspace, "which plan do I have", token="ann")


def test_a_request_is_answered_once_and_after_the_end_it_begins_anew(workspace: sg.Workspace, clock: Clock) -> None:
    first = asked(workspace, "when are you open", message_id="m1")
    before = len(workspace.ledger.rows("select 1 from turns"))
    assert asked(workspace, "when are you open", message_id="m1") == first
    assert len(workspace.ledger.rows("select 1 from turns")) == before
    clock.forward(hours=2)
    assert workspace.chats.close_silent() > 0
    assert asked(workspace, "when are you open", message_id="m2") == "From 9 to 18."
    assert asked(workspace, "when are you open", message_id="m1") == first


@pytest.mark.real_data
def test_every_real_dialogflow_body_is_answered_in_its_own_shape(workspace: sg.Workspace, real_data: Path) -> None:
    with gzip.open(real_data / "payloads" / "dialogflow_webhook_requests.jsonl.gz", "rt", encoding="utf-8") as lines:
        bodies = [json.loads(line)["payload"] for line in lines]
    for body in bodies:
        version = "dialogflow_v1" if "result" in body else "dialogflow_v2"
        answer = workspace.chats.handle_webhook(body, version)
        assert answer["speech" if version == "dialogflow_v1" else "fulfillmentText"]
        json.dumps(answer)


def test_bodies_of_another_shape_and_unknown_dialects_are_refused(workspace: sg.Workspace) -> None:
    with pytest.raises(DataError):
        workspace.chats.handle_webhook({"text": "hi"}, "dialogflow_v2")
    with pytest.raises(UsageError):
        workspace.chats.handle_webhook({"sender": "a", "message": "b"}, "telegram")
