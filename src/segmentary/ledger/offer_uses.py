"""Offers that were promised to people: never more than there are, never twice for the same message.

A row is never removed: which row an offer's use is (the first, the second, ...) is which of its codes somebody got.
``offer`` is ``TABLE.ROW``; ``amount`` is what one use costs, as exact text; ``released_at`` is set when a message that
promised it never left.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from segmentary.ledger.ledger import Ledger, instant_text

BATCH = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one offer may be promised. None : no bound. codes : how many there are to give away."""

    uses: int | None = None
    budget: Decimal | None = None
    per_person: int | None = None
    codes: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that would promise the first of these offers that is still to be had."""

    message: str
    customer_id: str
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """An offer promised in a message. ordinal : which use of the offer it is, from 0; the place of its code."""

    message: str
    customer_id: str
    offer: str
    ordinal: int
    amount: Decimal


@dataclass(slots=True)
class Tally:
    """What was promised of one offer: rows ever, of them not released, and their money."""

    rows: int = 0
    uses: int = 0
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class OfferCount:
    """What became of one offer. promised : not released. amount : what they cost altogether."""

    offer: str
    promised: int
    released: int
    people: int
    amount: Decimal


def promise(
    ledger: Ledger,
    wishes: Sequence[Wish],
    limits: Mapping[str, Limits],
    amounts: Mapping[str, Decimal],
    *,
    at: dt.datetime,
) -> dict[str, Promise]:
    """Promise offers to messages, in order; return message to promise. Whoever finds none left is not in it.

    All of it is one transaction that no other process can come between. A message that has its promise keeps it,
    whatever it would get now; one whose promise was released gets the same offer again, or none.
    """
    found: dict[str, Promise] = {}
    with ledger.transaction():
        held = held_by(ledger, [one.message for one in wishes])
        people = {one.customer_id for one in wishes}
        tallies: dict[str, Tally] = {}
        used: dict[tuple[str, str], int] = {}
        for offer in dict.fromkeys(offer for one in wishes for offer in one.offers):
            tallies[offer] = tally(ledger, offer)
            if limits[offer].per_person is not None:
                used |= {(offer, person): n for person, n in uses_of(ledger, offer, people).items()}
        for wish in wishes:
            before = held.get(wish.message)
            if before is not None and not before[1]:
                found[wish.message] = before[0]
                continue
            wanted = wish.offers if before is None else tuple(o for o in wish.offers if o == before[0].offer)
            for offer in wanted:
                sum_of, limit, amount = tallies[offer], limits[offer], amounts[offer]
                if not room(sum_of, limit, amount, used.get((offer, wish.customer_id), 0), again=before is not None):
                    continue
                ordinal = sum_of.rows if before is None else before[0].ordinal
                keep(ledger, wish, offer, amount, at, again=before is not None)
                sum_of.rows += before is None
                sum_of.uses += 1
                sum_of.amount += amount
                used[offer, wish.customer_id] = used.get((offer, wish.customer_id), 0) + 1
                found[wish.message] = Promise(wish.message, wish.customer_id, offer, ordinal, amount)
                held[wish.message] = (found[wish.message], False)
                break
    return found


def room(tally: Tally, limit: Limits, amount: Decimal, of_person: int, *, again: bool) -> bool:
    """Say whether one more use is within every limit."""
    return (
        (limit.uses is None or tally.uses < limit.uses)
        and (limit.budget is None or tally.amount + amount <= limit.budget)
        and (limit.per_person is None or of_person < limit.per_person)
        and (limit.codes is None or again or tally.rows < limit.codes)
    )


def keep(ledger: Ledger, wish: Wish, offer: str, amount: Decimal, at: dt.datetime, *, again: bool) -> None:
    if again:
        ledger.connection.execute(
            "update offer_uses set released_at = '', promised_at = ?, amount = ? where message = ?",
            (instant_text(at), str(amount), wish.message),
        )
        return
    ledger.connection.execute(
        "insert into offer_uses (offer, customer_id, message, amount, promised_at) values (?, ?, ?, ?, ?)",
        (offer, wish.customer_id, wish.message, str(amount), instant_text(at)),
    )


def held_by(ledger: Ledger, messages: Sequence[str]) -> dict[str, tuple[Promise, bool]]:
    """Return what messages have promised, and whether it was released."""
    found = {}
    for start in range(0, len(messages), BATCH):
        rows = ledger.rows(
            "select message, customer_id, offer, amount, released_at,"
            " (select count(*) from offer_uses before where before.offer = used.offer and before.number < used.number)"
            " from offer_uses used where message in (select value from json_each(?))",
            json.dumps(messages[start : start + BATCH]),
        )
        for message, customer_id, offer, amount, released_at, ordinal in rows:
            found[message] = (Promise(message, customer_id, offer, ordinal, Decimal(amount or 0)), bool(released_at))
    return found


def tally(ledger: Ledger, offer: str) -> Tally:
    """Return what was promised of an offer so far."""
    found = Tally()
    rows = ledger.rows("select released_at = '', amount, count(*) from offer_uses where offer = ? group by 1, 2", offer)
    for live, amount, n in rows:
        found.rows += n
        if live:
            found.uses += n
            found.amount += n * Decimal(amount or 0)
    return found


def uses_of(ledger: Ledger, offer: str, people: Iterable[str]) -> dict[str, int]:
    """Return how often each of these people was promised an offer."""
    rows = ledger.rows(
        "select customer_id, count(*) from offer_uses where offer = ? and released_at = ''"
        " and customer_id in (select value from json_each(?)) group by customer_id",
        offer,
        json.dumps(sorted(people)),
    )
    return dict(rows)


def release(ledger: Ledger, messages: Sequence[str], *, at: dt.datetime) -> int:
    """Take promises back whose messages never left; return how many that were."""
    with ledger.transaction():
        return int(
            ledger.connection.execute(
                "update offer_uses set released_at = ? where released_at = ''"
                " and message in (select value from json_each(?))",
                (instant_text(at), json.dumps(list(messages))),
            ).rowcount
        )


def release_unsent(ledger: Ledger, *, at: dt.datetime) -> int:
    """Take back what was promised in messages that will not leave; return how many that were.

    Those are messages that bounced for good, were withheld or cancelled, and those of cancelled audiences that never
    got into the outbox. What failed otherwise may be tried again and keeps its promise.
    """
    with ledger.transaction():
        return int(
            ledger.connection.execute(
                "update offer_uses set released_at = ? where released_at = '' and (message in"
                " (select message from outbox where state in ('withheld', 'cancelled')"
                " or (state = 'failed' and reason = 'bounced'))"
                " or (message not in (select message from outbox) and substr(message, 1, instr(message, '.') - 1) in"
                " (select audience from audiences where state = 'cancelled')))",
                (instant_text(at),),
            ).rowcount
        )


def counted(ledger: Ledger, table: str = "") -> dict[str, OfferCount]:
    """Return what became of every offer (of one table), by its id."""
    rows = ledger.rows(
        "select offer, amount, sum(released_at = ''), sum(released_at <> '') from offer_uses"
        " where ? = '' or substr(offer, 1, length(?) + 1) = ? || '.' group by offer, amount order by offer",
        table,
        table,
        table,
    )
    found: dict[str, OfferCount] = {}
    for offer, amount, promised, released in rows:
        before = found.get(offer, OfferCount(offer, 0, 0, 0, Decimal(0)))
        cost = before.amount + promised * Decimal(amount or 0)
        found[offer] = OfferCount(offer, before.promised + promised, before.released + released, 0, cost)
    people = dict(
        ledger.rows("select offer, count(distinct customer_id) from offer_uses where released_at = '' group by offer")
    )
    return {
        offer: OfferCount(offer, one.promised, one.released, people.get(offer, 0), one.amount)
        for offer, one in found.items()
    }


def promised_to(ledger: Ledger, customer_id: str) -> list[tuple[str, str, str, str]]:
    """Return what one person was promised: offer, message, when, and when it was released (empty: it stands)."""
    return [
        (offer, message, promised_at, released_at)
        for offer, message, promised_at, released_at in ledger.rows(
            "select offer, message, promised_at, released_at from offer_uses where customer_id = ? order by number",
            customer_id,
        )
    ]


def forget(ledger: Ledger, customer_id: str) -> int:
    """Forget who was promised something: the rows stay (codes are counted by them), the person is gone from them."""
    with ledger.transaction():
        return int(
            ledger.connection.execute(
                "update offer_uses set customer_id = '' where customer_id = ?", (customer_id,)
            ).rowcount
        )
