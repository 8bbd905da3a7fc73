import pytest

from segmentary.language.python import define_segment, define_trait, trait
from segmentary.language.vocabulary import Vocabulary

SHOP = Vocabulary(events={"bought": {"size": "text", "ship.zip": "text", "extra": "list"}, "custom": {}})


def test_properties_of_an_event():
    assert SHOP.property_type("bought", ("size",)) == "text"
    assert SHOP.property_type("bought", ("amount",)) == "number"
    assert SHOP.property_type("bought", ("happened_at", "hour")) == "number"
    assert SHOP.property_type("bought", ("ship", "zip")) == "text"
    assert SHOP.property_type("bought", ("extra", "0")) is None
    assert SHOP.property_type("custom", ("anything",)) is None
    assert SHOP.property_type("unheard_of", ("anything",)) is None
    for path in (("sise",), ("happened_at", "second")):
        with pytest.raises(KeyError):
            SHOP.property_type("bought", path)


def test_names_to_suggest():
    assert SHOP.property_names("bought")[:3] == ["size", "ship.zip", "extra"]
    assert "happened_at.hour" in SHOP.property_names("custom")


def test_definitions_join_the_vocabulary():
    more = SHOP.including([define_segment("s", trait("t") > 1), define_trait("t", trait("a"), "number")])
    assert more.segments == {"s"}
    assert more.traits == {"t": "number"}
    assert SHOP.segments == frozenset()
