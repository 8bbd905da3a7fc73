"""How tastes move: the share of each item in what a segment does, month by month; its trend; its next months.

One observation is a person's month (see `slopes`): heavy buyers count once a month, like everybody. A trend is claimed
where the line's slope is certain after correction over all segments and items (Holm) and its change over the window is
not trivial; whether it is the segment's own is a second question, asked against everybody else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.language.tree import Context
from segmentary.measurement.tailoring.facts import Dimension, Period, facts_query
from segmentary.measurement.tailoring.forecast import Forecast, forecast
from segmentary.measurement.tailoring.slopes import (
    Slope,
    TrendSums,
    difference_of_slopes,
    people_sums,
    slope,
    with_item,
)
from segmentary.measurement.tailoring.uses import EVERYBODY, mean_part
from segmentary.models.intervals import Interval, Moments, holm
from segmentary.models.progress import Tell, quiet

PARTS, KNOWN, PEOPLE, ITEMS, MONTHS = (
    Path(__file__).with_name(f"trend_{name}.sql") for name in ("parts", "known", "people", "items", "months")
)
PARTS_TABLE = "tailoring_parts"
MOST_ITEMS = 40
LEAST_MONTHS = 3
LEAST_CHANGE = 0.02
"""A change over the whole window of less than two points is not told."""
LEVEL = 0.05
SEASON_MONTHS = 24
Verdict = Literal["rising", "falling", "steady", "unclear"]


@dataclass(frozen=True, slots=True)
class MonthShare:
    """The mean part of an item in one month (``2025-06``), of those of the segment who did anything then."""

    month: str
    share: Interval


@dataclass(frozen=True, slots=True)
class Trend:
    """How the share of one item moves in one segment.

    slope : change per month. p : of no change, corrected. against : how much faster than among everybody else;
    p_against : corrected likewise. change : over the window, with its interval. own : whether it differs from everybody
    else's. forecast : missing where the series is too short.
    """

    segment: str
    dimension: str
    item: str
    people: int
    months: tuple[MonthShare, ...]
    slope: Slope | None
    p: float
    against: Slope | None
    p_against: float
    change: Interval | None
    verdict: Verdict
    own: bool
    forecast: Forecast | None

    @property
    def sentence(self) -> str:
        """The trend in words."""
        if self.slope is None or self.change is None:
            return f"{self.item}: too little to tell a trend"
        first, last = self.months[0].month, self.months[-1].month
        at = f"{100 * self.slope.estimate:+.2f} points a month"
        match self.verdict:
            case "rising" | "falling":
                own = "unlike everybody else" if self.own else "not clearly otherwise than among everybody else"
                return f"{self.item} is {self.verdict} from {first} to {last} ({at}), {own}"
            case "steady":
                return f"{self.item} stands still from {first} to {last} ({at})"
        low, high = 100 * self.change.low, 100 * self.change.high
        return f"{self.item}: not clear from {first} to {last} (between {low:+.0f} and {high:+.0f} points)"

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        document = {**asdict(self), "sentence": self.sentence}
        document["forecast"] = self.forecast.to_document() if self.forecast is not None else None
        return document


@dataclass(frozen=True, slots=True)
class Trends:
    """The trends of all segments. months : of the window. tests : corrected for. season : why no season is told."""

    rows: tuple[Trend, ...]
    months: tuple[str, ...]
    tests: int
    season: str
    withheld: tuple[tuple[str, str], ...] = ()

    def of(self, segment: str) -> tuple[Trend, ...]:
        """Return the rows of a segment."""
        return tuple(one for one in self.rows if one.segment == segment)

    def told(self) -> tuple[Trend, ...]:
        """Return what rises or falls."""
        return tuple(one for one in self.rows if one.verdict in ("rising", "falling"))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "months": list(self.months),
            "tests": self.tests,
            "season": self.season,
            "rows": [one.to_document() for one in self.rows],
            "withheld": [list(one) for one in self.withheld],
        }


def whole_months(context: Context, months: int) -> Period:
    """Return the last so many months that have ended, in the context's zone."""
    zone = ZoneInfo(context.timezone)
    today = context.as_of.astimezone(zone)
    end = today.year * 12 + today.month - 1
    since, until = (
        dt.datetime(place // 12, place % 12 + 1, 1, tzinfo=zone).astimezone(dt.UTC) for place in (end - months, end)
    )
    return Period(since, context, until)


def trends(
    engine: Engine,
    events: exp.Table | exp.Query,
    members: exp.Query,
    segments: Sequence[str],
    dimension: Dimension,
    period: Period,
    *,
    ahead: int = 3,
    least_people: int = 11,
    tell: Tell = quiet,
) -> Trends:
    """Follow the share of every item of a dimension in every segment, month by month.

    Parameters
    ----------
    members : as for `uses.uses`. period : whole months, see `whole_months`. ahead : months to forecast.
    """
    tell("counting months", 0.0)
    engine.create_as(PARTS_TABLE, query(PARTS, facts=facts_query(events, dimension, period)), temporary=True)
    try:
        found = counted(engine, exp.table_(PARTS_TABLE, quoted=True), members, least_people)
    finally:
        engine.drop(PARTS_TABLE)
    if found is None:
        return Trends((), (), 0, season_note(0))
    months = tuple(map(name_of, found.places))
    if len(found.monthly.get((EVERYBODY, ""), {})) < LEAST_MONTHS:
        return Trends((), months, 0, season_note(len(months)))
    rows, withheld = [], []
    whole = found.people[EVERYBODY]
    for number, segment in enumerate(segments):
        here = found.people.get(number)
        if here is None or min(here.people, whole.people - here.people) < least_people:
            withheld.append((segment, dimension.name))
            continue
        for item in found.kept:
            own = with_item(here, found.sums.get((number, item)))
            rest = with_item(whole, found.sums.get((EVERYBODY, item))).without(own)
            series = tuple(
                month_share(
                    place, found.monthly.get((number, ""), {}), found.monthly.get((number, item), {}), least_people
                )
                for place in found.places
            )
            rows.append(trend_of(segment, dimension.name, item, own, rest, series, ahead))
        tell("fitting", 0.4 + 0.6 * (number + 1) / len(segments))
    judged, tests = with_verdicts(rows)
    return Trends(tuple(judged), months, tests, season_note(len(months)), tuple(withheld))


def season_note(months: int) -> str:
    """Say why a season is or is not looked for."""
    if months < SEASON_MONTHS:
        return f"{months} months: a season cannot be told from a trend with less than two years"
    return "the same month a year before is one of the forecasts tried"


@dataclass(frozen=True, eq=False)
class Counted:
    """What the engine counted of a dimension.

    places : the months, 12 x year + month - 1, without holes. kept : the items most people use. people : segment ->
    sums without any item. sums : segment and item -> what the item adds. monthly : segment and item -> month -> users,
    sum of parts, sum of their squares; item '' holds everybody.
    """

    places: tuple[int, ...]
    kept: tuple[str, ...]
    people: Mapping[int, TrendSums]
    sums: Mapping[tuple[int, str], tuple[float, ...]]
    monthly: Mapping[tuple[int, str], Mapping[int, tuple[int, float, float]]]


def counted(engine: Engine, parts: exp.Table, members: exp.Query, least_people: int) -> Counted | None:
    """Count a dimension; None where nobody did anything of it."""
    known = [(str(item), int(n), int(a), int(b)) for item, n, a, b in engine.rows(query(KNOWN, parts=parts))]
    if not known:
        return None
    known.sort(key=lambda one: (-one[1], one[0]))
    kept = tuple(item for item, users, _, _ in known if users >= least_people)[:MOST_ITEMS]
    places = tuple(range(min(one[2] for one in known), max(one[3] for one in known) + 1))
    given = {"parts": parts, "members": members}
    # Somebody must be asked about: a list of no items means nothing to some engines.
    asked = {**given, "items": kept or ("",)}
    origin = places[len(places) // 2]
    people = {
        int(segment): people_sums(tuple(float(one) for one in row))
        for segment, *row in engine.rows(query(PEOPLE, **given, origin=origin))
    }
    sums = {
        (int(segment), str(item)): tuple(round(float(one), 9) for one in row)
        for segment, item, _, *row in engine.rows(query(ITEMS, **asked, origin=origin))
    }
    monthly: dict[tuple[int, str], dict[int, tuple[int, float, float]]] = {}
    for segment, month, item, users, share, squares in engine.rows(query(MONTHS, **asked)):
        cell = (int(users), round(float(share), 9), round(float(squares), 9))
        monthly.setdefault((int(segment), str(item)), {})[int(month)] = cell
    return Counted(places, kept, people, sums, monthly)


def name_of(place: int) -> str:
    """Return a month's name.

    >>> name_of(12 * 2025 + 5)
    '2025-06'
    """
    return f"{place // 12}-{place % 12 + 1:02d}"


def month_share(
    place: int,
    all_: Mapping[int, tuple[int, float, float]],
    of_item: Mapping[int, tuple[int, float, float]],
    least_people: int,
) -> MonthShare:
    """Return the mean part in a month; unknown where fewer people than may be shown did anything."""
    people = all_.get(place, (0, 0.0, 0.0))[0]
    if people < least_people:
        return MonthShare(name_of(place), Interval(float("nan"), 0.0, 1.0, people))
    _, parts, squares = of_item.get(place, (0, 0.0, 0.0))
    mean = parts / people
    variance = max(0.0, squares - people * mean * mean) / max(1, people - 1)
    return MonthShare(name_of(place), mean_part(Moments(people, mean, variance)))


def trend_of(
    segment: str,
    dimension: str,
    item: str,
    own: TrendSums,
    rest: TrendSums,
    months: tuple[MonthShare, ...],
    ahead: int,
) -> Trend:
    """Fit one trend; verdicts come when all tests are known."""
    here, there = slope(own), slope(rest)
    against = difference_of_slopes(here, there) if here is not None and there is not None else None
    span = len(months) - 1
    change = None
    if here is not None:
        change = Interval(span * here.estimate, span * here.low, span * here.high, here.people)
    return Trend(
        segment=segment,
        dimension=dimension,
        item=item,
        people=own.people,
        months=months,
        slope=here,
        p=here.p if here is not None else 1.0,
        against=against,
        p_against=against.p if against is not None else 1.0,
        change=change,
        verdict="unclear",
        own=False,
        forecast=forecast(np.array([one.share.estimate for one in months]), ahead=ahead),
    )


def with_verdicts(rows: Sequence[Trend]) -> tuple[list[Trend], int]:
    """Correct all p-values together, those of the slopes and those against everybody else, and say what moves."""
    family = [(place, "p") for place, one in enumerate(rows) if one.slope is not None]
    family += [(place, "p_against") for place, one in enumerate(rows) if one.against is not None]
    corrected = dict(zip(family, holm([getattr(rows[place], name) for place, name in family]), strict=True))
    found = []
    for place, one in enumerate(rows):
        p, p_against = corrected.get((place, "p"), 1.0), corrected.get((place, "p_against"), 1.0)
        found.append(replace(one, p=p, p_against=p_against, verdict=verdict_of(one, p), own=p_against < LEVEL))
    return found, len(family)


def verdict_of(one: Trend, p: float) -> Verdict:
    if one.slope is None or one.change is None:
        return "unclear"
    if p < LEVEL and abs(one.change.estimate) >= LEAST_CHANGE:
        return "rising" if one.slope.estimate > 0 else "falling"
    small = max(abs(one.change.low), abs(one.change.high)) < 2 * LEAST_CHANGE
    return "steady" if small else "unclear"
