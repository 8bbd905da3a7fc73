from hypothesis import given
from tests.language.strategies import definitions

from segmentary.language.python import (
    case,
    constant,
    define_segment,
    events,
    ids,
    members_of,
    prop,
    segment,
    top,
    trait,
)
from segmentary.language.tree import EventFilter, PropertyValue, Rule
from segmentary.language.walk import (
    children,
    depth,
    events_used,
    lists_used,
    located,
    segments_used,
    traits_used,
    walk,
)
from segmentary.language.yaml import dump_yaml, parse_yaml

BUSY = define_segment(
    "s",
    (segment("vip") & ~members_of("held_out") & ids("a"))
    | (events("bought", prop("kind") == "x").since(events("joined")).sum("amount") > 3)
    | top("10%", by=trait("money"), within=trait("country"), over=segment("active"))
    | (case((trait("x") > 1, trait("y")), otherwise=constant(0)) > 2),
)


def test_names_used_anywhere():
    assert traits_used(BUSY) == {"money", "country", "x", "y"}
    assert segments_used(BUSY) == {"vip", "active"}
    assert events_used(BUSY) == {"bought", "joined"}
    assert lists_used(BUSY) == {"held_out"}


def test_pointers_are_those_of_the_written_form():
    pointers = {(pointer, type(node).__name__) for pointer, node in located(BUSY)}
    assert pointers >= {
        ("where/any/0/all/1/not", "StaticList"),
        ("where/any/1/where", "Compare"),
        ("where/any/1/during", "SinceEvent"),
        ("where/any/1/during/since", "EventFilter"),
        ("where/any/1/sum/of", "PropertyValue"),
        ("where/any/2/rank/over", "SegmentReference"),
        ("where/any/3/value/case/0/when", "Compare"),
        ("where/any/3/value/otherwise", "Constant"),
    }


@given(definition=definitions(segments=("gold",)))
def test_every_pointer_stands_in_the_file(definition):
    (parsed,) = parse_yaml(dump_yaml([definition]))
    for pointer, node in located(definition):
        if not isinstance(node, EventFilter | PropertyValue):
            assert pointer in parsed.places


@given(definition=definitions())
def test_walk_visits_each_part_once_and_starts_with_the_whole(definition):
    visited = list(walk(definition))
    assert visited[0] is definition
    assert len(visited) == 1 + sum(len(list(walk(part))) for part in children(definition))


def test_depth_counts_rules_and_values():
    leaf: Rule = (trait("a") > 1).rule
    assert depth(leaf) == 2
    assert depth((~(trait("a") > 1)).rule) == 3
    assert depth(define_segment("s", leaf)) == 2
