"""The report of an experiment into a folder of the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.ledger.records import current_records
from segmentary.models.progress import Tell, within

if TYPE_CHECKING:
    from segmentary.measurement.experiment.analysis import Analysis
    from segmentary.measurement.experiment.observational import Observed
    from segmentary.measurement.uplift.uplift import Uplift
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.moments import Moment
    from segmentary.workspace.workspace import Workspace


def write_experiment(
    workspace: Workspace,
    name: str,
    path: Path | None,
    as_of: Moment,
    peek: bool,
    tell: Tell,
    *,
    helps: tuple[str, ...] = (),
) -> DocumentFiles:
    """Write the report of an experiment, or of a campaign that was none (default: ``reports/NAME``).

    helps : traits by which to say whom its arms help; none: that is not asked.
    """
    from segmentary.report.experiment.report import render_experiment

    found: Analysis | Observed
    arms: tuple[Uplift, ...] = ()
    if name.partition("@")[0] in current_records(workspace.ledger, "experiment"):
        found = workspace.experiments.analyze(name, as_of=as_of, peek=peek, tell=within(tell, 0.0, 0.2))
        if helps and not found.blocked:
            asked = workspace.experiments.uplift(name, by=helps, as_of=as_of, peek=peek, tell=within(tell, 0.2, 0.6))
            arms = asked.arms
    else:
        metric = "spend = sum order_completed.amount in 28d"
        known = "order_completed" in workspace.derived.events()
        found = workspace.experiments.observe(name, metric=metric if known else "", as_of=as_of)
    folder = path if path is not None else workspace.folder.root / "reports" / plain(name)
    return render_experiment(
        found,
        folder,
        helps=arms,
        generated_for=workspace.folder.root.resolve().name,
        currency=workspace.settings.currency,
        below=workspace.settings.suppress_below,
        tell=within(tell, 0.6, 1.0),
    )


def plain(name: str) -> str:
    """Return a campaign's name as a folder's.

    >>> plain("Spring / 2026")
    'Spring___2026'
    """
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in name)
