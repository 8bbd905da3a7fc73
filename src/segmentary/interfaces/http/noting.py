"""The log of who did what: every change over HTTP, every file of people taken out, every refusal to somebody known.

What is taken down is the address as the API describes it, and the names in it; people only by a pseudonym.
"""

from __future__ import annotations

from fastapi import Request

from segmentary.workspace.access.access import Access
from segmentary.workspace.job_kinds import KINDS

ONLY_LOOKING = frozenset(("read", "people", "personal"))
PEOPLE = frozenset(("customer", "customer_id", "person", "person_id", "people", "address", "record", "record_id"))
OWN = ("/login", "/logout", "/setup", "/language")
"""What takes itself down, or changes nothing of the business."""
TRYING = ("/preview", "/lint", "/check", "/plan", "/try", "/validate", "/convert", "/proposal")
"""How addresses end that only try something: a preview is asked for at every key somebody presses."""


def to_note(request: Request, status: int) -> bool:
    """Say whether an answer belongs into the log."""
    caller = getattr(request.state, "caller", None)
    if caller is None or request.scope["path"] in OWN or 400 <= status != 403:
        return False
    permission = getattr(request.state, "permission", None)
    if request.scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return permission == "export"
    return permission not in ONLY_LOOKING and not template_of(request).endswith(TRYING)


def template_of(request: Request) -> str:
    """Return the address as the API describes it: names people chose are not part of it."""
    return str(getattr(request.scope.get("route"), "path", ""))


def note(request: Request, status: int) -> None:
    """Take an answer down."""
    access: Access = request.app.state.serving.access
    template = template_of(request) or request.scope["path"].partition("?")[0][:100]
    named = request.scope.get("path_params", {})
    of_people = "/people" in template or "/consents" in template
    parts = [
        access.pseudonym(str(value)) if of_people or name in PEOPLE else f"{name} {value}"
        for name, value in named.items()
    ]
    if made := getattr(request.state, "made", ""):
        parts.append(made)
    detail: dict[str, object] = {"status": status}
    read = getattr(request.state, "body_read", None)
    if (
        template.endswith("/jobs")
        and isinstance(read, dict)
        and isinstance(kind := read.get("kind"), str)
        and kind in KINDS
    ):
        detail["kind"] = kind
    action = f"{request.scope['method']} {template.removeprefix('/api/v1')}"
    access.log(request.state.caller.name, f"refused {action}" if status == 403 else action, ", ".join(parts), detail)
