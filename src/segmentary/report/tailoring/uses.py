"""What segments use more and less, and what to do about it: a chart and grids."""

from __future__ import annotations

import math

from segmentary.measurement.tailoring.uses import Use, effect_size
from segmentary.models.intervals import Interval
from segmentary.report.charts import dots
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Value, series_of
from segmentary.report.numbers import count
from segmentary.report.tailoring.data import TailoringData, ended, upper

NOTE = (
    "Difference of the mean part of a customer's own purchases (orders, questions) from everybody else's, in points,"
    " with 95% intervals. Right of the line: more than others. Only what is clear after correction is drawn."
)
PER_SEGMENT = 8
WORDS = {"over": "more", "under": "less", "alike": "alike", "unclear": "not clear"}


def uses(data: TailoringData) -> Part | None:
    """Return the section of uses."""
    found = data.uses
    if found is None or not found.rows:
        return None
    told = found.told()
    lead = (
        f"{count(len(told))} of {count(found.tests)} comparisons are clear.",
        "Each segment stands against everybody else; all tests are corrected together, small differences left out.",
    )
    drawn = tuple(
        figure for place, name in enumerate(data.segments(), 1) if (figure := chart(name, place, told)) is not None
    )
    notes = [f"{segment}: too few people did anything of {dimension}." for segment, dimension in found.withheld]
    notes += [f"{name}: the {count(n)} rarest items are not compared." for name, n in (found.left_out or {}).items()]
    return Part("uses", "What they use more and less", lead, (), drawn, (grid(data, found.rows),), tuple(notes))


def chart(segment: str, place: int, told: tuple[Use, ...]) -> Figure | None:
    """Return the clearest differences of a segment, from more to less."""
    own = sorted(
        (one for one in told if one.segment == segment and not one.circular), key=lambda one: -effect_size(one)
    )[:PER_SEGMENT]
    if not own:
        return None
    own.sort(key=lambda one: -(one.difference.estimate if one.difference is not None else 0.0))
    title = f"What {segment} uses more and less"
    names = tuple(f"{one.dimension.partition('.')[2] or one.dimension}: {one.said}" for one in own)
    gaps = [Interval(one.difference.estimate, one.difference.low, one.difference.high, one.people)
            for one in own if one.difference is not None]  # fmt: skip

    def draw(width: int) -> object:
        rows = [
            dots.Dot(
                name, gap.estimate, gap.low, gap.high, f"{100 * gap.estimate:+.0f} points",
            )
            for name, gap in zip(names, gaps, strict=True)
        ]  # fmt: skip
        return dots.chart(
            rows, title, NOTE, lines=(0.0,), expression="format(datum.value * 100, '+.0f')",
            axis="points more or less than everybody else", width=width,
        )  # fmt: skip

    native = Native("bars", title, names, (series_of("difference", gaps),), "0%", axis="difference")
    return Figure(f"uses_{place}", title, NOTE, draw, (native,))


def grid(data: TailoringData, rows: tuple[Use, ...]) -> Grid:
    """Return every comparison, the clear ones first."""
    fields = (
        Field("Segment"),
        Field("Item"),
        Field("By", note=True),
        Field("Part of their own", "share"),
        Field("Everybody else's", "share"),
        Field("Index", "number"),
        Field("Difference", "points"),
        Field("p (corrected)", "p"),
        Field("Who used it", "share"),
        Field("Share of money", "share", page=False),
        Field("People", "count"),
        Field("Verdict"),
    )
    clear = sorted(rows, key=lambda one: one.verdict not in ("over", "under"))
    return Grid("Uses", "Items by segment; 95% intervals", fields, tuple(row(data, one) for one in clear), shown=40)


def row(data: TailoringData, one: Use) -> tuple[Value, ...]:
    few = 0 < one.users < data.below
    gap = one.difference
    index = one.index if one.index is not None and math.isfinite(one.index) else None
    return (
        one.segment,
        one.said,
        one.dimension,
        HIDDEN if few else one.part,
        one.part_of_others,
        HIDDEN if few else index,
        HIDDEN if few else None if gap is None else Interval(gap.estimate, gap.low, gap.high, one.people),
        None if gap is None else one.p,
        HIDDEN if few else one.penetration,
        HIDDEN if few else one.money,
        one.people,
        WORDS[one.verdict] + (", by definition" if one.circular else ""),
    )


def offers(data: TailoringData) -> Part | None:
    """Return the section of what to do, the surest first."""
    found = data.offers
    if found is None:
        return None
    lead = tuple(ended(f"{one.segment}: {one.sentence}") for one in found.rows if one.rank == 1)
    fields = (
        Field("Segment"),
        Field("Rank", "count"),
        Field("What to do"),
        Field("Doubt", note=False),
        Field("People", "count"),
    )
    rows = tuple((one.segment, one.rank, upper(one.sentence), one.doubt, one.people) for one in found.rows)
    notes = [upper(found.caution)]
    if found.silent:
        notes.insert(0, f"Nothing sure can be said of {', '.join(found.silent)}.")
    grids = (Grid("Offers", "What to do for each segment, the surest first", fields, rows),) if rows else ()
    return Part("offers", "What to offer, where, and what to build", lead, (), (), grids, tuple(notes), open_grids=True)
