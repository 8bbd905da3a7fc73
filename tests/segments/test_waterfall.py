"""The waterfall asks for every condition alone, after those before it, and dropped."""

from segmentary.language.tree import All, AnyOf, Not
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


NESTED = definition(
    "{all: [{trait: a, is: 1}, {any: [{trait: b, is: 1}, {all: [{trait: c, is: 1}, {trait: d, is: 1}]}]},"
    " {not: {any: [{trait: e, is: 1}, {trait: f, is: 1}]}}]}"
)


def holds(rule, held):
    """Whether a rule of these definitions holds for somebody who has these conditions."""
    match rule:
        case All(rules):
            return all(holds(part, held) for part in rules)
        case AnyOf(rules):
            return any(holds(part, held) for part in rules)
        case Not(inner):
            return not holds(inner, held)
    return rule.value.name in held


def test_groups_inside_groups_are_counted_at_their_place():
    people = [{c for c, bit in zip("abcdef", range(6), strict=True) if n >> bit & 1} for n in range(64)]
    counts = {name: sum(holds(one.where, held) for held in people) for name, one in steps(NESTED).items()}
    found = waterfall(NESTED, counts, 64)
    first, either, neither = found.steps
    assert (first.group, first.parts, first.remaining) == ("", (), 32)
    assert (either.group, either.remaining, either.removed, either.alone) == ("any", 20, 12, 40)
    b, both = either.parts
    # Of the 32 who come to it 16 have b; 4 more come in by c and d together.
    assert (b.remaining, b.removed, both.remaining, both.removed) == (16, -16, 20, -4)
    assert (both.group, [(p.remaining, p.removed) for p in both.parts]) == ("all", [(16, 16), (8, 8)])
    assert (neither.group, neither.remaining, neither.removed, neither.alone) == ("not", 5, 15, 16)
    (inner,) = neither.parts
    assert (inner.group, [(p.remaining, p.removed) for p in inner.parts]) == ("any", [(10, -10), (15, -5)])
    # Dropped: without b only c and d together are left; without e only f keeps people out.
    assert (b.without, inner.parts[0].without) == (2, 10)
    assert found.steps[-1].remaining == sum(holds(NESTED.where, held) for held in people)
