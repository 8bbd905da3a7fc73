"""Second half of a turn: what is said, by what is known of the person now, and whether we ask something too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from segmentary.activation.chat.bot import Bot, Intent, Question, Script
from segmentary.activation.chat.saying import Fact, Line, line
from segmentary.activation.chat.state import Heard, Known, Reply, State, Waiting, Why, may_ask


def respond(bot: Bot, heard: Heard, known: Known) -> Reply:
    """Return the reply to what was heard."""
    state, why = heard.state, heard.why
    lines: list[Line] = []
    asked, handed_over, ended = "", "", ""
    for name in heard.say:
        lines += said(bot, closed(name, known), state, known)
    if heard.why.took.startswith("hand over: "):
        handed_over = heard.why.took.removeprefix("hand over: ").split(" (")[0]
    ask = heard.ask or bool(heard.follow)
    if heard.follow:
        more, state, ask = followed(bot, bot.intents[heard.follow], state, known)
        lines += more
    buttons = lines[-1].buttons if lines else ()
    if state.closing:
        lines, state, asked, ended = closing(bot, state, known, lines)
        buttons = lines[-1].buttons if lines else ()
    elif ask and not state.waiting.what and not state.handed_over:
        question = next_question(bot, state, known, why.intent or heard.follow)
        if question is not None:
            more = said(bot, question.words, state, known)
            if more:
                lines += more
                asked, buttons = question.name, more[-1].buttons
                state = asking(state, question)
    if state.waiting.what == "clarify":
        buttons = tuple(bot.intents[name].title for name in state.waiting.options)
    if state.waiting.what == "question" and not asked:
        buttons = tuple(one.label for one in bot.questions[state.waiting.name].choices)
    if state.waiting.what not in ("slot", "confirm"):
        # What was said in a script is used up with it.
        state = replace(state, told={})
    offers = tuple(one.offer for one in lines if one.offer)
    own = tuple(
        sorted({v.segment for one in lines for v in (bot.answers[one.answer].variants[one.variant],) if v.segment})
    )
    why = replace(why, answers=tuple(f"{one.answer}#{one.variant + 1}" for one in lines), segments=own, offers=offers)
    return Reply(tuple(lines), state, heard.effects, buttons, asked, handed_over, ended, why)


def said(bot: Bot, answer: str, state: State, known: Known) -> list[Line]:
    """Return an answer as a line: the first of its texts that is for this person; a missing one says nothing."""
    if answer.startswith("thanks/") and answer not in bot.answers:
        answer = "thanks"
    made = line(bot, answer, known.saying(told(state)), known.segments)
    return [] if made is None else [made]


def told(state: State) -> dict[str, Fact]:
    """Return what somebody said in a script, as it may be said back: labels, numbers and dates, never free words."""
    return {slot: label for slot, (_, label) in state.told.items() if label}


def closed(answer: str, known: Known) -> str:
    """Return the answer that fits the hour."""
    return "hand_over_closed" if answer == "hand_over" and not known.open else answer


def followed(bot: Bot, intent: Intent, state: State, known: Known) -> tuple[list[Line], State, bool]:
    """Return the answer to an intent, the state after it, and whether a question of ours may follow."""
    state = replace(state, then="")
    script = bot.scripts.get(intent.script)
    if script is not None:
        if script.verified and not known.own.verified:
            return unverified(bot, intent, state, known)
        return scripted(bot, script, state, known)
    lines = said(bot, intent.answer, state, known)
    if lines:
        return lines, state, True
    answer = bot.answers.get(intent.answer)
    if answer is None:
        return said(bot, "no_answer", state, known), state, False
    if not known.own.verified:
        return unverified(bot, intent, state, known)
    return said(bot, "no_facts", state, known), state, False


def unverified(bot: Bot, intent: Intent, state: State, known: Known) -> tuple[list[Line], State, bool]:
    """Ask who somebody is, or say that it cannot be seen."""
    if bot.verify != "email":
        return said(bot, "unverified", state, known), state, False
    state = replace(state, then=intent.name, waiting=Waiting("address"))
    return said(bot, "verify", state, known), state, False


def scripted(bot: Bot, script: Script, state: State, known: Known) -> tuple[list[Line], State, bool]:
    """Return the next slot of a script, or all of it read back for a clear yes."""
    for slot in script.slots:
        if slot.name.partition(".")[2] not in state.told:
            state = replace(state, waiting=Waiting("slot", slot.name))
            return said(bot, slot.words, state, known), state, False
    lines = said(bot, script.confirm, state, known)
    if not lines:
        return said(bot, "no_facts", state, known), replace(state, told={}), False
    return lines, replace(state, waiting=Waiting("confirm", script.name)), False


def next_question(bot: Bot, state: State, known: Known, intent: str) -> Question | None:
    """Return the first question that may be asked now."""
    for question in bot.questions.values():
        if question.name == bot.end_question and not question.after:
            continue
        if question.after and intent not in question.after:
            continue
        if may_ask(question, state, known, bot.questions_at_most):
            return question
    return None


def asking(state: State, question: Question) -> State:
    """Return the state after a question was put."""
    counts = {**state.asked, question.name: state.asked.get(question.name, 0) + 1}
    return replace(state, asked=counts, waiting=Waiting("question", question.name))


def closing(bot: Bot, state: State, known: Known, lines: Iterable[Line]) -> tuple[list[Line], State, str, str]:
    """Say goodbye, after one last question where there is one."""
    found = list(lines)
    if state.waiting.what == "question":
        return found, state, "", ""
    last = bot.questions.get(bot.end_question)
    if last is not None and may_ask(last, state, known, bot.questions_at_most + 1):
        found += said(bot, last.words, state, known)
        return found, asking(state, last), last.name, ""
    found += said(bot, "goodbye", state, known)
    return found, replace(state.free(), ended=True, closing=False), "", "goodbye"


def greeting(bot: Bot, known: Known) -> Reply:
    """Return how a conversation begins."""
    lines = tuple(said(bot, "greeting", State(), known))
    return Reply(lines, State(), (), lines[-1].buttons if lines else (), why=Why(took="greeting"))
