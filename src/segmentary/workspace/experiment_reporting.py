"""The report of an experiment into a folder of the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.ledger.records import current_records
from segmentary.models.progress import Tell, quiet, within

if TYPE_CHECKING:
    from segmentary.measurement.experiment.analysis import Analysis
    from segmentary.measurement.experiment.observational import Observed
    from segmentary.measurement.uplift.uplift import Uplift
    from segmentary.report.document import Document
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

    found, arms = findings(workspace, name, as_of, peek=peek, helps=helps, tell=within(tell, 0.0, 0.6))
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


def experiment_findings(
    workspace: Workspace, name: str, *, as_of: Moment = None, peek: bool = False, tell: Tell = quiet
) -> Document:
    """Return the report of an experiment, or of a campaign that was none, as a document."""
    from segmentary.measurement.experiment.analysis import Analysis
    from segmentary.report.experiment.report import experiment_document, observed_document

    found, _ = findings(workspace, name, as_of, peek=peek, tell=tell)
    made = workspace.folder.root.resolve().name
    currency, below = workspace.settings.currency, workspace.settings.suppress_below
    if isinstance(found, Analysis):
        return experiment_document(found, generated_for=made, currency=currency, below=below)
    return observed_document(found, generated_for=made, currency=currency, below=below)


def findings(
    workspace: Workspace, name: str, as_of: Moment, *, peek: bool, helps: tuple[str, ...] = (), tell: Tell
) -> tuple[Analysis | Observed, tuple[Uplift, ...]]:
    """Read an experiment, or what can be said of a campaign that was none; and whom the arms help, where asked."""
    arms: tuple[Uplift, ...] = ()
    if name.partition("@")[0] in current_records(workspace.ledger, "experiment"):
        found = workspace.experiments.analyze(name, as_of=as_of, peek=peek, tell=within(tell, 0.0, 0.4))
        if helps and not found.blocked:
            asked = workspace.experiments.uplift(name, by=helps, as_of=as_of, peek=peek, tell=within(tell, 0.4, 1.0))
            arms = asked.arms
        return found, arms
    metric = "spend = sum order_completed.amount in 28d"
    known = "order_completed" in workspace.derived.events()
    return workspace.experiments.observe(name, metric=metric if known else "", as_of=as_of), arms


def plain(name: str) -> str:
    """Return a campaign's name as a folder's.

    >>> plain("Spring / 2026")
    'Spring___2026'
    """
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in name)
