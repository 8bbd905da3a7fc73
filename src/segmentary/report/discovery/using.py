"""How to use the segments: rules anybody can read, and how few questions put new people into them."""

from __future__ import annotations

import json

from segmentary.report.charts import dots, typing_curve
from segmentary.report.discovery import words
from segmentary.report.discovery.extras import Typing
from segmentary.report.discovery.segments import head
from segmentary.report.discovery.shown import Shown
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Series, Value, series_of
from segmentary.report.numbers import count, percent, percent_interval


def rules(shown: Shown) -> Part | None:
    """Return the section of readable rules; None where there are none."""
    description = shown.solution.description
    if not description.rules:
        return None
    by_place = {s.place: s for s in shown.segments}
    given = [rule for rule in description.rules if rule.segment in by_place]
    visible = [rule for rule in given if rule.segment not in shown.hidden]
    agreed = description.agreement
    lead = [words.RULES]
    if agreed is not None:
        lead.append(
            f"Taken together the rules put {percent(agreed.estimate)} of people where the solution does (95% interval "
            f"{percent_interval(agreed)}, n = {count(agreed.n)})."
        )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            head(by_place[rule.segment]),
            HIDDEN if rule.segment in shown.hidden else rule.sentence,
            HIDDEN if rule.segment in shown.hidden else rule.precision,
            HIDDEN if rule.segment in shown.hidden else rule.recall,
            HIDDEN if rule.segment in shown.hidden else json.dumps(rule.document, ensure_ascii=False, default=str),
        )
        for rule in given
    )
    fields = (
        Field("Segment"),
        Field("Rule"),
        Field("Precision", "share"),
        Field("Recall", "share"),
        Field("Definition", page=False),
    )
    grid = Grid("Rules", "One rule per segment, cross-validated against the solution; 95% intervals", fields, rows)
    marks = [
        dots.Dot(
            head(by_place[rule.segment]), one.estimate, one.low, one.high, percent(one.estimate, digits=0), True, name
        )
        for rule in visible
        for name, one in (("precision", rule.precision), ("recall", rule.recall))
    ]
    series = (
        series_of("precision", [rule.precision for rule in visible]),
        series_of("recall", [rule.recall for rule in visible]),
    )
    names = tuple(head(by_place[rule.segment]) for rule in visible)
    figure = Figure(
        "rules",
        words.RULE_FIGURE,
        words.RULE_NOTE,
        lambda width: dots.chart(marks, words.RULE_FIGURE, words.RULE_NOTE, width=width),
        (Native("bars", words.RULE_FIGURE, names, series, "0%"),),
    )
    return Part(
        "rules", "Rules anybody can read", tuple(lead), (), (figure,) if visible else (), (grid,), open_grids=True
    )


def typing(given: Typing | None, shown: Shown) -> Part | None:
    """Return the section of the typing tool; None where there is none."""
    if given is None or not given.steps:
        return None
    steps = [(step.questions, step.agreement) for step in given.steps]
    series = Series(
        "agreement",
        tuple(one.estimate for _, one in steps),
        tuple(one.low for _, one in steps),
        tuple(one.high for _, one in steps),
    )
    native = Native(
        "lines",
        typing_curve.TITLE,
        tuple(str(n) for n, _ in steps),
        (series,),
        "0%",
        axis="agreement",
        across="questions",
    )
    figure = Figure(
        "typing",
        typing_curve.TITLE,
        typing_curve.SUBTITLE,
        lambda width: typing_curve.chart(steps, wanted=given.wanted, chosen=given.chosen, width=width),
        (native,),
    )
    before = 0.0
    rows: list[tuple[Value, ...]] = []
    for step in given.steps:
        gain = step.agreement.estimate - before if rows else None
        rows.append((step.question, step.questions, step.agreement, gain))
        before = step.agreement.estimate
    fields = (
        Field("Question asked next"),
        Field("Questions", "count"),
        Field("Agreement", "share"),
        Field("Adds", "points"),
    )
    grid = Grid(
        "Typing tool",
        "The questions in their order and what each adds; cross-validated, 95% intervals",
        fields,
        tuple(rows),
    )
    lead = (words.TYPING, words.plain(given.sentence)) if given.sentence else (words.TYPING,)
    notes = []
    if given.majority is not None:
        notes.append(f"Always naming the largest segment would agree with {percent(given.majority)}.")
    grids = tuple(one for one in (grid, by_segment(given, shown), by_confidence(given)) if one.rows)
    return Part("typing", "Typing new people", lead, (), (figure,), grids, tuple(notes), open_grids=True)


def by_segment(given: Typing, shown: Shown) -> Grid:
    """Return how right the tool is about each segment."""
    by_key = {segment.key: segment for segment in shown.segments}
    rows: list[tuple[Value, ...]] = []
    for one in given.segments:
        segment = by_key.get(one.label)
        gone = segment is not None and segment.place in shown.hidden
        figures: list[Value] = [HIDDEN, HIDDEN] if gone else [one.recall, one.precision]
        rows.append((one.label if segment is None else head(segment), *figures))
    fields = (Field("Segment"), Field("Members placed in it", "share"), Field("Placed in it, members", "share"))
    return Grid("Typing by segment", "How right the tool is about each segment; 95% intervals", fields, tuple(rows))


def by_confidence(given: Typing) -> Grid:
    """Return how right the tool is about those it is sure of."""
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (f"at least {percent(one.least, digits=0)} sure", one.share, one.agreement) for one in given.sure
    )
    fields = (Field("The tool is"), Field("Of this share of people", "share"), Field("And agrees with", "share"))
    return Grid("Typing by confidence", "Asking only those it is sure of, or asking the others more", fields, rows)
