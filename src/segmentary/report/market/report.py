"""The report of a market: whom to serve first, then how large, which way, who else, and where we stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from segmentary.models.progress import Tell, quiet
from segmentary.report.document import Answer, Document, Part, parts_of
from segmentary.report.files import DocumentFiles, Form, write
from segmentary.report.market import choice, gaps, potential, rivals, sizes
from segmentary.report.market.data import MarketReportData
from segmentary.report.market.words import TERMS
from segmentary.report.numbers import count, percent

TONES: dict[str, Literal["good", "mixed", "caution"]] = {"firm": "good", "sensitive": "mixed", "fragile": "caution"}


def market_document(data: MarketReportData) -> Document:
    """Return the report as a document: what every form is written from."""
    shape = data.shape
    about = []
    if data.sizes is not None:
        about.append(f"{count(len(data.sizes.segments))} segments, n = {count(data.sizes.n)} respondents")
    about += [f"as of {shape.as_of}"] if shape.as_of else []
    about += [f"for {shape.generated_for}"] if shape.generated_for else []
    return Document(
        "market",
        shape.title,
        " · ".join(about),
        answer(data),
        tiles(data),
        headlines(data),
        parts_of(
            choice.target(data),
            sizes.sizes(data),
            sizes.trends(data),
            potential.potential(data),
            gaps.base(data),
            gaps.unmet(data),
            rivals.competition(data),
            choice.matrix(data),
            unanswered(data),
            Part("glossary", "What the words mean", terms=TERMS),
        ),
        shape.currency,
        shape.below,
    )


def answer(data: MarketReportData) -> Answer:
    """Return what the report says first."""
    found = data.recommendation
    if found is not None and found.targets:
        names = [one.name for one in found.targets]
        word = f"Serve {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"Serve {names[0]}"
        doubts = "; ".join(doubt for one in found.targets for doubt in one.doubts)
        meaning = data.said(data.comparison.sentence) if data.comparison is not None else ""
        return Answer(word, TONES[found.fragility], found.sentence, meaning, f"{doubts}." if doubts else "")
    if found is not None:
        return Answer("Serve none of them", "caution", found.sentence, "", "")
    for one in (
        data.matrix,
        data.comparison,
        data.sizes,
        *data.potential,
        data.trends,
        data.need_gaps,
        data.competition,
    ):
        if one is not None:
            return Answer("What the market looks like", "mixed", one.sentence, "", "")
    return Answer("Nothing to report", "caution", "No figure of the market was handed in.", "", "")


def unanswered(data: MarketReportData) -> Part | None:
    """Return what was asked for and cannot be said, with the reasons."""
    reasons = tuple(f"{one[:1].upper()}{one[1:]}." for one in data.lead(*data.unanswered))
    return Part("unanswered", "What could not be said", reasons) if reasons else None


def tiles(data: MarketReportData) -> tuple[tuple[str, str, str], ...]:
    """Return the big numbers."""
    found: list[tuple[str, str, str]] = []
    if data.sizes is not None:
        whole = data.sizes.population
        ends = (
            f"{potential.large(whole.low)} to {potential.large(whole.high)}"
            if whole.known and not whole.exact
            else "known from the weights"
        )
        found.append((f"{data.sizes.people} in the market", potential.large(whole.estimate), ends))
        if data.sizes.total_value is not None:
            worth = data.sizes.total_value
            ends = f"95% interval {potential.large(worth.low)} to {potential.large(worth.high)}"
            found.append((f"value, {data.sizes.unit}".removesuffix(", "), potential.large(worth.estimate), ends))
    if data.potential:
        last = data.potential[0].last
        found.append(
            (
                f"to win, {data.potential[0].unit}".removesuffix(", "),
                potential.large(last.estimate),
                f"95% of draws {potential.large(last.low)} to {potential.large(last.high)}",
            )
        )
    if data.comparison is not None and data.comparison.penetration is not None:
        reached = data.comparison.penetration
        found.append(("penetration", gaps.share_text(reached.estimate), f"{count(data.comparison.base)} customers"))
    if data.need_gaps is not None:
        n = len(data.need_gaps.gaps)
        found.append(("unmet needs", count(n), f"beyond chance, of {count(len(data.need_gaps.cells))} looked at"))
    if data.matrix is not None and data.matrix.chosen:
        found.append(
            ("same choice", percent(data.matrix.same_choice_both, digits=0), "of variations of weights and data")
        )
    return tuple(found)


def headlines(data: MarketReportData) -> tuple[str, ...]:
    """Return the sentences to know first; those about hidden segments are left out."""
    given = [data.sizes, data.trends, *data.potential, data.market_gaps, data.need_gaps, data.competition, data.matrix]
    first = answer(data).sentence
    sentences = [one.sentence for one in given if one is not None]
    return tuple(s for s in data.lead(*sentences) if s != first)


def render_market(
    data: MarketReportData, folder: Path, *, forms: Sequence[Form] | None = None, tell: Tell = quiet
) -> DocumentFiles:
    """Write ``market.html``, ``.xlsx``, ``.pdf``, ``.pptx`` and ``charts/`` into a folder, the same figures in all.

    forms : None: all whose optional packages are installed.

    Raises
    ------
    UsageError : a form asked for by name does not exist, or its optional package is not installed.
    """
    return write(market_document(data), folder, forms=forms, tell=tell)
