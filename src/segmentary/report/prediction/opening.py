"""What the report says first: what is predicted, how good that is, and when not to trust it."""

from __future__ import annotations

import math
from typing import Literal

from segmentary.models.predict.card import Measured, ModelCard
from segmentary.report.document import Answer, Part
from segmentary.report.numbers import count, money, percent, short_money
from segmentary.report.prediction import words
from segmentary.report.prediction.data import PredictionReportData
from segmentary.report.prediction.words import ended

Verdict = Literal["better", "not clear", "worse", "no rival", "untested"]
ORDERS = ("gini", "auc")
"""Figures that say how good an order is: the first there is stands in front."""
WORDS: dict[Verdict, tuple[str, Literal["good", "mixed", "caution"]]] = {
    "better": ("Better than the plain rule", "good"),
    "not clear": ("Not clearly better than the plain rule", "mixed"),
    "worse": ("The plain rule does better", "caution"),
    "no rival": ("Tested, without a plain rival", "mixed"),
    "untested": ("Not tested: use it with care", "caution"),
}
CODES: dict[str, Verdict] = {"worse_than_plain": "worse", "not_better_than_plain": "not clear"}
WEAK_AUC = 0.6
MOST_FINDINGS = 6


def principal(card: ModelCard) -> Measured | None:
    """Return the figure that says best how good it is; None: it was not tested."""
    known = [one for one in card.holdout if math.isfinite(one.estimate.estimate)]
    orders = [one for one in known if one.name in ORDERS]
    return next(iter([*orders, *known]), None)


def verdict(card: ModelCard) -> Verdict:
    """Say whether it beats the plain rival: by the paired difference where the card has it, else by the interval."""
    one = principal(card)
    if one is None:
        return "untested"
    for finding in card.findings:
        if finding.code in CODES:
            return CODES[finding.code]
    if one.baseline is None or not math.isfinite(one.baseline):
        return "no rival"
    near, far = (
        (one.estimate.low, one.estimate.high) if one.better == "higher" else (-one.estimate.high, -one.estimate.low)
    )
    rival = one.baseline if one.better == "higher" else -one.baseline
    if not math.isfinite(near):
        return "not clear"
    return "better" if near > rival else "worse" if far < rival else "not clear"


def answer(data: PredictionReportData) -> Answer:
    """Return the first sentence: how good, with figure, interval and rival."""
    card = data.card
    found = verdict(card)
    word, tone = WORDS[found]
    one = principal(card)
    if one is None:
        sentence = f"{ended(card.target)} It has not been tested on anything it had not seen."
    else:
        sentence = how_good(card, one)
        if found == "no rival" and card.kind == "lookalike":
            weak = one.name == "auc" and one.estimate.estimate < WEAK_AUC
            word, tone = ("Hardly told apart", "caution") if weak else ("A rank of likeness", "good")
    doubts = [f for f in card.findings if f.level != "note"]
    doubt = ended(doubts[0].message.partition(". ")[0]) if doubts else ""
    return Answer(word, tone, sentence, words.upper(words.DECISION[card.kind]), doubt)


def how_good(card: ModelCard, one: Measured) -> str:
    """Say in one sentence how good it is."""
    i = one.estimate
    where = "On people left out,"
    if card.test_cutoff is not None:
        where = f"In the time after {card.test_cutoff:%-d %B %Y}, which it had not seen,"
    rival = "" if one.baseline is None or not math.isfinite(one.baseline) else one.baseline_name
    if one.name == "auc":
        pair = {
            "lookalike": "of two people, one of the seed and one not,",
            "churn": "of two people, one who went and one who stayed,",
            "next": "of two people, one who bought and one who did not,",
        }.get(card.kind, "of two people, one who did it and one who did not,")
        ends = f" ({i.low * 100:.1f} to {percent(i.high)})" if math.isfinite(i.low) else ""
        said = f"{where} {pair} it put the right one first in {percent(i.estimate)} of cases{ends}"
        return f"{said}; by “{rival}” it is {percent(one.baseline)}." if rival else f"{said}; a coin has 50%."
    if one.name == "gini":
        ends = f" ({i.low * 100:.1f} to {percent(i.high)})" if math.isfinite(i.low) else ""
        said = f"{where} its order of customers by money came {percent(i.estimate)} of the way"
        said += f" from chance to perfect{ends}"
        return f"{said}; “{rival}” came {percent(one.baseline)} of the way." if rival else f"{said}."
    kind = words.form_of(one)
    said = f"{where} {one.title[:1].lower()}{one.title[1:]}: {words.with_ends(i, kind, '')}"
    return f"{said}; “{rival}”: {words.said(one.baseline, kind, '')}." if rival else f"{said}."


def about(data: PredictionReportData) -> str:
    """Return the line below the title."""
    card = data.card
    told = [f"{data.name} {data.label}"]
    if card.horizon_days:
        told.append(f"the next {count(card.horizon_days)} days")
    told.append(f"data from {card.data_from} until {card.data_until}")
    told.append("not scored yet" if data.scores is None else f"scored as of {data.scores.as_of}")
    return " · ".join([*told, *([f"for {data.generated_for}"] if data.generated_for else [])])


def tiles(data: PredictionReportData) -> tuple[tuple[str, str, str], ...]:
    """Return the big numbers."""
    card, found = data.card, []
    one = principal(card)
    if one is not None:
        kind = words.form_of(one)
        note = "" if one.baseline is None else f"plain rival {words.said(one.baseline, kind, data.currency)}"
        found.append(
            (
                one.name.upper() if one.name == "auc" else words.upper(one.name),
                words.said(one.estimate.estimate, kind, data.currency),
                note,
            )
        )
    if data.values:
        total = data.values[0].value
        found.append(
            (
                f"worth in the next {card.horizon_days} days",
                short(total.estimate, data),
                f"{short(total.low, data)} to {short(total.high, data)}",
            )
        )
    elif data.scores is not None and not data.small(data.scores.everybody.people):
        everybody = data.scores.everybody
        if data.unit == "money":
            found.append(
                (
                    f"expected in the next {card.horizon_days} days",
                    short(everybody.total, data),
                    "the sum over customers",
                )
            )
        elif data.unit == "share":
            did = "will go, it expects" if card.kind == "churn" else "will do it, it expects"
            found.append((did, count(everybody.total), f"of {count(everybody.people)} scored"))
    events = (
        ""
        if card.positives is None or data.small(card.positives)
        else f"of whom it happened to {count(card.positives)}"
    )
    if card.kind == "lookalike" and events:
        events = f"of whom {count(card.positives or 0)} are the seed"
    several = len(card.cutoffs) > 1 and card.kind != "clv"
    found.append(
        ("fitted on, people and moments" if several else "people it was fitted on", count(card.people), events)
    )
    if data.scores is not None and not data.small(data.scores.everybody.people):
        found.append(("people with a score", count(data.scores.everybody.people), f"as of {data.scores.as_of}"))
    return tuple(found)


def short(value: float, data: PredictionReportData) -> str:
    """Return a large amount for a small place."""
    if not math.isfinite(value):
        return "–"
    return short_money(value, data.currency) if data.currency else count(value)


def headlines(data: PredictionReportData) -> tuple[str, ...]:
    """Return what to know first: what is predicted, who it is about, what weighs most."""
    card = data.card
    found = [f"What it says: {card.target[:1].lower()}{card.target[1:].rstrip('.')}."]
    if card.features:
        found.append(rests(data))
    if data.scores is None:
        found.append(f"Nobody has been scored yet: `segmentary predict score {data.name}`.")
    elif data.scores.tenths and data.unit == "money":
        top, everybody = data.scores.tenths[0], data.scores.everybody
        if everybody.total > 0 and not data.small(top.people):
            share = percent(top.total / everybody.total, digits=0)
            mean = money(top.mean, data.currency) if data.currency else count(top.mean)
            found.append(
                f"The best tenth of customers ({count(top.people)} people, {mean} each) hold {share} "
                "of what is expected."
            )
    if data.total is not None:
        found.append(ended(data.total.sentence))
    return tuple(found)


def rests(data: PredictionReportData) -> str:
    """Say what weighs most."""
    from segmentary.report.prediction.resting import merged

    top = merged(data.card.features)[:2]
    told = [f"{one.title[:1].lower()}{one.title[1:]} ({percent(one.importance, digits=0)})" for one in top]
    return f"It rests most on {' and '.join(told)}."


def limits(data: PredictionReportData) -> Part:
    """Return the box of when not to trust it, with what was noticed about the data."""
    card = data.card
    told = [*(ended(f.message) for f in card.findings if f.level != "note"), *map(ended, card.limits)]
    if not card.holdout:
        told.insert(0, "It has not been tested on anything it had not seen.")
    notes = [ended(f.message) for f in card.findings if f.level == "note"]
    more = len(notes) - MOST_FINDINGS
    kept = notes[:MOST_FINDINGS] + ([f"{count(more)} more notes stand in the workbook."] if more > 0 else [])
    return Part("limits", "When not to trust it", tuple(dict.fromkeys(told)), notes=tuple(dict.fromkeys(kept)))
