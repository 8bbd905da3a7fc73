"""What to say: works, harms, no difference larger than so much, or not clear, in one sentence with its interval."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from segmentary.measurement.experiment.effects import Effect, Kind
from segmentary.measurement.experiment.metrics import Metric

Word = Literal["works", "harms", "no difference", "not clear", "holds", "not shown", "as overall", "no verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A word and its sentence."""

    word: Word
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def signed(value: float, kind: Kind) -> str:
    """Return a difference with its sign; of shares in percentage points.

    >>> signed(0.0123, "share"), signed(-0.0004, "share"), signed(1234.5, "mean")
    ('+1.2', '-0.04', '+1,234.50')
    """
    if kind == "share":
        points = value * 100
        return f"{points:+.1f}" if abs(points) >= 0.95 or points == 0 else f"{points:+.2f}"
    return f"{value:+,.2f}" if abs(value) >= 0.095 or value == 0 else f"{value:+,.2g}"


def unit(kind: Kind) -> str:
    return " percentage points" if kind == "share" else ""


def span(low: float, high: float, kind: Kind, *, named: bool = True) -> str:
    return f"between {signed(low, kind)} and {signed(high, kind)}{unit(kind) if named else ''}"


def figure(value: float, kind: Kind) -> str:
    return f"{value:.1%}" if kind == "share" else f"{value:,.2f}"


def verdict(
    found: Effect | None, metric: Metric, kind: Kind, *, p: float | None = None, detect: float | None = None,
    subject: str = "it",
) -> Verdict:  # fmt: skip
    """Return the verdict on one metric.

    p : the p-value, where it is adjusted for other questions; detect : the relative difference that would matter.
    """
    about = metric.name if subject == "it" else f"{metric.name} of {subject}"
    if found is None:
        return Verdict("no verdict", f"{about}: nothing can be said: too few people, or nobody differs")
    if metric.role == "guardrail":
        return guarded(found, metric, kind)
    sure = (found.p if p is None else p) < 1 - found.level and not found.low <= 0 <= found.high
    rise = found.estimate > 0
    between = span(found.low, found.high, kind)
    if sure:
        good = rise == (metric.better == "higher")
        moved = "higher" if rise else "lower"
        numbers = f"{figure(found.treated, kind)} instead of {figure(found.control, kind)}"
        return Verdict(
            "works" if good else "harms",
            f"{subject} {'works' if good else 'harms'}: {moved} {metric.name}, {numbers}"
            f" ({signed(found.estimate, kind)}{unit(kind)}, {span(found.low, found.high, kind, named=False)})",
        )
    matters = abs(found.control) * detect if detect else 0.0
    if matters and max(abs(found.low), abs(found.high)) < matters:
        return Verdict(
            "no difference",
            f"{about}: no difference larger than {signed(matters, kind).lstrip('+')}{unit(kind)}: {between}",
        )
    return Verdict("not clear", f"{about}: not clear: {between}")


def guarded(found: Effect, metric: Metric, kind: Kind) -> Verdict:
    """Say whether a guardrail holds: surely not worse than its margin."""
    margin = abs(found.control) * metric.margin
    lower_is_better = metric.better == "lower"
    worst, best = (-found.high, -found.low) if lower_is_better else (found.low, found.high)
    between = span(found.low, found.high, kind)
    allowed = f"{metric.margin * 100:g}% of {figure(found.control, kind)}"
    if worst > -margin:
        return Verdict("holds", f"{metric.name} holds: not worse than allowed ({allowed}): {between}")
    if best < 0:
        return Verdict("harms", f"{metric.name} is harmed: {between}")
    return Verdict("not shown", f"{metric.name} is not shown to hold ({allowed} is allowed): {between}")
