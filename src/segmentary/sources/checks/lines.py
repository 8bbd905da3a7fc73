"""Order lines: customers that are missing, money that comes back, codes that are no products, odd units."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.settings import Settings
from segmentary.sources.checks.finding import Finding, Severity, many, percent, share_of
from segmentary.sources.checks.records_of import Row, by_source, number, records
from segmentary.sources.linking import REFUND, REFUNDED_LINE, WAITING, own_lines
from segmentary.sources.pairing import pairs_query

HERE = Path(__file__).parent
ENOUGH_LINES = 100
LINES = own_lines()


def line_findings(engine: Engine, settings: Settings) -> Iterator[tuple[str, Finding]]:
    """Yield what is odd about order lines: (source, finding)."""
    pairs = by_source(engine, query(HERE / "paired_counts.sql", order_lines=LINES, pairs=pairs_query()))
    for source, row in by_source(engine, query(HERE / "line_counts.sql", order_lines=LINES)).items():
        for finding in counted(row, pairs.get(source, {}), settings):
            yield source, finding
    for source, row in by_source(engine, query(HERE / "line_customers.sql", order_lines=LINES)).items():
        for finding in customers(row):
            yield source, finding
    for source, row in by_source(engine, query(HERE / "large_orders.sql", order_lines=LINES)).items():
        n = number(row, "order_count")
        text = f"{many(n, 'order')} add up to more than 14 digits of money: counted, but without an amount"
        yield source, Finding("amount_too_large", "serious", n, None, text, example=str(row["example"]))
    yield from waiting(engine)
    yield from units(engine)
    yield from unknown_products(engine)


def counted(row: Row, pairs: Row, settings: Settings) -> Iterator[Finding]:
    """Yield what the counts of one source say."""
    total = number(row, "line_count")

    def count(name: str) -> int:
        return number(row, name)

    if count("without_customer"):
        n = count("without_customer")
        text = f"{many(n, 'line')} ({percent(n, total)}) have no customer: kept, but in nobody's profile"
        yield Finding("missing_customer", "serious" if n * 5 >= total else "warn", n, share_of(n, total), text)
    if count("cancelled_lines"):
        n = count("cancelled_lines")
        yield Finding("cancellations", "info", n, share_of(n, total), cancellation_text(row, settings))
    if pairs:
        yield pairing_finding(row, pairs)
    simple: tuple[tuple[str, str, Severity, str], ...] = (
        ("returned_lines", "negative_quantity", "warn", "lines take goods back without a cancelled order"),
        ("negative_prices", "negative_price", "serious", "lines have a price below zero: corrections, not sales"),
        ("zero_prices", "zero_price", "warn", "lines have a price of zero: gifts or missing prices, not sales"),
        ("zero_amounts", "zero_amount", "warn", "lines bring no money: not counted as sales"),
        ("negative_amounts", "negative_amount", "warn", "amounts are below zero: money going back"),
        ("zero_quantities", "zero_quantity", "info", "lines have a quantity of zero"),
        ("unsold_lines", "no_sale", "info", "lines have a status that is no sale: kept apart from the money"),
    )
    for column, code, severity, text in simple:
        n = count(column)
        if n:
            yield Finding(code, severity, n, share_of(n, total), f"{n:,} {text}")
    n, coded = count("service_lines"), count("lines_with_code")
    if n and count("numbered_codes") * 10 >= coded * 9:
        text = f"{many(n, 'line')} are postage, fees or manual entries rather than products"
        yield Finding("service_lines", "warn", n, share_of(n, total), text)


def cancellation_text(row: Row, settings: Settings) -> str:
    amount = f"{row['cancelled_amount']:,.2f} {settings.currency}"
    orders = many(number(row, "cancelled_orders"), "order")
    return f"{orders} with {many(number(row, 'cancelled_lines'), 'line')} are cancellations, {amount}"


def pairing_finding(row: Row, pairs: Row) -> Finding:
    """Return how many lines that come back were matched with the sale they take back."""
    n = number(pairs, "pair_count")
    back = number(row, "cancelled_lines") + number(row, "returned_lines")
    largest = Decimal(str(pairs["largest_quantity"]))
    text = (
        f"{n:,} of {back:,} lines that take goods back were paired with their sale (same customer, product and"
        f" quantity); the largest: {largest:,.0f} pieces bought and taken back"
    )
    return Finding("paired_cancellations", "info", n, share_of(n, back), text, example=str(pairs["largest_order"]))


def customers(row: Row) -> Iterator[Finding]:
    """Yield what the customers of one source say."""
    total, lines = number(row, "customer_count"), number(row, "line_count")
    most = number(row, "most_lines")
    if lines >= ENOUGH_LINES and most * 5 >= lines:
        text = f"one customer id holds {percent(most, lines)} of the lines: a filler for unknown customers?"
        yield Finding("filler_customer", "serious", most, share_of(most, lines), text, example=str(row["busiest"]))
    only, negative, ever = number(row, "only_back"), number(row, "net_negative"), number(row, "ever_cancelled")
    if only:
        text = f"{many(only, 'customer')} only ever cancelled or returned: they have no sale"
        yield Finding("only_cancelled", "warn", only, share_of(only, total), text)
    if negative:
        text = f"{many(negative, 'customer')} got back more money than they paid"
        yield Finding("net_negative", "warn", negative, share_of(negative, total), text)
    if ever:
        yield Finding("ever_cancelled", "info", ever, share_of(ever, total), f"{many(ever, 'customer')} ever cancelled")


def waiting(engine: Engine) -> Iterator[tuple[str, Finding]]:
    """Yield how many rows belong to an order in another table, and how many of them have found it."""
    counts = query(
        HERE / "waiting_counts.sql",
        order_lines=exp.table_("order_lines"),
        waiting=WAITING,
        refund=REFUND,
        refunded_line=REFUNDED_LINE,
    )
    for source, row in by_source(engine, counts).items():
        total, found = number(row, "waiting_count"), number(row, "found_count")
        lost = total - found
        text = f"{many(total, 'row')} belong to orders in another table: {found:,} have found theirs"
        text += f", {lost:,} wait and count nothing: load their orders or refunds" if lost else ""
        yield source, Finding("waiting_rows", "warn" if lost else "info", lost or total, share_of(lost, total), text)


def units(engine: Engine) -> Iterator[tuple[str, Finding]]:
    """Yield categories whose quantities are in another unit."""
    for row in records(engine, query(HERE / "odd_units.sql", order_lines=LINES, products=distinct_products())):
        n = number(row, "row_count")
        text = (
            f"quantities of {row['category']} are in another unit (typically {row['typical']:,.0f}, largest"
            f" {row['largest']:,.0f}, elsewhere {row['usual']:,.0f}): never add quantities across categories"
        )
        yield str(row["source"]), Finding("odd_unit", "serious", n, None, text, example=str(row["category"]))


def distinct_products() -> exp.Select:
    """Return one category per product."""
    first = exp.func("min", exp.column("category")).as_("category")
    return exp.select("product_id", first).from_("products").group_by("product_id")


def unknown_products(engine: Engine) -> Iterator[tuple[str, Finding]]:
    """Yield products that are sold but stand in no list of products."""
    known = [str(row[0]) for row in engine.rows(exp.select("product_id").distinct().from_("products").limit(5000))]
    if not known:
        return
    for row in records(
        engine, query(HERE / "unknown_products.sql", order_lines=LINES, products=exp.table_("products"))
    ):
        code = str(row["product_id"])
        near = difflib.get_close_matches(code, known, n=1, cutoff=0.85) if not code.isdigit() else []
        guess = f"; {code!r} may be {near[0]!r}" if near else ""
        lines, products = number(row, "line_count"), number(row, "product_count")
        text = f"{many(lines, 'line')} sell {many(products, 'product')} missing from the list of products{guess}"
        yield str(row["source"]), Finding("unknown_product", "warn", lines, None, text, example=code)
