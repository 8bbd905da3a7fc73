"""Found segments against the people of today."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmentary.errors import NoAnswerError
from segmentary.ledger.records import record
from segmentary.models.progress import Tell
from segmentary.models.table.coding import coded_as
from segmentary.models.table.matching import unmatched
from segmentary.workspace.moments import Moment

if TYPE_CHECKING:
    from segmentary.dynamics.emergence import Emergence
    from segmentary.workspace.discoveries import Discoveries


def emergence_of(
    discoveries: Discoveries,
    name: str,
    within: str | None,
    wave: str | None,
    as_of: Moment,
    seed: int,
    tell: Tell,
) -> Emergence:
    """Say what has become of a solution's segments."""
    from segmentary.dynamics.emergence import emergence
    from segmentary.dynamics.fit import Baseline
    from segmentary.models.discover.solution import Solution
    from segmentary.workspace.variables import survey_items

    document = record(discoveries.workspace.ledger, "solution", name).document
    if "baseline" not in document:
        raise NoAnswerError(
            f"what the people of {name} were like was not kept", hint="find the segments again: segmentary discover run"
        )
    solution = Solution.from_document(document)
    names = [column.name for column in solution.columns]
    survey = solution.fit.source.removeprefix("survey ") if solution.fit.source.startswith("survey ") else None
    if survey is not None:
        items = survey_items(discoveries.workspace, survey)
        names = [items[one] for one in names if one in items]
    people = discoveries.people(names, survey=survey, wave=wave, within=within, as_of=as_of)
    table = coded_as(people.frame, solution.columns)
    found = emergence(solution, table, reference=Baseline.from_document(document["baseline"]), seed=seed, tell=tell)
    return replace(found, findings=(*unmatched(people.frame, table), *found.findings))
