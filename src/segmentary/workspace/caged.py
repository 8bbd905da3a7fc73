"""Files from strangers: read by a process of their own that can do nothing else, and taken over as bounded rows.

The process (`caged_child`) has little memory and time, no network, no environment, an empty folder and one file. It
says what the file is with the code of `segmentary add`, and writes its rows as Arrow; `load` takes those instead of the
file, so that the account, the rows and their places are the same. The archive keeps the file as it came: that is what
`rebuild` reads, once it is known to be read within these limits.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from segmentary.errors import BusyError, MappingError, SourceError
from segmentary.models.progress import Tell, quiet
from segmentary.sources.base import ROW_NUMBER, FileFacts, Proposal, Question, SourceColumn, SourceMapping
from segmentary.workspace.loading import AddOptions, Proposed

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

LARGEST_ANSWER = 64 << 20
PREVIEW_ROWS = 20
LOOKS_PER_SECOND = 20
ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OMP_NUM_THREADS": "1",
    "LC_ALL": "C.UTF-8",
}
GIVEN_SETTINGS = ("currency", "timezone", "week_start", "fiscal_year_start", "country")
BOUND = "the file goes beyond what may be read in one piece"
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class CageLimits:
    """What the reading process may use, and how large a file may turn out to be.

    Attributes
    ----------
    memory : bytes of address space; cpu_seconds : of processor time; seconds : by the wall's clock; files : open ones.
    rows, decoded_bytes, columns, line_bytes, expansion, expansion_from : as `sources.files.Limits` says.
    parts : sheets or tables in one file.
    """

    memory: int = 2 << 30
    cpu_seconds: int = 300
    seconds: int = 300
    files: int = 64
    rows: int = 20_000_000
    decoded_bytes: int = 4 << 30
    columns: int = 2_000
    line_bytes: int = 4 << 20
    expansion: int = 200
    expansion_from: int = 64 << 20
    parts: int = 100


LIMITS = CageLimits()
AT_ONCE = 2
PATIENCE_SECONDS = 20.0
CAGES = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Told:
    """All a cage is told of the workspace: settings that say how files are read, and how sources were read before."""

    settings: Mapping[str, Any]
    remembered: Mapping[str, Any]


def told_by(workspace: Workspace) -> Told:
    """Return what a cage is told."""
    settings = workspace.settings
    known = workspace.ledger.rows(
        "select source, mapping from loads where number in (select max(number) from loads group by source)"
    )
    return Told(
        {name: getattr(settings, name) for name in GIVEN_SETTINGS},
        {source: json.loads(mapping) for source, mapping in known} | dict(settings.sources),
    )


class CagedDelivery:
    """One delivery of a file that another process has read; its rows are Arrow files in a folder.

    ``received_at`` is set by whoever loads it, before it is read: rows of an export that do not say when take it.
    """

    def __init__(
        self, document: Mapping[str, Any], file: Path, rows: Path | None, place: int, most: CageLimits
    ) -> None:
        self.name = checked_name(document["name"])
        self.origin = str(document["origin"])
        self.path: Path | None = file
        self.facts = facts_of(document["facts"])
        self.columns = tuple(column_of(each) for each in document["columns"])
        self.preview = document["preview"]
        self.received_at = ""
        self.receipt = str(document["receipt"])
        self.folder, self.place, self.most = rows, place, most
        self.rejected: list[tuple[int, str]] = []

    def read(self) -> pa.RecordBatchReader:
        """Return all rows, from the beginning."""
        if self.folder is None:
            raise SourceError("the rows of this file were not asked for")
        stream = opened_stream(self.folder / f"rows-{self.place}.arrow")
        if stream.schema.names[:1] != [ROW_NUMBER] or len(stream.schema) > self.most.columns + 1:
            raise SourceError(BOUND)
        self.rejected = list(self.rejected_rows(self.folder))
        return pa.RecordBatchReader.from_batches(stream.schema, self.batches(stream))

    def batches(self, stream: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        """Yield the rows, every value looked at once more: who wrote them has read a stranger's file."""
        rows = size = 0
        for batch in stream:
            batch.validate(full=True)
            rows += batch.num_rows
            size += batch.nbytes
            if rows > self.most.rows or size > self.most.decoded_bytes:
                raise SourceError(BOUND)
            yield self.dated(batch)

    def dated(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Give rows of an export that do not say when the moment of loading."""
        if not self.receipt or not self.received_at:
            return batch
        place = batch.schema.get_field_index(self.receipt)
        return batch.set_column(place, self.receipt, pc.fill_null(batch.column(place), self.received_at))

    def rejected_rows(self, folder: Path) -> Iterator[tuple[int, str]]:
        """Yield the rows that could not be read, with the reason."""
        for batch in opened_stream(folder / f"rejected-{self.place}.arrow"):
            batch.validate(full=True)
            for number, reason in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
                yield int(number), str(reason)


def opened_stream(path: Path) -> pa.RecordBatchReader:
    return pa.ipc.open_stream(pa.OSFile(str(path)))


def checked_name(name: object) -> str:
    text = str(name)
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        raise SourceError("the source has no usable name", hint="give it one")
    return text


def facts_of(document: Mapping[str, Any]) -> FileFacts:
    known = {each.name for each in fields(FileFacts)}
    given = {name: value for name, value in document.items() if name in known}
    return FileFacts(**{**given, "warnings": tuple(str(one) for one in given.get("warnings", ()))})


def column_of(document: Mapping[str, Any]) -> SourceColumn:
    return SourceColumn(
        str(document["name"]), document["type"], int(document["filled"]), int(document["distinct"]),
        tuple(str(one) for one in document["examples"]),
    )  # fmt: skip


@contextmanager
def caged(
    told: Told,
    file: Path,
    options: AddOptions,
    *,
    rows: bool,
    limits: CageLimits = LIMITS,
    tell: Tell = quiet,
) -> Iterator[list[Proposed]]:
    """Read a file in a cage; yield what it holds, as `Workspace.propose` does. Its rows are there inside the block.

    file : the file, under the name that says its format; options : what a person corrected; rows : whether the rows
    are wanted, or only what the file is.

    Raises
    ------
    SourceError
        when the file cannot be read within the limits, with the reason.
    BusyError
        when others' files are being read, for longer than the patience.
    """
    with tempfile.TemporaryDirectory(prefix="cell-", dir=file.parent) as name:
        cell = Path(name)
        answer = asked(cell, request_of(told, file, cell, options, rows, limits), limits, tell)
        yield [proposed(each, file, cell if rows else None, place, limits) for place, each in enumerate(answer)]


def request_of(
    told: Told, file: Path, cell: Path, options: AddOptions, rows: bool, limits: CageLimits
) -> dict[str, Any]:
    """Return all the process is told."""
    return {
        "file": str(file.absolute()),
        "cell": str(cell),
        "options": {each.name: getattr(options, each.name) for each in fields(options)},
        "settings": told.settings,
        "remembered": told.remembered,
        "limits": asdict(limits),
        "rows": rows,
        "preview_rows": PREVIEW_ROWS,
    }


def asked(cell: Path, request: Mapping[str, Any], limits: CageLimits, tell: Tell) -> Sequence[Mapping[str, Any]]:
    """Start the process, wait for its answer, and end it when its time is over or somebody stops it."""
    from segmentary.workspace.caged_child import ANSWER

    if not CAGES.acquire(timeout=PATIENCE_SECONDS):
        raise BusyError("other files are being read", hint="try again in a moment")
    try:
        run(cell, request, limits, tell)
    finally:
        CAGES.release()
    answer = cell / ANSWER
    if not answer.is_file() or answer.is_symlink() or answer.stat().st_size > LARGEST_ANSWER:
        raise SourceError(
            "reading the file was stopped: it needs more memory or time than a file of its size should",
            hint="export it as CSV, or in parts; `segmentary add` reads it without these limits",
        )
    found = json.loads(answer.read_bytes())
    if refusal := found.get("refused"):
        kind = MappingError if refusal["kind"] == "MappingError" else SourceError
        raise kind(str(refusal["message"]), hint=refusal["hint"])
    return list(found["proposals"])


def run(cell: Path, request: Mapping[str, Any], limits: CageLimits, tell: Tell) -> None:
    """Start the process and see it end."""
    with (cell / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-m", "segmentary.workspace.caged_child"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, cwd=cell, env=ENVIRONMENT,
            start_new_session=True,
        )  # fmt: skip
    try:
        assert process.stdin is not None  # noqa: S101
        try:
            process.stdin.write(json.dumps(request, default=dict).encode())
            process.stdin.close()
        except BrokenPipeError:
            pass
        wait_for(process, limits, tell)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(process: subprocess.Popen[bytes], limits: CageLimits, tell: Tell) -> None:
    began = time.monotonic()
    while (passed := time.monotonic() - began) < limits.seconds:
        tell("reading the file", min(passed / limits.seconds, 0.99))
        try:
            process.wait(1 / LOOKS_PER_SECOND)
        except subprocess.TimeoutExpired:
            continue
        return


def proposed(document: Mapping[str, Any], file: Path, cell: Path | None, place: int, limits: CageLimits) -> Proposed:
    """Return what the process said as what `Workspace.load` takes."""
    try:
        delivery = CagedDelivery(document, file, cell, place, limits)
        mapping = SourceMapping.from_document(document["mapping"])
        asked_for = tuple(Question(about, str(text), str(hint)) for about, text, hint in document["asked"])
        proposal = Proposal(
            mapping, float(document["confidence"]), tuple(str(one) for one in document["reasons"]),
            tuple(str(one) for one in asked_for), asked_for,
        )  # fmt: skip
        return Proposed(delivery, proposal, int(document["part"]))
    except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise SourceError("the file could not be taken over") from error
