"""The report of the newest run, gathered from what is served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from segmentary.language.tree import Context
from segmentary.language.walk import traits_used
from segmentary.ledger.definitions import positions
from segmentary.ledger.runs import RunEntry
from segmentary.report.data import gather
from segmentary.report.figures import Change, ReportData, SegmentChange, SegmentInput
from segmentary.report.html import ReportFiles, render_report
from segmentary.segments.membership import flags_query
from segmentary.workspace.reading import segment_list
from segmentary.workspace.runs import run_report
from segmentary.workspace.workspace import Workspace, require_run

__all__ = ["ReportFiles", "charts", "report_data", "write_report"]


def write_report(workspace: Workspace, path: Path | None = None) -> ReportFiles:
    """Write the report into a folder (default: a new one under ``reports``) and return its files."""
    data = report_data(workspace)
    if path is None:
        run = require_run(workspace)
        day = run.as_of.astimezone(ZoneInfo(run.context["timezone"]))
        path = workspace.folder.reports / f"{day:%Y-%m-%d}-run-{run.run_id}"
    return render_report(data, path)


def charts(workspace: Workspace, *, width: int = 640) -> Mapping[str, Any]:
    """Return the report's charts by name, `width` pixels wide, as Altair objects that a notebook shows."""
    from segmentary.report.images import charts_of

    return {name: draw(width) for name, draw in charts_of(report_data(workspace)).items()}


def report_data(workspace: Workspace) -> ReportData:
    """Gather everything the report of the newest run shows.

    Raises
    ------
    UsageError
        when nothing was ever run.
    """
    run = require_run(workspace)
    held = workspace.segments_defined()
    infos = [info for info in segment_list(workspace) if info.name in run.segments and info.name in held]
    names = [info.name for info in infos]
    inputs = [
        SegmentInput(
            info.name,
            info.title,
            info.purpose,
            info.sentence,
            info.base,
            frozenset(traits_used(held[info.name].where)),
        )
        for info in infos
    ]
    return gather(
        workspace.warehouse,
        context=context_of(run),
        settings=workspace.settings,
        flags=flags_query(names, positions(workspace.ledger)),
        segments=inputs,
        traits=workspace.traits(),
        quality=workspace.quality(),
        changes=changes_of(workspace, run),
        rfm_cuts=cuts_of(run),
        title=f"Customer segments of {workspace.folder.root.resolve().name}",
    )


def context_of(run: RunEntry) -> Context:
    """Return the moment and calendar a run judged in."""
    known = run.context.get("known_at")
    return Context(
        as_of=run.as_of,
        timezone=run.context["timezone"],
        week_start=run.context["week_start"],
        fiscal_year_start=run.context["fiscal_year_start"],
        known_at=dt.datetime.fromisoformat(known) if known else None,
    )


def changes_of(workspace: Workspace, run: RunEntry) -> Change | None:
    """Return who entered and left in a run, compared with the run before; a first run has nothing to compare with."""
    before = [one for one in workspace.runs() if one.run_id < run.run_id]
    if not before:
        return None
    moved = run_report(workspace.warehouse, run, positions(workspace.ledger), ())
    segments = tuple(
        SegmentChange(one.segment, one.entered_by_reason, one.left_by_reason, one.entered, one.left)
        for one in moved.segments
    )
    return Change(before[-1].finished_at, segments)


def cuts_of(run: RunEntry) -> dict[str, list[object]]:
    """Return the cut points of the run's RFM scores."""
    document = run.models.get("rfm") or {}
    edges = document.get("edges") or {}
    return {str(name): list(values) for name, values in edges.items()} if isinstance(edges, dict) else {}
