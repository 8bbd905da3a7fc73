"""What segments differ in beyond what they were made of: effect sizes first, then tests, corrected for their number.

Levels (nominal, binary, ordinal): Cramer's V and chi-squared (`tables_of_counts`). Numbers: eta squared and Welch's
test of equal means (Welch 1951, Biometrika 38; with linearised variances where there are survey weights), of very
skewed numbers their ranks (Kruskal & Wallis 1952; weighted: Welch's test on weighted ranks, after Lumley & Scott 2013,
Biometrika 100(4)). Eta squared is corrected for what chance alone explains (Kelley 1935), its interval that of the
noncentral F distribution (Steiger 2004). People of unknown value are left out, descriptor by descriptor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from segmentary.models.describe.description import Descriptor
from segmentary.models.describe.estimates import Groups, grouped, sums_by
from segmentary.models.describe.naming import YES, number, percent, readable, shortened
from segmentary.models.describe.tables_of_counts import CountTable, count_table, cramers_v, judged, noncentrality
from segmentary.models.intervals import Interval, benjamini_hochberg, holm
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

SKEWED = 2.0
SURE = 0.05


@dataclass(frozen=True, eq=False)
class People:
    """Those with a known value. labels, x, weight : (n,). names : (k,) of the segments."""

    labels: npt.NDArray[np.intp]
    x: Floats
    weight: Floats
    names: tuple[str, ...]

    @property
    def k(self) -> int:
        """How many segments."""
        return len(self.names)


def describe_by(
    table: TypedTable,
    labels: npt.NDArray[np.intp],
    names: Sequence[str],
    *,
    seed: int = 0,
    tell: Tell = quiet,
) -> tuple[Descriptor, ...]:
    """Return every column of a table as a descriptor, the strongest effect first.

    labels : (n,) 0 ... k-1 of every row. names : (k,) what the segments are called. Columns in which fewer than two
    segments have people with a value, or nothing varies, have an effect of 0 and p = 1.
    """
    random = np.random.default_rng(seed)
    found = []
    for place, column in enumerate(table.columns):
        tell("what else segments differ in", place / max(1, len(table.columns)))
        known = ~np.isnan(table.values[:, place])
        people = People(labels[known], table.values[known, place], table.weight[known], tuple(names))
        found.append(of_levels(column, people, random) if column.coded else of_number(column, people))
    p_holm, q = holm([one.p for one in found]), benjamini_hochberg([one.p for one in found])
    found = [
        replace(one, p_holm=first, q=second, sentence=one.sentence if second < SURE else no_difference(one))
        for one, first, second in zip(found, p_holm, q, strict=True)
    ]
    # Stable: of equals in the order of the columns.
    return tuple(sorted(found, key=lambda one: -one.effect.estimate))


def no_difference(one: Descriptor) -> str:
    what = capital(shortened(one.title))
    if one.n == 0:
        return f"{what} is not known of anybody."
    return f"{what} does not differ between the segments beyond chance ({effect_words(one)}, {one.n:,} people)."


def effect_words(one: Descriptor) -> str:
    name = "Cramer's V" if one.effect_name == "cramers_v" else "eta squared"
    return f"{name} {one.effect.estimate:.2f}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# ---------------------------------------------------------------- levels


def of_levels(column: Column, people: People, random: np.random.Generator) -> Descriptor:
    codes, levels = people.x.astype(np.intp), len(column.levels)
    table = count_table(people.labels, codes, people.weight, people.k, levels)
    found = judged(table, people.labels, codes, people.weight, random)
    effect = cramers_v(found, table)
    whole = np.zeros((people.k, levels))
    whole[np.ix_(table.rows, table.columns)] = table.weights
    sums = whole.sum(axis=1, keepdims=True)
    shares = np.divide(whole, sums, out=np.zeros_like(whole), where=sums > 0)
    return Descriptor(
        column.name,
        column.label,
        column.kind,
        "cramers_v",
        effect,
        found.name,
        found.statistic,
        found.p,
        found.p,
        found.p,
        column.levels,
        tuple(map(tuple, shares.tolist())),
        tuple(map(tuple, whole.tolist())),
        table.n,
        level_sentence(column, people, table),
    )


def level_sentence(column: Column, people: People, table: CountTable) -> str:
    """Return where a level is most unlike everybody: by the largest adjusted residual."""
    if table.freedom == 0:
        return ""
    residuals = adjusted_residuals(table.weights)
    # Of two levels, one is more common by what the other is less: said of the one that is more.
    far = np.round(np.abs(residuals), 6) + 1e-7 * (residuals > 0)
    row, at = np.unravel_index(int(np.argmax(far)), residuals.shape)
    segment, level = int(table.rows[row]), int(table.columns[at])
    share = float(table.weights[row, at] / table.weights[row].sum())
    total = float(table.weights[:, at].sum() / table.weights.sum())
    if column.kind == "binary" and column.levels[1].strip().casefold() in YES:
        if level == 0:
            share, total = 1 - share, 1 - total
        what = shortened(column.label)
    else:
        what = f"{shortened(column.label)} {shortened(column.levels[level])!r}"
    more = "more" if share > total else "less"
    where = called(people.names[segment])
    return f"{capital(what)} is {more} common in {where}: {percent(share)} against {percent(total)}."


def called(name: str) -> str:
    """Return a segment's name in quotation marks."""
    return f"'{readable(name)}'"


def adjusted_residuals(weights: Floats) -> Floats:
    """Return (r, c) how far each cell is from no connection, in standard deviations (Haberman 1973)."""
    n = weights.sum()
    rows, columns = weights.sum(axis=1, keepdims=True), weights.sum(axis=0, keepdims=True)
    expected = rows * columns / n
    spread = expected * (1 - rows / n) * (1 - columns / n)
    return np.asarray(np.divide(weights - expected, np.sqrt(spread), out=np.zeros_like(weights), where=spread > 0))


# ---------------------------------------------------------------- numbers


def of_number(column: Column, people: People) -> Descriptor:
    one, _, total = grouped(people.x, people.labels, people.weight, people.k)
    there = one.n > 0
    statistic, p, test, effect = 0.0, 1.0, "welch_anova", Interval(0.0, 0.0, 1.0, len(people.x))
    if (one.n > 1).sum() >= 2 and float(total.spread[0]) > 0:
        effect = eta_squared(one, total)
        statistic, p, test = number_test(one, people, total)
    means = np.where(there, one.mean, np.nan_to_num(total.mean[0]))
    return Descriptor(
        column.name,
        column.label,
        column.kind,
        "eta_squared",
        effect,
        test,
        statistic,
        p,
        p,
        p,
        ("",),
        tuple((float(mean),) for mean in means),
        tuple((float(w),) for w in one.w),
        len(people.x),
        number_sentence(column, people, one, total) if there.any() else "",
    )


def number_sentence(column: Column, people: People, one: Groups, total: Groups) -> str:
    """Return the segment furthest from everybody, in standard errors."""
    middle = float(total.mean[0])
    errors = np.sqrt(np.where(np.isfinite(one.error2) & (one.error2 > 0), one.error2, np.inf))
    far = np.where(one.n > 1, np.abs(one.mean - middle) / errors, 0.0)
    if not far.any():
        far = np.where(one.n > 0, np.abs(np.nan_to_num(one.mean) - middle), 0.0)
    segment = int(np.argmax(far))
    more = "higher" if one.mean[segment] > middle else "lower"
    unit = f" {readable(column.unit)}" if column.unit else ""
    figures = f"{number(float(one.mean[segment]))}{unit} against {number(middle)}{unit} on average"
    return f"{capital(shortened(column.label))} is {more} in {called(people.names[segment])}: {figures}."


def number_test(one: Groups, people: People, total: Groups) -> tuple[float, float, str]:
    """Return statistic, p and name of the test whether a number differs between segments."""
    centred = people.x - float(total.mean[0])
    skewness = float(np.average(centred**3, weights=people.weight)) / float(total.spread[0]) ** 1.5
    weighted = bool(np.ptp(people.weight) > 1e-9 * people.weight.max())
    if abs(skewness) <= SKEWED:
        return (*welch(one), "welch_anova")
    if not weighted:
        from scipy.special import chdtrc

        ranks = middle_ranks(people.x, people.weight)
        ranked, _, whole = grouped(ranks, people.labels, people.weight, people.k)
        between = float(ranked.w @ np.where(ranked.n > 0, ranked.mean - whole.mean[0], 0.0) ** 2)
        groups, n = int((ranked.n > 0).sum()), len(ranks)
        # With ties corrected for: the variance of the ranks as they are.
        statistic = between / (float(whole.spread[0]) * n / max(n - 1, 1)) if whole.spread[0] > 0 else 0.0
        return statistic, float(chdtrc(groups - 1, statistic)), "kruskal"
    ranked = grouped(middle_ranks(people.x, people.weight), people.labels, people.weight, people.k)[0]
    return (*welch(ranked), "welch_anova_of_ranks")


def middle_ranks(x: Floats, weight: Floats) -> Floats:
    """Return (n,) the weight below plus half of that at the same value, of the total."""
    values, at = np.unique(x, return_inverse=True)
    sums = sums_by(at, weight, len(values))
    return np.asarray(((np.cumsum(sums) - sums / 2) / sums.sum())[at])


def welch(one: Groups) -> tuple[float, float]:
    """Return Welch's F of equal means and its p. Groups without spread of their own are judged by the others'."""
    from scipy.special import fdtrc

    use = one.n > 1
    error2 = one.error2[use]
    if (error2 <= 0).all():
        same = float(np.ptp(one.mean[use])) == 0.0
        return (0.0, 1.0) if same else (1e12, 0.0)
    # A constant group would count without bound: it gets the smallest error that is known.
    error2 = np.where(error2 > 0, error2, error2[error2 > 0].min())
    freedom = np.maximum(one.effective[use] - 1, 1.0)
    w = 1 / error2
    mean = float(w @ one.mean[use] / w.sum())
    k = int(use.sum())
    lost = float((((1 - w / w.sum()) ** 2) / freedom).sum())
    above = float(w @ (one.mean[use] - mean) ** 2) / (k - 1)
    statistic = above / (1 + 2 * (k - 2) / (k * k - 1) * lost)
    return statistic, float(fdtrc(k - 1, (k * k - 1) / (3 * max(lost, 1e-12)), statistic))


def eta_squared(one: Groups, total: Groups) -> Interval:
    """Return the share of a number's variance that segments explain, corrected for chance, with its interval."""
    from scipy.special import ncfdtrinc

    there = one.n > 0
    k, n = int(there.sum()), int(one.n.sum())
    effective = float(total.effective[0])
    whole = float(total.spread[0])
    within = float(one.w[there] @ one.spread[there] / one.w.sum())
    raw = min(1.0, max(0.0, 1 - within / whole))
    if effective <= k + 1:
        return Interval(raw, 0.0, 1.0, n)
    estimate = max(0.0, 1 - (1 - raw) * (effective - 1) / (effective - k))
    if raw >= 1 - 1e-12:
        return Interval(1.0, 1.0, 1.0, n)
    left = effective - k
    statistic = raw / (1 - raw) * left / (k - 1)
    ends = []
    for share in (0.975, 0.025):
        end = float(ncfdtrinc(k - 1, left, share, statistic))
        if math.isnan(end) or not 0 <= end < 1e9:
            end = noncentrality(statistic * (k - 1), k - 1)[0 if share > 0.5 else 1]
        ends.append(end / (end + effective))
    return Interval(estimate, min(ends[0], estimate), max(ends[1], estimate), n)
