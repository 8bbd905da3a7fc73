from __future__ import annotations

import numpy as np
import pytest

from segmentary.models.table.guessing import far_off, guess_numbers, identifier_numbers, sentinels


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.0, 1.5], "numeric"),
        ([5.0, 9.0], "binary"),
        ([1.0, 2.0, 3.0], "ordinal"),
        ([0.0, 300.0, 20_000.0], "numeric"),
    ],
)
def test_kinds(values: list[float], kind: str) -> None:
    assert guess_numbers(np.array(values)) == kind


def test_children_are_counts_and_recommendation_is_a_scale() -> None:
    chance = np.random.default_rng(1)
    assert guess_numbers(chance.poisson(0.7, 500).astype(float)) == "count"
    assert guess_numbers(np.clip(chance.normal(7, 2.5, 500).round(), 0, 10)) == "ordinal"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 2, 3, 4, 5, 9], [9]),
        ([1, 2, 3, 4, 5, 6, 7], []),
        ([0, 1, 2, 3, 9], [9]),
        ([18, 40, 80, 98, 99], []),
        ([18, 40, 60, 999], [999]),
        ([1, 2, 3, 4, 5, 98, 99], [99, 98]),
        ([-1, 0, 50, 200], [-1]),
        ([-300, -1, 0, 50], []),
        ([0, 1], []),
        ([0, 10, 20, 50, 75, 97, 98, 99], []),
    ],
)
def test_codes_for_no_answer(values: list[float], found: list[float]) -> None:
    assert list(sentinels(np.array(values, dtype=float))) == found


def test_numbers_of_rows() -> None:
    many = np.arange(100.0)
    assert identifier_numbers("x", many)
    assert identifier_numbers("CustomerID", many * 7)
    assert identifier_numbers("customer_id", many * 7)
    assert not identifier_numbers("paid", many * 7)
    assert not identifier_numbers("customer_id", many / 7)
    assert not identifier_numbers("customer_id", many % 50)
    assert not identifier_numbers("income", np.random.default_rng(1).permutation(many) * 31)


def test_slips_are_far_from_everybody_and_large_incomes_are_not() -> None:
    chance = np.random.default_rng(1)
    assert far_off(np.append(chance.normal(173, 10, 400), 62)) == (62,)
    assert far_off(chance.lognormal(10, 1, 1000)) == ()
    assert far_off(chance.normal(173, 10, 400)) == ()
    assert far_off(np.ones(100)) == ()
