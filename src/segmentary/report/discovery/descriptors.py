"""Who the segments are, by what they were not made of: effect sizes first, then the mosaic of the strongest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from segmentary.models.describe.description import Descriptor
from segmentary.report.charts import dots, mosaic
from segmentary.report.discovery import words
from segmentary.report.discovery.segments import head
from segmentary.report.discovery.shown import Shown
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Series, Value, series_of
from segmentary.report.numbers import count

MOSAICS = 4
ROWS = 20
LEVELS = 12
# A mosaic of which more is hidden than this says nothing.
MOSTLY = 0.4


def part(shown: Shown) -> Part | None:
    """Return the section of descriptors, strongest first; None where none were tried."""
    found = sorted(shown.solution.description.descriptors, key=lambda d: (-known(d.effect.estimate), d.name))
    if not found:
        return None
    figures = [effects(found[:ROWS])]
    figures += [
        one
        for one in (plot(shown, d, place) for place, d in enumerate(drawable(found, shown)[:MOSAICS]))
        if one is not None
    ]
    grids = [
        table(found, shown),
        shares(shown, [d for d in found if d.levels != ("",)]),
        means(shown, [d for d in found if d.levels == ("",)]),
    ]
    notes = (f"{count(len(found))} descriptors were tried. " + words.DESCRIPTORS,)
    sentences = tuple(shown.about(d) for d in found[:3] if shown.about(d) and d.p_holm < 0.05)
    nothing = ("None of the descriptors differs between segments for sure.",)
    lead = sentences if any(d.p_holm < 0.05 for d in found) else nothing
    return Part(
        "descriptors", "Who they are", lead, (), tuple(figures), tuple(grid for grid in grids if grid.rows), notes
    )


def known(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def drawable(found: Sequence[Descriptor], shown: Shown) -> list[Descriptor]:
    """Return the descriptors worth a mosaic: sure, and not mostly hidden."""
    if len(shown.visible) < 2:
        return []
    return [d for d in found if len(d.levels) > 1 and d.p_holm < 0.05 and hidden_share(d, shown) <= MOSTLY]


def hidden_share(d: Descriptor, shown: Shown) -> float:
    """Return which share of the cells of the segments that are shown is hidden."""
    gone = [one for one in shown.withheld_shares(d) if one[0] not in shown.hidden]
    return len(gone) / (len(shown.visible) * len(d.levels))


def effects(found: Sequence[Descriptor]) -> Figure:
    rows = [
        dots.Dot(
            d.title or d.name,
            known(d.effect.estimate),
            d.effect.low if math.isfinite(d.effect.low) else None,
            d.effect.high if math.isfinite(d.effect.high) else None,
            f"{d.effect.estimate:.2f} {effect_name(d)}",
            d.p_holm < 0.05,
        )
        for d in found
    ]
    series = replace(series_of("effect size", [d.effect for d in found]), pale=tuple(d.p_holm >= 0.05 for d in found))
    native = Native("bars", words.EFFECTS, tuple(d.title or d.name for d in found), (series,), "0.00")
    return Figure(
        "descriptors",
        words.EFFECTS,
        words.EFFECTS_NOTE,
        lambda width: dots.chart(rows, words.EFFECTS, words.EFFECTS_NOTE, form=".2f", width=width),
        (native,),
    )


def effect_name(d: Descriptor) -> str:
    return {"cramers_v": "V", "cramer_v": "V", "eta_squared": "η²"}.get(d.effect_name, d.effect_name.replace("_", " "))


def residuals(counts: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return Pearson residuals of a table of counts."""
    rows, columns = [sum(row) for row in counts], [sum(column) for column in zip(*counts, strict=True)]
    whole = sum(rows)
    found = []
    for row, total in zip(counts, rows, strict=True):
        line = []
        for cell, side in zip(row, columns, strict=True):
            expected = total * side / whole if whole else 0.0
            line.append((cell - expected) / math.sqrt(expected) if expected > 0 else 0.0)
        found.append(line)
    return found


def plot(shown: Shown, d: Descriptor, place: int) -> Figure | None:
    """Return the mosaic of one descriptor."""
    gone = shown.withheld_shares(d)
    far = residuals(d.counts)
    segments = shown.visible
    levels = kept_levels(d)
    rest = [place for place in range(len(d.levels)) if place not in levels]
    names = [d.levels[place] for place in levels] + ([f"{len(rest)} other levels"] if rest else [])

    def share(place: int, level: int) -> float | None:
        return None if (place, level) in gone else d.shares[place][level]

    def of(place: int) -> list[float | None]:
        """Return the shares of a segment, those of the other levels together."""
        own = [share(place, level) for level in levels]
        others = [share(place, level) for level in rest]
        known = [one for one in others if one is not None]
        return own + ([sum(known) if len(known) == len(others) else None] if rest else [])

    shares_of = [of(s.place) for s in segments]
    deep = [[far[s.place][level] for level in levels] + ([0.0] if rest else []) for s in segments]
    cells = [
        mosaic.Cell(at, name, value, residual)
        for at in range(len(segments))
        for name, value, residual in zip(names, shares_of[at], deep[at], strict=True)
    ]
    widths = [sum(d.counts[s.place]) for s in segments]
    heads = [head(s) for s in segments]
    title = f"{d.title or d.name} by segment"
    series = tuple(
        Series(name, tuple(None if row[at] is None else row[at] for row in shares_of)) for at, name in enumerate(names)
    )
    return Figure(
        f"mosaic-{place + 1}",
        title,
        mosaic.SUBTITLE,
        lambda width: mosaic.chart(cells, widths, heads, names, title, width=width),
        (Native("stacked", title, tuple(heads), series, "0%", axis="share of the segment"),),
    )


def kept_levels(d: Descriptor) -> list[int]:
    """Return the places of the levels of a mosaic: the largest, in their own order."""
    total = [sum(row[j] for row in d.counts) for j in range(len(d.levels))]
    kept = set(sorted(range(len(total)), key=lambda j: -total[j])[:LEVELS])
    return [j for j in range(len(total)) if j in kept]


def table(found: Sequence[Descriptor], shown: Shown) -> Grid:
    fields = (
        Field("Descriptor"),
        Field("Kind", note=True),
        Field("Effect size", "fixed"),
        Field("Of", note=False),
        Field("Test"),
        Field("Statistic", "number"),
        Field("p", "p", page=False),
        Field("p (Holm)", "p"),
        Field("q (Benjamini-Hochberg)", "p"),
        Field("n", "count"),
        Field("Sentence", page=False),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            d.title or d.name, d.kind, d.effect, effect_name(d), d.test.replace("_", " "),
            d.statistic, d.p, d.p_holm, d.q, d.n, shown.about(d),
        )
        for d in found
    )  # fmt: skip
    return Grid("Descriptors", "Descriptors, strongest first; 95% intervals of the effect sizes", fields, rows)


def shares(shown: Shown, found: Sequence[Descriptor]) -> Grid:
    fields = (Field("Descriptor"), Field("Level"), *(Field(head(s), "share") for s in shown.visible))
    rows: list[tuple[Value, ...]] = []
    for d in found:
        gone = shown.withheld_shares(d)
        for j, level in enumerate(d.levels):
            rows.append(
                (
                    d.title or d.name,
                    level,
                    *(HIDDEN if (s.place, j) in gone else d.shares[s.place][j] for s in shown.visible),
                )
            )
    return Grid("Descriptor shares", "Share of each segment that has the level", fields, tuple(rows), shown=48)


def means(shown: Shown, found: Sequence[Descriptor]) -> Grid:
    fields = (Field("Descriptor"), *(Field(head(s), "number") for s in shown.visible))
    rows: list[tuple[Value, ...]] = []
    for d in found:
        gone = shown.withheld_shares(d)
        rows.append(
            (d.title or d.name, *(HIDDEN if (s.place, 0) in gone else d.shares[s.place][0] for s in shown.visible))
        )
    return Grid("Descriptor means", "Mean of each segment", fields, tuple(rows))
