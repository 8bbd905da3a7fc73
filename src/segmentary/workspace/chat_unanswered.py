"""What people asked and the bots had no answer to, most often asked first: what to write answers for."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.ledger.ledger import instant

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

MOST = 20_000
LOST = ("not understood", "nothing near", "two are near", "too long")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One question nobody answered. words : as it was last asked; times : how often; last : when."""

    bot: str
    words: str
    times: int
    last: dt.datetime
    conversation: str


def unanswered(workspace: Workspace, limit: int = 50) -> list[Unanswered]:
    """Return questions the bots did not understand, of the newest turns; the same words count as one question."""
    rows = workspace.ledger.rows(
        "select t.conversation, t.direction, t.text, t.detail, t.happened_at, c.bot from turns t"
        " join conversations c on c.conversation = t.conversation order by t.number desc limit ?",
        MOST,
    )
    times: Counter[tuple[str, str]] = Counter()
    newest: dict[tuple[str, str], Unanswered] = {}
    lost: set[str] = set()
    for conversation, direction, text, detail, happened_at, bot in rows:
        if direction == "out":
            lost.discard(conversation)
            if not_understood(detail):
                lost.add(conversation)
            continue
        if conversation not in lost:
            continue
        lost.discard(conversation)
        key = (bot, " ".join(text.casefold().split()).rstrip("?!. "))
        if not key[1]:
            continue
        times[key] += 1
        newest.setdefault(key, Unanswered(bot, text, 1, instant(happened_at), conversation))
    found = [Unanswered(one.bot, one.words, times[key], one.last, one.conversation) for key, one in newest.items()]
    return sorted(found, key=lambda one: (-one.times, one.words))[:limit]


def not_understood(detail: str) -> bool:
    """Say whether a reply was one of those that have no answer."""
    try:
        why = (json.loads(detail).get("reply") or {}).get("why") or {}
    except (ValueError, AttributeError):
        return False
    took = str(why.get("took", ""))
    return any(took.startswith(one) for one in LOST) or (not why.get("intent") and took == "nothing")
