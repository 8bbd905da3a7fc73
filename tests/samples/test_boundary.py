"""People on the border of who somebody is: nothing else is known of them."""

import pytest

from segmentary.samples import boundary_actions
from segmentary.samples.boundary import WHO
from segmentary.samples.generated import make_business
from segmentary.samples.truth import RFM, TOP_TENTH, TOP_TENTH_IN_COUNTRY, true_members
from segmentary.samples.truth import WHO as PREDICATES
from segmentary.segments.library import library


def test_every_segment_without_a_rank_has_its_pair():
    assert set(WHO) | set(boundary_actions.ACTIONS) == set(library()) - {*RFM, TOP_TENTH, TOP_TENTH_IN_COUNTRY}
    assert not set(WHO) & set(boundary_actions.ACTIONS)


def test_pairs_are_people_of_the_business():
    business, pairs = make_business(customers=0)
    ids = {who.customer_id for who in business.customers}
    assert {pair.inside for pair in pairs.values()} | {pair.outside for pair in pairs.values()} == ids


@pytest.mark.parametrize("seed", [1, 2])
def test_the_border_does_not_depend_on_chance(seed):
    first, pairs = make_business(customers=0, seed=seed)
    members = true_members(first)
    for name in PREDICATES:
        assert pairs[name].inside in members[name], name
        assert pairs[name].outside not in members[name], name
