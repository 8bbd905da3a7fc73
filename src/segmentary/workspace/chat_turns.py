"""One turn of a conversation from the words that came in to the reply that is kept: everything in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.hearing import ADDRESS, hear
from segmentary.activation.chat.replying import greeting, respond
from segmentary.activation.chat.state import (
    Answered,
    CodeTried,
    CodeWanted,
    Decided,
    Declined,
    Effect,
    Happened,
    Heard,
    Known,
    Reply,
    State,
)
from segmentary.errors import UsageError
from segmentary.ledger.conversations import (
    Conversation,
    Said,
    Turn,
    TurnTakenError,
    append_turn,
    conversation,
    last_turn,
    reply_to,
)
from segmentary.workspace.chat_people import known_of

if TYPE_CHECKING:
    from segmentary.workspace.chats import Chats

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What a conversation answers to one request.

    Attributes
    ----------
    lines : what is said, one bubble each; text : the same, joined. buttons : what may be tapped.
    handed_over : why a person takes over now; ended : why it is over; both empty otherwise.
    segments : those the person is in after the turn; entered, left : against before the turn; empty for visitors.
    why : how it was taken: intent, score, because, answers, segments and offers used.
    repeated : this request was answered before, with this reply.
    """

    conversation: str
    lines: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    handed_over: str = ""
    ended: str = ""
    segments: tuple[str, ...] = ()
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    why: Mapping[str, Any] = field(default_factory=dict)
    repeated: bool = False

    @property
    def text(self) -> str:
        """What is said, as one text."""
        return "\n".join(self.lines)


def say(chats: Chats, name: str, text: str, request: str = "") -> ChatReply:
    """Answer one turn; when this returns, both sides of it are on the disk.

    Raises
    ------
    UnknownNameError
        when there is no such conversation.
    """
    for attempt in range(ATTEMPTS):
        if request and (before := reply_to(chats.workspace.ledger, name, request)) is not None:
            return kept_reply(before)
        try:
            return once(chats, name, text, request)
        except TurnTakenError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def once(chats: Chats, name: str, text: str, request: str) -> ChatReply:
    workspace = chats.workspace
    after = last_turn(workspace.ledger, name)
    held = conversation(workspace.ledger, name)
    bot = chats.get(held.bot)
    at = workspace.tick()
    state = State.from_document(held.state)
    heard = hear(bot, chats.listener(held.bot), state, text, verified=held.verified)
    held, heard, checked = verifying(chats, bot, held, heard, at)
    effects = documents(heard.effects, held, after)
    turn = Turn(0, name, request, "in", text, {"effects": effects, "customer": held.customer_id}, at)
    now = knowledge(chats, bot, held, workspace.tick(), turn)
    entered, left = list[str](), list[str]()
    if effects and (present := chats.people.recent) is not None and held.verified:
        entered, left = chats.people.moved(held.customer_id, present, effects)
    now = chats.offering.offered(bot, held, now)
    reply = respond(bot, heard, now)
    reply = replace(reply, lines=tuple(chats.rephrasing.line(bot, one) for one in reply.lines))
    with workspace.ledger.transaction():
        if (promised := chats.offering.promise(reply, held, now)) is not None:
            # Only now there is a code; and another process may have taken the last one.
            reply = respond(bot, heard, promised)
        found = found_of(name, reply, now, entered, left, checked)
        take_effect(chats, held, reply, at)
        own = {"customer": held.customer_id} if held.verified else {}
        wants_code = any(isinstance(one, CodeWanted) for one in heard.effects)
        kept = ADDRESS.sub("[e-mail address]", text) if wants_code else text
        said = [
            Said("in", kept, {"effects": effects, **own}),
            Said("out", found.text, {**out_detail(found, reply), **own}),
        ]
        append_turn(workspace.ledger, after_turn(held, reply, at), said, request=request, after=after, at=at)
    return found


def found_of(name: str, reply: Reply, now: Known, entered: list[str], left: list[str], checked: str) -> ChatReply:
    """Return a reply as it is handed out and kept."""
    return ChatReply(
        name,
        tuple(one.text for one in reply.lines),
        reply.buttons,
        reply.handed_over,
        reply.ended,
        tuple(sorted(now.segments)),
        tuple(entered),
        tuple(left),
        {**asdict(reply.why), "verification": checked} if checked else asdict(reply.why),
    )


def greet(chats: Chats, name: str) -> ChatReply:
    """Begin a conversation; a second time it says the same."""
    workspace = chats.workspace
    if (before := reply_to(workspace.ledger, name, GREETING)) is not None:
        return kept_reply(before)
    after = last_turn(workspace.ledger, name)
    held = conversation(workspace.ledger, name)
    bot = chats.get(held.bot)
    at = workspace.tick()
    known = knowledge(chats, bot, held, at)
    reply = greeting(bot, known)
    found = ChatReply(
        name,
        tuple(one.text for one in reply.lines),
        reply.buttons,
        segments=tuple(sorted(known.segments)),
        why=asdict(reply.why),
    )
    said = [Said("out", found.text, out_detail(found, reply))]
    append_turn(workspace.ledger, replace(held, last_at=at), said, request=GREETING, after=after, at=at)
    return found


def answer(chats: Chats, name: str, text: str, by: str, *, back: bool) -> None:
    """Say what a colleague answers in a conversation that was handed over."""
    workspace = chats.workspace
    for attempt in range(ATTEMPTS):
        after = last_turn(workspace.ledger, name)
        held = conversation(workspace.ledger, name)
        if held.ended_at is not None or held.handed_over_at is None:
            why = "is over" if held.ended_at is not None else "was not handed over to a person"
            raise UsageError(f"the conversation {name} {why}", hint="see segmentary chat conversations --waiting")
        then = held
        if back:
            state = replace(State.from_document(held.state), handed_over=False)
            then = replace(held, state=state.to_document(), handed_over_at=None)
        own = {"customer": held.customer_id} if held.verified else {}
        said = [Said("out", text, {"by": by, **own})]
        try:
            append_turn(workspace.ledger, then, said, request="", after=after, at=workspace.tick())
        except TurnTakenError:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        return


GREETING = "greeting"


def out_detail(found: ChatReply, reply: Reply) -> dict[str, Any]:
    """Return what is kept beside the words that were said: enough to say the same again."""
    detail: dict[str, Any] = {"reply": asdict(found)}
    if reply.asked:
        detail["asked"] = reply.asked
    return detail


def kept_reply(turn: Turn) -> ChatReply:
    """Return the reply of a request that was answered before."""
    kept = dict(turn.detail["reply"])
    for name in ("lines", "buttons", "segments", "entered", "left"):
        kept[name] = tuple(kept[name])
    return ChatReply(**{**kept, "repeated": True})


def after_turn(held: Conversation, reply: Reply, at: dt.datetime) -> Conversation:
    """Return the conversation as it stands after a reply."""
    return replace(
        held,
        state=reply.state.to_document(),
        last_at=at,
        ended_at=held.ended_at or (at if reply.state.ended else None),
        handed_over_at=held.handed_over_at or (at if reply.state.handed_over else None),
    )


# ---------------------------------------------------------------- knowledge and effects


def knowledge(chats: Chats, bot: Bot, held: Conversation, at: dt.datetime, *turns: Turn) -> Known:
    """Return what a turn may use: of a visitor nothing but the hour."""
    is_open = staffed(bot, at, chats.workspace.settings.timezone)
    if not held.verified:
        return Known(at, open=is_open)
    known = known_of(chats.people, bot, held.customer_id, at, turns)
    return Known(at, open=is_open) if known is None else replace(known, open=is_open)


def staffed(bot: Bot, at: dt.datetime, timezone: str) -> bool:
    """Say whether people are there to take over."""
    hours = bot.hand_over.hours
    if not hours:
        return True
    local = at.astimezone(ZoneInfo(bot.hand_over.timezone or timezone))
    opens, closes = hours.get(local.weekday(), (0, 0))
    return opens <= local.hour * 60 + local.minute < closes


def documents(effects: tuple[Effect, ...], held: Conversation, after: int) -> list[dict[str, Any]]:
    """Return effects as they are kept in a turn; events get ids that the same turn gives again."""
    found = []
    for number, effect in enumerate(effects):
        match effect:
            case Answered():
                found.append({"kind": "answered", **asdict(effect)})
            case Declined():
                found.append({"kind": "declined", **asdict(effect)})
            case Decided():
                found.append({"kind": "decided", **asdict(effect)})
            case Happened():
                about = {"bot": held.bot, **effect.properties}
                event = f"{held.conversation}.{after + 1}.{number}"
                found.append({"kind": "happened", "id": event, "name": effect.name, "properties": about})
            case CodeWanted() | CodeTried():
                pass
    return found


def take_effect(chats: Chats, held: Conversation, reply: Reply, at: dt.datetime) -> None:
    """Take down decisions, inside the turn's transaction: a refusal is in force when the reply is."""
    from segmentary.ledger.decisions import append_decision

    for effect in reply.effects:
        if isinstance(effect, Decided) and held.verified:
            asked = f"asked: {effect.asked!r}; " if effect.asked else ""
            evidence = f"chat {held.conversation}: {asked}answered: {effect.words!r}"
            append_decision(
                chats.workspace.ledger,
                held.customer_id,
                effect.purpose,
                effect.channel,
                granted=effect.granted,
                at=at,
                evidence=evidence,
                origin=f"chat:{held.bot}",
            )


def verifying(
    chats: Chats, bot: Bot, held: Conversation, heard: Heard, at: dt.datetime
) -> tuple[Conversation, Heard, str]:
    """Send a code to the address a visitor named, or look at the code they typed."""
    for effect in heard.effects:
        if isinstance(effect, CodeWanted):
            state = chats.identity.send_code(held, heard.state, effect.address, at)
            return held, replace(heard, state=state), "code sent where the address is known"
        if isinstance(effect, CodeTried):
            customer_id, state = chats.identity.try_code(held, heard.state, effect.code, at)
            if customer_id is None:
                return held, replace(heard, state=state, say=("verify_wrong",), follow=""), "wrong code"
            held = replace(held, customer_id=customer_id, verified=True)
            return held, replace(heard, state=state.free(), say=("verified",)), "verified by a code"
    del bot
    return held, heard, ""
