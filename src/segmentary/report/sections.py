"""From counts to the figures of each section of the report, with intervals, and with small groups hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from segmentary.measurement.retention import RetentionTable
from segmentary.models.intervals import Interval, normal_quantile, share_of_sum, wilson
from segmentary.models.rfm_names import MEANINGS
from segmentary.report.figures import (
    Change,
    CohortCellFigure,
    CohortFigure,
    Geography,
    Month,
    Overlap,
    Place,
    RetentionFigure,
    RfmCellFigure,
    RfmFigure,
    SegmentChange,
    SegmentFigure,
    SegmentInput,
)
from segmentary.report.groups import Groups
from segmentary.report.suppression import hide_parts, small
from segmentary.report.tallies import Tally

Money = tuple[int, Decimal, float]


def segment_figure(segment: SegmentInput, tally: Tally, everybody: Tally, people: int | None) -> SegmentFigure:
    """Return size and value of a segment; nothing but its words when it is hidden."""
    hidden = people is None
    money = None if hidden or tally.money is None else tally.money
    return SegmentFigure(
        name=segment.name,
        title=segment.title or segment.name,
        purpose=segment.purpose,
        sentence=segment.sentence,
        base=segment.base,
        people=people,
        share=None if hidden else wilson(tally.people, everybody.people),
        money=money,
        money_share=None if money is None else money_share((tally.people, money, tally.money_squares), everybody),
        average=None if money is None else average(tally.people, money, tally.money_squares),
    )


def money_share(part: Money, everybody: Tally) -> Interval | None:
    if not everybody.money:
        return None
    return share_of_sum(float(part[1]), float(everybody.money), part[2], everybody.money_squares, everybody.people)


def average(people: int, money: Decimal, squares: float) -> Interval | None:
    """Return money per person with a normal interval; None for fewer than two people."""
    if people < 2:
        return None
    mean = float(money) / people
    variance = max(0.0, (squares - people * mean * mean) / (people - 1))
    half = normal_quantile(0.95) * (variance / people) ** 0.5
    return Interval(mean, mean - half, mean + half, people)


def rfm_figure(
    by_name: Mapping[str | None, Money], groups: Groups, everybody: Tally, cuts: Mapping[str, Sequence[object]]
) -> RfmFigure:
    """Return the RFM map; shares of people are among those with a score."""
    scored = sum(people for name, (people, _, _) in by_name.items() if name is not None)
    cells = []
    for name, meaning in MEANINGS.items():
        part = by_name.get(name, (0, Decimal(0), 0.0))
        people = groups.people("rfm", name)
        shown = people is not None
        cells.append(
            RfmCellFigure(
                name=name,
                meaning=meaning,
                people=people,
                share=wilson(part[0], scored) if shown else None,
                money=part[1] if shown else None,
                money_share=money_share(part, everybody) if shown else None,
            )
        )
    return RfmFigure(tuple(cells), scored, {m: tuple(str(c) for c in values) for m, values in cuts.items()})


def geography(
    by_country: Mapping[str | None, Money], groups: Groups, everybody: Tally, trait: str, *, limit: int = 40
) -> Geography:
    """Return countries by money; those with too few customers are only counted."""
    places = []
    hidden = 0
    for name in sorted(n for n in by_country if n is not None):
        people = groups.people("country", name)
        if people is None:
            hidden += 1
            continue
        part = by_country[name]
        places.append(Place(name, "", people, wilson(part[0], everybody.people), part[1], money_share(part, everybody)))
    places.sort(key=lambda p: (-(p.money or 0), p.name))
    return Geography(tuple(places[:limit]), hidden, groups.people("country"), trait)


def overlap(segments: Sequence[SegmentInput], groups: Groups) -> Overlap | None:
    """Return who shares members with whom, for the segments of the map."""
    pairs = [(label[1], label[2]) for label in groups.labels if label[0] == "both"]
    chosen = sorted({int(i) for pair in pairs for i in pair})
    if len(chosen) < 2:
        return None
    both: dict[tuple[str, str], int | None] = {}
    for a, b in pairs:
        one, two = segments[int(a)].name, segments[int(b)].name
        both[one, two] = both[two, one] = groups.people("both", a, b)
    names = tuple(segments[i].name for i in chosen)
    return Overlap(
        names=names,
        titles={segments[i].name: segments[i].title or segments[i].name for i in chosen},
        sizes={segments[i].name: groups.people("segment", str(i)) for i in chosen},
        both=both,
    )


def month_figures(
    rows: Sequence[tuple[dt.date, int, int, Decimal]], table: RetentionTable, below: int
) -> tuple[Month, ...]:
    """Return sales by month, the unfinished one marked."""
    return tuple(
        Month(month, orders, None if small(buyers, below) else buyers, money, month == table.partial_month)
        for month, orders, buyers, money in rows
    )


def retention(table: RetentionTable, below: int) -> RetentionFigure:
    """Return the cohort triangle with small cells hidden.

    Cohorts add up to all buyers, and the cells of one calendar month to that month's buyers: where one is hidden,
    another is hidden with it.
    """
    sizes = hide_parts([c.size for c in table.cohorts], below)
    gone: set[tuple[int, dt.date]] = set()
    for month in sorted({cell.month for cohort in table.cohorts for cell in cohort.cells}):
        column = [(i, cell) for i, c in enumerate(table.cohorts) for cell in c.cells if cell.month == month]
        forced = {
            at
            for at, (i, cell) in enumerate(column)
            if cell.months_after and (sizes[i] or small(table.cohorts[i].size - cell.active, below))
        }
        # A cohort's first month is its size: shown above, so it cannot hide another cell.
        later = [(at, i, cell) for at, (i, cell) in enumerate(column) if cell.months_after]
        hidden = hide_parts(
            [cell.active for _, _, cell in later],
            below,
            forced={k for k, (at, _, _) in enumerate(later) if at in forced},
        )
        gone |= {(i, month) for (_, i, _), h in zip(later, hidden, strict=True) if h}
    cohorts = []
    for i, cohort in enumerate(table.cohorts):
        cells = []
        for cell in cohort.cells:
            hidden_cell = sizes[i] or (i, cell.month) in gone
            cells.append(
                CohortCellFigure(
                    cell.months_after,
                    cell.month,
                    None if hidden_cell else cell.active,
                    None if hidden_cell else cell.share,
                    cell.partial,
                )
            )
        cohorts.append(CohortFigure(cohort.month, None if sizes[i] else cohort.size, tuple(cells), cohort.inherited))
    return RetentionFigure(tuple(cohorts), table.observed_until, table.partial_month)


def hidden_changes(changes: Change | None, segments: Sequence[SegmentInput], below: int) -> Change | None:
    """Return entries and exits with small numbers hidden, in the order of the segments."""
    if changes is None:
        return None
    titles = {s.name: s.title or s.name for s in segments}
    places = {name: i for i, name in enumerate(titles)}
    found = []
    for change in sorted(changes.segments, key=lambda c: places.get(c.segment, len(places))):
        entered, entered_total = hidden_reasons(change.entered, below)
        left, left_total = hidden_reasons(change.left, below)
        title = change.title or titles.get(change.segment, change.segment)
        found.append(SegmentChange(change.segment, entered, left, entered_total, left_total, title))
    return Change(changes.since, tuple(found))


def hidden_reasons(reasons: Mapping[str, int | None], below: int) -> tuple[dict[str, int | None], int | None]:
    counts = {reason: count or 0 for reason, count in reasons.items()}
    total = sum(counts.values())
    if small(total, below):
        return dict.fromkeys(counts), None
    hidden = hide_parts(list(counts.values()), below)
    return {r: None if h else n for (r, n), h in zip(counts.items(), hidden, strict=True)}, total
