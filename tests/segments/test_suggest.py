"""Suggestions: what the data supports, and what it lacks."""

import pytest

from segmentary.language.tree import (
    All,
    Compare,
    EventFilter,
    EventMeasure,
    PropertyValue,
    SegmentDefinition,
    SegmentReference,
    TraitValue,
)
from segmentary.language.vocabulary import Vocabulary
from segmentary.segments.library import library
from segmentary.segments.suggest import suggest

SALES = {
    "order_completed": {"amount": "number", "channel": "text", "order_id": "text", "discount": "number"},
    "order_refunded": {"amount": "number", "order_id": "text"},
    "product_purchased": {"amount": "number", "product_id": "text"},
}


def lacks(vocabulary, definitions=None):
    return {s.definition.name: s.missing for s in suggest(vocabulary, definitions)}


def test_no_data_supports_nothing_and_says_why():
    found = suggest(Vocabulary())
    assert len(found) == len(library())
    assert not any(suggestion.supported for suggestion in found)
    assert all(suggestion.missing for suggestion in found)


def test_orders_alone_support_what_orders_tell():
    found = lacks(Vocabulary(events=SALES))
    for name in (
        "lapsed",
        "vips",
        "repeat_buyers",
        "weekend_shoppers",
        "multichannel_shoppers",
        "top_ten_percent_by_value",
    ):
        assert found[name] == (), name
    assert found["cross_category_shoppers"] == ("property category of product_purchased",)
    assert found["fitness_enthusiasts"] == ("property category of product_purchased",)
    assert found["champions"] == ("trait rfm_segment",)
    assert found["eco_minded"] == ("trait attitude_eco",)
    assert found["window_shoppers"] == ("event product_viewed",)


def test_a_computed_trait_tells_what_it_lacks_in_turn():
    (missing,) = lacks(Vocabulary(events=SALES))["seniors"]
    assert missing.startswith("trait age (")
    assert "birth_date" in missing


def test_supported_ones_come_first_in_the_order_of_the_library():
    found = suggest(Vocabulary(traits={"birth_date": "date", "gender": "text"}))
    supported = [suggestion.definition.name for suggestion in found if suggestion.supported]
    assert supported == ["gen_z", "millennials", "generation_x", "seniors", "young_women", "older_men", "birthday_soon"]
    assert [suggestion.supported for suggestion in found] == sorted((s.supported for s in found), reverse=True)


def test_a_reference_needs_what_the_segment_it_names_needs():
    found = lacks(Vocabulary(traits={"attitude_eco": "number"}))
    assert found["green_bargain_hunters"] == ("trait attitude_price",)
    assert lacks(Vocabulary(segments=frozenset({"eco_minded", "price_sensitive"})))["green_bargain_hunters"] == ()


def test_another_library():
    lookalike = SegmentDefinition("lookalike", All((SegmentReference("elsewhere"), Compare(TraitValue("x"), "exists"))))
    assert lacks(Vocabulary(), {"lookalike": lookalike}) == {"lookalike": ("segment elsewhere", "trait x")}
    assert suggest(Vocabulary(), {}) == []


@pytest.mark.parametrize(
    ("events", "missing"), [({"visit": {}}, ()), ({"visit": {"page": "text"}}, ("property depth of visit",))]
)
def test_properties_nobody_has_described_may_exist(events, missing):
    depth = EventMeasure(EventFilter(("visit", "call")), "max", PropertyValue(("depth",)))
    deep = SegmentDefinition("deep", Compare(depth, "exists"))
    assert lacks(Vocabulary(events=events), {"deep": deep})["deep"] == missing
