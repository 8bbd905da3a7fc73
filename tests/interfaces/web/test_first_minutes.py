"""The first five minutes: from an empty folder to a segment that is saved, explained and exported, by clicking.

The real command serves an empty folder; its console gives the link that makes the first admin. What the page counts in
the end is what the command line, SQL and the exported file count.
"""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.interfaces.browsing import heard

COMMAND = Path(sys.executable).with_name("segmentary")
WAIT = 60_000


def segmentary(folder: Path, *arguments: str) -> str:
    done = subprocess.run([COMMAND, "-w", folder, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """An empty workspace that is served, the link of its console, and files on the desk of who sits before it."""
    desk = tmp_path_factory.mktemp("desk")
    with (desk / "orders.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["order_id", "customer_id", "ordered_at", "amount"])
        for number in range(240):
            customer, day = number * number % 53, number % 27
            out.writerow(
                [f"o{number}", f"c{customer}", f"2026-0{1 + number % 9}-{1 + day:02d} 12:00:00", f"{10 + number}.50"]
            )
    with (desk / "customers.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["customer_id", "email", "first_name", "city"])
        for number in range(60):
            out.writerow([f"c{number}", f"c{number}@example.org", f"Name{number}", ("Berlin", "Hamburg")[number % 2]])
    folder = desk / "shop"
    subprocess.run([COMMAND, "init", folder, "--currency", "EUR"], check=True, capture_output=True, timeout=60)
    server = subprocess.Popen(
        [COMMAND, "-w", folder, "serve", "--port", "0", "--no-open"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        told = ""
        assert server.stdout is not None
        while "secret=" not in told:
            line = server.stdout.readline()
            assert line, f"the server ended: {told}"
            told += line
        yield desk, folder, re.search(r"http://\S*secret=\S+", told)[0]
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(20)


def test_from_an_empty_folder_to_an_exported_segment(shop, browser, tmp_path):
    desk, folder, link = shop
    page = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True).new_page()
    page.set_default_timeout(WAIT)
    said = heard(page, link)
    page.goto(link)
    page.get_by_label("Name or mail address").fill("ines@example.org")
    page.get_by_label("Password", exact=True).fill("seven blue lanterns in the rain")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Bring the first file in").first.click()

    for name in ("customers.csv", "orders.csv"):
        page.goto(page.url.partition("/data")[0].rstrip("/") + "/data")
        page.set_input_files("#files", desk / name)
        page.wait_for_url(re.compile("/data/uploads/"))
        page.get_by_role("button", name="Load it").click()
        page.get_by_text("Every row is accounted for").wait_for()
    page.get_by_role("button", name="Compute all segments").click()
    page.wait_for_url(re.compile("/segments$"))

    page.get_by_role("link", name="New segment").first.click()
    page.wait_for_selector("#builder[data-ready]")
    page.locator("[data-k=title]").fill("Berlin regulars")
    page.locator("[data-k=picker]").first.fill("order_count")
    page.wait_for_selector(".combo-list:not([hidden]) [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("4")
    page.wait_for_selector(".live:not([data-stale]) .figure[data-people]")
    shown = int(page.locator(".figure").get_attribute("data-people") or -1)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile("/segments/berlin_regulars/edit"))

    page.goto(page.url.removesuffix("/edit"))
    page.get_by_role("button", name="Run now").click()
    page.locator(".tile", has_text="Members").wait_for()
    assert page.locator(".tile", has_text="Members").locator("dd").first.inner_text() == str(shown)
    page.goto(page.url.partition("#")[0] + "/people")
    someone = page.locator("main table tbody th a").first.inner_text()
    page.goto(page.url.partition("/segments")[0] + f"/people/{someone}")
    page.get_by_role("link", name=re.compile("^Why.*Berlin regulars")).click()
    page.get_by_role("heading", name=re.compile("^Why is")).wait_for()
    assert "order count" in page.locator("ul.why").first.inner_text().replace("_", " ")

    page.goto(page.url.partition("/people")[0] + "/segments/berlin_regulars/people#export")
    page.locator("#export").get_by_role("button").first.click()
    with page.expect_download(timeout=WAIT) as waiting:
        page.get_by_role("link", name=re.compile(r"Download|\.csv")).first.click()
    waiting.value.save_as(tmp_path / "exported.csv")
    assert not [one for one in said if "favicon" not in one]
    page.context.close()

    with (tmp_path / "exported.csv").open(encoding="utf-8-sig") as stream:
        exported = [row["customer_id"] for row in csv.DictReader(stream)]
    counted = json.loads(segmentary(folder, "segment", "count", "berlin_regulars", "--json"))
    again = json.loads(segmentary(folder, "segment", "count", "berlin_regulars", "--evaluated", "--json"))
    assert len(exported) == len(set(exported)) == counted["people"] == again["people"] == shown > 0
    assert someone in exported
