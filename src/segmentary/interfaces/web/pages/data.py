"""Pages of data: what came in and what became of it, connecting more, quality, identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import cursor_of, place_of
from segmentary.interfaces.http.routes import identity as identity_route
from segmentary.interfaces.http.routes.quality import quality_of, seen
from segmentary.interfaces.http.routes.sources import as_document, bound, unquoted, worded
from segmentary.interfaces.http.routes.sources import there as source_there
from segmentary.interfaces.http.routes.uploads import shown
from segmentary.interfaces.http.routes.uploads import there as upload_there
from segmentary.interfaces.web.data_views import bytes_text, load_views, parts_of, proposal_view, source_view
from segmentary.interfaces.web.data_words import KINDS, RULES, SEVERITIES
from segmentary.interfaces.web.rendering import data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of, translations
from segmentary.workspace.identity_account import identity_account
from segmentary.workspace.serving import Serving
from segmentary.workspace.source_accounts import mapping_of, refused_rows, source_accounts, source_loads
from segmentary.workspace.uploading import Uploads, limit_of
from segmentary.workspace.webhook_inbox import Inbox

router = APIRouter()
Reads = Annotated[Caller, may("read")]
Loads = Annotated[Caller, may("load")]
Served = Annotated[Serving, Depends(serving_of)]
SCRIPT_WORDS = (
    "Progress",
    "Waiting",
    "Stop",
    "Done.",
    "Stopped; nothing was changed.",
    "Sending %(name)s",
    "Looking at %(name)s",
    "This file is larger than the server takes.",
    "The server could not be reached.",
    "Choose files",
)
ROWS = 100
SHOWN_FINDINGS = 5


def words_of(request: Request) -> tuple[Callable[[str], str], object]:
    language = language_of(request)
    return translations(language).gettext, data_for_script(script_words(language, SCRIPT_WORDS))


@router.get("/data")
def sources(request: Request, caller: Reads, serving: Served) -> Response:
    """Show every source, what waits to be loaded, and how to bring in more."""
    word, words = words_of(request)
    with serving.reading() as workspace:
        found = [source_view(one, word) for one in source_accounts(workspace)]
        now = workspace.tick.clock()
    uploads = Uploads(serving.workspace)
    waiting = [one for one in uploads.list() if one.loaded is None] if caller.may("load") else []
    ready = [one.upload for one in waiting if one.proposal and one.proposal["decided"]]
    totals = {
        name: sum(getattr(one.account, f"rows_{name}") for one in found)
        for name in ("read", "kept", "known", "set_aside", "refused")
    }
    return page(
        request,
        "data/sources.html.j2",
        caller,
        here="data",
        tab="sources",
        found=found,
        totals=totals,
        parts_all=parts_of(
            totals["read"], totals["kept"], totals["known"], totals["set_aside"], totals["refused"], word
        ),
        waiting=[(one, bytes_text(one.bytes)) for one in waiting],
        ready=data_for_script({"uploads": ready}) if len(ready) > 1 else None,
        not_loaded=Inbox(serving.workspace).not_loaded(),
        most=limit_of(serving.workspace),
        most_text=bytes_text(limit_of(serving.workspace)),
        now=now,
        words=words,
    )


@router.get("/data/uploads/{upload}")
def upload(request: Request, upload: Annotated[str, Path(max_length=200)], caller: Loads, serving: Served) -> Response:
    """Show what a file is taken for, correct it, load it; and what became of it."""
    word, words = words_of(request)
    found = shown(upload_there(serving, upload), caller)
    proposals = [proposal_view(one, word) for one in found["proposals"]]
    return page(
        request,
        "data/upload.html.j2",
        caller,
        here="data",
        tab="sources",
        one=found,
        size=bytes_text(found["bytes"]),
        proposals=proposals,
        loads=load_views(found["loaded"], word) if found["loaded"] is not None else None,
        kinds=[(name, word(text)) for name, text in KINDS.items()],
        given=data_for_script(found["corrections"]),
        arguments=data_for_script({"uploads": [found["upload"]]}),
        words=words,
    )


@router.get("/data/sources/{source}")
def source(
    request: Request,
    source: Annotated[str, Path(max_length=200)],
    caller: Reads,
    serving: Served,
    reason: Annotated[str | None, Query(max_length=500)] = None,
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Show one source: its account, its files, how it is read, the rows that were not taken."""
    word, words = words_of(request)
    place = place_of(cursor, int, int, str)
    after = None if place is None else (bound(place[0]), bound(place[1]), place[2])
    with serving.reading() as workspace:
        account = source_there(workspace, source)
        loads = source_loads(workspace, source)[::-1]
        mapping = mapping_of(workspace, source)
        rows = refused_rows(workspace, source, after=after, limit=ROWS + 1, reason=reason)
        now = workspace.tick.clock()
    following = ""
    if len(rows) > ROWS:
        last = rows[ROWS - 1]
        following = cursor_of(last.ordinal, last.row_number, last.stored_reason)
    told = worded(account, caller)
    return page(
        request,
        "data/source.html.j2",
        caller,
        here="data",
        tab="sources",
        one=source_view(account, word),
        reasons=list(told["reasons"].items()),
        aside=list(told["set_aside_reasons"].items()),
        rows=[(row, unquoted(row.reason, caller)) for row in rows[:ROWS]],
        following=following,
        reason=reason,
        loads=loads[:ROWS],
        more_loads=max(0, len(loads) - ROWS),
        columns=columns_read(mapping, word),
        now=now,
        words=words,
    )


def columns_read(mapping: object, word: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return how the newest file was read: column of the file, what it became."""
    if not isinstance(mapping, dict):
        return []
    out = [(str(column), str(name)) for name, column in (mapping.get("columns") or {}).items()]
    out += [(str(column), f"{name} ({word('property')})") for name, column in (mapping.get("attributes") or {}).items()]
    return out


@router.get("/data/quality")
def quality(request: Request, caller: Reads, serving: Served) -> Response:
    """Show the whole account and everything that looks odd, in words."""
    word, words = words_of(request)
    with serving.reading() as workspace:
        report = quality_of(workspace)
    documents = [seen(one, caller) for one in as_document(report)["sources"]]
    found = []
    for one, told in zip(report.sources, documents, strict=True):
        aside = one.rows_set_aside
        parts = parts_of(one.rows_read, one.rows_kept, one.rows_known, aside, one.rows_refused - aside, word)
        findings = [(finding, *SEVERITIES.get(finding["severity"], ("plain", ""))) for finding in told["findings"]]
        found.append((told, parts, [(f, tone, word(text)) for f, tone, text in findings], aside))
    counts: dict[str, int] = {}
    for told, _, _, _ in found:
        for finding in told["findings"]:
            counts[finding["severity"]] = counts.get(finding["severity"], 0) + 1
    return page(
        request,
        "data/quality.html.j2",
        caller,
        here="data",
        tab="quality",
        found=found,
        quiet=[told for told, _, findings, _ in found if not findings and not told["rows_refused"]],
        counts=counts,
        shown=SHOWN_FINDINGS,
        money=report.money,
        words=words,
    )


@router.get("/data/identity")
def identity(request: Request, caller: Reads, serving: Served) -> Response:
    """Show how many records became how many customers, why, and which of them deserve a look."""
    word, words = words_of(request)
    with serving.reading() as workspace:
        account = identity_account(workspace)
        suppress = workspace.settings.suppress_below
    told = identity_route.seen(account, caller)
    most = max(account.sizes.values(), default=0)
    total = sum(account.by_rule.values())
    return page(
        request,
        "data/identity.html.j2",
        caller,
        here="data",
        tab="identity",
        one=account,
        told=told,
        rules=[(word(RULES.get(kind, kind)), n, n / total) for kind, n in account.by_rule.items()],
        sizes=[(size, n, n / most) for size, n in sorted(account.sizes.items())[:12]],
        suppress=suppress,
        words=words,
    )
