"""What is kept for some time only: it goes when its time is over, whether or not anybody asks for another one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from segmentary.ledger.jobs import throw_away_ended

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

JOBS_KEPT_DAYS = 30


def throw_away_expired(workspace: Workspace) -> None:
    """Throw away files of people, uploads and ended jobs that are past their time.

    Nobody may be writing a file of people meanwhile: one that is not described yet counts as left behind.
    """
    from segmentary.workspace.export_job import tidy
    from segmentary.workspace.uploading import Uploads

    tidy(workspace)
    Uploads(workspace).tidy()
    throw_away_ended(workspace.ledger, before=workspace.tick() - dt.timedelta(days=JOBS_KEPT_DAYS))
