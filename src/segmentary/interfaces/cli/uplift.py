"""`segmentary experiment uplift`: whom the arms help, and whether to target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.output import (
    progress,
    say,
    show,
    show_findings,
    show_json,
    show_prose,
    show_table,
    telling,
)
from segmentary.interfaces.cli.session import AsJson, AsOf, moment, opened

if TYPE_CHECKING:
    from segmentary.measurement.uplift.uplift import Uplift
    from segmentary.models.intervals import Interval
    from segmentary.workspace.uplift import Helped


def uplift(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The experiment.")],
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="TRAIT", help="Tell people apart by it, as of the assignment. Repeatable."),
    ] = None,
    arm: Annotated[list[str] | None, typer.Option("--arm", metavar="ARM", help="Only this arm. Repeatable.")] = None,
    cost: Annotated[
        float | None, typer.Option("--cost", metavar="MONEY", min=0, help="What treating one person costs.")
    ] = None,
    value: Annotated[
        float | None, typer.Option("--value", metavar="MONEY", min=0, help="What one unit of the outcome is worth.")
    ] = None,
    learners: Annotated[
        str, typer.Option("--learners", metavar="WHICH", help="all, or ridge: without boosting, much faster.")
    ] = "all",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of folds and resampling.")] = 0,
    peek: Annotated[bool, typer.Option("--peek", help="Look before its day.")] = False,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Say whom an experiment's arms help, and whether to target them; judged on people no model has seen."""
    if learners not in ("all", "ridge"):
        raise UsageError(f"--learners: expected all or ridge, got {learners!r}")
    with opened(ctx) as workspace, progress("reading the outcomes") as step:
        found = workspace.experiments.uplift(
            name, by=by or [], arms=arm or [], cost=cost, value=value,
            learners="ridge" if learners == "ridge" else "all", as_of=moment(as_of), peek=peek, seed=seed,
            tell=telling(step),
        )  # fmt: skip
    show_json(found.to_document()) if as_json else show_helped(found)
    if not found.arms:
        raise typer.Exit(1)


def show_helped(found: Helped) -> None:
    """Show every arm: the verdict, tenths, policies, orders."""
    for number, one in enumerate(found.arms):
        if number:
            show()
        show_arm(one, peeking=found.peeking)
    for arm, why in found.refused.items():
        show_prose(f"{arm}: {why}")
    show_findings(found.findings)


def show_arm(one: Uplift, *, peeking: bool) -> None:
    """Show whom one arm helps."""
    show_prose(one.said.sentence + (" (before its day: no verdict)" if peeking else ""), style="bold")
    show_prose(one.said.difference)
    for sentence in one.said.beside:
        show_prose(sentence)
    show()
    share = one.binary
    rows: list[list[object]] = [
        [f"{tenth.place}", tenth.people, effect(tenth.predicted, share=share), *ends(tenth.actual, share=share)]
        for tenth in one.heterogeneity.tenths
    ]
    show_table(["tenth", "people", "predicted", "measured", "low", "high"], rows)
    show()
    plain = share and one.economics.cost == 0 and one.economics.value == 1
    rows = [
        [
            f"{policy.name} ({policy.text})" if policy.text else policy.name,
            f"{policy.share:.0%}",
            *ends(policy.worth, share=plain),
            None if policy.against_all is None else effect(policy.against_all.estimate, share=plain),
            None if policy.against_all is None else " to ".join(ends(policy.against_all, share=plain)[1:]),
        ]
        for policy in one.policies
    ]
    show_table(["policy", "treats", "worth", "low", "high", "against everyone", "interval"], rows)
    show()
    rows = [
        [
            curve.name,
            *(f"{x:.4f}" for x in (curve.qini.estimate, curve.qini.low, curve.qini.high)),
            None if curve.qini_sklift is None else f"{curve.qini_sklift.estimate:.3f}",
            effect(curve.uplift["0.3"].estimate, share=share),
        ]
        for curve in one.curves
    ]
    show_table(["order", "Qini per person", "low", "high", "Qini (scikit-uplift)", "uplift at 30%"], rows)
    who = [f"{each.title} ({each.importance:.0%})" for each in one.who[:5] if each.importance > 0.01]
    if who and one.said.targetable:
        say("predicted effects differ most by: " + ", ".join(who))
    show_findings(one.findings)


def effect(value: float, *, share: bool) -> str:
    """Return an effect or worth per person; of a yes or no in percentage points.

    >>> effect(0.0123, share=True), effect(1.5, share=False)
    ('+1.23 pp', '+1.500')
    """
    return f"{value * 100:+.2f} pp" if share else f"{value:+,.3f}"


def ends(found: Interval, *, share: bool) -> list[str]:
    return [effect(one, share=share) for one in (found.estimate, found.low, found.high)]
