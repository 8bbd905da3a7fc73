"""Which features there are, and how samples fit each other."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from segmentary.errors import DataError
from segmentary.language.documents import parse_document
from segmentary.language.text import parse_text
from segmentary.language.tree import Arithmetic, Constant, ModelValue, TraitDefinition, TraitValue
from segmentary.language.validate import validate
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.walk import walk
from segmentary.language.writing import to_document
from segmentary.models.predict.features import (
    MOST_EVENTS,
    definitions_kept,
    definitions_of,
    history_features,
    pooled,
    standard_features,
    typed_features,
    with_parts,
)

ORDER = {"amount": "number", "channel": "text", "discount": "number"}
SHOP = Vocabulary(
    traits={"created_at": "time", "churn.probability": "number"},
    events={
        "order_completed": ORDER,
        "order_refunded": ORDER,
        "product_purchased": {"category": "text", "brand": "text", "product_id": "text", "quantity": "number"},
        "page_viewed": {},
        "support_chat_started": {},
    },
)


def test_features_follow_the_events_there_are():
    found = standard_features(SHOP)
    assert {
        "orders", "orders_30d", "orders_91d", "orders_182d", "orders_365d", "spend", "spend_91d", "days_since_order",
        "days_since_first_order", "order_gap_days", "average_order_spend", "refund_share", "discount_share",
        "order_channels", "categories_bought", "brands_bought", "units_bought", "page_viewed_30d",
        "days_since_support_chat_started", "days_known",
    } <= found.keys()  # fmt: skip
    assert standard_features(Vocabulary()) == {}
    assert set(standard_features(Vocabulary(events={"page_viewed": {}}))) == {
        "page_viewed_count", "page_viewed_30d", "page_viewed_91d", "days_since_page_viewed",
    }  # fmt: skip
    many = Vocabulary(events={f"event_{i:03d}": {} for i in range(90)})
    assert len(standard_features(many)) == 4 * MOST_EVENTS


def test_every_feature_is_a_sound_definition_about_dated_facts():
    for one in standard_features(SHOP).values():
        validate(one, SHOP)
        assert parse_document(to_document(one)) == one
        assert one.title
        assert {node.name for node in walk(one) if isinstance(node, TraitValue)} <= {"created_at"}
        assert not any(isinstance(node, ModelValue) for node in walk(one))


def test_counts_of_all_time_need_years_of_data():
    short, long = (standard_features(SHOP, reach_days=days) for days in (200, 800))
    assert long == standard_features(SHOP)
    assert {
        "orders",
        "spend",
        "orders_365d",
        "page_viewed_count",
        "days_since_first_order",
    } <= long.keys() - short.keys()
    assert short.keys() < long.keys()
    assert short["products_bought"].title == "different products bought in the last 182 days"
    for one in short.values():
        validate(one, SHOP)
    assert "orders_30d" in standard_features(SHOP, reach_days=0)


def test_what_is_predicted_is_a_feature_of_its_own_past():
    shoes = parse_text('did product_purchased where (category = "shoes") and not did order_completed')
    found = history_features(shoes)
    assert set(found) == {"same_count", "same_30d", "same_91d", "same_182d", "same_365d", "days_since_same"}
    for one in found.values():
        validate(one, SHOP)
    assert history_features(parse_text("did order_completed")) == {}
    assert set(history_features(parse_text("did a and did b"), reach_days=40)) == {
        "same_30d", "days_since_same", "same2_30d", "days_since_same2",
    }  # fmt: skip


def frame(towns, numbers=None):
    n = len(towns)
    return pa.table(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "n": pa.array(numbers or [float(i) for i in range(n)], pa.float64()),
            "yes": [i % 2 == 0 for i in range(n)],
            "town": pa.array(towns, pa.string()),
        }
    )


TYPES = {"n": "number", "yes": "boolean", "town": "text"}


def test_samples_of_several_moments_are_put_below_each_other():
    first = typed_features(frame(["Ulm", None, "Bonn"]), TYPES, {"n": "a number"})
    second = typed_features(frame(["Kiel", "Ulm"]), TYPES, {})
    nobody = typed_features(frame([None, None]), TYPES, {})
    assert first.columns[0].title == "a number"
    assert nobody.columns[2].kind == "numeric"
    both = pooled([nobody, first, second])
    assert both.columns[2].levels == ("Bonn", "Kiel", "Ulm")
    np.testing.assert_array_equal(both.values[:, 2], [np.nan, np.nan, 2, np.nan, 0, 1, 2])
    assert both.ids == ("c0", "c1", "c0", "c1", "c2", "c0", "c1")
    np.testing.assert_array_equal(both.values[:2, 1], [1, 0])


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError):
        pooled([])
    table = typed_features(frame(["Ulm"]), TYPES, {})
    with pytest.raises(DataError):
        pooled([table, table.select(["n"])])
    with pytest.raises(DataError, match="days since"):
        typed_features(frame(["Ulm"]), {"n": "date"}, {})


def test_only_the_most_frequent_levels_are_kept():
    towns = [f"t{i:03d}" for i in range(80)] + ["t070"] * 5
    table = typed_features(frame(towns), {"town": "text"}, {})
    assert len(table.columns[0].levels) == 50
    assert "t070" in table.columns[0].levels
    assert int(np.isnan(table.values[:, 0]).sum()) == 30


def test_definitions_come_with_what_they_are_made_of_and_back_from_their_documents():
    def made(name, value):
        return TraitDefinition(name, value, "number")

    held = {
        "base": made("base", Constant(Decimal(1))),
        "twice": made("twice", Arithmetic("add", TraitValue("base"), TraitValue("base"))),
        "far": made("far", Arithmetic("add", TraitValue("twice"), TraitValue("age"))),
        "other": made("other", Constant(Decimal(2))),
    }
    found = with_parts(["far", "unknown"], held)
    assert list(found) == ["base", "twice", "far"]
    assert definitions_of(definitions_kept(found)) == found
    assert with_parts([], held) == {}
