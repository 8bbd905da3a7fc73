"""A solution kept, as it is shown: its document, its pictures, its typing tools, one person's answers placed."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.ledger.records import Record, current_records, record, records

if TYPE_CHECKING:
    from segmentary.market.typing_results import TypingTool
    from segmentary.models.discover.solution import Solution
    from segmentary.models.table.columns import Column
    from segmentary.report.discovery.extras import Cloud, Extras
    from segmentary.report.discovery.shown import Shown
    from segmentary.report.document import Document
    from segmentary.workspace.workspace import Workspace

KEPT_PLANES = 16
TOOL = "typing_tool"
FARTHEST = 1e15
"""No answer is a larger number."""
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


# ------------------------------------------------------------ one person's answers


@dataclass(frozen=True, slots=True)
class Likely:
    """A segment and how likely it is, 0 to 1."""

    key: str
    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Typed:
    """Where one person's answers lead.

    segment, name : the key and name of the segment; None: it cannot be said, and why. confidence : calibrated on people
    the tool had not seen. all : every segment, the likeliest first. ask_next : the question that would leave least
    doubt, None where there is none; answered : of how many questions of the tool.
    """

    segment: str | None
    name: str
    confidence: float | None
    why: str
    all: tuple[Likely, ...]
    ask_next: str | None
    answered: int
    questions: int


def type_answers(look: Look, answers: Mapping[str, str | float | bool]) -> Typed:
    """Place one person by their answers; nothing is kept.

    Raises
    ------
    UnknownNameError
        when the tool does not ask that.
    DataError
        when an answer is none of the question's.
    NoAnswerError
        when the solution has no typing tool.
    """
    import numpy as np

    from segmentary.models.table.typed_table import TypedTable

    tool = look.tool
    if tool is None:
        raise NoAnswerError("this solution is no typing tool", hint="make one of it first (a job: typing_tool)")
    questions = {column.name: column for column in tool.assigner.columns}
    bank = {column.name: column for column in tool.bank.columns}
    for name in answers:
        if name not in questions and name not in bank:
            raise UnknownNameError("question", name, [*questions, *bank])
    coded = {name: code({**bank, **questions}[name], value) for name, value in answers.items()}
    more = sorted(set(coded) - set(questions))
    assigner = tool.bank if more else tool.assigner
    columns = assigner.columns
    row = np.array([[coded.get(column.name, np.nan) for column in columns]])
    table = TypedTable(columns, row)
    asked = TypedTable(tool.bank.columns, np.array([[coded.get(column.name, np.nan) for column in tool.bank.columns]]))
    (following,) = tool.ask_next(asked)
    place = int(assigner.assign(table)[0])
    answered = len(coded)
    if place < 0:
        why = "too few of the questions are answered to say"
        return Typed(None, "", None, why, (), following, answered, len(questions))
    names = {one.key: one.name for one in look.solution.description.segments}
    chances = assigner.probabilities(table)[0]
    likely = tuple(
        Likely(key, names.get(key, key), float(chance))
        for key, chance in sorted(zip(assigner.labels, chances, strict=True), key=lambda pair: -pair[1])
    )
    first = likely[0]
    if first.probability < UNSURE:
        why = "the answers fit several segments: none is more likely than all the others together"
        return Typed(None, first.name, first.probability, why, likely, following, answered, len(questions))
    return Typed(first.key, first.name, first.probability, "", likely, following, answered, len(questions))


UNSURE = 0.5
"""Below, the likeliest segment is less likely than all the others together: then none is named."""


def code(column: Column, value: str | float | bool) -> float:
    """Return an answer as the number a table holds.

    Raises
    ------
    DataError
        when it is none of the levels, or no number.
    """
    if column.coded:
        text = {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else str(value).strip()
        if text not in column.levels:
            raise DataError(f"this is no answer to {column.label}", hint="one of " + ", ".join(column.levels[:20]))
        return float(column.levels.index(text))
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not abs(number) < FARTHEST:
        raise DataError(f"this is no number: {column.label}", hint="a number, with a point before its decimals")
    return number


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
