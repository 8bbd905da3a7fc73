"""Who else is there: brands by segment, and how they are seen."""

from __future__ import annotations

import math

from segmentary.market.competition import BrandShare, Competition
from segmentary.market.perception import Perceptions
from segmentary.report.charts import heat
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Series, Value
from segmentary.report.market.data import MarketReportData, known
from segmentary.report.numbers import percent

TITLE = "Who is used in which segment?"
NOTE = (
    "Share of people who use the brand; the deeper the colour the larger. + and -: surely more or fewer users than "
    "among everybody else (corrected for all brands and segments)."
)
SEEN = "How are we seen against the others?"
SEEN_NOTE = (
    "Our mean rating less that of the other brand, among people who rated both. Blue: we are seen better, orange: "
    "worse. + and -: surely (corrected for all comparisons)."
)
SIGNS = {"stronger": "+", "weaker": "-"}


def competition(data: MarketReportData) -> Part | None:
    """Return the section of competitors."""
    found = data.competition
    if found is None or not found.shares:
        return None
    columns = ["everybody", *found.segments]
    cells = {(one.segment or "everybody", one.brand): one for one in (*found.market, *found.shares)}
    most = max((one.users.estimate for one in cells.values() if math.isfinite(one.users.estimate)), default=1.0) or 1.0
    labels = {brand: f"{brand} (we)" if brand == found.ours else brand for brand in found.brands}
    drawn = []
    for brand in found.brands:
        for column in columns:
            one = cells[column, brand]
            value = known(data.estimate(column, one.users))
            said = (
                "hidden"
                if value is None
                else f"{percent(value.estimate, digits=0)} {SIGNS.get(one.stands_out, '')}".rstrip()
            )
            drawn.append(heat.Cell(labels[brand], column, None if value is None else value.estimate / most, said))
    series = tuple(
        Series(labels[brand], tuple(estimate(data, cells[c, brand], c) for c in columns)) for brand in found.brands
    )
    plot = Figure(
        "competition",
        TITLE,
        NOTE,
        lambda width: heat.chart(drawn, list(labels.values()), columns, TITLE, NOTE, width=width),
        (Native("columns", TITLE, tuple(columns), series, "0%"),),
    )
    notes = tuple(finding.message + "." for finding in found.findings)
    grids = (brand_grid(data, found, cells, columns, labels), jeopardy_grid(data, found))
    seen, seen_grids = perceptions(data)
    return Part(
        "competition",
        "Who else is there",
        data.lead(found.sentence, *seen_lead(data)),
        (),
        (plot, *seen),
        (*grids, *seen_grids),
        notes,
    )


def estimate(data: MarketReportData, one: BrandShare, segment: str) -> float | None:
    value = known(data.estimate(segment, one.users))
    return None if value is None else value.estimate


def brand_grid(
    data: MarketReportData,
    found: Competition,
    cells: dict[tuple[str, str], BrandShare],
    columns: list[str],
    labels: dict[str, str],
) -> Grid:
    rows: list[tuple[Value, ...]] = []
    for column in columns:
        for brand in found.brands:
            one = cells[column, brand]
            difference: Value = None
            p: Value = None
            if one.difference is not None and one.difference.known:
                difference, p = data.shown(column, one.difference.interval), data.shown(column, one.difference.p_holm)
            rows.append(
                (
                    column,
                    labels[brand],
                    data.estimate(column, one.users),
                    difference,
                    p,
                    data.estimate(column, one.volume),
                    data.estimate(column, one.requirement),
                    data.estimate(column, one.frequency),
                )
            )
    fields = [
        Field("Segment"),
        Field("Brand"),
        Field("Users", "share"),
        Field("Against everybody else", "points"),
        Field("p (Holm)", "p"),
        Field("Share of volume", "share"),
        Field("Share of requirement", "share"),
        Field("Amount of a user", "number"),
    ]
    kept = [place for place in range(len(fields)) if place < 5 or any(row[place] is not None for row in rows)]
    return Grid(
        "Brands",
        "Brands by segment; 95% intervals",
        tuple(fields[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
        shown=48,
    )


def jeopardy_grid(data: MarketReportData, found: Competition) -> Grid:
    rows: list[tuple[Value, ...]] = [
        (
            one.brand,
            data.estimate("everybody", one.users),
            data.estimate("everybody", one.frequency),
            one.expected,
            one.ratio,
            one.ratio_low,
            one.ratio_high,
        )
        for one in found.double_jeopardy
    ]
    fields = (
        Field("Brand"),
        Field("Users", "share"),
        Field("Amount of a user", "number"),
        Field("Expected of its size", "number"),
        Field("Ratio", "fixed"),
        Field("Ratio low", "fixed"),
        Field("Ratio high", "fixed"),
    )
    return Grid(
        "Double jeopardy",
        "Small brands have fewer users, who buy less often: amount against what the size lets expect",
        fields,
        tuple(rows),
    )


def seen_lead(data: MarketReportData) -> tuple[str, ...]:
    return () if data.perceptions is None else (data.perceptions.sentence,)


def perceptions(data: MarketReportData) -> tuple[tuple[Figure, ...], tuple[Grid, ...]]:
    """Return the chart of how we are seen by everybody (else by the first segment), and the table of all."""
    found = data.perceptions
    if found is None or not found.cells:
        return (), ()
    segments = list(dict.fromkeys(cell.segment for cell in found.cells))
    first = "" if "" in segments else segments[0]
    rivals = [brand for brand in found.brands if brand != found.ours]
    cells = {(c.attribute, c.brand): c for c in found.cells if c.segment == first and c.difference is not None}
    figures: tuple[Figure, ...] = ()
    gaps = {
        key: c.difference
        for key, c in cells.items()
        if c.difference is not None and math.isfinite(c.difference.estimate)
    }
    if gaps and first not in data.hidden:
        far = max(abs(one.estimate) for one in gaps.values()) or 1.0
        drawn = [
            heat.Cell(
                attribute,
                brand,
                one.estimate / far,
                f"{one.estimate:+.2f} {('+' if one.estimate > 0 else '-') if one.sure else ''}".rstrip(),
            )
            for (attribute, brand), one in gaps.items()
        ]
        attributes = [a for a in found.attributes if any(cell.row == a for cell in drawn)]
        brands = [b for b in rivals if any(cell.column == b for cell in drawn)]
        series = tuple(
            Series(b, tuple(gaps[a, b].estimate if (a, b) in gaps else None for a in attributes)) for b in brands
        )
        title = SEEN if not first else f"{SEEN} {first}"
        figures = (
            Figure(
                "perceptions",
                title,
                SEEN_NOTE,
                lambda width: heat.chart(drawn, attributes, brands, title, SEEN_NOTE, width=width),
                (Native("bars", title, tuple(attributes), series, "0.0"),),
            ),
        )
    return figures, (perception_grid(data, found),)


def perception_grid(data: MarketReportData, found: Perceptions) -> Grid:
    rows: list[tuple[Value, ...]] = []
    for cell in found.cells:
        segment = cell.segment or "everybody"
        gone = segment in data.hidden
        difference = cell.difference
        tested = difference is not None and difference.known and not gone
        rows.append(
            (
                segment,
                cell.brand,
                cell.attribute,
                data.estimate(segment, cell.mean),
                HIDDEN if gone else cell.relative,
                difference.interval if tested and difference is not None else None,
                difference.p_holm if tested and difference is not None else None,
            )
        )
    fields = (
        Field("Segment"), Field("Brand"), Field("Attribute"), Field("Mean", "fixed"), Field("Particular", "signed"),
        Field("We less it", "signed"), Field("p (Holm)", "p"),
    )  # fmt: skip
    return Grid("Perceptions", "How brands are seen; 95% intervals", fields, tuple(rows), shown=40)
