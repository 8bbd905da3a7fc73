"""A generated business with predictions of every sort, made by the command line."""

from __future__ import annotations

from pathlib import Path

from tests.interfaces.cli.shop import done

from segmentary.samples.planted_outcomes import SEGMENTS, SOURCES, plant_outcomes

PEOPLE = 600
GARDEN = ["--event", "did product_purchased where (category = garden)"]
AS_OF = "2026-03-01"
PREDICTED = {
    "predict clv": ["predict", "clv", "--json"],
    "predict next": ["predict", "next", "--json"],
    "predict churn": ["predict", "churn", "--json"],
    "predict propensity": ["predict", "propensity", "garden", *GARDEN, "--json"],
    "predict lookalike": ["predict", "lookalike", "like_pro", "--seed-segment", "pro", "--json"],
    "predict score": ["predict", "score", "clv", "--json"],
    "predict list": ["predict", "list", "--json"],
    "predict show": ["predict", "show", "clv", "--json"],
    "predict drift": ["predict", "drift", "clv", "--json"],
    "predict offers": ["predict", "offers", "--json"],
}


def make_predicted(folder: Path) -> Path:
    """Make files and a workspace with a lifetime value; return the workspace's folder."""
    truth = plant_outcomes(folder / "files", customers=PEOPLE, seed=3)
    shop = folder / "shop"
    done("init", shop, "--timezone", truth.timezone, "--currency", truth.currency)
    done("-w", shop, "add", *(folder / "files" / source.file for source in SOURCES))
    done("-w", shop, "apply", SEGMENTS)
    done("-w", shop, "run", "--as-of", AS_OF)
    done("-w", shop, "predict", "clv")
    return shop


def predicted_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    return ["-w", str(shop), *PREDICTED[name]]
