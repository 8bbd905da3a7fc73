"""What sets members apart, with money beside everybody else."""

import pytest
from tests.workspace.segment_shop import shop

from segmentary.errors import UsageError
from segmentary.language.yaml import parse_yaml
from segmentary.workspace.segment_profile import everybody, segment_profile


def test_a_profile_names_what_is_different():
    found = segment_profile(shop(), "often")
    assert found.people == shop().segment("often").count().people
    assert found.markers[0].difference.effect > 0
    assert found.value is not None
    assert found.value.money_share is not None
    rest = everybody(found, "order_count")
    assert rest is not None
    assert rest.estimate < 3


def test_a_small_group_is_not_shown():
    found = segment_profile(shop(), "given")
    assert found.small
    assert found.comparisons == ()


def test_what_never_ran_has_no_profile():
    (one,) = parse_yaml("segment: later\nwhere: {trait: order_count, gte: 2}\n")
    shop().define(one.definition)
    with pytest.raises(UsageError, match="was not part"):
        segment_profile(shop(), "later")
