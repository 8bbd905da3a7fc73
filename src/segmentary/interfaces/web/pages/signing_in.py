"""Pages of coming in: sign in, make the first admin, sign out; and the page that says what went wrong."""

from __future__ import annotations

import json
from urllib.parse import quote, urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from segmentary.interfaces.web.rendering import page


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
