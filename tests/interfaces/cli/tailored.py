"""The generated business with known outcomes as a workspace, and the commands about its segments' uses and loyalty."""

from __future__ import annotations

from pathlib import Path

from tests.interfaces.cli.shop import done

from segmentary.samples.planted_outcomes import SEGMENTS, SOURCES, plant_outcomes
from segmentary.workspace.opening import open_workspace

TAILORED = {
    "tailor uses": ["tailor", "uses", "pro", "--by", "category", "--json"],
    "tailor trends": ["tailor", "trends", "plus", "--months", "12", "--json"],
    "tailor offers": ["tailor", "offers", "pro", "--json"],
    "tailor budget": ["tailor", "budget", "500", "--experiment", "autumn_offer", "--json"],
    "loyalty": ["loyalty", "pro", "--json"],
}


def make_tailored(folder: Path) -> Path:
    """Make a workspace with an experiment drawn elsewhere; return its folder."""
    truth = plant_outcomes(folder / "exports", customers=900, seed=5)
    shop = folder / "shop"
    done("init", shop, "--timezone", truth.timezone)
    done("-w", shop, "add", *(folder / "exports" / source.file for source in SOURCES))
    done("-w", shop, "apply", SEGMENTS)
    done("-w", shop, "run", "--as-of", truth.as_of.isoformat())
    with open_workspace(shop) as workspace:
        workspace.experiments.declare(
            "autumn_offer", randomised="by lot", primary="revenue = sum order_completed.amount in 56d", by="plan",
            arms={"treated": 0.45, "control": 0.45, "holdout": 0.1}, cost=2.0,
        )  # fmt: skip
    return shop


def tailored_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one workspace."""
    return ["-w", str(shop), *TAILORED[name]]
