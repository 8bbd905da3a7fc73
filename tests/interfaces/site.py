"""A server on a furnished workspace, for tests of the API and of the pages: one a process, in threads.

It holds a story of 400 customers (`samples.planted_story`): shop, CRM, web visits, survey, mails, tickets; segments,
messages, offers, a campaign, a bot. Every part of the product adds to it in ``tests/interfaces/furnishing/PART.py``:
``furnish(workspace) -> list of page addresses`` that show what it made.
"""

from __future__ import annotations

import datetime as dt
import importlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

from segmentary.interfaces.http.app import create_app
from segmentary.interfaces.web.site import add_pages
from segmentary.ledger.users import append_user, user_named
from segmentary.samples.planted_story import plant_story
from segmentary.workspace.opening import init_workspace
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from segmentary.workspace.access.access import Begun

ENDS = dt.date(2026, 11, 1)
FURNISHING = Path(__file__).parent / "furnishing"
PASSWORD = "a long password for tests"


NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def clock_from(start: dt.datetime) -> Callable[[], dt.datetime]:
    """A clock that begins at a moment and goes on as clocks do."""
    began = time.monotonic()
    return lambda: start + dt.timedelta(seconds=time.monotonic() - began)


@dataclass
class Site:
    """A running server. ``pages``: addresses of the furnished pages."""

    url: str
    serving: Serving
    pages: list[str] = field(default_factory=list)
    app: Any = None

    @property
    def workspace(self) -> Workspace:
        return self.serving.workspace

    def session(self, role: str = "admin") -> Begun:
        """A session of the user who is called as their role; the user is made once, the session every time."""
        with self.serving.access.writing() as ledger:
            if user_named(ledger, role) is None:
                append_user(ledger, role, role.title(), role, password_hash(), at=self.serving.access.tick())
                self.serving.access.log(role, "sign-in")
        return self.serving.access.begin(role)

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return f"segmentary_{self.url.rpartition(':')[2]}"

    def client(self, role: str = "admin") -> httpx.Client:
        """A client that is signed in, as a page of the site would be."""
        begun = self.session(role)
        return httpx.Client(
            base_url=self.url,
            timeout=60,
            trust_env=False,
            cookies={self.cookie: begun.token},
            headers={"origin": self.url, "x-csrf-token": begun.csrf},
        )

    def stranger(self, **options: Any) -> httpx.Client:
        """A client of nobody."""
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False, **options)

    def page(self, browser: Browser, role: str = "admin", **options: Any) -> Page:
        """A page of a browser that is signed in; close its context afterwards."""
        context = browser.new_context(base_url=self.url, **options)
        context.add_cookies([{"name": self.cookie, "value": self.session(role).token, "url": self.url}])
        return context.new_page()


@cache
def password_hash() -> str:
    """The hash of PASSWORD, of few rounds: made once."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)


def story(folder: Path, customers: int = 400) -> Workspace:
    """A workspace of the story: loaded, defined, run."""
    plant_story(folder, ends=ENDS, customers=customers)
    workspace = init_workspace(folder / "shop", clock=clock_from(NOON), currency="EUR", timezone="Europe/Berlin")
    workspace.add(*sorted(str(path) for path in (folder / "files").iterdir()))
    workspace.apply(folder / "documents")
    workspace.run()
    return workspace


def furnished(workspace: Workspace) -> list[str]:
    """What every part made, as addresses."""
    found = []
    for path in sorted(FURNISHING.glob("[a-z]*.py")):
        module = importlib.import_module(f"tests.interfaces.furnishing.{path.stem}")
        found += module.furnish(workspace)
    return found


@contextmanager
def served(workspace: Workspace, pages: list[str] | None = None) -> Iterator[Site]:
    """Serve a workspace on a free port of this machine until the block ends."""
    serving = Serving(workspace)
    serving.start()
    app = create_app(serving)
    add_pages(app)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=2)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Site(f"http://127.0.0.1:{port}", serving, pages or [], app)
    finally:
        server.should_exit = True
        thread.join(10)
        serving.close()
