"""Reading an experiment: were people split as planned, what changed overall, and only then what in which segment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from segmentary.measurement.experiment.cuped import Cuped, cuped
from segmentary.measurement.experiment.effects import Effect, Kind, effect, newcombe
from segmentary.measurement.experiment.incremental import Incremental, incremental
from segmentary.measurement.experiment.metrics import Metric
from segmentary.measurement.experiment.per_segment import Interaction, Shrunken, family, interaction, shrunken
from segmentary.measurement.experiment.plan import Plan
from segmentary.measurement.experiment.sample_ratio import CHECK, SampleRatio, by_segment, sample_ratio
from segmentary.measurement.experiment.sums import Cell, Sums, over_segments, within
from segmentary.measurement.experiment.verdict import Verdict, span, verdict
from segmentary.models.intervals import benjamini_hochberg, holm
from segmentary.models.table.findings import Finding

Counted = Sequence[Mapping[Cell, Sums]]
"""For each metric of the plan the sums of every segment and arm."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against the control arm: one metric, everybody (segment empty) or one segment.

    raw : as measured; cuped : adjusted for the metric before; winsorised : with the largest values cut; newcombe :
    interval of a share that holds for rare events too. p : adjusted for the other questions asked (Holm over arms for
    the primary metric, Benjamini-Hochberg for the others and over segments x metrics). shrunken : of a segment.
    """

    segment: str
    arm: str
    metric: str
    role: str
    kind: Kind
    raw: Effect | None
    cuped: Cuped | None
    winsorised: Effect | None
    newcombe: tuple[float, float] | None
    deciding: Effect | None
    p: float | None
    shrunken: Shrunken | None
    verdict: Verdict

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "segment": self.segment,
            "arm": self.arm,
            "metric": self.metric,
            "role": self.role,
            "kind": self.kind,
            "raw": self.raw.to_document() if self.raw else None,
            "cuped": self.cuped.to_document() if self.cuped else None,
            "winsorised": self.winsorised.to_document() if self.winsorised else None,
            "newcombe": list(self.newcombe) if self.newcombe else None,
            "p": self.p,
            "shrunken": self.shrunken.to_document() if self.shrunken else None,
            "verdict": self.verdict.to_document(),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """Whether the segments differ in what an arm did to a metric."""

    arm: str
    metric: str
    interaction: Interaction
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"arm": self.arm, "metric": self.metric, **self.interaction.to_document(), "sentence": self.sentence}


@dataclass(frozen=True, slots=True)
class Analysis:
    """An experiment, read once.

    blocked : the arms are not split as planned; nothing else is said. peeking : read before its day: no verdict.
    overall : every arm and metric; segments : the same in each segment; differences : whether segments differ.
    looks : the primary figure at every look so far.
    """

    plan: Plan
    as_of: dt.datetime
    sample_ratio: SampleRatio
    segment_ratios: tuple[SampleRatio, ...]
    blocked: bool
    peeking: bool
    overall: tuple[Comparison, ...]
    segments: tuple[Comparison, ...]
    differences: tuple[Difference, ...]
    incremental: tuple[Incremental, ...]
    findings: tuple[Finding, ...]
    cuts: dict[str, float | None]
    sums: dict[str, dict[str, dict[str, Sums]]]
    sentence: str
    looks: tuple[dict[str, Any], ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "experiment": self.plan.name,
            "hypothesis": self.plan.hypothesis,
            "as_of": self.as_of.isoformat(),
            "experimental": True,
            "randomised": self.plan.randomised,
            "look": self.plan.look.kind,
            "sentence": self.sentence,
            "blocked": self.blocked,
            "peeking": self.peeking,
            "sample_ratio": self.sample_ratio.to_document(),
            "segment_ratios": [one.to_document() for one in self.segment_ratios],
            "overall": [one.to_document() for one in self.overall],
            "differences": [one.to_document() for one in self.differences],
            "segments": [one.to_document() for one in self.segments],
            "incremental": [one.to_document() for one in self.incremental],
            "winsorised_at": self.cuts,
            "looks": list(self.looks),
            "findings": [one.to_document() for one in self.findings],
        }


def analyse(
    plan: Plan,
    counted: Counted,
    cut: Counted,
    *,
    as_of: dt.datetime,
    cuts: Mapping[str, float | None] | None = None,
    peeking: bool = False,
    planned: Mapping[str, Mapping[str, float]] | None = None,
    findings: Sequence[Finding] = (),
) -> Analysis:
    """Read an experiment from its sums.

    counted, cut : sums per metric, raw and winsorised. planned : shares by segment where the plan has others.
    """
    people = {cell: sums.people for cell, sums in counted[0].items()}
    totals = {arm: sums.people for arm, sums in over_segments(counted[0]).items()}
    ratio = sample_ratio(totals, plan.shares)
    named = sorted({segment for segment, _ in people})
    ratios = by_segment(people, plan.shares, planned) if len(named) > 1 else []
    sums = {
        metric.name: {segment: within(cells, segment) for segment in named}
        for metric, cells in zip(plan.metrics, counted, strict=True)
    }
    found = list(findings) + warnings(ratios, plan, counted)
    if ratio.mismatch:
        sentence = f"nothing can be read: {ratio.sentence}"
        blocked = Finding("sample_ratio", "refusal", sentence, CHECK)
        return Analysis(
            plan, as_of, ratio, tuple(ratios), True, peeking, (), (), (), (), (*found, blocked), dict(cuts or {}), sums,
            sentence,
        )  # fmt: skip
    overall = judged(plan, [compared(plan, m, "", over_segments(c), over_segments(w)) for m, c, w in
                            zip(plan.metrics, counted, cut, strict=True)], peeking)  # fmt: skip
    split = [
        compared(plan, m, segment, within(c, segment), within(w, segment))
        for m, c, w in zip(plan.metrics, counted, cut, strict=True)
        for segment in named
    ]
    parts = [one for group in split for one in group] if len(named) > 1 else []
    differences = differing(plan, parts)
    segments = per_segment(plan, parts, differences, peeking)
    found += imbalances(overall)
    brought = () if peeking else tuple(totalled(plan, overall))
    return Analysis(
        plan, as_of, ratio, tuple(ratios), False, peeking, tuple(overall), tuple(segments), tuple(differences), brought,
        tuple(found), dict(cuts or {}), sums, opening(overall, peeking),
    )  # fmt: skip


def compared(
    plan: Plan, metric: Metric, segment: str, arms: Mapping[str, Sums], cut: Mapping[str, Sums]
) -> list[Comparison]:
    """Compare every arm with the control arm, without a verdict yet."""
    control, found = arms.get(plan.control, Sums()), []
    share = all(one.share for one in arms.values())
    kind = metric.kind(share=share)
    for arm in plan.treatments:
        treated = arms.get(arm, Sums())
        raw = effect(treated, control, kind, look=plan.look)
        adjusted = cuped(treated, control, raw=raw, look=plan.look) if kind != "ratio" else None
        trimmed = effect(cut.get(arm, Sums()), cut.get(plan.control, Sums()), kind, look=plan.look)
        deciding = adjusted.effect if plan.adjusted and adjusted is not None else raw
        # Newcombe's interval is for one look; a sequence has none of its own for shares.
        once = kind == "share" and plan.look.kind == "single"
        beside = newcombe(treated, control, level=plan.look.level) if once else None
        found.append(
            Comparison(
                segment,
                arm,
                metric.name,
                metric.role,
                kind,
                raw,
                adjusted,
                trimmed if kind == "mean" else None,
                beside,
                deciding,
                deciding.p if deciding else None,
                None,
                Verdict("no verdict", ""),
            )
        )
    return found


def metric_of(plan: Plan, name: str) -> Metric:
    return next(one for one in plan.metrics if one.name == name)


def judged(plan: Plan, groups: Sequence[Sequence[Comparison]], peeking: bool) -> list[Comparison]:
    """Return the overall comparisons with their verdicts: Holm over arms of the primary, BH over the secondary."""
    flat = [one for group in groups for one in group]
    adjusted: dict[int, float] = {}
    for role, correct in (("primary", holm), ("secondary", benjamini_hochberg)):
        held = [i for i, one in enumerate(flat) if one.role == role and one.p is not None]
        adjusted |= dict(zip(held, correct([flat[i].p or 0.0 for i in held]), strict=True))
    found = []
    for number, one in enumerate(flat):
        p = adjusted.get(number, one.p)
        metric = metric_of(plan, one.metric)
        said = verdict(one.deciding, metric, one.kind, p=sure(one, p), detect=plan.detect, subject=one.arm)
        found.append(replace(one, p=p, verdict=hushed(one) if peeking else said))
    return found


def sure(one: Comparison, p: float | None) -> float | None:
    """Return the p-value a verdict may rest on: none where Newcombe's interval of rare events still holds 0."""
    return 1.0 if one.newcombe is not None and one.newcombe[0] <= 0 <= one.newcombe[1] else p


def hushed(one: Comparison) -> Verdict:
    seen = "nothing yet" if one.deciding is None else f"{span(one.deciding.low, one.deciding.high, one.kind)} so far"
    return Verdict("no verdict", f"{one.metric}: {seen}")


def differing(plan: Plan, parts: Sequence[Comparison]) -> list[Difference]:
    """Ask of every arm and metric whether the segments differ; Holm over all these questions."""
    found: list[tuple[str, str, Interaction]] = []
    for metric in plan.metrics:
        for arm in plan.treatments:
            held = [one.deciding for one in parts if (one.metric, one.arm) == (metric.name, arm)]
            asked = interaction([one for one in held if one is not None])
            if asked is not None and metric.role != "guardrail":
                found.append((arm, metric.name, asked))
    adjusted = holm([one.p for _, _, one in found])
    made = []
    for (arm, name, one), p in zip(found, adjusted, strict=True):
        asked = replace(one, p_holm=p)
        alike = "the segments differ in" if asked.found else "the segments are not shown to differ in"
        made.append(Difference(arm, name, asked, f"{alike} what {arm} does to {name}"))
    return made


def per_segment(
    plan: Plan, parts: Sequence[Comparison], differences: Sequence[Difference], peeking: bool
) -> list[Comparison]:
    """Return the comparisons in segments: shrunken, adjusted over the family, claimed only where segments differ."""
    keys = {(one.metric, one.arm, one.segment): one.p for one in parts if one.p is not None and one.role != "guardrail"}
    q = family({key: p for key, p in keys.items() if p is not None})
    known = {(one.metric, one.arm): one.interaction.found for one in differences}
    made = []
    for one in parts:
        beside = [o for o in parts if (o.metric, o.arm) == (one.metric, one.arm) and o.deciding is not None]
        shrunk = None
        if one.deciding is not None:
            values = shrunken([o.deciding for o in beside if o.deciding is not None], level=plan.look.level)
            shrunk = values[beside.index(one)]
        p = q.get((one.metric, one.arm, one.segment), one.p)
        metric = metric_of(plan, one.metric)
        if peeking:
            said = hushed(one)
        elif metric.role == "guardrail" or one.deciding is None or known.get((one.metric, one.arm), False):
            said = verdict(
                one.deciding,
                metric,
                one.kind,
                p=sure(one, p),
                detect=plan.detect,
                subject=f"{one.arm} in {one.segment}",
            )
        else:
            said = Verdict(
                "as overall", f"{one.metric}: {one.segment} is not shown to differ from the others: what holds overall"
            )
        made.append(replace(one, p=p, shrunken=shrunk, verdict=said))
    return made


def totalled(plan: Plan, overall: Sequence[Comparison]) -> list[Incremental]:
    """Return what every arm brought in all, of metrics that add up."""
    found = []
    for one in overall:
        metric = metric_of(plan, one.metric)
        if one.deciding is None or one.kind == "ratio" or metric.role == "guardrail":
            continue
        money = metric.top.of == "amount"
        found.append(
            incremental(
                one.deciding,
                one.deciding.n_treated,
                arm=one.arm,
                metric=one.metric,
                cost_per_person=plan.cost,
                money=money,
            )
        )
    return found


def warnings(ratios: Sequence[SampleRatio], plan: Plan, counted: Counted) -> list[Finding]:
    """Return what speaks against believing the figures as they are."""
    found = [Finding("sample_ratio_segment", "warning", one.sentence, CHECK) for one in ratios if one.mismatch]
    for metric, cells in zip(plan.metrics, counted, strict=True):
        arms = over_segments(cells)
        missing = sum(one.people - one.n for one in arms.values())
        if missing:
            message = f"{metric.name} is not known of {missing:,} people: they are left out of it"
            rates = {arm: 1 - one.n / one.people for arm, one in arms.items() if one.people}
            uneven = len(rates) > 1 and max(rates.values()) - min(rates.values()) > 0.01
            hint = "it is missing more often in one arm: the arms are no longer alike" if uneven else ""
            found.append(Finding("missing_outcome", "warning" if uneven else "note", message, hint))
    return found


def imbalances(overall: Sequence[Comparison]) -> list[Finding]:
    """Return where arms differed before anything was done, and where adjusting turns the sign."""
    found = []
    for one in overall:
        if one.cuped is None:
            continue
        if not one.cuped.balanced:
            found.append(
                Finding(
                    "imbalanced_before",
                    "warning",
                    f"{one.metric}: {one.arm} differed from the control arm before assignment more than chance makes",
                    "read the adjusted difference, and look for how that came about",
                )
            )
        if one.cuped.sign_turned and one.raw is not None and abs(one.raw.estimate) > one.raw.error:
            found.append(
                Finding("sign_turned", "warning", f"{one.metric}: adjusted, {one.arm} points the other way", "")
            )
    return found


def opening(overall: Sequence[Comparison], peeking: bool) -> str:
    """Return the experiment in one sentence: its primary metric."""
    said = [one.verdict.sentence for one in overall if one.role == "primary"]
    before = "peeking: no verdict; " if peeking else ""
    return before + "; ".join(said)
