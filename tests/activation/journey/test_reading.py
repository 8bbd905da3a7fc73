import pytest

from segmentary.activation.journey.plan import Journey, Wait, ways_on
from segmentary.activation.journey.reading import parse_journey, to_document
from segmentary.errors import DefinitionError

WHOLE = {
    "journey": "welcome_back", "channel": "email", "purpose": "marketing",
    "enter": {"segment": "at_risk", "when": "is"}, "again": "90d", "exclude": ["staff"],
    "goal": {"event": "order_completed"}, "leave": [{"segment": "complainers"}, {"event": "account_closed"}],
    "holdout": "12.5%", "alone": True, "paused": True, "from": "2026-03-01T09:00", "until": "2026-09-01",
    "offers": "spring", "owner": "Ada",
    "steps": [
        {"hello": {"send": "autumn", "variant": "come_back"}},
        {"pause": {"wait": "3d", "until": "monday 09:00"}},
        {"reacted": {"branch": [{"when": {"event": "email_clicked", "of": "hello"}, "to": "thanks"}],
                     "otherwise": "hold"}},
        {"hold": {"wait": {"event": "order_completed"}, "at_most": "7d", "then": "thanks", "otherwise": "over"}},
        {"thanks": {"send": "autumn", "variant": "thanks"}},
        {"over": {"end": "done"}},
    ],
}  # fmt: skip


def small(steps: list, **given: object) -> dict:
    return {"journey": "j", "enter": {"segment": "new"}, "steps": steps, **given}


def test_written_and_read_again_it_is_the_same():
    journey = parse_journey(WHOLE)
    assert to_document(journey) == WHOLE
    assert parse_journey(to_document(journey)) == journey
    assert journey.segments == ("at_risk", "staff", "complainers")
    assert journey.events == ("order_completed", "account_closed", "email_clicked")


def test_a_wait_until_a_time_of_day():
    (wait,) = parse_journey(small([{"w": {"wait": "09:00"}}])).steps
    assert wait == Wait("w", until="09:00")
    journey = parse_journey(small([{"w": {"wait": "09:00"}}, {"x": {"end": True}}]))
    assert isinstance(journey, Journey)
    assert ways_on(journey, journey.steps[0]) == ("x",)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (small([]), "steps is empty"),
        (small([{"a": {"send": "m"}}], holdout="95%"), "is no share from 0% to 90%"),
        (small([{"a": {"send": "m"}}], holdout="nan"), "is no share"),
        (small([{"a": {"send": "m"}}], until="soon"), "is no day or time"),
        (small([{"a": {"send": "m"}}], again="often"), "not a length of time"),
        (small([{"a": {"send": "m"}}], alone="yes"), "true or false"),
        (small([{"a": {"send": "m"}, "b": {"end": True}}]), "one name"),
        (small([{"A b": {"send": "m"}}]), "not a name for a step"),
        (small([{"a": {"sent": "m"}}]), "send"),
        (small([{"a": {"send": "m"}}, {"a": {"end": True}}]), "two steps are called 'a'"),
        (small([{"a": {"send": "m", "then": "z"}}]), "there is no step 'z'"),
        (small([{"a": {"send": "m", "then": "c"}}, {"b": {"send": "m"}}, {"c": {"end": True}}]), "nobody ever comes"),
        (small([{"a": {"send": "m", "then": "a"}}]), "a circle without a wait: a -> a"),
        (small([{"a": {"wait": "0d"}}, {"b": {"send": "m", "then": "a"}}]), "a circle without a wait"),
        (small([{"a": {"wait": {"event": "e"}}}]), "at_most"),
        (small([{"a": {"wait": {"segment": "s"}, "at_most": "1d"}}]), "a wait is for an event"),
        (small([{"a": {"wait": "1d", "otherwise": "a"}}]), "belongs to a wait for an event"),
        (small([{"a": {"wait": "25:00"}}]), "not a time of day"),
        (small([{"a": {"branch": [{"when": {"event": "e", "of": "b"}, "to": "b"}]}}, {"b": {"end": True}}]),
         "no step of that name sends anything"),
        (small([{"a": {"send": "m"}}], **{"from": "2026-02-01", "until": "2026-01-01"}), "before it begins"),
        ({**small([{"a": {"send": "m"}}]), "enter": {"event": "e", "when": "is"}}, "an event happens"),
        ({**small([{"a": {"send": "m"}}]), "leaves": []}, "leave"),
    ],
)  # fmt: skip
def test_mistakes_are_named(document, words):
    with pytest.raises(DefinitionError, match=None) as told:
        parse_journey(document)
    assert words in str(told.value) or words in (told.value.hint or "")


def test_a_circle_with_a_wait_is_a_reminder_that_repeats():
    journey = parse_journey(small([{"a": {"send": "m"}}, {"w": {"wait": "1d", "then": "a"}}]))
    assert [one.id for one in journey.steps] == ["a", "w"]
