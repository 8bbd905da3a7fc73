"""The report of a prediction: how good, when not to trust it, what it rests on, whom it speaks of now, its card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segmentary.models.progress import Tell, quiet
from segmentary.report.document import Document, Part, parts_of
from segmentary.report.files import DocumentFiles, Form, write
from segmentary.report.prediction import judging, making, opening, present, ranking, resting, valuing, words
from segmentary.report.prediction.data import PredictionReportData


def prediction_document(data: PredictionReportData) -> Document:
    """Return the report as a document: what every form is written from."""
    rank = data.card.kind == "lookalike"
    return Document(
        "prediction",
        f"{words.TITLES[data.card.kind]}: {data.name.replace('_', ' ')}",
        opening.about(data),
        opening.answer(data),
        opening.tiles(data),
        opening.headlines(data),
        parts_of(
            opening.limits(data),
            judging.holdout(data),
            judging.calibration(data),
            valuing.purchases(data),
            ranking.gain(data),
            ranking.seed(data),
            valuing.total(data),
            resting.rests(data),
            valuing.worth(data),
            present.spread(data),
            present.segments(data),
            present.drift(data),
            unanswered(data),
            making.making(data),
            making.features(data),
            Part("glossary", "What the words mean", terms=words.RANK_TERMS if rank else words.TERMS),
        ),
        data.currency,
        data.below,
    )


def unanswered(data: PredictionReportData) -> Part | None:
    """Return what belongs here and cannot be said, with the reasons."""
    reasons = tuple(words.ended(one) for one in data.unanswered)
    return Part("unanswered", "What could not be said", reasons) if reasons else None


def render_prediction(
    data: PredictionReportData, folder: Path, *, forms: Sequence[Form] | None = None, tell: Tell = quiet
) -> DocumentFiles:
    """Write ``prediction.html``, ``.xlsx``, ``.pdf``, ``.pptx`` and ``charts/`` into a folder, the same figures in all.

    forms : None: all whose optional packages are installed.

    Raises
    ------
    UsageError : a form asked for by name does not exist, or its optional package is not installed.
    """
    return write(prediction_document(data), folder, forms=forms, tell=tell)
