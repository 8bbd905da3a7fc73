"""A generated business: seeded, our own, with the members of every library segment known beforehand.

`generate` writes the exports of a shop, its site, its e-mail tool, its survey and its support chat (see `exports`), and
``truth.json``: for every segment of the library the ids that belong to it, found by plain predicates over the people
themselves (`truth`), and for each segment two people on its border (`boundary`).
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from segmentary.samples.boundary import Pair, boundary_people
from segmentary.samples.business import CURRENCY, TIMEZONE, Business
from segmentary.samples.contacts import anonymous, ask, browse, campaigns, read_mail
from segmentary.samples.exports import SOURCES, SampleSource, write_exports
from segmentary.samples.orders import Register, shop
from segmentary.samples.people import ITEMS_A_SCALE, accounts, answer_survey, customer, decide_consents, households
from segmentary.samples.personas import PERSONAS
from segmentary.samples.personas import SCALES as ATTITUDES
from segmentary.samples.products import products
from segmentary.samples.truth import ranked_pairs, true_members

AS_OF = dt.date(2026, 3, 1)
TRUTH_FILE = "truth.json"
SCALES: Mapping[str, Mapping[str, Any]] = {
    scale: {"items": [f"{scale}_{number}" for number in range(1, ITEMS_A_SCALE + 1)], "low": 1, "high": 5}
    for scale in ATTITUDES
}
"""The attitude scales of its survey, as a workspace's settings name them."""

__all__ = [
    "AS_OF", "CURRENCY", "SCALES", "SOURCES", "TIMEZONE", "TRUTH_FILE", "GeneratedTruth", "SampleSource", "generate",
    "make_business",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class GeneratedTruth:
    """What is true of a generated business.

    Attributes
    ----------
    as_of : the local day whose beginning the exports and the truth describe.
    timezone, currency : the settings a workspace for it needs.
    customers : how many people there are.
    segments : library segment -> ids of its members, sorted.
    boundary : library segment -> one person just inside, one just outside; where they stand is found, not planted, for
        segments by rank and score.
    """

    as_of: dt.date
    timezone: str
    currency: str
    customers: int
    segments: Mapping[str, tuple[str, ...]]
    boundary: Mapping[str, Pair]

    def write(self, path: Path) -> None:
        """Write the truth as JSON."""
        document = {
            "as_of": self.as_of.isoformat(),
            "timezone": self.timezone,
            "currency": self.currency,
            "customers": self.customers,
            "segments": {name: list(ids) for name, ids in self.segments.items()},
            "boundary": {name: {"inside": p.inside, "outside": p.outside} for name, p in self.boundary.items()},
        }
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> GeneratedTruth:
        """Read a truth file back."""
        document = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            as_of=dt.date.fromisoformat(document["as_of"]),
            timezone=document["timezone"],
            currency=document["currency"],
            customers=document["customers"],
            segments={name: tuple(ids) for name, ids in document["segments"].items()},
            boundary={name: Pair(p["inside"], p["outside"]) for name, p in document["boundary"].items()},
        )


def generate(folder: Path, *, customers: int = 2_000, seed: int = 7, as_of: dt.date = AS_OF) -> GeneratedTruth:
    """Write a generated business into a folder.

    Parameters
    ----------
    customers : how many drawn people; the two per segment on its border come on top.
    seed : the same seed writes the same files.
    as_of : the local day (Europe/Berlin) at whose beginning the exports are made.
    """
    business, planted = make_business(customers=customers, seed=seed, as_of=as_of)
    members = true_members(business)
    pairs = {**planted, **ranked_pairs(business, members)}
    truth = GeneratedTruth(
        as_of, TIMEZONE, CURRENCY, len(business.customers), members, {name: pairs[name] for name in members}
    )
    write_exports(business, folder)
    truth.write(folder / TRUTH_FILE)
    return truth


def make_business(*, customers: int = 2_000, seed: int = 7, as_of: dt.date = AS_OF) -> tuple[Business, dict[str, Pair]]:
    """Return the business as objects, and the border people planted in it."""
    zone = ZoneInfo(TIMEZONE)
    moment = dt.datetime(as_of.year, as_of.month, as_of.day, tzinfo=zone).astimezone(dt.UTC)
    shelf = products()
    chance = random.Random(f"{seed}:groups")  # noqa: S311 - a sample, not a secret
    firms = accounts(chance, max(1, customers // 20), as_of)
    homes = households(chance, max(1, customers // 8))
    business = Business(moment, shelf, firms, homes, [])
    register = Register(shelf)
    sent = campaigns(moment, zone)
    personas = {persona.name: persona for persona in PERSONAS}
    people, buying, contact = (
        random.Random(f"{seed}:{part}")  # noqa: S311 - a sample, not a secret
        for part in ("people", "orders", "contacts")
    )
    for index in range(customers):
        who = customer(people, index, moment, as_of, firms, homes)
        persona = personas[who.persona]
        decide_consents(people, who, persona, moment)
        answer_survey(people, who, persona, moment)
        shop(buying, who, persona, register, as_of=moment, zone=zone)
        browse(contact, who, persona, shelf, moment)
        read_mail(contact, who, persona, sent, moment)
        ask(contact, who, persona, moment)
        business.customers.append(who)
    if customers:
        guests = replace(business.customers[0], created_at=moment - dt.timedelta(days=900), orders=[], refunds=[])
        for _ in range(max(1, customers // 200)):
            shop(buying, guests, personas["regular"], register, as_of=moment, zone=zone)
        business.guest_orders = guests.orders
    business.anonymous_web = anonymous(contact, customers // 2, shelf, moment)
    pairs = boundary_people(business, register)
    return business, pairs
