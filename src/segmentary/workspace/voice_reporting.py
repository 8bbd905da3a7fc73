"""The report of voices: what was said everywhere, counted; what cannot be said is named."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import NoAnswerError
from segmentary.models.progress import Tell, within
from segmentary.schema import EVENTS, VOICE_CODED
from segmentary.workspace.voice_texts import said
from segmentary.workspace.voice_themes import interviewed, of_interview, themes

if TYPE_CHECKING:
    from segmentary.report.files import DocumentFiles
    from segmentary.report.voices.data import MoodMonth, VoicesData
    from segmentary.workspace.workspace import Workspace


def write_voices(workspace: Workspace, path: Path | None, hide: Sequence[str], tell: Tell) -> DocumentFiles:
    """Write the report of voices into a folder.

    Raises
    ------
    NoAnswerError
        when nobody said anything.
    """
    from segmentary.report.voices.report import render_voices

    data = voices_data(workspace, hide, within(tell, 0.0, 0.75))
    folder = path if path is not None else workspace.folder.root / "reports" / "voices"
    return render_voices(data, folder, tell=within(tell, 0.75, 1.0))


def voices_data(workspace: Workspace, hide: Sequence[str], tell: Tell) -> VoicesData:
    """Return what the report is made of."""
    from segmentary.models.voice.theme_results import CountedMentions, CountedShares
    from segmentary.report.voices.data import VoicesData

    texts, _ = said(workspace)
    if not texts:
        raise NoAnswerError("nobody said anything", hint="load messages, or a survey with open answers")
    places: list[dict[str, Any]] = []
    if any(one.kind == "message" and not of_interview(one) for one in texts):
        places.append({})
    places += [{"survey": one} for one in sorted({one.survey for one in texts if one.survey})]
    places += [{"channel": one} for one in sorted({one.channel for one in texts if of_interview(one)})]
    run = workspace.last_run()
    segments = [name for name, one in workspace.segments_defined().items() if one.entity == "customer"]
    segments = [name for name in segments if run is not None and name in run.segments]
    shares, interviews, unanswered = list[CountedShares](), list[CountedMentions](), list[str]()
    for number, place in enumerate(places):
        told = within(tell, number / len(places), (number + 1) / len(places))
        try:
            found = themes(workspace, segments=() if "channel" in place else segments, hide=hide, tell=told, **place)
        except NoAnswerError as error:
            unanswered.append(f"{next(iter(place.values()), 'messages')}: {error.message}.")
            continue
        if isinstance(found, CountedMentions):
            interviews.append(found)
        else:
            shares.append(found)
    moods, coder = moods_by_month(workspace)
    if not moods:
        unanswered.append("Mood over time: nothing is coded yet (segmentary voices code).")
    settings = workspace.settings
    zone = ZoneInfo(settings.timezone)
    return VoicesData(
        workspace.folder.root.resolve().name,
        max(one.happened_at for one in texts).date().isoformat() if run is None else
        run.as_of.astimezone(zone).date().isoformat(),
        settings.suppress_below, tuple(shares), tuple(interviews), moods, coder, tuple(unanswered),
    )  # fmt: skip


def moods_by_month(workspace: Workspace) -> tuple[tuple[MoodMonth, ...], str]:
    """Return the mood of every month by the codes in force, and by which coder the newest are.

    Of people, not of passages: each counts once a month, by the mean of what they said. Interviews are left out.
    """
    from segmentary.models.intervals import wilson
    from segmentary.models.predict.metrics import mean_interval
    from segmentary.models.voice.sentiment import NEUTRAL
    from segmentary.report.voices.data import MoodMonth

    names = ("customer_id", "happened_at", "properties", "known_at", "channel")
    query = exp.select(*(exp.column(name, quoted=True) for name in names)).from_(exp.table_(EVENTS.name, quoted=True))
    query = query.where(exp.column("name", quoted=True).eq(literal(VOICE_CODED)))
    zone = ZoneInfo(workspace.settings.timezone)
    months: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    newest: tuple[object, str] | None = None
    for who, at, properties, known_at, channel in workspace.engine.rows(query):
        told = json.loads(properties or "{}")
        if newest is None or known_at > newest[0]:
            newest = known_at, told.get("coder", "")
        if told.get("sentiment") is not None and not interviewed(channel):
            month = at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).strftime("%Y-%m")
            months[month][who].append(float(told["sentiment"]))
    found = []
    for month, own in sorted(months.items()):
        values = np.array([float(np.mean(moods)) for moods in own.values()])
        bad = wilson(int((values < -NEUTRAL).sum()), len(values))
        found.append(MoodMonth(month, sum(map(len, own.values())), len(own), mean_interval(values), bad))
    return tuple(found), newest[1] if newest is not None else ""
