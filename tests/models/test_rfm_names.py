"""The names of RFM cells, as the design fixed them."""

from __future__ import annotations

import pytest

from segmentary.models.rfm_names import NAMES, PAIRS, name_of


@pytest.mark.parametrize(
    ("recency", "orders", "name"),
    [
        (5, 5, "champion"),
        (5, 4, "champion"),
        (5, 1, "new"),
        (4, 1, "promising"),
        (3, 3, "need attention"),
        (1, 5, "can't lose"),
        (2, 4, "at risk"),
        (1, 2, "hibernating"),
        (2, 1, "hibernating"),
        (1, 1, "lost"),
        (3, 2, "about to sleep"),
        (4, 5, "loyal"),
        (5, 3, "potential loyalist"),
    ],
)
def test_name_of(recency: int, orders: int, name: str) -> None:
    assert name_of(recency, orders) == name


def test_no_other_scores() -> None:
    with pytest.raises(KeyError):
        name_of(6, 1)
    assert len(PAIRS) == sum(map(len, NAMES.values())) == 25
