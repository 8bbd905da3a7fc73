"""The waterfall asks for every condition alone, after those before it, and dropped."""

from segmentary.language.yaml import parse_yaml
from segmentary.segments.waterfall import conditions, steps, waterfall


def definition(where):
    return parse_yaml(f"segment: s\nwhere: {where}\n")[0].definition


THREE = definition("{all: [{trait: a, is: 1}, {trait: b, is: 2}, {trait: c, is: 3}]}")
ONE = definition("{trait: a, is: 1}")
PEOPLE = {1: {"a"}, 2: {"a", "b"}, 3: {"a", "b", "c"}, 4: {"b", "c"}, 5: set()}


def count(rule):
    """How many of PEOPLE a rule of these definitions holds for: a person has a condition or not."""
    names = {part.value.name for part in conditions(rule)}
    return sum(1 for held in PEOPLE.values() if names <= held)


def test_from_everybody_to_the_members():
    counts = {name: count(one.where) for name, one in steps(THREE).items()}
    found = waterfall(THREE, counts, len(PEOPLE))
    assert found.universe == 5
    assert [(f.remaining, f.removed, f.alone, f.without) for f in found.steps] == [
        (3, 2, 3, 2),
        (2, 1, 3, 1),
        (1, 1, 2, 2),
    ]
    assert found.steps[0].remaining + found.steps[0].removed == found.universe


def test_a_single_condition_dropped_leaves_everybody():
    asked = steps(ONE)
    assert set(asked) == {"after_0", "alone_0"}
    found = waterfall(ONE, {"after_0": 3, "alone_0": 3}, 5)
    assert [(f.remaining, f.removed, f.alone, f.without) for f in found.steps] == [(3, 2, 3, 5)]


def test_every_step_is_a_definition_of_its_own_name():
    asked = steps(THREE)
    assert {name: one.name for name, one in asked.items()} == {name: name for name in asked}
    assert asked["after_2"].where == THREE.where
    assert len(asked) == 9


def test_conditions_are_said_in_words():
    assert waterfall(ONE, {"after_0": 0, "alone_0": 0}, 0).steps[0].condition == "a is 1"
