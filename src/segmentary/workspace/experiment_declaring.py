"""Making plans out of what people say: metrics in one line, arms by share, the control arm by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segmentary.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from segmentary.measurement.experiment.metrics import Role
    from segmentary.measurement.experiment.plan import Plan
from segmentary.workspace.workspace import Workspace

HALVES = {"treated": 0.5, "control": 0.5}


def plan_of(
    workspace: Workspace,
    name: str,
    *,
    metrics: Mapping[Role, Sequence[str]],
    arms: Mapping[str, float] | None,
    control: str,
    look: str = "single",
    level: float = 0.95,
    tuned_for: int | None = None,
    **given: Any,
) -> Plan:
    """Return a checked plan with the versions of the definitions it rests on.

    Raises
    ------
    UnknownNameError, UsageError
        when there is no such segment or trait, or the plan makes no sense.
    """
    from segmentary.language.version import version
    from segmentary.measurement.experiment.effects import Look
    from segmentary.measurement.experiment.metrics import parse_metric
    from segmentary.measurement.experiment.plan import Arm, Plan, checked
    from segmentary.measurement.experiment.sequence import TUNED_FOR

    defined = workspace.segments_defined()
    wanted = [*given.get("segments", ()), *([given["within"]] if given.get("within") else [])]
    known(workspace, wanted, given.get("by", ""))
    held = dict(arms or HALVES)
    if look not in ("single", "sequence"):
        raise UsageError(f"{look!r} is no way of looking", hint="single, or sequence")
    if not 0.5 < level < 1:
        raise UsageError(f"{level} is no level of confidence", hint="such as 0.95")
    return checked(
        Plan(
            name=name,
            metrics=tuple(parse_metric(text, role) for role, texts in metrics.items() for text in texts),
            arms=tuple(Arm(arm, share) for arm, share in held.items()),
            control=control or ("control" if "control" in held else list(held)[-1]),
            look=Look("sequence" if look == "sequence" else "single", level, tuned_for or TUNED_FOR),
            definitions={one: version(defined[one]) for one in wanted},
            **given,
        )
    )


def exploring(workspace: Workspace, plan: Plan, by: str, segments: tuple[str, ...]) -> Plan:
    """Return a plan with other segments than it was made with, as they were when people were assigned.

    Raises
    ------
    UnknownNameError, UsageError
        when there is no such segment or trait, or both are given.
    """
    from segmentary.ledger.runs import runs
    from segmentary.measurement.experiment.plan import checked

    known(workspace, segments, by)
    served = {run.run_id: set(run.segments) for run in runs(workspace.ledger)}
    waves = tuple(
        # What the run had not served is evaluated as of the assignment.
        replace(
            wave, run_id=wave.run_id if not by and served.get(wave.run_id, set()) >= set(segments) else 0, counts={}
        )
        for wave in plan.waves
    )
    return checked(replace(plan, by=by, segments=segments, waves=waves))


def known(workspace: Workspace, segments: Sequence[str], by: str) -> None:
    """Refuse segments and traits that are not there."""
    from segmentary.workspace.variables import types_of

    defined = workspace.segments_defined()
    for one in segments:
        if one not in defined:
            raise UnknownNameError("segment", one, defined, see="see `segmentary segment list`")
    traits = list(types_of(workspace))
    if by and by not in traits:
        raise UnknownNameError("trait", by, traits, see="see `segmentary traits`")


def declared(workspace: Workspace, name: str, randomised: str, campaign: str, given: dict[str, Any]) -> Plan:
    """Return the plan of an experiment somebody else drew."""
    from segmentary.workspace.experiment_people import arms_of, exposed
    from segmentary.workspace.experiment_reading import check_metrics

    if not randomised.strip():
        raise UsageError(
            "who drew the arms by lot, and how?",
            hint='--randomised "by the mail system, one in three by random number"',
        )
    found = arms_of(workspace, exposed(workspace, campaign))
    names = [arm for arm in found if arm]
    if len(names) < 2:
        raise UsageError(
            f"{campaign} has {'one arm' if names else 'no arms'}: there is nobody to hold anybody against",
            hint="exposures of an experiment name the arm of everybody, also of those who got nothing",
        )
    options = dict(given)
    arms = options.pop("arms", None) or dict.fromkeys(names, 1 / len(names))
    for arm in arms:
        if arm not in found:
            raise UnknownNameError("arm", arm, names)
    metrics: dict[Role, Sequence[str]] = {
        "primary": [options.pop("primary")],
        "secondary": options.pop("secondary", ()),
        "guardrail": options.pop("guardrails", ()),
    }
    options.setdefault("salt", "")
    control = options.pop("control", "") or guessed(names)
    plan = plan_of(
        workspace, name, metrics=metrics, arms=arms, control=control, randomised=randomised.strip(), campaign=campaign,
        **{"hypothesis": "", **options},
    )  # fmt: skip
    check_metrics(workspace, plan.metrics)
    return plan


def guessed(names: Sequence[str]) -> str:
    """Return the arm that is called like a control arm.

    Raises
    ------
    UsageError
        when none is.
    """
    for name in names:
        if name.lower() in ("control", "holdout", "none", "untreated", "placebo", "a"):
            return name
    raise UsageError("which arm is the control arm?", hint="--control one of " + ", ".join(names))
