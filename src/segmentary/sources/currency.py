"""Money in one currency: the workspace's, converted at the order's date where a rates table is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.errors import CurrencyError, SettingsError
from segmentary.settings import Settings
from segmentary.sources.columns import Note
from segmentary.sources.sales import original_amount
from segmentary.sources.staging import STAGED, Staging
from segmentary.sources.values import node

PRICED = "priced_rows"
RATES = "currency_rates"
SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "₪": "ILS"}
DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "BRL", "ARS", "CLP", "COP")


def money_currency(staging: Staging, settings: Settings) -> exp.Expr:
    """Return the currency of a row: what it says itself, or else what the mapping or the workspace says."""
    default = exp.Literal.string(staging.mapping.currency or settings.currency)
    return exp.func("coalesce", staging.field("currency"), default) if staging.has("currency") else default


def convert(engine: Engine, staging: Staging, notes: Iterable[Note], settings: Settings) -> None:
    """Add to the staged rows what they cost in the workspace's currency.

    Raises
    ------
    CurrencyError
        when a currency is neither the workspace's nor in a rates table.
    """
    del notes
    table = staging.rules.table.name
    if table not in ("order_lines", "recorded_events"):
        return
    original = original_amount(staging) if table == "order_lines" else staging.field("amount")
    certain = not staging.has("currency") and (staging.mapping.currency or settings.currency) == settings.currency
    query = exp.select("staged.*").from_(exp.to_table(STAGED).as_("staged"))
    priced = query.select(
        node("cast($x as decimal(18, 4))", x=original).as_("original_money"),
        money_currency(staging, settings).as_("money_currency"),
    )
    if certain:
        priced = priced.select(node("cast($x as decimal(18, 4))", x=original).as_("money"))
        if staging.has("discount"):
            priced = priced.select(staging.field("discount").as_("money_off"))
        engine.create_as(PRICED, priced, temporary=True)
    else:
        engine.create_as(PRICED, priced, temporary=True)
        exchange(engine, staging, settings)
    engine.create_as(STAGED, exp.select("*").from_(PRICED), temporary=True)
    engine.drop(PRICED)


def exchange(engine: Engine, staging: Staging, settings: Settings) -> None:
    """Replace the priced rows by rows with money in the workspace's currency."""
    query = (
        exp.select("money_currency")
        .distinct()
        .from_(PRICED)
        .where(node("original_money is not null and fault is null"))
    )
    found = sorted(str(row[0]) for row in engine.rows(query))
    foreign = [code for code in found if code != settings.currency]
    without = [code for code in foreign if code not in settings.rates]
    if without:
        raise currency_error(found, without, settings)
    put_rates(engine, foreign, settings)
    day = node("cast($x as date)", x=staging.field("happened_at"))
    condition = node(
        "priced.money_currency = rates.currency and $day >= rates.since",
        day=node("cast(priced.happened_at as date)"),
    )
    del day
    rate = node("case when priced.money_currency = $home then 1 else rates.rate end", home=settings.currency)
    fault = node(
        "case when priced.fault is null and priced.original_money is not null and $rate is null then 'missing_rate'"
        " else priced.fault end",
        rate=rate,
    )
    columns: list[exp.Expr] = [
        exp.column(name, table="priced", quoted=True) for name in engine.columns(PRICED) if name != "fault"
    ]
    columns += [
        fault.as_("fault"),
        node("cast(priced.original_money * $rate as decimal(18, 4))", rate=rate).as_("money"),
    ]
    if staging.has("discount"):
        off = node("cast(priced.discount * $rate as decimal(18, 4))", rate=rate)
        columns.append(off.as_("money_off"))
    joined = exp.select(*columns).from_(exp.to_table(PRICED).as_("priced"))
    rates = exp.to_table(RATES).as_("rates")
    joined = joined.join(rates, on=condition, join_type="asof left")
    engine.create_as("exchanged_rows", joined, temporary=True)
    engine.create_as(PRICED, exp.select("*").from_("exchanged_rows"), temporary=True)
    engine.drop("exchanged_rows")
    engine.drop(RATES)


def put_rates(engine: Engine, codes: Iterable[str], settings: Settings) -> None:
    """Make the temporary table of rates."""
    rows = [(code, day, rate) for code in codes for day, rate in rates_of(code, settings.rates[code]).items()]
    rows = rows or [("", dt.date(1970, 1, 1), Decimal(1))]
    values = [
        exp.select(
            literal(code).as_("currency"),
            literal(day).as_("since"),
            exp.cast(literal(rate), "decimal(18, 8)", dialect="duckdb").as_("rate"),
        )
        for code, day, rate in rows
    ]
    query: exp.Query = values[0]
    for each in values[1:]:
        query = exp.union(query, each, distinct=False)
    engine.create_as(RATES, query, temporary=True)


def rates_of(code: str, table: Mapping[str, str]) -> dict[dt.date, Decimal]:
    """Return a rates table with its dates and rates read.

    Raises
    ------
    SettingsError
        when a date or rate has no meaning.
    """
    out = {}
    for day, rate in table.items():
        try:
            read = Decimal(str(rate))
            out[dt.date.fromisoformat(str(day))] = read
        except (ValueError, InvalidOperation):
            raise SettingsError(
                f"[rates.{code}] has {day!r} = {rate!r}", hint='write a date and a rate, such as 2011-01-01 = "0.75"'
            ) from None
        if not read.is_finite() or read <= 0:
            raise SettingsError(f"[rates.{code}]: the rate of {day} is not above zero: {rate!r}")
    return out


def currency_error(found: list[str], without: list[str], settings: Settings) -> CurrencyError:
    if len(found) == 1:
        return CurrencyError(
            f"the amounts are in {found[0]}, the workspace counts in {settings.currency}",
            hint=f'set currency = "{found[0]}" in segmentary.toml, or give a [rates.{found[0]}] table',
        )
    return CurrencyError(
        f"the amounts are in several currencies: {', '.join(found)}",
        hint=f"give a rates table for each: {', '.join(f'[rates.{code}]' for code in without)} in segmentary.toml",
    )
