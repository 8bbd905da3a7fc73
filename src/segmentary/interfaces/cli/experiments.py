"""How experiments are shown on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from segmentary.interfaces.cli.output import plural, say, show, show_findings, show_prose, show_table

if TYPE_CHECKING:
    from segmentary.measurement.experiment.analysis import Analysis, Comparison
    from segmentary.measurement.experiment.effects import Kind
    from segmentary.measurement.experiment.observational import Observed
    from segmentary.measurement.experiment.plan import Plan
    from segmentary.measurement.experiment.power import Power
    from segmentary.workspace.experiment_planning import Planned
    from segmentary.workspace.experiments import Kept


def level_of(value: float | None, kind: Kind) -> str | None:
    """Return a figure of an arm.

    >>> level_of(0.1062, "share"), level_of(12.345, "mean"), level_of(None, "mean")
    ('10.62%', '12.35', None)
    """
    if value is None:
        return None
    return f"{value:.2%}" if kind == "share" else f"{value:,.2f}"


def change_of(value: float | None, kind: Kind) -> str | None:
    """Return a difference of arms; of shares in percentage points."""
    if value is None:
        return None
    return f"{value * 100:+.2f} pp" if kind == "share" else f"{value:+,.2f}"


def percent(value: float | None) -> str | None:
    return None if value is None else f"{value:+.1%}"


def show_planned(found: Planned) -> None:
    """Show what a plan could see."""
    told: dict[tuple[str, str], list[str]] = {}
    show_prose(found.sentence, style="bold")
    if found.plan.hypothesis:
        show_prose(f"hypothesis: {found.plan.hypothesis}")
    show()
    show_table(
        ["metric", "arm", "segment", "people", "now", "seen from", "relative", "with its past", "needed"],
        [power_row(one) for one in (*found.overall, *found.segments)],
    )
    for one in found.segments:
        if one.refusal:
            told.setdefault((one.segment, one.refusal), []).append(one.metric)
    for (segment, refusal), metrics in told.items():
        show_prose(f"{segment} ({', '.join(dict.fromkeys(metrics))}): {refusal}")
    for one in found.together:
        even = "not even together" if one.refusal else "only together"
        show_prose(f"{even}, {one.metric}: {one.segment}: {one.sentence}")
    days = plural(found.days, "day")
    if found.days:
        look = "whenever you like" if found.plan.look.kind == "sequence" else "once"
        show_prose(f"it takes {days} from assignment, and is read {look}")
    show_findings(found.findings)


def power_heads(one: Power) -> list[object]:
    return [one.metric, one.arm, one.segment or "everybody", one.people, level_of(one.baseline, one.kind)]


def power_row(one: Power) -> list[object]:
    if one.refusal:
        return [*power_heads(one), "too small", None, None, one.needed]
    return [
        *power_heads(one),
        change_of(one.smallest, one.kind),
        percent(one.relative),
        change_of(one.with_past, one.kind),
        one.needed,
    ]


def show_analysis(found: Analysis) -> None:
    """Show an experiment read: the split, everybody, whether segments differ, the segments."""
    show_prose(found.sentence, style="bold")
    show()
    if found.blocked:
        show_findings(found.findings)
        return
    show_prose(found.sample_ratio.sentence)
    show()
    show_table(
        ["metric", "arm", "is", "control", "difference", "interval", "relative", "adjusted", "p", "says"],
        [comparison_row(one) for one in found.overall],
    )
    for one in found.overall:
        if one.role != "primary" and one.verdict.sentence:
            show_prose(one.verdict.sentence)
    if found.differences:
        show()
        for difference in found.differences:
            p = chance(difference.interaction.p_holm)
            show_prose(f"{difference.sentence} (Cochran's Q, p {p} after Holm)")
        show()
        show_table(
            ["metric", "arm", "segment", "people", "difference", "shrunken", "interval", "q", "says"],
            [segment_row(one) for one in found.segments],
        )
    show_incremental(found)
    show_findings(found.findings)


def comparison_row(one: Comparison) -> list[object]:
    raw = one.raw
    if raw is None:
        return [one.metric, one.arm, *([None] * 7), one.verdict.word]
    return [
        one.metric, one.arm, level_of(raw.treated, one.kind), level_of(raw.control, one.kind),
        change_of(raw.estimate, one.kind), ends(raw.low, raw.high, one.kind), percent(raw.relative),
        bare(one.cuped.effect.estimate, one.kind) if one.cuped else None, chance(one.p), one.verdict.word,
    ]  # fmt: skip


def bare(value: float, kind: Kind) -> str:
    return f"{value * 100:+.2f}" if kind == "share" else f"{value:+,.2f}"


def ends(low: float, high: float, kind: Kind) -> str:
    """Return an interval without its unit: that stands beside it.

    >>> ends(-0.012, 0.03, "share")
    '-1.20 to +3.00'
    """
    return f"{bare(low, kind)} to {bare(high, kind)}"


def chance(p: float | None) -> str | None:
    return None if p is None else "< .001" if p < 0.001 else f"{p:.3f}".lstrip("0")


def segment_row(one: Comparison) -> list[object]:
    raw, shrunk = one.raw, one.shrunken
    if raw is None or shrunk is None:
        return [one.metric, one.arm, one.segment, 0, *([None] * 4), one.verdict.word]
    return [
        one.metric, one.arm, one.segment, raw.n_treated + raw.n_control, change_of(raw.estimate, one.kind),
        change_of(shrunk.estimate, one.kind), ends(shrunk.low, shrunk.high, one.kind), chance(one.p), one.verdict.word,
    ]  # fmt: skip


def show_incremental(found: Analysis) -> None:
    """Show what the arms brought in all, and what one more cost."""
    if not found.incremental:
        return
    paid = any(one.cost is not None for one in found.incremental)
    heads = ["metric", "arm", "brought", "low", "high", *(["cost", "cost of one", "low", "high"] if paid else [])]
    rows: list[list[object]] = []
    for one in found.incremental:
        row: list[object] = [one.metric, one.arm, *(f"{value:,.0f}" for value in (one.total, one.low, one.high))]
        if paid:
            costs = [
                f"{value:,.2f}" if value is not None else None for value in (one.each, one.each_low, one.each_high)
            ]
            row += [f"{one.cost:,.2f}" if one.cost is not None else None, *costs]
        rows.append(row)
    show()
    show_table(heads, rows)
    for one in found.incremental:
        if one.why:
            show_prose(f"what one more of {one.metric} cost by {one.arm} {one.why}")


def show_observed(found: Observed) -> None:
    """Show a campaign that was no experiment."""
    show_prose(found.sentence, style="bold")
    show_prose(f"what would be needed: {found.needed}")
    show()
    show_table(["arm", "people"], [[arm or "not said", people] for arm, people in found.arms.items()])
    if found.groups:
        show()
        show_table(
            ["not experimental", "people", "before", "after"],
            [[g.group, g.people, f"{g.before.estimate:,.2f}", f"{g.after.estimate:,.2f}"] for g in found.groups],
        )
        if found.unmatched:
            say(f"{found.unmatched:,} people are like nobody who was not contacted: left out")


def show_kept(found: Sequence[Kept]) -> None:
    """Show one line per experiment."""
    show_table(
        ["experiment", "status", "decided by", "arms", "assigned", "read on", "looks"],
        [
            [one.name, one.status, one.metric, one.arms, one.assigned or None,
             one.look_at if one.look == "single" else "any day", one.looks]
            for one in found
        ],
        empty="no experiments yet: segmentary experiment plan NAME --primary METRIC",
    )  # fmt: skip


def show_plan(found: Plan) -> None:
    """Show a plan."""
    if found.hypothesis:
        show_prose(found.hypothesis, style="bold")
    rows: list[list[object]] = [[one.role, one.text] for one in found.metrics]
    rows += [
        ["arm" if arm.name != found.control else "control arm", f"{arm.name} {arm.share:.1%}"] for arm in found.arms
    ]
    rows += [["segments", found.segments or found.by or "everybody as one"]]
    rows += [["only", found.within]] if found.within else []
    rows += [["drawn", found.randomised or f"by salted hash, salt {found.salt}"]]
    day = f"once, on {found.look_at:%Y-%m-%d}" if found.look_at else "once, when all windows are over"
    often = f"whenever you like: a confidence sequence, narrowest at {found.look.tuned_for:,} people"
    rows += [["read", often if found.look.kind == "sequence" else day]]
    rows += [["global holdout", f"{found.global_holdout:.1%}"]] if found.global_holdout else []
    for number, wave in enumerate(found.waves, 1):
        people = sum(sum(arms.values()) for arms in wave.counts.values())
        rows += [[f"assignment {number}", f"{people:,} people, {wave.assigned_at:%Y-%m-%d %H:%M}"]]
    show_table(["what", "is"], rows)
