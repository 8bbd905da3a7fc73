"""Conversations over a whole workspace: kept, answered once, in the right segments at once, and nobody else's."""

import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlglot import exp
from tests.workspace.chat_shop import BOT, Clock, ready

import segmentary as sg
from segmentary.errors import DefinitionError, UnknownNameError, UsageError
from segmentary.ledger.decisions import decisions_of
from segmentary.workspace.chats import Chats


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[sg.Workspace]:
    with ready(tmp_path_factory.mktemp("chat"), clock) as made:
        yield made


@pytest.fixture
def chats(workspace: sg.Workspace) -> Chats:
    return workspace.chats


def test_an_answer_moves_a_person_into_a_segment_and_to_another_offer_at_once(chats: Chats) -> None:
    talk = chats.open("ada", customer_id="cyd", verified=True)
    assert chats.greet(talk).text == "Hello Cyd, I am Ada."
    assert chats.say(talk, "what do you recommend").lines[0] == "Have a look at our classics."
    assert chats.say(talk, "No").text.startswith("Understood")
    asked = chats.say(talk, "when are you open?")
    assert asked.buttons == ("Under 30", "30 to 59", "60 or older")
    moved = chats.say(talk, "I am twenty-seven")
    assert moved.entered == ("young", "young_active")
    told = chats.say(talk, "any tips for me")
    assert told.text == "Ten percent off shoes for you. Use SHOES10 until 31 March 2026."
    # Asked again, it is the same offer, and only one is used up.
    assert chats.say(talk, "any tips for me").text == told.text
    assert chats.workspace.offers.state("spring")[0].promised == 1


def test_segments_of_a_chat_are_those_of_the_next_run(workspace: sg.Workspace, chats: Chats, clock: Clock) -> None:
    talks = {who: chats.open("ada", customer_id=who, verified=True) for who in ("ann", "bob", "cyd")}
    said = {
        "ann": ["my plan please", "45", "bye", "1"],
        "bob": ["what are your opening hours", "22", "tips", "yes"],
        "cyd": ["stop emailing me"],
    }
    for who, lines in said.items():
        for line in lines:
            chats.say(talks[who], line)
    at = clock()
    live = {who: chats.people.present(who, at) for who in talks}
    workspace.consents.load()
    assert chats.load() > 0
    workspace.run(at)
    for who, now in live.items():
        assert now is not None
        assert now.segments == set(workspace.segments_of(who)), who
        assert not now.served
    assert {"unhappy", "active"} < set(workspace.segments_of("ann"))
    assert {"young", "reachable", "asked_hours"} == set(workspace.segments_of("bob"))
    # The same again from the warehouse alone.
    again = {who: chats.people.present(who, at) for who in talks}
    assert {who: one.segments for who, one in again.items() if one} == {
        who: one.segments for who, one in live.items() if one
    }


def test_everything_said_is_in_the_warehouse_once(workspace: sg.Workspace, chats: Chats) -> None:
    talk = chats.open("ada", customer_id="ann", verified=True)
    chats.say(talk, "when are you open")
    chats.load()
    assert chats.load() == 0
    messages = exp.select("direction", "text", "record_id").from_("messages")
    rows = workspace.engine.rows(messages.where(exp.column("conversation_id").eq(talk)).order_by("row_key"))
    assert [(way, who) for way, _, who in rows] == [("in", "ann"), ("out", "ann")]
    ledger = workspace.ledger.connection
    ledger.execute("update turns set load_id = ''")
    chats.load()
    count = exp.select(exp.Count(this=exp.Star())).from_("messages").where(exp.column("conversation_id").eq(talk))
    assert workspace.engine.value(count) == 2
    assert workspace.quality().sources
    workspace.run()
    assert workspace.verify().equal


def test_the_same_request_gets_the_same_reply(chats: Chats) -> None:
    talk = chats.open("ada", customer_id="bob", verified=True)
    first = chats.say(talk, "my plan please", "r1")
    again = chats.say(talk, "something else entirely", "r1")
    assert again.repeated
    assert again.lines == first.lines
    assert [turn.direction for turn in chats.transcript(talk)] == ["in", "out"]
    assert chats.greet(talk).lines == chats.greet(talk).lines


def test_of_a_visitor_nothing_is_known_and_nothing_kept(workspace: sg.Workspace, chats: Chats) -> None:
    talk = chats.open("ada", customer_id="ann", verified=False)
    assert chats.greet(talk).text == "Hello there, I am Ada."
    reply = chats.say(talk, "what are your opening hours")
    assert reply.segments == ()
    assert chats.conversation(talk).customer_id == ""
    chats.say(talk, "I am 25")
    assert "classics" in chats.say(talk, "any tips for me").text
    assert chats.say(talk, "unsubscribe").text.startswith("I cannot see who you are")
    before = workspace.engine.value(exp.select(exp.Count(this=exp.Star())).from_("attributes"))
    chats.load()
    assert workspace.engine.value(exp.select(exp.Count(this=exp.Star())).from_("attributes")) == before
    owners = exp.select("record_id").from_("messages").where(exp.column("conversation_id").eq(talk))
    assert {row[0] for row in workspace.engine.rows(owners)} == {None}


def test_a_code_to_the_known_address_makes_a_visitor_a_customer(workspace: sg.Workspace, chats: Chats) -> None:
    talk = chats.open("ada")
    assert "Which e-mail address" in chats.say(talk, "what is my plan").text
    sent = chats.say(talk, "it is Bob@Example.com")
    assert sent.text == chats_text("verify_sent")
    assert "bob@example.com" not in " ".join(turn.text.lower() for turn in chats.transcript(talk))
    (payload,) = workspace.ledger.rows("select payload, address from outbox where origin = ?", f"chat:{talk}")
    whole = code_in(payload[0])
    assert chats.say(talk, "000 001").text.startswith("That code is not right")
    assert chats.say(talk, whole).lines[:1] == ("Thank you, now I know that it is you.",)
    assert chats.conversation(talk).customer_id == "bob"
    other = chats.open("ada")
    chats.say(other, "what is my plan")
    # Whether an address is known cannot be seen.
    assert chats.say(other, "nobody@example.com").text == sent.text
    assert not workspace.ledger.rows("select 1 from outbox where origin = ?", f"chat:{other}")
    # Nobody is mailed without end, and nobody guesses without end.
    for _ in range(6):
        tried = chats.open("ada")
        chats.say(tried, "what is my plan")
        assert chats.say(tried, "bob@example.com").text == sent.text
    assert len(workspace.ledger.rows("select 1 from outbox where customer_id = 'bob' and origin like 'chat:%'")) == 5


def chats_text(name: str) -> str:
    from segmentary.activation.chat.standing_texts import STANDING

    return STANDING[name]


def code_in(payload: bytes) -> str:
    text = json.loads(zlib.decompress(payload))["text"]
    return re.findall(r"\d{3} \d{3}", text)[0]


def test_a_refusal_is_in_force_when_the_reply_is(workspace: sg.Workspace, chats: Chats) -> None:
    talk = chats.open("ada", customer_id="dan", verified=True)
    reply = chats.say(talk, "Please stop emailing me!")
    assert reply.text == chats_text("refused")
    (last,) = decisions_of(workspace.ledger, ["dan"])
    assert (last.purpose, last.channel, last.granted) == ("marketing", "any", False)
    assert "Please stop emailing me!" in last.evidence
    assert talk in last.evidence


def test_only_a_clear_yes_to_the_question_is_a_consent(workspace: sg.Workspace, chats: Chats) -> None:
    asks = BOT.replace("bot: ada", "bot: eve").replace("title: Ada", "title: Eve")
    chats.apply(asks)
    for words, granted in (("maybe later", None), ("Yes please", True)):
        talk = chats.open("eve", customer_id="dan", verified=True)
        workspace.ledger.connection.execute("delete from decisions where customer_id = 'dan'")
        chats.say(talk, "any tips for me")
        chats.say(talk, words)
        found = decisions_of(workspace.ledger, ["dan"])
        assert [one.granted for one in found] == ([] if granted is None else [granted]), words
    assert "May we write to you by e-mail about offers?" in found[0].evidence
    workspace.ledger.connection.execute("delete from decisions where customer_id = 'dan'")
    chats.retire("eve")


def test_rather_not_is_remembered(chats: Chats, clock: Clock) -> None:
    talk = chats.open("ada", customer_id="dan", verified=True)
    chats.say(talk, "when are you open")
    assert chats.say(talk, "I'd rather not say").text == chats_text("declined")
    talk = chats.open("ada", customer_id="dan", verified=True)
    assert "how old" not in chats.say(talk, "when are you open").text


def test_handed_over_the_bot_is_silent_and_a_colleague_reads_why(chats: Chats, clock: Clock) -> None:
    talk = chats.open("ada", customer_id="ann", verified=True)
    chats.say(talk, "my plan please")
    reply = chats.say(talk, "can I speak to a real person")
    assert reply.handed_over == "wish"
    assert reply.text.startswith("I am passing this on")
    assert chats.say(talk, "hello?").lines == ()
    told = chats.summary(talk)
    chats.answer(talk, "I am here.", by="Kim")
    assert chats.say(talk, "good").lines == ()
    chats.answer(talk, "Ada goes on.", by="Kim", back=True)
    assert chats.say(talk, "when are you open").lines[0].startswith("We are open")
    with pytest.raises(UsageError, match="not handed over"):
        chats.answer(talk, "hello", by="Kim")
    assert told[0].startswith("customer ann")
    assert "passed on because: wish" in told
    assert "wanted: plan" in told
    clock.forward(hours=12)
    late = chats.open("ada")
    assert chats.say(late, "I want to complain").text.startswith("My colleagues are not there")


def test_silent_conversations_end(chats: Chats, clock: Clock) -> None:
    talk = chats.open("ada")
    chats.say(talk, "when are you open")
    assert chats.close_silent() >= 0
    clock.forward(hours=1)
    assert chats.close_silent() >= 1
    assert chats.conversation(talk).ended_at is not None
    assert chats.say(talk, "hello").text == chats_text("over")


def test_a_script_does_nothing_without_a_clear_yes(workspace: sg.Workspace, chats: Chats) -> None:
    def registered() -> int:
        turns = [one for name in talks for one in chats.transcript(name)]
        return sum(
            effect.get("name") == "chat_return_requested" for one in turns for effect in one.detail.get("effects", ())
        )

    talks = []
    for last in ("maybe", "no", "what if I say yes", "not yes"):
        talks.append(chats.open("ada", customer_id="ann", verified=True))
        chats.say(talks[-1], "send my order back")
        assert "too small" in chats.say(talks[-1], "2").text
        chats.say(talks[-1], last)
    assert registered() == 0
    talks.append(chats.open("ada", customer_id="ann", verified=True))
    chats.say(talks[-1], "send my order back")
    chats.say(talks[-1], "it is broken")
    assert chats.say(talks[-1], "yes").text == "It is registered."
    assert registered() == 1
    assert chats.say(talks[-1], "send my order back").text == "Why do you send it back?"


def test_bots_name_only_what_there_is(chats: Chats, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(BOT.replace("segment: gold", "segment: golden"))
    with pytest.raises(UnknownNameError, match=r"bad.yaml:7:.*golden"):
        chats.apply(path)
    with pytest.raises(UnknownNameError, match="colour"):
        chats.apply(BOT.replace("{{ plan }}", "{{ colour }}"))
    with pytest.raises(UnknownNameError, match="winter"):
        chats.apply(BOT.replace("offers: spring", "offers: winter"))
    with pytest.raises(DefinitionError, match="special category"):
        chats.apply(BOT.replace("  age_band:\n", "  religion:\n"))
    with pytest.raises(UnknownNameError):
        chats.open("ada", customer_id="nobody", verified=True)
    assert chats.apply(BOT).version == chats.kept()["ada"].version


def test_tokens_are_signed_and_grow_old(chats: Chats, clock: Clock) -> None:
    signed = chats.token("ann")
    assert chats.identity.read(signed) == "ann"
    with pytest.raises(UsageError, match="not one of this workspace"):
        chats.identity.read(signed[:-2] + "xx")
    clock.forward(minutes=20)
    with pytest.raises(UsageError, match="too old"):
        chats.identity.read(signed)
