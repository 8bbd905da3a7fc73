"""The report of what customers say: what they need first, then how they feel, who says it more, in which words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segmentary.models.progress import Tell, quiet
from segmentary.models.voice.theme_results import CodeShare, CountedShares
from segmentary.report.document import Answer, Document, Part, parts_of
from segmentary.report.files import DocumentFiles, Form, write
from segmentary.report.numbers import count
from segmentary.report.voices import counted, over_time
from segmentary.report.voices.data import VoicesData

TERMS: tuple[tuple[str, str], ...] = (
    ("Code", "A need, pain point, topic or intent that a codebook or a trained model finds in a text."),
    ("Theme", "Words that come together in many texts, and again in halves of them; nobody wrote a code for it."),
    ("Mood", "-1 very bad to 1 very good, by the words of a small lexicon or by a trained model."),
    ("Share", "Of the people who answered or wrote there, never of all customers."),
    ("95% interval", "The range of true values that fit the data."),
    (
        "p (corrected)",
        "All differences of a table together have a chance of at most 5% of even one false claim (Holm).",
    ),
    (
        "Design effect",
        "How much wider weights and clusters make intervals: 2 is as if half as many people had answered.",
    ),
    ("Interviews", "Few people, chosen for what they have to say: counts of participants and quotes, no percentages."),
)


def voices_document(data: VoicesData) -> Document:
    """Return the report as a document: what every form is written from."""
    about = [f"as of {data.as_of}"] if data.as_of else []
    about += [f"for {data.generated_for}"] if data.generated_for else []
    return Document(
        "voices",
        "What customers say",
        " · ".join(about),
        answer(data),
        tiles(data),
        headlines(data),
        parts_of(
            *(counted.shares(found, place) for place, found in enumerate(data.shares, 1)),
            over_time.moods(data),
            *(counted.mentions(found, place) for place, found in enumerate(data.interviews, 1)),
            unanswered(data),
            Part("glossary", "What the words mean", terms=TERMS),
        ),
        "",
        data.below,
    )


def most_named(data: VoicesData) -> tuple[CountedShares, CodeShare] | None:
    """Return the need, pain point or else any code most people name."""
    named = sorted(
        data.shown(), key=lambda one: (one[1].kind not in ("need", "pain"), -(one[1].people or 0), one[1].code)
    )
    return named[0] if named else None


def answer(data: VoicesData) -> Answer:
    """Return what the report says first."""
    first = most_named(data)
    if first is None:
        if data.interviews and data.interviews[0].codes:
            top = data.interviews[0].codes[0]
            sentence = f"{top.title}: {count(top.participants)} participants of interviews speak of it."
            return Answer("Heard in interviews", "mixed", sentence, data.interviews[0].sentences[0], "")
        return Answer("Nothing to count", "caution", "No code and no theme is named by enough people.", "", "")
    found, one = first
    share = one.share
    said = f"{share.estimate:.0%} ({share.low:.0%} to {share.high:.0%})" if share is not None else ""
    sentence = f"{one.title}: {count(one.people or 0)} of {count(found.people)} {found.of} name it, {said}."
    if one.quotes:
        sentence += f" In their words: “{one.quotes[0]}”"
    return Answer("Most named", "good", sentence, "", found.sentences[0] if found.sentences else "")


def tiles(data: VoicesData) -> tuple[tuple[str, str, str], ...]:
    """Return the big numbers."""
    texts = sum(one.texts for one in data.shares) + sum(one.texts for one in data.interviews)
    found = [("texts", count(texts), "messages, answers and interview passages")]
    tests = [own for _, one in data.shown() for own in one.segments if own.p is not None]
    if tests:
        clear = [one for one in tests if one.verdict in ("more", "less")]
        found.append(("clear differences", count(len(clear)), f"of {count(len(tests))} between segments"))
    known = [one for one in data.moods if one.people >= data.below]
    if known:
        last = known[-1]
        found.append(("in a bad mood", f"{last.negative.estimate:.0%}", f"of who wrote in {last.month}"))
    return tuple(found)


def headlines(data: VoicesData) -> tuple[str, ...]:
    """Return the sentences to know first: who names what more than everybody else."""
    clear = [
        (own, one) for _, one in data.shown() for own in one.segments if own.verdict == "more" and own.share is not None
    ]
    clear.sort(key=lambda pair: pair[0].p if pair[0].p is not None else 1.0)
    return tuple(
        f"{own.segment}: {one.title} is named by {own.share.estimate:.0%},"
        f" by {own.others.estimate:.0%} of everybody else."
        for own, one in clear[:3]
        if own.share is not None and own.others is not None
    )


def unanswered(data: VoicesData) -> Part | None:
    """Return what cannot be said, with the reasons."""
    return Part("unanswered", "What could not be said", data.unanswered) if data.unanswered else None


def render_voices(
    data: VoicesData, folder: Path, *, forms: Sequence[Form] | None = None, tell: Tell = quiet
) -> DocumentFiles:
    """Write ``voices.html``, ``.xlsx``, ``.pdf``, ``.pptx`` and ``charts/`` into a folder, the same figures in all.

    forms : None: all whose optional packages are installed.

    Raises
    ------
    UsageError : a form asked for by name does not exist, or its optional package is not installed.
    """
    return write(voices_document(data), folder, forms=forms, tell=tell)
