"""Rules about the people of the same group, in both evaluators."""

import pytest
from tests.language.histories import NOW, Both, attribute, utc

from segmentary.errors import DefinitionError
from segmentary.language.oracle import AttributeVersion, Belonging, Person
from segmentary.language.tree import Compare, Related, SegmentDefinition, SegmentReference, TraitValue

HAPPY = Compare(TraitValue("mood"), "is", "happy")
SUNNY, GLOOMY = (attribute("mood", "happy"),), (attribute("mood", "sad"),)


def person(name, mood, *groups):
    found = [one if isinstance(one, Belonging) else Belonging("account", one) for one in groups]
    return Person(name, mood, belongings=tuple(found))


def asked(quantifier, *people, operator=None, operand=None):
    return Both(*people).members(Related("account", quantifier, HAPPY, operator, operand))


def test_oneself_does_not_count():
    people = person("a", SUNNY, "g"), person("b", GLOOMY, "g"), person("alone", SUNNY, "h"), person("free", SUNNY)
    assert asked("any", *people) == {"b"}
    assert asked("none", *people) == {"a", "alone", "free"}
    assert asked("all", *people) == {"b"}
    assert asked("count", *people, operator="lt", operand=1) == {"a", "alone", "free"}


def test_somebody_met_in_two_groups_counts_once():
    people = person("a", GLOOMY, "g", "h"), person("b", SUNNY, "g", "h"), person("c", SUNNY, "h", "h")
    assert asked("count", *people, operator="is", operand=2) == {"a"}
    assert asked("count", *people, operator="is", operand=1) == {"b", "c"}
    assert asked("all", *people) == {"a"}


def test_a_membership_holds_from_its_first_instant_until_before_its_last():
    now = NOW.as_of
    people = (
        person("a", GLOOMY, "g"),
        person("begins", GLOOMY, Belonging("account", "g", now)),
        person("ended", GLOOMY, Belonging("account", "g", None, now)),
        person("b", SUNNY, "g"),
    )
    assert asked("any", *people) == {"a", "begins"}


def test_people_outside_the_universe_are_not_asked():
    unborn = Person(
        "u", (AttributeVersion("mood", "happy", "text", utc(2027, 1, 1)),), belongings=(Belonging("account", "g"),)
    )
    assert asked("any", person("a", GLOOMY, "g"), unborn) == set()


def test_groups_are_asked_about_their_members():
    groups = [Person(name, (attribute("plan", "business"),)) for name in ("g", "h", "empty")]
    people = person("a", SUNNY, "g"), person("b", GLOOMY, "g"), person("c", SUNNY, "h")
    both = Both(*people, groups=groups, segments={"happy": SegmentDefinition("happy", HAPPY)})
    for quantifier, expected in {"any": {"g", "h"}, "all": {"h"}, "none": {"empty"}}.items():
        assert both.members(Related("account", quantifier, HAPPY), entity="account") == expected
    assert both.members(Related("account", "count", SegmentReference("happy"), "gte", 1), entity="account") == {
        "g",
        "h",
    }
    assert both.members(Compare(TraitValue("plan"), "is", "business"), entity="account") == {"g", "h", "empty"}


def test_a_group_has_members_of_its_own_kind_only():
    with pytest.raises(DefinitionError):
        Both(groups=[Person("g")]).members(Related("household", "any", HAPPY), entity="account")


def test_a_count_needs_a_comparison():
    with pytest.raises(DefinitionError):
        asked("count", person("a", SUNNY, "g"), person("b", SUNNY, "g"))
