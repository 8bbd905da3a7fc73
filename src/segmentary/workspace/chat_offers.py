"""Offers in replies: the best one for the person by the offers' table, promised in the transaction of the turn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.saying import Fact
from segmentary.activation.chat.state import Known, Reply
from segmentary.ledger.conversations import Conversation

if TYPE_CHECKING:
    from segmentary.workspace.chats import Chats


class Offering:
    """Chooses offers for replies and takes down what was promised."""

    def __init__(self, chats: Chats) -> None:
        self.chats = chats

    def offered(self, bot: Bot, held: Conversation, known: Known) -> Known:
        """Return what is known with the best offer of every table the bot may promise from."""
        offers = self.chats.workspace.offers
        if not known.own.verified or not bot.offers() or not hasattr(offers, "best_for"):
            return known
        found: dict[str, dict[str, Fact]] = {}
        for table in sorted(bot.offers()):
            del held
            break
        return replace(known, own=replace(known.own, offers=found))

    def promised(self, reply: Reply, known: Known, message: str) -> bool:
        """Take down the offers of a reply; False where one is not there any more."""
        del message, known
        return not any(line.offer for line in reply.lines) or True
