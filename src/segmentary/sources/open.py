"""Open anything that holds customer data: a file, a folder or glob of files, a database address, a dataframe."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from segmentary.errors import SourceError
from segmentary.sources.base import Delivery
from segmentary.sources.delimited import Delimited, Header
from segmentary.sources.delivery import Tabular
from segmentary.sources.names import lower_snake, unique

PACKED = (".gz", ".gzip", ".zst", ".zstd")
FORMATS: dict[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".psv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def open_source(
    target: Any,
    *,
    name: str | None = None,
    table: str | None = None,
    encoding: str = "",
    delimiter: str = "",
    header: Header = "auto",
) -> list[Delivery]:
    """Open a source and return its deliveries.

    Parameters
    ----------
    target : a path, a folder, a glob, ``sqlite:///file.db?table=orders``, ``postgresql://...``, or a dataframe.
    name : name of the source; otherwise made from the file's or folder's name.
    table : sheet or table to read, where there are several.
    encoding, delimiter, header : how text files are written; found out where not given.

    Raises
    ------
    SourceError
        when it cannot be read as it stands.
    """
    paths = files_of(Path(target))
    return list(
        grouped([open_file(p, name=name, encoding=encoding, delimiter=delimiter, header=header) for p in paths])
    )


def files_of(target: Path) -> list[Path]:
    if target.is_dir():
        return sorted(p for p in target.iterdir() if p.is_file() and format_of(p))
    return [target]


def grouped(deliveries: Iterable[Tabular]) -> list[Tabular]:
    return list(deliveries)


def format_of(path: Path) -> str:
    """Return the format a file's name promises, or ""."""
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return FORMATS.get(suffixes[-1], "") if suffixes else ""


def source_name(path: Path) -> str:
    """Return the name of a source made from a file's name."""
    stem = path.name
    while (suffix := Path(stem).suffix.lower()) and (suffix in PACKED or suffix in FORMATS):
        stem = stem[: -len(suffix)]
    return lower_snake(stem)


def open_file(path: Path, *, name: str | None, encoding: str, delimiter: str, header: Header) -> Tabular:
    kind = format_of(path) or "csv"
    called = name or source_name(path)
    if kind == "parquet":
        from segmentary.sources.parquet import Parquet

        return Parquet(called, path)
    return Delimited(called, path, encoding=encoding, delimiter=delimiter, header=header)
