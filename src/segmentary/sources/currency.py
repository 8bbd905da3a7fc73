"""Money in one currency: the workspace's, converted at the order's date where a rates table is given."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.errors import CurrencyError, SettingsError
from segmentary.settings import Settings
from segmentary.sources.staging import READ, Staging
from segmentary.sources.values import node

RATES = "currency_rates"
# The largest amount times the largest such rate still fits into 38 digits.
RATE = exp.DataType.build("decimal(18, 10)", dialect="duckdb")


@dataclass(frozen=True, slots=True)
class Money:
    """The money of a row, as expressions over the rows that were read.

    Attributes
    ----------
    original, currency : as delivered.
    rate : what one unit is worth in the workspace's currency; None when all is in it already.
    rates, match : the table of rates and how it is joined.
    """

    has_money: bool
    original: exp.Expr
    currency: exp.Expr
    rate: exp.Expr | None = None
    rates: exp.Table | None = None
    match: exp.Expr | None = None
    table: str = RATES


def money(engine: Engine, staging: Staging, settings: Settings) -> Money:
    """Return the money of a row, and how it is converted.

    Raises
    ------
    CurrencyError
        when a currency is neither the workspace's nor in a rates table.
    """
    table = staging.rules.table.name
    if table not in ("order_lines", "recorded_events"):
        return Money(False, exp.null(), exp.null())
    original = original_amount(staging) if table == "order_lines" else own(staging, "amount")
    original = node("try_cast($x as decimal(18, 4))", x=original)
    usual = staging.mapping.currency or settings.currency
    currency: exp.Expr = literal(usual)
    if staging.has("currency"):
        currency = exp.func("coalesce", own(staging, "currency"), currency)
    elif usual == settings.currency:
        return Money(True, original, currency)
    rows = exp.select(currency.as_("code")).distinct().from_(exp.to_table(READ).as_("read"))
    found = sorted(str(row[0]) for row in engine.rows(rows.where(node("$x is not null", x=original))))
    foreign = [code for code in found if code != settings.currency]
    if not foreign:
        return Money(True, original, currency)
    without = [code for code in foreign if code not in settings.rates]
    if without:
        raise currency_error(found, without, settings)
    put_rates(engine, foreign, settings)
    local_day = node(
        "cast(timezone($zone, timezone('UTC', $x)) as date)", zone=settings.timezone, x=own(staging, "happened_at")
    )
    match = node("rates.currency = $code and rates.since <= $day", code=currency, day=local_day)
    rate = node("case when $code = $home then 1 else rates.rate end", code=currency, home=settings.currency)
    return Money(True, original, currency, rate, exp.table_(RATES, alias="rates"), match)


def own(staging: Staging, name: str) -> exp.Expr:
    return exp.column(name, table="read", quoted=True) if staging.has(name) else exp.null()


def original_amount(staging: Staging) -> exp.Expr:
    """Return the money of a line as delivered: its amount, or else price times quantity less discount."""
    amount = own(staging, "amount")
    if not staging.has("unit_price"):
        return amount
    product = own(staging, "unit_price")
    if staging.has("quantity"):
        # As wide as it gets: DuckDB multiplies two decimals of 18 digits in 18 digits, and stops where they overflow.
        product = node("cast($price as decimal(38, 4)) * $quantity", price=product, quantity=own(staging, "quantity"))
    if staging.has("discount"):
        product = node("$product - coalesce($off, 0)", product=product, off=own(staging, "discount"))
    product = node("try_cast($x as decimal(18, 4))", x=product)
    return exp.func("coalesce", amount, product) if staging.has("amount") else product


def put_rates(engine: Engine, codes: Iterable[str], settings: Settings) -> None:
    """Make the temporary table of rates."""
    rows = [(code, day, rate) for code in codes for day, rate in rates_of(code, settings.rates[code]).items()]
    values = [
        exp.select(
            literal(code).as_("currency"),
            literal(day).as_("since"),
            # A plain cast: one of a literal that is a decimal already keeps its own digits, and a union rounds to them.
            exp.Cast(this=exp.Literal.string(str(rate)), to=RATE.copy()).as_("rate"),
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
        when it is empty, or a date or rate has no meaning.
    """
    hint = 'write dates and rates, such as 2011-01-01 = "0.75"'
    if not table:
        raise SettingsError(f"[rates.{code}] is empty", hint=hint)
    out = {}
    for day, rate in table.items():
        try:
            read = Decimal(str(rate))
            out[dt.date.fromisoformat(str(day))] = read
        except (ValueError, InvalidOperation):
            raise SettingsError(f"[rates.{code}] has {day!r} = {rate!r}", hint=hint) from None
        if not read.is_finite() or read <= 0:
            raise SettingsError(f"[rates.{code}]: the rate of {day} is not above zero: {rate!r}", hint=hint)
    return out


def currency_error(found: Iterable[str], without: Iterable[str], settings: Settings) -> CurrencyError:
    """Return the error that names every currency without a rates table."""
    found, without = sorted(found), sorted(without)
    error = worded(found, without, settings)
    error.found, error.without = tuple(found), tuple(without)
    return error


def worded(found: list[str], without: list[str], settings: Settings) -> CurrencyError:
    tables = ", ".join(f"[rates.{toml_key(code)}]" for code in without)
    if len(found) == 1:
        (code,) = found
        known = len(code) == 3 and code.isascii() and code.isalpha()
        other = f'set currency = "{code}" in segmentary.toml, or ' if known else ""
        return CurrencyError(
            f"the amounts are in {code}, the workspace counts in {settings.currency}",
            hint=f"{other}give a {tables} table{'' if known else ' in segmentary.toml'}",
        )
    return CurrencyError(
        f"the amounts are in several currencies: {', '.join(found)}",
        hint=f"give a rates table for each: {tables} in segmentary.toml",
    )


def toml_key(name: str) -> str:
    """Return a name as a key of TOML, quoted where it must be.

    Examples
    --------
    >>> toml_key("USD"), toml_key("ƒ")
    ('USD', '"ƒ"')
    """
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
