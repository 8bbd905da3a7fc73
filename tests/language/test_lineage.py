from __future__ import annotations

from segmentary.language.lineage import Lineage, lineage
from segmentary.language.text import parse_text, parse_text_value
from segmentary.language.tree import SegmentDefinition, TraitDefinition


def segment(name: str, text: str) -> SegmentDefinition:
    return SegmentDefinition(name, parse_text(text))


SPENT = TraitDefinition("spent", parse_text_value("events order in last 30d sum of amount"), "number")
LEVEL = TraitDefinition(
    "level", parse_text_value("band (trait spent, (100), (low, high))"), "text", sensitivity="personal"
)
VIP = segment("vip", "level = high and religion exists and not list held_out")


def test_through_traits_and_segments_down_to_attributes_and_events():
    found = lineage(
        segment("s", "segment vip and country = DE"), (SPENT, LEVEL, VIP), sensitivity={"religion": "special"}
    )
    assert found == Lineage(
        traits=("level", "spent"),
        attributes=("country", "religion"),
        events=("order",),
        properties=("amount",),
        segments=("vip",),
        lists=("held_out",),
        tables=("customer_attributes", "customers", "events"),
        sensitive={"level": "personal", "religion": "special"},
    )
    assert found.most_sensitive == "special"


def test_every_leaf_names_its_tables():
    text = (
        "consent marketing and within 3km of places stores and related account any (plan = pro)"
        " and segment old entered and model churn.score > 3 and city = x for at least 3d"
        " and did any where (trait city = Paris and fact kind of stores by store_id = a)"
    )
    found = lineage(segment("s", text))
    assert found.events == ("*",)
    assert found.references == ("stores.kind",)
    assert found.places == ("stores",)
    assert found.models == ("churn",)
    assert found.given == ("churn.score",)
    assert found.remembered == ("old",)
    assert found.attributes == ("city", "latitude", "longitude", "plan")
    assert found.sensitive == {"consent to marketing": "personal"}
    assert found.tables == (
        *("belongings", "customer_attributes", "customer_consents", "customers", "events", "membership_log"),
        *("places", "reference_values"),
    )


def test_a_segment_that_asks_its_own_log_ends():
    found = lineage(segment("s", "segment s during any last 3d"), (segment("s", "segment s during any last 3d"),))
    assert found.remembered == ("s",)
    assert found.segments == ()


def test_nothing_is_ordinary():
    assert lineage(segment("s", "country = DE")).most_sensitive == "ordinary"
