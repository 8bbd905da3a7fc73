"""Pages of one segment: overview, profile, people, history, and who uses it with its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import UnknownNameError, UsageError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.routes.segments import here as segment_here
from segmentary.interfaces.http.shown_people import large_enough, shown_transitions
from segmentary.interfaces.web.charts import picture_answer, spec_answer
from segmentary.interfaces.web.rendering import as_json, data_for_script, environment, page, script_words
from segmentary.interfaces.web.segment_views import (
    STATE_WORDS,
    TONES,
    attempt,
    base_word,
    compared,
    fallen,
    reasons,
    used,
    validity,
    worth,
)
from segmentary.interfaces.web.words import language_of, translations
from segmentary.workspace.remembering import remembered
from segmentary.workspace.segment_lines import SegmentLine, segment_line
from segmentary.workspace.segment_profile import segment_profile
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Read = Annotated[Caller, may("read")]
People = Annotated[Caller, may("people")]
Served = Annotated[Serving, Depends(serving_of)]
Name = Annotated[str, Path(max_length=200)]
MOST_WITH = 8
MOST_COMPARED = 40
MEMBERS = 50
USUAL_TRAITS = ("monetary", "order_count", "recency", "last_order_at", "rfm_segment")


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a segment."""

    word: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above every page of a segment."""

    line: SegmentLine
    headline: str
    tabs: tuple[Tab, ...]
    tone: str
    state: str
    base: str
    editable: bool
    may_edit: bool
    may_export: bool
    may_run: bool


def head(request: Request, workspace: Workspace, name: str, at: str, caller: Caller) -> Head:
    """Return the head of a segment's page, or answer that there is no such segment."""
    from urllib.parse import quote

    language = language_of(request)
    word = translations(language).gettext
    segment_here(workspace, name)
    line = segment_line(workspace, name)
    tabs = [("", word("Overview")), ("profile", word("Profile"))]
    if caller.may("people"):
        tabs.append(("people", word("People")))
    tabs += [("history", word("History")), ("activity", word("Versions and use"))]
    root = f"/segments/{quote(name, safe='')}"
    shown = tuple(Tab(title, f"{root}/{key}" if key else root, key == at) for key, title in tabs)
    from segmentary.ledger.definitions import current

    editable = name in current(workspace.ledger, "segment")
    return Head(
        line, headline(line, workspace, language), shown, TONES[line.state], word(STATE_WORDS[line.state]),
        base_word(line.base, word), editable, editable and caller.may("define"), caller.may("export"),
        caller.may("operate"),
    )  # fmt: skip


def headline(line: SegmentLine, workspace: Workspace, language: str) -> str:
    """Return what one has to know of a segment in one sentence."""
    _ = translations(language).gettext
    shown = environment(language).filters
    if line.people is None or line.share is None:
        return line.purpose
    words = {"many": shown["number"](line.people), "share": shown["percent"](line.share)}
    if line.entity != "customer":
        return str(_("%(many)s members, %(share)s of all.") % words)
    text = str(_("%(many)s customers, %(share)s of all") % words)
    found, _why = attempt(lambda: segment_profile(workspace, line.name))
    value = getattr(found, "value", None)
    if value is not None and value.money_share is not None:
        text += ", " + _("who brought %(part)s of the revenue") % {"part": shown["percent"](value.money_share.estimate)}
    return text + "."


@router.get("/segments/{name}")
def overview(request: Request, name: Name, caller: Read, serving: Served) -> Response:
    """Show what a segment is, how large, what it is worth, what sets it apart."""
    from segmentary.workspace.segment_people import shared_with

    word = translations(language_of(request)).gettext
    with serving.reading() as workspace:
        shown = head(request, workspace, name, "", caller)
        view = workspace.segment(name)
        profile, why = attempt(lambda: segment_profile(workspace, name))
        falls, _ = attempt(lambda: remembered(workspace, ("waterfall", name), view.waterfall))
        shared, _ = attempt(lambda: shared_with(workspace, name))
        shown_pairs = [one for one in (shared or []) if large_enough(caller, workspace, one.shared)]  # type: ignore[attr-defined]
        trusted, _ = attempt(lambda: validity(workspace, name, word))
        freshness = view.freshness
    comparisons = profile.markers if profile is not None else ()  # type: ignore[attr-defined]
    return page(
        request,
        "segments/overview.html.j2",
        caller,
        here="segments",
        s=shown,
        sentence=view.sentence,
        freshness=freshness,
        profile=profile,
        why=why,
        worth=worth(profile) if profile is not None else None,  # type: ignore[arg-type]
        markers=compared(comparisons[:6], serving.workspace.settings.currency, language_of(request)),
        falls=list(fallen(falls.steps, falls.universe)) if falls is not None else [],  # type: ignore[attr-defined]
        universe=falls.universe if falls is not None else 0,  # type: ignore[attr-defined]
        shared=[one for one in shown_pairs if one.shared][:MOST_WITH],
        trusted=trusted,
        used=used(shown.line.used_by),
    )


@router.get("/segments/{name}/profile")
def profile_page(request: Request, name: Name, caller: Read, serving: Served) -> Response:
    """Show how members differ from everybody else."""
    with serving.reading() as workspace:
        shown = head(request, workspace, name, "profile", caller)
        found, why = attempt(lambda: segment_profile(workspace, name))
    every = found.comparisons if found is not None else ()  # type: ignore[attr-defined]
    currency = serving.workspace.settings.currency
    return page(
        request,
        "segments/profile.html.j2",
        caller,
        here="segments",
        s=shown,
        profile=found,
        why=why,
        rows=compared(every[:MOST_COMPARED], currency, language_of(request)),
        total=len(every),
        has_shares=any(one.kind == "share" for one in every),
    )


@router.get("/segments/{name}/people")
def people_page(
    request: Request,
    name: Name,
    caller: People,
    serving: Served,
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Show members, and write them to a file."""
    from segmentary.activation.ad_platforms import PLATFORMS
    from segmentary.interfaces.http.answers import cursor_of, place_of
    from segmentary.interfaces.http.redaction import hidden_traits
    from segmentary.interfaces.http.shown_people import redacted_rows
    from segmentary.workspace.exporting import trait_places
    from segmentary.workspace.segment_people import members_page

    language = language_of(request)
    after = place_of(cursor, str)
    with serving.reading() as workspace:
        shown = head(request, workspace, name, "people", caller)
        customers = shown.line.entity == "customer"
        places = trait_places(workspace)
        covered = hidden_traits(caller, workspace)
        traits = tuple(one for one in USUAL_TRAITS if one in places and one not in covered) if customers else ()
        defined = workspace.traits_defined()
        rows: list[dict[str, Any]] = []
        if shown.line.people is not None:
            found = members_page(workspace, name, after=after[0] if after else None, limit=MEMBERS + 1, traits=traits)
            rows = redacted_rows(caller, workspace, found)
        choices = sorted(set(places) - covered)
        channels = ("email", "sms", "phone", "push", "post")
        platforms = [(key, one.title) for key, one in PLATFORMS.items()] if caller.may("personal") else []
    following = cursor_of(str(rows[MEMBERS - 1]["customer_id"])) if len(rows) > MEMBERS else None
    words = ("Progress", "Stop", "Waiting", "Download", "people", "left out", "Writing the file", "It is kept until")
    return page(
        request,
        "segments/people.html.j2",
        caller,
        here="segments",
        s=shown,
        rows=rows[:MEMBERS],
        columns=[(one, defined[one].title if one in defined and defined[one].title else one) for one in traits],
        units={one: defined[one].unit if one in defined else "" for one in traits},
        following=following,
        first=not cursor,
        choices=choices,
        usual=set(traits),
        channels=channels,
        platforms=platforms,
        words=data_for_script(script_words(language, words)),
    )


@router.get("/segments/{name}/history")
def history_page(request: Request, name: Name, caller: Read, serving: Served) -> Response:
    """Show size, entries and exits over time, and where people came from and went to."""
    from segmentary.workspace.segment_activity import transitions

    language = language_of(request)
    word = translations(language).gettext
    number = environment(language).filters["number"]
    with serving.reading() as workspace:
        shown = head(request, workspace, name, "history", caller)
        steps = workspace.segment(name).history()
        moved = shown_transitions(caller, workspace, transitions(workspace, name))
        drawn = any(one.people >= workspace.settings.suppress_below for one in moved.flows)
        backfills = workspace.history.backfills(name)
    rows = [
        (one, reasons(one.entered_by_reason, word, number), reasons(one.left_by_reason, word, number), place == 0)
        for place, one in enumerate(steps)
    ]
    return page(
        request,
        "segments/history.html.j2",
        caller,
        here="segments",
        s=shown,
        rows=rows[::-1],
        moved=moved,
        came=[one for one in moved.flows if one.direction == "from"][:12],
        went=[one for one in moved.flows if one.direction == "to"][:12],
        drawn=drawn,
        backfills=backfills,
    )


@router.get("/segments/{name}/activity")
def activity_page(
    request: Request,
    name: Name,
    caller: Read,
    serving: Served,
    compare: Annotated[str, Query(max_length=100, description="A version to compare with the newest.")] = "",
) -> Response:
    """Show the versions with their differences, who uses the segment, and take it out of force."""
    from segmentary.language.yaml import dump_yaml

    with serving.reading() as workspace:
        shown = head(request, workspace, name, "activity", caller)
        versions, why = attempt(lambda: workspace.history.versions(name))
        difference = None
        if compare:
            try:
                difference = workspace.history.diff(name, compare)
            except (UsageError, UnknownNameError):
                raise NotFound("there is no such version", hint="see the versions below") from None
        yaml = dump_yaml([workspace.segment(name).definition])
    return page(
        request,
        "segments/activity.html.j2",
        caller,
        here="segments",
        s=shown,
        versions=list(reversed(versions or [])),  # type: ignore[call-overload]
        why=why,
        difference=difference,
        yaml=yaml,
        used=used(shown.line.used_by),
        restoring=as_json,
    )


@router.get("/charts/segments/{name}/{chart}.json")
def chart(
    name: Name,
    chart: Annotated[str, Path(max_length=50)],
    caller: Read,
    serving: Served,
    width: Annotated[int, Query(ge=200, le=2000)] = 760,
) -> Response:
    """Return a chart of a segment for the browser."""
    return spec_answer(drawn(serving, name, chart, width))


@router.get("/charts/segments/{name}/{chart}.svg")
def picture(
    name: Name,
    chart: Annotated[str, Path(max_length=50)],
    caller: Read,
    serving: Served,
    width: Annotated[int, Query(ge=200, le=2000)] = 760,
) -> Response:
    """Return a chart of a segment as a picture."""
    return picture_answer(drawn(serving, name, chart, width), f"segment-{chart}")


def drawn(serving: Serving, name: str, chart: str, width: int) -> Any:
    """Return a chart, or answer that there is none."""
    from segmentary.workspace.segment_charts import draw

    with serving.reading() as workspace:
        segment_here(workspace, name)
        found = draw(workspace, name, chart, width)
    if found is None:
        raise NotFound("there is no such chart", hint="or nothing to draw yet")
    return found
