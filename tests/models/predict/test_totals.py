"""The total of the next days: planted trends and seasons, plain rivals, wide where nothing can be known."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import text
from segmentary.errors import DataError, NoAnswerError
from segmentary.language.spans import Context
from segmentary.models.predict.totals import (
    MOST_STEPS,
    DailyTotals,
    TotalForecast,
    forecast_total,
    step_of,
    totals_query,
)
from segmentary.schema import EVENTS


def business(daily: np.ndarray, horizon: int, *, seed: int = 0) -> DailyTotals:
    """Return a shop of old customers with these daily totals, a little noise about them."""
    chance = np.random.default_rng(seed)
    n = len(daily)
    paid = daily * np.exp(chance.normal(0, 0.05, n))
    # Everybody came on the first day.
    return DailyTotals.from_transactions(np.zeros(n), np.arange(n), paid, until=n, step_days=step_of(horizon))


def test_a_level_is_forecast_within_its_interval() -> None:
    found = forecast_total(business(np.full(300, 100.0), 28), horizon_days=28)
    assert found.total.low < 2_800 < found.total.high
    assert found.total.estimate == pytest.approx(2_800, rel=0.05)
    assert not found.seasons
    assert "season_unknown" in {one.code for one in found.findings}


def test_a_season_is_known_after_two_years_only() -> None:
    days = np.arange(3 * 364)
    season = 100 * (1 + 0.6 * np.sin(2 * np.pi * days / 364))
    now = 2 * 364 + 91
    found = forecast_total(business(season[:now], 91), horizon_days=91)
    actual = season[now : now + 91].sum()
    assert found.seasons
    assert found.method in ("seasonal", "year_ago")
    assert found.total.low < actual < found.total.high
    assert found.total.estimate == pytest.approx(actual, rel=0.1)
    assert "season_unknown" not in {one.code for one in found.findings}
    blind = forecast_total(business(season[364:now], 91), horizon_days=91)
    assert not blind.seasons
    wide = blind.total.high / blind.total.low
    assert wide > 2 * found.total.high / found.total.low
    assert blind.total.low < actual < blind.total.high


def test_a_trend_beats_the_plain_forecast() -> None:
    growing = 100 * np.exp(np.arange(400) / 150)
    found = forecast_total(business(growing, 28), horizon_days=28)
    assert found.method == "trend"
    scores = {one.method: one for one in found.scores}
    assert scores["trend"].error < scores["last_period"].error
    actual = 100 * np.exp(np.arange(400, 428) / 150).sum()
    assert found.total.low < actual < found.total.high


def test_newcomers_are_not_in_the_total_of_those_known() -> None:
    # Each day ten new customers, each buys once for 10, and never again.
    days = np.repeat(np.arange(300), 10)
    totals = DailyTotals.from_transactions(np.arange(3_000), days, np.full(3_000, 10.0), until=300, step_days=7)
    assert totals.known(0).sum() == 30_000
    assert totals.known(1).sum() == 10 * 10 * (300 - 7)
    # At every past moment the customers known then bought nothing more: nothing can be backtested, little is claimed.
    found = forecast_total(totals, horizon_days=28)
    assert found.total.n == 0
    assert {"few_past_moments", "season_unknown"} <= {one.code for one in found.findings}


def test_nothing_can_be_said_of_too_little() -> None:
    with pytest.raises(NoAnswerError, match="fewer than the 28"):
        forecast_total(business(np.full(20, 1.0), 28), horizon_days=28)
    quiet = business(np.concatenate([np.full(50, 1.0), np.zeros(30)]), 28)
    with pytest.raises(NoAnswerError, match="nothing to go on"):
        forecast_total(quiet, horizon_days=28)
    with pytest.raises(DataError):
        step_of(0)
    empty = DailyTotals.from_transactions([], [], [], until=10, step_days=7)
    with pytest.raises(NoAnswerError):
        forecast_total(empty, horizon_days=7)


def test_a_document_says_everything() -> None:
    found = forecast_total(business(np.full(300, 100.0), 28), horizon_days=28)
    again = TotalForecast.from_document(json.loads(json.dumps(found.to_document())))
    assert again == found


def test_the_engine_counts_what_the_arrays_count() -> None:
    chance = np.random.default_rng(2)
    n, until = 400, dt.date(2024, 6, 1)
    who, day = chance.integers(0, 40, n), chance.integers(0, 152, n)
    paid = np.round(chance.gamma(2, 10, n), 2)
    engine = DuckDB(threads=1)
    engine.create(EVENTS)
    start = dt.datetime(2024, 1, 1, 12)
    for person, at, amount in zip(who, day, paid, strict=True):
        when = start + dt.timedelta(days=int(at))
        engine.connection.execute(
            "insert into events (customer_id, name, happened_at, known_at, amount) values (?, ?, ?, ?, ?)",
            [f"c{person}", "order_completed", when, when, float(amount)],
        )
    context = Context(dt.datetime(2024, 6, 1, tzinfo=dt.UTC), "Europe/Berlin")
    query = totals_query(exp.table_("events", quoted=True), context, step_days=7)
    found = DailyTotals.from_table(engine.table(query), step_days=7)
    expected = DailyTotals.from_transactions(who, day, paid, until=(until - start.date()).days, step_days=7)
    np.testing.assert_allclose(found.paid, expected.paid, atol=1e-6)
    for dialect in ("postgres", "spark"):
        assert "came_from" in text(query, dialect)


def test_decades_of_purchases_are_not_tried_one_moment_after_the_other() -> None:
    found = forecast_total(business(np.full(1_700, 100.0), 28), horizon_days=28)
    assert found.total.n < MOST_STEPS
    assert found.total.low < 2_800 < found.total.high
