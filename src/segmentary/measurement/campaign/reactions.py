"""How people reacted to a campaign, whichever tool told it: one row per person, then sums that add.

Counts follow people, not events: whoever clicked five times is one person who clicked. A reaction belongs to a campaign
when it names it (property ``campaign``), or names one of the messages that were sent for it. What the tool says a
program did (property ``machine``) is told apart: it never counts as opened or clicked. Opens stay unreliable even so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any, get_args

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.models.intervals import Interval, Moments, mean_interval, wilson
from segmentary.schema import EVENTS
from segmentary.sources.reactions import Reaction

KNOWN: tuple[str, ...] = get_args(Reaction)
FLAGS: Mapping[str, tuple[tuple[str, ...], bool | None]] = {
    "sent": (("sent", "delivered", "bounced", "opened", "clicked"), None),
    "delivered": (("delivered",), None),
    "bounced": (("bounced",), None),
    "failed": (("rejected", "failed"), None),
    "opened": (("opened",), False),
    "opened_by_machine": (("opened",), True),
    "clicked": (("clicked",), False),
    "clicked_by_machine": (("clicked",), True),
    "unsubscribed": (("unsubscribed",), None),
    "complained": (("complained",), None),
    "replied": (("replied",), None),
}
"""Column -> the reactions behind it, and whether a program (true) or a person (false) did them; None: either."""
OPENS = "opened is unreliable: programs fetch pictures too, and many people block them; no verdict rests on it"


def reaction_of(event: str) -> str:
    """Return which reaction an event is, empty when it is none.

    >>> reaction_of("email_clicked"), reaction_of("sms_sent"), reaction_of("order_completed"), reaction_of("clicked")
    ('clicked', 'sent', '', '')
    """
    channel, _, last = event.rpartition("_")
    return last if channel and last in KNOWN else ""


def text_of(name: str, table: str = "e") -> exp.Expr:
    """Return a property of an event as text."""
    return exp.Anonymous(this="json_extract_string", expressions=[column("properties", table), literal(f"/{name}")])


def by_machine(table: str = "e") -> exp.Expr:
    """Return whether the tool says that a program did it."""
    said = exp.Lower(this=exp.Coalesce(this=text_of("machine", table), expressions=[literal("")]))
    return exp.In(this=said, expressions=[literal(one) for one in ("true", "1", "yes")])


def of_campaign(campaign: str, messages: exp.Table | None, table: str = "e") -> exp.Expr:
    """Return whether an event belongs to a campaign: it names it, or a message of it.

    messages : ``customer_id, message`` of what was sent for it; message is the part of the Message-ID before the ``@``.
    """
    named = exp.Coalesce(this=text_of("campaign", table), expressions=[text_of("campaign_id", table)])
    same: exp.Expr = exp.EQ(this=named, expression=literal(campaign))
    if messages is not None:
        said = text_of("message", table)
        begins = exp.Anonymous(this="concat", expressions=[column("message", "m"), literal("@")])
        alike = exp.or_(
            exp.EQ(this=said, expression=column("message", "m")),
            exp.Anonymous(this="starts_with", expressions=[said.copy(), begins]),
        )
        found = (
            exp.select(literal(1).as_("one"))
            .from_(exp.alias_(messages.copy(), "m", table=True))
            .where(exp.EQ(this=column("customer_id", "m"), expression=column("customer_id", table)), alike)
        )
        # A campaign that is named and is another one is not ours, whatever message ids say.
        unnamed = exp.Is(this=named.copy(), expression=exp.null())
        same = exp.or_(same, exp.and_(unnamed, exp.Exists(this=found)))
    return same


def reactions_query(
    campaign: str, names: Sequence[str], as_of: dt.datetime, messages: exp.Table | None = None
) -> exp.Select:
    """Return every reaction to a campaign: ``customer_id, name, happened_at, machine``."""
    wanted = exp.In(this=column("name", "e"), expressions=[literal(name) for name in names])
    return (
        exp.select(column("customer_id", "e"), column("name", "e"), column("happened_at", "e"))
        .select(by_machine().as_("machine", quoted=True))
        .from_(exp.table_(EVENTS.name, quoted=True, alias="e"))
        .where(
            wanted if names else exp.false(),
            exp.LT(this=column("happened_at", "e"), expression=literal(as_of)),
            of_campaign(campaign, messages),
        )
    )


def flag(names: Sequence[str], wanted: tuple[str, ...], machine: bool | None) -> exp.Expr:
    """Return 1 for a person with such a reaction, else 0."""
    events = [name for name in names if reaction_of(name) in wanted]
    if not events:
        return literal(0)
    inside: exp.Expr = exp.In(this=column("name", "r"), expressions=[literal(name) for name in events])
    if machine is not None:
        said = column("machine", "r")
        inside = exp.and_(inside, said if machine else exp.not_(said))
    return exp.Max(this=exp.Case().when(inside, literal(1)).else_(literal(0)))


def people_query(people: exp.Table, told: exp.Table, names: Sequence[str]) -> exp.Select:
    """Return one row per person: ``customer_id, segment, arm, variant`` and a 0 or 1 per column of `FLAGS`.

    told : the rows of `reactions_query`.
    """
    keys = ("customer_id", "segment", "arm", "variant")
    query = exp.select(*(column(key, "p") for key in keys)).from_(exp.alias_(people.copy(), "p", table=True))
    on = exp.EQ(this=column("customer_id", "r"), expression=column("customer_id", "p"))
    query = query.join(exp.alias_(told.copy(), "r", table=True), on=on, join_type="left")
    for name, (wanted, machine) in FLAGS.items():
        query = query.select(flag(names, wanted, machine).as_(name, quoted=True), copy=False)
    return query.group_by(*(column(key, "p") for key in keys))


@dataclass(frozen=True, slots=True)
class Funnel:
    """People of one target, arm and variant, and how many of them reacted at least once.

    sent : handed over; delivered : None where no tool told it; opened, opened_by_machine : None likewise. withheld :
    drawn to be written to, and at the moment of sending no longer allowed. converted, revenue : after assignment,
    within the window, whatever brought it about. offers : given and not taken back; cost : of messages and offers.
    """

    segment: str
    arm: str
    variant: str
    people: int = 0
    sent: int = 0
    delivered: int | None = None
    bounced: int = 0
    failed: int = 0
    opened: int | None = None
    opened_by_machine: int | None = None
    clicked: int = 0
    clicked_by_machine: int = 0
    unsubscribed: int = 0
    complained: int = 0
    replied: int = 0
    withheld: int = 0
    converted: int = 0
    orders: int = 0
    revenue: Decimal = Decimal(0)
    revenue_squares: Decimal = Decimal(0)
    offers: int = 0
    offers_cost: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)

    @property
    def reachable(self) -> int:
        """People the message got to, as far as known: delivered, else sent and not bounced."""
        return self.delivered if self.delivered is not None else max(0, self.sent - self.bounced)

    def share(self, what: str) -> Interval | None:
        """Return a reaction as a share with its interval: of those sent to, of those it got to, or of all people.

        None where no tool told it, or there is nobody to be a share of.
        """
        count = getattr(self, what)
        whole = self.sent if what in ("delivered", "bounced", "failed") else self.reachable
        whole = self.people if what == "converted" else whole
        return wilson(count, whole) if count is not None and whole else None

    @property
    def revenue_each(self) -> Interval | None:
        """Money per person with its interval; none for fewer than two people."""
        n = self.people
        if n < 2:
            return None
        mean = float(self.revenue) / n
        spread = float(self.revenue_squares) - n * mean * mean
        return mean_interval(Moments(n, mean, max(0.0, spread / (n - 1))))

    def __add__(self, other: Funnel) -> Funnel:
        """Return both groups of people together; names that differ become empty."""
        values: dict[str, Any] = {}
        for one in fields(self):
            mine, yours = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, str):
                values[one.name] = mine if mine == yours else ""
            else:
                values[one.name] = None if mine is None and yours is None else (mine or 0) + (yours or 0)
        return Funnel(**values)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values, with shares and intervals."""
        shares = ("delivered", "bounced", "opened", "clicked", "converted", "unsubscribed", "complained", "replied")
        made = {name: asdict(found) if (found := self.share(name)) is not None else None for name in shares}
        each = self.revenue_each
        return {**asdict(self), "shares": made, "revenue_each": asdict(each) if each else None}


COUNTED = tuple(FLAGS)


def counts_query(
    flags: exp.Table, outcomes: exp.Table | None, conversion: int, orders: int, revenue: int
) -> exp.Select:
    """Return the sums of every segment, arm and variant.

    flags : rows of `people_query`. outcomes : of `measurement.experiment.outcomes`; conversion, orders, revenue : which
    of its metrics these are, -1: none.
    """
    keys = ("segment", "arm", "variant")
    query = exp.select(*(column(key, "f") for key in keys), exp.Count(this=exp.Star()).as_("people")).from_(
        exp.alias_(flags.copy(), "f", table=True)
    )
    for name in COUNTED:
        query = query.select(exp.Sum(this=column(name, "f")).as_(name, quoted=True), copy=False)
    if outcomes is not None:
        on = exp.EQ(this=column("customer_id", "o"), expression=column("customer_id", "f"))
        query = query.join(exp.alias_(outcomes.copy(), "o", table=True), on=on, join_type="left")
    for name, value in sums_of(outcomes is not None, conversion, orders, revenue).items():
        query = query.select(exp.Sum(this=value).as_(name, quoted=True), copy=False)
    return query.group_by(*(column(key, "f") for key in keys))


def sums_of(known: bool, conversion: int, orders: int, revenue: int) -> dict[str, exp.Expr]:
    """Return what is added up of the outcomes."""
    nothing = {"converted": literal(0), "orders": literal(0), "revenue": literal(0), "revenue_squares": literal(0)}
    if not known:
        return nothing
    if conversion >= 0:
        above = exp.GT(this=column(f"y{conversion}", "o"), expression=literal(0))
        nothing["converted"] = exp.Case().when(above, literal(1)).else_(literal(0))
    if orders >= 0:
        nothing["orders"] = column(f"y{orders}", "o")
    if revenue >= 0:
        y = column(f"y{revenue}", "o")
        nothing["revenue"] = y
        wide = exp.cast(y.copy(), "decimal(19, 4)")
        square = exp.Mul(this=wide, expression=exp.cast(y.copy(), "decimal(18, 4)"))
        nothing["revenue_squares"] = exp.cast(square, "decimal(38, 8)")
    return nothing


def funnel(
    engine: Engine,
    people: exp.Table,
    told: exp.Table,
    names: Sequence[str],
    *,
    outcomes: exp.Table | None = None,
    conversion: int = -1,
    orders: int = -1,
    revenue: int = -1,
    into: str = "campaign_flags",
) -> list[Funnel]:
    """Count people and their reactions by segment, arm and variant.

    names : the reaction events of the campaign that there are; what no tool told is None where that matters.
    """
    engine.create_as(into, people_query(people, told, names), temporary=True)
    seen = {reaction_of(name) for name in names}
    found = []
    query = counts_query(exp.table_(into, quoted=True), outcomes, conversion, orders, revenue)
    for segment, arm, variant, n, *figures in engine.rows(query):
        flags = {key: int(value or 0) for key, value in zip(COUNTED, figures, strict=False)}
        converted, bought, money, squares = figures[len(COUNTED) :]
        flags_known: dict[str, Any] = {
            **flags,
            "delivered": flags["delivered"] if "delivered" in seen else None,
            "opened": flags["opened"] if "opened" in seen else None,
            "opened_by_machine": flags["opened_by_machine"] if "opened" in seen else None,
        }
        found.append(
            Funnel(
                str(segment), str(arm), str(variant or ""), int(n), **flags_known, converted=int(converted or 0),
                orders=int(bought or 0), revenue=Decimal(money or 0), revenue_squares=Decimal(squares or 0),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.segment, one.arm, one.variant))


def together(rows: Iterable[Funnel]) -> Funnel:
    """Return the sum over rows; nobody where there are none."""
    held = list(rows)
    if not held:
        return Funnel("", "", "")
    whole = held[0]
    for one in held[1:]:
        whole = whole + one
    return whole
