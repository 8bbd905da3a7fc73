"""What a rule means over a horizon, and what is refused."""

from __future__ import annotations

import pytest

from segmentary.errors import UsageError
from segmentary.language.text import format_text, parse_text
from segmentary.models.predict.horizon import over_horizon

CLEAR = {
    "did order_completed": "events order_completed in last 91d count >= 1",
    "did order_completed in last 91d": "events order_completed in last 91d count >= 1",
    'did product_purchased where (category = "shoes")':
        'events product_purchased where (category = "shoes") in last 91d count >= 1',
    "events order_completed sum of amount > 100": "events order_completed in last 91d sum of amount > 100",
    "not did order_completed": "not events order_completed in last 91d count >= 1",
    "did a and did b": "events a in last 91d count >= 1 and events b in last 91d count >= 1",
    "segment vip entered": "segment vip and not segment vip at 91d ago evaluated",
    "segment vip exited": "segment vip at 91d ago evaluated and not segment vip",
}  # fmt: skip
UNCLEAR = {
    "did order_completed in last 30d": "leave the window out",
    "did order_completed in last 13w": "leave the window out",
    "did order_completed in this_month": "leave the window out",
    "segment vip": "`segment vip entered`",
    'trait country = "DE"': "write events",
    "order_count > 3": "`segment NAME entered`",
}


@pytest.mark.parametrize("text", CLEAR)
def test_events_get_the_horizon_as_their_window(text):
    assert format_text(over_horizon(parse_text(text), 91)) == CLEAR[text]


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_unclear_is_refused_with_what_to_write(text):
    with pytest.raises(UsageError) as error:
        over_horizon(parse_text(text), 91)
    assert UNCLEAR[text] in str(error.value)


def test_a_horizon_is_at_least_a_day():
    with pytest.raises(UsageError):
        over_horizon(parse_text("did a"), 0)
