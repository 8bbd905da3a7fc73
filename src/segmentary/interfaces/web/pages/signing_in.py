"""Pages of coming in: sign in, make the first admin, sign out; and the page that says what went wrong."""

from __future__ import annotations

import json
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from segmentary.errors import SegmentaryError
from segmentary.interfaces.http.access import serving_of
from segmentary.interfaces.http.guards import refuse_too_many
from segmentary.interfaces.http.recognising import forget, remember
from segmentary.interfaces.web.rendering import page
from segmentary.interfaces.web.words import language_of, languages, translations
from segmentary.workspace.serving import Serving

router = APIRouter()
Held = Annotated[Serving, Depends(serving_of)]
YEAR_SECONDS = 365 * 86_400


def fields(request: Request) -> dict[str, str]:
    """Return the fields of a form that was sent."""
    read = getattr(request.state, "body_read", None)
    return {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}


@router.get("/login")
def login_page(request: Request, serving: Held, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:  # noqa: A002
    """Ask who it is; who is signed in goes on."""
    there = safe_next(next)
    if request.state.caller is not None:
        return RedirectResponse(there, 303)
    return page(
        request, "access/login.html.j2", None, here="", there=there, user="", wrong="", ready=serving.access.has_users()
    )


@router.post("/login")
def sign_in(request: Request, serving: Held) -> Response:
    """Begin a session, and go where somebody wanted to go."""
    given = fields(request)
    there, user, password = safe_next(given.get("next", "/")), given.get("user", ""), given.get("password", "")
    refuse_too_many(
        request, "one_user", f"{user.strip().lower()[:100]} {request.client.host if request.client else ''}"
    )
    begun = serving.access.sign_in(user, password)
    if begun is None:
        say = translations(language_of(request)).gettext
        wrong = say("The name or the password is wrong.")
        return page(
            request, "access/login.html.j2", None, status=401, here="", there=there, user="", wrong=wrong, ready=True
        )
    if request.state.session:
        serving.access.end(request.state.session)
    done = RedirectResponse(there, 303)
    remember(request, done, begun)
    return done


@router.post("/logout")
def sign_out(request: Request, serving: Held) -> Response:
    """End the session at once."""
    if request.state.session:
        serving.access.end(request.state.session)
        serving.access.log(request.state.caller.name, "sign-out")
    done = RedirectResponse("/login", 303)
    forget(request, done)
    done.headers["clear-site-data"] = '"cache"'
    return done


@router.get("/setup")
def setup_page(request: Request, serving: Held, secret: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Ask who the first admin is; where there is one, sign in."""
    if serving.access.has_admin():
        return RedirectResponse("/login", 303)
    return page(request, "access/setup.html.j2", None, here="", secret=secret, given={}, wrong="", hint="")


@router.post("/setup")
def set_up(request: Request, serving: Held) -> Response:
    """Make the first admin and sign them in."""
    if serving.access.has_admin():
        return RedirectResponse("/login", 303)
    given = fields(request)
    secret, user, name, password = (given.get(one, "") for one in ("secret", "user", "name", "password"))
    try:
        begun = serving.access.set_up(secret, user, name, password)
    except SegmentaryError as error:
        shown = {"user": user[:100], "name": name[:200]}
        return page(
            request, "access/setup.html.j2", None, status=422, here="", secret=secret, given=shown,
            wrong=error.message, hint=error.hint or "",
        )  # fmt: skip
    done = RedirectResponse("/", 303)
    remember(request, done, begun)
    return done


@router.post("/language")
def choose_language(request: Request) -> Response:
    """Show the pages in another language from now on."""
    given = fields(request)
    done = RedirectResponse(safe_next(given.get("next", "/")), 303)
    if given.get("language") in languages():
        done.set_cookie("language", given["language"], max_age=YEAR_SECONDS, samesite="lax", httponly=True, path="/")
    return done


def safe_next(text: str) -> str:
    r"""Return where to go after signing in: a path of this site, else the first page.

    >>> [safe_next(one) for one in ("/segments?x=1", "//evil", "https://evil", "/\\evil", "/login", "")]
    ['/segments?x=1', '/', '/', '/', '/', '/']
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    odd = any(ord(char) < 33 or char == "\\" or ord(char) == 127 for char in text)
    if odd or parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//"):
        return "/"
    return "/" if parts.path in ("/login", "/logout", "/setup") or len(text) > 1000 else text


def problem_page(request: Request, problem: Response, nobody: bool) -> Response:
    """Return a problem as a page; where nobody is signed in, the way to sign in."""
    if nobody:
        if request.scope["method"] not in ("GET", "HEAD"):
            return RedirectResponse("/login", 303)
        place = request.scope["path"]
        query = request.scope.get("query_string", b"").decode("latin-1")
        there = safe_next(quote(place, safe="/%:@!$&'()*+,;=~-._") + (f"?{query}" if query else ""))
        return RedirectResponse("/login" + (f"?next={quote(there, safe='')}" if there != "/" else ""), 303)
    caller = getattr(request.state, "caller", None)
    said = json.loads(bytes(problem.body))
    shown = page(request, "access/problem.html.j2", caller, status=problem.status_code, here="", said=said)
    for name in ("allow", "retry-after"):
        if name in problem.headers:
            shown.headers[name] = problem.headers[name]
    return shown
