import pytest

from segmentary.language.event_words import WORDS, last_of, noun, plural, verb
from segmentary.language.tree import EventFilter


def test_known_and_unknown_events():
    assert verb(EventFilter(("order_completed",))) == "ordered"
    assert noun(EventFilter(("order_completed", "page_viewed"))) == "order or page view"
    assert verb(EventFilter(("a", "b", "order_completed"))) == "did “a”, did “b” or ordered"
    assert plural(EventFilter(("trial_started",))) == "“trial started” events"


COUNTED = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 21: "21st", 112: "112th"}


@pytest.mark.parametrize(("n", "word"), COUNTED.items())
def test_counting(n, word):
    assert last_of("nth", n) == word


def test_first_and_last_need_no_number():
    assert last_of("first", None) == "first"


def test_no_two_events_are_called_the_same():
    assert len({words[2] for words in WORDS.values()}) == len(WORDS)
