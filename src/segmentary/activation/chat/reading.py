"""Read a bot out of its document, every mistake with file and line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from segmentary.activation.chat.bot import KINDS, Answer, Bot, Choice, HandOver, Intent, Question, Script, Variant
from segmentary.activation.chat.standing_texts import BY_LANGUAGE, STANDING, YES_AND_NO
from segmentary.activation.chat.template import template
from segmentary.activation.chat.words import A_PERSON, COMPLAINT, GOODBYE
from segmentary.activation.document_parts import share_of, texts_of
from segmentary.language.cursor import Cursor
from segmentary.profiles.naming import sensitivity_of

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
SPAN = re.compile(r"(\d+)\s*(d|days?|w|weeks?|h|hours?|min|minutes?)\Z")
UNITS = {"m": 1, "h": 60, "d": 1_440, "w": 10_080}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})\Z")
TOP = (
    "bot", "title", "languages", "answers", "intents", "questions", "scripts", "hand_over", "end", "threshold",
    "margin", "questions_at_most", "voice", "verify", "notes", "owner",
)  # fmt: skip
INTENT = ("examples", "keywords", "answer", "script", "hand_over", "label")
VARIANT = ("segment", "text", "offers", "buttons")
QUESTION = (
    "trait", "kind", "ask", "why", "choices", "after", "segments", "older_than", "at_most", "within",
    "again_after_declining", "purpose", "channel", "reason", "lowest", "highest", "thanks",
)  # fmt: skip


def bot_from(document: Mapping[str, Any]) -> Bot:
    """Return the bot of a kept document."""
    return read_bot(Cursor(document))


def read_bot(at: Cursor) -> Bot:
    """Return the bot that stands in a document.

    Raises
    ------
    DefinitionError
        naming file and line, what is wrong, and what to do.
    """
    at.only(TOP, "a bot")
    name = word(at.required("bot", "a bot"))
    languages = texts_of(at.optional("languages")) or ("en",)
    standing = BY_LANGUAGE.get(languages[0], STANDING)
    answers = {key: Answer(key, (Variant(template(text)),)) for key, text in standing.items()}
    answers |= read_answers(at.optional("answers"))
    said = YES_AND_NO.get(languages[0], YES_AND_NO["en"])
    questions = {
        key: read_question(one, key, answers, said) for key, one in named(at.optional("questions"), "questions")
    }
    scripts = {key: read_script(one, key, answers, said) for key, one in named(at.optional("scripts"), "scripts")}
    intents = {key: read_intent(one, key, answers, scripts) for key, one in named(at.optional("intents"), "intents")}
    for key, one in named(at.optional("questions"), "questions"):
        refuse_unknown(one, "after", questions[key].after, intents, "intent")
    hand_over = read_hand_over(at.optional("hand_over"), answers)
    end = at.optional("end")
    end_words, end_question, silent = GOODBYE, "", 30
    if end is not None:
        end.only(("words", "text", "ask", "silent_after"), "end")
        end_words = texts_of(end.optional("words")) or GOODBYE
        end_question = end.optional_text("ask") or ""
        silent = span(end.optional("silent_after"), 30)
        if end_question:
            refuse_unknown(end, "ask", (end_question,), questions, "question")
        own_text(end, "text", "goodbye", answers)
    questions_at_most = at.optional("questions_at_most")
    return Bot(
        name=name,
        title=at.optional_text("title") or name,
        languages=languages,
        answers=answers,
        intents=intents,
        questions=questions,
        scripts=scripts,
        hand_over=hand_over,
        threshold=0.4 if (part := at.optional("threshold")) is None else share_of(part),
        margin=0.05 if (part := at.optional("margin")) is None else share_of(part),
        questions_at_most=2 if questions_at_most is None else questions_at_most.whole(least=0),
        silent_minutes=silent,
        end_words=end_words,
        end_question=end_question,
        voice=at.optional_text("voice") or "",
        verify=at.optional_word("verify", ("", "email"), ""),
    )


# ---------------------------------------------------------------- parts


def read_answers(at: Cursor | None) -> dict[str, Answer]:
    """Return the answers by id: a text, or variants in order of priority."""
    return {key: Answer(key, variants(one)) for key, one in named(at, "answers")}


def variants(at: Cursor) -> tuple[Variant, ...]:
    """Return the texts of one answer."""
    if not isinstance(at.content, list | tuple):
        return (variant(at),)
    return tuple(variant(one) for one in at.items("an answer"))


def variant(at: Cursor) -> Variant:
    """Return one text: alone, or with whom it is for."""
    if isinstance(at.content, str):
        return Variant(at.checked(template))
    at.only(VARIANT, "a text of an answer")
    return Variant(
        at.required("text", "a text of an answer").checked(template),
        at.optional_text("segment") or "",
        at.optional_text("offers") or "",
        texts_of(at.optional("buttons")),
    )


def own_text(at: Cursor, key: str, answer: str, answers: dict[str, Answer]) -> None:
    """Take the text under a key as the answer of that id."""
    part = at.optional(key)
    if part is not None:
        answers[answer] = Answer(answer, variants(part))


def read_intent(at: Cursor, name: str, answers: Mapping[str, Answer], scripts: Mapping[str, Script]) -> Intent:
    """Return an intent; without another word its answer is the one of its own name."""
    at.only(INTENT, "an intent")
    script = at.optional_text("script") or ""
    hand_over = at.optional("hand_over")
    if hand_over is not None:
        hand_over.flag()
    told = at.optional_text("answer")
    answer = told if told is not None else "" if script or hand_over is not None else name
    if script and script not in scripts:
        raise at.down("script").wrong(f"there is no script {script!r}", f"scripts: {', '.join(scripts) or 'none yet'}")
    if told is not None and told not in answers:
        raise at.down("answer").wrong(f"there is no answer {told!r}", nearest(told, answers))
    examples, keywords = texts_of(at.optional("examples")), texts_of(at.optional("keywords"))
    if not examples and not keywords:
        raise at.wrong(f"nothing leads to the intent {name!r}", "give it examples: phrases people use")
    return Intent(name, examples, keywords, answer, script, hand_over is not None, at.optional_text("label") or "")


def read_question(
    at: Cursor, name: str, answers: dict[str, Answer], yes_and_no: tuple[str, ...], *, slot: bool = False
) -> Question:
    """Return a question; a question about a special category of data needs its reason."""
    at.only(QUESTION if not slot else ("ask", "kind", "choices", "lowest", "highest"), "a question")
    kind = at.optional_word("kind", KINDS, "choice" if "choices" in at.mapping("a question") else "free")
    ask = at.required("ask", "a question").checked(template)
    trait = at.optional_text("trait") or name
    consent = kind == "consent"
    reason = at.optional_text("reason") or ""
    if not slot and sensitivity_of(trait, "text") == "special" and not reason:
        raise at.wrong(
            f"{trait!r} is a special category of personal data (health, belief, origin, ...)",
            "do not ask it; where the law allows it, write the ground under reason:",
        )
    choices = tuple(read_choice(one) for one in at.down("choices").items("choices")) if at.optional("choices") else ()
    if kind in ("choice", "choices") and len(choices) < 2:
        raise at.wrong("a choice needs two choices at least", "choices: [yes, no], or another kind")
    why = at.optional_text("why") or ""
    buttons = yes_and_no if kind in ("yes_no", "consent") else tuple(one.label for one in choices)
    prefix = "slot" if slot else "question"
    words = template(f"{ask.source} {why}".strip())
    answers[f"{prefix}/{name}"] = Answer(f"{prefix}/{name}", (Variant(words, buttons=buttons),))
    if not slot:
        own_text(at, "thanks", f"thanks/{name}", answers)
    rating = kind == "rating"
    return Question(
        name=name,
        trait=trait,
        kind=kind,  # type: ignore[arg-type]
        ask=ask.source,
        why=why,
        choices=choices,
        after=texts_of(at.optional("after")),
        segments=texts_of(at.optional("segments")),
        older_than_days=span(at.optional("older_than"), 0) // UNITS["d"],
        at_most=2 if at.optional("at_most") is None else at.down("at_most").whole(),
        within_days=span(at.optional("within"), 90 * UNITS["d"]) // UNITS["d"],
        again_after_decline_days=span(at.optional("again_after_declining"), 365 * UNITS["d"]) // UNITS["d"],
        purpose=at.required("purpose", "a consent question").name() if consent else "",
        channel=at.required("channel", "a consent question").name() if consent else "",
        reason=reason,
        lowest=figure(at.optional("lowest"), 1.0 if rating else None),
        highest=figure(at.optional("highest"), 5.0 if rating else None),
    )


def read_choice(at: Cursor) -> Choice:
    """Return one choice: a word, or value, label, synonyms and the numbers that mean it."""
    if isinstance(at.content, str | int | Decimal) and not isinstance(at.content, bool):
        text = at.text()
        return Choice(text, text.replace("_", " "))
    at.only(("value", "label", "also", "from", "to"), "a choice")
    value = at.required("value", "a choice").name()
    label = at.optional_text("label") or value.replace("_", " ")
    return Choice(
        value, label, texts_of(at.optional("also")), figure(at.optional("from"), None), figure(at.optional("to"), None)
    )


def read_script(at: Cursor, name: str, answers: dict[str, Answer], yes_and_no: tuple[str, ...]) -> Script:
    """Return a script: slots, what is read back, what is said when it is done."""
    at.only(("slots", "confirm", "done", "event", "verified"), "a script")
    slots = []
    for key, one in named(at.optional("slots"), "slots"):
        slots.append(read_question(one, f"{name}.{key}", answers, yes_and_no, slot=True))
    answers[f"confirm/{name}"] = Answer(f"confirm/{name}", variants(at.required("confirm", "a script")))
    answers[f"done/{name}"] = Answer(f"done/{name}", variants(at.required("done", "a script")))
    event = at.required("event", "a script")
    verified = at.optional("verified")
    if verified is not None and not isinstance(verified.content, bool):
        raise verified.wrong("true or false belongs here")
    needs = True if verified is None else bool(verified.content)
    return Script(name, tuple(slots), word(event), f"confirm/{name}", f"done/{name}", needs)


def read_hand_over(at: Cursor | None, answers: dict[str, Answer]) -> HandOver:
    """Return when a person takes over, and what is said then."""
    if at is None:
        return HandOver(A_PERSON, COMPLAINT)
    at.only(("words", "complaints", "misses", "mood", "hours", "timezone", "text", "closed"), "hand_over")
    own_text(at, "text", "hand_over", answers)
    own_text(at, "closed", "hand_over_closed", answers)
    misses = at.optional("misses")
    words, complaints = at.optional("words"), at.optional("complaints")
    return HandOver(
        (*A_PERSON, *texts_of(words)),
        (*COMPLAINT, *texts_of(complaints)),
        3 if misses is None else misses.whole(),
        0.9 if (mood := at.optional("mood")) is None else share_of(mood),
        read_hours(at.optional("hours")),
        at.optional_text("timezone") or "",
    )


def read_hours(at: Cursor | None) -> dict[int, tuple[int, int]]:
    """Return minutes of opening and closing by weekday, of ``mon-fri 09:00-17:00``."""
    found: dict[int, tuple[int, int]] = {}
    for one in [] if at is None else [at] if isinstance(at.content, str) else at.items("hours"):
        match = HOURS.match(one.text().lower().strip())
        days = (match[1], match[2] or match[1]) if match else ("", "")
        if match is None or days[0] not in WEEKDAYS or days[1] not in WEEKDAYS:
            raise one.wrong(f"{one.content!r} says no hours", "write them as mon-fri 09:00-17:00")
        opens, closes = int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6])
        first, last = WEEKDAYS.index(days[0]), WEEKDAYS.index(days[1])
        if not opens < closes <= 1_440 or first > last:
            raise one.wrong(f"{one.content!r} ends before it begins", "write nights as two lines")
        found |= dict.fromkeys(range(first, last + 1), (opens, closes))
    return found


# ---------------------------------------------------------------- scalars


def named(at: Cursor | None, what: str) -> Iterable[tuple[str, Cursor]]:
    """Yield the parts under names, each name checked."""
    if at is None:
        return
    for key in at.mapping(what):
        if not NAME.match(str(key)):
            raise at.down(key).wrong(f"{key!r} cannot be a name", "names are lower_snake: order_status")
        yield key, at.down(key)


def word(at: Cursor) -> str:
    """Return a lower_snake name."""
    text = at.name()
    if not NAME.match(text):
        raise at.wrong(f"{text!r} cannot be a name", "names are lower_snake: order_status")
    return text


def figure(at: Cursor | None, default: float | None) -> float | None:
    """Return a number."""
    if at is None:
        return default
    value = at.scalar()
    if not isinstance(value, Decimal):
        raise at.wrong(f"{str(at.content)!r} is no number")
    return float(value)


def span(at: Cursor | None, default: int) -> int:
    """Return minutes of a length of time such as ``30min``, ``90d``."""
    if at is None:
        return default
    match = SPAN.match(at.text().strip().lower())
    if match is None:
        raise at.wrong(f"{at.content!r} is no length of time", "write it as 30min, 12h or 90d")
    return int(match[1]) * UNITS[match[2][0]]


def refuse_unknown(at: Cursor, key: str, names: Iterable[str], known: Mapping[str, object], kind: str) -> None:
    """Refuse names that stand for nothing."""
    for name in names:
        if name not in known:
            raise at.down(key).wrong(f"there is no {kind} {name!r}", nearest(name, known))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint naming the nearest of some names."""
    import difflib

    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names) or 'none yet'}"


def plain_document(content: object) -> Any:
    """Return a document as JSON values: exact numbers stay exact."""
    match content:
        case Mapping():
            return {str(key): plain_document(one) for key, one in content.items()}
        case list() | tuple():
            return [plain_document(one) for one in content]
        case Decimal():
            return int(content) if content == content.to_integral_value() else float(content)
        case dt.datetime() | dt.date():
            return content.isoformat()
        case _:
            return content
