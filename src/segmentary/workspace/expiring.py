"""What is kept for some time only: it goes when its time is over, whether or not anybody asks for another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


def throw_away_expired(workspace: Workspace) -> None:
    """Throw away files of people and uploads that are past their time.

    Nobody may be writing a file of people meanwhile: one that is not described yet counts as left behind.
    """
    from segmentary.workspace.export_job import tidy
    from segmentary.workspace.uploading import Uploads

    tidy(workspace)
    Uploads(workspace).tidy()
