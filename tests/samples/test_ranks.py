"""Ranks and RFM cells, the simple way."""

from types import SimpleNamespace

import pytest

from segmentary.models.rfm_names import NAMES
from segmentary.samples.ranks import CELLS, fifths, rfm_names, top_tenth


def buyer(name, *, spent=0, days=0, orders=1):
    return SimpleNamespace(
        who=SimpleNamespace(customer_id=name), spent=spent, days_since_order=days, orders=[None] * orders
    )


@pytest.mark.parametrize(("people", "members"), [(0, 0), (9, 0), (10, 1), (19, 1), (20, 2)])
def test_a_tenth_is_rounded_down(people, members):
    assert len(top_tenth([buyer(f"c{n}", spent=n) for n in range(people)])) == members


def test_of_equals_the_smaller_id_comes_first():
    assert top_tenth([buyer(f"c{n}", spent=5) for n in range(9, -1, -1)]) == ["c0"]


@pytest.mark.parametrize(
    ("numbers", "cuts"),
    [([], []), ([7], [7, 7, 7, 7]), ([5, 3, 1, 2, 4], [1, 2, 3, 4]), (list(range(1, 11)), [2, 4, 6, 8])],
)
def test_fifths_are_values_that_occur(numbers, cuts):
    assert fifths(numbers) == cuts


def test_cells_are_called_as_the_model_calls_them():
    assert {name: tuple(sorted(cells)) for name, cells in CELLS.items()} == {
        name: tuple(sorted(pairs)) for name, pairs in NAMES.items()
    }
    assert sum(map(len, CELLS.values())) == 25


def test_equal_people_share_a_cell():
    people = [buyer(f"c{n}", days=n % 5 * 30, orders=1 + n % 5) for n in range(50)]
    names = rfm_names(people)
    for n in range(45):
        assert names[f"c{n}"] == names[f"c{n + 5}"]
    assert rfm_names([]) == {}
