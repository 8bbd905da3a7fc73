"""How models, codebooks, codes and themes are shown on a terminal and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segmentary.interfaces.cli.output import percent, say, show, show_findings, show_prose, show_table

if TYPE_CHECKING:
    from segmentary.models.intervals import Interval
    from segmentary.models.voice.coding import Coded
    from segmentary.models.voice.theme_results import CodeShare, CountedMentions, CountedShares
    from segmentary.workspace.voices import KeptVoice

SHOWN = 10


def listed_document(one: KeptVoice) -> dict[str, Any]:
    """Return one line of the list as JSON values."""
    return {
        "name": one.name,
        "number": one.number,
        "version": one.version,
        "says": one.says,
        "labels": list(one.labels),
        "created_at": one.created_at,
    }


def voice_document(one: KeptVoice) -> dict[str, Any]:
    """Return a model or codebook with its card as JSON values."""
    return {**listed_document(one), "card": dict(one.card)}


def tried_document(one: Coded) -> dict[str, Any]:
    """Return one coded passage as JSON values."""
    from segmentary.models.voice.theme_results import as_json

    return dict(as_json(one))


def show_voice(one: KeptVoice, *, every: bool = False) -> None:
    """Show a model's card, or a codebook's codes."""
    from segmentary.models.table.findings import Finding

    card = one.card
    show(f"{one.label}: {one.says}, {len(one.labels)} labels", style="bold")
    if one.says == "codebook":
        show_codes(card["codebook"])
    else:
        show_model(card, every)
    show_findings([Finding.from_document(dict(f)) for f in card.get("findings", ())])


def show_codes(book: Mapping[str, Any]) -> None:
    """Show what each code looks for."""
    parts = ("words", "phrases", "patterns")
    show_table(
        ["code", "kind", "title", "looks for", "unless"],
        [
            [code["code"], section.removesuffix("s"), code.get("title"),
             ", ".join(one for part in parts for one in code.get(part, ())) or None,
             ", ".join(code.get("unless", ())) or None]
            for section in ("needs", "pains", "topics", "intents")
            for code in book.get(section, ())
        ],
    )  # fmt: skip


def show_model(card: Mapping[str, Any], every: bool) -> None:
    """Show how well a model does."""
    tests = [("texts left out in turn", card), *([("texts kept apart", card["test"])] if "test" in card else [])]
    rows = []
    for name, own in tests:
        rows.append([name, own["texts"], told(own["macro_f1"]), told(own["accuracy"]), told(own["sure"]),
                     told(own["right_when_sure"])])  # fmt: skip
        rows += [
            [f"  {rival.replace('_', ' ')}", None, figure(figures["macro_f1"]), figure(figures["accuracy"]), None, None]
            for rival, figures in own["baselines"].items()
        ]
    show_table(["judged on", "texts", "macro F1", "right", "sure of", "right when sure"], rows)
    for name, own in tests[1:]:
        if own["left_out"]:
            say(f"{own['left_out']:,} of the {name} stand among those it learnt from: they are left out")
    off = figure(card["calibration_error"])
    show(f"sure from a certainty of {figure(card['threshold'])} on; certainties are off by {off} on average")
    labels = sorted(card["per_label"], key=lambda label: label["f1"] or 0.0)
    show_table(
        ["label", "texts", "precision", "recall", "F1", "taken for"],
        [
            [
                one["label"],
                one["texts"],
                told(one["precision"]),
                told(one["recall"]),
                figure(one["f1"]),
                one["taken_for"],
            ]
            for one in (labels if every else labels[:SHOWN])
        ],
        title="all labels" if every else "the labels it does worst",
    )


def told(one: Mapping[str, Any]) -> str | None:
    """Return a figure with its interval."""
    if one["estimate"] is None:
        return None
    return f"{one['estimate']:.3f} ({one['low']:.3f} to {one['high']:.3f})"


def figure(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def show_passages(found: list[Coded]) -> None:
    """Show what one text was coded to."""
    if not found:
        say("nothing to code: there is no text")
    for one in found:
        show_table(
            ["", ""],
            [
                ["language", one.language or "cannot say"],
                ["sentiment", "cannot say" if one.sentiment is None else f"{one.sentiment:+.2f}"],
                *([kind, getattr(one, kind)] for kind in ("intent", "topic", "need", "pain") if getattr(one, kind)),
                ["certainty", "no code" if one.certainty is None else f"{one.certainty:.2f}"],
                ["quote", one.quote],
                ["because", ", ".join(f"{word} {weight:+.2f}" for word, weight in one.because) or None],
            ],
        )


def interval(one: Interval | None) -> str | None:
    """Return a share with its interval, in percent."""
    if one is None or math.isnan(one.estimate):
        return None
    return f"{100 * one.estimate:.1f}% ({100 * one.low:.1f} to {100 * one.high:.1f})"


def show_themes(found: CountedShares | CountedMentions) -> None:
    """Show codes with what was counted of them, their quotes, and what to keep in mind."""
    from segmentary.models.voice.theme_results import CountedMentions

    if isinstance(found, CountedMentions):
        show_table(
            ["", "theme", "participants", "passages"],
            [[one.kind, one.title, one.participants, one.passages] for one in found.codes],
            title=f"{found.source}: {found.participants:,} participants, {found.texts:,} passages",
            empty="no codes and no themes here",
        )
    else:
        show_table(
            ["", "theme", "people", f"share of {found.of}", "mood", *(["design effect"] if found.weighted else [])],
            [share_row(one, found) for one in found.codes],
            title=f"{found.source}: {found.people:,} people, {found.texts:,} texts",
            empty="no codes and no themes here",
        )
        show_segments(found)
    show("")
    for one in found.codes:
        for quote in one.quotes[:2]:
            show_prose(f"{one.title}: “{quote}”")
    show_agreement(found)
    for sentence in found.sentences:
        say(sentence)
    show_findings(found.findings)


def share_row(one: CodeShare, found: CountedShares) -> list[object]:
    """Return the row of one code."""
    if one.people is None:
        few = f"fewer than {found.suppressed_below}"
        return [one.kind, one.title, few, None, None, *([None] if found.weighted else [])]
    mood = one.sentiment
    said = (
        None if mood is None or math.isnan(mood.low) else f"{mood.estimate:+.2f} ({mood.low:+.2f} to {mood.high:+.2f})"
    )
    return [
        one.kind,
        one.title,
        one.people,
        interval(one.share),
        said,
        *([one.design_effect] if found.weighted else []),
    ]


def show_segments(found: CountedShares) -> None:
    """Show in which segments codes are named more and less than by everybody else."""
    rows = [
        [own.segment, code.title, interval(own.share), interval(own.others), own.verdict if own.p is None else
         f"{own.verdict} ({said_p(own.p)})"]
        for code in found.codes
        for own in code.segments
    ]  # fmt: skip
    if rows:
        show("")
        show_table(["segment", "theme", "of theirs", "of others'", "told apart"], rows)
        say("p-values are corrected for all these differences together (Holm)")


def said_p(p: float) -> str:
    """Return a p-value: none is nothing."""
    return "p < 0.001" if p < 0.001 else f"p {p:.3f}"


def show_agreement(found: CountedShares | CountedMentions) -> None:
    """Show how far the codes agree with people's."""
    one = found.agreement
    if one is None:
        return
    show("")
    show_table(
        ["texts coded by both", "the same", "Krippendorff's alpha", "Cohen's kappa", ""],
        [[one.texts, percent(one.same.estimate), plain(one.alpha), plain(one.kappa), one.verdict]],
    )


def plain(one: Interval | None) -> str | None:
    """Return a figure with its interval."""
    if one is None or math.isnan(one.estimate):
        return None
    return f"{one.estimate:.2f} ({one.low:.2f} to {one.high:.2f})"
