"""The application: routes, error answers, and who may come in."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from segmentary.errors import SegmentaryError
from segmentary.interfaces.http import problems
from segmentary.interfaces.http.access import permission_of, signed_in
from segmentary.interfaces.http.bodies import UPLOAD_LIMIT
from segmentary.interfaces.http.guards import Guards
from segmentary.interfaces.http.limits import Limits
from segmentary.interfaces.http.metering import Metering, Metrics
from segmentary.workspace.serving import Serving
from segmentary.workspace.uploading import limit_of

PREFIX = "/api/v1"
# One module a noun in `routes`, each with a `router`; in the order of the documentation.
NOUNS: tuple[str, ...] = (
    "discoveries",
    "predictions",
    "segments",
    "segment_views",
    "people",
    "overlaps",
    "runs",
    "exports",
    "jobs",
    "changes",
    "health",
    "previews",
    "definitions",
    "traits",
    "events",
    "lists",
    "templates",
    "campaigns",
    "messages",
    "offers",
    "journeys",
    "chats",
    "consents",
    "outbox",
    "markets",
    "experiments",
    "sources",
    "uploads",
    "quality",
    "identity",
    "session",
    "users",
    "keys",
    "audit",
    "workspace_settings",
)


def create_app(serving: Serving, *, hosts: Collection[str] = (), limits: Limits | None = None) -> FastAPI:
    """Return the application that serves a workspace.

    Every route stands under ``/api/v1``; the web pages are added by `segmentary.interfaces.web.site.add_pages`.

    hosts : names this server answers to, besides those of this machine.
    limits : how often somebody may ask; what is usual where nothing is given.
    """
    from segmentary import __version__

    app = FastAPI(
        title="Segmentary",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.serving = serving
    app.state.caller_of = signed_in
    app.state.hosts = frozenset(name.lower() for name in hosts)
    app.state.limits = limits or Limits()
    app.state.upload_limit = max(UPLOAD_LIMIT, limit_of(serving.workspace))
    # Requests with an Idempotency-Key that are being worked on in this process.
    app.state.working = set()
    app.state.listening = set()
    app.state.metrics = Metrics(serving)
    app.add_middleware(Guards)
    app.add_middleware(Metering, metrics=app.state.metrics)
    needed: dict[tuple[str, str], str] = {}
    for noun in NOUNS:
        router = importlib.import_module(f"segmentary.interfaces.http.routes.{noun}").router
        app.include_router(router, prefix=PREFIX, tags=[noun.replace("_", " ")])
        for route in router.routes:
            needed |= {(PREFIX + route.path, one.lower()): permission_of(route.dependant) for one in route.methods}
    app.openapi = telling_permissions(app.openapi, needed)  # type: ignore[method-assign]
    app.add_exception_handler(SegmentaryError, problems.on_error)
    app.add_exception_handler(RequestValidationError, problems.on_invalid)
    app.add_exception_handler(HTTPException, problems.on_http)
    app.add_exception_handler(Exception, problems.on_defect)
    return app


def telling_permissions(
    describe: Callable[[], dict[str, Any]], needed: Mapping[tuple[str, str], str]
) -> Callable[[], dict[str, Any]]:
    """Return what describes the API with the permission every address needs, as ``x-permission``."""

    def described() -> dict[str, Any]:
        found = describe()
        for path, methods in found["paths"].items():
            for method, told in methods.items():
                if (path, method) in needed:
                    told["x-permission"] = needed[path, method]
        return found

    return described
