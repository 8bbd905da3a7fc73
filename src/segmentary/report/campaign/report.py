"""The report of a campaign: one page, its charts, a workbook; the same figures in all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from segmentary.measurement.campaign.result import CampaignResult
from segmentary.models.progress import Tell, quiet
from segmentary.report.campaign import parts
from segmentary.report.campaign.words import TERMS
from segmentary.report.document import Answer, Document, Part, parts_of
from segmentary.report.experiment.words import change
from segmentary.report.files import DocumentFiles, Form, write
from segmentary.report.numbers import count, money, percent

WORDS = {
    "worked": "It worked", "did harm": "It did harm", "did not": "It did not", "not clear": "Not clear",
    "it depends": "It depends on the segment", "no verdict": "No verdict",
}  # fmt: skip
TONES: dict[str, Literal["good", "mixed", "caution"]] = {
    "worked": "good",
    "did harm": "caution",
    "no verdict": "caution",
}
FORMS: tuple[Form, ...] = ("html", "charts", "xlsx")


def campaign_document(found: CampaignResult, *, generated_for: str = "", below: int = 11) -> Document:
    """Return the report as a document. below : groups of fewer people are hidden."""
    whole = found.reached()
    about = [f"{count(whole.people)} people drawn to be written to"]
    held = found.held_out().people
    about += [f"{count(held)} held out"] if held else []
    about += [f"as of {found.as_of:%Y-%m-%d}", *([f"for {generated_for}"] if generated_for else [])]
    return Document(
        "campaign",
        f"Campaign: {found.campaign.replace('_', ' ')}",
        " · ".join(about),
        answer(found),
        tiles(found),
        headlines(found),
        parts_of(
            parts.changed(found, below),
            parts.money(found, below),
            parts.reached(found, below),
            parts.over_time(found),
            parts.who(found, below),
            parts.variants(found),
            parts.stayed(found, below),
            parts.made(found),
            Part("glossary", "What the words mean", terms=TERMS),
        ),
        found.currency,
        below,
    )


def answer(found: CampaignResult) -> Answer:
    """Return what the report says first."""
    word = "What it changed cannot be said" if found.refusal and not found.peeking else WORDS[found.word]
    meaning = parts.sentence(found.needed)
    if not meaning:
        primary = found.metric.split(" = ")[0]
        worked, harmed = (named(found, primary, word) for word in ("worked", "did harm"))
        said = [f"do it again in {', '.join(worked)}"] if worked else []
        said += [f"stop it in {', '.join(harmed)}"] if harmed else []
        meaning = parts.sentence("; ".join(said))
    doubts = "; ".join(one.message for one in found.findings if one.level == "warning")
    tone = TONES.get(found.word, "mixed")
    return Answer(word, tone, parts.sentence(found.sentence), meaning, parts.sentence(doubts))


def named(found: CampaignResult, metric: str, word: str) -> list[str]:
    """Return the segments of a word, with the arm where there are several."""
    lines = [one for one in found.lifts if one.metric == metric and one.segment]
    several = len({one.arm for one in lines}) > 1
    return [f"{one.segment} ({one.arm})" if several else one.segment for one in lines if one.word == word]


def headlines(found: CampaignResult) -> tuple[str, ...]:
    """Return one line per segment, in the words of its verdict."""
    primary = found.metric.split(" = ")[0]
    lines = [one for one in found.lifts if one.metric == primary and one.segment]
    return tuple(parts.sentence(one.sentence) for one in lines[:8])


def tiles(found: CampaignResult) -> tuple[tuple[str, str, str], ...]:
    """Return the big numbers: lift, orders and money it brought, its cost, who left."""
    made = []
    primary = found.metric.split(" = ")[0]
    whole_lifts = [one for one in found.lifts if one.metric == primary and not one.segment]
    for lift in whole_lifts[:2]:
        ends = f"95% interval {change(lift.effect.low, lift.kind)} to {change(lift.effect.high, lift.kind)}"
        about = f"lift of {primary}" if len(whole_lifts) == 1 else f"{primary}, {lift.arm}"
        made.append((about, change(lift.effect.estimate, lift.kind), ends))
    orders = found.lift("orders")
    if orders is not None and len(whole_lifts) == 1:
        made.append(("orders it brought", f"{orders.total.estimate:+,.0f}",
                     f"{orders.total.low:+,.0f} to {orders.total.high:+,.0f}"))  # fmt: skip
    whole = found.reached()
    if found.money:
        made.append(("cost", money(float(whole.cost), found.currency), f"{count(whole.sent)} messages"))
    made.append(("got it", count(whole.reachable), f"of {count(whole.people)} drawn"))
    clicked = whole.share("clicked")
    if clicked is not None:
        made.append(("clicked", percent(clicked.estimate), f"{count(whole.clicked)} people, programs apart"))
    left = whole.share("unsubscribed")
    if left is not None:
        made.append(("unsubscribed", percent(left.estimate), f"{count(whole.unsubscribed)} people"))
    return tuple(made)


def render_campaign(
    found: CampaignResult,
    folder: Path,
    *,
    generated_for: str = "",
    below: int = 11,
    forms: Sequence[Form] | None = None,
    tell: Tell = quiet,
) -> DocumentFiles:
    """Write ``campaign.html``, ``campaign.xlsx``, charts, and PDF and slides where their packages are there."""
    return write(campaign_document(found, generated_for=generated_for, below=below), folder, forms=forms, tell=tell)
