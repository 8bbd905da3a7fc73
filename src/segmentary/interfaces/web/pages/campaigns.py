"""Pages of campaigns: the list, the composer, a document, the people of an audience, what a campaign changed."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import SegmentaryError, UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import cursor_of, place_of
from segmentary.interfaces.http.documents import history, in_force, without_codes
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web import campaign_views as views
from segmentary.interfaces.web.charts import picture_answer, spec_answer
from segmentary.interfaces.web.rendering import data_for_script, filters, page, script_words
from segmentary.interfaces.web.words import language_of, translations
from segmentary.ledger.audiences import audiences_of
from segmentary.ledger.records import current_records
from segmentary.workspace import campaign_looking as looking
from segmentary.workspace.documents import document_text
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Served = Annotated[Serving, Depends(serving_of)]
Name = Annotated[str, Path(max_length=200)]
Reader = Annotated[Caller, may("read")]
HERE = "campaigns"
SHOWN_PEOPLE = 100
PEEK = "peek-"
WORDS = [
    "Members of the segments", "Get the message", "Saved.", "Stop", "Waiting", "Done.", "Stopped; nothing was changed.",
    "Progress", "Remove", "nobody is held out: what it changes cannot be told", "Reading the result",
    "In a segment that is left out", "Deleted at the source", "No address known", "Address cannot be written to",
    "Suppressed: bounced, complained or by hand", "Said no", "No consent", "Same address as somebody before",
    "Written to as often as allowed", "In a journey that does not share", "Get no campaign at all (global holdout)",
    "Held out, to measure the effect", "people would get it", "not before its day",
    "The document cannot be read.", "No findings.", "Can the effect be seen?", "Could be reached by",
]  # fmt: skip


@router.get("/campaigns")
def campaigns(request: Request, caller: Reader, serving: Served) -> Response:
    """List the campaigns, with journeys beside them."""
    language = language_of(request)
    words, number = translations(language), filters(language)["number"]
    with serving.reading() as workspace:
        found = looking.standing(workspace)
        elsewhere = told_elsewhere(workspace, {one.campaign for one in found})
        journeys = [workspace.journeys.show(name) for name in sorted(workspace.journeys.in_force())]
    rows = [views.row_of(one, words.gettext, words.ngettext, number) for one in found]
    return page(
        request, "campaigns/list.html.j2", caller, here=HERE, part=HERE, rows=rows, journeys=journeys,
        elsewhere=elsewhere, words=data_for_script(script_words(language, WORDS)),
    )  # fmt: skip


def told_elsewhere(workspace: Workspace, ours: set[str]) -> list[str]:
    """Return campaigns other tools told of, or that are no longer in force here."""
    from segmentary.workspace.experiment_people import campaign_names

    held = {one.campaign for one in audiences_of(workspace.ledger) if not one.campaign.startswith("export:")}
    return sorted({*campaign_names(workspace), *held} - ours - set(kept(workspace, "journey")))


@router.get("/campaigns/new")
def new_campaign(request: Request, caller: Annotated[Caller, may("act")], serving: Served) -> Response:
    """Begin a campaign."""
    with serving.reading() as workspace:
        context = composing(request, workspace, None, caller)
    return page(request, "campaigns/composer.html.j2", caller, here=HERE, part=HERE, **context)


@router.get("/campaigns/{name}")
def campaign(request: Request, caller: Reader, serving: Served, name: Name) -> Response:
    """Show one campaign: composed step by step, frozen, sent."""
    with serving.reading() as workspace:
        in_force(workspace, "campaign", name)
        context = composing(request, workspace, name, caller)
    return page(request, "campaigns/composer.html.j2", caller, here=HERE, part=HERE, **context)


def composing(request: Request, workspace: Workspace, name: str | None, caller: Caller) -> dict[str, Any]:
    """Return what the composer shows of a campaign, or of none yet."""
    language = language_of(request)
    _ = translations(language).gettext
    record = current_records(workspace.ledger, "campaign").get(name or "")
    campaign = workspace.campaigns.get(name) if name else None
    entries = audiences_of(workspace.ledger, name) if name else []
    shown = looking.audience_shown(workspace, entries[-1].audience) if entries else None
    reach, wrong = views.looked(workspace, campaign, _) if campaign is not None else (None, "")
    previews, unread, refusals = previewed(workspace, campaign, caller)
    messages = {one: [v.name for v in workspace.messages.get(one).variants] for one in kept(workspace, "message")}
    chosen = {one.segment for one in campaign.targets} if campaign is not None else set()
    segments = sorted(workspace.segments(), key=lambda one: (-(one.people or 0), one.name))
    return {
        "campaign": campaign, "name": name or "", "title": views.titled(name) if name else _("New campaign"),
        "etag": record.version if record is not None else "", "shown": shown, "reach": reach, "wrong": wrong,
        "frozen": views.reach_frozen(shown, _) if shown is not None else None, "previews": previews, "unread": unread,
        "steps": views.steps_of(campaign, reach, shown, refusals, _), "segments": segments, "chosen": chosen,
        "messages": messages, "offers": kept(workspace, "offers"), "may_act": caller.may("act"),
        "channels": views.channels_of(workspace, campaign.channel if campaign is not None else "email"),
        "contact": views.contact_words(workspace, campaign.channel if campaign is not None else "email", _),
        "document": data_for_script(record.document if record is not None else {}),
        "variants": data_for_script(messages), "words": data_for_script(script_words(language, WORDS)),
        "state": views.state_word(shown.audience.state if shown is not None else "draft", _),
        "tone": views.TONES[shown.audience.state if shown is not None else "draft"],
        "stale": shown is not None and record is not None and shown.audience.campaign_version != record.version,
        "offers_state": offers_of(workspace, campaign.offers if campaign is not None else ""),
    }  # fmt: skip


def kept(workspace: Workspace, kind: Any) -> list[str]:
    """Return the names of the documents of a kind."""
    return list(current_records(workspace.ledger, kind))


def offers_of(workspace: Workspace, name: str) -> list[Any]:
    """Return the offers of a table with what is left of each."""
    return workspace.offers.state(name) if name and name in kept(workspace, "offers") else []


def previewed(workspace: Workspace, campaign: Any, caller: Caller) -> tuple[Any, str, list[str]]:
    """Return previews by variant for three members, why there are none, and what keeps the message from leaving."""
    if campaign is None or not campaign.message:
        return (), "", []
    try:
        segments = [one.segment for one in campaign.targets]
        found = workspace.messages.lint(
            campaign.message, segments=segments, channel=campaign.channel, purpose=campaign.purpose
        )
        refusals = [one.message for one in found if one.level == "refusal"]
        if not (caller.may("people") and caller.may("personal")):
            return (), "personal", refusals
        made = workspace.campaigns.preview(campaign.name)
        return views.by_variant(made, campaign.message, campaign.offers), "", refusals
    except SegmentaryError as error:
        return (), error.message, [error.message]


# ---------------------------------------------------------------- documents and people


@router.get("/campaigns/{name}/document")
def document(request: Request, caller: Reader, serving: Served, name: Name) -> Response:
    """Show a campaign's document as YAML, with its versions."""
    return document_page(request, caller, serving, "campaign", name, HERE, f"/campaigns/{name}")


def document_page(
    request: Request, caller: Caller, serving: Serving, key: str, name: str, part: str, back: str, api: str = ""
) -> Response:
    """Show a document as YAML: edited in place, with its versions."""
    with serving.reading() as workspace:
        record, held = in_force(workspace, key, name), history(workspace, key, name)
    shown = without_codes(record.document) if key == "offers" and not caller.may("act") else record.document
    language = language_of(request)
    return page(
        request, "campaigns/document.html.j2", caller, here="chat" if key == "bot" else HERE, part=part, key=key,
        name=name, title=views.titled(name), yaml=document_text(shown, key), etag=record.version,
        versions=[(number, one) for number, one in enumerate(held, 1)][::-1], back=back,
        api=f"{api or part}/{name}", may_act=caller.may("act"),
        words=data_for_script(script_words(language, WORDS)),
    )  # fmt: skip


@router.get("/campaigns/{name}/people")
def people(
    request: Request,
    caller: Annotated[Caller, may("people")],
    serving: Served,
    name: Name,
    arm: Annotated[str, Query(max_length=60)] = "",
    reason: Annotated[str, Query(max_length=60)] = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Show who is in the newest audience, in which arm, and who is left out and why."""
    after = place_of(cursor, str)
    _ = translations(language_of(request)).gettext
    with serving.reading() as workspace:
        held = audiences_of(workspace.ledger, name)
        if not held:
            raise NotFound("no audience of this campaign was frozen yet")
        shown = looking.audience_shown(workspace, held[-1].audience)
        rows = looking.audience_people(
            workspace, held[-1].audience, arm=arm, reason=reason, after=after[0] if after else "",
            limit=SHOWN_PEOPLE + 1,
        )  # fmt: skip
    following = cursor_of(rows[SHOWN_PEOPLE - 1].customer_id) if len(rows) > SHOWN_PEOPLE else ""
    arms = sorted({one for count in shown.audience.counts for one in count.arms})
    reasons = [(one.reason, views.reason_words(one.reason, one.words, _), one.people) for one in shown.falls[1:]]
    return page(
        request, "campaigns/people.html.j2", caller, here=HERE, part=HERE, name=name, title=views.titled(name),
        shown=shown, rows=[(one, views.reason_words(one.reason, one.reason, _)) for one in rows[:SHOWN_PEOPLE]],
        following=following, arm=arm, reason=reason, arms=arms,
        reasons=[one for one in reasons if one[0] != "holdout"],
    )  # fmt: skip


# ---------------------------------------------------------------- results


@router.get("/campaigns/{name}/result")
def result(
    request: Request,
    caller: Reader,
    serving: Served,
    name: Name,
    peek: Annotated[bool, Query()] = False,
    margin: Annotated[float | None, Query(gt=0, le=100)] = None,
) -> Response:
    """Show what a campaign changed: the verdict first, then lifts with their intervals, cost, value, what next."""
    found, refused, actions = None, "", ()
    with serving.reading() as workspace:
        known = name in kept(workspace, "campaign")
        try:
            found = looking.result_at(workspace, name, peek=peek, margin=margin / 100 if margin else None)
            actions = told_next(workspace, found.segments)
        except UnknownNameError:
            if not known:
                raise NotFound("nothing is known of a campaign of this name") from None
        except SegmentaryError as error:
            refused = " – ".join(part for part in (error.message, error.hint) if part)
        below = workspace.settings.suppress_below
    context = written(found, below, name, peek) if found is not None else {"written": None}
    return page(
        request, "campaigns/result.html.j2", caller, here=HERE, part=HERE, name=name, title=views.titled(name),
        known=known, refused=refused, peek=peek, margin=margin, actions=actions, found=found,
        may_act=caller.may("act"), may_analyse=caller.may("analyse"), **context,
    )  # fmt: skip


def written(found: Any, below: int, name: str, peek: bool) -> dict[str, Any]:
    """Return a result as the report has it: answer, tiles, parts with tables."""
    from segmentary.report.campaign.report import campaign_document
    from segmentary.report.cells import tables

    made = campaign_document(found, below=below)
    parts = [(one, tables(one.grids, made)) for one in made.parts if one.id != "glossary"]
    return {
        "written": made, "sections": parts, "tone": views.VERDICTS.get(found.word, "plain"),
        "charts": f"/charts/campaigns/{quote(name, safe='')}/{PEEK if peek else ''}",
    }  # fmt: skip


def told_next(workspace: Workspace, segments: Any) -> tuple[Any, ...]:
    """Return what to do next with the segments of a result."""
    try:
        found = workspace.campaigns.next_actions()
    except SegmentaryError:
        return ()
    return tuple(one for one in found.rows if one.segment in segments)


@router.get("/charts/campaigns/{name}/{figure}.json")
def chart(
    caller: Reader,
    serving: Served,
    name: Name,
    figure: Annotated[str, Path(max_length=200)],
    width: Annotated[int, Query(ge=240, le=1600)] = 760,
) -> Response:
    """Give a chart of a result as Vega-Lite; its name begins with ``peek-`` before the day of the result."""
    return spec_answer(drawn(serving, name, figure, width))


@router.get("/charts/campaigns/{name}/{figure}.svg")
def picture(
    caller: Reader,
    serving: Served,
    name: Name,
    figure: Annotated[str, Path(max_length=200)],
) -> Response:
    """Give a chart of a result as a picture."""
    return picture_answer(drawn(serving, name, figure, 760), f"{name}-{figure}")


def drawn(serving: Serving, name: str, figure: str, width: int) -> Any:
    """Draw a chart of a result."""
    from segmentary.report.campaign.report import campaign_document

    peek, figure = figure.startswith(PEEK), figure.removeprefix(PEEK)

    with serving.reading() as workspace:
        try:
            found = looking.result_at(workspace, name, peek=peek, margin=None)
        except UnknownNameError:
            raise NotFound("nothing is known of a campaign of this name") from None
        below = workspace.settings.suppress_below
    made = campaign_document(found, below=below)
    for one in made.figures:
        if one.name == figure:
            return one.draw(width)
    raise NotFound("the result has no such chart")


@router.get("/campaigns/{name}/report")
def report(request: Request, caller: Reader, serving: Served, name: Name) -> Response:
    """List the files of a campaign's report."""
    from segmentary.workspace.campaign_jobs import report_files
    from segmentary.workspace.experiment_reporting import plain

    folder = serving.workspace.folder.root / "reports" / f"campaign_{plain(name)}"
    if not folder.is_dir():
        raise NotFound("no report of this campaign was written yet")
    files = [(one, (folder / one).stat().st_size / 1000) for one in report_files(folder)]
    return page(
        request, "campaigns/report.html.j2", caller, here=HERE, part=HERE, name=name, title=views.titled(name),
        files=files,
    )  # fmt: skip
