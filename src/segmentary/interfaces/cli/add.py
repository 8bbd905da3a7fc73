"""`segmentary add`: bring files and tables in, after saying what they are."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.output import (
    cell,
    is_terminal,
    plain_lines,
    plural,
    progress,
    say,
    show_json,
    show_table,
    warn,
)
from segmentary.interfaces.cli.session import AsJson, Yes, command, opened, pairs

if TYPE_CHECKING:
    from segmentary.sources.base import Proposal
    from segmentary.sources.loading import LoadReport
    from segmentary.workspace.loading import Proposed
    from segmentary.workspace.workspace import Workspace

app = command("Bring in files, folders, tables.")

ASIDE = "set aside: "
DATES = ("day_first", "month_first", "year_first")


@dataclass(frozen=True)
class Corrections:
    """What a person said about the files."""

    kind: str | None
    columns: dict[str, str]
    name: str | None
    table: str | None
    date_order: str
    fields: dict[str, Any] = field(default_factory=dict)

    def proposed(self, workspace: Workspace, targets: Sequence[str]) -> list[Proposed]:
        """Ask the workspace what the files are, with these corrections."""
        return workspace.propose(
            *targets,
            kind=self.kind,  # type: ignore[arg-type]
            columns=self.columns,
            name=self.name,
            table=self.table,
            date_order=self.date_order,
            **self.fields,
        )


Targets = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Files, folders, globs, sqlite:///file.db?table=t or postgresql://...; - is a webhook's body on stdin.",
    ),
]
Columns = Annotated[
    list[str] | None, typer.Option("--map", metavar="CANONICAL=COLUMN", help="Which column is what. Repeatable.")
]
DateOrder = Annotated[
    str, typer.Option(metavar="ORDER", help="How dates are written: day_first, month_first or year_first.")
]
DropDuplicates = Annotated[bool, typer.Option("--drop-duplicates", help="Leave out exact copies of a row.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what the files are; load nothing.")]


@app.command()
def add(
    ctx: typer.Context,
    files: Targets,
    kind: Annotated[str | None, typer.Option("--as", metavar="KIND", help="What one row is.")] = None,
    columns: Columns = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the source.")] = None,
    table: Annotated[str | None, typer.Option(metavar="NAME", help="The sheet or table to take.")] = None,
    dates: DateOrder = "",
    timezone: Annotated[str, typer.Option(metavar="ZONE", help="Zone of times written without one.")] = "",
    currency: Annotated[str, typer.Option(metavar="CODE", help="Currency of amounts without one.")] = "",
    event: Annotated[str, typer.Option(metavar="NAME", help="What happened, where no column says it.")] = "",
    survey: Annotated[str, typer.Option(metavar="NAME", help="Name of the survey.")] = "",
    id_space: Annotated[str, typer.Option(metavar="NAME", help="Whose customer ids these are.")] = "",
    drop_duplicates: DropDuplicates = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Bring in files, folders or tables: all or none.

    Says first what each file is and which column is what. What the data cannot tell, such as day-first or month-first
    dates, is asked on a terminal; elsewhere the command stops with the option to give.
    """
    given = {
        "timezone": timezone,
        "currency": currency,
        "event_name": event,
        "survey": survey,
        "id_space": id_space,
        "drop_duplicates": drop_duplicates,
    }
    fields = {key: value for key, value in given.items() if value}
    corrections = Corrections(checked_kind(kind), pairs(columns or [], "--map"), name, table, date_order(dates), fields)
    with opened(ctx) as workspace, given_files(files, name) as files:
        with progress("reading"):
            found = corrections.proposed(workspace, files)
        ask = is_terminal(sys.stderr) and sys.stdin.isatty() and not yes and not as_json
        if dry_run:
            show_proposals(found, as_json=as_json)
            return
        if ask:
            found = settled_by_a_person(workspace, files, corrections, found)
        with progress("loading") as step:
            reports = workspace.load(found, progress=lambda what, done, all_: step(f"{what} ({done + 1} of {all_})"))
    if as_json:
        show_json({"loads": reports})
    else:
        show_loads(reports)


@contextmanager
def given_files(files: Sequence[str], name: str | None) -> Iterator[list[str]]:
    """Yield the files to add; what comes on standard input is a file for as long."""
    if "-" not in files:
        yield list(files)
        return
    from segmentary.workspace.webhooks import as_json

    if name is None:
        raise UsageError("standard input has no name to call the source by", hint="add --name NAME")
    with tempfile.TemporaryDirectory(prefix="segmentary-") as folder:
        path = Path(folder) / f"{Path(name).name or 'webhook'}.json"
        path.write_bytes(as_json(sys.stdin.buffer.read()))
        yield [str(path) if each == "-" else each for each in files]


def checked_kind(kind: str | None) -> str | None:
    from segmentary.sources.base import KINDS

    if kind is not None and kind not in KINDS:
        raise UsageError(f"--as: no such kind: {kind!r}", hint=f"one of {', '.join(KINDS)}")
    return kind


def date_order(order: str) -> str:
    if order and order not in DATES:
        raise UsageError(f"--dates: no such order: {order!r}", hint=f"one of {', '.join(DATES)}")
    return order


def show_proposals(found: Sequence[Proposed], *, as_json: bool) -> None:
    if as_json:
        show_json(proposal_documents(found))
        return
    for one, alike in by_shape(found):
        say_proposal(one, alike)
        for question in one.proposal.asked:
            warn(f"{question.text} ({question.hint})")


def settled_by_a_person(
    workspace: Workspace, files: Sequence[str], corrections: Corrections, found: list[Proposed]
) -> list[Proposed]:
    """Show what the files are, ask what only a person can say, and whether to load."""
    for one, alike in by_shape(found):
        say_proposal(one, alike)
    found = answered(workspace, files, corrections, found)
    if not typer.confirm("Load?", default=True, err=True):
        say("nothing was loaded")
        raise typer.Exit(1)
    return found


def by_shape(found: Sequence[Proposed]) -> list[tuple[Proposed, int]]:
    """Return one delivery of every source and shape, with how many are like it."""
    groups: dict[tuple[str, tuple[str, ...]], list[Proposed]] = {}
    for one in found:
        shape = (one.delivery.name, tuple(column.name for column in one.delivery.columns))
        groups.setdefault(shape, []).append(one)
    return [(alike[0], len(alike)) for alike in groups.values()]


def say_proposal(one: Proposed, alike: int) -> None:
    """Say what a file is and which column is what."""
    delivery, mapping = one.delivery, one.proposal.mapping
    if mapping.export:
        say_part(one, alike)
        return
    facts = delivery.facts
    rows = plural(facts.rows, "row") if facts.rows is not None else ""
    written = [part for part in (rows, facts.format, facts.encoding, facts.compressed) if part]
    others = f" and {plural(alike - 1, 'file')} more" if alike > 1 else ""
    say(f"{Path(delivery.origin).name}{others}", style="bold")
    say(f"  {mapping.kind}  ({' · '.join(written)})")
    reasons = list(one.proposal.reasons)
    examples = {column.name: ", ".join(column.examples[:3]) for column in delivery.columns}
    lines = []
    for name, column in [*mapping.columns.items(), *((f"({n})", c) for n, c in mapping.attributes.items())]:
        begin = f"{name.strip('()')} = {column}: "
        why = next((reason for reason in reasons if reason.startswith(begin)), "")
        if why:
            reasons.remove(why)
        lines.append([f"    {name}", column, cell(examples.get(column, ""))[:40], why.removeprefix(begin)])
    for reason in reasons:
        say(f"    {reason}", style="dim")
    for line in plain_lines(lines, [False] * 4) if lines else []:
        say(line)
    for warning in facts.warnings:
        say(f"    {warning}", style="yellow")
    say()


def say_part(one: Proposed, alike: int) -> None:
    """Say what a part of a recognised export is: its main part says what the file is, and only filled columns show."""
    delivery, mapping, reasons = one.delivery, one.proposal.mapping, one.proposal.reasons
    others = f" and {plural(alike - 1, 'file')} more" if alike > 1 else ""
    if len(reasons) > 1:
        say(f"{Path(delivery.origin).name}{others}", style="bold")
        for reason in reasons:
            say(f"    {reason}", style="dim")
        for warning in delivery.facts.warnings:
            say(f"    {warning}", style="yellow")
    say(f"  {delivery.name}: {mapping.kind}, {plural(delivery.facts.rows or 0, 'row')}{others}")
    filled = {column.name: column for column in delivery.columns if column.filled}
    names = [*mapping.columns.items(), *((f"({n})", c) for n, c in mapping.attributes.items())]
    lines = [[f"    {n}", cell(", ".join(filled[c].examples[:3]))[:60]] for n, c in names if c in filled]
    for line in plain_lines(lines, [False] * 2) if lines else []:
        say(line)
    say()


def answered(
    workspace: Workspace, files: Sequence[str], corrections: Corrections, found: list[Proposed]
) -> list[Proposed]:
    """Ask what only a person can say, and propose again until nothing is open."""
    while open_questions := [one for one in found if one.proposal.questions]:
        before = corrections
        for question in open_questions[0].proposal.asked:
            say(question.text, style="bold")
            say(f"  {question.hint}", style="dim")
            corrections = with_answer(corrections, question.about, open_questions[0].proposal)
        if corrections == before:
            break
        found = corrections.proposed(workspace, files)
    return found


def with_answer(corrections: Corrections, about: str, proposal: Proposal) -> Corrections:
    if about == "dates":
        return replace(corrections, date_order=choice("How are dates written?", DATES[:2]))
    if about == "kind":
        from segmentary.sources.base import KINDS

        return replace(corrections, kind=choice("What is one row?", KINDS))
    name = typer.prompt("Which one is it (canonical=column)?", err=True)
    return replace(corrections, columns={**corrections.columns, **pairs([name], "--map")})


def choice(question: str, choices: Sequence[str]) -> str:
    say(f"  {', '.join(choices)}")
    while True:
        answer = str(typer.prompt(question, err=True)).strip()
        near = [one for one in choices if one == answer] or [one for one in choices if one.startswith(answer)]
        if len(near) == 1:
            return near[0]
        say(f"  one of {', '.join(choices)}")


def proposal_documents(found: Sequence[Proposed]) -> dict[str, Any]:
    return {
        "proposals": [
            {
                "source": one.delivery.name,
                "origin": one.delivery.origin,
                "format": one.delivery.facts.format,
                "rows": one.delivery.facts.rows,
                "mapping": one.proposal.mapping.to_document(),
                "confidence": one.proposal.confidence,
                "reasons": one.proposal.reasons,
                "questions": one.proposal.questions,
                "warnings": one.delivery.facts.warnings,
            }
            for one in found
        ]
    }


def show_loads(reports: Sequence[LoadReport]) -> None:
    """Show what came in; many files of one source as one line."""
    grouped: dict[tuple[str, str], list[LoadReport]] = {}
    for report in reports:
        grouped.setdefault((report.source, report.kind), []).append(report)
    aside = any(report.rows_set_aside for report in reports)
    rows = [
        [
            source,
            kind,
            alike[0].file if len(alike) == 1 else plural(len(alike), "file"),
            sum(r.rows_read for r in alike),
            sum(r.rows_kept for r in alike),
            sum(r.rows_known for r in alike),
            *([sum(r.rows_set_aside for r in alike)] if aside else []),
            sum(r.rows_refused - r.rows_set_aside for r in alike),
        ]
        for (source, kind), alike in grouped.items()
    ]
    columns = ["read", "kept", "known", *(["set aside"] if aside else []), "refused"]
    show_table(["source", "kind", "file", *columns], rows)
    reasons: dict[str, int] = {}
    for report in reports:
        for reason, count in report.refused_reasons.items():
            reasons[reason] = reasons.get(reason, 0) + count
    for reason, count in sorted(reasons.items(), key=lambda pair: -pair[1]):
        aside = reason.startswith(ASIDE)
        say(f"{'set aside' if aside else 'refused'} {plural(count, 'row')}: {reason.removeprefix(ASIDE)}")
    known = sum(1 for report in reports if report.already_loaded)
    if known:
        say(f"{plural(known, 'file')} had been loaded before: nothing added")
    if any(report.rows_kept for report in reports):
        say("next: segmentary quality, segmentary run")
