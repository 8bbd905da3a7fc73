"""Pages of chat: trying the bot, transcripts, the table of approved answers with what was not understood first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import SegmentaryError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import cursor_of, place_of
from segmentary.interfaces.http.documents import in_force
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web.pages.campaigns import WORDS, document_page
from segmentary.interfaces.web.rendering import data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of, translations
from segmentary.ledger.conversations import find_conversation
from segmentary.workspace.chat_trying import LONGEST, MOST_TURNS, Asked, tried
from segmentary.workspace.chat_unanswered import unanswered
from segmentary.workspace.serving import Serving

router = APIRouter()
Served = Annotated[Serving, Depends(serving_of)]
Reader = Annotated[Caller, may("read")]
HERE = "chat"
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Bubble:
    """One turn of a conversation. told : how it was taken, in words; refused : what the bot would not do."""

    said: str
    lines: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...]
    told: tuple[str, ...]
    refused: str
    end: str


def told_of(reply: Any, _: Any) -> tuple[str, ...]:
    """Say how a turn was taken: what was understood, by which answer, for which segment, with which offer."""
    why, found = reply.why, []
    if why.get("intent"):
        found.append(
            _("understood as %(intent)s (%(score)s, by %(how)s)")
            % {"intent": why["intent"], "score": f"{why['score']:.2f}", "how": why["how"]}
        )
    if why.get("because") and why.get("intent"):
        found.append(_("because of “%(words)s”") % {"words": why["because"]})
    if why.get("near"):
        found.append(_("nearly as near: %(intent)s") % {"intent": why["near"]})
    if why.get("took") not in (None, "", "intent", "greeting"):
        found.append(_("taken as %(what)s") % {"what": why["took"]})
    if why.get("answers"):
        found.append(_("approved answer %(ids)s") % {"ids": ", ".join(why["answers"])})
    if why.get("segments"):
        found.append(_("said because they are in %(segments)s") % {"segments": ", ".join(why["segments"])})
    if why.get("offers"):
        found.append(_("offer of %(table)s") % {"table": ", ".join(why["offers"])})
    found += [_("now in %(segment)s") % {"segment": name} for name in reply.entered]
    found += [_("no longer in %(segment)s") % {"segment": name} for name in reply.left]
    return tuple(found)


def refused_of(reply: Any, _: Any) -> str:
    """Say what was refused or given to a person."""
    took = str(reply.why.get("took", ""))
    if reply.handed_over:
        return str(_("a person takes over: %(why)s") % {"why": reply.handed_over})
    if took.startswith("refusal"):
        return str(_("refused: %(why)s") % {"why": took.partition(": ")[2]})
    if not reply.why.get("intent") and took in ("", "not understood", "nothing"):
        return "" if took == "" else str(_("not understood"))
    return ""


@router.get("/chat")
def chat(
    request: Request,
    caller: Reader,
    serving: Served,
    bot: Annotated[str, Query(max_length=200)] = "",
    customer: Annotated[str, Query(max_length=200)] = "",
    said: Annotated[list[str] | None, Query(max_length=MOST_TURNS)] = None,
    text: Annotated[str, Query(max_length=LONGEST)] = "",
) -> Response:
    """Try a bot as a customer or as a visitor; nothing of it is kept."""
    _ = translations(language_of(request)).gettext
    may_try = caller.may("act")
    may_be = may_try and caller.may("personal")
    spoken = [one[:LONGEST] for one in (said or []) if one.strip()] + ([text] if text.strip() else [])
    found, wrong, bots = None, "", []
    segments: tuple[str, ...] = ()
    with serving.deciding() as workspace:
        bots = [(name, one.document.get("title", name)) for name, one in workspace.chats.kept().items()]
        chosen = bot or (bots[0][0] if bots else "")
        if bots and may_try:
            try:
                asked = Asked(chosen, customer if may_be else "", tuple(spoken[-MOST_TURNS:]))
                found = tried(workspace, asked)
            except SegmentaryError as error:
                wrong = error.message
    if found is not None:
        segments = found.exchanges[-1].reply.segments
    base = {"bot": chosen, "customer": customer, "said": spoken}
    return page(
        request, "chat/try.html.j2", caller, here=HERE, part="chat", bots=bots, bot=chosen, customer=customer,
        spoken=spoken, bubbles=bubbles_of(found, base, _), wrong=wrong, may_try=may_try, may_be=may_be,
        segments=segments, over=found.over if found else False, full=len(spoken) >= MOST_TURNS, longest=LONGEST,
    )  # fmt: skip


def bubbles_of(found: Any, base: dict[str, Any], _: Any) -> list[Bubble]:
    """Return a tried conversation as bubbles; the buttons of the last reply are links that say them."""
    if found is None:
        return []
    made = []
    for number, one in enumerate(found.exchanges):
        last = number == len(found.exchanges) - 1
        buttons = tuple(
            (words, "/chat?" + urlencode({**base, "said": [*base["said"], words]}, doseq=True) + "#write")
            for words in (one.reply.buttons if last else ())
        )
        end = _("the conversation is over") if one.reply.ended else ""
        made.append(Bubble(one.said, one.reply.lines, buttons, told_of(one.reply, _), refused_of(one.reply, _), end))
    return made


@router.get("/chat/transcripts")
def transcripts(
    request: Request,
    caller: Annotated[Caller, may("people")],
    serving: Served,
    waiting: Annotated[bool, Query()] = False,
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """List the conversations, those spoken in last first."""
    after = place_of(cursor, int)
    start = max(0, min(after[0] if after else 0, 1_000_000))
    with serving.reading() as workspace:
        held = workspace.chats.conversations(limit=start + 10_000)
    rows = [one for one in held if not waiting or (one.handed_over_at and not one.ended_at)]
    following = cursor_of(start + SHOWN) if len(rows) > start + SHOWN else ""
    return page(
        request, "chat/transcripts.html.j2", caller, here=HERE, part="transcripts", rows=rows[start : start + SHOWN],
        waiting=waiting, following=following, may_read=caller.may("personal"),
    )  # fmt: skip


@router.get("/chat/transcripts/{conversation}")
def transcript(
    request: Request,
    caller: Annotated[Caller, may("personal")],
    serving: Served,
    conversation: Annotated[str, Path(max_length=300)],
) -> Response:
    """Show one conversation: both sides, how each turn was taken, what a colleague should know."""
    with serving.reading() as workspace:
        if find_conversation(workspace.ledger, conversation) is None:
            raise NotFound("there is no conversation of this id")
        held = workspace.chats.conversation(conversation)
        turns = workspace.chats.transcript(conversation)
        summary = workspace.chats.summary(conversation)
    shown = [(one, (one.detail.get("reply") or {}).get("why") or {}) for one in turns]
    return page(
        request, "chat/transcript.html.j2", caller, here=HERE, part="transcripts", held=held, turns=shown,
        summary=summary, may_act=caller.may("act"), takes=bool(held.handed_over_at and not held.ended_at),
    )  # fmt: skip


@router.get("/chat/answers")
def answers(request: Request, caller: Reader, serving: Served) -> Response:
    """Show what people asked and no answer was found for, then everything the bots may say."""
    with serving.reading() as workspace:
        asked = unanswered(workspace) if caller.may("personal") else []
        bots = []
        for name in workspace.chats.kept():
            try:
                bots.append((workspace.chats.get(name), workspace.chats.lint(name)))
            except SegmentaryError:
                continue
    rows = [(bot, [(one, led_by(bot, one.id)) for one in bot.answers.values()], findings) for bot, findings in bots]
    return page(
        request, "chat/answers.html.j2", caller, here=HERE, part="answers", asked=asked, bots=rows,
        may_read=caller.may("personal"), text_of=text_of,
    )  # fmt: skip


def led_by(bot: Any, answer: str) -> str:
    """Return which intents lead to an answer."""
    return ", ".join(one.title for one in bot.intents.values() if one.answer == answer)


def text_of(template: Any) -> str:
    """Return the text of a template as it was written."""
    return str(getattr(template, "source", None) or getattr(template, "text", None) or template)


@router.get("/chat/bots/{name}")
def bot_document(
    request: Request, caller: Reader, serving: Served, name: Annotated[str, Path(max_length=200)]
) -> Response:
    """Show a bot's document as YAML, with its versions."""
    with serving.reading() as workspace:
        in_force(workspace, "bot", name)
    return document_page(request, caller, serving, "bot", name, "chat", "/chat/answers", "bots")


@router.get("/chat/bots")
def new_bot(request: Request, caller: Annotated[Caller, may("act")], serving: Served) -> Response:
    """Begin a bot."""
    language = language_of(request)
    return page(
        request, "campaigns/document.html.j2", caller, here=HERE, part="chat", key="bot", name="",
        title=translations(language).gettext("New bot"), yaml=STARTER, etag="", versions=[], back="/chat/bots",
        api="bots/", may_act=True, words=data_for_script(script_words(language, WORDS)),
    )  # fmt: skip


STARTER = """title: Flora
answers:
  greeting: "Hello, I am Flora. What can I do for you?"
  open: "We are there from 9 to 18."
intents:
  open:
    examples: [when are you open, what are your opening hours]
hand_over:
  hours: mon-fri 09:00-17:00
"""
