"""What treating a person of each segment returns, read from an experiment; refused where none can carry it."""

from __future__ import annotations

from segmentary.errors import NoAnswerError, UsageError
from segmentary.measurement.budget import NEEDED, NO_EXPERIMENT, SegmentReturn
from segmentary.measurement.experiment.analysis import Analysis, Comparison
from segmentary.models.intervals import normal_quantile


def returns_of(
    analysis: Analysis | None, people: dict[str, int], *, cost: float | None = None, margin: float = 1.0, arm: str = "",
    metric: str = "",
) -> list[SegmentReturn]:  # fmt: skip
    """Read the return of each segment from an experiment.

    Parameters
    ----------
    analysis : None: there is none. people : segment -> how many could be treated now. cost : of treating one; default:
        the plan's. margin : share of the incremental money that is profit. arm, metric : default: the only treatment,
        the first metric in money.

    Raises
    ------
    NoAnswerError
        when no experiment can carry it: none, not split as planned, read too early, no money, no segments.
    UsageError
        when the cost is not known or the arm or metric is not in it.
    """
    if analysis is None:
        raise NoAnswerError(NO_EXPERIMENT, hint=NEEDED)
    plan = analysis.plan
    if analysis.blocked:
        raise NoAnswerError(
            f"{plan.name} cannot carry a budget: {analysis.sentence}", hint="find out why, and repeat the experiment"
        )
    if analysis.peeking:
        raise NoAnswerError(f"{plan.name} is read before its day: no budget rests on it", hint="wait for its day")
    if not analysis.segments:
        raise NoAnswerError(
            f"{plan.name} tells no segments apart: there is one return, and nothing to divide by it",
            hint="read it by segments: the ones it was stratified by, or a trait known before it",
        )
    price = cost if cost is not None else plan.cost
    if price is None:
        raise UsageError("what treating one person costs is not known", hint="--cost 2.50")
    wanted = arm or plan.treatments[0]
    if wanted not in plan.treatments:
        raise UsageError(f"{plan.name} has no treated arm {wanted!r}", hint=f"its arms: {', '.join(plan.treatments)}")
    money = [one.name for one in plan.metrics if one.top.of == "amount" and one.per is None]
    name = metric or (money[0] if money else "")
    if name not in money:
        raise NoAnswerError(
            f"{plan.name} has no metric in money{f' called {metric}' if metric else ''}: what it brings is unknown",
            hint="measure revenue = sum order_completed.amount in 28d",
        )
    found = [one for one in analysis.segments if (one.metric, one.arm) == (name, wanted)]
    return [made for one in found if (made := return_of(one, people, price, margin)) is not None]


def return_of(one: Comparison, people: dict[str, int], cost: float, margin: float) -> SegmentReturn | None:
    """Return a segment's figure, shrunken towards the others: the best of many is otherwise believed too much."""
    if one.deciding is None or one.segment not in people:
        return None
    estimate, error = one.deciding.estimate, one.deciding.error
    if one.shrunken is not None:
        estimate = one.shrunken.estimate
        error = (one.shrunken.high - one.shrunken.low) / (2 * normal_quantile(one.deciding.level))
    n = one.deciding.n_treated + one.deciding.n_control
    return SegmentReturn(one.segment, people[one.segment], cost, margin * estimate, margin * error, n)
