"""Measuring a market as a job, keeping its plan, and deciding whom to serve."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from segmentary.errors import DefinitionError, UnknownNameError, UsageError
from segmentary.models.progress import Tell
from segmentary.workspace.asked_arguments import AskedArguments
from segmentary.workspace.kept_findings import Key, keep, key_of, recall
from segmentary.workspace.market_plan import MarketPlan, read_plan

if TYPE_CHECKING:
    from segmentary.report.document import Document
    from segmentary.workspace.markets import Market
    from segmentary.workspace.report_shelf import ShelfFile
    from segmentary.workspace.workspace import Workspace

MOST_CHOSEN = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """A market that was measured: its answer in a word and a sentence."""

    market: str
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class MarketReported:
    """A report of a market that was written."""

    market: str
    files: tuple[ShelfFile, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The plan of a market as it is kept: the text of its file, and what it says; ``wrong`` where it cannot be read."""

    market: str
    text: str
    plan: MarketPlan | None
    wrong: str = ""


def folder_of(workspace: Workspace) -> Path:
    """Return where the plans of markets lie."""
    return workspace.folder.root / "market"


def plans(workspace: Workspace) -> list[PlanFile]:
    """Return the plan of every market, by name."""
    return [plan_file(path) for path in sorted(folder_of(workspace).glob("*.yaml"))]


def plan_file(path: Path) -> PlanFile:
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        return PlanFile(path.stem, text, read_plan(path, called=path.name))
    except (DefinitionError, UsageError) as error:
        return PlanFile(path.stem, text, None, error.message)


def plan_named(workspace: Workspace, name: str) -> PlanFile:
    """Return the plan of a market.

    Raises
    ------
    UnknownNameError
        when there is none of that name.
    """
    held = {one.market: one for one in plans(workspace)}
    if name not in held:
        raise UnknownNameError("market", name, held)
    return held[name]


def write_plan(workspace: Workspace, name: str, text: str) -> PlanFile:
    """Check a plan and keep it as ``market/NAME.yaml``; what is wrong leaves the file as it was.

    Raises
    ------
    DefinitionError
        when it cannot be read, or names another market.
    """
    from segmentary.workspace.discoveries import checked

    checked(name)
    folder = folder_of(workspace)
    folder.mkdir(exist_ok=True)
    arriving = folder / f".{name}.{secrets.token_hex(4)}.partial"
    arriving.write_text(text, encoding="utf-8")
    try:
        plan = read_plan(arriving, called=name)
        if plan.market != name:
            raise DefinitionError("the plan names another market", hint="`market:` is the name the address has")
        arriving.replace(folder / f"{name}.yaml")
    finally:
        arriving.unlink(missing_ok=True)
    return plan_named(workspace, name)


def market_named(workspace: Workspace, name: str) -> Market:
    """Return a market to measure, by its plan.

    Raises
    ------
    UnknownNameError
        when there is no plan of that name.
    DefinitionError
        when the plan cannot be read.
    """
    found = plan_named(workspace, name)
    if found.plan is None:
        raise DefinitionError(found.wrong, hint="see the guide to markets")
    return workspace.market(found.plan)


def market_key(workspace: Workspace, name: str, weights: Mapping[str, float], choose: int | None) -> Key:
    """Return the key of what is known of a market."""
    return key_of(workspace, "market", plan_named(workspace, name).text, sorted(weights.items()), choose)


def measured(workspace: Workspace, name: str, weights: Mapping[str, float], choose: int | None) -> Document | None:
    """Return what a job measured of a market, None where it is still to be measured."""
    return cast("Document | None", recall(market_key(workspace, name, weights, choose)))


def measure_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Measured:
    """Measure a market. Arguments: ``market``, ``weights`` (criterion -> weight), ``choose`` (how many segments)."""
    from segmentary.report.market.report import market_document
    from segmentary.workspace.market_reporting import report_data

    asked = AskedArguments(arguments, ("market", "weights", "choose"))
    name = asked.needed("market", "which market?")
    weights, choose = weights_of(arguments.get("weights")), asked.whole("choose", 0, least=0, most=MOST_CHOSEN) or None
    key = market_key(workspace, name, weights, choose)
    workspace.derived.ensure()
    data = report_data(market_named(workspace, name), tell, weights=weights, choose=choose)
    document = market_document(data)
    keep(key, document)
    return Measured(name, document.answer.word, document.answer.sentence)


def weights_of(given: object) -> dict[str, float]:
    """Return weights of criteria by name.

    Raises
    ------
    UsageError
        when they are no numbers from 0 to 100.
    """
    if given is None:
        return {}
    if not isinstance(given, dict) or len(given) > 50:
        raise UsageError("weights are numbers by criterion")
    for value in given.values():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            raise UsageError("a weight is a number from 0 to 100")
    return {str(name): float(value) for name, value in given.items()}


def market_report_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> MarketReported:
    """Write the report of a market. Arguments: ``market``."""
    from segmentary.workspace.report_shelf import shelf

    name = AskedArguments(arguments, ("market",)).needed("market", "which market?")
    market = market_named(workspace, name)
    workspace.derived.ensure()
    files = market.report(tell=tell)
    return MarketReported(name, shelf(workspace, "market", name), files.missing)
