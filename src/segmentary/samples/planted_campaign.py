r"""A future for a generated business: what happened after a campaign, with an effect planted per segment.

Given who was in which arm, it writes what came after: orders, deliveries, opens (those of programs too), clicks,
unsubscriptions, complaints and replies. Nothing but the arm makes people of a segment differ::

    segmentary campaign people autumn --limit 0 --json > treated.json
    segmentary campaign people autumn --arm holdout --limit 0 --json > held_out.json
    python -m segmentary.samples.planted_campaign treated.json held_out.json --into future --campaign autumn \
        --at 2026-03-01T09:00:00+00:00

Everybody in an arm other than ``holdout`` was treated. Files are seeded, our own and deterministic; the truth is what
`plant_future` returns, and ``truth_of_campaign.json`` beside the files.

Orders are a Poisson process whose rate differs between people (gamma, shape 4). What is planted multiplies the rate of
those treated during the first 28 days, and nothing afterwards: so retention after 60 days is a null. Whether somebody
orders at all in 28 days at a mean of m is 1 - (1 + m / 4) ** -4.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from segmentary.samples.exports import write_csv

TRUTH_FILE = "truth_of_campaign.json"
HOLDOUT = "holdout"
WINDOW_DAYS, DAYS, SHAPE = 28, 94, 4.0
ORDERS: Mapping[str, float] = {"basic": 0.45, "plus": 0.5, "pro": 1.0}
"""Mean orders of a person in 28 days when nobody does anything; other segments: `USUAL`."""
LIFTS: Mapping[str, float] = {"plus": 1.3, "basic": 0.0, "pro": -0.6}
"""What the campaign does to that, relatively: it works in one segment, does nothing in one, harms in one."""
USUAL = 0.5
PRICES = (11, 13, 27, 31, 70, 80)
LINE_COLUMNS = (
    "order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price", "amount", "currency", "channel",
)  # fmt: skip
PRODUCTS = ("GAR-BUD-1", "GAR-BUD-2", "GAR-STA-1", "GAR-STA-2", "GAR-PRE-1", "GAR-PRE-2")
REACTION_COLUMNS = ("event_id", "customer_id", "event", "happened_at", "campaign", "machine", "url")
BOUNCED, OPENED, MACHINE, CLICKED, SCANNED, LEFT, SPAM, WROTE = 0.02, 0.35, 0.30, 0.30, 0.05, 0.012, 0.002, 0.01


@dataclass(frozen=True, slots=True)
class Drawn:
    """One person of the campaign."""

    customer_id: str
    segment: str
    arm: str


@dataclass(frozen=True, slots=True)
class SegmentTruth:
    """What is planted in one segment: mean orders and share of buyers in 28 days, held out and treated."""

    orders: float
    lift: float
    buys_held_out: float
    buys_treated: float

    @property
    def effect(self) -> float:
        """The true difference in the share of buyers."""
        return self.buys_treated - self.buys_held_out


@dataclass(frozen=True, slots=True)
class FutureTruth:
    """What is true of a planted future. people : by segment and arm."""

    campaign: str
    starts: dt.datetime
    days: int
    segments: Mapping[str, SegmentTruth]
    people: Mapping[str, Mapping[str, int]]

    def write(self, path: Path) -> None:
        """Write the truth as JSON."""
        document = {
            "campaign": self.campaign,
            "starts": self.starts.isoformat(),
            "days": self.days,
            "segments": {name: {**asdict(one), "effect": one.effect} for name, one in self.segments.items()},
            "people": {name: dict(arms) for name, arms in self.people.items()},
        }
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def share_of_buyers(mean: float) -> float:
    """Return who orders at all at a mean number of orders.

    >>> round(share_of_buyers(0.5), 3), share_of_buyers(0.0)
    (0.376, 0.0)
    """
    return 1 - float((1 + mean / SHAPE) ** -SHAPE)


def truth_of(segment: str, orders: Mapping[str, float], lifts: Mapping[str, float]) -> SegmentTruth:
    """Return what is planted in a segment."""
    mean, lift = orders.get(segment, USUAL), lifts.get(segment, 0.0)
    return SegmentTruth(mean, lift, share_of_buyers(mean), share_of_buyers(mean * (1 + lift)))


def plant_future(
    folder: str | Path,
    people: Sequence[Drawn],
    *,
    campaign: str,
    starts: dt.datetime,
    seed: int = 7,
    days: int = DAYS,
    orders: Mapping[str, float] = ORDERS,
    lifts: Mapping[str, float] = LIFTS,
    currency: str = "EUR",
) -> FutureTruth:
    """Write what happened after a campaign began.

    Parameters
    ----------
    people : everybody in an arm. starts : when they were drawn (aware). days : how long the future is.
    orders : mean orders in 28 days by segment. lifts : what the campaign does to them in its 28 days.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(people, key=lambda one: one.customer_id)
    streams = [np.random.default_rng([seed, k]) for k in range(2)]
    bought = list(purchases(ordered, starts, days, orders, lifts, streams[0]))
    bought.sort()
    write_csv(folder / "order_lines.csv", LINE_COLUMNS, line_rows(bought, currency))
    reactions = sorted(mails(ordered, starts, campaign, streams[1]), key=lambda row: (row[2], row[0], row[1]))
    write_csv(
        folder / "email_events.csv",
        REACTION_COLUMNS,
        (
            (f"{campaign}-{number:06d}", who, event, at, campaign, machine, url)
            for number, (who, event, at, machine, url) in enumerate(reactions, 1)
        ),
    )
    counts: dict[str, dict[str, int]] = {}
    for one in ordered:
        held = counts.setdefault(one.segment, {})
        held[one.arm] = held.get(one.arm, 0) + 1
    planted = {name: truth_of(name, orders, lifts) for name in sorted(counts)}
    truth = FutureTruth(campaign, starts, days, planted, counts)
    truth.write(folder / TRUTH_FILE)
    return truth


def purchases(
    people: Sequence[Drawn],
    starts: dt.datetime,
    days: int,
    orders: Mapping[str, float],
    lifts: Mapping[str, float],
    rng: np.random.Generator,
) -> Iterator[tuple[str, str, int]]:
    """Yield moment, customer and which price of every order."""
    for one in people:
        mean = orders.get(one.segment, USUAL) * float(rng.gamma(SHAPE, 1 / SHAPE))
        raised = 1 + (lifts.get(one.segment, 0.0) if one.arm != HOLDOUT else 0.0)
        early = int(rng.poisson(mean * raised * min(days, WINDOW_DAYS) / WINDOW_DAYS))
        late = int(rng.poisson(mean * max(0, days - WINDOW_DAYS) / WINDOW_DAYS))
        spots = [*(rng.uniform(0, WINDOW_DAYS, early)), *(rng.uniform(WINDOW_DAYS, max(days, WINDOW_DAYS), late))]
        for spot in spots:
            yield text_of(starts, float(spot)), one.customer_id, int(rng.integers(0, len(PRICES)))


def text_of(starts: dt.datetime, after_days: float) -> str:
    """Return a moment so many days after the start, to the second, in UTC."""
    at = starts + dt.timedelta(seconds=round(after_days * 86_400) + 1)
    return at.astimezone(dt.UTC).replace(microsecond=0).isoformat()


def line_rows(bought: Iterable[tuple[str, str, int]], currency: str) -> Iterator[tuple[object, ...]]:
    """Yield one line per order."""
    for number, (at, who, price) in enumerate(bought, 1):
        amount = f"{PRICES[price]}.00"
        yield f"f{number:06d}", at, who, PRODUCTS[price], 1, amount, amount, currency, "web"


def mails(
    people: Sequence[Drawn], starts: dt.datetime, campaign: str, rng: np.random.Generator
) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield customer, event, moment, machine and address of every reaction of those treated."""
    hour = 1 / 24
    address = f"https://shop.example/{campaign}"
    for one in people:
        draws, waits = rng.uniform(size=8), rng.exponential(size=4)
        if one.arm == HOLDOUT:
            continue
        who, sent = one.customer_id, 0.25 * hour
        if draws[0] < BOUNCED:
            yield who, "email_bounced", text_of(starts, sent), "", ""
            continue
        yield who, "email_delivered", text_of(starts, sent), "", ""
        if draws[1] < MACHINE:
            yield who, "email_opened", text_of(starts, sent + 0.01 * hour), "true", ""
        if draws[2] < SCANNED:
            yield who, "email_clicked", text_of(starts, sent + 0.02 * hour), "true", address
        if draws[3] < OPENED:
            opened = sent + 12 * hour * float(waits[0])
            yield who, "email_opened", text_of(starts, opened), "false", ""
            if draws[4] < CLICKED:
                yield who, "email_clicked", text_of(starts, opened + hour * float(waits[1])), "false", address
            if draws[5] < WROTE:
                yield who, "email_replied", text_of(starts, opened + 2 * hour), "", ""
        if draws[6] < LEFT:
            yield who, "email_unsubscribed", text_of(starts, sent + 24 * hour * float(waits[2])), "", ""
        if draws[7] < SPAM:
            yield who, "email_complained", text_of(starts, sent + 24 * hour * float(waits[3])), "", ""


def read_people(path: Path) -> list[Drawn]:
    """Return the people of a file that `segmentary campaign people --json` wrote."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return [Drawn(one["customer"], one["segment"], one["arm"]) for one in document["people"]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a future from the command line."""
    parser = argparse.ArgumentParser(prog="python -m segmentary.samples.planted_campaign", description=__doc__)
    parser.add_argument("people", type=Path, nargs="+", help="JSON of `segmentary campaign people`")
    parser.add_argument("--into", type=Path, required=True, help="folder")
    parser.add_argument("--campaign", required=True)
    parser.add_argument("--at", required=True, help="when people were drawn, ISO with zone")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--days", type=int, default=DAYS)
    given = parser.parse_args(arguments)
    people = [one for path in given.people for one in read_people(path)]
    plant_future(
        given.into, people, campaign=given.campaign, starts=dt.datetime.fromisoformat(given.at), seed=given.seed,
        days=given.days,
    )  # fmt: skip


if __name__ == "__main__":
    main()
