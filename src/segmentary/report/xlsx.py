"""The numbers of a report as a workbook: one sheet per table, every figure a number, every text only text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from segmentary.models.intervals import Interval
from segmentary.report import wording
from segmentary.report.figures import ReportData
from segmentary.report.sentences import headlines

Value = str | int | float | Decimal | dt.date | bool | None
Row = Sequence[Value]
HIDDEN = wording.HIDDEN
WIDEST = 60


def write_workbook(data: ReportData, path: Path) -> Path:
    """Write the workbook; a hidden figure is the word "hidden", a text that looks like a formula stays text."""
    import xlsxwriter

    # Nothing that looks like a formula, an address or a number becomes one; the date of making is the as-of, so that
    # the same data give the same file.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), {**options, "in_memory": True})
    book.set_properties({"title": data.title, "created": data.as_of.replace(tzinfo=None)})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        # With the quote prefix a text stays text even when somebody edits the cell.
        "text": book.add_format({"quote_prefix": True}),
        "whole": book.add_format({"num_format": "#,##0"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "plain": book.add_format({"num_format": "0.0000"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for name, columns, rows in sheets(data):
        write_sheet(book.add_worksheet(name), columns, rows, formats)
    book.close()
    return path


def write_sheet(sheet: Any, columns: Sequence[str], rows: Sequence[Row], formats: dict[str, Any]) -> None:
    widths = [len(c) + 2 for c in columns]
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, formats["head"])
    for number, row in enumerate(rows, start=1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            match value:
                case None:
                    sheet.write_string(number, place, HIDDEN, formats["text"])
                case bool():
                    sheet.write_boolean(number, place, value)
                case str():
                    sheet.write_string(number, place, value, formats["text"])
                case dt.date():
                    sheet.write_datetime(number, place, value, formats["day"])
                case float() if value != value:
                    sheet.write_blank(number, place, None)
                case _:
                    sheet.write_number(number, place, float(value), formats[kind_of(column, value)])
            widths[place] = max(widths[place], len(str(value)) + 1 if isinstance(value, str) else 12)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(width, WIDEST))
    sheet.freeze_panes(1, 1)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def kind_of(column: str, value: object) -> str:
    """Return the number format of a figure, by what its column says it is."""
    if "share" in column.lower():
        return "share"
    if isinstance(value, Decimal) or "money" in column.lower():
        return "money"
    return "whole" if isinstance(value, int) else "plain"


def ends(interval: Interval | None) -> tuple[Value, Value, Value]:
    return (None, None, None) if interval is None else (interval.estimate, interval.low, interval.high)


def sheets(data: ReportData) -> Iterator[tuple[str, Sequence[str], list[Row]]]:
    """Return name, columns and rows of every sheet; empty tables have none."""
    yield "Read me", ("What", "Text"), [*readme(data)]
    found: list[tuple[str, Sequence[str], list[Row]]] = [
        segments(data),
        rfm(data),
        comparisons(data),
        overlap(data),
        retention(data),
        geography(data),
        months(data),
        changes(data),
        *quality(data),
        traits(data),
    ]
    for sheet in found:
        if sheet[2]:
            yield sheet


def readme(data: ReportData) -> Iterator[Row]:
    yield ("Title", data.title)
    yield ("As of", data.as_of.isoformat())
    yield ("Time zone", data.timezone)
    yield ("Currency", data.currency)
    for headline in headlines(data):
        yield ("Headline", headline.text)
    yield from wording.terms(data)
    yield ("Comparisons", wording.tests(data.tests))


def segments(data: ReportData) -> tuple[str, Sequence[str], list[Row]]:
    columns = (
        "Segment",
        "Title",
        "Base",
        "Purpose",
        "Rule",
        "Customers",
        "Share of customers",
        "Share low",
        "Share high",
        "Gross money",
        "Share of money",
        "Money share low",
        "Money share high",
        "Money per customer",
        "Money per customer low",
        "Money per customer high",
    )
    rows: list[Row] = [
        (
            *(s.name, s.title, s.base, s.purpose, s.sentence, s.people),
            *ends(s.share),
            s.money,
            *ends(s.money_share),
            *ends(s.average),
        )
        for s in data.segments
    ]
    return "Segments", columns, rows


def rfm(data: ReportData) -> tuple[str, Sequence[str], list[Row]]:
    columns = (
        "Name",
        "Meaning",
        "Customers",
        "Share of scored",
        "Share low",
        "Share high",
        "Gross money",
        "Share of money",
        "Money share low",
        "Money share high",
    )
    cells = data.rfm.cells if data.rfm is not None else ()
    return "RFM", columns, [(c.name, c.meaning, c.people, *ends(c.share), c.money, *ends(c.money_share)) for c in cells]


def comparisons(data: ReportData) -> tuple[str, Sequence[str], list[Row]]:
    columns = (
        "Segment",
        "Trait",
        "Level",
        "Kind",
        "Unit",
        "Effect size",
        "Effect low",
        "Effect high",
        "Members",
        "Everybody else",
        "Difference",
        "Difference low",
        "Difference high",
        "n members",
        "n everybody else",
        "p",
        "p (Holm)",
        "q (Benjamini-Hochberg)",
        "Marker",
        "In the segment's rule",
    )
    rows: list[Row] = []
    for c in data.comparisons:
        d = c.difference
        rows.append(
            (
                *(c.segment, c.title, c.level or "", c.kind, c.unit, d.effect, d.effect_low, d.effect_high),
                *(c.members, c.others, d.estimate, d.low, d.high, c.n_members, c.n_others, d.p, c.p_holm),
                *(c.q_false_discovery, c.marker, c.defining),
            )
        )
    return "Comparisons", columns, rows


def overlap(data: ReportData) -> tuple[str, Sequence[str], list[Row]]:
    rows: list[Row] = []
    if data.overlap is not None:
        o = data.overlap
        for i, a in enumerate(o.names):
            rows += [(a, b, o.both.get((a, b)), o.sizes[a], o.sizes[b]) for b in o.names[i + 1 :]]
    columns = ("Segment", "Other segment", "Customers in both", "Customers in the first", "Customers in the second")
    return "Overlap", columns, rows


def retention(data: ReportData) -> tuple[str, Sequence[str], list[Row]]:
    rows: list[Row] = []
    for c in data.retention.cohorts if data.retention is not None else ():
        rows += [
            (c.month, c.size, cell.months_after, cell.month, cell.active, *ends(cell.share), cell.partial, c.inherited)
            for cell in c.cells
        ]
    columns = (
        "First order",
        "Customers",
        "Months after",
        "Month",
        "Customers with an order",
        "Share",
        "Share low",
        "Share high",
        "Month not ended",
        "Old customers among the new",
    )
    return "Retention", columns, rows


def geography(data: ReportData) -> tuple[str, Sequence[str], list[Row]]:
    columns = (
        "Country",
        "Customers",
        "Share of customers",
        "Share low",
        "Share high",
        "Gross money",
        "Share of money",
        "Money share low",
        "Money share high",
    )
    places = data.geography.places if data.geography is not None else ()
    return "Geography", columns, [(p.name, p.people, *ends(p.share), p.money, *ends(p.money_share)) for p in places]


def months(data: ReportData) -> tuple[str, Sequence[str], list[Row]]:
    columns = ("Month", "Orders", "Buyers", "Gross money", "Month not ended")
    return "Sales", columns, [(m.month, m.orders, m.buyers, m.money, m.partial) for m in data.months]


def changes(data: ReportData) -> tuple[str, Sequence[str], list[Row]]:
    rows: list[Row] = []
    for c in data.changes.segments if data.changes is not None else ():
        for what, total, reasons in (("entered", c.entered_total, c.entered), ("left", c.left_total, c.left)):
            rows += [(c.segment, what, reason, people, total) for reason, people in reasons.items()]
    return "Entered and left", ("Segment", "What", "Why", "Customers", "Customers, all reasons"), rows


def quality(data: ReportData) -> list[tuple[str, Sequence[str], list[Row]]]:
    sources: list[Row] = [
        (s.source, s.kind, s.rows_read, s.rows_kept, s.rows_known, s.rows_refused) for s in data.sources
    ]
    found: list[Row] = [
        (s.source, f.severity, f.message, "" if f.count is None else f.count, "" if f.share is None else f.share)
        for s in data.sources
        for f in s.findings
    ]
    totals: list[Row] = [(m.name, m.definition, m.amount, "" if m.rows is None else m.rows) for m in data.money_totals]
    return [
        ("Sources", ("Source", "Kind", "Rows read", "Kept", "Known before", "Refused"), sources),
        ("Findings", ("Source", "Severity", "Finding", "Rows", "Share"), found),
        ("Money totals", ("Total", "Definition", "Money", "Rows"), totals),
    ]


def traits(data: ReportData) -> tuple[str, Sequence[str], list[Row]]:
    columns = ("Trait", "Title", "Type", "Unit", "Base", "Kind", "Filled share", "Description")
    rows: list[Row] = [
        (t.name, t.title, t.type, t.unit, t.base, t.kind, "" if t.fill is None else t.fill, t.description)
        for t in data.traits
    ]
    return "Traits", columns, rows
