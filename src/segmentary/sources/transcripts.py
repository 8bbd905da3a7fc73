"""Transcripts of interviews: speaker turns in plain text, Markdown, WebVTT or SubRip.

A turn begins with who speaks and a colon (``Interviewer: ...``, ``P03: ...``, ``[00:01:05] Anna: ...``) or, in subtitle
files, with a time and a voice. Lines before the first turn may say what the interview is about: ``Participant: P03``,
``Date: 2026-03-01``, ``Interview: 7``, ``Customer: C-17``.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from segmentary.errors import SourceError
from segmentary.sources.base import FileFacts
from segmentary.sources.delivery import Tabular, text_batches, text_schema
from segmentary.sources.files import LIMITS, Limits, head, readable, text_facts, text_of

COLUMNS = ("interview", "participant", "customer", "date", "speaker", "role", "starts", "text")
CLOCK = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
TURN = re.compile(
    rf"(?:[\[(]?(?P<before>{CLOCK})[\])]?\s*[-–]?\s*)?"
    rf"(?P<who>[^\W\d_][\w.'’-]*(?: [\w.'’&-]+){{0,4}}|[A-Z]{{1,3}}\d{{1,4}})\s*"
    rf"(?:[\[(](?P<after>{CLOCK})[\])])?\s*:\s+(?P<text>\S.*)"
)
CUE = re.compile(rf"\s*({CLOCK})\s*-->\s*{CLOCK}.*")
VOICE = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]+)>")
MARK = re.compile(r"</?[a-z][^>]*>", re.I)
BOLD = re.compile(r"\*\*|__|^#+\s+|^>\s+|^[-*]\s+")
FACTS = {
    "interview": ("interview", "interview id", "interview no", "interview number", "session", "transcript"),
    "participant": ("participant", "participant id", "respondent", "respondent id", "interviewee", "teilnehmer"),
    "customer": ("customer", "customer id", "customer number", "kunde", "kundennummer"),
    "date": ("date", "interview date", "recorded", "datum"),
}
ASKING = re.compile(
    r"(?:interviewer(?:in)?|moderator(?:in)?|researcher|facilitator|host|int|mod|i|m|q|iv|interviewleiter(?:in)?)\d*",
    re.IGNORECASE,
)
CODE = re.compile(r"[A-Z]{1,4}[-_ ]?\d{1,5}")
FEWEST_TURNS = 4
MOST_SPEAKERS = 15
LARGEST = 20_000_000


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: who speaks, since when, and what is said."""

    speaker: str
    starts: str
    text: str


def parsed(text: str) -> tuple[dict[str, str], list[Turn]]:
    """Return what is said about the interview, and its turns."""
    facts: dict[str, str] = {}
    turns: list[Turn] = []
    starts = ""
    for line in text.splitlines():
        plain = BOLD.sub("", line.replace("\ufeff", "").strip()).strip()
        cue = CUE.fullmatch(plain)
        if cue:
            starts = cue[1]
            continue
        if not plain or plain.isdigit() or plain.startswith(("WEBVTT", "NOTE ", "STYLE")) or set(plain) <= set("-=_ "):
            continue
        voice = VOICE.search(plain)
        plain = MARK.sub("", plain).strip()
        found = TURN.fullmatch(plain)
        if voice:
            turns.append(Turn(voice[1].strip(), starts, plain))
        elif found and not turns and (name := fact(found["who"])) and len(found["text"]) < 60:
            facts[name] = found["text"].strip()
        elif found:
            turns.append(Turn(found["who"].strip(), found["before"] or found["after"] or starts, found["text"].strip()))
        elif turns:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n{plain}")
    return facts, joined(turns)


def joined(turns: Sequence[Turn]) -> list[Turn]:
    """Return turns with those of one speaker in a row made one, as subtitles cut them."""
    out: list[Turn] = []
    for turn in turns:
        if out and out[-1].speaker == turn.speaker and turn.starts and out[-1].starts:
            out[-1] = replace(out[-1], text=f"{out[-1].text} {turn.text}")
        else:
            out.append(turn)
    return out


def fact(label: str) -> str:
    """Return what a line before the first turn says, "" where it is a speaker."""
    plain = re.sub(r"[\W_]+", " ", label).strip().lower()
    return next((name for name, words in FACTS.items() if plain in words), "")


def is_transcript(text: str) -> bool:
    """Say whether a text is a conversation: few speakers who take turns, and hardly anything else."""
    _, turns = parsed(text)
    if len(turns) < FEWEST_TURNS:
        return False
    speakers = Counter(turn.speaker for turn in turns)
    if len(speakers) < 2 or len(speakers) > MOST_SPEAKERS or len(turns) < 2 * len(speakers) - 1:
        return False
    asked = any(ASKING.fullmatch(who) or CODE.fullmatch(who) for who in speakers)
    return asked or sum(1 for turn in turns if "?" in turn.text) >= 0.15 * len(turns)


def is_transcript_file(path: Path) -> bool:
    """Say the same of a file by its beginning."""
    try:
        start = head(path, 65_536)
    except (SourceError, OSError):
        return False
    return is_transcript(
        start.decode("utf-8", errors="replace").rpartition("\n")[0] or start.decode("utf-8", "replace")
    )


def roles(turns: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return who asks and who answers: by what speakers are called, else by who asks most questions.

    turns : (speaker, text) of each turn.

    Examples
    --------
    >>> roles([("Eva", "How was it?"), ("Ann", "Fine."), ("Eva", "Why?"), ("Ann", "The staff.")])
    {'Eva': 'asks', 'Ann': 'answers'}
    """
    speakers = list(dict.fromkeys(who for who, _ in turns))
    asking = {who for who in speakers if ASKING.fullmatch(who.strip())}
    if not asking and len(speakers) > 1:
        share = {who: [("?" in text) for one, text in turns if one == who] for who in speakers}
        rates = sorted(((sum(found) / len(found), who) for who, found in share.items()), reverse=True)
        coded = {who for who in speakers if CODE.fullmatch(who)}
        if rates[0][0] >= 0.4 and rates[0][0] >= 2 * rates[1][0] and rates[0][1] not in coded:
            asking = {rates[0][1]}
    return {who: "asks" if who in asking else "answers" for who in speakers}


class Transcript(Tabular):
    """One interview: a row is a turn."""

    def __init__(self, name: str, path: Path, *, encoding: str = "", limits: Limits = LIMITS) -> None:
        super().__init__(name, str(path), path, limits=limits)
        self.file = readable(path)
        self.text = text_facts(self.file, encoding=encoding, limits=limits)
        if self.text.decoded_bytes > LARGEST:
            raise SourceError(f"{path}: more than {LARGEST:,} bytes are no interview", hint="split it into interviews")

    @cached_property
    def content(self) -> list[tuple[int, tuple[str | None, ...]]]:
        """The numbered turns."""
        text = "".join(text_of(self.file, self.text))
        facts, turns = parsed(text)
        interview = facts.get("interview") or hashlib.sha256(text.encode()).hexdigest()[:12]
        role = roles([(turn.speaker, turn.text) for turn in turns])
        coded = {who for who, does in role.items() if does == "answers" and CODE.fullmatch(who)}
        alone = next(iter(coded)) if len(coded) == 1 else facts.get("participant")
        out: list[tuple[int, tuple[str | None, ...]]] = []
        for number, turn in enumerate(turns, start=1):
            participant = turn.speaker if turn.speaker in coded else alone
            told = (interview, participant, facts.get("customer"), facts.get("date"), turn.speaker)
            out.append((number, (*told, role[turn.speaker], turn.starts or None, turn.text)))
        return out

    @property
    def facts(self) -> FileFacts:
        """How the file is written."""
        return FileFacts("transcript", encoding=self.text.encoding, rows=len(self.content))

    @property
    def schema(self) -> pa.Schema:
        """``row_number`` and the columns of a turn."""
        return text_schema(COLUMNS)

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield the turns."""
        yield from text_batches(iter(self.content), self.schema)
