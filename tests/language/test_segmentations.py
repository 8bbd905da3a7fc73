from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from tests.language.strategies import VOCABULARY
from tests.language.strategies_beyond import segmentations

from segmentary.errors import DefinitionError
from segmentary.language.python import trait
from segmentary.language.segmentations import check, expand, expanded
from segmentary.language.tree import Compare, Part, SegmentationDefinition, TraitValue
from segmentary.language.validate import order, validate
from segmentary.language.version import version
from segmentary.language.yaml import parse_yaml

TEXT = """\
segmentation: lifecycle
title: Where they stand
timezone: Europe/Berlin
parts:
  - {segment: new, title: Just here, where: {trait: age_days, lt: 30}}
  - {segment: active, where: {trait: orders, gt: 0}}
otherwise: dormant
"""
(PARSED,) = parse_yaml(TEXT, file="life.yaml")
LIFECYCLE = PARSED.definition
assert isinstance(LIFECYCLE, SegmentationDefinition)


def test_it_is_a_trait_and_a_segment_for_every_part_and_the_rest():
    value, segments = expand(LIFECYCLE)
    assert (value.name, value.type, value.title, value.timezone) == (
        *("lifecycle", "text", "Where they stand", "Europe/Berlin"),
    )
    assert list(segments) == ["lifecycle.new", "lifecycle.active", "lifecycle.dormant"]
    for name, segment in segments.items():
        assert segment.where == Compare(TraitValue("lifecycle"), "is", name.partition(".")[2])
        assert segment.timezone == "Europe/Berlin"
    assert segments["lifecycle.new"].title == "Just here"
    assert expanded([LIFECYCLE]) == [value, *segments.values()]
    assert expanded([value]) == [value]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parts": ()}, "life.yaml:1:1: a segmentation without parts"),
        ({"parts": (*LIFECYCLE.parts, LIFECYCLE.parts[0])}, "two parts are called 'new'"),
        ({"otherwise": "active"}, "life.yaml:7:12: 'active' is a part already"),
        ({"otherwise": " "}, "life.yaml:7:12: those in no part have no name"),
        ({"parts": (Part("", LIFECYCLE.parts[0].where),)}, "life.yaml:5:15: the name of a part is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused(change, message):
    with pytest.raises(DefinitionError, match=message):
        check(replace(LIFECYCLE, **change), PARSED.places)


def test_only_rules_names_and_their_order_are_its_version():
    plain = version(LIFECYCLE)
    titled = tuple(replace(part, title="T") for part in LIFECYCLE.parts)
    assert version(replace(LIFECYCLE, title="T", purpose="P", parts=titled)) == plain
    others = [
        replace(LIFECYCLE, parts=LIFECYCLE.parts[::-1]),
        replace(LIFECYCLE, otherwise="gone"),
        replace(LIFECYCLE, parts=(*LIFECYCLE.parts, Part("x", (trait("a") > 1).rule))),
    ]
    assert len({plain, *map(version, others)}) == len(others) + 1


@given(definition=segmentations())
def test_what_a_segmentation_stands_for_is_accepted_as_it_is(definition):
    validate(definition, VOCABULARY)
    made = expanded([definition])
    known = VOCABULARY.including(made)
    for part in made:
        validate(part, known)
    assert order(made)[0] == definition.name
