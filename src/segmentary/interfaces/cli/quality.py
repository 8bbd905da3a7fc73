"""`segmentary quality`: the account of every row, and what looks wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from segmentary.interfaces.cli.output import cell, plain_lines, plural, progress, say, show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

if TYPE_CHECKING:
    from segmentary.sources.quality import QualityReport, SourceQuality

app = command("Account for every row, and name what looks wrong.")

ASIDE = "set aside: "
MARKS = {"serious": ("!!", "bold red"), "warn": ("! ", "yellow"), "info": ("· ", "")}


@app.command()
def quality(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Account for every row, and name what looks wrong."""
    with opened(ctx) as workspace, progress("looking"):
        report = workspace.quality()
    if as_json:
        show_json(report)
    else:
        show_quality(report)


def show_quality(report: QualityReport) -> None:
    """Print the account source by source, then the money under each definition."""
    if not report.sources:
        say("nothing was added yet: segmentary add FILE...")
        return
    for source in report.sources:
        show_source(source)
    if report.money:
        show("money", style="bold")
        rows = [
            [f"  {total.name}", f"{cell(total.amount)} {total.currency}", f"  {total.definition}"]
            for total in report.money
        ]
        for line in plain_lines(rows, [False, True, False]):
            show(line)


def show_source(source: SourceQuality) -> None:
    show(f"{source.source}  ({source.kind}, {plural(source.loads, 'load')})", style="bold")
    show(f"  {plural(source.rows_read, 'row')} read = {source.taken_apart}")
    for reason, rows in sorted(source.refused_reasons.items(), key=lambda pair: (-pair[1], pair[0])):
        # A row of a recognised export that is about no customer is no fault.
        if reason.startswith(ASIDE):
            show(f"  set aside {rows:,}: {reason.removeprefix(ASIDE)}", style="dim")
        else:
            show(f"  refused {rows:,}: {reason}", style="yellow")
    for finding in source.findings:
        mark, style = MARKS[finding.severity]
        example = f"  e.g. {finding.example}" if finding.example else ""
        show(f"  {mark} {finding.message}{example}", style=style)
    show()
