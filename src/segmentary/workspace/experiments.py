"""Experiments of a workspace: planned, assigned, read; and campaigns that were none, of which less can be said.

::

    workspace.experiments.plan("spring_mail", primary="buys = any order_completed in 28d", segments=["loyal"])
    workspace.experiments.assign("spring_mail")          # exposures: who is in which arm
    workspace.experiments.analyze("spring_mail")         # after its day: was it split as planned, what changed
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.ledger.records import append_record, current_records, record
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding
from segmentary.workspace.moments import Moment, as_of_instant

if TYPE_CHECKING:
    from segmentary.measurement.experiment.analysis import Analysis
    from segmentary.measurement.experiment.observational import Observed
    from segmentary.measurement.experiment.plan import Plan
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.experiment_planning import Planned
    from segmentary.workspace.uplift import Helped, Learners
    from segmentary.workspace.workspace import Workspace

HOLDOUT = "(global holdout)"
"""The record of who is in no experiment at all: a share, drawn with one salt for ever."""


EXPLORED = Finding(
    "explored",
    "note",
    "these segments were not planned: what is found in them is a question for the next experiment, not an answer",
    "plan them before people are assigned",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An experiment the ledger keeps. status : planned, running, to be read, read."""

    name: str
    status: str
    hypothesis: str
    metric: str
    arms: tuple[str, ...]
    assigned: int
    assigned_at: dt.datetime | None
    look: str
    look_at: dt.datetime | None
    looks: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an assignment did. counts : people by segment and arm; added : how many are new; left : who is not in it."""

    name: str
    assigned_at: dt.datetime | None
    counts: dict[str, dict[str, int]]
    added: int
    newcomers: int
    sentence: str


class Experiments:
    """Experiments of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # ------------------------------------------------------------ planning

    def plan(
        self,
        name: str,
        *,
        primary: str,
        hypothesis: str = "",
        secondary: Sequence[str] = (),
        guardrails: Sequence[str] = (),
        arms: Mapping[str, float] | None = None,
        control: str = "",
        segments: Sequence[str] = (),
        by: str = "",
        within: str = "",
        look: str = "single",
        look_at: Moment = None,
        level: float = 0.95,
        tuned_for: int | None = None,
        adjusted: bool = False,
        detect: float | None = None,
        power: float = 0.8,
        cost: float | None = None,
        global_holdout: float | None = None,
        salt: str = "",
        as_of: Moment = None,
        save: bool = True,
        tell: Tell = quiet,
    ) -> Planned:
        """Plan an experiment, say what it could see in each segment, and keep the plan; nobody is assigned yet.

        Parameters
        ----------
        primary, secondary, guardrails : metrics, as in `measurement.experiment.metrics`.
        arms : share of each (default: treated and control by halves). control : default: "control", or the last.
        segments, by, within : who is told apart, and who takes part. detect : the relative difference that
            would matter.
        look : "single" (read once, at look_at: default when the longest window is over) or "sequence".
        global_holdout : share of everybody who is in no experiment; default: what was said first.
        as_of : the end of the history the plan is made from; default now.

        Raises
        ------
        UsageError
            when the plan makes no sense, or the experiment was assigned already.
        """
        from segmentary.workspace.experiment_declaring import plan_of

        self.refuse_assigned(name)
        self.workspace.derived.ensure()
        zone = self.workspace.settings.timezone
        made = plan_of(
            self.workspace, name,
            metrics={"primary": [primary], "secondary": secondary, "guardrail": guardrails},
            arms=arms, control=control, look=look, level=level, tuned_for=tuned_for,
            hypothesis=hypothesis, segments=tuple(segments), by=by, within=within, adjusted=adjusted, detect=detect,
            cost=cost, salt=salt or name, look_at=as_of_instant(look_at, zone) if look_at is not None else None,
            global_holdout=self.global_holdout(global_holdout, save=False),
        )  # fmt: skip
        return self.foresee(made, power, self.workspace.context(as_of).as_of, save=save, tell=tell)

    def foresee(self, plan: Plan, power: float, as_of: dt.datetime, *, save: bool, tell: Tell) -> Planned:
        """Say what a plan could see, and keep it."""
        from segmentary.measurement.experiment.power import Asked
        from segmentary.workspace.experiment_planning import planned
        from segmentary.workspace.experiment_reading import check_metrics

        check_metrics(self.workspace, plan.metrics)
        found = planned(self.workspace, plan, Asked(power, plan.look.level, plan.detect, plan.look), as_of, tell)
        if save:
            self.global_holdout(plan.global_holdout)
            append_record(self.workspace.ledger, "experiment", plan.name, plan.to_document(), at=self.workspace.tick())
        return found

    def refuse_assigned(self, name: str) -> None:
        """Refuse to plan again what is under way.

        Raises
        ------
        UsageError
            when people were assigned by the plan of that name.
        """
        held = current_records(self.workspace.ledger, "experiment").get(name)
        if held is not None and held.document.get("waves"):
            raise UsageError(f"{name} is assigned: its plan stands", hint="plan another under another name")

    def global_holdout(self, share: float | None = None, *, save: bool = True) -> float:
        """Return the share of everybody who is in no experiment; said once, it stands.

        Raises
        ------
        UsageError
            when another share was said before: people once held out would be treated, or the other way round.
        """
        held = current_records(self.workspace.ledger, "experiment").get(HOLDOUT)
        known = None if held is None else float(held.document["share"])
        if share is None:
            return known or 0.0
        if known is not None and share < known:
            raise UsageError(
                f"the global holdout is {known:.0%}: a smaller one would treat people who stand for nobody treated",
                hint="leave the option out, or say a larger share: it holds all of the smaller one",
            )
        if save and share and share != known:
            append_record(self.workspace.ledger, "experiment", HOLDOUT, {"share": share}, at=self.workspace.tick())
        return share

    def get(self, name: str) -> Plan:
        """Return a plan kept; ``name@v2`` for an older version."""
        from segmentary.measurement.experiment.plan import Plan

        found = record(self.workspace.ledger, "experiment", name)
        if found.name == HOLDOUT:
            raise UnknownNameError("experiment", name, [])
        return Plan.from_document(found.document)

    def kept(self) -> list[Kept]:
        """Return every experiment kept."""
        from segmentary.measurement.experiment.plan import Plan

        now = self.workspace.tick()
        found = []
        for name, entry in current_records(self.workspace.ledger, "experiment").items():
            if name == HOLDOUT:
                continue
            plan, looks = Plan.from_document(entry.document), len(entry.document.get("looks", []))
            first = plan.waves[0].assigned_at if plan.waves else None
            people = sum(sum(arms.values()) for wave in plan.waves for arms in wave.counts.values())
            found.append(
                Kept(
                    name, status_of(plan, looks, now), plan.hypothesis, plan.primary.text,
                    tuple(arm.name for arm in plan.arms), people, first, plan.look.kind, plan.look_at, looks,
                )
            )  # fmt: skip
        return found

    # ------------------------------------------------------------ assigning

    def assign(self, name: str, *, add_new: bool = False, tell: Tell = quiet) -> Assigned:
        """Put everybody who takes part into an arm, and write it down as exposures; again, nothing changes.

        add_new : also those who came since the first assignment; they are never added by themselves.
        """
        from segmentary.workspace.experiment_assigning import assign_people

        return assign_people(self.workspace, self.get(name), add_new=add_new, tell=tell)

    # ------------------------------------------------------------ reading

    def declare(self, name: str, *, randomised: str, campaign: str = "", **given: Any) -> Plan:
        """Keep the plan of an experiment whose arms somebody else drew; the exposures must be loaded.

        randomised : by whom and how. given : metrics (primary, secondary, guardrails), arms (default: those of the
        exposures, equal shares), control, segments or by, and others of `plan`.

        Raises
        ------
        UsageError
            when it does not say how the arms were drawn.
        """
        from segmentary.workspace.experiment_declaring import declared

        plan = declared(self.workspace, name, randomised, campaign or name, given)
        append_record(self.workspace.ledger, "experiment", name, plan.to_document(), at=self.workspace.tick())
        return plan

    def analyze(
        self,
        name: str,
        *,
        by: str = "",
        segments: Sequence[str] = (),
        as_of: Moment = None,
        peek: bool = False,
        tell: Tell = quiet,
    ) -> Analysis:
        """Read an experiment: its split first, then everybody, then the segments.

        by, segments : other segments than those planned, as they were at assignment; said to be exploring.
        peek : read it before its day; then figures are shown and no verdict is given.

        Raises
        ------
        UsageError
            when nobody was assigned, or its day has not come.
        """
        from segmentary.workspace.experiment_declaring import exploring
        from segmentary.workspace.experiment_reading import analyse_plan

        plan = self.get(name)
        if by or segments:
            plan = exploring(self.workspace, plan, by, tuple(segments))
        moment, early = self.ready(plan, as_of, peek=peek)
        found = analyse_plan(self.workspace, plan, moment, peeking=early, tell=tell)
        if by or segments:
            return replace(found, findings=(*found.findings, EXPLORED))
        return replace(found, looks=tuple(self.remember(plan, found)))

    def uplift(
        self,
        name: str,
        *,
        by: Sequence[str] = (),
        arms: Sequence[str] = (),
        cost: float | None = None,
        value: float | None = None,
        learners: Learners = "all",
        as_of: Moment = None,
        peek: bool = False,
        seed: int = 0,
        tell: Tell = quiet,
    ) -> Helped:
        """Say whom the arms help by the primary metric, and whether to target: held out, against treating everyone.

        by : traits as of the assignment (default: every feature of the past that is dated). cost, value : of treating
        one person, and of one unit of the outcome. learners : all, or those on ridge alone.
        """
        from segmentary.workspace.uplift import whom_it_helps

        plan = self.get(name)
        moment, early = self.ready(plan, as_of, peek=peek)
        return whom_it_helps(
            self.workspace, plan, by=tuple(by), arms=tuple(arms), cost=cost, value=value, learners=learners,
            as_of=moment, peeking=early, seed=seed, tell=tell,
        )  # fmt: skip

    def ready(self, plan: Plan, as_of: Moment, *, peek: bool) -> tuple[dt.datetime, bool]:
        """Return the moment to read at, and whether it is before its day.

        Raises
        ------
        UsageError
            when nobody was assigned, or its day has not come and nobody asked to peek.
        """
        if not plan.waves and not plan.randomised:
            raise UsageError(f"nobody is assigned to {plan.name} yet", hint=f"segmentary experiment assign {plan.name}")
        moment = self.workspace.context(as_of).as_of
        early = plan.look.kind == "single" and plan.look_at is not None and moment < plan.look_at
        if early and not peek:
            raise UsageError(
                f"{plan.name} is read once, on {plan.look_at:%Y-%m-%d}: looking before finds differences that are none",
                hint="wait; or look without a verdict by --peek; or plan a sequence next time",
            )
        return moment, early

    def remember(self, plan: Plan, found: Analysis) -> list[dict[str, Any]]:
        """Keep what a look saw of the primary metric, the last of each day; return all looks so far."""
        entry = record(self.workspace.ledger, "experiment", plan.name)
        at = found.as_of.isoformat()
        before = [one for one in entry.document.get("looks", []) if one["at"][:10] != at[:10]]
        seen = [
            {
                "at": at, "arm": one.arm, "metric": one.metric, "peeking": found.peeking,
                "people": one.deciding.n_treated + one.deciding.n_control,
                "estimate": one.deciding.estimate, "low": one.deciding.low, "high": one.deciding.high,
                "share": one.kind == "share", "word": one.verdict.word,
            }
            for one in found.overall
            if one.role == "primary" and one.deciding is not None
        ]  # fmt: skip
        looks = sorted([*before, *seen], key=lambda one: (one["at"], one["arm"]))
        document = {**entry.document, "looks": looks}
        append_record(self.workspace.ledger, "experiment", plan.name, document, at=self.workspace.tick())
        return looks

    def observe(self, campaign: str, *, metric: str = "", as_of: Moment = None, tell: Tell = quiet) -> Observed:
        """Say what can be said of a campaign nobody drew by lot: who was contacted, and before beside after.

        metric : of events, such as ``spend = sum order_completed.amount in 28d``.
        """
        from segmentary.workspace.experiment_observing import observe

        return observe(self.workspace, campaign, metric, self.workspace.context(as_of).as_of, tell)

    def lift(self, name: str, *, as_of: Moment = None, tell: Tell = quiet) -> Analysis:
        """Return the analysis of an experiment.

        Raises
        ------
        NoAnswerError
            of a campaign whose arms nobody drew by lot: what it changed cannot be said.
        """
        if name in current_records(self.workspace.ledger, "experiment"):
            return self.analyze(name, as_of=as_of, tell=tell)
        seen = self.observe(name)
        raise NoAnswerError(seen.refusal, hint=seen.needed)

    def report(self, name: str, path: str | Path | None = None, *, as_of: Moment = None, peek: bool = False,
               helps: Sequence[str] = (), tell: Tell = quiet) -> DocumentFiles:  # fmt: skip
        """Write the report of an experiment, or of a campaign that was none; helps: by which traits whom it helps."""
        from segmentary.workspace.experiment_reporting import write_experiment

        folder = Path(path) if path is not None else None
        return write_experiment(self.workspace, name, folder, as_of, peek, tell, helps=tuple(helps))


def status_of(plan: Plan, looks: int, now: dt.datetime) -> str:
    """Return where an experiment is."""
    if not plan.waves and not plan.randomised:
        return "planned"
    if plan.look_at is not None and now < plan.look_at:
        return "running"
    return "read" if looks else "to be read"
