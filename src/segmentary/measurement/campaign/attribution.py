"""Orders after clicks: what tools call attribution, named for what it is. Not what the campaign caused.

Whoever clicks was often about to buy anyway, and whoever buys without a click may have bought because of the message.
Both countings stand beside the incremental figure so that nobody has to guess how far apart they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.measurement.campaign.reactions import by_machine, of_campaign, reaction_of
from segmentary.schema import EVENTS, ORDER_COMPLETED

WINDOW_DAYS = 7
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Attributed:
    """Orders after a click of the campaign. any_touch : after any click; last_touch : its click was the newest one."""

    segment: str
    window_days: int
    orders_any: int
    revenue_any: Decimal
    orders_last: int
    revenue_last: Decimal
    people: int

    @property
    def sentence(self) -> str:
        """What it is called, always with what it is not."""
        return (
            f"{self.orders_any:,} orders came after a click within {self.window_days} days"
            f" ({self.orders_last:,} of them with no other campaign's click since): not what the campaign caused"
        )

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "sentence": self.sentence}


def clicks_query(campaign: str, names: Sequence[str], as_of: dt.datetime, messages: exp.Table | None) -> exp.Select:
    """Return every click of a person: ``customer_id, happened_at, ours`` (1: of this campaign)."""
    clicks = [name for name in names if reaction_of(name) == "clicked"]
    return (
        exp.select(column("customer_id", "e"), column("happened_at", "e"))
        .select(exp.Case().when(of_campaign(campaign, messages), literal(1)).else_(literal(0)).as_("ours", quoted=True))
        .from_(exp.table_(EVENTS.name, quoted=True, alias="e"))
        .where(
            exp.In(this=column("name", "e"), expressions=[literal(one) for one in clicks]) if clicks else exp.false(),
            exp.not_(by_machine()),
            exp.LT(this=column("happened_at", "e"), expression=literal(as_of)),
        )
    )


def touched_query(people: exp.Table, clicked: exp.Select, as_of: dt.datetime, window_days: int) -> exp.Select:
    """Return orders with each click before them within the window, the newest click in the first place."""
    bought, at = column("happened_at", "b"), column("happened_at", "k")
    gap = exp.Sub(
        this=exp.Anonymous(this="epoch_us", expressions=[bought]),
        expression=exp.Anonymous(this="epoch_us", expressions=[at]),
    )
    on = exp.and_(
        exp.EQ(this=column("customer_id", "k"), expression=column("customer_id", "b")),
        exp.GTE(this=gap, expression=literal(0)),
        exp.LTE(this=gap.copy(), expression=literal(window_days * DAY_US)),
    )
    order = exp.Order(
        expressions=[exp.Ordered(this=at.copy(), desc=True), exp.Ordered(this=column("ours", "k"), desc=True)]
    )
    newest = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("customer_id", "b"), column("happened_at", "b"), column("order_id", "b")],
        order=order,
    )
    drawn = exp.and_(
        exp.EQ(this=column("customer_id", "p"), expression=column("customer_id", "b")),
        exp.GTE(this=column("happened_at", "b"), expression=column("assigned_at", "p")),
    )
    return (
        exp.select(column("segment", "p"), column("customer_id", "b"), column("order_id", "b"))
        .select(bought.copy().as_("happened_at", quoted=True), column("amount", "b"), column("ours", "k"))
        .select(newest.as_("place", quoted=True))
        .from_(exp.table_(EVENTS.name, quoted=True, alias="b"))
        .join(exp.alias_(people.copy(), "p", table=True), on=drawn)
        .join(clicked.subquery("k"), on=on)
        .where(
            exp.EQ(this=column("name", "b"), expression=literal(ORDER_COMPLETED)),
            exp.LT(this=column("happened_at", "b"), expression=literal(as_of)),
        )
    )


def attribution_query(
    people: exp.Table, campaign: str, names: Sequence[str], as_of: dt.datetime, window_days: int,
    messages: exp.Table | None,
) -> exp.Select:  # fmt: skip
    """Return per segment: orders and money after any click, and after a click that was the newest, and people."""
    touched = touched_query(people, clicks_query(campaign, names, as_of, messages), as_of, window_days)
    last = exp.Case().when(exp.EQ(this=column("place"), expression=literal(1)), column("ours")).else_(literal(0))
    keys = [column(name) for name in ("segment", "customer_id", "order_id", "happened_at")]
    each = (
        exp.select(*keys, exp.Max(this=column("amount")).as_("amount", quoted=True))
        .select(exp.Max(this=column("ours")).as_("ours", quoted=True), exp.Max(this=last).as_("last", quoted=True))
        .from_(touched.subquery("touched"))
        .group_by(*(key.copy() for key in keys))
    )
    money = exp.Coalesce(this=column("amount"), expressions=[literal(0)])
    ours = exp.EQ(this=column("last"), expression=literal(1))
    return (
        exp.select(column("segment"), exp.Count(this=exp.Star()).as_("orders_any", quoted=True))
        .select(exp.Sum(this=money).as_("revenue_any", quoted=True))
        .select(exp.Sum(this=column("last")).as_("orders_last", quoted=True))
        .select(exp.Sum(this=exp.Case().when(ours, money.copy()).else_(literal(0))).as_("revenue_last", quoted=True))
        .select(exp.Count(this=exp.Distinct(expressions=[column("customer_id")])).as_("people", quoted=True))
        .from_(each.subquery("each_order"))
        .where(exp.EQ(this=column("ours"), expression=literal(1)))
        .group_by(column("segment"))
    )


def attribution(
    engine: Engine,
    people: exp.Table,
    campaign: str,
    names: Sequence[str],
    as_of: dt.datetime,
    *,
    window_days: int = WINDOW_DAYS,
    messages: exp.Table | None = None,
) -> list[Attributed]:
    """Count orders after clicks, by segment; none where nobody clicked.

    people : ``customer_id, segment, assigned_at``.
    """
    rows = engine.rows(attribution_query(people, campaign, names, as_of, window_days, messages))
    found = [
        Attributed(
            str(segment), window_days, int(any_), Decimal(money or 0), int(last or 0), Decimal(paid or 0), int(n)
        )
        for segment, any_, money, last, paid, n in rows
    ]
    return sorted(found, key=lambda one: one.segment)


def in_all(rows: Sequence[Attributed]) -> Attributed | None:
    """Return the sum over segments; none where there are none."""
    if not rows:
        return None
    return Attributed(
        "", rows[0].window_days, sum(r.orders_any for r in rows), sum((r.revenue_any for r in rows), Decimal(0)),
        sum(r.orders_last for r in rows), sum((r.revenue_last for r in rows), Decimal(0)), sum(r.people for r in rows),
    )  # fmt: skip
