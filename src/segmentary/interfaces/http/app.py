"""The application: routes, error answers, and who may come in."""

from __future__ import annotations

import importlib

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from segmentary.errors import SegmentaryError
from segmentary.interfaces.http import problems
from segmentary.workspace.serving import Serving

PREFIX = "/api/v1"
# One module a noun in `routes`, each with a `router`; in the order of the documentation.
NOUNS: tuple[str, ...] = ("segments", "jobs")


def create_app(serving: Serving) -> FastAPI:
    """Return the application that serves a workspace.

    Every route stands under ``/api/v1``; the web pages are added by `segmentary.interfaces.web.site.add_pages`.
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
    app.state.caller_of = everybody
    for noun in NOUNS:
        module = importlib.import_module(f"segmentary.interfaces.http.routes.{noun}")
        app.include_router(module.router, prefix=PREFIX, tags=[noun.replace("_", " ")])
    app.add_exception_handler(SegmentaryError, problems.on_error)
    app.add_exception_handler(RequestValidationError, problems.on_invalid)
    app.add_exception_handler(HTTPException, problems.on_http)
    app.add_exception_handler(Exception, problems.on_defect)
    return app


def everybody(request: object) -> object:
    """Let everybody in as admin (only until `workspace.access` is there)."""
    from typing import get_args

    from segmentary.interfaces.http.access import Caller, Permission

    return Caller("local", "local", "admin", frozenset(get_args(Permission)))
