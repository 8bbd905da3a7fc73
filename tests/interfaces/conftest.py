"""A furnished site and a browser, made once a process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from tests.interfaces.site import NOON, Site, clock_from, furnished, served, story

from segmentary.workspace.opening import init_workspace

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The furnished site. Tests may add to it under names of their own; nobody takes away what others made."""
    with story(tmp_path_factory.mktemp("site")) as workspace:
        pages = furnished(workspace)
        with served(workspace, pages) as found:
            yield found


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on a workspace without data, for tests of who may come in; quick to make."""
    folder = tmp_path_factory.mktemp("bare") / "shop"
    with init_workspace(folder, clock=clock_from(NOON)) as workspace, served(workspace) as found:
        found.session("admin")
        yield found


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium: install Debian's package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield found
        found.close()
