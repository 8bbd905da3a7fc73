"""What can be done as a job: work that takes longer than a question, one after the other, while people look.

A kind's function takes the workspace that may be changed, the arguments as JSON values, and `tell`, which it calls at
least every second with a sentence and the share done; raising out of `tell` stops it. It returns what the job made, as
a result `plain_json.document` can write, small enough to read (a name, counts, warnings), never rows of people.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segmentary.errors import UnknownNameError

if TYPE_CHECKING:
    from segmentary.models.progress import Tell
    from segmentary.workspace.workspace import Workspace

    Work = Callable[[Workspace, Mapping[str, Any], Tell], object]


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of work.

    title : what people read while it goes on; permission : who may ask for it (`interfaces.http.access`);
    place : ``module:function``, imported when it is done; again : whether one that was cut off is begun again by
    itself (what it does must then come to the same when it is done twice); joined : whether who asks for the very
    same while it still waits joins it.
    """

    title: str
    permission: str
    place: str
    again: bool = True
    joined: bool = False

    def work(self) -> Work:
        """Return the function."""
        module, _, name = self.place.partition(":")
        found: Work = getattr(importlib.import_module(module), name)
        return found


KINDS: Mapping[str, JobKind] = {
    "campaign_report": JobKind("Writing a report", "analyse", "segmentary.workspace.campaign_jobs:report_job"),
    "discover": JobKind("Finding segments", "analyse", "segmentary.workspace.discovery_jobs:discover_job"),
    "discovery_report": JobKind(
        "Writing a report", "analyse", "segmentary.workspace.discovery_jobs:discovery_report_job"
    ),
    "emergence": JobKind("Looking for new segments", "analyse", "segmentary.workspace.discovery_jobs:emergence_job"),
    "experiment": JobKind("Reading an experiment", "analyse", "segmentary.workspace.experiment_jobs:read_job"),
    "experiment_assign": JobKind("Drawing arms", "act", "segmentary.workspace.experiment_jobs:assign_job"),
    "experiment_plan": JobKind("Planning an experiment", "analyse", "segmentary.workspace.experiment_jobs:plan_job"),
    "experiment_power": JobKind(
        "What an experiment could see", "read", "segmentary.workspace.experiment_jobs:power_job", joined=True
    ),
    "experiment_report": JobKind(
        "Writing a report", "analyse", "segmentary.workspace.experiment_jobs:experiment_report_job"
    ),
    # Asked for at POST /exports, which knows who may see which columns.
    "export": JobKind(
        "Writing a file of people", "administer", "segmentary.workspace.export_job:export_job", again=False
    ),
    "freeze": JobKind("Freezing an audience", "act", "segmentary.workspace.campaign_jobs:freeze_job", again=False),
    "load": JobKind("Loading files", "load", "segmentary.workspace.upload_reading:load_job"),
    "market": JobKind("Measuring a market", "read", "segmentary.workspace.market_jobs:measure_job", joined=True),
    "market_report": JobKind("Writing a report", "analyse", "segmentary.workspace.market_jobs:market_report_job"),
    "predict": JobKind("Fitting a prediction", "analyse", "segmentary.workspace.prediction_jobs:predict_job"),
    "preflight": JobKind("Looking before sending", "act", "segmentary.workspace.campaign_jobs:preflight_job"),
    "prediction_drift": JobKind("Comparing people", "analyse", "segmentary.workspace.prediction_jobs:drift_job"),
    "prediction_report": JobKind(
        "Writing a report", "analyse", "segmentary.workspace.prediction_jobs:prediction_report_job"
    ),
    "receive": JobKind("Loading webhooks", "ingest", "segmentary.workspace.webhook_inbox:receive_job", joined=True),
    "render": JobKind("Writing messages", "act", "segmentary.workspace.campaign_jobs:render_job"),
    "retire_prediction": JobKind(
        "Ending a prediction", "analyse", "segmentary.workspace.prediction_jobs:retire_prediction_job", again=False
    ),
    "run": JobKind("Computing all segments", "operate", "segmentary.workspace.running:run_job", joined=True),
    "sample": JobKind("Loading sample data", "load", "segmentary.workspace.sampling:sample_job", again=False),
    "score": JobKind("Scoring everybody", "analyse", "segmentary.workspace.prediction_jobs:score_job"),
    "send": JobKind("Sending", "act", "segmentary.workspace.campaign_jobs:send_job"),
    "tick": JobKind("Doing what is due", "act", "segmentary.workspace.campaign_jobs:tick_job"),
    "typing_tool": JobKind("Choosing questions", "analyse", "segmentary.workspace.discovery_jobs:typing_tool_job"),
}
"""Every kind by its name; one line each, in the order of the alphabet."""


def kind_of(name: str) -> JobKind:
    """Return a kind.

    Raises
    ------
    UnknownNameError
        when there is none of that name.
    """
    if name not in KINDS:
        raise UnknownNameError("kind of job", name, KINDS)
    return KINDS[name]
