"""The report of tailoring as a document: what to do first, then why, how loyal segments are, where to spend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segmentary.models.progress import Tell, quiet
from segmentary.report.document import Answer, Document, Field, Grid, Part, parts_of
from segmentary.report.files import DocumentFiles, Form, write
from segmentary.report.numbers import count
from segmentary.report.tailoring import loyal, tastes, uses
from segmentary.report.tailoring.data import TailoringData, ended, upper

TERMS: tuple[tuple[str, str], ...] = (
    ("Everybody else", "All customers who are not in the segment: never a whole that contains it."),
    (
        "Part of their own",
        "Of one customer's purchases (orders, questions), the part that goes to an item: a heavy buyer counts once.",
    ),
    ("Index", "100 times the part of their own over everybody else's: 100 is alike."),
    ("95% interval", "The range of true values that fit the data."),
    ("p (corrected)", "All tests of a question together have a chance of at most 5% of even one false claim (Holm)."),
    ("Net promoter score", "Share of answers 9 and 10 less share of 0 to 6, times 100: from -100 to 100."),
    ("Share of wallet", "Of what respondents say they spend in the field, the share spent with us."),
    (
        "Retention",
        "The share still there so long after the beginning, counting those who are there yet as long as seen.",
    ),
    ("Naive forecast", "As last month. A forecast that does not beat it on the past is not used."),
)


def tailoring_document(data: TailoringData) -> Document:
    """Return the report as a document: what every form is written from."""
    names = data.segments()
    about = [f"{count(len(names))} segments, each against everybody else"]
    about += [f"as of {data.as_of}"] if data.as_of else []
    about += [f"for {data.generated_for}"] if data.generated_for else []
    return Document(
        "tailoring",
        "What to make of each segment",
        " · ".join(about),
        answer(data),
        tiles(data),
        headlines(data),
        parts_of(
            uses.offers(data),
            uses.uses(data),
            tastes.trends(data),
            loyal.loyalty(data),
            budget(data),
            unanswered(data),
            Part("glossary", "What the words mean", terms=TERMS),
        ),
        data.currency,
        data.below,
    )


def answer(data: TailoringData) -> Answer:
    """Return what the report says first."""
    found = data.offers
    if found is not None and found.rows:
        first = found.rows[0]
        segments = len(dict.fromkeys(one.segment for one in found.rows))
        meaning = upper(
            f"of {count(segments + len(found.silent))} segments, {count(segments)} ask for something of their own"
        )
        return Answer("Treat them differently", "good", ended(f"{first.segment}: {first.sentence}"), meaning,
                      upper(found.caution))  # fmt: skip
    if found is not None:
        return Answer(
            "Treat them alike", "caution", "No segment uses anything clearly more or less than everybody else.", "", ""
        )
    if data.loyalty is not None and data.loyalty.figures:
        return Answer("How loyal they are", "mixed", "What segments say and do, against everybody else.", "", "")
    return Answer("Nothing to report", "caution", "No figure of any segment was handed in.", "", "")


def tiles(data: TailoringData) -> tuple[tuple[str, str, str], ...]:
    """Return the big numbers."""
    found: list[tuple[str, str, str]] = []
    if data.uses is not None:
        found.append(("clear differences", count(len(data.uses.told())), f"of {count(data.uses.tests)} looked at"))
    if data.trends is not None:
        own = [one for one in data.trends.told() if one.own]
        found.append(("tastes that move", count(len(own)), "otherwise than everybody else's"))
    if data.loyalty is not None:
        clear = [one for one in data.loyalty.figures if one.verdict != "unclear"]
        found.append(("clear in loyalty", count(len(clear)), f"of {count(len(data.loyalty.figures))} figures"))
    return tuple(found)


def headlines(data: TailoringData) -> tuple[str, ...]:
    """Return the sentences to know first."""
    found = []
    if data.trends is not None:
        moving = [one for one in data.trends.told() if one.own and one.verdict == "rising"]
        moving.sort(key=lambda one: -(one.change.estimate if one.change is not None else 0.0))
        found += [ended(f"{one.segment}: {one.sentence}") for one in moving[:1]]
    if data.loyalty is not None:
        scores = [one for one in data.loyalty.figures if one.measure == "nps" and one.verdict != "unclear"]
        scores.sort(key=lambda one: one.own.estimate)
        found += [loyal.sentence(one) for one in (*scores[-1:], *scores[:1])][: 2 if len(scores) > 1 else 1]
    if data.budget is not None:
        found.append(upper(data.budget.sentence))
    return tuple(found)


def budget(data: TailoringData) -> Part | None:
    """Return the section of where to spend."""
    found = data.budget
    if found is None:
        return None
    fields = (
        Field("Segment"), Field("Why", note=True), Field("People", "count"), Field("Spend", "money", data.currency),
        Field("Of it to learn", "money", data.currency), Field("Net a head", "money", data.currency),
        Field("Pays with probability", "share"), Field("Verdict"),
    )  # fmt: skip
    rows = tuple(
        (one.segment, one.sentence, one.people, one.spend, one.learning, one.net, one.pays, one.verdict)
        for one in found.rows
    )
    ways = tuple((one.name, one.spent, one.gain, one.against_equal, one.loses) for one in found.ways)
    way_fields = (
        Field("Way to spend"), Field("Spent", "money", data.currency), Field("Leaves", "money", data.currency),
        Field("More than all alike", "money", data.currency), Field("Loses with probability", "share"),
    )  # fmt: skip
    notes = tuple(upper(one.message + (f" ({one.hint})" if one.hint else "")) for one in found.findings)
    return Part(
        "budget", "Where to spend", (upper(found.sentence), f"Measured by {found.experiment}."), (), (),
        (Grid("Budget", "Money over segments; 95% intervals", fields, rows),
         Grid("Ways", "What each way to spend leaves; 95% intervals", way_fields, ways)), notes, open_grids=True,
    )  # fmt: skip


def unanswered(data: TailoringData) -> Part | None:
    """Return what cannot be said, with the reasons."""
    return Part("unanswered", "What could not be said", tuple(map(upper, data.unanswered))) if data.unanswered else None


def render_tailoring(
    data: TailoringData, folder: Path, *, forms: Sequence[Form] | None = None, tell: Tell = quiet
) -> DocumentFiles:
    """Write ``tailoring.html``, ``.xlsx``, ``.pdf``, ``.pptx`` and ``charts/`` into a folder, the same figures in all.

    forms : None: all whose optional packages are installed.

    Raises
    ------
    UsageError : a form asked for by name does not exist, or its optional package is not installed.
    """
    return write(tailoring_document(data), folder, forms=forms, tell=tell)
