"""How often results of campaigns say what is not so: simulated campaigns whose truth is planted.

``python -m benchmarks.campaign_results [--simulations N]`` draws campaigns of three segments (it works in one, does
nothing in one, harms in one), and campaigns that do nothing anywhere, reads them as users do, asks what to do next, and
counts. Everything is drawn from seeds; a bar that is not kept is a failure.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from segmentary.activation.campaign import Campaign, Target
from segmentary.measurement.campaign.effect import Lift, lifts, money
from segmentary.measurement.campaign.next_action import Evidence, next_action
from segmentary.measurement.campaign.plan import plan_of
from segmentary.measurement.campaign.reactions import Funnel
from segmentary.measurement.experiment.analysis import Analysis, analyse
from segmentary.measurement.experiment.sums import Cell, Sums
from segmentary.models.intervals import normal_quantile
from segmentary.samples.planted_campaign import share_of_buyers

PLANTED: Mapping[str, tuple[float, float]] = {"works": (0.5, 0.75), "null": (0.5, 0.5), "harms": (1.0, 0.7)}
NOTHING: Mapping[str, tuple[float, float]] = {name: (held, held) for name, (held, _) in PLANTED.items()}
PEOPLE, HOLDOUT, PRICE = 1_200, 0.3, 36.0
RESULTS = Path(__file__).parent / "results" / "campaign_results.json"


@dataclass(frozen=True)
class Claim:
    """One measured rate and the bar it has to keep."""

    what: str
    measured: float
    low: float
    high: float
    of: int

    @property
    def kept(self) -> bool:
        """Whether the bar is kept."""
        return self.low <= self.measured <= self.high


def drawn(rates: Mapping[str, tuple[float, float]], rng: np.random.Generator) -> Analysis:
    """Draw a campaign and read it."""
    from datetime import UTC, datetime

    counted: list[dict[Cell, Sums]] = [{}, {}, {}]
    for segment, (held, treated) in rates.items():
        out = round(PEOPLE * HOLDOUT)
        for arm, mean, n in (("holdout", held, out), ("treated", treated, PEOPLE - out)):
            keen = rng.gamma(4, 1 / 4, n)
            before, orders = rng.poisson(held * keen * 3), rng.poisson(mean * keen)
            paid = orders * rng.gamma(3, PRICE / 3, n)
            counted[0][segment, arm] = Sums.of((orders > 0).astype(float), (before > 0).astype(float))
            counted[1][segment, arm] = Sums.of(orders, before)
            counted[2][segment, arm] = Sums.of(paid, before)
    targets = tuple(Target(one) for one in rates)
    campaign = Campaign("c", "email", "marketing", "m", targets, holdout=HOLDOUT, unit_cost=0.1)
    return analyse(plan_of(campaign, []), counted, counted, as_of=datetime(2026, 3, 1, tzinfo=UTC))


def truths(held: float, treated: float) -> dict[str, float]:
    """Return the true differences per person."""
    return {
        "buys": share_of_buyers(treated) - share_of_buyers(held),
        "orders": treated - held,
        "revenue": (treated - held) * PRICE,
    }


def evidence(analysis: Analysis, segment: str) -> list[Evidence]:
    """Return what the campaign says of a segment, as the next action reads it: shrunken, as profit after its cost."""
    found = []
    for one in analysis.segments:
        if (one.metric, one.segment) == ("revenue", segment) and one.shrunken is not None:
            error = (one.shrunken.high - one.shrunken.low) / (2 * normal_quantile(0.95))
            each = 0.4 * one.shrunken.estimate - 0.1
            found.append(Evidence("c", segment, "revenue", "mean", each, 0.4 * error, PEOPLE, True, ""))
    return found


def inside(found: list[Lift], rates: Mapping[str, tuple[float, float]], count: Counter[str]) -> None:
    """Count intervals that hold the truth, and what is claimed."""
    for one in found:
        if not one.segment:
            continue
        truth = truths(*rates[one.segment])[one.metric]
        count[f"{one.metric} tried"] += 1
        count[f"{one.metric} inside"] += one.effect.low <= truth <= one.effect.high
        if one.metric == "buys":
            count[f"{one.segment} {one.word}"] += 1


def run(simulations: int, seed: int) -> list[Claim]:
    """Return every claim with its bar."""
    rng = np.random.default_rng(seed)
    planted: Counter[str] = Counter()
    nothing: Counter[str] = Counter()
    for _ in range(simulations):
        analysis = drawn(PLANTED, rng)
        found = lifts(analysis)
        inside(found, PLANTED, planted)
        lines = {one.segment: one for one in money(found, [Funnel("works", "treated", "", sent=840)], "holdout", 0.4)}
        true_profit = 0.4 * truths(*PLANTED["works"])["revenue"] * (PEOPLE - round(PEOPLE * HOLDOUT))
        profit = lines["works"].profit
        planted["profit inside"] += profit is not None and profit.low <= true_profit <= profit.high
        for segment in PLANTED:
            said = next_action(segment, PEOPLE, evidence(analysis, segment), None, metric="buys", kind="share", days=28)
            planted[f"next {segment} {said.do}"] += 1
        empty = lifts(drawn(NOTHING, rng))
        inside(empty, NOTHING, nothing)
        nothing["claimed"] += any(one.word in ("worked", "did harm") for one in empty)
        nothing["claimed by what decides"] += any(
            one.word in ("worked", "did harm") for one in empty if one.metric == "buys" and not one.segment
        )
    n = simulations
    claims = [
        Claim(f"intervals of {name} hold the truth", planted[f"{name} inside"] / planted[f"{name} tried"], 0.94, 0.965,
              planted[f"{name} tried"])
        for name in ("buys", "orders", "revenue")
    ]  # fmt: skip
    return [
        *claims,
        Claim("intervals of profit hold the truth", planted["profit inside"] / n, 0.93, 0.97, n),
        Claim("it works, and is said to", planted["works worked"] / n, 0.7, 1.0, n),
        Claim("it works, and is said to harm", planted["works did harm"] / n, 0.0, 0.001, n),
        Claim("it harms, and is said to", planted["harms did harm"] / n, 0.7, 1.0, n),
        Claim("it does nothing beside segments where it does, and is claimed to",
              (planted["null worked"] + planted["null did harm"]) / n, 0.0, 0.05, n),
        Claim("it does nothing anywhere, and what decides claims it", nothing["claimed by what decides"] / n, 0.0, 0.06,
              n),
        Claim("it does nothing anywhere, and anything is claimed of any metric or segment", nothing["claimed"] / n,
              0.0, 0.12, n),
        Claim("next: done again where it works", planted["next works do"] / n, 0.6, 1.0, n),
        Claim("next: done again where it does nothing", planted["next null do"] / n, 0.0, 0.025, n),
        Claim("next: done again where it harms", planted["next harms do"] / n, 0.0, 0.001, n),
    ]  # fmt: skip


def main() -> None:
    """Run, print, keep, and fail where a bar is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulations", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    claims = run(given.simulations, given.seed)
    for one in claims:
        mark = "ok" if one.kept else "BAD"
        sys.stdout.write(f"{mark:4}{one.measured:8.2%}  {one.what} ({one.low:.1%} to {one.high:.1%}; {one.of:,})\n")
    RESULTS.parent.mkdir(exist_ok=True)
    document = {"simulations": given.simulations, "seed": given.seed, "claims": [asdict(one) for one in claims]}
    RESULTS.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if not all(one.kept for one in claims):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
