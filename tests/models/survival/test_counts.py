"""Counts of durations: by place and by sorting, from arrays and from an engine."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.engine.dialects.rewriting import rewritten
from segmentary.engine.duckdb import DuckDB
from segmentary.errors import DataError
from segmentary.models.survival.counts import SurvivalCounts, counts_query


def people(n: int, seed: int = 0) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(seed)
    duration = chance.integers(1, 40, n).astype(float)
    return {
        "duration": duration,
        "event": chance.random(n) < 0.6,
        "group": np.array(["O'Hara", 'a "b"', "Köln"])[chance.integers(0, 3, n)],
        "entry": np.floor(duration * chance.random(n)),
    }


def same(one: SurvivalCounts, other: SurvivalCounts) -> None:
    assert one.groups == other.groups
    for name in ("starts", "times", "events", "exits", "entries", "people"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_at_risk_is_counted_person_by_person() -> None:
    given = people(200)
    counts = SurvivalCounts.from_arrays(given["duration"], given["event"], given["group"], entry=given["entry"])
    names = np.array(counts.groups)[counts.group]
    for name, time, risk, left in zip(names, counts.times, counts.at_risk, counts.events, strict=True):
        here = given["group"] == name
        assert risk == np.sum(here & (given["entry"] < time) & (given["duration"] >= time))
        assert left == np.sum(here & (given["duration"] == time) & given["event"])


def test_sorting_and_counting_by_place_agree() -> None:
    given = people(500)
    whole = SurvivalCounts.from_arrays(given["duration"], given["event"], given["group"], entry=given["entry"])
    halves = SurvivalCounts.from_arrays(given["duration"] / 2, given["event"], given["group"], entry=given["entry"] / 2)
    assert halves.times == pytest.approx(whole.times / 2)
    np.testing.assert_array_equal(halves.at_risk, whole.at_risk)


@pytest.mark.parametrize("late", [False, True])
def test_the_engine_counts_the_same(late: bool) -> None:
    given = people(400)
    table = pa.table(given).append_column("weight", pa.array(np.full(400, 2.0)))
    missing = pa.table(
        {
            "duration": [None, 3.0],
            "event": [True, None],
            "group": ["Köln", None],
            "entry": [0.0, 0.0],
            "weight": [2.0, 2.0],
        }
    )
    engine = DuckDB()
    engine.ingest("people", pa.concat_tables([table, missing.cast(table.schema)]))
    query = counts_query(
        exp.to_table("people"), duration="duration", event="event", group="group", entry="entry" if late else None
    )
    counted = SurvivalCounts.from_table(engine.table(query))
    entry = given["entry"] if late else None
    same(counted, SurvivalCounts.from_arrays(given["duration"], given["event"], given["group"], entry=entry))
    assert counted.left_out == 2
    weighed = counts_query(exp.to_table("people"), duration="duration", event="event", group="group", weight="weight")
    twice = SurvivalCounts.from_table(engine.table(weighed))
    plain = SurvivalCounts.from_arrays(given["duration"], given["event"], given["group"])
    np.testing.assert_allclose(twice.events, 2 * plain.events)
    np.testing.assert_array_equal(twice.people, plain.people)
    for dialect in ("postgres", "spark"):
        rewritten(query, dialect)


def test_survey_weights_are_worth_as_many_people_as_kish_says() -> None:
    weights = np.array([1.0, 1.0, 4.0])
    counts = SurvivalCounts.from_arrays([1, 2, 3], [1, 1, 1], weights=weights, weights_are="survey")
    assert counts.exits.sum() == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert counts.people.tolist() == [3]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"durations": [-1.0], "events": [1]}, "negative"),
        ({"durations": [1.0], "events": [2]}, "neither 0"),
        ({"durations": [1.0, 2.0], "events": [1]}, "do not fit"),
        ({"durations": [1.0], "events": [1], "entry": [1.0]}, "after being last seen"),
        ({"durations": [1.0], "events": [1], "weights": [0.0]}, "weight"),
        ({"durations": [np.inf], "events": [1]}, "infinite"),
        ({"durations": [1.0], "events": [1], "weights_are": "x"}, "no meaning"),
        ({"durations": [1.0], "events": [1], "groups": ["a", "b"]}, "do not fit"),
    ],
)
def test_what_cannot_be_counted_is_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(DataError, match=told):
        SurvivalCounts.from_arrays(**given)  # type: ignore[arg-type]


def test_nobody_is_counted_as_nobody() -> None:
    counts = SurvivalCounts.from_arrays([], [])
    assert len(counts.times) == 0
    assert counts.people.tolist() == [0]
    assert len(SurvivalCounts.from_arrays([np.nan], [1], ["a"]).times) == 0


def test_groups_are_put_together_and_picked() -> None:
    given = people(300)
    counts = SurvivalCounts.from_arrays(given["duration"], given["event"], given["group"], entry=given["entry"])
    whole = SurvivalCounts.from_arrays(given["duration"], given["event"], entry=given["entry"])
    same(counts.together(), whole)
    picked = counts.select(["Köln"])
    assert picked.people[0] == np.sum(given["group"] == "Köln")
