"""Sequences, sessions, periods, other moments and other people: what is read, and what is refused with its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from segmentary.errors import DefinitionError
from segmentary.language.reading import read_rule
from segmentary.language.tree import (
    Arithmetic,
    Compare,
    EventFilter,
    Session,
    TraitAtEvent,
    TraitValue,
)
from segmentary.language.walk import located
from segmentary.language.yaml import dump_yaml, parse_rule, parse_yaml


def one(text: str):
    (parsed,) = parse_yaml(f"segment: s\nwhere: {text}\n", file="r.yaml")
    return parsed


WEEKS = "{event: a, count: {gte: 3}, per: week, in_last: 5, periods: {gte: 3}}"
SAME = [
    ("{event: a, count: {gte: 3}, per: week, in_last: 5, at_least: 3}", WEEKS),
    ("{value: {event: a, count: {gte: 3}, per: week, in_last: 5}, gte: 3}", WEEKS),
    ("{trait: plan, is: trial, for: 10d}", "{trait: plan, is: trial, for: {at_least: 10d}}"),
    ("{segment: vip@v3}", "{segment: vip, version: v3}"),
    ("{segment: vip@v3, at: 30d, evaluated: true}", "{segment: vip, version: v3, at: 30d, evaluated: true}"),
    ("{segment: vip, during: {last: 30d, quantifier: any}}", "{segment: vip, during: {last: 30d}}"),
    ("{consent: marketing}", "{consent: marketing, is: granted}"),
    ("{trait: a, gt: {trait: b}}", "{value: {subtract: [{trait: a}, {trait: b}]}, gt: 0}"),
    ("{sessions: {gap: 30min}, count: {gte: 1}}", "{sessions: 30min, count: {gte: 1}}"),
    ("{sessions: {by: id}, count: {gte: 1}}", "{sessions: id, count: {gte: 1}}"),
    ("{sessions: {by: id, of: a}, count: {gte: 1}}", "{sessions: {by: id, of: [a]}, count: {gte: 1}}"),
    ("{value: {model: m, output: score}, gt: 1}", "{model: m, output: score, gt: 1}"),
    ("{value: {sessions: id, count: true}, gt: 1}", "{sessions: id, count: {gt: 1}}"),
    (
        "{sequence: [{event: a}, {event: b, same: [p], without: [{event: c}]}]}",
        "{sequence: [{event: a}, {event: b, same: p, without: {event: c}}]}",
    ),
]


@pytest.mark.parametrize(("written", "canonical"), SAME, ids=[written for written, _ in SAME])
def test_two_spellings_are_one_tree_and_one_is_written(written, canonical):
    tree = one(written).definition
    assert tree == one(canonical).definition
    assert dump_yaml([tree]) == dump_yaml([one(dump_yaml([tree]).partition("where:")[2]).definition])


def test_inside_an_event_a_trait_is_that_of_its_moment():
    inner = "{all: [{trait: city, is: Paris}, {value: {first_known: [{trait: a}, {trait: b}]}, gt: 1}]}"
    filtered = one(f"{{event: x, where: {inner}, did: true}}").definition.where.value.events
    kinds = [type(node) for _, node in located(filtered) if isinstance(node, TraitAtEvent | TraitValue)]
    assert kinds == [TraitAtEvent] * 3
    opened = "{event: x, during: {since: {event: y, where: {trait: city, is: Paris}}}, did: true}"
    assert one(opened).definition.where.value.during.event.where.value == TraitAtEvent("city")
    assert one("{trait: city, is: Paris}").definition.where.value == TraitValue("city")


def test_any_is_every_event_unless_it_is_in_a_list():
    assert one("{event: any, did: true}").definition.where.value.events == EventFilter(())
    assert one("{event: [any], did: true}").definition.where.value.events == EventFilter(("any",))
    assert "event: [any]" in dump_yaml([one("{event: [any], did: true}").definition])
    assert one("{sessions: {by: id, of: any}, count: {gt: 1}}").definition.where.value.session == Session(of=("any",))


def test_another_value_as_operand_is_their_difference():
    rule = parse_rule({"event": "a", "count": {"is": {"event": "b", "count": True}}})
    assert isinstance(rule, Compare)
    assert isinstance(rule.value, Arithmetic)
    assert (rule.value.operator, rule.operator, rule.operand) == ("subtract", "is", Decimal(0))
    assert parse_rule({"trait": "a", "gt": {"number": "0.5"}}).operand == Decimal("0.5")


WRONG = [
    ("{event: a, count: {gte: 3}, per: week}", "2:8: in how many of the periods?\n  hint: add at_least: 3"),
    ("{event: a, count: {gte: 3}, per: week, at_least: 3}", "2:8: a measure per period lacks 'in_last'"),
    (
        "{event: a, count: {gte: 3}, per: weak, in_last: 5, at_least: 3}",
        "2:41: 'weak' is not possible here\n  hint: did you mean 'week'?",
    ),
    (
        "{event: a, count: {gte: x}, per: week, in_last: 5, at_least: 3}",
        "2:26: what has to hold in a period is a number",
    ),
    (
        "{event: a, during: {last: 3d}, count: {gte: 3}, per: week, in_last: 5, at_least: 3}",
        "2:27: a measure per period has no window",
    ),
    (
        "{event: a, during: {any: 30d, lst: 3d}, count: {gte: 3}}",
        "2:38: unknown key 'lst'\n  hint: did you mean 'last'?",
    ),
    ("{event: a, during: {any: 30d, since: {event: b}}, count: {gte: 3}}", "2:38: unknown key 'since'"),
    (
        "{event: a, during: {since: {entred: vip}}, did: true}",
        "2:36: unknown key 'entred'\n  hint: did you mean 'entered'?",
    ),
    ("{event: a, during: {session: {of: [a]}}, count: {gte: 3}}", "2:37: a session has either 'gap' or 'by'"),
    ("{event: a, during: {session: soon}, count: {gte: 3}}", "2:37: 'soon' is not a length of time"),
    ("{sessions: 30min, count: {gte: 1}, mean_minutes: {gte: 1}}", "2:8: a measure of sessions says one thing"),
    (
        "{sessions: 30min, count: true}",
        "2:33: a condition lacks its operator\n  hint: write for example count: {gte: 3}",
    ),
    ("{sessions: 30min, during: {any: 3d}, count: {gte: 1}}", "2:35: unknown key 'any'"),
    ("{sequence: []}", "2:19: 'sequence' is empty"),
    ("{sequence: [{event: a, withn: 3d}]}", "2:31: unknown key 'withn'"),
    ("{sequence: [{event: a}, {not: {event: b}, within: 3d}]}", "2:50: unknown key 'within'"),
    ("{sequence: [{event: a}, {within: 3d}]}", "2:32: a step lacks 'event'"),
    ("{sequence: [{event: a}], anchor: frist}", "2:41: 'frist' is not possible here\n  hint: did you mean 'first'?"),
    ("{sequence: [{event: a}], latest: 5}", "2:41: how many of the latest is not said\n  hint: add count: {gte: 2}"),
    ("{sequence: [{event: a}, {event: b, same: {propety: x}}]}", "2:50: unknown key 'propety'"),
    ("{trait: a, is: 1, for: 3d, at_any_time: {last: 3d}}", "2:8: 'for' and 'at_any_time' in one condition"),
    ("{trait: a, is: 1, for: {at_most: 3d}}", "2:32: unknown key 'at_most'"),
    ("{event: a, where: {trait: b, is: 1, for: 3d}, did: true}", "2:44: unknown key 'for'"),
    ("{fact: kind, of: stores, by: store_id, is: x}", "2:8: a fact about what a property names belongs to an event"),
    ("{segment: a, at: 2026-03-01, during: {last: 3d}}", "2:8: 'at' and 'during' in one reference to a segment"),
    ("{segment: a, at: yesterday}", "2:25: 'yesterday' is not a length of time"),
    ("{segment: a, at: 5}", "2:25: Decimal('5') is not a moment"),
    ("{segment: a, at: {end_of: this_week}}", "2:34: it has not ended yet"),
    ("{segment: a, nth: 2}", "2:21: unknown key 'nth'"),
    ("{segment: a, exited: true, stayed: 3d}", "2:35: unknown key 'stayed'"),
    ("{segment: a, during: {quantifier: all}}", "2:29: the window is missing"),
    ("{segment: a@v2, version: v3}", "2:8: 'a@v2' says its version already"),
    ("{segment: a@v2, entered: true}", "2:18: the log of memberships is that of every version"),
    ("{related: friends, any: {ids: [a]}}", "2:18: 'friends' is not possible here\n  hint: one of: account, household"),
    ("{related: account, any: {ids: [a]}, none: {ids: [a]}}", "2:8: a rule about related people says how many"),
    ("{related: account, count: {gte: 1}}", "2:8: a count of related people lacks 'where'"),
    ("{related: account, count: {gte: 1, lt: 3}, where: {ids: [a]}}", "2:34: one count has one operator"),
    ("{related: account, count: {gte: 1.5}, where: {ids: [a]}}", "2:40: a whole number from 0 up belongs here"),
    ("{within_km: far, of: stores}", "2:20: a distance is a number of kilometres"),
    ("{within_km: 5}", "2:8: a distance lacks 'of'"),
    ("{within_km: 5, of: [1]}", "2:27: 'of' takes two, not 1"),
    ("{within_km: 5, of: [a, b]}", "2:28: a point is a latitude and a longitude in degrees"),
    ("{consent: mail, is: yes}", "2:28: 'yes' is not possible here\n  hint: one of: granted, denied"),
    ("{model: churn, gt: 1}", "2:8: a model's value lacks 'output'"),
    (
        "{model: churn, output: probabilty, gt: 1}",
        "2:31: 'probabilty' is not possible here\n  hint: did you mean 'probability'?",
    ),
    ("{rank: {top: 5, by: {trait: a}, keep: 1.5}}", "2:46: a whole number from 1 up belongs here"),
    ("{funnel: [{event: a}]}", "2:17: 'funnel' has no meaning here\n  hint: the word is 'sequence'"),
    ("{trait: a, is: {trait: b}, ignore_case: true}", "2:48: ignore_case has no meaning between two numbers"),
]


@pytest.mark.parametrize(("rule", "message"), WRONG, ids=[rule for rule, _ in WRONG])
def test_mistakes_are_named_with_their_place_and_a_way_out(rule, message):
    with pytest.raises(DefinitionError) as caught:
        one(rule)
    assert str(caught.value).startswith(f"r.yaml:{message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("segment: a@v2\nwhere: {ids: [a]}\n", "1:10: 'a@v2' would be a version of another segment"),
        ("segmentation: a\notherwise: b\n", "1:1: a segmentation lacks 'parts'"),
        ("segmentation: a\nparts: [{segment: b, where: {ids: [a]}}]\n", "1:1: a segmentation lacks 'otherwise'"),
        ("segmentation: a\nparts: [{segmnt: b, where: {ids: [a]}}]\notherwise: c\n", "2:10: unknown key 'segmnt'"),
        ("segmentation: a\nparts: [{segment: b}]\notherwise: c\n", "2:9: a part of a segmentation lacks 'where'"),
    ],
)
def test_definitions_that_cannot_be_read(text, message):
    with pytest.raises(DefinitionError) as caught:
        parse_yaml(text, file="r.yaml")
    assert str(caught.value).startswith(f"r.yaml:{message}")


EVERY = """\
all:
  - sequence:
      - {event: a, where: {trait: b, is: 1}}
      - {event: c, without: [{event: d}, {event: e, where: {property: f, is: 1}}]}
      - {not: {event: g, where: {fact: h, of: i, by: j, is: 1}, within: 1d}}
    anchor: any
    during: {since: {event: k, where: {property: l, is: 1}}}
    session: 30min
  - {sessions: 30min, containing: {event: a, where: {property: b, is: 1}}, count: {gte: 3}}
  - {sequence: [{event: a}, {event: b}], count: {gte: 3}}
  - {event: a, where: {property: b, is: 1}, sum: {of: c, gte: 3}, per: week, in_last: 5, at_least: 3}
  - {event: a, during: {session: 30min}, count: {gte: 1}}
  - {event: a, during: {since: {entered: b}}, count: {gte: 1}}
  - {trait: a, is: 1, for: 3d}
  - {trait: a, is: 1, at_any_time: {last: 3d}}
  - {related: account, any: {trait: a, is: 1}}
  - {related: account, count: {gte: 2}, where: {trait: a, is: 1}}
  - {within_km: 5, of: stores, latitude: {trait: a}, longitude: {trait: b}}
  - {model: a, output: score, gt: 1}
  - {rank: {top: 5, by: {sequence: [{event: a}], count: true}}}
"""


def test_every_part_of_a_tree_is_where_its_pointer_says():
    indented = "\n".join(f"  {line}" for line in EVERY.splitlines())
    (parsed,) = parse_yaml(f"segment: s\nwhere:\n{indented}\n")
    lost = [pointer for pointer, _ in located(parsed.definition) if pointer and pointer not in parsed.places]
    assert lost == []


def test_a_rule_is_read_from_python_data_too():
    from segmentary.language.cursor import Cursor

    document = {"sequence": [{"event": "a"}, {"event": ["b", "c"], "same": [["x.y"]]}], "within": "1d"}
    assert read_rule(Cursor(document)).steps[1].same[0].path == ("x.y",)
