"""States over time at their edges, in both evaluators."""

import datetime as dt

import pytest
from tests.language.histories import NOW, Both, utc

from segmentary.errors import DefinitionError
from segmentary.language.oracle import AttributeVersion, Person
from segmentary.language.tree import (
    Absolute,
    Compare,
    Duration,
    Elapsed,
    Had,
    HasBeen,
    Last,
    TraitDefinition,
    TraitValue,
)

PLAN = TraitValue("plan")
ON_TRIAL = Compare(PLAN, "is", "trial")
TEN = Duration(10, "day")
TICK = dt.timedelta(microseconds=1)


def held(value, since=None, until=None, known=None):
    return AttributeVersion("plan", value, "text", since, until, known)


def at_least(*versions, condition=ON_TRIAL, length=TEN):
    return Both(Person("a", versions), types={"plan": "text"}).members(HasBeen(condition, at_least=length)) == {"a"}


def test_a_state_has_lasted_long_enough_from_its_very_beginning_on():
    begin = NOW.as_of - dt.timedelta(days=10)
    assert at_least(held("trial", begin))
    assert not at_least(held("trial", begin + TICK))


def test_what_has_always_been_has_lasted_longer_than_anything():
    assert at_least(held("trial"))
    both = Both(Person("a", (held("trial"),)))
    assert both.members(HasBeen(ON_TRIAL, less_than=Duration(99999, "year"))) == set()


def test_a_break_however_short_begins_it_anew():
    begin, gap = utc(2026, 1, 1), NOW.as_of - dt.timedelta(days=5)
    assert not at_least(held("trial", begin, gap), held("trial", gap + TICK))
    assert at_least(held("trial", begin, gap), held("trial", gap))


def test_another_value_that_passes_too_is_no_break():
    either = Compare(PLAN, "in", ("trial", "free"))
    gap = NOW.as_of - dt.timedelta(days=5)
    assert at_least(held("trial", utc(2026, 1, 1), gap), held("free", gap), condition=either)


def test_a_value_that_covers_another_for_a_while_breaks_it():
    begin = NOW.as_of - dt.timedelta(days=8)
    assert not at_least(held("trial", utc(2025, 1, 1)), held("paid", begin, begin + TICK))
    # Begun at the same time, the latest known counts.
    assert at_least(held("trial", begin - TEN_DAYS, known=utc(2026, 3, 2)), held("paid", begin - TEN_DAYS))


TEN_DAYS = dt.timedelta(days=10)


def test_a_value_that_ends_now_still_holds_and_one_that_begins_now_does_not_yet():
    assert at_least(held("trial", utc(2025, 1, 1), NOW.as_of))
    assert not at_least(held("trial", utc(2025, 1, 1), NOW.as_of - TICK))
    assert not at_least(held("trial", NOW.as_of), length=Duration(0, "day"))


def test_nothing_known_is_a_state_as_well():
    unknown = Compare(PLAN, "missing")
    assert at_least(condition=unknown)
    assert not at_least(held("trial", utc(2026, 3, 30)), condition=unknown)
    ended = NOW.as_of - dt.timedelta(days=10)
    assert at_least(held("trial", utc(2026, 1, 1), ended), condition=unknown)
    assert not at_least(held("trial", utc(2026, 1, 1), ended + TICK), condition=unknown)


def had(window, *versions):
    return Both(Person("a", versions)).members(Had(ON_TRIAL, window)) == {"a"}


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (utc(2026, 3, 1), utc(2026, 3, 2), True),
        (utc(2026, 3, 5), None, False),  # just after the end of the window
        (utc(2026, 3, 5) - TICK, None, True),
        (None, utc(2026, 3, 1), False),  # until its beginning, which is outside
        (None, utc(2026, 3, 1) + TICK, True),
        (utc(2026, 3, 3), utc(2026, 3, 3), False),
    ],
)
def test_it_was_so_at_some_instant_of_the_window(since, until, found):
    assert had(Absolute(utc(2026, 3, 1), utc(2026, 3, 5)), held("trial", since, until)) is found


def test_an_empty_window_holds_nothing():
    assert not had(Last(Duration(0, "day")), held("trial"))
    assert not had(Absolute(utc(2026, 3, 5), utc(2026, 3, 1)), held("trial"))


def test_only_attributes_have_a_past():
    traits = {"calc": TraitDefinition("calc", PLAN, "text")}
    both = Both(Person("a", (held("trial"),)), traits=traits)
    with pytest.raises(DefinitionError, match="no past"):
        both.members(HasBeen(Compare(TraitValue("calc"), "is", "x"), at_least=TEN))
    with pytest.raises(DefinitionError, match="past"):
        Both(Person("a", (held("trial"),))).members(HasBeen(Compare(Elapsed(PLAN), "exists"), at_least=TEN))


def test_without_a_length_it_means_nothing():
    with pytest.raises(DefinitionError, match="for how long"):
        Both(Person("a", (held("trial"),))).members(HasBeen(ON_TRIAL))
