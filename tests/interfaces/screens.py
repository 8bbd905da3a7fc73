"""The pictures of pages in the documentation: ``make screens`` makes them anew from the furnished site."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright
from tests.interfaces.browsing import settled, watch
from tests.interfaces.conftest import SWITCHES
from tests.interfaces.site import furnished, served, story

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images" / "pages"
SCREENS = {
    "home": "/",
    "builder": "/segments/built_deep/edit",
    "segment": "/segments/plus",
    "discover": "/discover/habits",
    "campaign": "/campaigns/garden_week",
    "market": "/markets/gardeners",
    "person": "/people/m00003",
}
WINDOW = {"width": 1200, "height": 780}


def main() -> None:
    """Make every picture; a page that does not answer stops it."""
    chromium = shutil.which("chromium") or sys.exit("no chromium: install Debian's package chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, story(Path(place)) as workspace:
        furnished(workspace)
        with served(workspace) as site, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=SWITCHES)
            page = site.page(browser, viewport=WINDOW, color_scheme="light")
            watch(page)
            for name, address in SCREENS.items():
                answer = page.goto(address)
                settled(page)
                page.wait_for_timeout(2_500)
                if answer is None or answer.status != 200:
                    sys.exit(f"{address}: {answer and answer.status}")
                page.screenshot(path=IMAGES / f"{name}.png")
                sys.stdout.write(f"{name}.png  {address}\n")
            browser.close()


if __name__ == "__main__":
    main()
