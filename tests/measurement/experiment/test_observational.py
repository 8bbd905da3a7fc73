"""Campaigns nobody drew by lot: described, with words that claim nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from segmentary.measurement.experiment import observational
from segmentary.measurement.experiment.observational import Observed, beside, told
from segmentary.measurement.experiment.sums import Sums
from segmentary.report.experiment.report import observed_document
from segmentary.report.experiment.words import OBSERVED_TERMS
from segmentary.report.pages import page

CLAIMS = ("caused", "causal", "lift", "effect", "impact", "uplift", "thanks to", "because of", "led to", "increase")


def test_similar_people_are_weighted_to_be_like_those_contacted():
    bins = {
        (1, True): Sums.of([0.0, 2.0], [0.0, 0.0]),
        (1, False): Sums.of([1.0] * 50 + [3.0] * 50, [0.0] * 100),
        (2, True): Sums.of([20.0] * 4 + [24.0] * 4, [10.0] * 8),
        (2, False): Sums.of([15.0, 17.0], [10.0, 10.0]),
        (3, True): Sums.of([9.0], [1.0]),
    }
    (contacted, similar), unmatched = beside(bins)
    assert unmatched == 1
    assert contacted.before.estimate == similar.before.estimate == pytest.approx(8.0)
    assert similar.after.estimate == pytest.approx(0.2 * 2 + 0.8 * 16)
    assert contacted.after.low < contacted.after.estimate < contacted.after.high
    assert told("spend", (contacted, similar)).startswith("not experimental: spend per person, contacted: 8.00 before")


def test_without_similar_people_there_is_nothing_beside():
    assert beside({(1, True): Sums.of([1.0, 2.0])}) == ((), 2)
    assert told("spend", ()) == ""


def test_no_text_for_such_campaigns_claims_anything():
    bins = {(1, True): Sums.of([0.0, 2.0], [0.0, 1.0]), (1, False): Sums.of([1.0, 3.0], [0.0, 1.0])}
    groups, unmatched = beside(bins)
    for refusal in (observational.REFUSAL, observational.UNSAID):
        seen = Observed(
            "flyer", dt.datetime(2026, 3, 1, tzinfo=dt.UTC), 2, {"": 2}, refusal, observational.NEEDED,
            "spend = sum order_completed.amount in 28d", groups, unmatched,
            f"flyer: {refusal}; {told('spend', groups)}",
        )  # fmt: skip
        document = observed_document(seen)
        texts = [page(document), str(seen.to_document()), str(OBSERVED_TERMS)]
        for text in texts:
            body = text.partition("<main")[2] or text
            for word in CLAIMS:
                assert word not in body.lower(), word
        assert "not experimental" in texts[0].lower()
