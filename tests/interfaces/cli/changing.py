"""A shop whose customers come and go, made by the command line, and every reading command about how they change."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

from tests.interfaces.cli.shop import done

PEOPLE = 260
LAST = dt.date(2026, 7, 1)
LIFE = """segmentation: life
parts:
  - {segment: active, where: {trait: recency, lte: 31}}
  - {segment: cooling, where: {trait: recency, lte: 75}}
otherwise: asleep
"""
SERIES = ["--since", "2026-02-01", "--until", "2026-07-01"]
CHANGING = {
    "dynamics sizes": ["dynamics", "sizes", "life", *SERIES, "--json"],
    "dynamics moves": ["dynamics", "moves", "life", *SERIES, "--json"],
    "dynamics transitions": ["dynamics", "transitions", "life", *SERIES, "--json"],
    "dynamics forecast": ["dynamics", "forecast", "life", *SERIES, "--ahead", "2", "--json"],
    "dynamics drift": [
        "dynamics",
        "drift",
        "--since",
        "2026-03-01",
        "--until",
        "2026-07-01",
        "--trait",
        "o*",
        "--json",
    ],
    "dynamics retention": ["dynamics", "retention", "life", *SERIES, "--json"],
    "dynamics leaving": ["dynamics", "leaving", "life.active", "--as-of", "2026-07-01", "--top", "3", "--json"],
}


def write_orders(path: Path) -> None:
    """Write orders of people of two kinds: some order every few weeks, some rarely."""
    chance = random.Random(7)
    number = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["order_id", "customer_id", "ordered_at", "amount"])
        for who in range(PEOPLE):
            gap = 18 if who % 2 else 55
            day = dt.date(2025, 11, 1) + dt.timedelta(days=chance.randint(0, 150))
            while day < LAST:
                number += 1
                out.writerow([f"o{number}", f"c{who:03d}", f"{day}T10:00:00", f"{chance.uniform(5, 80):.2f}"])
                day += dt.timedelta(days=max(1, round(chance.expovariate(1 / gap))))


def make_changing(folder: Path) -> Path:
    """Make a workspace, run at three moments; return its folder."""
    write_orders(folder / "orders.csv")
    shop = folder / "shop"
    done("init", shop)
    done("-w", shop, "add", folder / "orders.csv")
    (shop / "segments" / "life.yaml").write_text(LIFE, encoding="utf-8")
    done("-w", shop, "apply")
    for moment in ("2026-02-01", "2026-05-01", "2026-07-01"):
        done("-w", shop, "run", "--as-of", moment)
    return shop


def changing_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    return ["-w", str(shop), *CHANGING[name]]
