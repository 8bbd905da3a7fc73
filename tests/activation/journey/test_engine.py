import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from segmentary.activation.journey.engine import Position, advance, enter, next_time
from segmentary.activation.journey.reading import parse_journey

BERLIN = ZoneInfo("Europe/Berlin")
START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)


def days(number: float) -> dt.datetime:
    return START + dt.timedelta(days=number)


@dataclass
class Facts:
    segments: set[str] = field(default_factory=set)
    events: list[tuple[str, dt.datetime, str]] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)

    def in_segment(self, segment: str) -> bool:
        return segment in self.segments

    def happened(self, event: str, since: dt.datetime, message: str = "") -> bool:
        return any(n == event and at >= since and message in ("", m) for n, at, m in self.events)

    def message_of(self, step: str) -> str:
        return self.messages.get(step, "")


def journey(steps, **given):
    return parse_journey({"journey": "welcome", "enter": {"segment": "new"}, "steps": steps, **given})


WELCOME = journey(
    [
        {"hello": {"send": "welcome", "variant": "first"}},
        {"pause": {"wait": "3d"}},
        {
            "reacted": {
                "branch": [
                    {"when": {"event": "email_clicked", "of": "hello"}, "to": "thanks"},
                    {"when": {"segment": "champions"}, "to": "thanks"},
                ],
                "otherwise": "again",
            }
        },
        {"again": {"send": "welcome", "variant": "second", "then": "over"}},
        {"thanks": {"send": "welcome", "variant": "thanks"}},
        {"over": {"end": "greeted"}},
    ],
    goal={"event": "order_completed"},
    leave=[{"segment": "complainers"}],
)


def through(facts: Facts, *moments: dt.datetime, plan=WELCOME):
    position = enter(plan, moments[0])
    sent, moved = [], None
    for now in moments:
        moved = advance(plan, position, facts, now, BERLIN)
        sent += [one.variant for one in moved.sends]
        position = moved.position
        if moved.outcome:
            break
    return sent, moved


def test_a_message_a_wait_and_another_message():
    assert through(Facts(), START)[0] == ["first"]
    sent, moved = through(Facts(), START, days(2.99))
    assert (sent, moved.outcome, moved.position.step) == (["first"], "", "pause")
    sent, moved = through(Facts(), START, days(3))
    assert (sent, moved.outcome, moved.path) == (["first", "second"], "greeted", ("pause", "reacted", "again", "over"))


def test_who_clicked_that_very_message_gets_other_words():
    clicked = Facts(events=[("email_clicked", days(1), "m1")], messages={"hello": "m1"})
    assert through(clicked, START, days(3))[0] == ["first", "thanks"]
    elsewhere = Facts(events=[("email_clicked", days(1), "other")], messages={"hello": "m1"})
    assert through(elsewhere, START, days(3))[0] == ["first", "second"]
    assert through(Facts(segments={"champions"}), START, days(3))[0] == ["first", "thanks"]


def test_the_goal_and_the_ways_out_end_it_before_anything_is_sent():
    bought = Facts(events=[("order_completed", days(1), "")])
    sent, moved = through(bought, START, days(3))
    assert (sent, moved.outcome, moved.because) == ([], "reached", "order_completed")
    earlier = Facts(events=[("order_completed", days(-1), "")])
    assert through(earlier, START)[0] == ["first"], "what happened before they entered is not the goal"
    assert through(Facts(segments={"complainers"}), START)[1].outcome == "left"


def test_after_a_long_silence_the_next_wait_begins_now():
    plan = journey([{"one": {"send": "a"}}, {"w1": {"wait": "1d"}}, {"two": {"send": "b"}}, {"w2": {"wait": "1d"}},
                    {"three": {"send": "c"}}])  # fmt: skip
    position = enter(plan, START)
    position = advance(plan, position, Facts(), START, BERLIN).position
    late = advance(plan, position, Facts(), days(30), BERLIN)
    assert [one.id for one in late.sends] == ["two"]
    assert late.position == Position("w2", START, days(30), days(31))
    assert advance(plan, late.position, Facts(), days(31), BERLIN).outcome == "completed"


def test_a_wait_for_an_event_goes_on_at_once_or_otherwise_when_its_time_is_over():
    plan = journey([{"hold": {"wait": {"event": "survey_answered"}, "at_most": "7d", "otherwise": "remind"}},
                    {"thanks": {"send": "a", "then": "done"}}, {"remind": {"send": "b"}},
                    {"done": {"end": True}}])  # fmt: skip
    answered = Facts(events=[("survey_answered", days(2), "")])
    assert [s.id for s in advance(plan, Position("hold", START, START), answered, days(2), BERLIN).sends] == ["thanks"]
    nothing = advance(plan, Position("hold", START, START), Facts(), days(6.9), BERLIN)
    assert (nothing.sends, nothing.position.wake_at) == ((), days(7))
    assert [s.id for s in advance(plan, nothing.position, Facts(), days(7), BERLIN).sends] == ["remind"]


def test_a_time_of_day_is_where_the_business_is():
    assert next_time(START, "09:00", BERLIN) == START, "8 in UTC is 9 in Berlin"
    assert next_time(START + dt.timedelta(microseconds=1), "09:00", BERLIN) == days(1)
    assert next_time(START, "monday 08:59", BERLIN) == days(7) - dt.timedelta(minutes=1)
    summer = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
    assert next_time(summer, "09:00", BERLIN) == dt.datetime(2026, 3, 29, 7, tzinfo=dt.UTC)
    assert next_time(summer, "02:30", BERLIN) == dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)


def test_nine_in_the_morning_is_where_the_person_is():
    plan = journey([{"w": {"wait": "09:00"}}], until="2026-03-02")
    tokyo = ZoneInfo("Asia/Tokyo")
    moved = advance(plan, enter(plan, START), Facts(), START, BERLIN, tokyo)
    assert moved.position.wake_at == dt.datetime(2026, 3, 3, 0, 0, tzinfo=dt.UTC)
    # It is over when it is in Berlin, not when it is in Tokyo.
    later = START + dt.timedelta(hours=13)
    assert advance(plan, Position("w", START, START, days(9)), Facts(), later, BERLIN, tokyo).outcome == ""


def test_a_journey_that_is_over_ends_for_everybody():
    plan = journey([{"w": {"wait": "90d"}}], until="2026-03-05")
    assert advance(plan, enter(plan, START), Facts(), days(3.4), BERLIN).outcome == ""
    assert advance(plan, enter(plan, START), Facts(), days(4), BERLIN).outcome == "over"


@pytest.mark.parametrize("lateness", [0, 0.5, 400])
def test_every_path_ends_and_sends_each_step_once(lateness):
    position, sent = enter(WELCOME, START), []
    now = START
    for _ in range(10):
        moved = advance(WELCOME, position, Facts(), now, BERLIN)
        sent += [one.id for one in moved.sends]
        if moved.outcome:
            break
        position, now = moved.position, moved.position.wake_at + dt.timedelta(days=lateness)
    assert moved.outcome == "greeted"
    assert sent == ["hello", "again"]
