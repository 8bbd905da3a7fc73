"""The report of tailoring: every part the data can answer; what they cannot is left out and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentary.errors import NoAnswerError, UnknownNameError
from segmentary.models.progress import Tell, within
from segmentary.workspace.workspace import require_run

if TYPE_CHECKING:
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.workspace import Workspace


def write_tailoring(workspace: Workspace, path: Path | None, segments: Sequence[str], tell: Tell) -> DocumentFiles:
    """Write the report of tailoring into a folder."""
    from segmentary.measurement.tailoring.offers import offers
    from segmentary.report.tailoring.data import TailoringData
    from segmentary.report.tailoring.report import render_tailoring

    tailoring = workspace.tailoring
    parts: dict[str, Callable[[Tell], Any]] = {
        "trends": lambda told: tailoring.trends(segments, tell=told),
        "loyalty": lambda told: workspace.loyalty.measure(segments, tell=told),
    }
    found: dict[str, Any] = {"uses": tailoring.uses(segments, tell=within(tell, 0.0, 0.3))}
    unanswered = []
    for number, (name, make) in enumerate(parts.items()):
        try:
            found[name] = make(within(tell, 0.3 + 0.2 * number, 0.5 + 0.2 * number))
        except (NoAnswerError, UnknownNameError) as error:
            unanswered.append(f"{name}: {error.message}")
    run = require_run(workspace)
    settings = workspace.settings
    data = TailoringData(
        generated_for=workspace.folder.root.resolve().name,
        as_of=run.as_of.astimezone(ZoneInfo(settings.timezone)).date().isoformat(),
        currency=settings.currency,
        below=settings.suppress_below,
        offers=offers(found["uses"], found.get("trends")),
        unanswered=tuple(unanswered),
        **found,
    )
    folder = path if path is not None else workspace.folder.root / "reports" / "tailoring"
    return render_tailoring(data, folder, tell=within(tell, 0.7, 1.0))
