"""The report of a solution kept: the solution's own figures, and a picture of a sample of its people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from segmentary.errors import NoAnswerError, UnknownNameError
from segmentary.ledger.records import record
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.coding import coded_as
from segmentary.workspace.solution_comparing import people_of

if TYPE_CHECKING:
    from segmentary.models.discover.discovery import Found
    from segmentary.models.discover.solution import Solution
    from segmentary.models.table.typed_table import TypedTable
    from segmentary.models.validate.stability import Across
    from segmentary.report.discovery.extras import Cloud
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.workspace import Workspace

DRAWN, LEAST = 1_500, 3
SEED = 0


def write_discovery(workspace: Workspace, name: str, path: Path | None, tell: Tell = quiet) -> DocumentFiles:
    """Write the report of a solution into a folder (default: ``reports/NAME`` in the workspace)."""
    from segmentary.market.typing_results import TypingTool
    from segmentary.models.discover.solution import Solution
    from segmentary.models.validate.criteria import Spread
    from segmentary.report.discovery.extras import Extras
    from segmentary.report.discovery.report import render_discovery

    kept = record(workspace.ledger, "solution", name)
    document = kept.document
    solution = Solution.from_document(document)
    tool = TypingTool.from_document(document["typing"]) if "typing" in document else None
    tell("placing people for the picture", 0.0)
    slsw = tuple(Spread(**one) for one in document.get("slsw", ()))
    extras = Extras(cloud_of(workspace, solution), slsw, descent_from(document.get("descent")), tool)
    return render_discovery(
        solution,
        path if path is not None else workspace.folder.root / "reports" / kept.name,
        currency=workspace.settings.currency,
        generated_for=workspace.folder.root.resolve().name,
        extras=extras,
        below=workspace.settings.suppress_below,
        tell=tell,
    )


def cloud_of(workspace: Workspace, solution: Solution) -> Cloud | None:
    """Return a sample of people on two axes; None where the solution's people are not in this workspace."""
    try:
        people = people_of(workspace, [solution])
    except (NoAnswerError, UnknownNameError):
        return None
    table = coded_as(people.frame, solution.columns)
    labels = solution.assigner.assign(table)
    there = np.flatnonzero(labels >= 0)
    if len(there) < LEAST:
        return None
    chosen = np.sort(np.random.default_rng(SEED).permutation(there)[:DRAWN])
    return drawn(solution, table.take(chosen), labels[chosen])


def drawn(solution: Solution, table: TypedTable, labels: npt.NDArray[np.intp]) -> Cloud:
    """Return people on the two axes that hold most of their spread."""
    from segmentary.models.describe.separation import separation
    from segmentary.models.discover.solution import Segmentation
    from segmentary.models.table.scaling import prepare
    from segmentary.report.discovery.extras import Cloud

    preparation = solution.assigner.preparation or prepare(table)
    plane = separation(preparation.apply(table), labels, table.weight, solution.k)
    return Cloud.of(plane, Segmentation(solution, (), labels, None))


def descent_from(document: dict[str, Any] | None) -> Across | None:
    """Return how the segments of each number come from those of the number before, as it was kept."""
    from segmentary.models.validate.stability import Across

    if document is None:
        return None
    flows, stability = (
        tuple(np.asarray(one, dtype=np.float64) for one in document[name]) for name in ("flows", "stability")
    )
    return Across(tuple(document["ks"]), (), flows, stability)


def descent_document(found: Found) -> dict[str, Any]:
    """Return what is kept of how the segments of a discovery descend: counts, no person."""
    from segmentary.report.discovery.extras import descent_of

    across = descent_of(found)
    if across is None:
        return {}
    stability = [[None if np.isnan(one) else float(one) for one in part] for part in across.stability]
    flows = [flow.tolist() for flow in across.flows]
    return {"descent": {"ks": list(across.ks), "flows": flows, "stability": stability}}
