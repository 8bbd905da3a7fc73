"""Who asks, and what they may do. Routes say what they need: ``caller: Annotated[Caller, may("define")]``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Depends, Request

from segmentary.errors import AccessDeniedError, SegmentaryError
from segmentary.workspace.serving import Serving

Permission = Literal[
    "read", "people", "personal", "define", "analyse", "act", "export", "load", "operate", "administer", "ingest"
]
"""What may be done.

read : aggregates, definitions, reports, health details.  people : rows of single persons, identifiers redacted.
personal : identifiers and contact data too.  define : segments, traits, lists.  analyse : discover, predict, market,
experiments.  act : campaigns, messages, offers, journeys, bots, consent.  export : files of people.  load : sources.
operate : run, cancel jobs.  administer : users, keys, settings.  ingest : send events in (write keys).
"""


class NotSignedInError(SegmentaryError):
    """Nobody is signed in, or not any more."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``name`` is what the audit log holds; ``kind`` is user or key."""

    name: str
    kind: Literal["user", "key"]
    role: str
    permissions: frozenset[str]

    def may(self, permission: Permission) -> bool:
        """Say whether the caller may do something."""
        return permission in self.permissions


def may(permission: Permission | None) -> Any:
    """Return the dependency of a route that needs a permission (None: anybody who is signed in)."""

    def allowed(request: Request) -> Caller:
        request.state.permission = permission
        caller = caller_of(request)
        if permission is not None and not caller.may(permission):
            raise AccessDeniedError("you may not do this", hint=f"it needs the permission {permission}")
        return caller

    allowed.permission = permission  # type: ignore[attr-defined]
    return Depends(allowed)


def permission_of(dependant: Any) -> str:
    """Return the permission a route asks for; ``any``: whoever is signed in; ``open``: it asks nobody."""
    found = "open"
    for one in dependant.dependencies:
        if hasattr(one.call, "permission"):
            return one.call.permission or "any"
        if (inner := permission_of(one)) != "open":
            found = inner
    return found


def caller_of(request: Request) -> Caller:
    """Return who asks; raise where nobody is signed in."""
    finder: Callable[[Request], Caller] = request.app.state.caller_of
    return finder(request)


def signed_in(request: Request) -> Caller:
    """Return whom the guards recognised: by a session or a key.

    Raises
    ------
    NotSignedInError
        when it is nobody.
    """
    found: Caller | None = getattr(request.state, "caller", None)
    if found is None:
        raise NotSignedInError("nobody is signed in", hint="sign in, or send a key as `Authorization: Bearer seg_...`")
    return found


def serving_of(request: Request) -> Serving:
    """Return the workspace that is served."""
    found: Serving = request.app.state.serving
    return found
