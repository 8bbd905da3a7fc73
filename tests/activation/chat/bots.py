"""A bot, a listener and a conversation without a workspace, for the tests of the engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from tests.workspace.chat_shop import BOT

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.hearing import hear
from segmentary.activation.chat.reading import read_bot
from segmentary.activation.chat.replying import respond
from segmentary.activation.chat.saying import NOBODY, Own
from segmentary.activation.chat.state import Known, Reply, State
from segmentary.activation.chat.understanding import Listener
from segmentary.language.cursor import Cursor
from segmentary.language.yaml import compose, laid_out

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)


def bot_of(text: str = BOT) -> Bot:
    """Read a bot out of a text, its places known."""
    content, places, keys = laid_out(compose(text, "ada.yaml")[0], "ada.yaml")
    return read_bot(Cursor(content, places=places, keys=keys))


ADA = bot_of()
NOBODY_HERE = NOBODY
ANN = Own("ann", {"first_name": "Ann", "plan": "gold", "money": Decimal("12.50")})


class Talk:
    """A conversation of the pure engine: every turn with the state the one before left."""

    def __init__(self, bot: Bot = ADA, own: Own = ANN, segments: frozenset[str] = frozenset()) -> None:
        self.bot, self.listener, self.state = bot, Listener(bot), State()
        self.known = Known(NOW, own, segments)

    def say(self, text: str) -> Reply:
        heard = hear(self.bot, self.listener, self.state, text, verified=self.known.own.verified)
        reply = respond(self.bot, heard, self.known)
        # What is kept between turns is JSON.
        self.state = State.from_document(reply.state.to_document())
        return reply

    def lines(self, text: str) -> list[str]:
        return [line.text for line in self.say(text).lines]

    def knowing(self, **changes: object) -> Talk:
        self.known = replace(self.known, **changes)  # type: ignore[arg-type]
        return self
