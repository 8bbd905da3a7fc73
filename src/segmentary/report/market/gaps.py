"""The customer base against the market, the segments where the market is and we are not, the needs nobody meets."""

from __future__ import annotations

from segmentary.market.base_against_market import SegmentGap
from segmentary.market.gaps import NeedGap
from segmentary.report.cells import figure
from segmentary.report.charts import dumbbell, needs
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Series, Value, series_of
from segmentary.report.market.data import MarketReportData
from segmentary.report.numbers import count

VERDICTS = {
    "over": "stronger here",
    "under": "the market is here, we are not",
    "not_clear": "not clear",
    "cannot_say": "cannot say",
}
PANELS = 9


def base(data: MarketReportData) -> Part | None:
    """Return the section of the base against the market."""
    found = data.comparison
    if found is None or not found.segments:
        return None
    visible = [one for one in found.segments if one.name not in data.hidden]
    pairs = [pair(one) for one in visible]
    names = tuple(one.name for one in visible)
    series = (
        series_of(dumbbell.MARKET, [one.market_share.interval for one in visible]),
        series_of(dumbbell.BASE, [one.base_share for one in visible]),
    )
    plot = Figure(
        "base-against-market",
        dumbbell.TITLE,
        dumbbell.SUBTITLE,
        lambda width: dumbbell.chart(pairs, width=width),
        (Native("bars", dumbbell.TITLE, names, series, "0%"),),
    )
    fields = [
        Field("Segment"),
        Field("Verdict", note=True),
        Field("Share of the market", "share"),
        Field("Share of our customers", "share"),
        Field("Gap", "points"),
        Field("p (Holm)", "p"),
        Field("Index (100 as expected)", "number"),
        Field("Penetration", "share"),
        Field("Our customers", "count", page=False),
        Field("Respondents", "count", page=False),
        Field(f"{found.people.capitalize()} in the market", "amount"),
    ]
    rows = [gap_row(one, data) for one in found.segments]
    if found.penetration is None:
        rows, fields = [row[:7] + row[8:] for row in rows], fields[:7] + fields[8:]
    grid = Grid("Base against market", "Our customers against the market; 95% intervals", tuple(fields), tuple(rows))
    lead = [found.sentence]
    if found.penetration is not None and found.penetration.estimate == found.penetration.estimate:
        whole = found.penetration
        lead.append(
            f"In all we have {count(found.base)} customers, {share_text(whole.estimate)} of the market (95% interval "
            f"{share_text(whole.low)} to {share_text(whole.high)})."
        )
    if data.market_gaps is not None:
        lead += [one.sentence for one in data.market_gaps.gaps] or [data.market_gaps.sentence]
    notes = [found.design, *(f.message + (f" ({f.hint})" if f.hint else "") + "." for f in found.findings)]
    grids = (grid, missing(data))
    return Part(
        "base",
        "Our customers against the market",
        data.lead(*lead),
        (),
        (plot,) if visible else (),
        grids,
        tuple(notes),
        open_grids=True,
    )


def share_text(share: float) -> str:
    """Return a share, with more decimals where it is small."""
    return figure(share, Field("", "share"))


def pair(one: SegmentGap) -> dumbbell.Pair:
    gap = one.gap.estimate
    said = f"{gap * 100:+.1f} points" if gap == gap else "cannot say"
    if one.verdict == "not_clear":
        said += ", not clear"
    return dumbbell.Pair(one.name, one.market_share.interval, one.base_share, one.verdict, said)


def gap_row(one: SegmentGap, data: MarketReportData) -> tuple[Value, ...]:
    figures: tuple[Value, ...] = (
        one.market_share.interval,
        one.base_share,
        one.gap.interval,
        one.gap.p_holm if one.gap.known else None,
        one.index,
        one.penetration,
        one.customers,
        one.respondents,
        one.market_size.interval,
    )
    if one.name in data.hidden:
        return (one.name, "hidden", *((HIDDEN,) * len(figures)))
    people = f"{count(one.respondents)} respondents, {count(one.customers)} customers"
    return (one.name, f"{VERDICTS.get(one.verdict, one.verdict)}; {people}", *figures)


def missing(data: MarketReportData) -> Grid:
    """Return the segments where the market is and we are not."""
    given = data.market_gaps.gaps if data.market_gaps is not None else ()
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.name, data.shown(one.name, one.gap.interval), data.shown(one.name, one.missing)) for one in given
    )
    fields = (
        Field("Segment"),
        Field("Gap", "points"),
        Field("Customers we would have more at our share elsewhere", "amount"),
    )
    return Grid("Market gaps", "Where the market is and we are not, surely; 95% intervals", fields, rows)


def unmet(data: MarketReportData) -> Part | None:
    """Return the section of needs."""
    found = data.need_gaps
    if found is None or not found.cells:
        return None
    cells = [one for one in found.cells if visible(one, data)]
    segments = list(dict.fromkeys(one.segment for one in cells))
    drawn = [
        needs.Need(one.segment, one.need, one.importance.estimate, one.satisfaction.estimate, one.gap)
        for one in cells
        if one.importance.known and one.satisfaction.known
    ]
    panels = [s for s in segments if any(one.segment == s for one in drawn)][:PANELS]
    natives = tuple(native(segment, [one for one in drawn if one.segment == segment]) for segment in panels)
    plot = Figure("needs", needs.TITLE, needs.SUBTITLE, lambda width: needs.chart(drawn, panels, width=width), natives)
    fields = (
        Field("Need"),
        Field("Segment"),
        Field("Importance", "fixed"),
        Field("Satisfaction", "fixed"),
        Field("Opportunity (0 to 20)", "fixed"),
        Field("Falls short by", "signed"),
        Field("p (Holm)", "p"),
        Field("q (Benjamini-Hochberg)", "p", page=False),
        Field("n", "count"),
        Field("Verdict"),
    )
    ordered = sorted(found.cells, key=lambda one: (not one.gap, -safe(one.opportunity.estimate)))
    grid = Grid(
        "Needs",
        "Needs by segment, gaps beyond chance first; scale 0 to 10, 95% intervals",
        fields,
        tuple(need_row(one, data) for one in ordered),
        shown=36,
    )
    lead = data.lead(found.sentence, *(one.sentence for one in found.gaps[:5] if visible(one, data)))
    notes = tuple(f.message + "." for f in found.findings)
    return Part("needs", "What nobody gives them", lead, (), (plot,) if panels else (), (grid,), notes)


def safe(value: float) -> float:
    return value if value == value else 0.0


def visible(one: NeedGap, data: MarketReportData) -> bool:
    return one.segment not in data.hidden and not 0 < one.n < data.shape.below


def need_row(one: NeedGap, data: MarketReportData) -> tuple[Value, ...]:
    figures: tuple[Value, ...] = (
        one.importance.interval, one.satisfaction.interval, one.opportunity, one.shortfall.interval,
        one.p_holm if one.p_holm == one.p_holm else None, one.q if one.q == one.q else None, one.n,
    )  # fmt: skip
    if not visible(one, data):
        return (one.need, one.segment, *((HIDDEN,) * len(figures)), "hidden")
    return (one.need, one.segment, *figures, one.verdict.replace("_", " "))


def native(segment: str, given: list[needs.Need]) -> Native:
    series = Series("needs", tuple(one.satisfaction for one in given), x=tuple(one.importance for one in given))
    return Native(
        "points",
        f"{needs.TITLE} {segment}",
        tuple(one.need for one in given),
        (series,),
        "0",
        "satisfaction",
        "importance",
    )
