"""The purchase model is chosen by a rule that was stated before, on a time it has not seen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.models.value.people import UNTIL, shop

from segmentary.errors import NoAnswerError, UnknownNameError
from segmentary.models.intervals import Interval
from segmentary.models.value.choice import CLASSES, Candidate, Choice, ModelName, choose_model, decided, purchase_model
from segmentary.models.value.holdout import PurchaseHoldout, Tracking
from segmentary.models.value.holdout_data import HoldoutData


@cache
def chosen() -> Choice:
    ids, days, amounts = shop(800, seed=4)
    return choose_model(HoldoutData.from_transactions(ids, days, amounts, cutoff=UNTIL - 91, until=UNTIL))


def judged(bias: float) -> PurchaseHoldout:
    flat = Interval(0.0, 0.0, 0.0, 9)
    tracking = Tracking(np.zeros(1), np.zeros(1), 1)
    return PurchaseHoldout(9, 1.0, flat, 0.5, flat, Interval(bias, bias, bias, 9), flat, 0.0, 0.0, (), tracking)


def candidate(name: ModelName, bias: float, *, level: bool = True) -> Candidate:
    return Candidate(name, purchase_model(name), judged(bias), Interval(0.0, 0.0, 0.0, 9), level)


def test_all_models_are_tried_and_one_is_taken() -> None:
    found = chosen()
    assert {one.name for one in found.candidates} == set(CLASSES)
    assert found.chosen.level
    assert found.chosen.name == found.name
    assert found.beats_rival
    assert "better than the plain rule 'the same as in the last period'" in found.reason
    assert min(one.behind.estimate for one in found.candidates) == 0


def test_who_is_clearly_behind_is_not_taken() -> None:
    taken, reason = decided((candidate("bg_nbd", 0.2), candidate("pareto_nbd", 0.0, level=False)))
    assert taken.name == "bg_nbd"
    assert "clearly best" in reason


def test_among_the_level_the_nearest_total_wins() -> None:
    taken, reason = decided((candidate("pareto_nbd", -0.1), candidate("bg_nbd", 0.02)))
    assert taken.name == "bg_nbd"
    assert "the total best (+2.0%)" in reason


def test_all_level_is_decided_by_what_one_time_buyers_are() -> None:
    taken, reason = decided((candidate("bg_nbd", 0.0), candidate("mbg_nbd", 0.004), candidate("pareto_nbd", 0.02)))
    assert taken.name == "mbg_nbd"
    assert "about as well as" in reason
    assert decided((candidate("bg_nbd", float("nan")), candidate("mbg_nbd", float("nan"))))[0].name == "mbg_nbd"


def test_one_alone() -> None:
    assert "only purchase model" in decided((candidate("bg_nbd", 0.0),))[1]


def test_it_tells_how_far_it_is_and_can_be_stopped() -> None:
    ids, days, amounts = shop(200, seed=5)
    data = HoldoutData.from_transactions(ids, days, amounts, cutoff=UNTIL - 91, until=UNTIL)

    def stop(sentence: str, done: float) -> None:
        if done > 0.3:
            raise KeyboardInterrupt(sentence)

    with pytest.raises(KeyboardInterrupt):
        choose_model(data, tell=stop)


def test_nothing_to_choose_from() -> None:
    once = HoldoutData.from_transactions(np.arange(50), np.zeros(50), np.ones(50), cutoff=30, until=60)
    with pytest.raises(NoAnswerError, match="second time"):
        choose_model(once)
    with pytest.raises(UnknownNameError):
        purchase_model("prophet")


@pytest.mark.real_data
def test_cdnow(real_data: Path) -> None:
    from benchmarks.golden.spending import cdnow_holdout

    found = choose_model(cdnow_holdout(real_data))
    assert found.name == "pareto_nbd"
    assert found.beats_rival
