"""Messages into a conversation that a person has with one of our bots: the next time they look, it is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from segmentary.activation.channels.channel import Receipt
from segmentary.activation.message import Outgoing
from segmentary.ledger.conversations import (
    Conversation,
    Said,
    TurnTakenError,
    append_turn,
    find_conversation,
    last_turn,
    open_conversations_of,
    reply_to,
)
from segmentary.ledger.ledger import Ledger

TRIES = 3


class ChatChannel:
    """Puts messages into conversations: the one that is the address, else the person's newest open one."""

    def __init__(self, name: str, ledger: Ledger, *, clock: Callable[[], dt.datetime]) -> None:
        self.name = name
        self.ledger = ledger
        self.clock = clock

    def deliver(self, message: Outgoing) -> Receipt:
        """Add one turn; a message that is in the conversation already is not added again."""
        then = self.conversation_of(message)
        if then is None:
            return Receipt("failed", "no open conversation with this person")
        said = [Said("out", message.content.text, {"message": message.message, "campaign": message.campaign})]
        for _ in range(TRIES):
            if reply_to(self.ledger, then.conversation, message.message) is not None:
                return Receipt("sent", "in the conversation already")
            # The last turn first: a conversation read after it is at least as new, and a turn in between is noticed.
            after, now = last_turn(self.ledger, then.conversation), self.clock()
            then = find_conversation(self.ledger, then.conversation) or then
            try:
                append_turn(self.ledger, replace(then, last_at=now), said, request=message.message, after=after, at=now)
            except TurnTakenError:
                continue
            return Receipt("sent", "in the conversation")
        return Receipt("retry", "the conversation was busy")

    def conversation_of(self, message: Outgoing) -> Conversation | None:
        """Return the conversation a message goes to: only one whose person is known to be who they say."""
        if message.address:
            found = find_conversation(self.ledger, message.address)
            open_one = found is not None and found.ended_at is None
            return found if open_one and found is not None and found.customer_id == message.customer_id else None
        held = open_conversations_of(self.ledger, message.customer_id)
        return held[0] if held else None

    def check(self) -> list[str]:
        """Say that there is nothing to connect to."""
        return ["conversations are kept in this workspace"]

    def close(self) -> None:
        """Nothing is open."""
