"""What segments are worth together: sums of persons, with the uncertainty of the parameters they share."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.models.value.people import UNTIL, shop
from tests.models.value.test_lifetime_value import inputs_with

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import text
from segmentary.errors import DataError, UsageError
from segmentary.models.predict.prediction import ScoreInputs
from segmentary.models.value.lifetime_value import LifetimeValue, fit_lifetime_value
from segmentary.models.value.purchases import Purchases
from segmentary.models.value.segment_value import (
    SegmentValue,
    segment_values,
    segment_values_of,
    segment_values_query,
)

HELD = Purchases.from_transactions(*shop(800, seed=11), until=UNTIL)
KIND = np.where(HELD.first_spend > np.median(HELD.first_spend), "dear", "cheap")


@cache
def fitted() -> LifetimeValue:
    return fit_lifetime_value(
        HELD, None, horizon_days=180, until=dt.date(2025, 7, 1), model="pareto_nbd", annual_discount=0.05
    )


def test_totals_are_the_sums_of_persons() -> None:
    found = segment_values(fitted(), HELD, KIND)
    scores = fitted().score(HELD)
    assert [one.segment for one in found] == ["cheap", "dear"]
    for one in found:
        here = one.segment == KIND
        assert one.people == here.sum()
        assert one.value.estimate == pytest.approx(scores.value[here].sum())
        assert one.mean_value.estimate == pytest.approx(scores.value[here].mean())
        assert one.purchases.estimate == pytest.approx(scores.purchases[here].sum())
        assert one.alive.estimate == pytest.approx(scores.alive[here].sum())


def total_at(shift: np.ndarray) -> float:
    """The total at log-parameters (four of purchases, three of spend) moved a little."""
    document = fitted().to_document()
    for part, moved in (("lifetime", shift[:4]), ("spend", shift[4:])):
        params = document[part]["params"]
        document[part]["params"] = {name: v * np.exp(d) for (name, v), d in zip(params.items(), moved, strict=True)}
    return float(LifetimeValue.from_document(document).score(HELD).value.sum())


def test_the_interval_is_that_of_moving_the_parameters() -> None:
    model = fitted()
    (found,) = segment_values(model, HELD, ["all"] * len(HELD))
    steps = 1e-4 * np.eye(7)
    slopes = np.array([(total_at(step) - total_at(-step)) / 2e-4 for step in steps])
    covariance = np.zeros((7, 7))
    covariance[:4, :4], covariance[4:, 4:] = model.lifetime.covariance_, model.spend.covariance_
    error = np.sqrt(slopes @ covariance @ slopes) / found.value.estimate
    # Discounting moves no derivative worth a word.
    assert np.log(found.value.high / found.value.estimate) == pytest.approx(1.96 * error, rel=0.01)


def test_the_engine_sums_the_same() -> None:
    inputs = inputs_with(HELD, DuckDB(threads=1))
    members = pa.table({"customer_id": [f"c{one}" for one in HELD.ids], "segment": KIND.tolist()})
    inputs.engine.ingest("members", members)
    there, here = segment_values_of(fitted(), inputs, exp.table_("members")), segment_values(fitted(), HELD, KIND)
    for one, other in zip(there, here, strict=True):
        assert (one.segment, one.people) == (other.segment, other.people)
        for name in ("value", "mean_value", "purchases", "alive"):
            mine, theirs = getattr(one, name), getattr(other, name)
            assert (mine.estimate, mine.low, mine.high) == pytest.approx((theirs.estimate, theirs.low, theirs.high))
    for dialect in ("postgres", "spark"):
        assert text(segment_values_query(fitted(), inputs, exp.table_("members")), dialect)


def test_a_sum_is_wider_than_independent_persons_would_make_it() -> None:
    (found,) = segment_values(fitted(), HELD, ["all"] * len(HELD))
    scores = fitted().score(HELD)
    alone = np.sqrt((((scores.high - scores.low) / 3.92) ** 2).sum())
    assert (found.value.high - found.value.low) / 3.92 > 2 * alone


def test_nobody_and_what_does_not_fit() -> None:
    nothing = Purchases.from_transactions([], np.zeros(0), [], until=UNTIL)
    found: tuple[SegmentValue, ...] = segment_values(fitted(), nothing, [])
    assert found == ()
    with pytest.raises(DataError, match="one of each"):
        segment_values(fitted(), HELD, ["a"])
    with pytest.raises(UsageError):
        segment_values_query(
            fitted(), ScoreInputs(DuckDB(threads=1), exp.table_("p"), {}, {}, None, "s"), exp.table_("m")
        )
