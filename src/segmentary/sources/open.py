"""Open anything that holds customer data: a file, a folder or glob of files, a database address, a dataframe."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segmentary.errors import SourceError
from segmentary.sources.base import Delivery
from segmentary.sources.delimited import Header
from segmentary.sources.delivery import Tabular
from segmentary.sources.names import lower_snake, unique

PACKED = (".gz", ".gzip", ".zst", ".zstd")
FORMATS: dict[str, str] = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".psv", ".txt"), "delimited"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls"), "excel"),
    **dict.fromkeys((".sav", ".zsav", ".por", ".dta", ".sas7bdat", ".xpt"), "statistics"),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), "sqlite"),
    ".log": "log",
    **dict.fromkeys((".md", ".vtt", ".srt"), "transcript"),
}
FIRST_BYTES = {b"PAR1": "parquet", b"SQLite format 3\x00": "sqlite", b"PK\x03\x04": "excel"}
BINARY = ("parquet", "sqlite", "excel", "statistics")
ADDRESS = re.compile(r"[a-z][a-z0-9+]*://")
DATABASES = ("sqlite", "postgresql", "postgres")
KNOWN = "CSV, TSV, JSON, Parquet, Excel, SPSS, Stata, SAS, SQLite or a web server's log"


@dataclass(frozen=True, slots=True)
class Options:
    """How files are written, where a person said so."""

    table: str | None = None
    encoding: str = ""
    delimiter: str = ""
    header: Header = "auto"


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
        Files of a folder with the same columns are deliveries of one source, named after the folder.
    name : name of the source; otherwise made from the file's or folder's name.
    table : sheet or table to read, where there are several.
    encoding, delimiter, header : how text files are written; found out where not given.

    Raises
    ------
    SourceError
        when it cannot be read as it stands.
    """
    options = Options(table, encoding, delimiter, header)
    if not isinstance(target, str | os.PathLike):
        from segmentary.sources.frames import frame, is_frame

        if is_frame(target):
            return [frame(target, name=name)]
        raise SourceError(
            f"a {type(target).__name__} is no source", hint="give a path, a database address or a dataframe"
        )
    text = os.fspath(target)
    if ADDRESS.match(text):
        return list(opened_address(text, name=name, table=table))
    path = Path(text).expanduser()
    if path.is_dir():
        return list(opened_folder(path, data_files(path), name=name, options=options))
    if not path.exists() and any(mark in text for mark in "*?["):
        return list(opened_folder(path.parent, globbed(path), name=name, options=options))
    return list(opened_file(path, name=name, options=options))


def target_files(target: Any) -> tuple[Path | None, list[Path]] | None:
    """Return the folder, where it is a whole one or a pattern, and the files of a target; None for anything else."""
    if not isinstance(target, str | os.PathLike) or ADDRESS.match(text := os.fspath(target)):
        return None
    path = Path(text).expanduser()
    if path.is_dir():
        return path, data_files(path)
    if not path.exists() and any(mark in text for mark in "*?["):
        return path.parent, globbed(path)
    return None, [path]


def opened_address(text: str, *, name: str | None, table: str | None) -> list[Tabular]:
    from segmentary.sources.database import database_source

    scheme = text.partition("://")[0]
    if scheme == "file":
        raise SourceError(f"{text}: write the path without file://")
    if scheme not in DATABASES:
        raise SourceError(
            f"{scheme}:// addresses cannot be read", hint="download the file first; databases: sqlite, postgresql"
        )
    return database_source(text, table=table, name=name)


def data_files(folder: Path) -> list[Path]:
    """Return the files of a folder that can hold data, in the order of their names."""
    from segmentary.sources.transcripts import is_transcript_file

    found = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "_", "~")))
    known = [p for p in found if format_of(p) and (format_of(p) != "transcript" or is_transcript_file(p))]
    if not known:
        raise SourceError(f"{folder}: no file of a known kind in this folder", hint=f"known are {KNOWN}")
    return known


def globbed(pattern: Path) -> list[Path]:
    """Return the files a pattern means; only the last part of the path may hold marks."""
    if any(mark in str(pattern.parent) for mark in "*?[") and not pattern.parent.exists():
        raise SourceError(f"{pattern}: only the file name may hold * or ?", hint="name the folder itself")
    found = sorted(p for p in pattern.parent.glob(pattern.name) if p.is_file()) if pattern.parent.is_dir() else []
    if not found:
        raise SourceError(f"{pattern}: no file has such a name", hint="check the folder and the pattern")
    return found


def opened_folder(folder: Path, paths: Sequence[Path], *, name: str | None, options: Options) -> list[Tabular]:
    """Open all files; those with the same columns become deliveries of one source."""
    groups: dict[frozenset[str], list[Tabular]] = {}
    for path in paths:
        for delivery in opened_file(path, name=None, options=options):
            key = frozenset(delivery.names)
            groups.setdefault(key, []).append(delivery)
    filled = {key: group for key, group in groups.items() if key} or groups
    if len(filled) == 1:
        return as_one(name or lower_snake(folder.resolve().name), groups.values())
    named = [common_name(group, folder) for group in filled.values()]
    if name is not None:
        named = [f"{name}_{each}" for each in named]
    out: list[Tabular] = []
    for each, group in zip(unique(named), filled.values(), strict=True):
        out.extend(as_one(each, [group]))
    return out


def as_one(name: str, groups: Iterable[list[Tabular]]) -> list[Tabular]:
    """Make deliveries of one source of files with the same columns."""
    members = [each for group in groups for each in group if each.names]
    members = members or [each for group in groups for each in group]
    members.sort(key=lambda each: each.origin)
    for each in members:
        each.name = name
        each.siblings = tuple(other for other in members if other is not each)
    return members


def common_name(group: Sequence[Tabular], folder: Path) -> str:
    """Return a name for files with the same columns: what their names have in common, else the folder's."""
    if len(group) == 1:
        return group[0].name
    shared = os.path.commonprefix([each.name for each in group]).rstrip("_0123456789")  # noqa: RUF071 - names, not paths
    return shared if len(shared) > 2 else lower_snake(folder.resolve().name)


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


def opened_file(path: Path, *, name: str | None, options: Options) -> list[Tabular]:
    """Open one file by what it is: its first bytes where they tell, its name otherwise."""
    from segmentary.sources.files import compression, readable

    called = name or source_name(readable(path))
    kind = sniffed(path) or format_of(path)
    if kind in BINARY and compression(path):
        return unpacked_copy(path, name=called, options=options)
    match kind:
        case "parquet":
            from segmentary.sources.parquet import Parquet

            return [Parquet(called, path)]
        case "excel":
            from segmentary.sources.spreadsheet import sheets

            found = sheets(called, path, sheet=options.table)
            if len(found) > 1:
                for each in found:
                    each.name = f"{called}_{lower_snake(each.sheet)}"
            return list(found)
        case "statistics":
            from segmentary.sources.statistics import StatisticsFile

            return [StatisticsFile(called, path)]
        case "sqlite":
            from segmentary.sources.database import sqlite_source

            return sqlite_source(path, table=options.table, name=name)
        case "json":
            from segmentary.sources.jsonlines import JsonRecords

            return [JsonRecords(called, path, encoding=options.encoding)]
        case "log" | "transcript" | "":
            return [log_or_table(called, path, options)]
    return [delimited(called, path, options)]


def sniffed(path: Path) -> str:
    """Return the format by the first bytes, where they cannot lie."""
    from segmentary.sources.files import head

    start = head(path, 16)
    return next((kind for magic, kind in FIRST_BYTES.items() if start.startswith(magic)), "")


def unpacked_copy(path: Path, *, name: str, options: Options) -> list[Tabular]:
    """Open a packed file of a format that must be a plain file, from a copy that lives as long as the delivery."""
    from segmentary.sources.files import CHUNK, LIMITS, check_expansion, unpacked

    folder = tempfile.TemporaryDirectory(prefix="segmentary-")
    inner = Path(folder.name) / (path.stem if path.suffix.lower() in PACKED else path.name)
    size = 0
    with unpacked(path) as source, inner.open("wb") as copy:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            check_expansion(path, path.stat().st_size, size, LIMITS)
            copy.write(chunk)
    found = opened_file(inner, name=name, options=options)
    for each in found:
        each.origin = each.origin.replace(str(inner), str(path))
        each.path = path
        each.held = folder
    return found


def log_or_table(name: str, path: Path, options: Options) -> Tabular:
    """Open a file whose name says little: a web server's log, or a table as text."""
    from segmentary.sources.accesslog import AccessLog, is_access_log
    from segmentary.sources.files import head

    start = head(path, 65_536)
    if is_access_log(start.decode("utf-8", errors="replace")):
        return AccessLog(name, path, encoding=options.encoding)
    if (found := transcript(name, path, options)) is not None:
        return found
    text = start.lstrip()
    if text[:1] in (b"{", b"["):
        from segmentary.sources.jsonlines import JsonRecords

        return JsonRecords(name, path, encoding=options.encoding)
    if b"," not in start and b";" not in start and b"\t" not in start and b"|" not in start:
        raise SourceError(f"{path.name}: neither a table nor a web server's log", hint=f"known are {KNOWN}")
    return delimited(name, path, options)


def transcript(name: str, path: Path, options: Options) -> Tabular | None:
    """Open a file as an interview, where speakers take turns in it."""
    from segmentary.sources.transcripts import Transcript, is_transcript_file

    return Transcript(name, path, encoding=options.encoding) if is_transcript_file(path) else None


def delimited(name: str, path: Path, options: Options) -> Tabular:
    from segmentary.sources.delimited import Delimited

    if ".txt" in [suffix.lower() for suffix in path.suffixes] and (found := transcript(name, path, options)):
        return found
    return Delimited(name, path, encoding=options.encoding, delimiter=options.delimiter, header=options.header)
