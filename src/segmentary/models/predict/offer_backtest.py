"""Which way of making a list would have been right most often: at a past moment, against what came after it.

Precision at ten is the share of the ten offers that a customer did buy in the days after. Of two ways the difference
is taken customer by customer, which is far more exact than comparing two means.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlglot import exp

from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.predict.offer_lists import AgainMethod, FreshMethod, OfferBook
from segmentary.schema import PRODUCT_PURCHASED

Method: TypeAlias = AgainMethod | FreshMethod
ListName: TypeAlias = Literal["buy again", "discover"]
TITLES: dict[Method, str] = {
    "frequency": "what they bought most often",
    "recency": "what they bought most often, the latest counting most",
    "popularity": "what most customers buy",
    "near": "what people buy who buy the same",
    "popular": "what most customers buy, of what they never did",
}


@dataclass(frozen=True, slots=True)
class OfferScore:
    """How a way of making a list did: precision with its interval, that of the plain way, and the gain over it."""

    list: ListName
    method: Method
    precision: Interval
    plain: float
    gain: Interval

    @property
    def sentence(self) -> str:
        """What it says, in words."""
        p = self.precision
        said = (
            f"{self.list.capitalize()}, by {TITLES[self.method]}: {100 * p.estimate:.1f}% of the offers were bought in "
            f"the days after ({100 * p.low:.1f}% to {100 * p.high:.1f}%, {p.n:,} customers)"
        )
        if self.method in ("popularity", "popular"):
            return f"{said}."
        better = "clearly" if self.gain.low > 0 else "clearly less" if self.gain.high < 0 else "not clearly"
        return f"{said}; by popularity {100 * self.plain:.1f}%, which it {beats(better)}."


def beats(how: str) -> str:
    """Return how a list compares with the plain one."""
    return {"clearly": "beats", "clearly less": "does not reach"}.get(how, "does not clearly beat")


def backtest(book: OfferBook, horizon_days: int) -> tuple[OfferScore, ...]:
    """Return the scores of all ways at the moment a horizon before the book's; empty where nothing can be counted."""
    until = book.context.as_of
    past = book.at(until - dt.timedelta(days=horizon_days), f"{book.prefix}_past")
    try:
        if not past.count():
            return ()
        past.keep("later", later(past, until))
        found: list[OfferScore] = []
        plain: Method = "popularity"
        past.keep("plain", past.again("popularity"))
        for method in ("frequency", "recency"):
            past.keep("tried", past.again(method))
            found += compared(past, "buy again", method, plain)
        past.keep("plain", past.fresh("popular"))
        if past.near():
            past.keep("tried", past.fresh("near"))
            found += compared(past, "discover", "near", "popular")
        else:
            past.keep("tried", past.fresh("popular"))
            found += compared(past, "discover", "popular", "popular")[:1]
        return unique(found)
    finally:
        past.close()


def unique(found: list[OfferScore]) -> tuple[OfferScore, ...]:
    """Return one score per list and method."""
    return tuple({(one.list, one.method): one for one in found}.values())


def later(book: OfferBook, until: dt.datetime) -> exp.Query:
    """Return a query of who bought what from the book's moment until another."""
    events, item = book.events.copy(), book.item
    events.set("alias", exp.TableAlias(this=exp.to_identifier("events", quoted=True)))
    owner = exp.column("customer_id", table="events", quoted=True)
    from segmentary.engine.sqlfile import literal

    when = exp.column("happened_at", table="events", quoted=True)
    conditions = [
        exp.EQ(this=exp.column("name", table="events", quoted=True), expression=literal(PRODUCT_PURCHASED)),
        exp.GTE(this=when, expression=literal(book.context.as_of)),
        exp.LT(this=when.copy(), expression=literal(until)),
        exp.Not(this=exp.Is(this=owner.copy(), expression=exp.null())),
        exp.Not(this=exp.Is(this=item.copy(), expression=exp.null())),
    ]
    found = exp.select(owner, item.as_("item", quoted=True)).distinct().from_(events)
    return found.where(*conditions)


def compared(book: OfferBook, name: ListName, method: Method, plain: Method) -> list[OfferScore]:
    """Return the scores of the list in ``tried`` and of the plain one in ``plain``."""
    fresh = name == "discover"
    row = book.rows(
        "hits",
        later=book.table("later"),
        counts=book.table("counts"),
        one=book.table("tried"),
        two=book.table("plain"),
        new=fresh,
        any=not fresh,
    )[0]
    n = int(row[0])
    one, one_squared, two, two_squared, both = (float(value) for value in row[1:])
    k = book.most
    first, second = mean_of(n, one, one_squared, k), mean_of(n, two, two_squared, k)
    gain = mean_of(n, one - two, one_squared + two_squared - 2 * both, k)
    none = Interval(0.0, 0.0, 0.0, n)
    return [
        OfferScore(name, method, first, second.estimate, gain),
        OfferScore(name, plain, second, second.estimate, none),
    ]


def mean_of(n: int, total: float, squares: float, k: int) -> Interval:
    """Return the mean of n numbers divided by k, from their sums, with its interval."""
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0)
    mean = total / n
    if n == 1:
        return Interval(mean / k, math.nan, math.nan, 1)
    error = math.sqrt(max(0.0, squares - n * mean * mean) / (n - 1) / n)
    half = normal_quantile(0.95) * error
    return Interval(mean / k, (mean - half) / k, (mean + half) / k, n)
