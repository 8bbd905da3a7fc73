"""Labelled texts of a file."""

from __future__ import annotations

from pathlib import Path

from segmentary.errors import SourceError, UnknownNameError, UsageError


def labelled(path: Path, text: str, label: str) -> tuple[list[str], list[str]]:
    """Return the texts and labels of a file (.csv, .tsv, .csv.gz, .parquet, .jsonl); what is missing is empty.

    Raises
    ------
    UsageError
        when there is no such file.
    SourceError
        when it cannot be read.
    UnknownNameError
        when it has no such column.
    """
    from segmentary.sources.open import open_source

    if not path.is_file():
        raise UsageError(f"there is no file {path}", hint="labelled texts: .csv, .parquet, .jsonl")
    deliveries = open_source(path)
    if len(deliveries) != 1:
        raise SourceError(f"{path.name} holds {len(deliveries)} tables", hint="labelled texts are one table")
    names = [one.name for one in deliveries[0].columns]
    for wanted in (text, label):
        if wanted not in names:
            raise UnknownNameError(f"column of {path.name}", wanted, names, see=f"columns: {', '.join(names)}")
    table = deliveries[0].read().read_all()
    columns = (table.column(name).to_pylist() for name in (text, label))
    texts, labels = (["" if one is None else str(one) for one in column] for column in columns)
    return texts, labels
