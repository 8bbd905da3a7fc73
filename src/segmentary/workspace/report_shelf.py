"""Reports that were written into the workspace: which files there are, and one of them to give out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from segmentary.errors import UnknownNameError

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

What = Literal["discovery", "experiment", "market", "prediction"]
FORMS = {".html": "page", ".xlsx": "workbook", ".pdf": "paper", ".pptx": "slides", ".png": "picture", ".svg": "drawing"}
PICTURES = "charts"


@dataclass(frozen=True, slots=True)
class ShelfFile:
    """A file of a report. form : page, workbook, paper, slides, picture or drawing; chart : whether it is one chart."""

    file: str
    form: str
    bytes: int
    written_at: dt.datetime
    chart: bool = False


def shelf(workspace: Workspace, what: What, name: str) -> tuple[ShelfFile, ...]:
    """Return the files of the report of a solution or prediction, documents first; none where none was written."""
    return tuple(described(path) for path in paths(workspace, what, name).values())


def report_file(workspace: Workspace, what: What, name: str, file: str) -> Path:
    """Return the place of a file of a report.

    Raises
    ------
    UnknownNameError
        when the report has no such file.
    """
    held = paths(workspace, what, name)
    if file not in held:
        raise UnknownNameError("file", file, held)
    return held[file]


def paths(workspace: Workspace, what: What, name: str) -> dict[str, Path]:
    """Return the files of a report by name: only those a report consists of, whatever else lies in the folder."""
    folder = workspace.folder.root / "reports" / name
    documents = [folder / f"{what}{ending}" for ending in (".html", ".xlsx", ".pdf", ".pptx")]
    there = [path for path in documents if path.is_file()]
    if there:
        there += sorted(path for path in (folder / PICTURES).glob("*") if path.suffix in (".png", ".svg"))
    return {path.name: path for path in there}


def described(path: Path) -> ShelfFile:
    known = path.stat()
    written = dt.datetime.fromtimestamp(int(known.st_mtime), dt.UTC)
    return ShelfFile(path.name, FORMS[path.suffix], known.st_size, written, path.parent.name == PICTURES)
