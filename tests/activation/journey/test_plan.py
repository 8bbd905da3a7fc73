from segmentary.activation.journey.plan import (
    OUTCOMES,
    Branch,
    Case,
    End,
    Entry,
    Happened,
    InSegment,
    Journey,
    Send,
    Wait,
)
from segmentary.activation.journey.plan import ways_on as ways

STEPS = (
    Send("hello", "autumn"),
    Wait("hold", event=Happened("order_completed", "hello"), at_most="7d", otherwise="over"),
    Branch("ask", (Case(InSegment("champions"), "over"),)),
    Send("last", "autumn"),
    End("over", "done"),
)
JOURNEY = Journey("j", "email", "marketing", Entry("quiet"), STEPS, exclude=("staff",), goal=InSegment("buyers"))


def test_steps_follow_each_other_unless_they_say_otherwise():
    assert [ways(JOURNEY, one) for one in STEPS] == [("hold",), ("ask", "over"), ("over", "last"), ("over",), ()]
    alone = Journey("j", "email", "marketing", Entry("quiet"), STEPS[:1])
    assert ways(alone, alone.steps[0]) == ("",)


def test_what_it_asks_of_people():
    assert JOURNEY.segments == ("quiet", "staff", "buyers", "champions")
    assert JOURNEY.events == ("order_completed",)
    assert all(OUTCOMES.values())
