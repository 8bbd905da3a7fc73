"""How many segments: every criterion side by side, the recommendation and its doubt; and what the verdict rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from segmentary.models.validate.criteria import CriteriaRow
from segmentary.report.charts import criteria
from segmentary.report.discovery import words
from segmentary.report.discovery.shown import Shown
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Series, Value
from segmentary.report.numbers import count
from segmentary.report.suppression import small

# Criterion of a vote, as it may be called -> attribute of the row.
VOTES = {"ari": "stability", "global_stability": "stability", "silhouette": "silhouette_excess"}


def part(shown: Shown) -> Part | None:
    """Return the section on the number of segments."""
    found = shown.solution.criteria
    if not found.rows:
        return None
    recommendation = found.recommendation
    lead = [words.HOW_MANY, f"Recommended: {recommendation.sentence}" if recommendation.sentence else ""]
    lead += [f"Doubt: {recommendation.doubt}" if recommendation.doubt else ""]
    votes = [f"{vote_title(name)} prefers {'no segments' if k == 1 else k}" for name, k in recommendation.votes.items()]
    notes = [f"Votes (of {words.method(recommendation.method)}): " + "; ".join(votes) + "."] if votes else []
    notes += remarks(found.rows)
    drawn = figure(shown)
    figures = () if drawn is None else (drawn,)
    return Part(
        "how-many",
        "How many segments",
        tuple(line for line in lead if line),
        (),
        figures,
        (table(shown), gate(shown)),
        tuple(notes),
    )


def remarks(rows: Sequence[CriteriaRow]) -> list[str]:
    """Return the notes of the rows, those of several numbers of segments once."""
    said: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if row.note:
            said.setdefault((row.method, row.note), []).append(row.k)
    tried = {method: [row.k for row in rows if row.method == method] for method, _ in said}
    return [
        f"{words.method(method)}{'' if ks == tried[method] else ' with ' + ', '.join(map(str, ks))}: {note}."
        for (method, note), ks in said.items()
    ]


def value_of(row: CriteriaRow, attribute: str) -> float | None:
    if attribute == "stability":
        return None if row.stability is None else row.stability.median
    value = getattr(row, attribute)
    return None if value is None else float(value)


def vote_title(name: str) -> str:
    attribute = VOTES.get(name, name)
    title = next((title for one, title, _ in words.CRITERIA if one == attribute), name.replace("_", " "))
    return title.split(" (")[0]


def points(shown: Shown) -> Iterator[criteria.Point]:
    """Return every figure of every criterion at hand, the preferred one marked."""
    found = shown.solution.criteria
    recommended = found.recommendation.method
    votes = {VOTES.get(name, name): k for name, k in found.recommendation.votes.items()}
    for attribute, title, better in words.CRITERIA:
        rows = [(row, value_of(row, attribute)) for row in found.rows]
        known = [(row, value) for row, value in rows if value is not None and value == value]
        if not known:
            continue
        mine = [(row.k, value) for row, value in known if row.method == recommended]
        best = votes.get(attribute)
        if best is None and not votes and better is not None and mine:
            best = (max if better else min)(mine, key=lambda pair: pair[1])[0]
        for row, value in known:
            yield criteria.Point(
                title, words.method(row.method), row.k, value, row.method == recommended and row.k == best
            )


def figure(shown: Shown) -> Figure | None:
    given = list(points(shown))
    if not given:
        return None
    titles = list(dict.fromkeys(point.criterion for point in given))
    natives = tuple(native(title, [p for p in given if p.criterion == title]) for title in titles)
    return Figure(
        "criteria",
        criteria.TITLE,
        criteria.SUBTITLE,
        lambda width: criteria.chart(given, titles, shown.solution.k, width=width),
        natives,
    )


def native(title: str, given: list[criteria.Point]) -> Native:
    ks = sorted({p.k for p in given})
    methods = list(dict.fromkeys(p.method for p in given))
    values = {(p.method, p.k): p.value for p in given}
    series = tuple(Series(method, tuple(values.get((method, k)) for k in ks)) for method in methods)
    return Native("lines", f"How many segments? {title}", tuple(map(str, ks)), series, "General", across="segments")


def table(shown: Shown) -> Grid:
    """Return the whole table; columns that no method fills are left out."""
    rows = shown.solution.criteria.rows
    chosen = shown.solution.criteria.recommendation
    given: list[tuple[Field, Callable[[CriteriaRow], Value]]] = [
        (Field("Segments", "count"), lambda r: r.k),
        (
            Field("Recommended", note=True),
            lambda r: "recommended" if (r.method, r.k) == (chosen.method, chosen.k) else "",
        ),
        (Field("Stability", "fixed"), lambda r: value_of(r, "stability")),
        (Field("Prediction strength", "fixed"), lambda r: r.prediction_strength),
        (Field("Silhouette", "fixed"), lambda r: r.silhouette),
        (Field("Silhouette above chance, sd", "signed"), lambda r: r.silhouette_excess),
        (Field("Gap", "fixed"), lambda r: r.gap),
        (Field("Gap error", "fixed", page=False), lambda r: r.gap_error),
        (Field("BIC", "number"), lambda r: r.bic),
        (Field("ICL", "number"), lambda r: r.icl),
        (Field("AIC", "number", page=False), lambda r: r.aic),
        (Field("Log-likelihood", "number", page=False), lambda r: r.log_likelihood),
        (Field("Parameters", "count", page=False), lambda r: r.parameters),
        (Field("Certainty", "fixed"), lambda r: r.entropy),
        (Field("Cost", "number"), lambda r: r.cost),
        (Field("Smallest segment", "count"), lambda r: smallest(r, shown.below)),
        (Field("Note", page=False), lambda r: r.note),
    ]
    kept = [(field, get) for field, get in given if any(get(row) not in (None, "") for row in rows)]
    fields = (Field("Method"), *(field for field, _ in kept))
    filled: list[tuple[Value, ...]] = [(words.method(row.method), *(get(row) for _, get in kept)) for row in rows]
    return Grid(
        "Criteria", "Criteria of each method and number of segments; BIC and ICL: less is better", fields, tuple(filled)
    )


def smallest(row: CriteriaRow, below: int) -> Value:
    return None if row.smallest is None else HIDDEN if small(row.smallest, below) else row.smallest


def gate(shown: Shown) -> Grid:
    """Return the tests of the verdict."""
    verdict = shown.solution.verdict
    titles = {column.name: column.label for column in shown.solution.columns}
    fields = (
        Field("Test"),
        Field("Asks for", note=True),
        Field("Statistic", "number"),
        Field("p (corrected)", "p"),
        Field("Excess", "signed"),
        Field("Simulated data sets", "count"),
        Field("Columns"),
        Field("Segments", "count"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            test.name.replace("_", " "),
            words.TESTS.get(test.name, ""),
            test.statistic,
            test.p,
            test.excess,
            test.references or None,
            ", ".join(titles.get(name, name) for name in test.columns),
            test.k,
        )
        for test in verdict.tests
    ]
    caption = f"The tests of the verdict, n = {count(verdict.n)}"
    if verdict.effective_n and round(verdict.effective_n) != verdict.n:
        caption += f" (worth {count(verdict.effective_n)} of equal weight)"
    return Grid("Verdict tests", caption, fields, tuple(rows))
