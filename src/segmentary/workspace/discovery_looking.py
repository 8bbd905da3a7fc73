"""A solution kept, as it is shown: its document, its pictures, its typing tools."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from segmentary.errors import NoAnswerError, UnknownNameError
from segmentary.ledger.records import Record, current_records, record, records

if TYPE_CHECKING:
    from segmentary.market.typing_results import TypingTool
    from segmentary.models.discover.solution import Solution
    from segmentary.report.discovery.extras import Cloud, Extras
    from segmentary.report.discovery.shown import Shown
    from segmentary.report.document import Document
    from segmentary.workspace.workspace import Workspace

KEPT_PLANES = 16
TOOL = "typing_tool"
Plane = tuple[str, str, str]


@dataclass(frozen=True, eq=False)
class Look:
    """A version of a solution with what is known around it.

    number : v1, v2; numbers : how many versions there are. in_force : whether this version places people; segments :
    those in force that it made. of : of a typing tool, its solution; tools : solutions that are tools of this one.
    """

    entry: Record
    solution: Solution
    number: int
    numbers: int
    in_force: bool
    segments: tuple[str, ...]
    of: str
    tools: tuple[str, ...]
    tool: TypingTool | None
    below: int
    currency: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.entry.name

    @property
    def shown(self) -> Shown:
        """What of it may be shown: small groups are hidden."""
        from segmentary.report.discovery.shown import Shown

        return Shown(self.solution, self.below)


def look(workspace: Workspace, name: str) -> Look:
    """Return a solution to look into; ``name@v2`` for an older version.

    Raises
    ------
    UnknownNameError
        when there is none.
    """
    from segmentary.market.typing_results import TypingTool
    from segmentary.models.discover.solution import Solution
    from segmentary.workspace.adopting import made_of

    entry = record(workspace.ledger, "solution", name)
    held = [one.version for one in records(workspace.ledger, "solution", entry.name) if not one.retired]
    solution = Solution.from_document(entry.document)
    model = current_records(workspace.ledger, "model").get(entry.name)
    tool = TypingTool.from_document(entry.document["typing"]) if "typing" in entry.document else None
    return Look(
        entry,
        solution,
        held.index(entry.version) + 1,
        len(held),
        model is not None and model.document["version"] == entry.version,
        tuple(sorted(made_of(workspace, entry.name))),
        types_of_tool(solution.fit),
        tools_of(workspace, entry.name),
        tool,
        workspace.settings.suppress_below,
        workspace.settings.currency,
    )


def types_of_tool(fit: Any) -> str:
    """Return of which solution this is a typing tool; empty: it is none."""
    return str(fit.options.get("types", "")) if fit.method == TOOL else ""


def tools_of(workspace: Workspace, name: str) -> tuple[str, ...]:
    """Return the typing tools of a solution, itself first where it is one."""
    found = []
    for other, entry in current_records(workspace.ledger, "solution").items():
        fit = entry.document["fit"]
        if fit["method"] == TOOL and "typing" in entry.document and name in (other, fit["options"].get("types")):
            found.append(other)
    return tuple(sorted(found, key=lambda one: (one != name, one)))


def tool_of(workspace: Workspace, name: str, tool: str = "") -> Look:
    """Return a typing tool of a solution: the one named, else the first.

    Raises
    ------
    NoAnswerError
        when none was made.
    """
    entry = record(workspace.ledger, "solution", name)
    tools = tools_of(workspace, entry.name)
    if tool and tool not in tools:
        raise UnknownNameError("typing tool", tool, tools)
    if not tools:
        raise NoAnswerError(
            "there is no typing tool of this solution yet", hint="choose its questions first (a job: typing_tool)"
        )
    return look(workspace, tool or tools[0])


# ------------------------------------------------------------ as a document


def document(look: Look, cloud: Cloud | None = None) -> Document:
    """Return everything the report says of a solution, to be shown elsewhere; cloud : people on two axes."""
    from segmentary.report.discovery.report import discovery_document

    return discovery_document(look.solution, currency=look.currency, below=look.below, extras=extras(look, cloud))


def extras(look: Look, cloud: Cloud | None) -> Extras:
    from segmentary.models.validate.criteria import Spread
    from segmentary.report.discovery.extras import Extras
    from segmentary.workspace.discovery_reporting import descent_from

    kept = look.entry.document
    spreads = tuple(Spread(**one) for one in kept.get("slsw", ()))
    return Extras(cloud, spreads, descent_from(kept.get("descent")), look.tool)


PLANES: OrderedDict[Plane, Cloud | None] = OrderedDict()
DRAWING = Lock()


def plane(workspace: Workspace, look: Look) -> Cloud | None:
    """Return a sample of its people on two axes, as of the newest run; None where they are not in this workspace.

    The newest planes are kept in memory: they change only with runs.
    """
    from segmentary.workspace.discovery_reporting import cloud_of

    run = workspace.last_run()
    key = (str(workspace.folder.root), look.entry.version, "" if run is None else str(run.as_of))
    with DRAWING:
        if key in PLANES:
            PLANES.move_to_end(key)
            return PLANES[key]
    found = cloud_of(workspace, look.solution)
    with DRAWING:
        PLANES[key] = found
        while len(PLANES) > KEPT_PLANES:
            PLANES.popitem(last=False)
    return found


def placeable(workspace: Workspace, solution: Solution) -> bool:
    """Say whether its people are in this workspace, without looking at them."""
    from segmentary.workspace.variables import survey_items, surveys, types_of

    names = {column.name for column in solution.columns}
    source = solution.fit.source
    if source.startswith("survey "):
        survey = source.removeprefix("survey ")
        known = set(survey_items(workspace, survey)) if survey in surveys(workspace) else set()
        return bool(known) and names <= known | set(types_of(workspace))
    return names <= set(types_of(workspace))


def plain_document(look: Look) -> dict[str, Any]:
    """Return a solution as JSON values, without figures only machines read, and without what is hidden."""
    shown, solution = look.shown, look.solution
    hidden = shown.hidden
    description = solution.description
    segments = []
    for one in description.segments:
        known = asdict(one)
        if one.place in hidden:
            known |= {"n": None, "size": None, "value_share": None, "confidence": None, "stability": None,
                      "sentence": "", "markers": ()}  # fmt: skip
        segments.append({**known, "hidden": one.place in hidden})
    gone = shown.withheld
    profile = [
        asdict(cell)
        for cell in description.profile
        if cell.segment not in hidden and (cell.segment, (cell.column, cell.level)) not in gone
    ]
    rules = [asdict(one) for one in description.rules if one.segment not in hidden]
    return {
        "name": look.name,
        "version": look.entry.version,
        "number": look.number,
        "versions": look.numbers,
        "created_at": look.entry.created_at,
        "in_force": look.in_force,
        "segments_in_force": look.segments,
        "types": look.of,
        "tools": look.tools,
        "fit": asdict(solution.fit),
        "columns": [column.to_document() for column in solution.columns],
        "assigner_agreement": solution.assigner_agreement,
        "verdict": {**solution.verdict.to_document(), "meaning": solution.verdict.meaning},
        "criteria": criteria_document(look),
        "segments": segments,
        "profile": profile,
        "descriptors": descriptors(look),
        "rules": rules,
        "agreement": None if description.agreement is None else asdict(description.agreement),
        "findings": [one.to_document() for one in solution.findings],
    }


def criteria_document(look: Look) -> dict[str, Any]:
    from segmentary.report.suppression import small

    criteria = look.solution.criteria
    rows = [
        replace(row, smallest=None) if row.smallest is not None and small(row.smallest, look.below) else row
        for row in criteria.rows
    ]
    return replace(criteria, rows=tuple(rows)).to_document()


def descriptors(look: Look) -> list[dict[str, Any]]:
    """Return what goes with the segments; shares of too few people are None, counts are left out."""
    found = []
    for one in look.solution.description.descriptors:
        gone = look.shown.withheld_shares(one)
        shares = [
            [None if (i, j) in gone else share for j, share in enumerate(row)] for i, row in enumerate(one.shares)
        ]
        made = {**asdict(one), "shares": shares, "sentence": look.shown.about(one)}
        del made["counts"]
        found.append(made)
    return found


# ------------------------------------------------------------ all of them


@dataclass(frozen=True, slots=True)
class Card:
    """A solution in the list. recommended : segments the criteria advise, 1: none. of : of a tool, its solution."""

    name: str
    number: int
    verdict: str
    sentence: str
    doubt: str
    recommended: int
    segments: tuple[tuple[str, float], ...]
    people: int
    method: str
    source: str
    created_at: dt.datetime
    in_force: bool
    of: str


def cards(workspace: Workspace) -> list[Card]:
    """Return the newest version of every solution kept, the newest first; sizes of small segments are not told."""
    from segmentary.models.discover.solution import Solution
    from segmentary.report.discovery.shown import Shown

    found = []
    for one in workspace.discoveries.kept():
        entry = record(workspace.ledger, "solution", one.name)
        told, fit = entry.document, entry.document["fit"]
        recommended = told["criteria"]["recommendation"]
        hidden = Shown(Solution.from_document(told), workspace.settings.suppress_below).hidden
        sizes = tuple(
            (part["name"], float(part["size"]["estimate"]))
            for part in told["description"]["segments"]
            if part["place"] not in hidden
        )
        found.append(
            Card(
                one.name,
                one.number,
                one.verdict,
                told["verdict"]["sentence"],
                recommended["doubt"],
                recommended["k"],
                sizes,
                one.people,
                one.method,
                one.source,
                one.created_at,
                one.in_force,
                str(fit["options"].get("types", "")) if fit["method"] == TOOL else "",
            )
        )
    return sorted(found, key=lambda card: card.created_at, reverse=True)
