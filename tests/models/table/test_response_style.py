from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentary.models.table.columns import Column
from segmentary.models.table.reading import typed_table
from segmentary.models.table.response_style import batteries, correlations, response_findings, response_style
from segmentary.models.table.typed_table import TypedTable

SCALE = ("1", "2", "3", "4", "5")


def items(values: np.ndarray, levels: tuple[str, ...] = SCALE, weights: np.ndarray | None = None) -> TypedTable:
    columns = tuple(
        Column(f"i{j}", "binary" if len(levels) == 2 else "ordinal", levels) for j in range(values.shape[1])
    )
    return TypedTable(columns, values.astype(float), weights)


def answers(style: float, *, seed: int, n: int = 800, p: int = 10) -> np.ndarray:
    """Several opinions, items in both directions, and a readiness to agree of the size `style`."""
    chance = np.random.default_rng(seed)
    opinions = chance.normal(size=(n, 3)) @ (chance.choice([-1, 1], (3, p)) * chance.uniform(0.3, 0.8, (3, p)))
    return np.clip(np.round(2 + opinions + style * chance.normal(size=(n, 1)) + chance.normal(0, 0.5, (n, p))), 0, 4)


def codes(table: TypedTable) -> set[str]:
    return {one.code for one in response_findings(table)}


@pytest.mark.parametrize("seed", range(5))
def test_yea_saying_is_found_and_opinions_are_not(seed: int) -> None:
    assert "yea_saying" in codes(items(answers(1.5, seed=seed)))
    assert "yea_saying" not in codes(items(answers(0.0, seed=seed)))


def test_straight_lining_and_extreme_answers_are_counted() -> None:
    values = answers(0, seed=1)
    values[:80] = 3
    assert response_style(items(values), items(values).names).straight == pytest.approx(0.1, abs=0.01)
    assert "straight_lining" in codes(items(values))
    values = answers(0, seed=1)
    values[:160] = np.random.default_rng(1).choice([0, 4], (160, 10))
    assert "extreme_answers" in codes(items(values))
    assert codes(items(answers(0, seed=1))) == set()


def test_weights_count_as_rows() -> None:
    values = answers(1, seed=2)
    values[np.random.default_rng(1).random(values.shape) < 0.1] = np.nan
    times = np.random.default_rng(2).integers(1, 4, len(values))
    one = response_style(items(values, weights=times.astype(float)), items(values).names)
    other = response_style(items(np.repeat(values, times, axis=0)), items(values).names)
    for name in ("first_share", "second_share", "agreement", "spread", "straight", "extreme"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))


def test_correlations_are_those_of_complete_data() -> None:
    x = np.random.default_rng(4).normal(size=(200, 5)) @ np.random.default_rng(5).normal(size=(5, 5))
    assert correlations(x, np.ones(200)) == pytest.approx(np.corrcoef(x.T))
    x[:, 2] = 1
    x[0, 0] = np.nan
    r = correlations(x, np.ones(200))
    assert r[2, 0] == 0
    assert np.isfinite(r).all()


def test_batteries_are_items_of_one_scale() -> None:
    columns = (
        *(Column(f"a{j}", "ordinal", SCALE) for j in range(5)),
        *(Column(f"b{j}", "binary", ("no", "yes")) for j in range(5)),
        *(Column(f"c{j}", "binary", ("m", "f")) for j in range(4)),
        Column("x", "numeric"),
    )
    found = batteries(TypedTable(columns, np.zeros((3, len(columns)))))
    assert found == [tuple(f"a{j}" for j in range(5)), tuple(f"b{j}" for j in range(5))]


@pytest.mark.parametrize("rows", [0, 1])
def test_nobody_and_one_person(rows: int) -> None:
    assert "yea_saying" not in codes(items(np.zeros((rows, 6))))


def test_all_missing_is_said_to_be_unknown() -> None:
    style = response_style(items(np.full((5, 6), np.nan)), tuple(f"i{j}" for j in range(6)))
    assert np.isnan(style.agreement)
    assert np.isnan(style.straight)


@pytest.mark.real_data
def test_mcdonalds_has_no_yea_saying_factor(real_data: Path) -> None:
    frame = pd.read_csv(real_data / "statistics" / "mcdonalds.csv")
    assert codes(typed_table(frame, columns=list(frame.columns[:11])).table) == set()
