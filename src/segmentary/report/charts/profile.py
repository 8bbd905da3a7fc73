"""The profile plot: how the members of each segment differ from everybody else, on one scale for all traits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segmentary.report.figures import Comparison, SegmentFigure
from segmentary.report.numbers import count
from segmentary.report.theme import LIGHT, dressed, inline_data, is_narrow, shortened

TITLE = "What sets each segment apart?"
SUBTITLE = (
    "Difference to everybody else in standard deviations (0 none, 0.2 small, 0.8 large), with 95% intervals. Full "
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
    labels = {one: shortened(one, 22 if narrow else 34) for one in chosen_labels(comparisons, chosen)}
    heads = {s.name: f"{shortened(s.title, 24)} · n {count(s.people)}" for s in chosen}
    rows = panel_rows(comparisons, heads, labels)
    names_room = 150 if narrow else 215
    panel = (width - names_room - (across - 1) * 22 - 12) // across
    drawn = (
        layers(rows, list(labels.values()), narrow)
        .properties(width=panel, height=alt.Step(18))
        .facet(
            facet=alt.Facet("segment:N", sort=list(heads.values()), header=alt.Header(title=None)),
            columns=across,
            data=inline_data(rows),
            spacing={"row": 22, "column": 22},
        )
    )
    return dressed(drawn, TITLE, SUBTITLE, width=width)


def panel_rows(
    comparisons: Sequence[Comparison], heads: Mapping[str, str], labels: Mapping[str, str]
) -> list[dict[str, object]]:
    """Return one row per bar."""
    return [
        {
            "segment": heads[c.segment],
            "trait": labels[c.label],
            "effect": within(c.difference.effect),
            "low": within(c.difference.effect_low),
            "high": within(c.difference.effect_high),
            "kind": kind_of(c),
            "defining": c.defining,
        }
        for c in comparisons
        if c.segment in heads and c.label in labels
    ]


def layers(rows: Sequence[dict[str, object]], labels: list[str], narrow: bool) -> Any:
    """Return bars, the line of no difference, and intervals."""
    import altair as alt

    base = alt.Chart()
    y = alt.Y("trait:N", sort=labels, title=None, axis=alt.Axis(labelLimit=240))
    spell = "datum.value > 0 ? '+' + datum.value : datum.value"
    x = alt.X(
        "effect:Q",
        title=None,
        scale=alt.Scale(domain=reach(rows), nice=False),
        axis=alt.Axis(values=[-2, -1, 0, 1, 2], labelExpr=spell, grid=True),
    )
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=["more than others", "less than others", "no marker"],
            range=[LIGHT["blue"], LIGHT["orange"], LIGHT["faded"]],
        ),
        legend=alt.Legend(columns=1) if narrow else alt.Legend(),
    )
    own_rule = "datum.defining"
    plain = base.transform_filter(f"!{own_rule}").mark_bar(size=11).encode(x=x, y=y, color=colour)
    own = base.transform_filter(own_rule).mark_bar(size=10, filled=False, strokeWidth=1.5)
    whiskers = base.mark_rule(color=LIGHT["ink"], opacity=0.8, strokeWidth=1).encode(x="low:Q", x2="high:Q", y=y)
    zero = base.mark_rule(color=LIGHT["axis"], strokeWidth=1).encode(x=alt.datum(0))
    return alt.layer(plain, own.encode(x=x, y=y, color=colour), zero, whiskers)


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
