"""The report of one solution: verdict first, then the segments, then how far to trust them and how to use them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segmentary.models.discover.solution import Solution
from segmentary.models.progress import Tell, quiet
from segmentary.report.discovery import descriptors, how_many, making, opening, segments, trust, using, words
from segmentary.report.discovery.extras import Cloud, Extras
from segmentary.report.discovery.shown import Shown
from segmentary.report.document import Document, parts_of
from segmentary.report.files import DocumentFiles, Form, write
from segmentary.report.numbers import count


def discovery_document(
    solution: Solution,
    *,
    currency: str = "",
    generated_for: str = "",
    extras: Extras = Extras(),  # noqa: B008 - frozen and empty
    below: int = 11,
) -> Document:
    """Return the report as a document: what every form is written from.

    below : groups of fewer people are hidden, with what would give them away.
    """
    shown = Shown(solution, below)
    title = f"Segments: {solution.name.replace('_', ' ')}"
    about = [
        f"{opening.number_of(solution.k)} of {count(solution.fit.people)} people",
        words.method(solution.fit.method),
    ]
    about += [f"as of {solution.fit.as_of[:16].replace('T', ' ')}"] if solution.fit.as_of else []
    about += [f"for {generated_for}"] if generated_for else []
    return Document(
        "discovery",
        title,
        " · ".join(about),
        opening.answer(shown),
        opening.tiles(shown, extras),
        opening.headlines(shown),
        parts_of(
            segments.cards(shown),
            segments.profile(shown),
            segments.separated(shown, extras.cloud),
            how_many.part(shown),
            trust.part(shown, extras),
            descriptors.part(shown),
            using.rules(shown),
            using.typing(extras.questions, shown),
            making.part(shown),
            making.glossary(),
        ),
        currency,
        below,
    )


def render_discovery(
    solution: Solution,
    folder: Path,
    *,
    currency: str = "",
    generated_for: str = "",
    separation: Cloud | None = None,
    extras: Extras = Extras(),  # noqa: B008 - frozen and empty
    below: int = 11,
    forms: Sequence[Form] | None = None,
    tell: Tell = quiet,
) -> DocumentFiles:
    """Write ``discovery.html``, ``.xlsx``, ``.pdf``, ``.pptx`` and ``charts/`` into a folder, the same figures in all.

    separation : people on two axes; without it (and without one in extras) there is no separation plot.
    generated_for : whom it is for, said below the title. forms : None: all whose optional packages are installed.

    Raises
    ------
    UsageError : a form asked for by name does not exist, or its optional package is not installed.
    """
    if separation is not None:
        extras = Extras(separation, extras.slsw, extras.across, extras.typing)
    document = discovery_document(solution, currency=currency, generated_for=generated_for, extras=extras, below=below)
    return write(document, folder, forms=forms, tell=tell)
