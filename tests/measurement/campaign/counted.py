"""Sums of a campaign drawn by a seed, as the engine would count them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from segmentary.activation.campaign import Campaign, Target
from segmentary.measurement.campaign.plan import plan_of
from segmentary.measurement.experiment.analysis import Analysis, analyse
from segmentary.measurement.experiment.sums import Sums

AT = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
AS_OF = AT + dt.timedelta(days=40)


def read(
    rates: Mapping[str, tuple[float, float]], seed: int, people: int = 1_000, **more: object
) -> tuple[Analysis, list[dict[tuple[str, str], Sums]]]:
    """Read a campaign of so many people a segment. rates : mean orders of those held out, and of those treated."""
    rng = np.random.default_rng(seed)
    counted: list[dict[tuple[str, str], Sums]] = [{}, {}, {}]
    for segment, (held, treated) in rates.items():
        for arm, mean, n in (("holdout", held, people // 2), ("treated", treated, people - people // 2)):
            keen = rng.gamma(4, 1 / 4, n)
            before, orders = rng.poisson(held * keen * 3), rng.poisson(mean * keen)
            money = orders * rng.gamma(3, 12, n)
            cell = (segment, arm)
            counted[0][cell] = Sums.of((orders > 0).astype(float), (before > 0).astype(float))
            counted[1][cell] = Sums.of(orders, before)
            counted[2][cell] = Sums.of(money, before)
    campaign = Campaign(
        "spring", "email", "marketing", "m", tuple(Target(one) for one in rates), holdout=0.5, unit_cost=0.1
    )
    plan = plan_of(campaign, [], detect=more.pop("detect", None))  # type: ignore[arg-type]
    return analyse(plan, counted, counted, as_of=AS_OF, **more), counted  # type: ignore[arg-type]
