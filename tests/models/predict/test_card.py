import datetime as dt
import json
import math

from segmentary.models.intervals import Interval
from segmentary.models.predict.card import CalibrationBin, Distribution, FeatureWeight, Measured, ModelCard
from segmentary.models.table.findings import Finding


def card(**changed):
    whole = {
        "kind": "propensity",
        "target": "orders within 90 days",
        "method": "mean of three",
        "data_from": dt.date(2025, 1, 1),
        "data_until": dt.date(2026, 1, 1),
        "cutoffs": (dt.date(2025, 7, 1),),
        "test_cutoff": dt.date(2025, 10, 1),
        "horizon_days": 90,
        "people": 1_000,
        "positives": 178,
        "features": (FeatureWeight("recency", "Days since last order", 0.4, "less"),),
        "holdout": (Measured("auc", "AUC", Interval(0.78, 0.75, math.nan, 1_000), 0.76, "recency alone"),),
        "calibration": (CalibrationBin(100, 0.2, Interval(0.21, 0.14, 0.3, 100)),),
        "findings": (Finding("few", "warning", "few people", "collect more", ("recency",)),),
        "limits": ("not for people who joined later",),
        "baseline": (Distribution("recency", (10.0, 20.0), (), (0.2, 0.3, 0.4), 0.1),),
        "seed": 7,
    }
    return ModelCard(**(whole | changed))


def test_a_card_survives_json():
    one = card()
    again = ModelCard.from_document(json.loads(json.dumps(one.to_document(), allow_nan=False)))
    assert math.isnan(again.holdout[0].estimate.high)
    assert again.to_document() == one.to_document()
    assert again.features == one.features
    assert again.baseline == one.baseline
    assert again.findings == one.findings
    assert again.cutoffs == one.cutoffs


def test_a_card_without_a_test_has_none():
    assert ModelCard.from_document(card(test_cutoff=None, positives=None).to_document()).test_cutoff is None


def test_whether_a_figure_beats_its_rival():
    high = Interval(0.8, 0.7, 0.9, 10)
    assert Measured("auc", "AUC", high, 0.7).beats is True
    assert Measured("mae", "MAE", high, 0.7, better="lower").beats is False
    assert Measured("total_bias", "bias", high, 0.7, better="near").beats is None
    assert Measured("auc", "AUC", high).beats is None
    assert Measured("auc", "AUC", Interval(math.nan, math.nan, math.nan, 0), 0.7).beats is None
