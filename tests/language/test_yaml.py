from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from tests.language.strategies import definitions

from segmentary.errors import DefinitionError
from segmentary.language.python import define_segment, trait
from segmentary.language.version import version
from segmentary.language.yaml import dump_yaml, parse_document, parse_yaml, to_document


@given(definition=definitions(segments=("gold", "silver@x")))
def test_yaml_and_documents_bring_back_the_same_tree_and_hash(definition):
    text = dump_yaml([definition])
    (parsed,) = parse_yaml(text)
    assert parsed.definition == definition
    assert parse_document(to_document(definition)) == definition
    assert version(parsed.definition) == version(definition)
    assert dump_yaml([parsed.definition]) == text


def one(text: str):
    (parsed,) = parse_yaml(text)
    return parsed.definition


def test_a_file_holds_one_definition_a_list_or_several_documents():
    a, b = "segment: a\nwhere: {ids: [x]}\n", "trait: b\ntype: number\nvalue: {constant: 3}\n"
    listed = "- {segment: a, where: {ids: [x]}}\n- {trait: b, type: number, value: {constant: 3}}\n"
    two = [parsed.definition for parsed in parse_yaml(f"{a}---\n{b}")]
    assert two == [parsed.definition for parsed in parse_yaml(listed)]
    assert two == [one(a), one(b)]
    assert parse_yaml("") == []
    assert parse_yaml("# nothing but a comment\n---\n") == []


def test_dumped_definitions_come_back_in_order():
    made = [define_segment(f"s{i}", trait("a") > i) for i in range(3)]
    assert [parsed.definition for parsed in parse_yaml(dump_yaml(made))] == made
    assert dump_yaml([]) == ""


def test_places_say_where_each_part_stands():
    (parsed,) = parse_yaml("segment: a\nwhere:\n  all:\n    - {trait: age, gte: 18}\n", file="s.yaml")
    assert str(parsed.places["where/all/0/gte"]) == "s.yaml:4:25"
    assert parsed.place("where/all/0/never/heard/of") == parsed.places["where/all/0"]
    assert str(parsed.place("")) == "s.yaml:1:1"


def test_words_are_not_booleans_and_numbers_are_exact():
    rule = one("segment: s\nwhere: {trait: country, in: [NO, yes, on, 'true', 1.10, 0.1]}").where
    assert rule.operand == ("NO", "yes", "on", "true", Decimal("1.1"), Decimal("0.1"))


def test_sugar_becomes_the_one_spelling():
    did_not = one("segment: s\nwhere: {event: order_completed, did_not: true}")
    assert did_not == one("segment: s\nwhere: {event: order_completed, count: {lte: 0}}")
    assert "count: {lte: 0}" in dump_yaml([did_not])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("segment: &a s\nwhere: *a\n", "f.yaml:1:10: anchors are not part of the language"),
        ("a: *b\n", "f.yaml:1:4: aliases are not part of the language"),
        ("segment: !!python/name:os.system s\n", "f.yaml:1:10: the tag .* is not part of the language"),
        ("segment: s\nsegment: t\n", "f.yaml:2:1: the key 'segment' stands here twice"),
        ("segment: s\nwhere: {trait: a, gt: 1, gt: 2}\n", "f.yaml:2:26: the key 'gt' stands here twice"),
        ("1: x\n", r"f.yaml:1:1: Decimal\('1'\) is not a key|f.yaml:1:1: '1' is not a key"),
        ("? [a]\n: b\n", "f.yaml:1:3: a list is not a key"),
        ("segment: [\n", "f.yaml:2:1: not valid YAML"),
        ("segment: s\n\twhere: x\n", "f.yaml:2:1: not valid YAML"),
        ("segment: 'a\n", "f.yaml:.*not valid YAML"),
        ("just words\n", "f.yaml:1:1: a definition is written as keys and values"),
        ("where: {ids: [a]}\n", "f.yaml:1:1: a definition begins with"),
        ("segmnt: a\nwhere: {ids: [a]}\n", "f.yaml:1:1: unknown key 'segmnt'\n  hint: did you mean 'segment'"),
        ("segment: a\n", "f.yaml:1:1: a segment definition lacks 'where'"),
        ("segment: a\nvalue: {constant: 1}\n", "f.yaml:1:1: a segment has a rule under 'where'"),
        ("trait: a\nvalue: {constant: 1}\n", "f.yaml:1:1: a trait definition lacks 'type'"),
        ("trait: a\ntype: int\nvalue: {constant: 1}\n", "f.yaml:2:7: 'int' is not possible here"),
        ("segment: a\nbase: valuee\nwhere: {ids: [a]}\n", "f.yaml:2:7: 'valuee' is not possible here\n  hint: did you"),
        ("segment: a\nwhere: {trait: x, is: \x07}\n", "f.yaml: not valid YAML"),
        ("segment: true\nwhere: {ids: [a]}\n", "f.yaml:1:10: true is not a text"),
    ],
)
def test_files_that_cannot_be_read(text, message):
    with pytest.raises(DefinitionError, match=message):
        parse_yaml(text, file="f.yaml")


def test_no_file_exhausts_the_machine():
    bomb = "a: &a [x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(100))
    with pytest.raises(DefinitionError, match="anchors"):
        parse_yaml(bomb)
    with pytest.raises(DefinitionError, match="nested too deeply"):
        parse_yaml("[" * 100_000)
    deep = "segment: s\nwhere: " + "{not: " * 100 + "{ids: [a]}" + "}" * 100
    with pytest.raises(DefinitionError, match="more than 64 levels"):
        parse_yaml(deep)
