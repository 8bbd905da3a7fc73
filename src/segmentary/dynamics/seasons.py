"""How much data there is, and what may be said of seasons: nothing before two full years.

With one year a December that was high may be December or may be that year; growth and season cannot be told apart. With
two or more, each calendar month is compared with the trend around it (ratio to the centred yearly mean; Persons 1919),
and a month is called high or low only when it is so in every year that was seen, by more than chance (Student's test,
corrected for twelve months).
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

YEAR_DAYS = 365
LEAST_YEARS = 2
MONTHS = 12


@dataclass(frozen=True, slots=True)
class SeasonalMonth:
    """One calendar month. index : its level against the trend (1: on it), a mean over years; low, high : of the years.

    verdict : high or low when every year says so, else unclear.
    """

    month: int
    title: str
    index: float
    low: float
    high: float
    years: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Seasons:
    """What may be said.

    first, last : the days of the data, both included; None: there are none. full_years : whole years between them.
    may_claim : whether a season may be spoken of. months : the calendar months, where it may and there are figures.
    """

    first: dt.date | None
    last: dt.date | None
    days: int
    full_years: int
    may_claim: bool
    months: tuple[SeasonalMonth, ...]
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "days": self.days,
            "full_years": self.full_years,
            "may_claim": self.may_claim,
            "months": [
                {"month": m.title, "index": m.index, "low": m.low, "high": m.high, "years": m.years,
                 "verdict": m.verdict}
                for m in self.months
            ],
            "sentence": self.sentence,
        }  # fmt: skip


def seasons(first: dt.date | None, last: dt.date | None, totals: Mapping[dt.date, float] | None = None) -> Seasons:
    """Say how much data there is and what may be said of seasons.

    Parameters
    ----------
    first, last : the first and the last day with data, both included.
    totals : figure of every whole month, by its first day; months that lack count as missing.

    >>> import datetime as dt
    >>> said = seasons(dt.date(2010, 12, 1), dt.date(2011, 12, 9))
    >>> said.may_claim, said.sentence.partition(";")[0]
    (False, 'The data cover 374 days, 1 full year: no season can be claimed')
    """
    if first is None or last is None or last < first:
        return Seasons(None, None, 0, 0, False, (), "There are no dated data: nothing can be said of seasons.")
    days = (last - first).days + 1
    years = full_years(first, last)
    covered = f"The data cover {days:,} days, {years} full year{'' if years == 1 else 's'}"
    if years < LEAST_YEARS:
        doubt = "no season can be claimed; what looks like one may be growth or that one year"
        if years == 0:
            doubt = "no season can be claimed, and no month can be compared with the same month before"
        return Seasons(first, last, days, years, False, (), f"{covered}: {doubt}.")
    months = indices(totals or {})
    clear = [one for one in months if one.verdict != "unclear"]
    if not months:
        said = "a season may be looked for"
    elif not clear:
        said = "no calendar month was above or below its trend in every year"
    else:
        parts = [f"{m.title} {m.verdict} ({m.index - 1:+.0%} of trend)" for m in clear]
        said = "in every year seen: " + ", ".join(parts)
    return Seasons(first, last, days, years, True, months, f"{covered}; {said}.")


def full_years(first: dt.date, last: dt.date) -> int:
    """Return how many whole years lie between two days, both included."""
    end = last + dt.timedelta(days=1)
    years = end.year - first.year - ((end.month, end.day) < (first.month, first.day))
    return max(0, years)


def indices(totals: Mapping[dt.date, float]) -> tuple[SeasonalMonth, ...]:
    """Return the index of every calendar month that at least two years have, by the ratio to the moving mean."""
    if not totals:
        return ()
    start, end = min(totals), max(totals)
    length = (end.year - start.year) * MONTHS + end.month - start.month + 1
    days = [
        dt.date(start.year + (start.month - 1 + i) // MONTHS, (start.month - 1 + i) % MONTHS + 1, 1)
        for i in range(length)
    ]
    values = [totals.get(day, math.nan) for day in days]
    ratios: dict[int, list[float]] = {}
    for i in range(MONTHS // 2, length - MONTHS // 2):
        window = values[i - 6 : i + 7]
        trend = (0.5 * window[0] + sum(window[1:12]) + 0.5 * window[12]) / MONTHS
        if math.isfinite(trend) and trend > 0 and math.isfinite(values[i]):
            ratios.setdefault(days[i].month, []).append(values[i] / trend)
    scale = [sum(one) / len(one) for one in ratios.values()]
    if len(ratios) < MONTHS or min(map(len, ratios.values())) < LEAST_YEARS - 1:
        return ()
    norm = sum(scale) / MONTHS
    held = {month: [one / norm for one in ratios[month]] for month in range(1, MONTHS + 1)}
    return tuple(month_of(month, held[month], surely_off(held)) for month in held)


def month_of(month: int, held: Sequence[float], off: float) -> SeasonalMonth:
    """Return one month: high or low when every year says so, and by more than chance."""
    mean, low, high = sum(held) / len(held), min(held), max(held)
    # By the middle year: one odd year is no season.
    sure = len(held) >= LEAST_YEARS and abs(statistics.median(held) - 1) * math.sqrt(len(held)) > off
    verdict = "high" if sure and low > 1 else "low" if sure and high < 1 else "unclear"
    return SeasonalMonth(month, calendar.month_name[month], mean, low, high, len(held), verdict)


def surely_off(held: Mapping[int, Sequence[float]]) -> float:
    """Return how far (times the root of the years) a month must be off its trend, at 5% for all twelve together."""
    freedom = sum(len(one) - 1 for one in held.values())
    if freedom < 1:
        return math.inf
    from scipy.special import stdtrit

    spread = sum((one - sum(all_) / len(all_)) ** 2 for all_ in held.values() for one in all_)
    return float(stdtrit(freedom, 1 - 0.025 / MONTHS)) * math.sqrt(spread / freedom)
