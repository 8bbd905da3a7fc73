"""Bodies of webhooks: the real ones of the payload samples, and answers in their own shapes."""

import gzip
import json

import pytest

from segmentary.activation.chat.dialects import Incoming, Outgoing, answer, dialect_of, incoming
from segmentary.errors import DataError, UsageError

REPLY = Outgoing("web-1", ["Hello.", "Which?"], ["a", "b"], "", "", "greet")


def test_a_rasa_body_and_answer():
    body = {"sender": "web-1", "message": "hi", "metadata": {"message_id": "m1", "token": "t"}}
    assert incoming(body, "rasa") == Incoming("web-1", "hi", "m1", "t", "")
    buttons = [{"title": "a", "payload": "a"}, {"title": "b", "payload": "b"}]
    assert answer(REPLY, "rasa") == [
        {"recipient_id": "web-1", "text": "Hello."},
        {"recipient_id": "web-1", "text": "Which?", "buttons": buttons},
    ]


def test_answers_of_dialogflow():
    second = answer(REPLY, "dialogflow_v2")
    assert second["fulfillmentText"] == "Hello.\nWhich?"
    assert second["fulfillmentMessages"][0] == {"text": {"text": ["Hello."]}}
    assert second["fulfillmentMessages"][-1] == {"quickReplies": {"title": "", "quickReplies": ["a", "b"]}}
    first = answer(REPLY, "dialogflow_v1")
    assert first["speech"] == "Hello.\nWhich?"
    assert first["messages"][-1] == {"type": 2, "title": "", "replies": ["a", "b"]}


@pytest.mark.real_data
def test_every_real_dialogflow_body_is_read(real_data):
    path = real_data / "payloads" / "dialogflow_webhook_requests.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        bodies = [json.loads(line)["payload"] for line in lines]
    found = [incoming(one, "dialogflow_v1" if "result" in one else "dialogflow_v2") for one in bodies]
    assert len(found) == len(bodies) == 26
    assert all(one.sender and one.request for one in found)
    assert {"hello!?", "every rich response", "GOOGLE_ASSISTANT_WELCOME"} <= {one.text for one in found}


@pytest.mark.parametrize("body", [None, [], {}, {"message": "hi"}, {"sender": "a"}, {"sender": "", "message": "x"}])
def test_a_body_of_another_shape_is_refused(body):
    with pytest.raises(DataError):
        incoming(body, "plain")


def test_ids_and_texts_are_made_storable():
    read = incoming({"sender": "x" * 5_000, "message": "a\0b\ud800"}, "plain")
    assert len(read.sender) == 64
    assert read.text == "a b?"
    with pytest.raises(UsageError):
        dialect_of("telegram")
