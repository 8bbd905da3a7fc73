"""The report of an experiment, and of a campaign that was none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from segmentary.measurement.experiment.analysis import Analysis
from segmentary.measurement.experiment.observational import LABEL, Observed
from segmentary.measurement.uplift.uplift import Uplift
from segmentary.models.intervals import Interval
from segmentary.models.progress import Tell, quiet
from segmentary.report.charts import dots
from segmentary.report.document import Answer, Document, Field, Figure, Grid, Part, Value, parts_of
from segmentary.report.experiment import helped, parts
from segmentary.report.experiment.words import OBSERVED_TERMS, TERMS, change
from segmentary.report.files import DocumentFiles, Form, write
from segmentary.report.numbers import count

WORDS = {
    "works": "It works", "harms": "It harms", "no difference": "No difference that matters", "not clear": "Not clear",
    "no verdict": "No verdict yet",
}  # fmt: skip
TONES: dict[str, Literal["good", "mixed", "caution"]] = {"works": "good", "harms": "caution", "no difference": "mixed"}


def experiment_document(
    found: Analysis,
    *,
    helps: Sequence[Uplift] = (),
    generated_for: str = "",
    currency: str = "",
    below: int = 11,
) -> Document:
    """Return the report of an experiment as a document.

    helps : whom its arms help, where that was asked. below : segments of fewer people are hidden.
    """
    plan = found.plan
    people = sum(found.sample_ratio.counts.values())
    about = [f"{count(people)} people in {count(len(plan.arms))} arms", f"as of {found.as_of:%Y-%m-%d}"]
    about += [f"for {generated_for}"] if generated_for else []
    return Document(
        "experiment",
        f"Experiment: {plan.name.replace('_', ' ')}",
        " · ".join(about),
        answer(found),
        tiles(found),
        (plan.hypothesis,) if plan.hypothesis else (),
        parts_of(
            parts.split(found),
            parts.overall(found),
            parts.segments(found, below),
            parts.money(found),
            *(helped.helps(one, below) for one in helps),
            parts.looked(found),
            parts.made(found),
            Part("glossary", "What the words mean", terms=(*TERMS, *(helped.TERMS if helps else ()))),
        ),
        currency,
        below,
    )


def answer(found: Analysis) -> Answer:
    """Return what the report says first."""
    if found.blocked:
        hint = next((one.hint for one in found.findings if one.level == "refusal"), "")
        return Answer("Nothing can be read", "caution", parts.sentence(found.sentence), parts.sentence(hint))
    primary = [one for one in found.overall if one.role == "primary"]
    said = {one.verdict.word for one in primary}
    word = WORDS.get(primary[0].verdict.word, "Not clear") if len(said) == 1 else "It depends on the arm"
    tone = TONES.get(primary[0].verdict.word, "mixed") if len(said) == 1 else "mixed"
    differ = [one.sentence for one in found.differences if one.interaction.found]
    meaning = parts.sentence("; ".join(differ)) if differ else ""
    doubts = [one.message for one in found.findings if one.level == "warning"]
    doubts += [one.verdict.sentence for one in found.overall if one.role == "guardrail" and one.verdict.word != "holds"]
    return Answer(word, tone, parts.sentence(found.sentence), meaning, parts.sentence("; ".join(doubts)))


def tiles(found: Analysis) -> tuple[tuple[str, str, str], ...]:
    """Return the big numbers: the primary difference of each arm."""
    made = []
    for one in found.overall:
        if one.role == "primary" and one.deciding is not None:
            effect = one.deciding
            ends = f"95% interval {change(effect.low, one.kind)} to {change(effect.high, one.kind)}"
            made.append((f"{one.metric}, {one.arm}", change(effect.estimate, one.kind), ends))
    people = sum(found.sample_ratio.counts.values())
    return (*made[:4], ("people", count(people), "everybody as assigned"))


def observed_document(seen: Observed, *, generated_for: str = "", currency: str = "", below: int = 11) -> Document:
    """Return the report of a campaign nobody drew by lot: who was contacted, and before beside after."""
    about = [
        f"{count(seen.people)} people",
        f"as of {seen.as_of:%Y-%m-%d}",
        *([generated_for] if generated_for else []),
    ]
    rows: tuple[tuple[Value, ...], ...] = tuple((arm or "not said", n) for arm, n in seen.arms.items())
    who = Part(
        "who", "Who was contacted", (), (), (),
        (Grid("Arms", "People by arm", (Field("Arm"), Field("People", "count")), rows),), open_grids=True,
    )  # fmt: skip
    return Document(
        "experiment",
        f"Campaign: {seen.campaign}",
        " · ".join(about),
        Answer("What it changed cannot be said", "caution", parts.sentence(seen.refusal), parts.sentence(seen.needed)),
        (("people", count(seen.people), LABEL),),
        (),
        parts_of(who, beside(seen), Part("glossary", "What the words mean", terms=OBSERVED_TERMS)),
        currency,
        below,
    )


def beside(seen: Observed) -> Part | None:
    """Return before beside after, contacted beside similar people."""
    if not seen.groups:
        return None
    drawn = [
        dots.Dot(one.group, value.estimate, value.low, value.high, f"{value.estimate:,.2f}", True, when)
        for one in seen.groups
        for when, value in (("before", one.before), ("after", one.after))
    ]
    title = "Before and after, contacted and similar people"
    note = f"{LABEL.capitalize()}: means per person with 95% intervals; {seen.metric}."
    figure = Figure(
        "beside", title, note, lambda width: dots.chart(drawn, title, note, form=",.2~f", zero=False, width=width)
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.group, one.people, mean(one.before), mean(one.after)) for one in seen.groups
    )
    fields = (Field("Group"), Field("People", "count"), Field("Before", "number"), Field("After", "number"))
    left = (
        f"{count(seen.unmatched)} people are like nobody who was not contacted, and left out." if seen.unmatched else ""
    )
    lead = (parts.sentence(seen.sentence.partition("; ")[2]), *([left] if left else []))
    return Part(
        "beside", f"Before and after ({LABEL})", lead, (), (figure,), (Grid("Before and after", title, fields, rows),)
    )


def mean(value: Interval) -> Interval:
    return value


def render_experiment(
    found: Analysis | Observed,
    folder: Path,
    *,
    helps: Sequence[Uplift] = (),
    generated_for: str = "",
    currency: str = "",
    below: int = 11,
    forms: Sequence[Form] | None = None,
    tell: Tell = quiet,
) -> DocumentFiles:
    """Write ``experiment.html``, ``.xlsx``, ``.pdf``, ``.pptx`` and ``charts/``, the same figures in all."""
    given: dict[str, str] = {"generated_for": generated_for, "currency": currency}
    document = (
        experiment_document(found, helps=helps, below=below, **given)
        if isinstance(found, Analysis)
        else observed_document(found, below=below, **given)
    )
    return write(document, folder, forms=forms, tell=tell)
