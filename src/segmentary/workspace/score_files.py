"""Files of scores: one per prediction and space of ids, kept by the archive and loaded like what a source told.

What is loaded twice is told once: of the same rows only the first load counts. So the same scores again, after others
as of the same moment, would not come back. Every file therefore says the how-manieth of its prediction it is, unless it
is what the newest one said already: then there is nothing to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from segmentary.ledger.archive import hash_of
from segmentary.ledger.loads import load_id_of, loads
from segmentary.schema import PREDICTIONS
from segmentary.sources.base import SourceMapping
from segmentary.workspace.loading import AddOptions

if TYPE_CHECKING:
    from segmentary.ledger.loads import LoadEntry
    from segmentary.workspace.workspace import Workspace

LONG = pa.schema(
    [(name, pa.string()) for name in ("record_id", "name", "value", "value_type")]
    + [("valid_from", pa.timestamp("us"))]
)
NUMBER = "scoring"
"""The column that says the how-manieth file of its prediction and space of ids it is; nobody's attribute."""


def writer_of(writers: dict[str, pq.ParquetWriter], path: Path, space: str) -> pq.ParquetWriter:
    """Return the writer of a space of ids, made when its first rows come."""
    if space not in writers:
        writers[space] = pq.ParquetWriter(place_of(path, len(writers), space), LONG)
    return writers[space]


def place_of(path: Path, number: int, space: str) -> Path:
    """Return the file of a space of ids; which one it is stands in the file's folder."""
    folder = path.parent / f"{number}"
    folder.mkdir()
    (folder / "space").write_text(space, encoding="utf-8")
    return folder / path.name


def loaded(workspace: Workspace, folder: Path) -> None:
    """Load the files written: all or nothing."""
    found = []
    columns = {name: name for name in LONG.names}
    before = [entry for entry in loads(workspace.ledger) if entry.source == PREDICTIONS]
    for place in sorted((one.parent for one in folder.glob("*/*/space")), key=written_order):
        space = (place / "space").read_text(encoding="utf-8")
        fields = {"id_space": space, "timezone": "UTC", "ignored": (NUMBER,), "attributes": {}}
        options = AddOptions("attributes", columns, PREDICTIONS, fields=fields)
        for path in place.glob("*.parquet"):
            alike = [one for one in before if one.file == path.name and space_of(one) == space]
            file = numbered(path, alike)
            if file is not None:
                found += workspace.loader.propose([file], options)
    if found:
        workspace.load(found)


def space_of(entry: LoadEntry) -> str:
    """Return of which space of ids a file was."""
    return SourceMapping.from_document(entry.mapping).id_space


def written_order(place: Path) -> tuple[int, int]:
    """Return when a file was written: of which prediction, of which space of ids."""
    return int(place.parent.name), int(place.name)


def numbered(path: Path, before: list[LoadEntry]) -> Path | None:
    """Return the file with its number; None where the newest file of its sort says the same already."""
    if before:
        again = with_number(path, len(before) - 1)
        if load_id_of(PREDICTIONS, hash_of(again), 0) == before[-1].load_id:
            return None
    return with_number(path, len(before))


def with_number(path: Path, number: int) -> Path:
    """Write a file once more, its number in every row."""
    folder = path.parent / "numbered"
    folder.mkdir(exist_ok=True)
    with (
        pq.ParquetFile(path) as source,
        pq.ParquetWriter(folder / path.name, LONG.append(pa.field(NUMBER, pa.int64()))) as made,
    ):
        for group in range(source.num_row_groups):
            table = source.read_row_group(group)
            made.write_table(table.append_column(NUMBER, pa.array([number] * table.num_rows, pa.int64())))
    return folder / path.name
