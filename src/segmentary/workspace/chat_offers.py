"""Offers in replies: the best one for the person as they are at this moment, promised in the transaction of the turn.

Whom an offer is for is judged like every segment of the chat, on the person's facts of now; how many may be promised is
the ledger's to say. A conversation keeps an offer it promised: asked again, it says the same one and uses up nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.saying import Fact
from segmentary.activation.chat.state import Known, Reply
from segmentary.activation.offers import Candidate, OfferTable, ranked, shown
from segmentary.errors import UnknownNameError
from segmentary.ledger import offer_uses
from segmentary.ledger.conversations import Conversation
from segmentary.ledger.offer_uses import Wish
from segmentary.ledger.records import newest_record
from segmentary.workspace.chat_people import Present, fact_of
from segmentary.workspace.offers import amounts_of, limits_of

if TYPE_CHECKING:
    from segmentary.language.tree import Rule
    from segmentary.workspace.chats import Chats

NOT_YET = "•"
"""What stands for a code until the offer is promised."""


class Offering:
    """Chooses offers for replies and takes down what was promised."""

    def __init__(self, chats: Chats) -> None:
        self.chats = chats
        self.rules: dict[str, Rule] = {}
        self.tables: dict[str, OfferTable] = {}
        self.newest = -1

    def offered(self, bot: Bot, held: Conversation, known: Known) -> Known:
        """Return what is known with the best offer of every table the bot may promise from; codes come later."""
        if not known.own.verified or not bot.offers():
            return known
        present = self.chats.people.recent
        if present is None or (present.customer_id, present.at) != (held.customer_id, known.at):
            return known
        found = {}
        for name in sorted(bot.offers()):
            key = self.best(name, held, known, present)
            if key is not None:
                found[name] = self.words(name, key, NOT_YET)
        return replace(known, own=replace(known.own, offers=found))

    def best(self, name: str, held: Conversation, known: Known, present: Present) -> str | None:
        """Return the best offer of a table that may still be promised to the person of a conversation."""
        table = self.table(name)
        if table is None:
            return None
        ledger, customer_id = self.chats.workspace.ledger, held.customer_id
        limits, amounts = limits_of(table), amounts_of(table)
        keys = self.candidates(table, known, present, customer_id)
        promised = offer_uses.held_by(ledger, [message_of(held.conversation, key) for key in keys])
        for key in keys:
            before = promised.get(message_of(held.conversation, key))
            if before is not None and not before[1]:
                return key
            of_person = offer_uses.uses_of(ledger, key, [customer_id]).get(customer_id, 0)
            if offer_uses.room(offer_uses.tally(ledger, key), limits[key], amounts[key], of_person, again=False):
                return key
        return None

    def table(self, name: str) -> OfferTable | None:
        """Return a table in force, read again when any changed; None: it is not there any more."""
        workspace = self.chats.workspace
        newest = newest_record(workspace.ledger, "offers")
        if newest != self.newest:
            self.tables, self.newest = {}, newest
        if name not in self.tables:
            try:
                self.tables[name] = workspace.offers.get(name)
            except UnknownNameError:
                return None
        return self.tables[name]

    def candidates(self, table: OfferTable, known: Known, present: Present, customer_id: str) -> list[str]:
        """Return the offers that are for a person now, the best first."""
        zone = self.chats.workspace.settings.timezone
        found = []
        for place, one in enumerate(table.rows):
            if one.standing(known.at, zone) != "open":
                continue
            if one.segments and not known.segments.intersection(one.segments):
                continue
            if one.rule and not present.population.holds(self.rule(one.rule), customer_id):
                continue
            value = fact_of(present.population, customer_id, one.expected) if one.expected else None
            expected = float(value) if value is not None and not isinstance(value, str | tuple | dt.date) else None
            found.append(Candidate(table.key(one), place, one.priority, expected))
        return ranked(found)

    def rule(self, text: str) -> Rule:
        """Return the tree of an offer's rule, read once."""
        from segmentary.language.text import parse_text

        if text not in self.rules:
            self.rules[text] = parse_text(text)
        return self.rules[text]

    def words(self, name: str, key: str, code: str) -> dict[str, Fact]:
        """Return an offer as texts may say it."""
        table = self.tables[name]
        zone = self.chats.workspace.settings.timezone
        return spoken(shown(table.by_id[key], key, code, table.currency, zone))

    def promise(self, reply: Reply, held: Conversation, known: Known) -> Known | None:
        """Take down the offers of a reply; return what is known with their codes; None: nothing to take down."""
        wanted = {line.offer for line in reply.lines if line.offer}
        if not wanted:
            return None
        found: dict[str, Mapping[str, Fact]] = {}
        for name in sorted(wanted):
            key = str(known.own.offers[name]["id"])
            message = message_of(held.conversation, key)
            wish = Wish(message, held.customer_id, (key,))
            made = self.chats.workspace.offers.promise([wish], self.tables[name])
            if message in made:
                found[name] = spoken(made[message][1])
        return replace(known, own=replace(known.own, offers=found))


def message_of(conversation: str, key: str) -> str:
    """Return what an offer is promised to: once in each conversation."""
    return f"chat.{conversation}.{key}"


def spoken(offer: Mapping[str, Any]) -> dict[str, Fact]:
    """Return the parts of an offer that have words: its last day as a date, never its address."""
    until = offer.get("until")
    parts = {name: offer.get(name) for name in ("id", "words", "code", "value", "currency")}
    found: dict[str, Fact] = {name: str(value) for name, value in parts.items() if value}
    if until:
        found["until"] = dt.datetime.fromisoformat(str(until)).date()
    return found
