"""Conversations of a workspace: bots that say approved answers only, and ask what is missing."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentary.errors import UnknownNameError, UsageError
from segmentary.ledger.conversations import (
    Conversation,
    Turn,
    append_conversation,
    conversation,
    conversations,
    turns,
)
from segmentary.ledger.records import Record, append_record, current_records, record

if TYPE_CHECKING:
    from segmentary.activation.chat.bot import Bot
    from segmentary.activation.chat.trial import Trial
    from segmentary.activation.chat.understanding import Listener
    from segmentary.language.cursor import Cursor
    from segmentary.models.table.findings import Finding
    from segmentary.workspace.chat_identity import Identity
    from segmentary.workspace.chat_offers import Offering
    from segmentary.workspace.chat_people import People
    from segmentary.workspace.chat_rephrasing import Rephrasing
    from segmentary.workspace.chat_turns import ChatReply
    from segmentary.workspace.workspace import Workspace


class Chats:
    """Conversations of a workspace: ``workspace.chats``.

    A turn that `say` returned is on the disk, with what follows from it; the same request id again gives the same
    reply, whatever happened in between.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.bots: dict[str, tuple[str, Bot, Listener]] = {}

    # ------------------------------------------------------------ bots

    def apply(self, document: str | Path | Mapping[str, Any] | Cursor, *, dry_run: bool = False) -> Record:
        """Bring a bot into force: a document, the text or the path of a YAML file.

        Raises
        ------
        DefinitionError
            with file and line, when it is not understood or names what does not exist.
        """
        from segmentary.workspace.chat_documents import applied

        return applied(self, document, dry_run=dry_run)

    def kept(self) -> dict[str, Record]:
        """Return the bots in force, by name."""
        return dict(current_records(self.workspace.ledger, "bot"))

    def get(self, name: str) -> Bot:
        """Return a bot in force.

        Raises
        ------
        UnknownNameError
            when there is none of that name.
        """
        return self.bot(name)[1]

    def listener(self, name: str) -> Listener:
        """Return what tells the intents of a bot."""
        return self.bot(name)[2]

    def bot(self, name: str) -> tuple[str, Bot, Listener]:
        """Return version, bot and listener, read once for each version."""
        from segmentary.workspace.chat_documents import listening

        held = record(self.workspace.ledger, "bot", name)
        if name not in self.bots or self.bots[name][0] != held.version:
            self.bots[name] = (held.version, *listening(self.workspace, held))
        return self.bots[name]

    def retire(self, name: str) -> None:
        """Take a bot out of force; its conversations stay."""
        held = record(self.workspace.ledger, "bot", name)
        append_record(self.workspace.ledger, "bot", name, held.document, at=self.workspace.tick(), retired=True)

    def lint(self, name: str) -> list[Finding]:
        """Look a bot over: what leads nowhere, what is said to nobody, what it should not ask."""
        from segmentary.workspace.chat_documents import looked_over

        return looked_over(self, self.get(name))

    # ------------------------------------------------------------ conversations

    def open(
        self,
        bot: str,
        channel: str = "chat",
        customer_id: str | None = None,
        verified: bool = False,
        *,
        conversation_id: str = "",
    ) -> str:
        """Begin a conversation and return its id; one of the same id goes on.

        customer_id, verified : whom the caller has recognised, and that it has. A customer who is not verified is a
        visitor: nothing of any record is used or shown.

        Raises
        ------
        UnknownNameError
            when there is no such bot, or no such verified customer.
        """
        self.get(bot)
        name = conversation_id or secrets.token_hex(8)
        whom = customer_id if customer_id is not None and verified else ""
        if whom and self.people.present(whom, self.workspace.tick()) is None:
            raise UnknownNameError("customer", whom, [], see="ids are those of the newest data")
        now = self.workspace.tick()
        held = append_conversation(
            self.workspace.ledger, Conversation(name, bot, channel, whom, bool(whom), {}, now, now)
        )
        if held.customer_id != whom and whom:
            raise UsageError(f"the conversation {name} is somebody else's", hint="begin a new one")
        return held.conversation

    def greet(self, conversation: str) -> ChatReply:
        """Say hello; a second time it says the same."""
        from segmentary.workspace.chat_turns import greet

        return greet(self, conversation)

    def say(self, conversation: str, text: str, request_id: str = "") -> ChatReply:
        """Answer one turn.

        request_id : the same again gives the same reply and does nothing more.

        Raises
        ------
        UnknownNameError
            when there is no such conversation.
        """
        from segmentary.workspace.chat_turns import say

        return say(self, conversation, text, request_id)

    def conversation(self, name: str) -> Conversation:
        """Return a conversation as it stands."""
        return conversation(self.workspace.ledger, name)

    def conversations(self, bot: str = "", *, limit: int = 1_000) -> list[Conversation]:
        """Return conversations, those spoken in last first."""
        return conversations(self.workspace.ledger, bot, limit=limit)

    def transcript(self, conversation: str) -> list[Turn]:
        """Return everything that was said, in order."""
        return turns(self.workspace.ledger, conversation)

    def summary(self, conversation: str) -> list[str]:
        """Return what a colleague should know who takes a conversation over."""
        from segmentary.workspace.chat_summary import summary

        return summary(self.conversation(conversation), self.transcript(conversation))

    def try_phrases(self, bot: str, lines: Sequence[str]) -> Trial:
        """Try phrases on a bot; a line ``intent<tab>phrase`` says what is meant."""
        from segmentary.activation.chat.trial import tried

        return tried(self.get(bot), self.listener(bot), lines)

    def answer(self, conversation: str, text: str, *, by: str, back: bool = False) -> None:
        """Say what a colleague answers; with `back` the bot goes on from there.

        Raises
        ------
        UsageError
            when the conversation is over, or was not handed over to a person.
        """
        from segmentary.workspace.chat_turns import answer

        answer(self, conversation, text, by, back=back)

    def token(self, customer_id: str) -> str:
        """Return a signed token by which a host's page says who is logged in; good for 15 minutes."""
        return self.identity.token(customer_id)

    def handle_webhook(self, body: Mapping[str, Any], dialect: str = "plain", *, bot: str = "") -> Any:
        """Answer the body of a webhook in its own dialect: rasa, dialogflow_v2, dialogflow_v1 or plain."""
        from segmentary.workspace.chat_webhooks import handle

        return handle(self, body, dialect, bot)

    # ------------------------------------------------------------ upkeep

    def load(self) -> int:
        """Bring turns, answers and events that are only in the ledger into the warehouse; return how many turns."""
        from segmentary.workspace.chat_loading import load

        return load(self)

    def upkeep(self) -> int:
        """Do what is due: end silent conversations, bring what was said into the warehouse; return how many turns."""
        self.close_silent()
        return self.load()

    def close_silent(self) -> int:
        """End conversations in which nothing was said for as long as their bot waits; return how many."""
        from segmentary.workspace.chat_loading import close_silent

        return close_silent(self)

    # ------------------------------------------------------------ parts

    @cached_property
    def people(self) -> People:
        """The people of conversations."""
        from segmentary.workspace.chat_people import People

        return People(self.workspace)

    @cached_property
    def identity(self) -> Identity:
        """Tokens and codes."""
        from segmentary.workspace.chat_identity import Identity

        return Identity(self.workspace)

    @cached_property
    def offering(self) -> Offering:
        """Offers in replies."""
        from segmentary.workspace.chat_offers import Offering

        return Offering(self)

    @cached_property
    def rephrasing(self) -> Rephrasing:
        """The language model that may say approved texts in other words, where there is one."""
        from segmentary.workspace.chat_rephrasing import Rephrasing

        return Rephrasing(self.workspace)

    def now(self) -> dt.datetime:
        """Return this moment, after every earlier one."""
        return self.workspace.tick()
