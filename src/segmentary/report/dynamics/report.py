"""The report of how segments change: what to know first, then sizes, moves, who stays, what drifted, who is leaving."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segmentary.dynamics.states import NO_PART
from segmentary.models.progress import Tell, quiet
from segmentary.report.document import Answer, Document, Part, parts_of
from segmentary.report.dynamics import changed, moving, past
from segmentary.report.dynamics.data import DynamicsReportData
from segmentary.report.dynamics.words import TERMS
from segmentary.report.files import DocumentFiles, Form, write
from segmentary.report.numbers import count, percent


def dynamics_document(data: DynamicsReportData) -> Document:
    """Return the report as a document: what every form is written from."""
    about = []
    if data.sizes is not None:
        about.append(f"{count(len(data.sizes.parts))} segments, {count(data.sizes.everybody[-1])} people")
        about.append(f"{data.sizes.labels[0]} to {data.sizes.labels[-1]}, every {data.sizes.period}")
    about += [f"for {data.generated_for}"] if data.generated_for else []
    return Document(
        "dynamics",
        data.title,
        " · ".join(about),
        answer(data),
        tiles(data),
        headlines(data),
        parts_of(
            past.sizes(data),
            past.forecast(data),
            moving.transitions(data),
            past.moves(data),
            moving.tenure(data),
            changed.leaving(data),
            changed.drift(data),
            seasons(data),
            unanswered(data),
            Part("glossary", "What the words mean", terms=TERMS),
        ),
        data.currency,
        data.below,
    )


def answer(data: DynamicsReportData) -> Answer:
    """Return what the report says first: what to expect, and what it rests on."""
    doubt = "" if data.seasons is None or data.seasons.may_claim else data.seasons.sentence
    if data.forecast is not None and data.sizes is not None:
        found = data.forecast
        word = "Expect what is there now" if found.naive_wins else "The way people move tells what to expect"
        said = data.lead(found.sentence) or ("What is expected of small segments is not said.",)
        meaning = " ".join(data.lead(data.sizes.sentence))
        return Answer(word, "mixed" if found.naive_wins else "good", said[0], meaning, doubt)
    for one in (data.sizes, data.transitions, data.tenure, data.leaving, data.drift):
        if one is not None and data.lead(one.sentence):
            return Answer("How the segments change", "mixed", one.sentence, "", doubt)
    return Answer("Nothing to report", "caution", "No figure was handed in.", "", doubt)


def tiles(data: DynamicsReportData) -> tuple[tuple[str, str, str], ...]:
    """Return the big numbers."""
    found: list[tuple[str, str, str]] = []
    if data.sizes is not None:
        grown = [
            (sizes[-1].people - sizes[0].people, name, sizes)
            for name, sizes in data.sizes.by_part.items()
            if name != NO_PART and not data.small(sizes[-1].people) and not data.small(sizes[0].people)
        ]
        if grown:
            for change, name, sizes in (max(grown, key=lambda one: one[0]), min(grown, key=lambda one: one[0])):
                sign = "+" if change > 0 else ""
                found.append((name, f"{sign}{count(change)}", f"{count(sizes[0].people)} to {count(sizes[-1].people)}"))
    if data.transitions is not None:
        inside = [row for row in data.transitions.rows if row.stay.n and not data.small(row.people)]
        people = sum(row.people for row in inside)
        if people:
            stay = sum(row.stay.estimate * row.people for row in inside) / people
            found.append((f"stay where they are for a {data.transitions.period}", percent(stay, digits=0), ""))
    if data.leaving is not None:
        one = data.leaving
        ends = f"{count(one.expected.low)} to {count(one.expected.high)} of {count(one.members)}"
        found.append((f"will leave {one.segment} by {one.until}", count(one.expected.estimate), ends))
        if one.at_stake:
            found.append(("yearly spend at stake", changed.stake(one, data.currency), "chance times spend"))
    if data.together is not None:
        area = data.together.auc
        ends = f"{percent(area.low, digits=0)} to {percent(area.high, digits=0)}; 50% is not at all"
        found.append(("now can be told from then", percent(area.estimate, digits=0), ends))
    return tuple(dict.fromkeys(found))


def headlines(data: DynamicsReportData) -> tuple[str, ...]:
    """Return the sentences to know first."""
    first = answer(data)
    given = (data.sizes, data.transitions, data.tenure, data.leaving, data.drift)
    sentences = data.lead(*(one.sentence for one in given if one is not None))
    return tuple(one for one in sentences if one not in (first.sentence, first.meaning))


def seasons(data: DynamicsReportData) -> Part | None:
    """Return what may be said of seasons."""
    if data.seasons is None:
        return None
    return Part("seasons", "Is it the season?", (data.seasons.sentence,))


def unanswered(data: DynamicsReportData) -> Part | None:
    """Return what was asked for and cannot be said, with the reasons."""
    reasons = tuple(f"{one[:1].upper()}{one[1:]}." for one in data.unanswered)
    return Part("unanswered", "What could not be said", reasons) if reasons else None


def render_dynamics(
    data: DynamicsReportData, folder: Path, *, forms: Sequence[Form] | None = None, tell: Tell = quiet
) -> DocumentFiles:
    """Write ``dynamics.html``, ``.xlsx``, ``.pdf``, ``.pptx`` and ``charts/`` into a folder, the same figures in all.

    forms : None: all whose optional packages are installed.

    Raises
    ------
    UsageError : a form asked for by name does not exist, or its optional package is not installed.
    """
    return write(dynamics_document(data), folder, forms=forms, tell=tell)
