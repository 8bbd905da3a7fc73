"""A typing tool for a solution kept: its own questions, or what is known of every customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from segmentary.errors import NoAnswerError, UsageError
from segmentary.ledger.records import append_record
from segmentary.models.progress import Tell
from segmentary.models.table.coding import coded_as
from segmentary.models.table.findings import Finding
from segmentary.models.table.matching import unmatched
from segmentary.models.table.typed_table import TypedTable
from segmentary.workspace.solution_comparing import people_of
from segmentary.workspace.variables import matching, types_of

if TYPE_CHECKING:
    from segmentary.market.typing_results import TypingTool
    from segmentary.models.discover.solution import Solution
    from segmentary.workspace.workspace import Workspace


def typing_for(
    workspace: Workspace,
    solution: Solution,
    by: Sequence[str],
    save_as: str | None,
    tell: Tell,
    options: Mapping[str, Any],
) -> TypingTool:
    """Make a typing tool of people whom the solution places; keep it where a name is given."""
    from segmentary.market.typing_tool import typing_tool
    from segmentary.models.table.reading import typed_table

    own = [column.name for column in solution.columns]
    wanted = matching(by, list(types_of(workspace)), what="trait", see="see `segmentary traits`") if by else []
    people = people_of(workspace, [solution], tuple(wanted))
    labels = solution.assigner.assign(coded_as(people.frame, solution.columns))
    weights = None if people.weights is None else np.asarray(people.weights.to_numpy(), dtype=np.float64)
    known = labels >= 0 if weights is None else (labels >= 0) & (weights > 0)
    if not known.any():
        raise NoAnswerError(f"{solution.name} places nobody here", hint="load the answers it was found in")
    names = wanted or own
    findings: tuple[Finding, ...] = ()
    if by:
        reading = typed_table(people.frame.select(names))
        table, findings = reading.table, reading.findings
    else:
        table = coded_as(people.frame, solution.columns)
        findings = unmatched(people.frame, table)
    table = table.take(known)
    if weights is not None:
        table = TypedTable(table.columns, table.values, weights[known])
    keys = solution.assigner.labels
    tool = typing_tool(table, labels[known], keys=keys, tell=tell, **options)
    tool = replace(tool, findings=(*findings, *tool.findings))
    if save_as is not None:
        keep_tool(workspace, solution, tool, save_as)
    return tool


def keep_tool(workspace: Workspace, solution: Solution, tool: TypingTool, name: str) -> None:
    """Keep a typing tool as a solution: the same segments, placed by other columns, less surely."""
    from segmentary.workspace.discoveries import checked

    checked(name)
    made = replace(
        solution,
        name=name,
        fit=replace(solution.fit, method="typing_tool", fitted_on=tool.people, options={"types": solution.name}),
        columns=tool.assigner.columns,
        assigner=tool.assigner,
        assigner_agreement=tool.agreement.estimate,
        description=replace(solution.description, rules=(), agreement=tool.agreement),
        findings=(*solution.findings, *tool.findings, told(tool)),
    )
    document = made.to_document() | {"typing": tool.to_document()}
    append_record(workspace.ledger, "solution", name, document, at=workspace.tick())


def told(tool: TypingTool) -> Finding:
    """Say what the tool is worth where the solution is shown."""
    return Finding("typed", "note" if tool.useful else "warning", tool.sentence, "", tool.items)


def write_tool(tool: TypingTool, path: Path, titles: Mapping[str, str]) -> Path:
    """Write a typing tool for use elsewhere.

    Raises
    ------
    UsageError
        when the ending of the name says no form.
    """
    from segmentary.market.typing_exports import json_text, python_text, sql_text

    match path.suffix:
        case ".xlsx":
            from segmentary.market.typing_workbook import typing_workbook

            content = typing_workbook(tool, titles=titles)
        case ".json":
            content = json_text(tool).encode()
        case ".sql":
            content = sql_text(tool.assigner).encode()
        case ".py":
            content = python_text(tool.assigner).encode()
        case ".yaml" | ".yml":
            from segmentary.language.yaml import dump_yaml
            from segmentary.market.typing_definitions import sheet_definitions

            content = dump_yaml(sheet_definitions(tool.sheet, path.stem, titles=titles)).encode()
        case _:
            raise UsageError(f"{path.name}: no form of a typing tool", hint="end with .xlsx, .json, .sql, .py or .yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
