"""Pages of jobs: what runs, what waits, what ran and what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import cursor_of, place_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.routes.jobs import sees
from segmentary.interfaces.web.rendering import data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of, translations
from segmentary.ledger.jobs import ENDED, Job
from segmentary.workspace.job_kinds import KINDS
from segmentary.workspace.plain_json import document, to_json
from segmentary.workspace.serving import Serving

router = APIRouter()
Held = Annotated[Serving, Depends(serving_of)]
Looker = Annotated[Caller, may("read")]
SCRIPT_WORDS = ("Progress", "Waiting", "Stop", "Stopped; nothing was changed.", "Done.")
STATES = {"waiting": "Waiting", "running": "Running", "done": "Done", "failed": "Failed", "cancelled": "Stopped"}
TONES = {"done": "good", "failed": "mixed"}
LINES = 50
SHORTEST, LONGEST_SHOWN = 1.0, 20_000


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as a row. ``seen``: whether its details may be shown to who looks; ``seconds``: how long it took."""

    job: str
    title: str
    state: str
    state_word: str
    tone: str
    step: str
    done_share: float
    asked_by: str
    created_at: dt.datetime
    seconds: float | None
    problem: str
    hint: str
    seen: bool


def line_of(job: Job, caller: Caller, language: str) -> JobLine:
    """Return a job as a row."""
    words = translations(language)
    kind, seen, wrong = KINDS.get(job.kind), sees(job, caller), job.problem or {}
    took = (job.ended_at - job.started_at).total_seconds() if job.ended_at and job.started_at else None
    return JobLine(
        job=job.job,
        title=words.gettext(kind.title) if kind is not None else job.kind,
        state=job.state,
        state_word=words.gettext(STATES[job.state]),
        tone=TONES.get(job.state, "plain"),
        step=job.step if seen else "",
        done_share=job.done_share,
        asked_by=job.asked_by if seen else "",
        created_at=job.created_at,
        seconds=took,
        problem=str(wrong.get("title") or "") if seen else "",
        hint=str(wrong.get("hint") or "") if seen else "",
        seen=seen,
    )


@router.get("/jobs")
def jobs(
    request: Request, caller: Looker, serving: Held, cursor: Annotated[str, Query(max_length=500)] = ""
) -> Response:
    """Show what runs and waits, and what ran."""
    language = language_of(request)
    place = place_of(cursor, int)
    before = min(place[0], 2**62) if place is not None else None
    going = list(reversed(serving.jobs.list(states=("running", "waiting"), limit=LINES)))
    ended = serving.jobs.list(states=ENDED, before=before, limit=LINES + 1)
    return page(
        request,
        "jobs/list.html.j2",
        caller,
        here="jobs",
        going=[line_of(one, caller, language) for one in sorted(going, key=lambda one: one.state != "running")],
        ended=[line_of(one, caller, language) for one in ended[:LINES]],
        following=cursor_of(ended[LINES - 1].number) if len(ended) > LINES else "",
        words=data_for_script(script_words(language, SCRIPT_WORDS)),
    )


@router.get("/jobs/{job}")
def one_job(request: Request, job: Annotated[str, Path(max_length=200)], caller: Looker, serving: Held) -> Response:
    """Show one job: how far it is, what it was asked, what came of it."""
    language = language_of(request)
    try:
        found = serving.jobs.get(job)
    except UnknownNameError:
        raise NotFound("there is no such job") from None
    line = line_of(found, caller, language)
    return page(
        request,
        "jobs/job.html.j2",
        caller,
        here="jobs",
        one=line,
        attempts=found.attempts,
        asked=shown(found.arguments) if line.seen and found.arguments else "",
        made=shown(found.result) if line.seen and found.result is not None else "",
        words=data_for_script(script_words(language, SCRIPT_WORDS)),
    )


def shown(value: object) -> str:
    text = to_json(document(value))
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "\n..."
