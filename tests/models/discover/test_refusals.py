"""Honest refusals: each says what, why and how to mend it."""

import numpy as np
import pytest

from segmentary.errors import NoAnswerError
from segmentary.models.discover.refusals import possible, without_constants, without_leaks
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

NUMBERS = (Column("spend", "numeric"), Column("orders", "count"))


def table(values, columns=NUMBERS, weights=None):
    return TypedTable(columns, np.asarray(values, dtype=float).reshape(-1, len(columns)), weights)


def refused(what, *parts):
    with pytest.raises(NoAnswerError) as caught:
        what()
    assert caught.value.hint
    for part in parts:
        assert part in caught.value.message


def test_nobody():
    refused(lambda: without_constants(table([])), "no rows")


def test_nothing_known():
    refused(lambda: without_constants(table([[np.nan, np.nan]] * 3)), "nothing is known", "6 values")


def test_only_constants():
    refused(lambda: without_constants(table([[1, 2]] * 5)), "nobody differs", "'spend'")


def test_one_constant_is_left_out():
    kept, findings = without_constants(table([[1, 2], [1, 3]]))
    assert kept.names == ("orders",)
    assert [(one.code, one.level, one.columns) for one in findings] == [("constant", "refusal", ("spend",))]


def test_one_column_never_known_is_left_out():
    kept, findings = without_constants(table([[np.nan, 2], [np.nan, 3]]))
    assert kept.names == ("orders",)
    assert findings[0].code == "all_missing"


def test_too_few_people():
    people = table(np.arange(50.0))
    assert len(people) == 25
    ks, findings = possible(people, [2, 3, 8])
    assert ks == (2,)
    assert [one.code for one in findings] == ["too_few_people", "too_few_people"]
    refused(lambda: possible(table(np.arange(10.0)), [2]), "2 segments", "5 people")


def test_weights_count_as_people():
    weights = np.full(100, 1e-6)
    weights[:5] = 1.0
    refused(lambda: possible(table(np.arange(200.0), weights=weights), [2]), "by their weights worth 5")


def test_one_row_per_segment():
    values = [[0, 0], [1, 1], [2, 2]] * 40
    ks, findings = possible(table(values), [2, 3])
    assert ks == (2,)
    assert findings[0].code == "one_row_per_segment"
    assert "3 different rows" in findings[0].message


def test_one_segment_is_no_segmentation():
    refused(lambda: possible(table(np.arange(100.0)), [1]), "one segment is everybody")
    refused(lambda: possible(table(np.arange(100.0)), []))


def test_columns_that_give_the_outcome_away():
    chance = np.random.default_rng(0)
    outcome = (chance.random(400) < 0.3).astype(float)
    values = np.column_stack([outcome * 100 + chance.normal(size=400), chance.poisson(3, 400)])
    kept, findings = without_leaks(table(values), outcome)
    assert kept.names == ("orders",)
    assert findings[0].code == "leak"
    assert findings[0].level == "refusal"
    only = TypedTable(NUMBERS[:1], values[:, :1])
    refused(lambda: without_leaks(only, outcome), "'spend'")


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"methods": 3}, "names no methods"),
        ({"methods": ["k_means", 4]}, "names no methods"),
        ({"k": ["a"]}, "no numbers of segments"),
        ({"k": 4}, "no numbers of segments"),
        ({"choose": "k_means"}, "no solution"),
        ({"choose": ("k_means", "4")}, "no solution"),
        ({"sample": 0}, "no number of 1 or more"),
        ({"repetitions": True}, "no number of 1 or more"),
    ],
)
def test_wishes_that_mean_nothing_are_refused(wish, message):
    from segmentary.errors import UsageError
    from segmentary.models.discover.discovery import discover

    with pytest.raises(UsageError, match=message):
        discover({"x": np.arange(100.0)}, **wish)
