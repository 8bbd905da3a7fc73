"""A made-up business for a workspace that is still empty, to look around in."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentary.errors import ConflictError, UsageError
from segmentary.ledger.loads import load_count
from segmentary.models.progress import Tell, quiet

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

CUSTOMERS = 600
PLANTED = "EUR"


def sample_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell = quiet) -> dict[str, Any]:
    """Load the generated subscription business, put its segments into force and compute them.

    People, companies and texts are made up. What it makes ends today.

    Raises
    ------
    ConflictError
        when the workspace holds data: made-up people are never mixed with real ones.
    """
    if arguments:
        raise UsageError("the sample takes no arguments")
    if load_count(workspace.ledger):
        raise ConflictError(
            "this workspace holds data already", hint="make a new one for the sample: segmentary demo DIR"
        )
    from segmentary.samples.planted_story import plant_story

    tell("making up a business", 0.0)
    with tempfile.TemporaryDirectory(prefix="segmentary-") as name:
        folder = Path(name)
        today = workspace.tick.clock().astimezone(ZoneInfo(workspace.settings.timezone)).date()
        plant_story(folder, ends=today, customers=CUSTOMERS)
        files = sorted(str(path) for path in (folder / "files").iterdir())
        in_currency(files, workspace.settings.currency)
        reports = workspace.add(
            *files, progress=lambda what, done, all_: tell("loading its files", 0.1 + 0.4 * done / max(all_, 1))
        )
        tell("putting its segments into force", 0.5)
        for path in sorted((folder / "documents").iterdir()):
            shutil.copy(path, workspace.folder.segments / path.name)
        workspace.apply()
    run = workspace.run(progress=lambda step: tell(step, 0.7))
    return {"rows": sum(one.rows_kept for one in reports), "files": len(files), "customers": run.customers}


def in_currency(files: list[str], currency: str) -> None:
    """Let the made-up business count in the currency of the workspace."""
    if currency == PLANTED:
        return
    for name in files:
        path = Path(name)
        text = path.read_bytes()
        path.write_bytes(re.sub(rb"\b" + PLANTED.encode() + rb"\b", currency.encode(), text))
