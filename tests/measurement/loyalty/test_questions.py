import datetime as dt

import pytest

from segmentary.errors import DataError, UnknownNameError
from segmentary.measurement.loyalty.questions import Asked, recommendation, satisfaction, spending

EARLY, LATE = dt.datetime(2025, 1, 1), dt.datetime(2026, 1, 1)


def asked(item, low=0, high=10, *, survey="s", wave="w1", people=50, whole=True, at=EARLY):
    return Asked(survey, item, wave, people, low, high, whole, at)


def test_recommendation_is_found_by_name_and_scale():
    found = recommendation([asked("age", 18, 80), asked("would_recommend"), asked("satisfaction", 1, 5)])
    assert (found.item, found.promoter, found.detractor) == ("would_recommend", 9, 6)
    assert recommendation([asked("recommend", 1, 5)]) is None  # no NPS, whatever it is called
    assert recommendation([asked("recommend", 0, 10, whole=False)]) is None
    assert recommendation([asked("recommend", 0, 100)]) is None
    assert recommendation([]) is None


def test_satisfaction_scales():
    for top in (5, 7, 10):
        found = satisfaction([asked("csat", 1, top)])
        assert (found.low, found.high, found.promoter) == (1, top, top - 1)
    assert satisfaction([asked("csat", 0, 10)]) is None


def test_the_one_most_people_answered_is_taken():
    found = recommendation([asked("nps", people=20), asked("recommend", people=900)])
    assert found.item == "recommend"


def test_named_questions():
    known = [asked("q7"), asked("recommend"), asked("q8", 0, 3.5, whole=False)]
    assert recommendation(known, "q7").item == "q7"
    with pytest.raises(UnknownNameError, match="q9"):
        recommendation(known, "q9")
    with pytest.raises(DataError, match="whole numbers"):
        recommendation(known, "q8")


def test_waves_are_in_order_of_time():
    rows = [
        asked("nps", wave="autumn", at=LATE),
        asked("nps", wave="spring", at=EARLY),
        asked("nps", wave="x", at=None),
    ]
    assert recommendation(rows).waves == ("x", "spring", "autumn")


def test_spending():
    rows = [asked(f"spend_{who}", 0, 900) for who in ("ours", "shop", "market")]
    found = spending(rows)
    assert (found.ours, found.items) == ("spend_ours", ("spend_market", "spend_ours", "spend_shop"))
    assert spending([asked("spend_shop"), asked("spend_market")]) is None
    assert spending([asked("spend_ours")]) is None
    assert spending([asked("q_a"), asked("q_b")], "q_a").items == ("q_a", "q_b")
    with pytest.raises(UnknownNameError):
        spending(rows, "nothing")
