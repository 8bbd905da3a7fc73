"""`segmentary demo`: a whole workspace in under a minute, on real data where it can be had, else on generated data."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from segmentary.samples import complete_journey, generated
from segmentary.samples.exports import SOURCES, SampleSource
from segmentary.workspace.clock import Clock, system_clock
from segmentary.workspace.opening import init_workspace
from segmentary.workspace.workspace import Workspace

Tell = Callable[[str], None]
Data = Literal["complete journey", "generated like complete journey", "generated business"]


@dataclass(frozen=True, slots=True)
class DemoSegment:
    """One segment of the demo and how many people it has."""

    name: str
    title: str
    people: int
    share: float


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made. ``terms`` are the terms of use of the data, to be shown."""

    folder: str
    data: Data
    terms: str
    customers: int
    rows: int
    segments: tuple[DemoSegment, ...]
    report: str
    seconds: Mapping[str, float]


def demo(
    folder: Path,
    *,
    generate: bool = False,
    customers: int = 2_000,
    seed: int = 7,
    report: bool = True,
    tell: Tell = lambda _: None,
    clock: Clock = system_clock,
) -> DemoResult:
    """Make a workspace in a new folder, load a business into it, compute everything and write the report.

    Parameters
    ----------
    generate : take the generated business with planted truth rather than the real data.
    customers, seed : of the generated business.

    Raises
    ------
    WorkspaceError
        when the folder is a workspace already.
    """
    if generate:
        return generated_business(folder, customers, seed, report=report, tell=tell, clock=clock)
    return journey(folder, report=report, tell=tell, clock=clock)


def generated_business(
    folder: Path, customers: int, seed: int, *, report: bool, tell: Tell, clock: Clock
) -> DemoResult:
    """Make the generated business and put every segment of the library into force."""
    watch = Watch(tell)
    exports = folder / "exports"
    with init_workspace(
        folder, clock=clock, currency=generated.CURRENCY, timezone=generated.TIMEZONE, scales=generated.SCALES
    ) as workspace:
        watch.step("writing the exports of a generated business")
        truth = generated.generate(exports, customers=customers, seed=seed)
        rows = add_sources(workspace, [(exports / source.file, source) for source in SOURCES], watch)
        watch.step("putting the library's segments into force")
        workspace.adopt()
        return finish(workspace, truth.as_of, "generated business", "", rows, watch, report=report)


def journey(folder: Path, *, report: bool, tell: Tell, clock: Clock) -> DemoResult:
    """Load Complete Journey, read in place from the installed package, or generated data of the same shape."""
    watch = Watch(tell)
    place = complete_journey.data_folder()
    data: Data = "complete journey"
    terms = complete_journey.TERMS
    with init_workspace(
        folder, clock=clock, currency=complete_journey.CURRENCY, timezone=complete_journey.TIMEZONE
    ) as workspace:
        if place is None:
            watch.step("the data package is not installed: generating data of the same shape")
            place, data, terms = folder / "exports", "generated like complete journey", ""
            complete_journey.generate_like(place)
        rows = add_sources(workspace, [(place / source.file, source) for source in complete_journey.SOURCES], watch)
        watch.step("putting the segments into force")
        path = workspace.folder.segments / "complete_journey.yaml"
        path.write_text(complete_journey.SEGMENTS.read_text(encoding="utf-8"), encoding="utf-8")
        workspace.apply()
        return finish(workspace, complete_journey.AS_OF, data, terms, rows, watch, report=report)


def add_sources(workspace: Workspace, sources: Sequence[tuple[Path, SampleSource]], watch: Watch) -> int:
    """Add files the way their descriptions say, all of them or none; return the rows read."""
    proposed = []
    watch.step("looking at the files")
    for path, source in sources:
        fields: dict[str, Any] = dict(source.settings)
        order = fields.pop("date_order", "")
        proposed += workspace.propose(
            path, kind=source.kind, columns=source.columns, name=source.name, date_order=order, **fields
        )
    watch.step("loading")
    reports = workspace.load(proposed, progress=lambda what, done, total: watch.tell(f"{what} ({done + 1} of {total})"))
    return sum(one.rows_read for one in reports)


def finish(
    workspace: Workspace, as_of: dt.date, data: Data, terms: str, rows: int, watch: Watch, *, report: bool
) -> DemoResult:
    """Run, write the report, and say what was made."""
    watch.step("computing")
    done = workspace.run(as_of=as_of, progress=watch.tell)
    page = ""
    if report:
        watch.step("writing the report")
        page = str(workspace.report().html)
    titles = {name: one.title or name for name, one in workspace.segments_defined().items()}
    segments = tuple(
        DemoSegment(
            one.segment, titles[one.segment], one.members, one.members / done.customers if done.customers else 0.0
        )
        for one in sorted(done.segments, key=lambda one: (-one.members, one.segment))
        if one.segment in titles
    )
    watch.end()
    folder = str(workspace.folder.root)
    return DemoResult(folder, data, terms, done.customers, rows, segments, page, watch.seconds)


class Watch:
    """Tells the steps and how long each took."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.seconds: dict[str, float] = {}
        self.current: tuple[str, float] | None = None

    def step(self, name: str) -> None:
        """Begin a step."""
        self.end()
        self.tell(name)
        self.current = (name, time.perf_counter())

    def end(self) -> None:
        """End the current step."""
        if self.current is not None:
            name, since = self.current
            self.seconds[name] = round(time.perf_counter() - since, 3)
            self.current = None
