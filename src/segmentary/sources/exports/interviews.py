"""Interviews: every turn is a message; what the interviewer says goes out, what the person says comes in.

Who was interviewed is a customer only where the transcript names one; everybody else answers for the market. Interviews
are for understanding, not for counting: they make nobody a customer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

from segmentary.sources.exports.export import (
    Export,
    Made,
    Part,
    Raw,
    Reader,
    Record,
    RowRefused,
    SetAside,
    messages_part,
)
from segmentary.sources.exports.tables import Row, plain
from segmentary.sources.market import MARKET
from segmentary.sources.transcripts import CODE, COLUMNS, roles

SPEAKER = "speaker|speaker_name|speaker_label|who"
TEXT = "text|utterance|transcript|content|sentence|words"
INTERVIEW = "interview|interview_id|session|session_id|transcript_id|recording|recording_id|file"
PARTICIPANT = "participant|participant_id|respondent|respondent_id|interviewee"
CUSTOMER = "customer|customer_id"
WHEN = "date|interview_date|recorded_at|happened_at"
ALLOWED = frozenset(
    plain(word)
    for spec in (SPEAKER, TEXT, INTERVIEW, PARTICIPANT, CUSTOMER, WHEN)
    for word in spec.split("|")
) | frozenset(("role", "starts", "start", "starttime", "timestamp", "time", "end", "endtime", "ends", "turn", "id",
               "index", "line", "confidence", "language", "duration"))  # fmt: skip


class Interviews(Export):
    """Transcripts with turns of speakers, as text or as a table."""

    name = "interviews"
    title = "Interviews"
    form = "table"

    def recognises(self, raw: Raw) -> str:
        """Return why the file is a transcript."""
        if raw.names == COLUMNS:
            return "speakers take turns in it"
        names = {plain(name): name for name in raw.names}
        if not any(plain(one) in names for one in SPEAKER.split("|")) or not names.keys() <= ALLOWED:
            return ""
        rows = [Row(names, record) for record in raw.head]
        told = [(who, said) for row in rows if (who := row(SPEAKER)) and (said := row(TEXT))]
        speakers = {who for who, _ in told}
        if len(told) < 2 or not 2 <= len(speakers) <= 15 + len(told) // 20:
            return ""
        return f"{len(speakers)} speakers take turns in it" if "asks" in roles(told).values() else ""

    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return what was said by participants, and by customers."""
        part = messages_part("", "turns of interviews", id_space=MARKET)
        return part, replace(
            part, name="customers", title="turns with customers", mapping=replace(part.mapping, id_space="customer")
        )

    def reader(self, raw: Raw) -> Reader:
        """Return the function that makes a message of each turn."""
        names = {plain(name): name for name in raw.names}
        rows = [Row(names, record) for record in raw.head]
        role = roles([(row(SPEAKER) or "", row(TEXT) or "") for row in rows])
        coded: dict[str | None, set[str]] = {}
        for row in rows:
            if (who := row(SPEAKER)) and CODE.fullmatch(who) and role[who] == "answers":
                coded.setdefault(row(INTERVIEW), set()).add(who)
        known = hashlib.sha256(json.dumps([str(sorted(map(str, r.items()))) for r in raw.head]).encode()).hexdigest()

        def read(number: int, record: Record) -> Iterator[Made]:
            row = Row(names, record)
            text, who = row(TEXT), row(SPEAKER)
            if text is None:
                raise SetAside("nothing is said in it")
            if who is None:
                raise RowRefused("nobody is named as the speaker")
            asks = (row("role") or role.get(who, "answers")) in ("asks", "interviewer", "moderator")
            interview = row(INTERVIEW) or known[:12]
            answering = coded.get(row(INTERVIEW), set())
            alone = next(iter(answering)) if len(answering) == 1 else interview
            own = who if CODE.fullmatch(who) and not asks else alone
            person = row(CUSTOMER) or row(PARTICIPANT) or own
            yield Made(
                "customers" if row(CUSTOMER) else "",
                {
                    "message_id": f"{interview}/{number}",
                    "conversation_id": interview,
                    "record_id": person,
                    "channel": "interview",
                    "direction": "out" if asks else "in",
                    "happened_at": row(WHEN),
                    "text": text,
                },
            )

        return read
