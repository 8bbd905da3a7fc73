"""Totals, means, shares, ratios and quantiles of a population, whole or by segment, and differences between them.

All with standard errors by the design, Student's t intervals (shares: Wilson's interval with the effective sample size,
which stays inside 0 and 1 and holds its level for small shares), design effect and effective sample size.

References: Wilson (1927), JASA 22(158); Korn & Graubard (1998), Survey Methodology 24(2), for shares; Woodruff (1952),
JASA 47(260), for quantiles; Franco, Little, Louis & Slud (2019), Journal of Survey Statistics and Methodology 7(3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.market.estimate import Contrast, Estimate, contrast, corrected, t_quantile, wilson_ends
from segmentary.market.groups import Groups
from segmentary.market.survey_design import SurveyDesign
from segmentary.models.table.typed_table import Floats

LARGEST = 1e60
EXACT = 1e-6
"""Below this relative standard error, replicate weights were adjusted to reach the figure."""
ShareInterval = Literal["wilson", "logit"]


@dataclass(frozen=True, eq=False)
class Joint:
    """k estimates with their (k, k) covariance, so that any difference of them can be tested."""

    values: Floats
    covariance: Floats
    df: Floats
    n: npt.NDArray[np.intp]

    def contrast(self, one: int, other: int, *, level: float = 0.95) -> Contrast:
        """Return estimate `one` less estimate `other`."""
        c = self.covariance
        variance = c[one, one] + c[other, other] - 2 * c[one, other]
        df = float(min(self.df[one], self.df[other]))
        people = int(self.n[one]), int(self.n[other])
        return contrast(float(self.values[one] - self.values[other]), float(variance), df, people, level=level)


def joint(design: SurveyDesign, tops: Floats, bottoms: Floats | None) -> Joint:
    """Return the totals of tops (bottoms None), or the ratios of the totals of tops and bottoms.

    tops, bottoms : (n, k), without missing values; 0 where a person does not count. n of an estimate is the number of
    people with a weight and a bottom (totals: a top) other than 0.
    """
    fits(design, len(tops))
    w = design.weights
    top = w @ tops
    counted = ((tops if bottoms is None else bottoms) != 0) & (w > 0)[:, None]
    n = counted.sum(axis=0)
    if bottoms is None:
        values, scores = top, tops
    else:
        with np.errstate(invalid="ignore", divide="ignore"):
            values = top / (w @ bottoms)
            scores = np.nan_to_num((tops - np.nan_to_num(values) * bottoms) / (w @ bottoms), posinf=0.0, neginf=0.0)
    # A total is a figure of everybody: whoever is outside adds nothing, but was drawn.
    df = design.domain_df(np.broadcast_to((w > 0)[:, None], counted.shape) if bottoms is None else counted)
    return Joint(values, covariance(design, values, scores, tops, bottoms, df), df, n)


def covariance(
    design: SurveyDesign, values: Floats, scores: Floats, tops: Floats, bottoms: Floats | None, df: Floats
) -> Floats:
    """Return the (k, k) covariance of totals or ratios; NaN where it cannot be said."""
    if design.replicate_weights is not None:
        replicated = design.replicate_weights.T @ tops
        if bottoms is not None:
            with np.errstate(invalid="ignore", divide="ignore"):
                replicated = replicated / (design.replicate_weights.T @ bottoms)
        found = design.replicate_covariance(values, replicated)
    else:
        try:
            found = design.linear_covariance(scores)
        except NoAnswerError:
            if design.lonely == "refuse":
                raise
            found = np.full((len(values), len(values)), np.nan)
    unknown = (df <= 0) | ~np.isfinite(values)
    found[unknown, :] = np.nan
    found[:, unknown] = np.nan
    return found


def fits(design: SurveyDesign, n: int) -> None:
    """Refuse values of other people than the design's."""
    if n != len(design):
        raise DataError(f"{n} values and a design of {len(design)} respondents do not fit")


def known_values(design: SurveyDesign, values: Floats) -> tuple[Floats, Floats]:
    """Return the values with missing ones as 0, and (n,) 1.0 where a value is known."""
    fits(design, len(values))
    if np.isinf(values).any():
        raise DataError("a value is infinite", hint="make it missing, or correct it")
    known = ~np.isnan(values)
    if np.abs(values[known]).max(initial=0.0) > LARGEST:
        raise DataError(f"a value is larger than {LARGEST:g}", hint="no amount is: correct it, or make it missing")
    return np.where(known, values, 0.0).astype(np.float64), known.astype(np.float64)


def domains(design: SurveyDesign, groups: Groups | None) -> Floats:
    """Return (n, k) how much of each respondent counts in each segment; one column of ones without segments."""
    if groups is None:
        return np.ones((len(design), 1))
    fits(design, len(groups))
    return groups.parts


def measured(
    design: SurveyDesign,
    tops: Floats,
    bottoms: Floats | None,
    present: Floats,
    *,
    level: float = 0.95,
    style: Literal["mean", "share", "total", "size"] = "mean",
    share_interval: ShareInterval = "wilson",
) -> tuple[tuple[Estimate, ...], Joint]:
    """Return the estimates of the columns, and jointly.

    present : (n, k) above 0 for people of each group, with or without a value: those without are counted as missing.
    """
    found = joint(design, tops, bottoms)
    weighty = design.weights > 0
    asked = np.count_nonzero((present > 0) & weighty[:, None], axis=0)
    whole = np.ones_like(tops) if bottoms is None else bottoms
    with np.errstate(invalid="ignore", divide="ignore"):
        effects = np.diag(found.covariance) / simple_variances(design, tops, whole, found.values, total=bottoms is None)
    estimates = []
    for place in range(tops.shape[1]):
        effect, n = float(effects[place]), int(found.n[place])
        size = n if bottoms is not None else int(weighty.sum())
        worth = size / effect if effect > 0 else kish(design, whole[:, place]) if n else 0.0
        missing = max(0, int(asked[place]) - n)
        one = with_interval(design, found, place, level=level, effect=effect, worth=worth, missing=missing)
        if style == "share":
            one = share_ends(one, kish(design, whole[:, place]), level=level, way=share_interval)
        if style == "size":
            one = size_ends(one, design.population, kish(design, whole[:, place]))
        estimates.append(one)
    return tuple(estimates), found


def with_interval(
    design: SurveyDesign, found: Joint, place: int, *, level: float, effect: float, worth: float, missing: int
) -> Estimate:
    """Return one of the estimates with its t interval."""
    value, df, n = float(found.values[place]), float(found.df[place]), int(found.n[place])
    variance = float(found.covariance[place, place])
    if not (math.isfinite(value) and math.isfinite(variance) and df > 0):
        nothing = math.nan
        return Estimate(value, nothing, nothing, nothing, n, level, df, nothing, worth, missing=missing)
    error = math.sqrt(max(0.0, variance))
    fixed = design.replicates > 0 or design.margins is not None
    if fixed and n > 1 and value != 0 and error <= EXACT * abs(value):
        return Estimate(value, 0.0, value, value, n, level, df, 0.0, math.inf, True, missing)
    half = t_quantile(df, level) * error
    return Estimate(value, error, value - half, value + half, n, level, df, effect, worth, False, missing)


def simple_variances(design: SurveyDesign, tops: Floats, bottoms: Floats, values: Floats, *, total: bool) -> Floats:
    """Return (k,) the variances that a simple random sample of as many people would have; NaN where there are none."""
    w = design.weights[:, None] * (bottoms != 0)
    n = np.count_nonzero(w > 0, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = w / w.sum(axis=0)
        if total:
            centred = tops - (part * tops).sum(axis=0)
            found = design.population**2 * (part * centred**2).sum(axis=0) / (n - 1)
        else:
            residual = tops - values * bottoms
            found = (part * residual**2).sum(axis=0) / (n - 1) / (part * bottoms).sum(axis=0) ** 2
    return np.where((n > 1) & np.isfinite(found) & (found > 0), found, np.nan)


def kish(design: SurveyDesign, part: Floats) -> float:
    """Return how many people of equal weight a group is worth."""
    w = design.weights * (part / (np.abs(part).max(initial=0.0) or 1.0))
    w = w / (np.abs(w).max(initial=0.0) or 1.0)
    squares = float(w @ w)
    return float(w.sum()) ** 2 / squares if squares else 0.0


def share_ends(one: Estimate, simple_n: float, *, level: float, way: ShareInterval) -> Estimate:
    """Return a share with an interval inside 0 and 1."""
    p = min(1.0, max(0.0, one.estimate))
    if not math.isfinite(one.estimate) or one.exact:
        return one
    if not one.error >= 0 and p not in (0.0, 1.0):
        return one
    if p in (0.0, 1.0) or one.error == 0:
        # No variance is seen: the interval rests on how many people of equal weight there are.
        worth, t = simple_n, t_quantile(one.df if one.df > 0 else math.inf, level)
    else:
        worth, t = p * (1 - p) / one.error**2, t_quantile(one.df, level)
    if way == "logit" and 0 < p < 1 and one.error > 0:
        half = t * one.error / (p * (1 - p))
        ends = [1 / (1 + math.exp(-(math.log(p / (1 - p)) + side * half))) for side in (-1, 1)]
        return replace(one, low=ends[0], high=ends[1])
    low, high = wilson_ends(p, worth, t)
    return replace(one, low=low, high=high)


def size_ends(one: Estimate, population: float, simple_n: float) -> Estimate:
    """Return a number of people with an interval above 0: on the scale of its logarithm."""
    if one.exact or not math.isfinite(one.estimate):
        return one
    t = t_quantile(one.df if one.df > 0 else math.inf, one.level)
    if one.estimate <= 0:
        return replace(one, low=0.0, high=population * wilson_ends(0.0, simple_n, t)[1])
    if not math.isfinite(one.error):
        return one
    ratio = math.exp(t * one.error / one.estimate)
    return replace(one, low=one.estimate / ratio, high=one.estimate * ratio)


def total(
    design: SurveyDesign, values: Floats | None = None, *, groups: Groups | None = None, level: float = 0.95
) -> tuple[Estimate, ...]:
    """Return the total of a value over the population, one of each segment (one in all without segments).

    values : (n,), missing ones add nothing (their number is in ``missing``); None: the number of people.
    """
    parts = domains(design, groups)
    if values is None:
        return measured(design, parts, None, parts, level=level, style="size")[0]
    filled, known = known_values(design, values)
    found = measured(design, filled[:, None] * parts, None, parts, level=level, style="total")[0]
    counted = ((known[:, None] * parts > 0) & (design.weights > 0)[:, None]).sum(axis=0)
    asked = ((parts > 0) & (design.weights > 0)[:, None]).sum(axis=0)
    return tuple(replace(one, n=int(n), missing=int(m - n)) for one, n, m in zip(found, counted, asked, strict=True))


def mean(
    design: SurveyDesign, values: Floats, *, groups: Groups | None = None, level: float = 0.95
) -> tuple[Estimate, ...]:
    """Return the mean of a value over people who have one, one of each segment (one in all without segments)."""
    filled, known = known_values(design, values)
    parts = domains(design, groups)
    return measured(design, filled[:, None] * parts, known[:, None] * parts, parts, level=level)[0]


def share(
    design: SurveyDesign,
    yes: npt.NDArray[np.bool_] | Floats,
    *,
    groups: Groups | None = None,
    level: float = 0.95,
    interval: ShareInterval = "wilson",
) -> tuple[Estimate, ...]:
    """Return the share of people for whom something holds, among those of whom it is known, one of each segment.

    yes : (n,) true/false, or 1, 0 and NaN for unknown (values between count as probabilities).
    """
    filled, known = known_values(design, np.asarray(yes, dtype=np.float64))
    if ((filled < 0) | (filled > 1)).any():
        raise DataError("a share is of 0 and 1 only", hint="use mean for other numbers")
    parts = domains(design, groups)
    tops, bottoms = filled[:, None] * parts, known[:, None] * parts
    return measured(design, tops, bottoms, parts, level=level, style="share", share_interval=interval)[0]


def ratio(
    design: SurveyDesign, top: Floats, bottom: Floats, *, groups: Groups | None = None, level: float = 0.95
) -> tuple[Estimate, ...]:
    """Return the total of one value over the total of another, among people who have both, one of each segment."""
    tops, known = known_values(design, top)
    bottoms, also = known_values(design, bottom)
    both = (known * also)[:, None]
    parts = domains(design, groups)
    return measured(design, tops[:, None] * both * parts, bottoms[:, None] * both * parts, parts, level=level)[0]


def shares_of(design: SurveyDesign, groups: Groups, *, level: float = 0.95) -> tuple[tuple[Estimate, ...], Joint]:
    """Return the share of each segment, and last of those in none, in the population; and jointly."""
    parts = np.column_stack([domains(design, groups), groups.unassigned])
    everybody = np.ones_like(parts)
    return measured(design, parts, everybody, everybody, level=level, style="share")


def quantile(
    design: SurveyDesign, values: Floats, q: float = 0.5, *, groups: Groups | None = None, level: float = 0.95
) -> tuple[Estimate, ...]:
    """Return the smallest value that at least a share q of the population do not exceed; Woodruff's interval.

    Raises UsageError unless 0 < q < 1.
    """
    if not 0 < q < 1:
        raise UsageError(f"a quantile is of a share above 0 and below 1, not {q}")
    filled, known = known_values(design, values)
    parts = domains(design, groups)
    return tuple(
        woodruff(design, filled, known * parts[:, place], parts[:, place], q, level) for place in range(parts.shape[1])
    )


def woodruff(design: SurveyDesign, values: Floats, part: Floats, present: Floats, q: float, level: float) -> Estimate:
    """Return one quantile: the interval of the share at or below it, read back on the scale of the values."""
    inside = (part > 0) & (design.weights > 0)
    n = int(inside.sum())
    asked = int(np.count_nonzero((present > 0) & (design.weights > 0)))
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, math.nan, 0, level, 0.0, missing=asked)
    order = np.argsort(values[inside], kind="stable")
    sorted_values = values[inside][order]
    reached = np.cumsum((design.weights * part)[inside][order])
    reached = reached / reached[-1]

    def at(p: float) -> float:
        place = int(np.searchsorted(reached, p - 1e-12, side="left"))
        return float(sorted_values[min(place, n - 1)])

    found = at(q)
    below = ((values <= found) * part)[:, None]
    (one,), _ = measured(design, below, part[:, None], part[:, None], level=level)
    if not (math.isfinite(one.error) and one.df > 0):
        return replace(one, estimate=found, error=math.nan, low=math.nan, high=math.nan, missing=asked - n)
    t = t_quantile(one.df, level)
    # Where many people have this very value, the share at or below it is above q: its error is that of q.
    low, high = at(max(0.0, q - t * one.error)), at(min(1.0, q + t * one.error))
    return replace(
        one, estimate=found, error=(high - low) / (2 * t), low=low, high=high, exact=False, missing=asked - n
    )


def against_rest(design: SurveyDesign, values: Floats, groups: Groups, *, level: float = 0.95) -> tuple[Contrast, ...]:
    """Return the mean of each segment less that of everybody else, with p-values corrected over the segments (Holm)."""
    filled, known = known_values(design, values)
    parts = domains(design, groups)
    both = np.hstack([parts, 1 - parts]) * known[:, None]
    found = joint(design, filled[:, None] * both, both)
    return corrected([found.contrast(place, place + groups.k, level=level) for place in range(groups.k)])


def pairwise(
    design: SurveyDesign, values: Floats, groups: Groups, *, level: float = 0.95
) -> dict[tuple[int, int], Contrast]:
    """Return the difference of means of every two segments, corrected over all pairs (Holm)."""
    filled, known = known_values(design, values)
    parts = domains(design, groups) * known[:, None]
    found = joint(design, filled[:, None] * parts, parts)
    pairs = [(one, other) for one in range(groups.k) for other in range(one + 1, groups.k)]
    return dict(zip(pairs, corrected([found.contrast(*pair, level=level) for pair in pairs]), strict=True))
