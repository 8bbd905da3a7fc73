"""Offers of a workspace: tables of what may be promised to whom, until when, how often.

::

    workspace.offers.for_customer("c7")                        # what they may have now, the best first, and why not
    workspace.offers.best_for("c7", "at_risk", "autumn", at)   # which one it would be
    workspace.offers.promise([Wish(...)], "autumn")            # done when a message is rendered
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.activation.offers import Candidate, Offer, OfferTable, offers_of, ranked, read_offers, shown
from segmentary.engine.sqlfile import column
from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.ledger import offer_uses
from segmentary.ledger.offer_uses import Limits, OfferCount, Promise, Wish
from segmentary.ledger.records import append_record, current_records, record
from segmentary.workspace.message_facts import asked_for, facts, vocabulary

if TYPE_CHECKING:
    from segmentary.language.cursor import Cursor
    from segmentary.workspace.workspace import Workspace

PREFIX = "offers"


@dataclass(frozen=True, slots=True)
class KeptOffers:
    """One line of the list. open : how many of its offers can be promised now; promised, cost : so far."""

    name: str
    title: str
    offers: int
    open: int
    promised: int
    cost: Decimal
    currency: str
    version: str


@dataclass(frozen=True, slots=True)
class OfferState:
    """What became of one offer.

    standing : open, not yet, over, used up. left : how many may still be promised; None: no bound.
    cost : money of what is promised; budget_left : None without a budget.
    """

    offer: str
    words: str
    whom: str
    standing: str
    promised: int
    released: int
    people: int
    left: int | None
    cost: Decimal
    budget_left: Decimal | None
    currency: str
    until: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One offer for one customer. why : may have it, or why not."""

    offer: str
    words: str
    rank: int | None
    why: str
    expected: float | None


class Offers:
    """Offers of a workspace: tables of what may be promised to whom, until when, how often."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # ------------------------------------------------------------ documents

    def apply(self, cursor: Cursor) -> OfferTable:
        """Read a table of offers strictly, check who and what it names, and keep it.

        Raises
        ------
        DefinitionError
            with file and line.
        """
        table = read_offers(cursor, currency=self.workspace.settings.currency)
        self.check(table, cursor)
        append_record(self.workspace.ledger, "offers", table.name, table.to_document(), at=self.workspace.tick())
        return table

    def check(self, table: OfferTable, at: Cursor) -> None:
        """Refuse segments, traits and rules that do not exist."""
        from segmentary.language.text import TextError, read_where
        from segmentary.ledger.definitions import lists

        workspace = self.workspace
        segments, types = workspace.segments_defined(), vocabulary(workspace)
        known = workspace.derived.vocabulary(
            workspace.traits_defined(), frozenset(segments), frozenset(lists(workspace.ledger))
        )
        for row, one in zip(at.down("rows").items("'rows'"), table.rows, strict=True):
            for name in one.segments:
                if name not in segments:
                    place = row.places.get(row.down("for").pointer)
                    raise UnknownNameError("segment", name, segments, place=place, see="see `segmentary segment list`")
            if one.expected and types.get(one.expected) != "number":
                place = row.places.get(row.down("expected").pointer)
                numbers = [name for name, kind in types.items() if kind == "number"]
                raise UnknownNameError("trait with a number", one.expected, numbers, place=place)
            if one.rule:
                try:
                    read_where(one.rule, known)
                except (TextError, DefinitionError) as error:
                    raise row.down("for").wrong(error.reason, error.hint) from None

    def get(self, name: str) -> OfferTable:
        """Return a table in force.

        Raises
        ------
        UnknownNameError
            when there is none of that name.
        """
        return offers_of(record(self.workspace.ledger, "offers", name).document)

    def kept(self) -> list[KeptOffers]:
        """List the tables in force."""
        found = []
        at, zone = self.workspace.tick(), self.workspace.settings.timezone
        for name, entry in current_records(self.workspace.ledger, "offers").items():
            table = offers_of(entry.document)
            counts = offer_uses.counted(self.workspace.ledger, name).values()
            standing = sum(one.standing(at, zone) == "open" for one in table.rows)
            promised, cost = sum(one.promised for one in counts), sum((one.amount for one in counts), Decimal(0))
            found.append(
                KeptOffers(name, table.title, len(table.rows), standing, promised, cost, table.currency, entry.version)
            )
        return found

    def state(self, name: str) -> list[OfferState]:
        """Say of every offer of a table what was promised, what it costs, and what is left."""
        table, at, zone = self.get(name), self.workspace.tick(), self.workspace.settings.timezone
        counts = offer_uses.counted(self.workspace.ledger, name)
        found = []
        for one in table.rows:
            key = table.key(one)
            count = counts.get(key, OfferCount(key, 0, 0, 0, Decimal(0)))
            bounds = [n for n in (one.limit, len(one.codes) - count.released if one.codes else None) if n is not None]
            left = max(0, min(bounds) - count.promised) if bounds else None
            budget = None if one.budget is None else max(Decimal(0), one.budget - count.amount)
            standing = one.standing(at, zone)
            if standing == "open" and (left == 0 or (budget is not None and budget < one.value)):
                standing = "used up"
            found.append(
                OfferState(
                    key, one.words, whom(one), standing, count.promised, count.released, count.people, left,
                    count.amount, budget, table.currency, one.ends,
                )
            )  # fmt: skip
        return found

    # ------------------------------------------------------------ who may have what

    def candidates(
        self, table: OfferTable, customers: Mapping[str, str], at: dt.datetime
    ) -> dict[str, tuple[str, ...]]:
        """Return the offers each customer may have at a moment, the best first.

        customers : id to the segment they are written to as; empty: the segments the newest run served them in.
        """
        zone = self.workspace.settings.timezone
        there = [one for one in table.rows if one.standing(at, zone) == "open"]
        if not there or not customers:
            return {}
        by_rule = self.by_rule(table, there, list(customers))
        expected = self.expected(there, list(customers))
        found = {}
        lookup = self.workspace.lookup
        served = any(one.segments for one in there) and self.workspace.last_run() is not None
        for customer_id, segment in customers.items():
            own = {segment, *(lookup.segments_of(customer_id) if served else ())}
            allowed = [
                Candidate(table.key(one), place, one.priority, expected.get(customer_id, {}).get(one.expected))
                for place, one in enumerate(there)
                if (not one.segments or own.intersection(one.segments))
                and (not one.rule or customer_id in by_rule[one.id])
            ]
            if allowed:
                found[customer_id] = tuple(ranked(allowed))
        return found

    def by_rule(self, table: OfferTable, offers: Sequence[Offer], ids: Sequence[str]) -> dict[str, set[str]]:
        """Return for every offer with a rule who of these people it holds for, by the ordinary evaluation."""
        from segmentary.language.text import parse_text
        from segmentary.language.tree import SegmentDefinition
        from segmentary.workspace.evaluating import evaluate_segments

        ruled = [one for one in offers if one.rule]
        if not ruled:
            return {}
        workspace = self.workspace
        definitions = {
            f"offer_{table.name}_{one.id}": SegmentDefinition(f"offer_{table.name}_{one.id}", parse_text(one.rule))
            for one in ruled
        }
        run = workspace.last_run()
        context = workspace.context(run.as_of if run is not None else None)
        evaluation = evaluate_segments(workspace, definitions, context, prefix=PREFIX)
        people = asked_for(workspace.warehouse, ids)
        flags = [column(evaluation.segment_columns[name], "flags") for name in definitions]
        same = exp.EQ(this=column("customer_id", "flags"), expression=column("customer_id", "people"))
        query = (
            exp.select(column("customer_id", "flags"), *flags)
            .from_(exp.table_(evaluation.flags, quoted=True, alias="flags"))
            .join(people.subquery("people"), on=same)
        )
        found: dict[str, set[str]] = {one.id: set() for one in ruled}
        for customer_id, *holds in workspace.warehouse.rows(query):
            for one, hold in zip(ruled, holds, strict=True):
                if hold:
                    found[one.id].add(customer_id)
        return found

    def expected(self, offers: Sequence[Offer], ids: Sequence[str]) -> dict[str, dict[str, float]]:
        """Return what each person is expected to bring, by the traits the offers name."""
        traits = [one.expected for one in offers if one.expected]
        held = facts(self.workspace, ids, traits) if traits else {}
        return {
            person: {name: float(value) for name, value in values.items() if value is not None}
            for person, values in held.items()
        }

    def best_for(
        self, customer_id: str, segment: str, table: str, at: dt.datetime | None = None
    ) -> dict[str, Any] | None:
        """Return the offer a customer would get now, as templates see it (without code); nothing is promised.

        segment : which they are spoken to as; empty: the ones they are served in.
        """
        moment = at or self.workspace.tick()
        held = self.get(table)
        keys = self.candidates(held, {customer_id: segment}, moment).get(customer_id, ())
        limits, amounts = limits_of(held), amounts_of(held)
        for key in keys:
            tally = offer_uses.tally(self.workspace.ledger, key)
            of_person = offer_uses.uses_of(self.workspace.ledger, key, [customer_id]).get(customer_id, 0)
            if offer_uses.room(tally, limits[key], amounts[key], of_person, again=False):
                return shown(held.by_id[key], key, "", held.currency, self.workspace.settings.timezone)
        return None

    def for_customer(self, customer_id: str, *, at: dt.datetime | None = None) -> list[Judged]:
        """Judge every offer of every table for one customer: in which place it stands, or why they may not have it."""
        moment, zone = at or self.workspace.tick(), self.workspace.settings.timezone
        found = []
        for name in current_records(self.workspace.ledger, "offers"):
            table = self.get(name)
            keys = self.candidates(table, {customer_id: ""}, moment).get(customer_id, ())
            limits, amounts = limits_of(table), amounts_of(table)
            expected = self.expected(table.rows, [customer_id]).get(customer_id, {})
            place = 0
            for one in sorted(table.rows, key=lambda row: keys.index(table.key(row)) if table.key(row) in keys else 99):
                key = table.key(one)
                standing = one.standing(moment, zone)
                if key not in keys:
                    why = {"open": f"it is for {whom(one)}", "over": f"it ended {one.ends}"}.get(
                        standing, f"it begins {one.starts}"
                    )
                    found.append(Judged(key, one.words, None, why, None))
                    continue
                of_person = offer_uses.uses_of(self.workspace.ledger, key, [customer_id]).get(customer_id, 0)
                tally = offer_uses.tally(self.workspace.ledger, key)
                if not offer_uses.room(tally, limits[key], amounts[key], of_person, again=False):
                    why = "it was promised to them already" if of_person else "it is used up"
                    found.append(Judged(key, one.words, None, why, expected.get(one.expected)))
                    continue
                place += 1
                found.append(Judged(key, one.words, place, "may have it", expected.get(one.expected)))
        return found

    # ------------------------------------------------------------ promising

    def promise(self, wishes: Sequence[Wish], table: str | OfferTable) -> dict[str, tuple[Promise, dict[str, Any]]]:
        """Promise offers to messages within every limit; return message to promise, and the offer as templates see it.

        A message keeps what it has been promised, whatever is asked for now; two processes never exceed a limit.
        """
        held = self.get(table) if isinstance(table, str) else table
        limits, amounts = limits_of(held), amounts_of(held)
        made = offer_uses.promise(self.workspace.ledger, wishes, limits, amounts, at=self.workspace.tick())
        zone = self.workspace.settings.timezone
        found = {}
        for message, one in made.items():
            offer = held.by_id.get(one.offer)
            if offer is not None:
                found[message] = (one, shown(offer, one.offer, offer.code_of(one.ordinal), held.currency, zone))
        return found

    def release(self, messages: Sequence[str] | str) -> int:
        """Take promises back whose messages never left; return how many that were."""
        several = [messages] if isinstance(messages, str) else messages
        return offer_uses.release(self.workspace.ledger, several, at=self.workspace.tick())

    def release_unsent(self) -> int:
        """Take back what stands in messages that bounced, were withheld or cancelled; return how many."""
        return offer_uses.release_unsent(self.workspace.ledger, at=self.workspace.tick())

    def costs(self, name: str = "") -> dict[str, OfferCount]:
        """Return what offers (of one table) were promised and cost so far, by their ids: for results."""
        return offer_uses.counted(self.workspace.ledger, name)


def limits_of(table: OfferTable) -> dict[str, Limits]:
    """Return the bounds of every offer."""
    return {
        key: Limits(one.limit, one.budget, one.per_person, len(one.codes) if one.codes else None)
        for key, one in table.by_id.items()
    }


def amounts_of(table: OfferTable) -> dict[str, Decimal]:
    """Return what one use of every offer costs."""
    return {key: one.value for key, one in table.by_id.items()}


def whom(offer: Offer) -> str:
    """Say in words who may have an offer."""
    return offer.rule or " or ".join(offer.segments) or "everybody"


def without_code(offer: Offer) -> Offer:
    """Return an offer whose codes nobody sees."""
    return replace(offer, code="", codes=())
