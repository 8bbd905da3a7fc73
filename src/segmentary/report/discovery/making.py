"""How the solution was made: enough to make it again, and what was noticed about the data."""

from __future__ import annotations

from collections import Counter

from segmentary.report.discovery import words
from segmentary.report.discovery.shown import Shown
from segmentary.report.document import Field, Grid, Part, Value
from segmentary.report.numbers import count

LEVELS_SHOWN = 8


def part(shown: Shown) -> Part:
    """Return the section on data, sample, seed and findings."""
    solution = shown.solution
    fit = solution.fit
    facts = [
        ("Method", words.method(fit.method)),
        ("Segments", count(solution.k)),
        ("People", count(fit.people)),
        (
            "Fitted on",
            f"{count(fit.fitted_on)} people"
            + (" (a random sample; everybody was placed)" if fit.fitted_on < fit.people else ""),
        ),
        (
            "Weights",
            f"survey weights, worth {count(fit.effective_n)} people of equal weight" if fit.weighted else "none",
        ),
        ("Source", fit.source),
        *([("As of", fit.as_of[:16].replace("T", " "))] if fit.as_of else []),
        ("Seed", str(fit.seed)),
        *((f"Option: {name.replace('_', ' ')}", str(value)) for name, value in fit.options.items()),
    ]
    grid = Grid(
        "Making",
        "What was done; the same data, method and seed give the same segments",
        (Field("What"), Field("How")),
        tuple(facts),
    )
    return Part(
        "making",
        "How it was made",
        tuple(unplaced(shown)),
        (),
        (),
        (grid, findings(shown), columns(shown)),
        open_grids=True,
    )


def unplaced(shown: Shown) -> list[str]:
    rest = shown.solution.fit.people - sum(s.n for s in shown.segments)
    if rest <= 0 or shown.hidden:
        return []
    said = f"fewer than {shown.below}" if rest < shown.below else count(rest)
    return [f"{said[0].upper() + said[1:]} people could not be placed: too little is known of them."]


def findings(shown: Shown) -> Grid:
    titles = {column.name: column.label for column in shown.solution.columns}
    order = {"refusal": 0, "warning": 1, "note": 2}
    given = sorted((*shown.solution.findings, *shown.solution.verdict.findings), key=lambda one: order[one.level])
    fields = (Field("Finding"), Field("What to do", note=True), Field("Level"), Field("Columns"))
    rows: list[tuple[Value, ...]] = [
        (one.message, one.hint, one.level, ", ".join(titles.get(name, name) for name in one.columns))
        for one in dict.fromkeys(given)
    ]
    return Grid("Findings", "What was noticed about the data", fields, tuple(rows))


def columns(shown: Shown) -> Grid:
    preparation = shown.solution.assigner.preparation
    ways: dict[str, str] = {}
    if preparation is not None:
        for feature in preparation.features:
            ways[feature.column] = feature.transform.way.replace("_", "-")
        for name in preparation.row_centred:
            ways[name] = f"{ways.get(name, 'none')}, centred by person"
    markers = Counter(c.column for c in shown.solution.description.profile if c.marker)
    fields = (
        Field("Column"),
        Field("Name", page=False),
        Field("Kind"),
        Field("Levels"),
        Field("Scaling"),
        Field("Marks segments", "count"),
    )
    rows: list[tuple[Value, ...]] = []
    for column in shown.solution.columns:
        levels = ", ".join(column.levels[:LEVELS_SHOWN]) + (
            f" … ({len(column.levels)})" if len(column.levels) > LEVELS_SHOWN else ""
        )
        rows.append(
            (
                column.label,
                column.name,
                column.kind,
                levels or column.unit,
                ways.get(column.name, "as it is"),
                markers[column.name],
            )
        )
    return Grid("Columns", "What the segments were made of", fields, tuple(rows))


def glossary() -> Part:
    """Return what the words mean."""
    return Part("glossary", "What the words mean", terms=words.TERMS)
