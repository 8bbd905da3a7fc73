"""The report of a campaign as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentary.models.progress import Tell, quiet, within

if TYPE_CHECKING:
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.workspace import Workspace


def write_campaign(
    workspace: Workspace, name: str, path: Path | None = None, *, tell: Tell = quiet, **given: Any
) -> DocumentFiles:
    """Write the report of a campaign (default: ``reports/campaign_NAME``); given : as of `result_of`."""
    from segmentary.report.campaign.report import render_campaign
    from segmentary.workspace.campaign_results import result_of
    from segmentary.workspace.experiment_reporting import plain

    found = result_of(workspace, name, tell=within(tell, 0.0, 0.6), **given)
    folder = path if path is not None else workspace.folder.root / "reports" / f"campaign_{plain(name)}"
    return render_campaign(
        found,
        folder,
        generated_for=workspace.folder.root.resolve().name,
        below=workspace.settings.suppress_below,
        tell=within(tell, 0.6, 1.0),
    )
