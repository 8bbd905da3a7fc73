"""A shop with found segments and a market, made by the command line, and every reading command about them."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from tests.interfaces.cli.shop import done

PEOPLE = 150
PLAN = """market: shoppers
survey: asked
segments: kinds_asked
base: kinds_typed
people: adults
unit: EUR
value: spend
margins: {region: {north: 4000, south: 6000}}
brands: {ours: us, use: {us: uses_us, them: uses_them}}
needs:
  advice: {importance: wants_advice, satisfaction: has_advice}
  low prices: {importance: wants_prices, satisfaction: has_prices}
assumptions:
  - {name: adults, stage: tam, likely: 10000, low: 9000, high: 12000, source: register}
  - {name: spend, stage: tam, likely: 50, low: 30, high: 80, unit: EUR}
criteria:
  - {name: size, weight: 2, of: share}
  - {name: fit, axis: competitiveness, weight: 1, of: our_users}
"""
DESIGN = ("record_id=respondent", "weight=weight", "stratum=region", "wave=wave")
FIND = ["--method", "k_means", "--choose", "k_means:2", "--segments", "2..3", "--repetitions", "5"]
DISCOVERED = {
    "discover run": ["discover", "run", "again", "--by", "calm", "--by", "price", *FIND, "--json"],
    "discover list": ["discover", "list", "--json"],
    "discover show": ["discover", "show", "kinds", "--json"],
    "discover compare": ["discover", "compare", "kinds", "kinds@v1", "--json"],
    "discover assign": ["discover", "assign", "kinds", "--json"],
    "discover typing": ["discover", "typing", "kinds", "--most", "2", "--json"],
    "discover emergence": ["discover", "emergence", "kinds", "--json"],
    "market size": ["market", "size", "shoppers", "--json"],
    "market rake": ["market", "rake", "shoppers", "--json"],
    "market trends": ["market", "trends", "shoppers", "--json"],
    "market potential": ["market", "potential", "shoppers", "--json"],
    "market competition": ["market", "competition", "shoppers", "--json"],
    "market against": ["market", "against", "shoppers", "--json"],
    "market needs": ["market", "needs", "shoppers", "--json"],
    "market attractiveness": ["market", "attractiveness", "shoppers", "--json"],
    "market target": ["market", "target", "shoppers", "serve", "--by", "board", "--json"],
    "market targets": ["market", "targets", "--json"],
}


def write_files(folder: Path) -> None:
    """Write customers of two kinds, and a survey of people of the same kinds."""
    chance = random.Random(5)
    with (folder / "customers.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", "calm", "price", "age"])
        for number in range(PEOPLE):
            kind = number % 3 == 0
            row = [round(chance.gauss(4 * kind, 1), 2), round(chance.gauss(-4 * kind, 1), 2), chance.randint(18, 80)]
            out.writerow([f"c{number:03d}", *row])
    with (folder / "asked.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        names = [
            "respondent",
            "wave",
            "region",
            "weight",
            "customer_id",
            "relaxed",
            "thrifty",
            "spend",
            "uses_us",
            "uses_them",
        ]
        out.writerow([*names, "wants_advice", "has_advice", "wants_prices", "has_prices"])
        for number in range(2 * PEOPLE):
            kind = number % 3 == 0
            wave = "2025" if number < PEOPLE else "2026"
            region = "north" if chance.random() < 0.5 else "south"
            row = [f"r{number:03d}", wave, region, 60 + number % 11, f"c{number % PEOPLE:03d}"]
            row += [round(chance.gauss(4 * kind, 1), 2), round(chance.gauss(-4 * kind, 1), 2), chance.randint(10, 90)]
            row += [int(chance.random() < 0.3), int(chance.random() < 0.6), *(chance.randint(1, 5) for _ in range(4))]
            out.writerow(row)


def make_discovered(folder: Path) -> Path:
    """Make files and a workspace, find segments in both, put them in force; return the workspace's folder."""
    write_files(folder)
    shop = folder / "shop"
    done("init", shop)
    done("-w", shop, "add", folder / "customers.csv", "--as", "customers")
    columns = [part for one in DESIGN for part in ("--map", one)]
    market = ["--as", "responses", "--name", "asked", "--survey", "asked", "--id-space", "market"]
    done("-w", shop, "add", folder / "asked.csv", *market, *columns)
    done("-w", shop, "discover", "run", "kinds", "--by", "calm", "--by", "price", *FIND)
    done("-w", shop, "discover", "run", "kinds_asked", "--survey", "asked", "--by", "relaxed", "--by", "thrifty", *FIND)
    done("-w", shop, "discover", "typing", "kinds_asked", "--by", "calm", "--by", "price", "--save-as", "kinds_typed")
    done("-w", shop, "discover", "assign", "kinds_typed")
    done("-w", shop, "discover", "assign", "kinds")
    done("-w", shop, "run", "--as-of", "2026-02-01")
    (shop / "market").mkdir()
    (shop / "market" / "shoppers.yaml").write_text(PLAN, encoding="utf-8")
    return shop


def discovered_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    return ["-w", str(shop), *DISCOVERED[name]]
