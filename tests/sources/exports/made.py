"""What becomes of rows, for the tests of single exports: part -> its filled values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from segmentary.sources.exports.opening import opened_exports
from segmentary.sources.exports.translation import ExportPart

Rows = dict[str, list[dict[str, Any]]]


def made(folder: Path, rows: list[Any]) -> Rows:
    """Return the rows of every part; ``properties`` are read, refused and set-aside rows are under ``rejected``."""
    path = folder / "made.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return made_of(path)


def made_of(path: Path) -> Rows:
    """Return the rows of every part of a file."""
    out: Rows = {"rejected": []}
    for part in opened_exports(path, name=None, table=None, tag_of=lambda source: ""):
        assert isinstance(part, ExportPart), part
        rows = [{k: v for k, v in row.items() if v is not None} for row in part.read().read_all().to_pylist()]
        for row in rows:
            if "properties" in row:
                row["properties"] = json.loads(row["properties"])
        out[part.export_part.name] = rows
        out["rejected"] += [{"row_number": number, "reason": why} for number, why in part.rejected]
    return out
