"""Experiments as jobs: planning one, drawing its arms, reading it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from segmentary.errors import UsageError
from segmentary.models.progress import Tell
from segmentary.workspace.asked_arguments import AskedArguments
from segmentary.workspace.kept_findings import keep, key_of, recall

if TYPE_CHECKING:
    from segmentary.report.document import Document
    from segmentary.workspace.experiment_planning import Planned
    from segmentary.workspace.experiments import Assigned
    from segmentary.workspace.report_shelf import ShelfFile
    from segmentary.workspace.workspace import Workspace

PLAN = (
    "name", "hypothesis", "primary", "secondary", "guardrails", "arms", "control", "segments", "by", "within", "look",
    "look_at", "level", "power", "detect", "adjusted", "cost", "as_of", "dry_run",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """An experiment that was read: its answer in a word and a sentence."""

    experiment: str
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ExperimentReported:
    """A report of an experiment that was written."""

    experiment: str
    files: tuple[ShelfFile, ...]
    missing: tuple[str, ...]


def plan_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Planned:
    """Plan an experiment and say what it could see; with ``dry_run`` nothing is kept.

    arguments : those of ``segmentary experiment plan``; ``arms`` is an object of shares by name.
    """
    asked = AskedArguments(arguments, PLAN)
    name = asked.needed("name", "what the experiment is to be called: small letters, digits, - and _")
    found = workspace.experiments.plan(
        name,
        primary=asked.needed("primary", "what decides: buys = any order_completed in 28d"),
        hypothesis=asked.text("hypothesis", longest=2_000),
        secondary=asked.texts("secondary"),
        guardrails=asked.texts("guardrails"),
        arms=arms_of(arguments.get("arms")),
        control=asked.text("control"),
        segments=asked.texts("segments"),
        by=asked.text("by"),
        within=asked.text("within"),
        look=asked.one_of("look", ("single", "sequence"), "single"),
        look_at=asked.maybe("look_at"),
        level=asked.share("level", 0.95),
        power=asked.share("power", 0.8),
        detect=asked.share("detect", 0.0) or None,
        adjusted=asked.yes("adjusted"),
        cost=number(arguments.get("cost"), "cost"),
        as_of=asked.maybe("as_of"),
        save=not asked.yes("dry_run"),
        tell=tell,
    )
    keep(key_of(workspace, "plan of experiment", name), found)
    return found


def power_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Planned:
    """Say again what a plan that is kept could see. Arguments: ``name``, ``power`` (default 0.8)."""
    asked = AskedArguments(arguments, ("name", "power"))
    name = asked.needed("name", "which experiment?")
    workspace.derived.ensure()
    plan = workspace.experiments.get(name)
    as_of = workspace.context(None).as_of
    found = workspace.experiments.foresee(plan, asked.share("power", 0.8), as_of, save=False, tell=tell)
    keep(key_of(workspace, "plan of experiment", name), found)
    return found


def planned(workspace: Workspace, name: str) -> Planned | None:
    """Return what a plan could see, as a job measured it; None where it is to be measured."""
    return cast("Planned | None", recall(key_of(workspace, "plan of experiment", name)))


def arms_of(given: object) -> dict[str, float] | None:
    """Return shares by arm; None where nothing is said.

    Raises
    ------
    UsageError
        when a share is no number between 0 and 1.
    """
    if given is None or given == {}:
        return None
    if not isinstance(given, dict) or not 2 <= len(given) <= 20:
        raise UsageError("arms are shares by name, two of them or more", hint='{"mail": 0.9, "control": 0.1}')
    for share in given.values():
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share < 1:
            raise UsageError("the share of an arm lies between 0 and 1", hint='{"mail": 0.9, "control": 0.1}')
    return {str(name): float(share) for name, share in given.items()}


def number(given: object, name: str) -> float | None:
    """Return a number of zero or more; None where nothing is said."""
    if given is None or given == "":
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < 1e12:
        raise UsageError(f"{name} is a number of zero or more")
    return float(given)


def assign_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Assigned:
    """Draw the arms of an experiment; again, nothing changes. Arguments: ``name``, ``add_new``."""
    asked = AskedArguments(arguments, ("name", "add_new"))
    name = asked.needed("name", "which experiment?")
    return workspace.experiments.assign(name, add_new=asked.yes("add_new"), tell=tell)


def read_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Read:
    """Read an experiment, or say what can be said of a campaign that was none. Arguments: ``name``, ``peek``."""
    from segmentary.workspace.experiment_reporting import experiment_findings

    asked = AskedArguments(arguments, ("name", "peek"))
    name, peek = asked.needed("name", "which experiment?"), asked.yes("peek")
    workspace.derived.ensure()
    document = experiment_findings(workspace, name, peek=peek, tell=tell)
    # Reading is noted in the ledger, which changes the key: it is taken afterwards.
    keep(key_of(workspace, "experiment", name), document)
    return Read(name, document.answer.word, document.answer.sentence)


def read_before(workspace: Workspace, name: str) -> Document | None:
    """Return what a job read, None where it is to be read."""
    return cast("Document | None", recall(key_of(workspace, "experiment", name)))


def experiment_report_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> ExperimentReported:
    """Write the report of an experiment. Arguments: ``name``, ``peek``."""
    from segmentary.workspace.experiment_reporting import plain
    from segmentary.workspace.report_shelf import shelf

    asked = AskedArguments(arguments, ("name", "peek"))
    name = asked.needed("name", "which experiment?")
    files = workspace.experiments.report(name, peek=asked.yes("peek"), tell=tell)
    return ExperimentReported(name, shelf(workspace, "experiment", plain(name)), files.missing)
