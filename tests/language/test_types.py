import datetime as dt
from decimal import Decimal

from hypothesis import given
from tests.language.strategies import VOCABULARY, definitions

from segmentary.language.python import case, constant, events, first_known, prop, trait
from segmentary.language.tree import Duration, TraitDefinition
from segmentary.language.types import operand_types, type_of


def kind(quantity, *names: str):
    return type_of(quantity.value, VOCABULARY, names)


def test_types_of_values():
    orders = events("order_completed")
    assert kind(trait("age")) == "number"
    assert kind(trait("unknown")) is None
    assert kind(trait("interests", "first")) is None
    assert kind(orders.last_of("happened_at")) == "time"
    assert kind(orders.last_of("gift")) == "boolean"
    assert kind(orders.last_of("happened_at.date")) == "date"
    assert kind(orders.distinct("coupon")) == "number"
    assert kind(prop("seconds"), "page_viewed") == "number"
    assert kind(prop("seconds")) is None
    assert kind(trait("birth_date").elapsed()) == "number"
    assert kind(trait("age").band([18], ["a", "b"])) == "text"
    assert kind(case((trait("age") > 3, trait("unknown")), otherwise=constant("x"))) == "text"
    assert kind(first_known(trait("unknown"), trait("age"))) == "number"


def test_types_of_operands():
    assert operand_types((Decimal(1), "a")) == {"number", "text"}
    assert operand_types(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) == {"time"}
    assert operand_types(Duration(1, "day")) == set()
    assert operand_types(None) == set()


@given(definition=definitions())
def test_a_trait_has_the_type_it_declares(definition):
    if isinstance(definition, TraitDefinition):
        assert type_of(definition.value, VOCABULARY) == definition.type
