"""Plain questions about one generated person, answered from the objects themselves, as of a moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from segmentary.samples.business import Customer, Device, Line, Mail, Order, Refund, WebEvent

DAY = dt.timedelta(days=1)


@dataclass(eq=False)
class Facts:
    """One person as of a moment: what happened at that moment or later does not exist yet.

    who : the person.
    as_of : the moment.
    zone : decides which local day an instant falls on.
    """

    who: Customer
    as_of: dt.datetime
    zone: ZoneInfo

    @cached_property
    def today(self) -> dt.date:
        """The local date of the moment."""
        return self.as_of.astimezone(self.zone).date()

    def local(self, at: dt.datetime) -> dt.datetime:
        """Return an instant on the local clock."""
        return at.astimezone(self.zone)

    def lately(self, at: dt.datetime, days: int) -> bool:
        """Say whether an instant lies in the last so many times 24 hours, the earliest moment included."""
        return self.as_of - days * DAY <= at < self.as_of

    # ------------------------------------------------------------ buying

    @cached_property
    def orders(self) -> list[Order]:
        """Orders with at least one line that cost something, oldest first."""
        placed = (o for o in self.who.orders if o.placed_at < self.as_of and any(x.unit_price > 0 for x in o.lines))
        return sorted(placed, key=lambda order: order.placed_at)

    @cached_property
    def refunds(self) -> list[Refund]:
        """Cancellations and returns."""
        return [refund for refund in self.who.refunds if refund.happened_at < self.as_of]

    def orders_in(self, days: int) -> list[Order]:
        """Return the orders of the last days."""
        return [order for order in self.orders if self.lately(order.placed_at, days)]

    def lines_in(self, days: int) -> list[Line]:
        """Return the lines that cost something of the orders of the last days."""
        return [line for order in self.orders_in(days) for line in order.lines if line.unit_price > 0]

    def spent_in(self, days: int) -> Decimal:
        """Return the money of the orders of the last days."""
        return sum((order.amount for order in self.orders_in(days)), Decimal(0))

    @cached_property
    def spent(self) -> Decimal:
        """Money of all orders."""
        return sum((order.amount for order in self.orders), Decimal(0))

    @cached_property
    def refunded(self) -> Decimal:
        """Money given back."""
        return sum((refund.amount for refund in self.refunds), Decimal(0))

    @cached_property
    def days_since_order(self) -> int | None:
        """Local calendar days since the last order."""
        if not self.orders:
            return None
        return (self.today - self.local(self.orders[-1].placed_at).date()).days

    @cached_property
    def usual_gap(self) -> Decimal | None:
        """Median time between neighbouring orders, in days of 24 hours."""
        gaps = sorted(
            Decimal((later.placed_at - earlier.placed_at) // dt.timedelta(microseconds=1)) / Decimal(86_400_000_000)
            for earlier, later in zip(self.orders, self.orders[1:], strict=False)
        )
        if not gaps:
            return None
        middle = len(gaps) // 2
        return gaps[middle] if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle]) / 2

    # ------------------------------------------------------------ being

    @cached_property
    def age(self) -> int | None:
        """Whole years, on the local day."""
        born = self.who.birth_date
        if born is None:
            return None
        return self.today.year - born.year - ((self.today.month, self.today.day) < (born.month, born.day))

    def days_to_anniversary(self, day: dt.date) -> int:
        """Return how many days ahead the next anniversary of a day lies; 29 February is kept on the 28th."""
        for year in (self.today.year, self.today.year + 1):
            try:
                kept = day.replace(year=year)
            except ValueError:
                kept = dt.date(year, 2, 28)
            if kept >= self.today:
                return (kept - self.today).days
        raise AssertionError("every year has its anniversary")

    def attitude(self, scale: str) -> Fraction | None:
        """Return the mean answer to the items of a scale, where at least half of them were answered."""
        answers = [answer.value for answer in self.who.answers if answer.item.rpartition("_")[0] == scale]
        given = [value for value in answers if value is not None]
        return Fraction(sum(given), len(given)) if given and 2 * len(given) >= len(answers) else None

    # ------------------------------------------------------------ visiting, reading, asking

    @cached_property
    def web(self) -> list[WebEvent]:
        """What happened on the site."""
        return [event for event in self.who.web if event.happened_at < self.as_of]

    def web_in(self, name: str, days: int) -> list[WebEvent]:
        """Return the site's events of one name of the last days."""
        return [event for event in self.web if event.name == name and self.lately(event.happened_at, days)]

    def mails_in(self, name: str, days: int) -> list[Mail]:
        """Return the e-mail events of one name of the last days."""
        return [mail for mail in self.who.mails if mail.name == name and self.lately(mail.happened_at, days)]

    def left_behind(self, name: str, days: int) -> bool:
        """Say whether the newest event of a name is that young and no order came after it."""
        times = [event.happened_at for event in self.web if event.name == name]
        if not times or not self.lately(max(times), days):
            return False
        return all(order.placed_at <= max(times) for order in self.orders)

    @cached_property
    def last_device(self) -> Device | None:
        """What the site was last visited with; of one second, what came later in the log."""
        return sorted(self.web, key=lambda event: event.happened_at)[-1].device if self.web else None
