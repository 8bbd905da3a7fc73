"""What a prediction rests on: the weight of each feature, and what it is in words."""

from __future__ import annotations

from collections.abc import Sequence

from segmentary.models.predict.card import FeatureWeight
from segmentary.report.charts import weights
from segmentary.report.document import Field, Figure, Grid, Native, Part, Series, Value
from segmentary.report.prediction.data import PredictionReportData
from segmentary.report.prediction.words import upper

TITLE, WEIGHTIEST = "What it rests on", "What weighs most?"
SHOWN = 12


def merged(features: Sequence[FeatureWeight]) -> list[FeatureWeight]:
    """Return each feature once, the weightiest first: its shares added up; ways that differ are mixed."""
    shares: dict[str, float] = {}
    ways: dict[str, set[str]] = {}
    titles: dict[str, str] = {}
    for one in features:
        shares[one.name] = shares.get(one.name, 0.0) + one.importance
        ways.setdefault(one.name, set()).add(one.direction)
        titles.setdefault(one.name, one.title or one.name)
    found = [
        FeatureWeight(name, upper(titles[name]), share, next(iter(ways[name])) if len(ways[name]) == 1 else "mixed")  # type: ignore[arg-type]
        for name, share in shares.items()
    ]
    return sorted(found, key=lambda one: -one.importance)


def rests(data: PredictionReportData) -> Part | None:
    """Return the section of what it rests on."""
    found = merged(data.card.features)
    if not found:
        return None
    common = data.card.kind == "lookalike"
    title = "What the seed has in common" if common else TITLE
    shown = [one for one in found[:SHOWN] if one.importance > 0]
    rows = [weights.Weight(one.title, one.importance, one.direction) for one in shown]
    end = "alike the seed" if common else "of what is predicted"
    note = f"Share of all importance. Blue: the more of it, the more {end}. Orange: the more of it, the less."
    native = Native(
        "bars",
        WEIGHTIEST,
        tuple(one.title for one in shown),
        (Series("share", tuple(o.importance for o in shown)),),
        "0%",
    )
    figure = Figure(
        "rests_on", WEIGHTIEST, note, lambda width: weights.chart(rows, WEIGHTIEST, note, width=width), (native,)
    )
    words = {one.name: one.words for one in data.features}
    fields = (Field("Feature"), Field("", note=True), Field("Share", "share"), Field("More of it"))
    ways = {"more": "more", "less": "less", "mixed": "now more, now less", "unknown": "not known"}
    grid_rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.title, words.get(one.name, ""), one.importance, ways[one.direction]) for one in found
    )
    grid = Grid("Rests on", "Features by weight, and what they are", fields, grid_rows, shown=25)
    lead = (
        ("What sets the seed apart from everybody else; features that go together share their weight.",)
        if common
        else ("How much worse it would be without each; features that go together share their weight.",)
        if data.card.kind != "clv"
        else ("How closely each thing goes with the value; what goes together shares its weight.",)
    )
    return Part("rests", title, lead, (), (figure,) if rows else (), (grid,))
