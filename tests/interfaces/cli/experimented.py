"""A shop with an experiment somebody else drew, and one of our own, made by the command line."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from tests.interfaces.cli.shop import done

PEOPLE = 1_200
METRICS = ["--primary", "visits = trait visited", "--secondary", "spend = trait spent before spent_before"]
EXPERIMENTED = {
    "experiment plan": [
        "experiment", "plan", "autumn", "--primary", "spend = trait spent before spent_before", "--by", "tier",
        "--arm", "mail=50%", "--arm", "control=50%", "--dry-run", "--json",
    ],
    "experiment assign": ["experiment", "assign", "spring", "--json"],
    "experiment analyze": ["experiment", "analyze", "mailing", "--json"],
    "experiment uplift": [
        "experiment", "uplift", "mailing", "--by", "tier", "--by", "spent_before", "--learners", "ridge", "--json",
    ],
    "experiment list": ["experiment", "list", "--json"],
    "experiment show": ["experiment", "show", "spring", "--json"],
}  # fmt: skip


def write_files(folder: Path) -> None:
    """Write customers with what they did, and who got the mail."""
    chance = random.Random(7)
    with (folder / "customers.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", "tier", "visited", "spent", "spent_before"])
        for number in range(PEOPLE):
            mailed, gold = number % 2 == 0, number % 3 == 0
            before = chance.randint(10, 90)
            visited = chance.random() < 0.2 + (0.3 if gold else 0.05) * mailed
            spent = round(before * 0.5 + chance.random() * 20, 2)
            out.writerow([f"c{number:04d}", "gold" if gold else "plain", int(visited), spent, before])
    with (folder / "mailed.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", "campaign", "arm"])
        for number in range(PEOPLE):
            out.writerow([f"c{number:04d}", "mailing", "mail" if number % 2 == 0 else "control"])


def make_experimented(folder: Path) -> Path:
    """Make files and a workspace with both experiments; return the workspace's folder."""
    write_files(folder)
    shop = folder / "shop"
    done("init", shop)
    done("-w", shop, "add", folder / "customers.csv", "--as", "customers")
    done("-w", shop, "add", folder / "mailed.csv", "--as", "exposures")
    drawn = [
        "--randomised",
        "every other customer",
        "--by",
        "tier",
        "--cost",
        "0.5",
        "--hypothesis",
        "mail brings visits",
    ]
    done("-w", shop, "experiment", "analyze", "mailing", *drawn, *METRICS)
    done("-w", shop, "experiment", "plan", "spring", *METRICS, "--by", "tier", "--look", "sequence")
    done("-w", shop, "experiment", "assign", "spring")
    return shop


def experimented_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    return ["-w", str(shop), *EXPERIMENTED[name]]
