"""Every text a customer, a file or a colleague can bring is shown as text (R20): no dialog, no element, no request out.

More than a hundred ways to smuggle a script stand in every field that is shown: names, addresses, attributes, events,
products, sources, segments, messages, offers, chats, lists, users, keys. Then pages are opened and looked at.
"""

from __future__ import annotations

import csv

import pytest
from tests.activation.html_attacks import ATTACKS
from tests.interfaces.browsing import heard, settled, watch
from tests.interfaces.site import NOON, clock_from, served

import segmentary as sg
from segmentary.language.yaml import parse_document

CALLS = """
for (const name of ['alert', 'confirm', 'prompt', 'print'])
  window[name] = () => { window.hits = (window.hits || 0) + 1 };
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    with (folder / "customers.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["customer_id", "email", "first_name", "last_name", "city", "note", "created_at"])
        for number, attack in enumerate(ATTACKS):
            out.writerow([f"c{number}", f"c{number}@example.org", attack, attack, attack, attack, "2026-01-01"])
    with (folder / "orders.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["order_id", "customer_id", "ordered_at", "amount", "product_id", "product_name", "channel"])
        for number, attack in enumerate(ATTACKS):
            for turn in range(2):
                day = f"2026-0{1 + turn}-{1 + number % 27:02d}"
                out.writerow([f"o{number}-{turn}", f"c{number}", day, "10.00", f"p{number}", attack, attack])
    with sg.init(folder / "shop", clock=clock_from(NOON), currency="EUR") as workspace:
        workspace.add(folder / "customers.csv", kind="customers")
        workspace.add(folder / "orders.csv")
        for number, attack in enumerate(ATTACKS[:12]):
            document = {
                "segment": f"s{number}", "title": attack, "purpose": attack,
                "where": {"any": [{"trait": "city", "is": attack}, {"trait": "order_count", "gte": 1}]},
            }  # fmt: skip
            workspace.define(parse_document(document))
        workspace.run()
        with served(workspace) as site:
            yield site


def planted(site) -> None:
    """What colleagues can bring: lists, users, keys, markets, chats."""
    with site.client() as client:
        for number, attack in enumerate(ATTACKS[:20]):
            client.put(f"/api/v1/lists/list{number}", json={"ids": [attack]})
            client.post("/api/v1/keys", json={"name": attack[:100], "kind": "read"})
            client.post("/api/v1/users", json={"user": f"u{number}", "name": attack[:100], "role": "viewer",
                                               "password": "a long password for tests"})  # fmt: skip


def addresses() -> list[str]:
    people = [f"/people/c{number}" for number in range(0, len(ATTACKS), 9)]
    parts = ["", "/profile", "/people", "/history", "/activity"]
    segments = [f"/segments/s{number}{part}" for number in range(0, 12, 4) for part in parts]
    return [
        "/", "/segments", "/segments/s3/edit", "/segments/new", "/people", "/people?search=%3Cimg%20src%3Dx%3E",
        "/overlap", "/runs", "/jobs", "/data", "/data/quality", "/data/identity", "/discover", "/discover/new",
        "/predictions", "/markets", "/campaigns", "/messages", "/offers", "/outbox", "/chat", "/chat/transcripts",
        "/experiments", "/experiments/new", "/settings", "/settings/users", "/settings/keys", "/settings/audit",
        *people, *segments,
    ]  # fmt: skip


def test_hostile_text_is_text(hostile, browser):
    assert len(ATTACKS) >= 100
    planted(hostile)
    page = hostile.page(browser)
    page.add_init_script(CALLS)
    watch(page)
    said = heard(page, hostile.url)
    page.on("dialog", lambda one: (said.append(f"dialog: {one.message}"), one.dismiss()))
    wrong = []
    for address in addresses():
        answer = page.goto(address)
        settled(page)
        assert answer is not None
        if answer.status >= 500:
            wrong.append(f"{address}: {answer.status}")
        hits = page.evaluate("() => window.hits || 0")
        smuggled = page.evaluate(
            '() => [...document.querySelectorAll(\'script:not([src]):not([type="application/json"]), iframe, object,'
            ' embed, [onerror], [onload], [onclick], [onmouseover], [style*=expression], a[href^="javascript" i]\')]'
            ".filter((one) => !one.closest('[data-own]')).map((one) => one.outerHTML.slice(0, 120))"
        )
        if hits or smuggled:
            wrong.append(f"{address}: {hits} calls, {smuggled[:3]}")
    wrong += [one for one in said if "404" not in one]
    page.context.close()
    assert not wrong, "\n".join(wrong[:20])
