"""The web pages beside the API: one module of `pages` a part of the site, and the files they load."""

from __future__ import annotations

import gzip
import importlib
import json
import mimetypes
from functools import lru_cache

from fastapi import FastAPI, Request, Response

from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web.charts import colours, vega_script
from segmentary.interfaces.web.pages.signing_in import problem_page
from segmentary.interfaces.web.rendering import STATIC, digest

# One module a part, each with a `router`; routes of pages do not stand in the API's description.
PARTS: tuple[str, ...] = (
    "builder",
    "discover",
    "predictions",
    "home",
    "segments",
    "segment",
    "people",
    "overlap",
    "runs",
    "jobs",
    "markets",
    "experiments",
    "data",
    "settings",
    "signing_in",
    "campaigns",
    "messages",
    "offers",
    "journeys",
    "chat",
    "unsubscribing",
)
FOREVER = "public, max-age=31536000, immutable"


def add_pages(app: FastAPI) -> None:
    """Add every page and the files pages load."""
    app.state.problem_page = problem_page
    for part in PARTS:
        module = importlib.import_module(f"segmentary.interfaces.web.pages.{part}")
        app.include_router(module.router, include_in_schema=False)
    app.add_api_route("/assets/vega/vega.js", chart_library, methods=["GET"], include_in_schema=False)
    app.add_api_route("/assets/vega/colours.json", chart_colours, methods=["GET"], include_in_schema=False)
    app.add_api_route("/assets/{version}/{name}", static_file, methods=["GET"], include_in_schema=False)


def static_file(request: Request, version: str, name: str) -> Response:
    """Give out a file of ours, packed where the browser takes that; anybody may load it."""
    path = STATIC / name
    if "/" in name or name.startswith(".") or not path.is_file():
        raise NotFound("there is nothing at this address")
    kept = FOREVER if version == digest() else "no-cache"
    kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "application/octet-stream"
    return packed(request, path.read_bytes(), kind, kept)


def packed(request: Request, body: bytes, kind: str, kept: str) -> Response:
    """Return a file, by gzip where the browser takes that: nothing secret stands in it that its length could tell."""
    headers = {"cache-control": kept, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(squeezed(body), media_type=kind, headers={**headers, "content-encoding": "gzip"})
    return Response(body, media_type=kind, headers=headers)


@lru_cache(maxsize=128)
def squeezed(body: bytes) -> bytes:
    """Return bytes packed, the same every time."""
    return gzip.compress(body, 6, mtime=0)


def chart_library(request: Request) -> Response:
    """Give out the chart library of the package that draws our pictures."""
    return packed(request, vega_script(), "text/javascript", "public, max-age=86400")


def chart_colours(request: Request) -> Response:
    """Give out what every colour becomes in the dark."""
    return Response(json.dumps(colours()), media_type="application/json")
