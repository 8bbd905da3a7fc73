"""What is said, by what is known of the person."""

from tests.activation.chat.bots import ADA, ANN, NOBODY_HERE, NOW, Talk

from segmentary.activation.chat.replying import greeting
from segmentary.activation.chat.saying import Own
from segmentary.activation.chat.state import Known


def test_the_first_text_for_the_person_is_said():
    offers = {"spring": {"id": "spring.shoes", "words": "Ten percent off.", "code": "C1", "until": NOW.date()}}
    young = frozenset({"young", "young_active"})
    assert Talk().lines("any tips for me")[0] == "Have a look at our classics."
    assert Talk(segments=young).lines("any tips for me")[0] == "Have a look at our new shoes."
    rich = Own("ann", {}, offers)
    told = Talk(own=rich, segments=young).say("any tips for me")
    assert told.lines[0].text == "Ten percent off. Use C1 until 2 March 2026."
    assert told.why.offers == ("spring",)


def test_a_visitor_is_asked_who_they_are():
    talk = Talk(own=NOBODY_HERE)
    assert "e-mail address" in talk.lines("which plan do I have")[0]
    assert "code is on its way" in talk.lines("it is a@example.com")[0]
    assert talk.state.waiting.what == "code"


def test_a_script_reads_back_and_waits_for_a_clear_yes():
    talk = Talk()
    assert talk.say("send my order back").buttons == ("too big", "too small", "broken")
    assert talk.lines("2") == ["Shall I register a return because it is too small?"]
    assert talk.lines("hm") == ["Please answer with a clear yes or no: shall I do that?"]
    done = talk.say("yes")
    assert [one.name for one in done.effects] == ["chat_return_requested"]
    assert talk.state.told == {}


def test_outside_the_hours_it_says_so():
    talk = Talk().knowing(open=False)
    assert talk.lines("a person please")[0].startswith("My colleagues are not there")


def test_a_greeting_uses_the_own_name_only():
    assert greeting(ADA, Known(NOW, ANN)).lines[0].text == "Hello Ann, I am Ada."
    assert greeting(ADA, Known(NOW)).lines[0].text == "Hello there, I am Ada."
