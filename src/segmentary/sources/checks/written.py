"""How values are written: blanks, fillers, money as text, ids ruined by spreadsheets, broken encodings, copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.sources.checks.finding import Finding, Severity, many, mask, percent, share_of
from segmentary.sources.checks.records_of import Row, by_source, number, records

HERE = Path(__file__).parent
SAID: dict[str, tuple[Severity, str]] = {
    "blank": ("info", "{column} is empty in {rows} ({share})"),
    "filler": (
        "warn",
        "{column} holds a filler such as {example!r} in {rows} ({share}): counted as missing in numbers",
    ),
    "money_text": ("info", "{column} holds money written as text such as {example!r} in {rows}: read exactly"),
    "ruined_id": ("serious", "{column} was ruined by a spreadsheet in {rows}, such as {example!r}: ids are lost"),
    "mojibake": ("warn", "{column} was read in a wrong encoding somewhere before, in {rows}, such as {example!r}"),
    "unreadable_value": ("warn", "{column} cannot be read in {rows}, such as {example!r}: counted as missing"),
}
# More columns with empty cells than this are told in one sentence.
MANY_COLUMNS = 12
PERSONAL_NOTES = ("mojibake", "unreadable_value")


def written_findings(engine: Engine) -> Iterator[tuple[str, Finding]]:
    """Yield what is odd about the way values are written: (source, finding)."""
    reads = {
        str(s): int(n)
        for s, n in engine.rows(
            exp.select("source", exp.func("sum", exp.column("rows_read"))).from_("loads").group_by("source")
        )
    }
    wanted = (
        exp.select(
            "source",
            "column_name",
            "code",
            exp.func("sum", exp.column("row_count")).as_("row_count"),
            exp.func("max", exp.column("example")).as_("example"),
        )
        .from_("column_notes")
        .group_by("source", "column_name", "code")
        .order_by("source", "column_name", "code")
    )
    rows = records(engine, wanted)
    empty = Counter(str(row["source"]) for row in rows if row["code"] == "blank")
    for source, columns in empty.items():
        if columns > MANY_COLUMNS:
            yield source, empty_cells([row for row in rows if row["code"] == "blank" and row["source"] == source])
    for row in rows:
        source, code = str(row["source"]), str(row["code"])
        if code == "blank" and empty[source] > MANY_COLUMNS:
            continue
        severity, text = SAID[code]
        n, total = number(row, "row_count"), reads.get(source, 0)
        example = str(row["example"] or "")
        shown = mask(example) if code in PERSONAL_NOTES else example
        words = text.format(column=row["column_name"], rows=many(n, "row"), share=percent(n, total), example=shown)
        yield source, Finding(code, severity, n, share_of(n, total), words, shown)
    for table in ("order_lines", "recorded_events", "records", "responses", "consents", "exposures"):
        for source, row in by_source(engine, query(HERE / "exact_copies.sql", stored=exp.table_(table))).items():
            n, total = number(row, "copy_count"), reads.get(source, 0)
            text = f"{many(n, 'row')} are exact copies of another row of the same file: kept, and counted twice"
            yield source, Finding("exact_duplicate", "warn", n, share_of(n, total), text)
    for source, row in by_source(
        engine, query(HERE / "event_counts.sql", recorded_events=exp.table_("recorded_events"))
    ).items():
        n, total = number(row, "without_customer"), number(row, "event_count")
        if n:
            text = f"{many(n, 'event')} ({percent(n, total)}) belong to nobody: kept, but in nobody's profile"
            yield source, Finding("missing_customer", "warn", n, share_of(n, total), text)
        n = number(row, "in_future")
        if n:
            text = f"{many(n, 'event')} happened after they were delivered: a clock or a zone is wrong"
            yield source, Finding("future_event", "serious", n, share_of(n, total), text)


def empty_cells(rows: list[Row]) -> Finding:
    """Return one finding for many columns with empty cells."""
    cells = sum(number(row, "row_count") for row in rows)
    most = sorted(rows, key=lambda row: (-number(row, "row_count"), str(row["column_name"])))[:3]
    named = ", ".join(f"{row['column_name']} in {many(number(row, 'row_count'), 'row')}" for row in most)
    return Finding("blank", "info", cells, None, f"{cells:,} cells of {len(rows):,} columns are empty; most: {named}")
