"""Codes and themes counted: of a survey by its design, of messages by people, of interviews by mentions only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from segmentary.errors import NoAnswerError, UsageError
from segmentary.models.progress import Tell, quiet, within
from segmentary.workspace.moments import Moment, as_of_instant
from segmentary.workspace.voice_texts import LeftOut, Said, said

if TYPE_CHECKING:
    from segmentary.models.voice.coding import Coder
    from segmentary.models.voice.embedding import Embedder
    from segmentary.models.voice.theme_results import CountedMentions, CountedShares
    from segmentary.models.voice.themes import Themes
    from segmentary.workspace.workspace import Workspace

INTERVIEWS = frozenset({"interview", "interviews", "focus_group", "depth_interview", "diary"})
CODED = ("need", "pain", "topic", "intent")
QUOTES = 3
FOUND = "theme"
ThemesFound: TypeAlias = "CountedShares | CountedMentions"


@dataclass(frozen=True, slots=True)
class Mention:
    """One code in one text. text : its place among the texts; quote : the words that carry it, redacted."""

    text: int
    kind: str
    code: str
    quote: str
    sentiment: float | None


@dataclass(frozen=True)
class Gathered:
    """Texts with their codes. titles : what people read of a code; found : themes nobody wrote a code for."""

    texts: Sequence[Said]
    mentions: Sequence[Mention]
    titles: Mapping[tuple[str, str], str]
    left_out: LeftOut
    found: Themes | None
    source: str


def themes(
    workspace: Workspace,
    names: Sequence[str] = (),
    *,
    survey: str | None = None,
    item: str | None = None,
    channel: str | None = None,
    segments: Sequence[str] = (),
    since: Moment = None,
    discover: bool = False,
    human: str | Path | None = None,
    embedder: Embedder | None = None,
    hide: Sequence[str] = (),
    seed: int = 0,
    tell: Tell = quiet,
) -> ThemesFound:
    """Count the codes of models and a codebook kept, or themes found in the texts themselves.

    Parameters
    ----------
    names : what to code with; none: all in force; with `discover`, or where nothing is kept, themes are found instead.
    survey, item : answers to it (items answered in sentences). channel : messages of it; neither: all messages.
    segments : compare these with everybody else. human : a CSV of codes people gave: text (or message), code, coder.
    hide : what is taken out of quotes beyond addresses and numbers: ``order``.

    Raises
    ------
    NoAnswerError
        when nobody said anything.
    """
    tell("reading what was said", 0.0)
    start = None if since is None else as_of_instant(since, workspace.settings.timezone)
    texts, left_out = asked(workspace, survey, item, channel, start)
    place = f"{survey}: {item}" if item else survey or channel or "messages"
    coded = None if discover else coder_of(workspace, names)
    gathered = (
        by_coder(texts, coded, left_out, place, hide, within(tell, 0.1, 0.8))
        if coded is not None
        else by_words(texts, left_out, place, hide, seed, embedder, within(tell, 0.1, 0.8))
    )
    tell("counting", 0.85)
    agreed = agreement_with(gathered, Path(human), seed) if human is not None else None
    if qualitative(texts):
        from segmentary.workspace.voice_counting import mentioned

        if segments:
            raise UsageError("segments cannot be compared by interviews", hint="ask in a survey")
        return mentioned(gathered, agreed)
    from segmentary.workspace.voice_counting import counted_shares

    return counted_shares(workspace, gathered, segments, agreed)


def asked(
    workspace: Workspace, survey: str | None, item: str | None, channel: str | None, since: dt.datetime | None
) -> tuple[list[Said], LeftOut]:
    """Return the texts of a survey's answers, of a channel, or of all channels but interviews; and who was left out."""
    if survey is not None and channel is not None:
        raise UsageError("a survey is no channel", hint="--survey with --item, or --channel")
    channels = (channel,) if channel is not None else ()
    texts, left_out = said(
        workspace, since=since, channels=channels, survey=survey, items=(item,) if item is not None else ()
    )
    if survey is None:
        texts = [one for one in texts if one.kind == "message" or channel == "survey"]
    if survey is None and channel is None and not all(map(of_interview, texts)):
        # Interviews are counted in another way: whoever wants them names them.
        texts = [one for one in texts if not of_interview(one)]
    if not texts:
        raise NoAnswerError("nobody said anything there", hint="load messages or answers, or ask for another place")
    return texts, left_out


def qualitative(texts: Sequence[Said]) -> bool:
    """Say whether any of the texts is of an interview: then no share of people means anything."""
    return any(map(of_interview, texts))


def of_interview(one: Said) -> bool:
    """Say whether a text is of an interview."""
    return interviewed(one.channel)


def interviewed(channel: str | None) -> bool:
    """Say whether a channel is interviews."""
    return (channel or "").lower().replace(" ", "_") in INTERVIEWS


def coder_of(workspace: Workspace, names: Sequence[str]) -> Coder | None:
    """Return what to code with; None where nothing is kept and nothing was asked for."""
    if not names and not workspace.voices.kept():
        return None
    return workspace.voices.coder(*names)


def by_coder(
    texts: Sequence[Said], coder: Coder, left_out: LeftOut, source: str, hide: Sequence[str], tell: Tell
) -> Gathered:
    """Return texts with the codes of a coder."""
    found = []
    for number, one in enumerate(texts):
        if number % 200 == 0:
            tell(f"{number:,} of {len(texts):,} texts coded", number / len(texts))
        for passage in coder.code(one.text):
            for kind in CODED:
                code = getattr(passage, kind)
                if code is not None:
                    found.append(Mention(number, kind, code, shown(passage.quote, hide), passage.sentiment))
    codes = coder.codebook.codes if coder.codebook is not None else ()
    titles: dict[tuple[str, str], str] = {(one.kind, one.code): one.name for one in codes}
    return Gathered(texts, found, titles, left_out, None, source)


def by_words(
    texts: Sequence[Said], left_out: LeftOut, source: str, hide: Sequence[str], seed: int, embedder: Embedder | None,
    tell: Tell,
) -> Gathered:  # fmt: skip
    """Return texts with the themes found in them; the quotes are those of the theme."""
    from segmentary.models.voice.language import language_of
    from segmentary.models.voice.sentiment import sentiment
    from segmentary.models.voice.themes import find_themes
    from segmentary.models.voice.words import around

    found = find_themes([one.text for one in texts], seed=seed, embedder=embedder, tell=tell)
    typical = {(k, i): (start, end) for k, theme in enumerate(found.themes) for i, start, end in theme.quotes}
    mentions = []
    # Typical texts first: quotes are taken in the order of mentions.
    order = sorted(range(len(texts)), key=lambda i: ((int(found.members[i]), i) not in typical, i))
    for i in order:
        k = int(found.members[i])
        if k < 0:
            continue
        text = texts[i].text
        start, end = typical.get((k, i)) or around(text, 0, 0)
        mood = sentiment(text, language_of(text)).value
        mentions.append(Mention(i, FOUND, found.themes[k].key, shown(text[start:end], hide), mood))
    titles = {(FOUND, one.key): one.name for one in found.themes}
    return Gathered(texts, mentions, titles, left_out, found, source)


def shown(quote: str, hide: Sequence[str]) -> str:
    """Return a quote as it may be read by others: without what says who it is, markup or line breaks."""
    from segmentary.models.voice.redact import DETECTORS, USUAL, redacted
    from segmentary.models.voice.words import plain

    more: list[Any] = [one for one in hide if one in DETECTORS and one not in USUAL]
    return " ".join(redacted(plain(quote), (*USUAL, *more)).split())


def agreement_with(gathered: Gathered, path: Path, seed: int) -> Any:
    """Return how far the codes agree with those people gave in a file.

    Its columns: ``text`` or ``message`` (the key of an event), ``code`` (empty: none), and ``coder`` where several did.

    Raises
    ------
    UsageError
        when the file is not there, or has no such columns.
    NoAnswerError
        when none of its texts is among those counted.
    """
    import csv

    from segmentary.models.voice.agreement import agreement

    if not path.is_file():
        raise UsageError(f"there is no file {path}", hint="columns: text, code, coder")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or "code" not in rows[0] or not ({"text", "message"} & set(rows[0])):
        raise UsageError(f"{path.name} has no columns text and code", hint="columns: text (or message), code, coder")
    given: dict[str, dict[str, str]] = defaultdict(dict)
    codes = {row["code"] for row in rows if row["code"]}
    for row in rows:
        key = row.get("message") or " ".join((row.get("text") or "").split())
        given[key][row.get("coder") or "human"] = row["code"] or "none"
    mine: dict[int, list[str]] = defaultdict(list)
    for one in gathered.mentions:
        if one.code in codes:
            mine[one.text].append(one.code)
    people = sorted({coder for own in given.values() for coder in own})
    table: list[list[str | None]] = []
    for i, text in enumerate(gathered.texts):
        own = given.get(text.key) or given.get(" ".join(text.text.split()))
        if own:
            told = mine.get(i, [])
            # Of several codes of one text the one a person gave too counts as what was said.
            same = next((code for code in told if code in own.values()), told[0] if told else "none")
            table.append([same, *(own.get(coder) for coder in people)])
    if not table:
        raise NoAnswerError(f"none of the texts of {path.name} is among those counted", hint="the text as it was said")
    return agreement(table, seed=seed)
