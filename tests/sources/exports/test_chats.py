"""What is said in chats is messages, in and out; the intents a bot found are events; nobody speaks twice."""

from collections import Counter

import pytest
from tests.sources.exports.bodies import CHAT_LOG, CHATS, CONVERSATIONS
from tests.sources.exports.made import made, made_of

from segmentary.sources.exports.chat_turns import role_of


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return made(tmp_path_factory.mktemp("chats"), CHATS)


def test_each_platform_says_who_said_what(rows):
    assert [(each["record_id"], each["direction"], each["text"]) for each in rows[""]] == [
        ("facebook:77", "in", "hi"), ("s2", "in", "price?"), ("s2", "out", "10 euros"),
        ("r9", "in", "I want shoes"), ("r9", "out", "Which size?"), ("chatwoot:8", "in", "Where is my parcel?"),
    ]  # fmt: skip
    assert rows[""][0]["conversation_id"] == "s1"
    assert (rows[""][5]["email"], rows[""][5]["phone"]) == ("ann@example.org", "+391234567890")


def test_what_a_webhook_would_have_answered_was_not_said(rows):
    greeting = rows["events"][0]
    assert greeting["properties"]["default_answer"] == "Hello!"
    assert "Hello!" not in {each["text"] for each in rows[""]}


def test_intents_are_events_with_their_confidence(rows):
    assert [(each["properties"]["intent"], each["properties"]["confidence"]) for each in rows["events"]] == [
        ("greet", 0.9), ("price", 0.5), ("buy", 0.8)]  # fmt: skip
    assert {each["name"] for each in rows["events"]} == {"chat_intent_detected"}
    assert rows["events"][0]["properties"]["parameter_city"] == "Rome"
    assert rows["events"][2]["properties"]["entity_item"] == "x"


def test_what_a_platform_knows_of_the_person_is_attributes(rows):
    assert {each["name"]: each["value"] for each in rows["attributes"]} == {
        "full_name": "Ann", "email": "ann@example.org", "tier": "gold"}  # fmt: skip


def test_typing_is_set_aside(rows):
    assert [each["row_number"] for each in rows["rejected"]] == [6]


def test_a_tracker_sent_again_with_more_turns_repeats_their_ids(tmp_path):
    first, again = (made(tmp_path, [body])[""] for body in (CHATS[2], CHATS[2]))
    assert [each["message_id"] for each in first] == [each["message_id"] for each in again]


def test_plain_logs_and_lists_of_messages(tmp_path):
    log = made(tmp_path, CHAT_LOG)
    assert [(each["direction"], each["record_id"]) for each in log[""]] == [("in", "u1"), ("out", "u1")]
    assert log["rejected"] == [{"row_number": 3, "reason": "set aside: nothing is said in it"}]
    listed = made(tmp_path, CONVERSATIONS)[""]
    assert [(each["direction"], each["text"], each["record_id"]) for each in listed] == [
        ("in", "hi", "u2"), ("out", "hey", "u2")]  # fmt: skip


def test_a_table_of_a_chat_is_known_by_its_words_and_a_table_that_says_in_and_out_is_left_alone(tmp_path):
    path = tmp_path / "chat.csv"
    lines = "session_id,sender,message\nc1,customer,hello\nc1,agent,good day\n"
    path.write_text(lines)
    assert [(each["direction"], each["cookie"]) for each in made_of(path)[""]] == [("in", "c1"), ("out", "c1")]
    path.write_text(lines.replace("sender", "direction").replace("customer", "in").replace("agent", "out"))
    with pytest.raises(AssertionError):
        made_of(path)


def test_the_words_for_who_speaks():
    assert [role_of(word) for word in ("User", "End User", "assistant", "system", "Peter", None)] == [
        "in", "in", "out", "silent", None, None]  # fmt: skip


@pytest.mark.real_data
def test_the_requests_of_many_platforms(real_data):
    rows = made_of(real_data / "payloads" / "dialogflow_webhook_requests.jsonl.gz")
    assert Counter(each["direction"] for each in rows[""]) == {"in": 26, "out": 1}
    assert Counter(each["properties"]["platform"] for each in rows["events"]) == {
        "facebook": 7, "slack": 7, "google": 7, "dialogflow": 3, "twitter": 2}  # fmt: skip
    assert rows["rejected"] == []
    people = {each["record_id"] for each in rows[""]}
    assert len(people) == 6
    assert {"facebook:1534862223272449", "slack:U2URF86K1", "twitter:2774598458"} < people
