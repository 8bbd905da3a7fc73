"""Descriptors: effect sizes and tests against the textbook's and scipy's, weights by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models.describe.people import people

from segmentary.models.describe.descriptors import describe_by, eta_squared, middle_ranks, welch
from segmentary.models.describe.estimates import grouped
from segmentary.models.describe.mosaic import mosaic
from segmentary.models.describe.tables_of_counts import (
    contrasts,
    count_table,
    cramers_v,
    dealt,
    dealt_counts,
    design_effect,
    judged,
    noncentrality,
)
from segmentary.models.intervals import benjamini_hochberg, holm
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def drawn(counts):
    """Return labels and codes of people who make this table."""
    rows, columns = np.indices(np.shape(counts))
    return np.repeat(rows.ravel(), np.ravel(counts)), np.repeat(columns.ravel(), np.ravel(counts))


def table_of(counts, weight=None):
    labels, codes = drawn(counts)
    weight = np.ones(len(labels)) if weight is None else weight
    return count_table(labels, codes, weight, *np.shape(counts)), labels, codes, weight


def test_chi_squared_is_scipys():
    from scipy.stats import chi2_contingency

    counts = [[30, 20, 10], [10, 25, 45]]
    table, labels, codes, weight = table_of(counts)
    found = judged(table, labels, codes, weight, np.random.default_rng(0))
    wanted = chi2_contingency(counts, correction=False)
    assert (found.name, found.statistic, found.p) == (
        "chi_squared",
        pytest.approx(wanted.statistic),
        pytest.approx(wanted.pvalue),
    )


def test_few_people_are_dealt_anew():
    from scipy.stats import fisher_exact

    counts = [[8, 2], [1, 5]]
    table, labels, codes, weight = table_of(counts)
    found = judged(table, labels, codes, weight, np.random.default_rng(0))
    assert found.name == "chi_squared_dealt_anew"
    assert found.p == pytest.approx(fisher_exact(counts).pvalue, abs=0.015)
    both = dealt_counts(table, np.random.default_rng(1)), dealt(table, labels, codes, weight, np.random.default_rng(2))
    assert np.quantile(both[0], [0.5, 0.9]) == pytest.approx(np.quantile(both[1], [0.5, 0.9]), rel=0.25)


def test_equal_weights_need_no_correction():
    table, *_ = table_of([[30, 20, 10], [10, 25, 45]], np.full(140, 3.0))
    mean, freedom = design_effect(table)
    assert freedom == pytest.approx(2)
    assert mean == pytest.approx(1, abs=0.2)  # judged at the cells as they are, not as independent ones


def test_weights_keep_the_level_of_the_test():
    chance = np.random.default_rng(5)
    naive, corrected = [], []
    for _ in range(300):
        weight = chance.lognormal(0, 1, 400)
        labels, codes = chance.integers(0, 3, 400), chance.integers(0, 3, 400)
        table = count_table(labels, codes, weight, 3, 3)
        corrected.append(judged(table, labels, codes, weight, chance).p < 0.05)
        naive.append(table.chi_squared > 9.488)
    assert np.mean(naive) > 0.25
    assert np.mean(corrected) < 0.09


def test_contrasts_span_the_table():
    main, pairs = contrasts(3, 4)
    assert np.linalg.matrix_rank(np.hstack([main, pairs])) == 12
    assert pairs.shape == (12, 6)


def test_cramers_v_with_its_interval():
    from scipy.stats import ncx2

    table, labels, codes, weight = table_of([[60, 40], [40, 60]])
    found = judged(table, labels, codes, weight, np.random.default_rng(0))
    effect = cramers_v(found, table)
    assert found.statistic == pytest.approx(8.0)
    assert effect.estimate == pytest.approx(np.sqrt((8 / 200 - 1 / 199) / (2 - 1 / 199 - 1)))  # Bergsma's
    assert effect.low < 0.2 < effect.high
    low, high = noncentrality(8.0, 1)
    assert ncx2.cdf(8.0, 1, low) == pytest.approx(0.975)
    assert ncx2.cdf(8.0, 1, high) == pytest.approx(0.025)
    whole, *_ = table_of([[50, 0], [0, 50]])
    assert cramers_v(
        judged(whole, *drawn([[50, 0], [0, 50]]), np.ones(100), np.random.default_rng(0)), whole
    ).estimate == pytest.approx(1, abs=0.01)


def test_chance_alone_has_next_to_no_effect():
    chance = np.random.default_rng(0)
    table = count_table(chance.integers(0, 20, 500), chance.integers(0, 8, 500), np.ones(500), 20, 8)
    plain = np.sqrt(table.chi_squared / 500 / 7)
    found = judged(table, *drawn(table.counts.astype(int)), np.ones(500), chance)
    assert plain > 0.15
    assert cramers_v(found, table).estimate < 0.1


def test_welch_is_the_t_test_for_two_groups_and_r_for_three():
    from scipy.stats import ttest_ind

    chance = np.random.default_rng(0)
    x, labels = np.concatenate([chance.normal(0, 1, 30), chance.normal(1, 3, 20)]), np.repeat([0, 1], [30, 20])
    one, _, _ = grouped(x, labels, np.ones(50), 2)
    wanted = ttest_ind(x[:30], x[30:], equal_var=False)
    assert welch(one) == pytest.approx((wanted.statistic**2, wanted.pvalue))
    constant, _, _ = grouped(np.repeat([1.0, 2.0], 5), np.repeat([0, 1], 5), np.ones(10), 2)
    assert welch(constant)[1] == 0.0


def test_eta_squared_is_corrected_for_chance():
    chance = np.random.default_rng(1)
    estimates = []
    for _ in range(200):
        one, _, total = grouped(chance.normal(size=60), np.arange(60) % 6, np.ones(60), 6)
        found = eta_squared(one, total)
        assert found.low <= found.estimate <= found.high
        estimates.append(found.estimate)
    assert np.median(estimates) < 0.03
    labels = np.arange(600) % 3
    one, _, total = grouped(labels + chance.normal(size=600), labels, np.ones(600), 3)
    assert eta_squared(one, total).estimate == pytest.approx(0.4, abs=0.06)


def test_skewed_numbers_by_their_ranks():
    from scipy.stats import kruskal

    chance = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 50)
    x = np.round(np.exp(chance.normal(labels * 0.3, 1.5)), 1)
    table = TypedTable((Column("money", "numeric"),), x[:, None])
    (found,) = describe_by(table, labels, ["a", "b", "c"])
    wanted = kruskal(x[:50], x[50:100], x[100:])
    assert (found.test, found.statistic, found.p) == (
        "kruskal",
        pytest.approx(wanted.statistic),
        pytest.approx(wanted.pvalue),
    )
    weighted = describe_by(
        TypedTable(table.columns, table.values, chance.uniform(0.5, 2, 150)), labels, ["a", "b", "c"]
    )
    assert weighted[0].test == "welch_anova_of_ranks"
    assert middle_ranks(np.array([1.0, 2.0, 2.0, 3.0]), np.ones(4)) == pytest.approx([0.125, 0.5, 0.5, 0.875])


def test_descriptors_strongest_first_with_both_corrections():
    table, labels = people(0, n=800)
    found = describe_by(table, labels, ["young", "middle", "old"])
    assert found[-1].name == "sex"
    assert [one.effect.estimate for one in found] == sorted((one.effect.estimate for one in found), reverse=True)
    p = [one.p for one in found]
    assert [one.p_holm for one in found] == pytest.approx(holm(p))
    assert [one.q for one in found] == pytest.approx(benjamini_hochberg(p))
    for one in found:
        assert one.effect.low <= one.effect.estimate <= one.effect.high
        assert len(one.shares) == len(one.counts) == 3
        if one.levels != ("",):
            assert [sum(row) for row in one.shares] == pytest.approx([1, 1, 1])
            assert sum(map(sum, one.counts)) == pytest.approx(one.n)


def test_sentences_say_who_and_how_much():
    labels = np.repeat([0, 1], 100)
    columns = (
        Column("Gender", "binary", ("male", "female")),
        Column("owns a car", "binary", ("no", "yes")),
        Column("age", "numeric", title="Age", unit="years"),
        Column("coin", "binary", ("heads", "tails")),
    )
    values = np.column_stack(
        [
            np.where(labels == 0, np.arange(200) % 100 < 74, np.arange(200) % 100 < 48),
            np.where(labels == 0, np.arange(200) % 100 < 10, np.arange(200) % 100 < 70),
            np.where(labels == 0, 30, 50) + np.arange(200) % 5,
            np.arange(200) % 2,
        ]
    ).astype(float)
    found = {one.name: one.sentence for one in describe_by(TypedTable(columns, values), labels, ["Eco", "Price"])}
    assert found["Gender"] == "Gender 'female' is more common in 'Eco': 74 % against 61 %."
    assert found["owns a car"] == "Owns a car is less common in 'Eco': 10 % against 40 %."
    assert found["age"] == "Age is lower in 'Eco': 32 years against 42 years on average."
    assert found["coin"].startswith("Coin does not differ between the segments beyond chance")


def test_a_mosaic_fills_the_square():
    table, labels = people(2)
    town = next(one for one in describe_by(table, labels, ["a", "b", "c"]) if one.kind == "nominal")
    tiles = mosaic(town)
    assert len(tiles) == 12
    assert sum((one.right - one.left) * (one.top - one.bottom) for one in tiles) == pytest.approx(1)
    assert sum(one.residual**2 for one in tiles) == pytest.approx(town.statistic)
    age = next(one for one in describe_by(table, labels, ["a", "b", "c"]) if one.name == "age")
    assert mosaic(age) == ()


@pytest.mark.parametrize("what", ["empty", "one_level", "one_segment", "one_person"])
def test_where_nothing_can_be_told(what):
    table, labels = people(0, n=40)
    values = table.values.copy()
    if what == "empty":
        values[:] = np.nan
    elif what == "one_level":
        values[:] = 1
    elif what == "one_segment":
        labels = np.zeros(40, dtype=np.intp)
    else:
        values, labels = values[:1], labels[:1]
    found = describe_by(TypedTable(table.columns, values), labels, ["a", "b", "c"])
    assert len(found) == 6
    for one in found:
        assert (one.p, one.p_holm, one.q, one.effect.estimate) == (1.0, 1.0, 1.0, 0.0)
