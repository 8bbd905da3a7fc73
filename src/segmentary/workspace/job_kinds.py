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
    itself (what it does must then come to the same when it is done twice).
    """

    title: str
    permission: str
    place: str
    again: bool = True

    def work(self) -> Work:
        """Return the function."""
        module, _, name = self.place.partition(":")
        found: Work = getattr(importlib.import_module(module), name)
        return found


KINDS: Mapping[str, JobKind] = {
    "run": JobKind("Computing all segments", "operate", "segmentary.workspace.running:run_job"),
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
