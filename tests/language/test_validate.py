# ruff: noqa: E501 - messages stand whole, as they are printed
from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from tests.language.strategies import VOCABULARY, definitions

from segmentary.errors import CycleError, DefinitionError, UnknownNameError
from segmentary.language.python import define_segment, define_trait, events, prop, segment, top, trait
from segmentary.language.tree import All, Band, Not, TraitDefinition
from segmentary.language.validate import order, validate
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.yaml import parse_yaml

KNOWN = replace(VOCABULARY, segments=frozenset({"gold", "silver"}))


def refusal(where: str, vocabulary: Vocabulary = KNOWN) -> str:
    (parsed,) = parse_yaml(f"segment: s\nwhere:\n  {where}\n", file="s.yaml")
    with pytest.raises(DefinitionError) as caught:
        validate(parsed, vocabulary)
    return str(caught.value)


@given(definition=definitions(segments=("gold", "silver")))
def test_every_well_typed_definition_is_accepted(definition):
    validate(definition, KNOWN)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("{trait: agee, gte: 18}", "s.yaml:3:11: unknown trait 'agee'\n  hint: did you mean 'age'?"),
        (
            "{trait: zzz, exists: true}",
            "s.yaml:3:11: unknown trait 'zzz'\n  hint: `segmentary traits` lists what there is",
        ),
        (
            "{event: order_complete, did: true}",
            "s.yaml:3:11: unknown event 'order_complete'\n  hint: did you mean 'order_completed'?",
        ),
        ("{segment: golden}", "s.yaml:3:13: unknown segment 'golden'\n  hint: did you mean 'gold'?"),
        ("{list: keyaccounts}", "s.yaml:3:10: unknown list 'keyaccounts'\n  hint: did you mean 'key_accounts'?"),
        (
            "{event: page_viewed, where: {property: zip, gt: 3}, did: true}",
            "s.yaml:3:42: unknown property of page_viewed 'zip'\n  hint: known are: path, seconds, name, happened_at, source, order_id, session_id, amount, ...",
        ),
        (
            "{event: page_viewed, sum: {of: amonut, gt: 3}}",
            "s.yaml:3:34: unknown property of page_viewed 'amonut'\n  hint: did you mean 'amount'?",
        ),
        (
            "{property: amount, gt: 3}",
            "s.yaml:3:14: a property belongs to an event, and there is none here\n  hint: ask about a trait, or put the condition under an event's where",
        ),
        (
            "{event: page_viewed, where: {list: key_accounts}, did: true}",
            "s.yaml:3:31: an event filter can only ask about properties of the event\n  hint: put customer-level conditions beside the event, in all",
        ),
        (
            "{trait: age, contains: x}",
            "s.yaml:3:26: 'contains' does not fit 'age', which is a number\n  hint: for a number there are: is, is_not, in, not_in, lt, lte, gt, gte, between, exists, missing",
        ),
        (
            "{trait: country, is: 10}",
            "s.yaml:3:24: 'country' is a text, compared with a number\n  hint: to compare text put it in quotes: '10'",
        ),
        (
            "{trait: age, in: [1, a]}",
            "s.yaml:3:20: 'age' is a number, compared with a text\n  hint: write a number without quotes",
        ),
        (
            "{trait: birth_date, lt: 3}",
            "s.yaml:3:27: 'lt' does not fit 'birth_date', which is a date\n  hint: write before",
        ),
        (
            "{trait: birth_date, before: today}",
            "s.yaml:3:31: 'before' takes a day or a time, not 'today'\n  hint: relative to now there are within_last: 7d and within_next: 7d",
        ),
        (
            "{trait: age, between: [30, 20]}",
            "s.yaml:3:25: the first is larger than the second: nothing lies between\n  hint: exchange the two",
        ),
        (
            "{trait: birth_date, between_from_now: [2w, 3d]}",
            "s.yaml:3:41: the first is larger than the second: nothing lies between\n  hint: exchange the two",
        ),
        (
            "{trait: birth_date, within_last: 0d}",
            "s.yaml:3:36: a length of time of nothing holds nothing\n  hint: write 1d or longer",
        ),
        (
            "{trait: country, matches: '(?=a)'}",
            "s.yaml:3:29: not an RE2 pattern: invalid perl operator: (?=\n  hint: RE2 has no look-around and no back-references",
        ),
        (
            f"{{trait: country, matches: {'a' * 201}}}",
            "s.yaml:3:29: the pattern is longer than 200 characters\n  hint: use in or contains",
        ),
        (
            "{trait: app_version, version_lt: two}",
            "s.yaml:3:36: 'two' is not a version\n  hint: write numbers with dots, such as 2.10.1",
        ),
        (
            "{event: page_viewed, during: {between: [30d, 60d]}, did: true}",
            "s.yaml:3:32: the window ends before it begins\n  hint: write the older bound first: between: [60d, 30d]",
        ),
        (
            "{event: page_viewed, during: {from: 2026-02-01, until: 2026-01-01}, did: true}",
            "s.yaml:3:32: the period ends before it begins\n  hint: exchange from and until",
        ),
        (
            "{event: page_viewed, sum: {of: path, gt: 3}}",
            "s.yaml:3:29: the sum of 'path', which is a text\n  hint: choose a number",
        ),
        (
            "{rank: {top: 5, by: {trait: country}}}",
            "s.yaml:3:23: a text has no order to rank by\n  hint: rank by a number, date or time",
        ),
        (
            "{value: {add: [{trait: age}, {trait: country}]}, gt: 3}",
            "s.yaml:3:32: 'country' is a text: no number to add",
        ),
        (
            "{value: {band: {of: {trait: age}, edges: [3, 3], labels: [a, b, c]}}, is: a}",
            "s.yaml:3:44: the edges of bands ascend\n  hint: sort them, and remove repeats",
        ),
        (
            "{value: {band: {of: {trait: age}, edges: [3, 4], labels: [a, b]}}, is: a}",
            "s.yaml:3:60: 2 edges make 3 bands, and there are 2 labels\n  hint: the first label is below the first edge",
        ),
        (
            "{value: {first_known: [{trait: age}, {trait: country}]}, exists: true}",
            "s.yaml:3:25: values of several types: number, text\n  hint: make them one type",
        ),
        (
            "{value: {date_part: {of: {trait: birth_date}, part: hour}}, is: 3}",
            "s.yaml:3:28: 'birth_date' is a date: no time to take the hour of",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place_and_a_way_out(where, message):
    assert refusal(where) == message


def test_properties_of_an_event_nobody_described_are_accepted():
    rule = events("custom", prop("anything") == "x").did()
    validate(define_segment("s", rule), Vocabulary(events={"custom": {}}))


def test_a_date_may_be_compared_with_a_time_and_the_other_way_round():
    (parsed,) = parse_yaml("segment: s\nwhere: {trait: signed_up_at, after: 2026-01-01}")
    validate(parsed, VOCABULARY)


def test_no_definition_is_called_like_a_version_of_another():
    with pytest.raises(DefinitionError, match="would be a version of another segment"):
        validate(define_segment("vip@v3", trait("age") > 18), VOCABULARY)


def test_trees_made_in_python_are_checked_too():
    with pytest.raises(DefinitionError, match="half a character"):
        validate(define_segment("s", trait("country") == "\ud800"), VOCABULARY)
    with pytest.raises(DefinitionError, match="group without rules"):
        validate(define_segment("s", All(())), VOCABULARY)
    rank = top(5, by=trait("age")).rule
    with pytest.raises(DefinitionError, match="either a share or a number"):
        validate(define_segment("s", replace(rank, share=None, number=None)), VOCABULARY)
    deep = trait("age").exists().rule
    for _ in range(70):
        deep = Not(deep)
    with pytest.raises(DefinitionError, match="more than 64 levels"):
        validate(define_segment("s", deep), VOCABULARY)
    with pytest.raises(DefinitionError, match="unknown time zone 'Mars'"):
        validate(define_segment("s", trait("age").exists(), timezone="Mars"), VOCABULARY)


def test_the_declared_type_of_a_trait_is_checked():
    with pytest.raises(DefinitionError, match="the value is a number, not a text"):
        validate(define_trait("t", trait("age"), "text"), VOCABULARY)
    with pytest.raises(DefinitionError, match="a computed trait cannot be a list"):
        validate(define_trait("t", trait("interests"), "list"), VOCABULARY)
    wrong = Band(trait("age").value, (), ("all",))
    with pytest.raises(DefinitionError, match="edges of bands ascend"):
        validate(TraitDefinition("t", wrong, "text"), VOCABULARY)


def test_order_puts_what_is_referred_to_first():
    made = [
        define_segment("c", segment("b") & (trait("t") > 3)),
        define_segment("b", segment("a")),
        define_segment("a", trait("age") > 3),
        define_trait("t", trait("age") + 1, "number"),
    ]
    assert order(made) == ["a", "b", "t", "c"]
    assert order([]) == []


def test_a_circle_is_refused_with_its_path():
    made = [define_segment("a", segment("b")), define_segment("b", ~segment("c")), define_segment("c", segment("a"))]
    with pytest.raises(CycleError, match="a -> b -> c -> a"):
        order(made)
    with pytest.raises(CycleError, match="a -> a"):
        order([define_segment("a", segment("a"))])


def test_a_name_defined_twice_is_refused():
    text = "segment: a\nwhere: {ids: [x]}\n---\nsegment: a\nwhere: {ids: [y]}\n"
    with pytest.raises(
        DefinitionError, match=r"d.yaml:4:1: the name 'a' is defined twice\n  hint: the first one: d.yaml:1:1"
    ):
        order(parse_yaml(text, file="d.yaml"))


def test_a_long_chain_of_references_does_not_exhaust_the_stack():
    made = [define_segment(f"s{i}", segment(f"s{i + 1}")) for i in range(3000)]
    assert order(made)[0] == "s2999"


def test_unknown_names_are_left_to_validate():
    assert order([define_segment("a", segment("nobody"))]) == ["a"]
    with pytest.raises(UnknownNameError, match="unknown segment 'nobody'"):
        validate(define_segment("a", segment("nobody")), VOCABULARY)
