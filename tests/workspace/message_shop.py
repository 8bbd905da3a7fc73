"""A small shop with people, segments, a message, offers and a campaign, and nothing sent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa

from segmentary.workspace.opening import init_workspace

START = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
PEOPLE = 60
NAMES = ("Ann", "Bob <b>", "{{ 7*7 }}", "[x](https://evil.example)", "Zoë-Maximiliane von und zu Hohenfels", "")
OFFERS = """offers: autumn
rows:
  - {id: ten_off, words: "10% off.", code: TEN, value: 5, for: gold, until: 2026-03-15, limit: 4}
  - id: voucher
    words: A voucher.
    codes: [V1, V2, V3]
    value: 20
    for: points >= 50
    budget: 60
    priority: 2
    expected: points
"""
MESSAGE = """message: autumn
variants:
  thanks:
    subject: "{{ first_name | default: 'Thank you' }}, for you"
    preheader: A small thank you
    text: |
      Hello {{ first_name | default: "there" }}, you have {{ points | number }} points.

      {% if offer %}{{ offer.words }} Use **{{ offer.code }}**
      {% if offer.until %}until {{ offer.until | date: "%d %B" }}{% endif %}{% endif %}

      [Have a look](https://shop.example/?c={{ campaign.name | url_encode }})
  come_back:
    subject: We miss you
    html: <p>Hello {{ first_name }}, your branch is {{ branch }}.</p>
fallbacks: {branch: near you}
"""
CAMPAIGN = """campaign: autumn_offer
channel: email
purpose: marketing
message: autumn
offers: autumn
targets: [{segment: gold, variant: thanks}, {segment: blue, variant: come_back}]
holdout: 10%
until: 2026-03-20
"""
SEGMENTS = """segment: gold
where: {trait: plan, is: gold}
---
segment: blue
where: {trait: plan, is: blue}
"""


class Hand:
    """A clock moved by hand."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def __call__(self) -> dt.datetime:
        self.at += dt.timedelta(milliseconds=1)
        return self.at


def people() -> pa.Table:
    ids = [f"c{n:03d}" for n in range(PEOPLE)]
    return pa.table(
        {
            "customer_id": ids,
            "plan": ["gold" if n % 2 else "blue" for n in range(PEOPLE)],
            "first_name": [NAMES[n % len(NAMES)] or None for n in range(PEOPLE)],
            "points": [str(n) for n in range(PEOPLE)],
            "branch": ["Rome" if n % 3 else None for n in range(PEOPLE)],
            "allergy": ["nuts" if n % 5 == 0 else None for n in range(PEOPLE)],
            "email": [f"{one}@shop-people.org" for one in ids],
        }
    )


def make_shop(folder: Path, *, until: str = "2026-03", clock: Hand | None = None):
    """Return the open workspace; its documents lie in ``docs`` beside it. until : the month everything ends in."""
    workspace = init_workspace(folder / "shop", clock=clock or Hand(START), currency="EUR", timezone="Europe/Berlin")
    workspace.add(people(), kind="customers", name="crm")
    (folder / "docs").mkdir()
    for name, text in (("segments", SEGMENTS), ("offers", OFFERS), ("message", MESSAGE), ("campaign", CAMPAIGN)):
        (folder / "docs" / f"{name}.yaml").write_text(text.replace("2026-03", until), encoding="utf-8")
    workspace.apply(folder / "docs")
    workspace.run()
    for n in range(PEOPLE):
        workspace.consents.decide(f"c{n:03d}", "marketing", "email", True, "form")
    return workspace


def with_mail(folder: Path) -> None:
    """Set the channel up: a sender and an unsubscribe address."""
    path = folder / "shop" / "segmentary.toml"
    lines = '[channels.email]\nsender = "Shop <hello@shop.example>"\nunsubscribe_url = "https://shop.example/u"\n'
    path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")
