"""The process that reads one stranger's file: it locks itself in, says what the file is, and writes its rows as Arrow.

It is started by `segmentary.workspace.caged`, with an empty environment, in an empty folder, and knows nothing of the
workspace but what the request says. It runs the very code `segmentary add` runs to open a file and to propose what it
is; what leaves it is a document and, where they are wanted, the rows.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa

from segmentary.errors import SegmentaryError, SourceError
from segmentary.settings import Settings
from segmentary.sources.base import ROW_NUMBER, Delivery, SourceColumn
from segmentary.sources.exports.translation import ExportPart
from segmentary.sources.files import LIMITS
from segmentary.workspace.caged_locks import lock
from segmentary.workspace.loading import AddOptions, Loader, Proposed

ANSWER = "answer.json"
REJECTED = pa.schema([("row_number", pa.int64()), ("reason", pa.string())])
READERS = ("delimited", "jsonlines", "parquet", "spreadsheet", "statistics", "database", "accesslog", "transcripts")
OTHERS = ("charset_normalizer", "encodings.idna", "zoneinfo", "sqlite3")
# What takes long to load and serves one format only -> the suffixes it is for, at any place of the name.
LARGE = {
    "pyreadstat": (".sav", ".zsav", ".por", ".dta", ".sas7bdat", ".xpt"),
    "openpyxl.reader.excel": (".xlsx", ".xlsm", ".xls", ".zip"),
}
WORKBOOK = b"PK\x03\x04"
LARGEST_BATCH = 64 << 20
LONGEST_CELL = 300
MOST_EXAMPLES = 3
PREVIEW_COLUMNS = 200


class Remembering(Loader):
    """A loader that only proposes: what earlier loads said comes with the request."""

    def __init__(self, settings: Settings, documents: Mapping[str, Any]) -> None:
        super().__init__(None, None, None, settings, None)  # type: ignore[arg-type]
        self.documents = documents

    def remembered(self, source: str) -> Mapping[str, Any] | None:
        """Return how a source is read."""
        return self.documents.get(source)


def main() -> int:
    """Read the request on standard input, lock the door, answer."""
    request = json.loads(sys.stdin.buffer.read())
    cell, file = Path(request["cell"]), Path(request["file"])
    prepare(request["limits"], cell, file)
    limits = request["limits"]
    locks = lock(
        memory=limits["memory"],
        seconds=limits["cpu_seconds"],
        file_bytes=limits["decoded_bytes"] + (64 << 20),
        files=limits["files"],
        cell=cell,
        readable=(file, *program_places()),
    )
    try:
        answer = {"proposals": proposals(request, file, cell), "locks": locks}
    except MemoryError:
        answer = refused(
            SourceError(f"it takes more than {limits['memory'] >> 20:,} MiB to read", hint="split the file")
        )
    except RecursionError:
        answer = refused(SourceError("it is nested too deeply", hint="export it as a flat table"))
    except SegmentaryError as error:
        answer = refused(error)
    except Exception as error:
        # Whatever a reader stumbles over, the file is refused; the reason goes to the cell and is gone with it.
        sys.stderr.write(repr(error)[:2_000])
        answer = refused(SourceError("the file is damaged, or not what its name says", hint="export it again, as CSV"))
    (cell / ANSWER).write_text(json.dumps(answer), encoding="utf-8")
    return 0


def refused(error: SegmentaryError) -> dict[str, Any]:
    return {"refused": {"kind": type(error).__name__, "message": error.message, "hint": error.hint}}


def prepare(limits: Mapping[str, int], cell: Path, file: Path) -> None:
    """Load every program that may read the file while the door is open, and set the limits of this process."""
    for name in READERS:
        importlib.import_module(f"segmentary.sources.{name}")
    for name in (*OTHERS, *needed(file)):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    from segmentary.sources.exports.registry import exports

    exports()
    tempfile.tempdir = str(cell)
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    for each in fields(LIMITS):
        if each.name in limits:
            # Every reader of this process takes this one object where nobody gives another.
            object.__setattr__(LIMITS, each.name, limits[each.name])
    from segmentary.sources import spreadsheet

    spreadsheet.LARGEST_UNPACKED = limits["decoded_bytes"]


def needed(file: Path) -> list[str]:
    """Return which of the large readers a file needs, by its name and its first bytes."""
    suffixes = {suffix.lower() for suffix in file.suffixes}
    found = [name for name, own in LARGE.items() if suffixes & set(own)]
    with file.open("rb") as stream:
        begins = stream.read(4)
    return [*found, "openpyxl.reader.excel"] if begins == WORKBOOK else found


def program_places() -> list[Path]:
    """Return where the program itself lies, which it may go on reading."""
    package = Path(__file__).parent.parent
    places = [Path(sys.prefix), Path(sys.base_prefix), Path(os.__file__).parent, package]
    return [*places, Path("/usr/share/zoneinfo"), Path("/dev/null"), Path("/dev/urandom")]


def proposals(request: Mapping[str, Any], file: Path, cell: Path) -> list[dict[str, Any]]:
    """Propose, and write down what was found."""
    given = request["options"]
    loader = Remembering(Settings(**request["settings"]), request["remembered"])
    options = AddOptions(
        given.get("kind"), given.get("columns"), given.get("name"), given.get("table"), given.get("date_order", ""),
        given.get("fields"),
    )  # fmt: skip
    found = loader.propose([str(file)], options)
    if len(found) > request["limits"]["parts"]:
        raise SourceError(f"it holds {len(found):,} tables", hint="add them one by one, or fewer")
    return [described(one, place, request, cell) for place, one in enumerate(found)]


def described(one: Proposed, place: int, request: Mapping[str, Any], cell: Path) -> dict[str, Any]:
    """Return a delivery and what is thought of it as a document; write its rows beside it where they are wanted."""
    delivery, proposal = one.delivery, one.proposal
    facts = delivery.facts
    document: dict[str, Any] = {
        "name": delivery.name,
        "origin": delivery.origin,
        "part": one.part,
        "receipt": delivery.export_part.receipt if isinstance(delivery, ExportPart) else "",
        "facts": {each.name: getattr(facts, each.name) for each in fields(facts)},
        "columns": [column_document(column) for column in delivery.columns],
        "mapping": proposal.mapping.to_document(),
        "confidence": proposal.confidence,
        "reasons": proposal.reasons,
        "asked": [[each.about, each.text, each.hint] for each in proposal.asked],
        "preview": preview(delivery, request["preview_rows"]),
    }
    if request["rows"]:
        document["rows"] = written(delivery, place, cell)
    return document


def column_document(column: SourceColumn) -> dict[str, Any]:
    examples = [example[:LONGEST_CELL] for example in column.examples[:MOST_EXAMPLES]]
    return {
        "name": column.name, "type": column.type, "filled": column.filled, "distinct": column.distinct,
        "examples": examples,
    }  # fmt: skip


def preview(delivery: Delivery, rows: int) -> dict[str, Any]:
    """Return the first rows as text."""
    kept = getattr(delivery, "sample", None)
    first = kept if kept is not None else next(iter(delivery.read()), None)
    if first is None:
        return {"columns": [], "rows": []}
    some = first.slice(0, rows)
    names = [name for name in some.schema.names if name != ROW_NUMBER][:PREVIEW_COLUMNS]
    columns = [some.column(name).to_pylist() for name in names]
    numbers = some.column(ROW_NUMBER).to_pylist()
    cells = [[None if v is None else str(v)[:LONGEST_CELL] for v in row] for row in zip(*columns, strict=True)]
    return {"columns": names, "rows": [[n, *row] for n, row in zip(numbers, cells, strict=True)]}


def written(delivery: Delivery, place: int, cell: Path) -> dict[str, Any]:
    """Write the rows and those that could not be read."""
    reader = delivery.read()
    rows = 0
    with pa.OSFile(str(cell / f"rows-{place}.arrow"), "w") as file, pa.ipc.new_stream(file, reader.schema) as stream:
        for batch in reader:
            rows += batch.num_rows
            for piece in pieces(batch):
                stream.write_batch(piece)
    rejected = delivery.rejected
    with pa.OSFile(str(cell / f"rejected-{place}.arrow"), "w") as file, pa.ipc.new_stream(file, REJECTED) as stream:
        numbers, reasons = zip(*rejected, strict=True) if rejected else ((), ())
        stream.write_table(pa.table([list(numbers), list(reasons)], schema=REJECTED))
    return {"rows": rows, "rejected": len(rejected)}


def pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield a batch in pieces that are small enough to be taken one at a time."""
    if batch.nbytes <= LARGEST_BATCH or batch.num_rows < 2:
        yield batch
        return
    step = max(1, batch.num_rows * LARGEST_BATCH // batch.nbytes)
    for start in range(0, batch.num_rows, step):
        yield batch.slice(start, step)


__all__: Sequence[str] = ["ANSWER", "REJECTED", "main"]

if __name__ == "__main__":
    sys.exit(main())
