"""The profile plot: how the members of each segment differ from everybody else, on one scale for all traits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segmentary.report.figures import Comparison, SegmentFigure
from segmentary.report.numbers import count
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened

TITLE = "What sets each segment apart?"
SUBTITLE = (
    "Difference to everybody else in standard deviations (0 none, 0.2 small, 0.8 large), with 95 % intervals. Full "
    "colour: a marker, sure after correction for all tests, and not small. Outlined: part of the segment's own rule."
)
PANELS = 9
TRAITS = 10
# Effects beyond this are drawn at the edge: a few extreme ones would flatten all others.
EDGE = 2.5


def chosen_segments(segments: Sequence[SegmentFigure], comparisons: Sequence[Comparison]) -> list[SegmentFigure]:
    """Return the segments with a panel: shown, compared, and bringing most of the money."""
    compared = {c.segment for c in comparisons}
    shown = [s for s in segments if s.people and s.name in compared]
    shown.sort(key=lambda s: (-(s.money_share.estimate if s.money_share else 0), -(s.people or 0)))
    return shown[:PANELS]


def chosen_labels(comparisons: Sequence[Comparison], segments: Sequence[SegmentFigure]) -> list[str]:
    """Return the traits with a row: those that set some segment apart most, outside its own rule."""
    names = {s.name for s in segments}
    strength: dict[str, float] = {}
    for c in comparisons:
        if c.segment in names:
            weight = abs(c.difference.effect) * (0.5 if c.defining else 1.0) * (1.0 if c.marker else 0.2)
            strength[c.label] = max(strength.get(c.label, 0.0), weight)
    return sorted(strength, key=lambda label: (-strength[label], label))[:TRAITS]


def chart(segments: Sequence[SegmentFigure], comparisons: Sequence[Comparison], *, width: int = 760) -> Any:
    """Draw one panel per segment; rows are traits, in the same order everywhere."""
    import altair as alt

    narrow = is_narrow(width)
    across = 1 if narrow else 3
    chosen = chosen_segments(segments, comparisons)
    labels = chosen_labels(comparisons, chosen)
    short = {label: shortened(label, 22 if narrow else 34) for label in labels}
    heads = {s.name: f"{shortened(s.title, 24)} · n {count(s.people)}" for s in chosen}
    rows: list[dict[str, object]] = []
    for c in comparisons:
        if c.segment in heads and c.label in short:
            d = c.difference
            rows.append(
                {
                    "segment": heads[c.segment],
                    "trait": short[c.label],
                    "effect": within(d.effect),
                    "low": within(d.effect_low),
                    "high": within(d.effect_high),
                    "kind": kind_of(c),
                    "defining": c.defining,
                }
            )
    base = alt.Chart()
    y = alt.Y("trait:N", sort=[short[label] for label in labels], title=None, axis=alt.Axis(labelLimit=240))
    x = alt.X(
        "effect:Q",
        title=None,
        scale=alt.Scale(domain=reach(rows), nice=False),
        axis=alt.Axis(
            values=[-2, -1, 0, 1, 2], labelExpr="datum.value > 0 ? '+' + datum.value : datum.value", grid=True
        ),
    )
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=["more than others", "less than others", "no marker"],
            range=[LIGHT["blue"], LIGHT["orange"], LIGHT["faded"]],
        ),
    )
    plain = base.transform_filter("!datum.defining").mark_bar(size=11).encode(x=x, y=y, color=colour)
    own = (
        base.transform_filter("datum.defining")
        .mark_bar(size=10, filled=False, strokeWidth=1.5)
        .encode(x=x, y=y, color=colour)
    )
    whiskers = base.mark_rule(color=LIGHT["ink"], opacity=0.8, strokeWidth=1).encode(x="low:Q", x2="high:Q", y=y)
    zero = base.mark_rule(color=LIGHT["axis"], strokeWidth=1).encode(x=alt.datum(0))
    names_room = 150 if narrow else 215
    panel = (width - names_room) // across - 22
    drawn = (
        alt.layer(plain, own, zero, whiskers)
        .properties(width=panel, height=alt.Step(18))
        .facet(
            facet=alt.Facet("segment:N", sort=[heads[s.name] for s in chosen], header=alt.Header(title=None)),
            columns=across,
            data=inline_data(rows),
            spacing={"row": 22, "column": 22},
        )
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)


def kind_of(c: Comparison) -> str:
    if not c.marker:
        return "no marker"
    return "more than others" if c.difference.effect > 0 else "less than others"


def within(effect: float) -> float:
    return max(-EDGE, min(EDGE, effect))


def reach(rows: Sequence[dict[str, object]]) -> list[float]:
    """Return a scale around zero that holds every interval."""
    far = max((abs(float(str(row[end]))) for row in rows for end in ("low", "high")), default=1.0)
    return [-max(1.0, far * 1.05), max(1.0, far * 1.05)]
