"""Metrics in one line."""

from __future__ import annotations

import pytest

from segmentary.errors import UsageError
from segmentary.measurement.experiment.metrics import Metric, parse_metric


@pytest.mark.parametrize(
    "text",
    [
        "buys = any order_completed in 28d",
        "spend = sum order_completed.amount in 28d before 60d lower",
        "visits = trait visit",
        "v = trait spend before history",
        "basket = sum order_completed.amount / count order_completed in 7d",
        "pieces = sum order_completed.quantity in 14d",
        "money = trait clv.expected",
    ],
)
def test_what_is_written_is_read_and_written_again(text):
    for role in ("primary", "guardrail"):
        found = parse_metric(text, role)
        assert parse_metric(found.text, role) == found
        assert Metric.from_document(found.to_document()) == found


def test_an_event_alone_means_whether_it_happened():
    found = parse_metric("order_completed")
    assert (found.name, found.top.take, found.days) == ("order_completed", "any", 28)
    assert found.kind(share=True) == "share"
    assert parse_metric("orders = count order_completed").kind(share=True) == "mean"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a = any x margin 5%",
        "a = any x before past",
        "a = ",
        "a = sum order_completed",
        "a = sum x.price",
        "A B = any x",
        "a = any x in 0d",
        "a = any x y",
    ],
)
def test_what_cannot_be_read_says_how_it_is_written(text):
    with pytest.raises(UsageError) as error:
        parse_metric(text)
    assert error.value.hint
