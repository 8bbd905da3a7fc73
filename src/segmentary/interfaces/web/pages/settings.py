"""Settings: one's own account, the workspace, and for admins users, keys of programs and the log of who did what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import cursor_of, place_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web.rendering import data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of, languages, translations
from segmentary.ledger.api_keys import KEY_KINDS
from segmentary.ledger.users import ROLES
from segmentary.workspace.access.program_keys import list_keys
from segmentary.workspace.access.roles import PERMISSIONS
from segmentary.workspace.access.users import find_user, list_users, shown
from segmentary.workspace.serving import Serving

router = APIRouter(prefix="/settings")
Held = Annotated[Serving, Depends(serving_of)]
LINES = 50
PERMISSION_WORDS: Mapping[str, str] = {
    "read": "See figures, definitions and reports",
    "people": "See rows of people, without names and contact data",
    "personal": "See names, contact data and other personal data",
    "define": "Change segments, traits and lists",
    "analyse": "Discover, predict, plan experiments",
    "act": "Campaigns, messages, offers, journeys, bots, consent",
    "export": "Take files of people out",
    "load": "Bring data in",
    "operate": "Start and stop runs and other work",
    "administer": "Users, keys, the log",
}
SCRIPT_WORDS = ("Copied", "This is the only time the key is shown.", "Copy", "Show the list again")


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the settings."""

    key: str
    href: str
    name: str


def tabs(caller: Caller, request: Request) -> list[Tab]:
    """Return the tabs a caller may open."""
    _ = translations(language_of(request)).gettext
    found = [Tab("account", "/settings", _("Account and workspace"))]
    if caller.may("administer"):
        found += [
            Tab("users", "/settings/users", _("Users")),
            Tab("keys", "/settings/keys", _("Keys of programs")),
            Tab("audit", "/settings/audit", _("Log")),
        ]
    return found


def show(request: Request, template: str, caller: Caller, tab: str, **context: Any) -> Response:
    """Return one page of the settings."""
    return page(
        request, f"settings/{template}", caller, here="settings", tab=tab, tabs=tabs(caller, request), **context
    )


@router.get("")
def account(request: Request, caller: Annotated[Caller, may(None)], serving: Held) -> Response:
    """Show who one is, the language, and what holds for the whole workspace."""
    from babel import Locale

    from segmentary import __version__

    names = [(one, str(Locale.parse(one).get_display_name(one)).capitalize()) for one in languages()]
    return show(
        request, "account.html.j2", caller, "account", names=names, settings=serving.workspace.settings,
        name=serving.workspace.folder.root.resolve().name, version=__version__, may_see=caller.may("read"),
    )  # fmt: skip


@router.get("/users")
def users(request: Request, caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """Show every user, and what each role may do."""
    with serving.access.writing() as ledger:
        found = list_users(ledger)
    allowed = [(words, [name in PERMISSIONS[role] for role in ROLES]) for name, words in PERMISSION_WORDS.items()]
    return show(request, "users.html.j2", caller, "users", found=found, roles=ROLES, allowed=allowed)


@router.get("/users/{user}")
def user_page(request: Request, user: str, caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """Show one user, to change them."""
    with serving.access.writing() as ledger:
        try:
            found = shown(find_user(ledger, user))
        except UnknownNameError:
            raise NotFound("there is no such user", hint="they stand in the settings") from None
    return show(request, "user.html.j2", caller, "users", one=found, roles=ROLES)


@router.get("/keys")
def keys(request: Request, caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """Show every key of a program, and make new ones."""
    now = serving.access.tick()
    with serving.access.writing() as ledger:
        found = list_keys(ledger)
    expired = {one.key_id for one in found if one.expires_at is not None and one.expires_at <= now}
    words = data_for_script(script_words(language_of(request), SCRIPT_WORDS))
    return show(request, "keys.html.j2", caller, "keys", found=found, kinds=KEY_KINDS, expired=expired, words=words)


@router.get("/audit")
def audit(
    request: Request,
    caller: Annotated[Caller, may("administer")],
    serving: Held,
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Show who did what, newest first, and whether the log is as it was written."""
    place = place_of(cursor, int)
    found = serving.access.log_page(None if place is None else max(0, min(place[0], 1 << 60)), LINES + 1)
    older = cursor_of(found[LINES - 1].number) if len(found) > LINES else ""
    return show(
        request, "audit.html.j2", caller, "audit", found=found[:LINES], older=older, first=not cursor,
        verdict=serving.access.verify_log(), anchors=serving.access.anchors(),
    )  # fmt: skip
