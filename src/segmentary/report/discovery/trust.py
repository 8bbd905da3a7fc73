"""How far to trust the segments: whether they come back, all together and one by one, and where they come from."""

from __future__ import annotations

import math

from segmentary.models.validate.criteria import Spread
from segmentary.models.validate.stability import Across
from segmentary.report.charts import boxes, descent
from segmentary.report.discovery import words
from segmentary.report.discovery.extras import Extras
from segmentary.report.discovery.segments import head
from segmentary.report.discovery.shown import Shown
from segmentary.report.document import Field, Figure, Grid, Native, Part, Series, Value

LIMITS = ((0.6, "roughly"), (0.75, "surely"))


def part(shown: Shown, extras: Extras) -> Part | None:
    """Return the section on stability; None where nothing was tried."""
    figures: list[Figure] = []
    grids: list[Grid] = []
    overall = globally(shown)
    if overall:
        figures.append(
            box_figure(
                "stability", words.GLOBAL, words.GLOBAL_NOTE, overall, "adjusted Rand index", str(shown.solution.k)
            )
        )
        grids.append(
            spreads_grid(
                "Stability", "Global stability: agreement of pairs of bootstrap solutions", "Segments", overall
            )
        )
    single = [(head(s), extras.slsw[s.place]) for s in shown.visible if s.place < len(extras.slsw)]
    if single:
        figures.append(box_figure("stability-segments", words.SLSW, words.SLSW_NOTE, single, "Jaccard index", ""))
        grids.append(spreads_grid("Stability of segments", "Stability of each segment (SLSW)", "Segment", single))
    if extras.across is not None and len(extras.across.ks) > 1:
        figures.append(descent_figure(extras.across, shown))
        grids.append(descent_grid(extras.across))
    if not figures:
        return None
    weak = [
        f"{head(s)} ({s.stability:.2f}, {words.stays(s.stability)})" for s in shown.visible if s.stability is not None
    ]
    notes = ("Median overlap: " + "; ".join(weak) + ".",) if weak and not single else ()
    return Part("stability", "Do they come back?", (words.STABILITY,), (), tuple(figures), tuple(grids), notes)


def globally(shown: Shown) -> list[tuple[str, Spread]]:
    """Return the stability of each number of segments, of the method of the report (or else of the recommended one)."""
    criteria = shown.solution.criteria
    for method in (shown.solution.fit.method, criteria.recommendation.method):
        found = [(str(row.k), row.stability) for row in criteria.rows if row.method == method and row.stability]
        if found:
            return found
    return []


def box_figure(name: str, title: str, note: str, spreads: list[tuple[str, Spread]], axis: str, chosen: str) -> Figure:
    single = not chosen
    limits = LIMITS if single else ()
    series = Series(
        "median (line: middle half)",
        tuple(one.median for _, one in spreads),
        tuple(one.quarter for _, one in spreads),
        tuple(one.three_quarters for _, one in spreads),
    )
    names = tuple(text if single else f"{text} segments" for text, _ in spreads)
    shown_names = list(zip(names, (one for _, one in spreads), strict=True))
    mark = f"{chosen} segments" if chosen else ""
    return Figure(
        name,
        title,
        note,
        lambda width: boxes.chart(shown_names, title, note, axis=axis, limits=limits, chosen=mark, width=width),
        (Native("bars", title, names, (series,), "0.00", axis=axis),),
    )


def spreads_grid(name: str, caption: str, what: str, spreads: list[tuple[str, Spread]]) -> Grid:
    fields = (
        Field(what),
        Field("Median", "fixed"),
        Field("10% point", "fixed"),
        Field("25% point", "fixed"),
        Field("75% point", "fixed"),
        Field("90% point", "fixed"),
        Field("Repetitions", "count"),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (text, one.median, one.low, one.quarter, one.three_quarters, one.high, one.repetitions) for text, one in spreads
    )
    return Grid(name, caption, fields, rows)


def columns_of(across: Across) -> tuple[list[descent.Column], list[list[list[float]]]]:
    """Return blocks and flows as shares of everybody."""
    whole = float(across.flows[0].sum()) or 1.0
    flows = [[[float(cell) / whole for cell in row] for row in flow] for flow in across.flows]
    shares = [[sum(row) for row in flows[0]]] + [
        [sum(row[j] for row in flow) for j in range(len(flow[0]))] for flow in flows
    ]
    columns = [
        descent.Column(k, tuple(share), tuple(None if math.isnan(one) else float(one) for one in stable.tolist()))
        for k, share, stable in zip(across.ks, shares, across.stability, strict=True)
    ]
    return columns, flows


def descent_figure(across: Across, shown: Shown) -> Figure:
    columns, flows = columns_of(across)
    most = max(len(column.shares) for column in columns)
    series = tuple(
        Series(
            f"segment {place + 1}",
            tuple(column.shares[place] if place < len(column.shares) else None for column in columns),
        )
        for place in range(most)
    )
    names = tuple(f"{column.k} segments" for column in columns)
    return Figure(
        "descent",
        descent.TITLE,
        descent.SUBTITLE,
        lambda width: descent.chart(columns, flows, chosen=shown.solution.k, width=width),
        (Native("stacked", descent.TITLE, names, series, "0%", axis="share of people"),),
    )


def descent_grid(across: Across) -> Grid:
    columns, flows = columns_of(across)
    rows: list[tuple[Value, ...]] = []
    for step, column in enumerate(columns):
        for place, (share, stable) in enumerate(zip(column.shares, column.stability, strict=True)):
            source = ""
            if step:
                parts = sorted(((row[place], i + 1) for i, row in enumerate(flows[step - 1])), reverse=True)
                source = ", ".join(f"{i} ({part / share:.0%})" for part, i in parts if share and part / share >= 0.05)
            rows.append((f"{column.k} segments, segment {place + 1}", share, stable, source))
    fields = (
        Field("Solution"),
        Field("Share of people", "share"),
        Field("Stability (SLSA)", "fixed"),
        Field("Comes from"),
    )
    return Grid("Stability across", "Where the segments of each solution come from", fields, tuple(rows), shown=45)
