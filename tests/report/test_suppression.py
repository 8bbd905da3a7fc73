"""No small group can be worked out from what is shown."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.report.suppression import audit, hide_parts, pair_sums, small

BELOW = 11
counts = st.one_of(st.integers(0, 14), st.integers(0, 200))


@given(st.lists(counts, min_size=1, max_size=9))
def test_hidden_parts_of_a_total_stay_unknown(parts: list[int]) -> None:
    hidden = hide_parts(parts, BELOW)
    together = sum(c for c, h in zip(parts, hidden, strict=True) if h)
    for count, h in zip(parts, hidden, strict=True):
        assert h or not small(count, BELOW)
    if any(hidden):
        # What the reader can compute, the sum of the hidden parts, is not itself small, unless everything is hidden.
        assert all(hidden) or (sum(hidden) >= 2 and together >= BELOW)


def test_parts_that_need_no_company() -> None:
    assert hide_parts([], BELOW) == []
    assert hide_parts([0, 11, 400], BELOW) == [False, False, False]
    assert hide_parts([0, 3, 12, 400], BELOW) == [False, True, True, False]
    assert hide_parts([6, 6, 400], BELOW) == [True, True, False]
    assert hide_parts([3], BELOW) == [True]
    assert hide_parts([50, 60, 70], BELOW, forced={2}) == [True, False, True]


def rank(rows: list[list[int]]) -> int:
    """Exact rank by elimination over fractions: independent of the floating-point audit."""
    matrix = [[Fraction(v) for v in row] for row in rows]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(found, len(matrix)) if matrix[r][column]), None)
        if pivot is None:
            continue
        matrix[found], matrix[pivot] = matrix[pivot], matrix[found]
        for r in range(len(matrix)):
            if r != found and matrix[r][column]:
                factor = matrix[r][column] / matrix[found][column]
                matrix[r] = [a - factor * b for a, b in zip(matrix[r], matrix[found], strict=True)]
        found += 1
    return found


def follows(wanted: list[int], known: list[list[int]]) -> bool:
    return any(wanted) and rank([*known, wanted]) == rank(known)


@st.composite
def populations(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    """Groups (segments, their pairs, everybody last) over the kinds of customer, and people per kind."""
    segments = draw(st.integers(1, 4))
    kinds = draw(st.lists(st.sampled_from(list(product([0, 1], repeat=segments))), unique=True, min_size=1, max_size=8))
    people = [draw(st.one_of(st.integers(1, 14), st.integers(1, 90))) for _ in kinds]
    single = [[kind[i] for kind in kinds] for i in range(segments)]
    pairs = [[a * b for a, b in zip(single[i], single[j], strict=True)] for i, j in combinations(range(segments), 2)]
    return [*single, *pairs, [1] * len(kinds)], people


@given(populations())
def test_no_small_group_is_a_combination_of_shown_ones(given_population: tuple[list[list[int]], list[int]]) -> None:
    masks, people = given_population
    sizes = [sum(m * p for m, p in zip(mask, people, strict=True)) for mask in masks]
    total = len(masks) - 1
    forced = {i for i, size in enumerate(sizes) if small(sizes[total] - size, BELOW)}
    hidden = audit(pair_sums(np.array(masks, dtype=bool)), sizes, BELOW, hidden=forced, keep={total})
    shown = [masks[i] for i in range(len(masks)) if i not in hidden]
    for i, size in enumerate(sizes):
        if small(size, BELOW) or i in forced:
            assert i in hidden
            assert not follows(masks[i], shown)


def test_a_partition_hides_a_second_part_and_nothing_more() -> None:
    masks = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 1, 1, 1]], dtype=bool)
    assert audit(pair_sums(masks), [5, 40, 300, 90, 435], BELOW, keep={4}) == {0, 1}
    assert audit(pair_sums(masks), [50, 40, 300, 90, 480], BELOW, keep={4}) == frozenset()


def test_weighted_pair_sums_count_people() -> None:
    masks = np.array([[1, 1, 0], [0, 1, 1]], dtype=bool)
    people = np.array([5, 7, 11], dtype=np.int64)
    assert pair_sums(masks, people, chunk=2).tolist() == [[12.0, 7.0], [7.0, 18.0]]


@pytest.mark.parametrize(("count", "expected"), [(0, False), (1, True), (10, True), (11, False)])
def test_small(count: int, expected: bool) -> None:
    assert small(count, BELOW) is expected
