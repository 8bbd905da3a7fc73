"""The library: enough segments, over all bases, well-formed, named as people ask for them."""

import pytest

from segmentary.errors import UnknownNameError
from segmentary.language.sentence import sentence
from segmentary.language.validate import order
from segmentary.language.walk import events_used, segments_used, traits_used
from segmentary.language.yaml import dump_yaml, parse_yaml
from segmentary.profiles.standard import standard_traits
from segmentary.segments.library import BASES, FOLDER, library, library_segment

ASKED_FOR = (
    "millennials", "seniors", "high_income_earners", "young_women", "older_men", "families_with_children",
    "urban_customers", "rural_customers", "small_businesses", "large_corporations", "fitness_enthusiasts",
    "beauty_enthusiasts", "eco_minded", "price_sensitive", "brand_loyal", "loyal_customers", "vips", "new_customers",
    "at_risk", "lapsed", "discount_hunters", "heavy_users", "mobile_first", "ios_users", "newsletter_readers",
)  # fmt: skip


@pytest.mark.parametrize("name", ASKED_FOR)
def test_the_classic_segments_are_there_by_name(name):
    assert library_segment(name).name == name


def test_at_least_forty_over_all_seven_bases():
    assert len(library()) >= 44
    for base in BASES:
        assert sum(definition.base == base for definition in library().values()) >= 4
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(BASES)


@pytest.mark.parametrize("name", library())
def test_each_says_in_one_sentence_what_it_is_for(name):
    definition = library()[name]
    assert definition.title
    assert definition.title != definition.purpose
    assert definition.purpose.endswith(".")
    assert definition.purpose.count(". ") == 0
    assert definition.timezone is None
    assert sentence(definition)


def test_titles_are_not_shared():
    titles = [definition.title for definition in library().values()]
    assert len(set(titles)) == len(titles)


def test_references_stay_inside_and_never_turn_in_circles():
    assert set(order(library().values())) == set(library())
    for definition in library().values():
        assert segments_used(definition) <= set(library())


def test_computed_traits_are_standard_ones():
    """Everything else a segment names is an attribute, derived from sources, or the RFM cell."""
    attributes = {
        "birth_date", "gender", "income", "children", "occupation", "urbanity", "country_code", "device_type", "os",
        "attitude_eco", "attitude_price", "attitude_brand", "attitude_innovation", "attitude_fitness",
        "attitude_satisfaction", "account_employees", "account_sector", "business_sector", "account_founded_on",
        "rfm_segment",
    }  # fmt: skip
    named = set().union(*(traits_used(definition) for definition in library().values()))
    assert named <= attributes | set(standard_traits())
    events = set().union(*(events_used(definition) for definition in library().values()))
    assert events == {
        "order_completed", "product_purchased", "page_viewed", "product_viewed", "product_added", "checkout_started",
        "email_clicked", "support_chat_started",
    }  # fmt: skip


def test_written_out_and_read_back_they_are_the_same():
    definitions = tuple(library().values())
    assert tuple(parsed.definition for parsed in parse_yaml(dump_yaml(definitions))) == definitions


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="millenials") as caught:
        library_segment("millenials")
    assert "millennials" in str(caught.value)


def test_the_library_cannot_be_changed_by_mistake():
    with pytest.raises(TypeError):
        library()["mine"] = library_segment("vips")
