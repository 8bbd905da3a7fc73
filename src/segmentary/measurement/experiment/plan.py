"""The plan of an experiment: what is believed, how it is judged, who gets what, when it is read; nothing of persons."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from segmentary.errors import UsageError
from segmentary.measurement.experiment.effects import SINGLE, Look
from segmentary.measurement.experiment.metrics import Metric

NAME = re.compile(r"[a-z][a-z0-9_\-]*")
GLOBAL_HOLDOUT = "global_holdout"
OTHERS = "(others)"
EVERYBODY = "(everybody)"


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm and the share of people who get it."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Wave:
    """One assignment: the run whose memberships were frozen, when, and how many went where (never who)."""

    run_id: int
    assigned_at: dt.datetime
    counts: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Plan:
    """One experiment.

    segments : strata, the first that holds a person counts; whoever is in none is an "other". by : a trait whose values
    are the segments instead. within : only members of this segment take part. control : the arm others are held
    against. salt : what the assignment is drawn with. look_at : the one day it is read on (single look).
    adjusted : verdicts rest on the differences CUPED adjusts. detect : the relative difference that would matter.
    cost : of one person of an arm other than the control, in money.
    definitions : version of each segment's definition when planned. randomised : who drew the arms and how, where it
    was not us. campaign : as the exposures call it, where that is not the name. waves : the assignments made.
    """

    name: str
    hypothesis: str
    metrics: tuple[Metric, ...]
    arms: tuple[Arm, ...]
    control: str
    salt: str
    segments: tuple[str, ...] = ()
    by: str = ""
    within: str = ""
    look: Look = SINGLE
    look_at: dt.datetime | None = None
    adjusted: bool = False
    detect: float | None = None
    cost: float | None = None
    global_holdout: float = 0.0
    definitions: dict[str, str] = field(default_factory=dict)
    randomised: str = ""
    campaign: str = ""
    waves: tuple[Wave, ...] = ()

    @property
    def exposed_as(self) -> str:
        """The campaign's name among the exposures."""
        return self.campaign or self.name

    @property
    def shares(self) -> dict[str, float]:
        """Share of each arm."""
        return {arm.name: arm.share for arm in self.arms}

    @property
    def treatments(self) -> tuple[str, ...]:
        """The arms held against the control arm."""
        return tuple(arm.name for arm in self.arms if arm.name != self.control)

    @property
    def primary(self) -> Metric:
        """The metric the experiment is decided by."""
        return next(one for one in self.metrics if one.role == "primary")

    @property
    def longest(self) -> int:
        """Days of the longest window after assignment; 0 where there is none."""
        return max((one.days for one in self.metrics if one.timed), default=0)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            **asdict(self),
            "look_at": self.look_at.isoformat() if self.look_at else None,
            "waves": [{**asdict(one), "assigned_at": one.assigned_at.isoformat()} for one in self.waves],
            "metrics": [one.to_document() for one in self.metrics],
            "arms": [asdict(one) for one in self.arms],
            "segments": list(self.segments),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Plan:
        """Return the plan a document describes."""
        given = {key: value for key, value in document.items() if key in cls.__dataclass_fields__}
        at = given.get("look_at")
        waves = tuple(
            Wave(one["run_id"], dt.datetime.fromisoformat(one["assigned_at"]), one["counts"]) for one in given["waves"]
        )
        return cls(
            **{
                **given,
                "metrics": tuple(Metric.from_document(one) for one in given["metrics"]),
                "arms": tuple(Arm(**one) for one in given["arms"]),
                "segments": tuple(given["segments"]),
                "look": Look(**given["look"]),
                "look_at": dt.datetime.fromisoformat(at) if at else None,
                "waves": waves,
            }
        )


def checked(plan: Plan) -> Plan:
    """Return a plan that makes sense.

    Raises
    ------
    UsageError
        naming what does not.
    """
    if not NAME.fullmatch(plan.name):
        raise UsageError(f"{plan.name!r} cannot name an experiment", hint="small letters, digits, - and _")
    if not plan.metrics or sum(one.role == "primary" for one in plan.metrics) != 1:
        raise UsageError("an experiment is decided by one primary metric", hint="--primary 'NAME = any EVENT in 28d'")
    twice(plan.name, [one.name for one in plan.metrics], "metric")
    names = [arm.name for arm in plan.arms]
    twice(plan.name, names, "arm")
    if len(names) < 2:
        raise UsageError("an experiment has at least two arms", hint="--arm treated=50% --arm control=50%")
    if GLOBAL_HOLDOUT in names:
        raise UsageError(f"no arm is called {GLOBAL_HOLDOUT}: it is kept for people in no experiment at all")
    if any(not arm.name or not 0 < arm.share < 1 for arm in plan.arms) or abs(sum(plan.shares.values()) - 1) > 1e-9:
        raise UsageError("the shares of the arms are not 100% together", hint="--arm treated=90% --arm control=10%")
    if plan.control not in names:
        raise UsageError(f"the control arm {plan.control!r} is none of the arms", hint="one of " + ", ".join(names))
    if not 0 <= plan.global_holdout < 0.5:
        raise UsageError("a global holdout is a share from 0% up to half", hint="5% to 10% is usual")
    if plan.by and plan.segments:
        raise UsageError("segments come from definitions or from one trait, not both", hint="leave one out")
    twice(plan.name, plan.segments, "segment")
    return plan


def twice(name: str, given: Sequence[str], what: str) -> None:
    for one in given:
        if given.count(one) > 1:
            raise UsageError(f"{name}: the {what} {one!r} is named twice")
