"""Pages of offers (what is promised, what is left) and of the outbox (what waits, what left, what was withheld)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.documents import in_force
from segmentary.interfaces.web import campaign_views as views
from segmentary.interfaces.web.pages.campaigns import WORDS, document_page
from segmentary.interfaces.web.rendering import data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of, translations
from segmentary.workspace.serving import Serving

router = APIRouter()
Served = Annotated[Serving, Depends(serving_of)]
Name = Annotated[str, Path(max_length=200)]
Reader = Annotated[Caller, may("read")]
STARTER = """rows:
  - {id: welcome, words: "Five euros off.", code: WELCOME5, value: 5, for: SEGMENT, per_person: 1}
"""


@router.get("/offers")
def offers(request: Request, caller: Reader, serving: Served) -> Response:
    """List the tables of offers with what became of every offer."""
    with serving.reading() as workspace:
        found = [(one, workspace.offers.state(one.name)) for one in workspace.offers.kept()]
    return page(
        request, "campaigns/offers.html.j2", caller, here="campaigns", part="offers", found=found,
        title_of=views.titled,
    )  # fmt: skip


@router.get("/offers/new")
def new_offers(request: Request, caller: Annotated[Caller, may("act")], serving: Served) -> Response:
    """Begin a table of offers."""
    return starter(
        request, caller, "offers", "offers", STARTER, translations(language_of(request)).gettext("New offers")
    )


def starter(request: Request, caller: Caller, key: str, part: str, yaml: str, title: str) -> Response:
    """Show the form of a new document."""
    return page(
        request, "campaigns/document.html.j2", caller, here="campaigns", part=part, key=key, name="", title=title,
        yaml=yaml, etag="", versions=[], back=f"/{part}", api=f"{part}/", may_act=True,
        words=data_for_script(script_words(language_of(request), WORDS)),
    )  # fmt: skip


@router.get("/offers/{name}")
def offers_document(request: Request, caller: Reader, serving: Served, name: Name) -> Response:
    """Show a table's document, with its versions."""
    with serving.reading() as workspace:
        in_force(workspace, "offers", name)
    return document_page(request, caller, serving, "offers", name, "offers", "/offers")


@router.get("/outbox")
def outbox(request: Request, caller: Reader, serving: Served) -> Response:
    """Show what waits, what left and what was withheld, by channel and origin."""
    _ = translations(language_of(request)).gettext
    with serving.reading() as workspace:
        state = workspace.outbox.state()
    reasons = []
    for said, people in sorted(state.reasons.items()):
        what, _sep, why = said.partition(": ")
        reasons.append((what, views.reason_words(why, why, _), people))
    columns = [one for one in ("waiting", "leased", "sent", "withheld", "failed", "cancelled") if one in state.states]
    return page(
        request, "campaigns/outbox.html.j2", caller, here="campaigns", part="outbox", state=state, reasons=reasons,
        columns=columns, may_act=caller.may("act"),
        words=data_for_script(script_words(language_of(request), WORDS)),
    )  # fmt: skip
