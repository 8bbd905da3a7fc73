"""The sections of the page: headings, charts and tables, every figure already text with its unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segmentary.models.intervals import Interval
from segmentary.report import wording
from segmentary.report.compare import best_markers
from segmentary.report.figures import Comparison, ReportData, SegmentFigure
from segmentary.report.numbers import count, day, money, month, p_value, percent, percent_interval
from segmentary.report.page import Card, Cell, Section, Table, Tile
from segmentary.report.sentences import difference_figure, figure, marker_sentence

# The page shows so many comparisons of each segment; the workbook has all.
COMPARISONS_SHOWN = 6


def name(text: str, note: str = "") -> Cell:
    return Cell(text, note, numeric=False)


def people(value: int | None) -> Cell:
    return Cell(wording.HIDDEN if value is None else count(value))


def share(interval: Interval | None) -> Cell:
    if interval is None or interval.estimate != interval.estimate:
        return Cell(wording.HIDDEN)
    return Cell(percent(interval.estimate), percent_interval(interval))


def tiles(data: ReportData) -> list[Tile]:
    """Return the big numbers."""
    p = data.population
    found = [Tile("customers", count(p.customers), "known on this day")]
    if p.buyers:
        again = p.repeat_buyers / p.buyers
        found += [
            Tile("buyers", count(p.buyers), f"{percent(again)} of them ordered again"),
            Tile("orders", count(p.orders), f"{day(p.first_order)} to {day(p.last_order)}"),
            Tile("gross sales", money(p.money, data.currency), "identified customers, before refunds"),
            Tile("refunds", money(p.refunds, data.currency), f"{percent(float(p.refunds / p.money))} of gross sales")
            if p.money
            else Tile("refunds", money(p.refunds, data.currency), ""),
            Tile(
                "average order", money(p.money / p.orders, data.currency, cents=True), f"n = {count(p.orders)} orders"
            ),
        ]
    return found


def sections(data: ReportData) -> list[Section]:
    """Return the sections that have something to show, in reading order."""
    found = [sales(data), segments(data), rfm(data), profile(data), overlap(data), retention(data), geography(data)]
    found += [changes(data), quality(data), reading(data)]
    return [section for section in found if section is not None]


def sales(data: ReportData) -> Section | None:
    if not data.months:
        return None
    rows = tuple(
        (
            name(month(m.month), "not ended" if m.partial else ""),
            Cell(count(m.orders)),
            people(m.buyers),
            Cell(money(m.money, data.currency)),
        )
        for m in data.months
    )
    table = Table(f"Sales by month, gross, {data.currency}", ("Month", "Orders", "Buyers", "Gross sales"), rows)
    return Section("sales", "Sales", chart="sales", tables=(table,))


def segments(data: ReportData) -> Section | None:
    if not data.segments:
        return None
    order = sorted(data.segments, key=lambda s: (s.people is None, -(s.people or 0), s.title))
    rows = tuple(
        (
            name(s.title, s.base),
            people(s.people),
            share(s.share),
            Cell(money(s.money, data.currency) if s.money is not None else "–"),
            share(s.money_share) if s.money_share is not None else Cell("–"),
            average(s, data),
        )
        for s in order
    )
    columns = ("Segment", "Customers", "Share of customers", "Gross sales", "Share of money", "Money per customer")
    table = Table(
        f"Segments by size on {day(data.as_of, data.timezone)}; 95% intervals below the figures", columns, rows
    )
    hidden = sum(s.people is None for s in data.segments)
    notes = (wording.hidden_groups("segment", hidden, data.suppress_below),) if hidden else ()
    return Section(
        "segments",
        "Segments: size and value",
        chart="segments",
        tables=(table,),
        open_tables=True,
        cards=tuple(card(s, data) for s in order),
        notes=notes,
    )


def average(s: SegmentFigure, data: ReportData) -> Cell:
    if s.average is None:
        return Cell("–")
    ends = f"{money(s.average.low, data.currency)} to {money(s.average.high, data.currency)}"
    return Cell(money(s.average.estimate, data.currency), ends)


def card(s: SegmentFigure, data: ReportData) -> Card:
    markers = best_markers(data.comparisons, s.name)
    return Card(
        title=s.title,
        base=s.base,
        size=wording.HIDDEN if s.people is None else f"{count(s.people)} customers",
        purpose=s.purpose,
        sentence=s.sentence,
        markers=tuple(marker_sentence(c, data.currency) for c in markers),
    )


def rfm(data: ReportData) -> Section | None:
    if data.rfm is None or not data.rfm.scored:
        return None
    rows = tuple(
        (
            name(c.name.capitalize(), c.meaning),
            people(c.people),
            share(c.share),
            Cell(money(c.money, data.currency) if c.money is not None else wording.HIDDEN),
            share(c.money_share),
        )
        for c in data.rfm.cells
    )
    columns = ("Name", "Customers", "Share of scored", "Gross sales", "Share of money")
    table = Table(f"The eleven RFM names, n = {count(data.rfm.scored)} customers with an order", columns, rows)
    notes = [wording.RFM]
    if data.rfm.cuts:
        notes.append(wording.cuts(data.rfm.cuts))
    return Section(
        "rfm",
        "Recency, order count and money",
        chart="rfm",
        tables=(table,),
        notes=tuple(notes),
    )


def profile(data: ReportData) -> Section | None:
    if not data.comparisons:
        return None
    titles = {s.name: s.title for s in data.segments}
    tables = tuple(
        profile_table(titles[n], [c for c in data.comparisons if c.segment == n][:COMPARISONS_SHOWN], data)
        for n in dict.fromkeys(c.segment for c in data.comparisons)
    )
    notes = [wording.tests(data.tests)]
    if data.left_out:
        notes.append("Not compared: " + "; ".join(f"{title} ({reason})" for title, reason in data.left_out) + ".")
    return Section(
        "profile",
        "What sets segments apart",
        chart="profile",
        tables=tables,
        notes=tuple(notes),
    )


def profile_table(title: str, comparisons: Sequence[Comparison], data: ReportData) -> Table:
    rows = []
    for c in comparisons:
        difference, ends = difference_figure(c, data.currency)
        verdict = "marker" if c.marker else ""
        rows.append(
            (
                name(c.label, "; ".join(t for t in (verdict, "in its rule" if c.defining else "") if t)),
                Cell(
                    f"{c.difference.effect:+.2f}", f"{c.difference.effect_low:+.2f} to {c.difference.effect_high:+.2f}"
                ),
                Cell(figure(c, c.members, data.currency), f"n = {count(c.n_members)}"),
                Cell(figure(c, c.others, data.currency), f"n = {count(c.n_others)}"),
                Cell(difference, ends),
                Cell(p_value(c.p_holm)),
            )
        )
    columns = ("Trait", "Effect size", "Members", "Everybody else", "Difference", "p (Holm)")
    return Table(f"{title}: strongest differences, 95% intervals", columns, tuple(rows))


def overlap(data: ReportData) -> Section | None:
    if data.overlap is None:
        return None
    o = data.overlap
    rows = []
    for i, a in enumerate(o.names):
        for b in o.names[i + 1 :]:
            both = o.both.get((a, b))
            if both == 0:
                continue
            size_a, size_b = o.sizes[a], o.sizes[b]
            rows.append(
                (
                    name(f"{o.titles[a]} and {o.titles[b]}"),
                    people(both),
                    Cell(percent(both / size_a) if both and size_a else wording.HIDDEN),
                    Cell(percent(both / size_b) if both and size_b else wording.HIDDEN),
                )
            )
    columns = ("Segments", "Customers in both", "Share of the first", "Share of the second")
    table = Table("Customers in two segments; pairs without a common member are left out", columns, tuple(rows))
    return Section("overlap", "Overlap", chart="overlap", tables=(table,) if rows else ())


def retention(data: ReportData) -> Section | None:
    if data.retention is None:
        return None
    asked = (1, 2, 3, 6, 12)
    rows: list[tuple[Cell, ...]] = []
    for c in data.retention.cohorts:
        by_month = {cell.months_after: cell for cell in c.cells}
        cells = []
        for after in asked:
            cell = by_month.get(after)
            if cell is None:
                cells.append(Cell("–", "not yet"))
            elif cell.share is None:
                cells.append(Cell(wording.HIDDEN))
            else:
                ends = "not ended" if cell.partial else percent_interval(cell.share)
                cells.append(Cell(percent(cell.share.estimate), ends))
        rows.append((name(month(c.month), "old and new" if c.inherited else ""), people(c.size), *cells))
    columns = ("First order", "Customers", *(f"Month {after}" for after in asked))
    table = Table("Share of each cohort that orders so many months later; 95% intervals", columns, tuple(rows))
    return Section(
        "retention",
        "Retention",
        chart="retention",
        tables=(table,),
        notes=(wording.RETENTION,),
    )


def geography(data: ReportData) -> Section | None:
    if data.geography is None:
        return None
    rows = tuple(
        (
            name(p.name),
            people(p.people),
            share(p.share),
            Cell(money(p.money, data.currency)),
            share(p.money_share) if p.money_share is not None else Cell("–"),
        )
        for p in data.geography.places
    )
    notes = []
    if data.geography.hidden:
        notes.append(wording.hidden_groups("country", data.geography.hidden, data.suppress_below))
        notes.append(wording.FEW)
    if data.geography.unknown:
        notes.append(f"{count(data.geography.unknown)} customers have no country on record.")
    columns = ("Country", "Customers", "Share of customers", "Gross sales", "Share of money")
    table = Table("Countries by gross sales; 95% intervals", columns, rows)
    return Section(
        "geography",
        "Geography",
        chart="geography",
        tables=(table,) if rows else (),
        notes=tuple(notes),
    )


def changes(data: ReportData) -> Section | None:
    if data.changes is None:
        return None
    rows = []
    for c in data.changes.segments:
        for what, total, reasons in (("entered", c.entered_total, c.entered), ("left", c.left_total, c.left)):
            if reasons and total != 0:
                rows.append(
                    (
                        name(c.title or c.segment, what),
                        people(total),
                        Cell(why(reasons), numeric=False),
                    )
                )
    since = f" since {day(data.changes.since, data.timezone)}" if data.changes.since else ""
    if not rows:
        return Section("changes", "Entered and left", lead=(f"Nobody entered or left a segment{since}.",))
    table = Table(f"Entries and exits{since}, with reasons", ("Segment", "Customers", "Why"), tuple(rows))
    return Section(
        "changes",
        f"Entered and left{since}",
        chart="changes",
        tables=(table,),
        open_tables=True,
        terms=tuple(wording.REASONS.items()),
    )


def why(reasons: object) -> str:
    pairs = reasons.items() if isinstance(reasons, dict) else ()
    return ", ".join(
        f"{str(r).replace('_', ' ')} {wording.HIDDEN if n is None else count(n)}" for r, n in pairs if n != 0
    )


def quality(data: ReportData) -> Section | None:
    if not data.sources and not data.money_totals:
        return None
    tables = []
    if data.sources:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                name(s.source, s.kind.replace("_", " ")),
                Cell(count(s.rows_read)),
                Cell(count(s.rows_kept)),
                Cell(count(s.rows_known)),
                Cell(count(s.rows_refused), ", ".join(f"{r} {count(n)}" for r, n in s.reasons.items())),
            )
            for s in data.sources
        )
        columns = ("Source", "Rows read", "Kept", "Known before", "Refused")
        tables.append(Table("Rows read = kept + known before + refused", columns, rows))
    found = tuple(findings(data))
    if found:
        tables.append(Table("What the quality account found", ("Finding", "Rows", "Share", "Source"), found))
    if data.money_totals:
        rows = tuple(
            (
                name(m.name, m.definition),
                Cell(money(m.amount, data.currency, cents=True)),
                Cell("–" if m.rows is None else count(m.rows)),
            )
            for m in data.money_totals
        )
        tables.append(Table("Money totals, each with its definition", ("Total", "Amount", "Rows"), rows))
    return Section("quality", "Data quality", lead=(wording.QUALITY,), tables=tuple(tables), open_tables=True)


def findings(data: ReportData) -> Iterator[tuple[Cell, ...]]:
    for s in data.sources:
        for f in s.findings:
            yield (
                name(f.message, f.severity),
                Cell("–" if f.count is None else count(f.count)),
                Cell("–" if f.share is None else percent(f.share)),
                name(s.source),
            )


def reading(data: ReportData) -> Section:
    tables: list[Table] = []
    if data.traits:
        rows = tuple(
            (
                name(t.title, t.description),
                name(t.base),
                name(t.type, t.unit),
                name(t.kind),
                Cell("–" if t.fill is None else percent(t.fill)),
            )
            for t in data.traits
        )
        tables.append(
            Table("What is known about customers", ("Trait", "Base", "Type and unit", "Kind", "Filled"), rows)
        )
    return Section("reading", "How to read this report", terms=tuple(wording.terms(data)), tables=tuple(tables))
