"""A market to report, made by the rooms' own functions from a small generated survey."""

from __future__ import annotations

import datetime as dt

import numpy as np

from segmentary.market.attractiveness import market_matrix
from segmentary.market.base_against_market import against_market
from segmentary.market.competition import brand_shares
from segmentary.market.criterion import Criterion, Knockout
from segmentary.market.gaps import market_gaps, need_gaps
from segmentary.market.groups import Groups
from segmentary.market.perception import perceptions
from segmentary.market.potential import Assumption, market_potential
from segmentary.market.sizing import size_market
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.targeting import audience, recommend
from segmentary.market.trends import Wave, trends
from segmentary.report.market.data import MarketReportData, Shape

NAMES = ("Careful planners", "Quick and easy", "Food lovers", "Bargain hunters", "Family tables")
HOSTILE = (
    "</style></script><script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "A name that goes on and on and on, far beyond any box",
)
BRANDS = ("Ours", "Bright", "Corner", "Delight")
NEEDS = ("quick service", "fresh food", "low price", "room for children", "quiet tables", "late hours")
ATTRIBUTES = ("good value", "tasty", "friendly", "modern")


def market(
    *, n: int = 1200, k: int = 5, seed: int = 3, hostile: bool = False, tiny: bool = False, most: bool = True
) -> MarketReportData:
    """A whole report; tiny: one segment has six respondents; most False: only sizes."""
    chance = np.random.default_rng(seed)
    names = (
        tuple((HOSTILE + NAMES)[:k]) if hostile else tuple(NAMES[i] if i < 5 else f"Segment {i + 1}" for i in range(k))
    )
    share = np.linspace(1.8, 0.8, k)
    labels = chance.choice(k, n, p=share / share.sum())
    if tiny:
        labels[labels == k - 1] = 0
        labels[:6] = k - 1
    groups = Groups(names, labels.astype(np.intp))
    design = SurveyDesign(chance.gamma(4.0, 700.0, n), strata=chance.integers(0, 4, n))
    spend = chance.gamma(2.0, 60.0 + 25.0 * (labels % 3), n)
    sizes = size_market(groups, design, value=spend, unit="EUR", people="households")
    shape = Shape("Eating out 2026", "the board", "2026-06-30", "EUR")
    if not most:
        return MarketReportData(shape, sizes)
    users = np.column_stack([chance.random(n) < 0.15 + 0.1 * ((labels + b) % 4) for b in range(4)]).astype(float)
    rated = chance.normal(3.2, 0.8, (n, 4, 4)) + 0.5 * (np.arange(4)[:, None] == 0) * (np.arange(4) == 1)
    importance, satisfaction = needs(labels, chance)
    base = tuple(int(300 * w) for w in np.roll(share, 2))
    comparison = against_market(base, groups, design, unassigned=140, people="households")
    matrix = market_matrix(
        names,
        criteria(sizes, k),
        m=2,
        bubble=[s.size.estimate for s in sizes.segments],
        bubble_name="households",
        knockouts=(Knockout("reachable", 0.2, tuple(0.9 - 0.18 * i for i in range(k))),),
        respondents=groups.counts.tolist(),
    )
    chosen = recommend(matrix)
    return MarketReportData(
        shape,
        sizes,
        trends(waves(names, k, chance)),
        (potential(),),
        brand_shares(users, BRANDS, groups, design, ours="Ours", amounts=users * chance.gamma(2, 3, (n, 4))),
        perceptions(np.clip(rated, 1, 5), BRANDS, ATTRIBUTES, None, design, ours="Ours"),
        matrix,
        chosen,
        audience(chosen, [(name, f"segment_{i}") for i, name in enumerate(names)], name="target_2026",
                 decided_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC), decided_by="M. Meier"),
        comparison,
        market_gaps(comparison),
        need_gaps(importance, satisfaction, NEEDS, groups, design),
    )  # fmt: skip


def needs(labels: np.ndarray, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Ratings from 1 to 5; room for children is wanted and not satisfied in the second segment."""
    importance = np.clip(np.round(chance.normal(3.3, 0.9, (len(labels), 6))), 1, 5)
    satisfaction = np.clip(np.round(chance.normal(3.3, 0.9, (len(labels), 6))), 1, 5)
    there = labels == 1
    importance[there, 3] = np.clip(np.round(chance.normal(4.6, 0.4, there.sum())), 1, 5)
    satisfaction[there, 3] = np.clip(np.round(chance.normal(2.0, 0.8, there.sum())), 1, 5)
    return importance, satisfaction


def waves(names: tuple[str, ...], k: int, chance: np.random.Generator) -> list[Wave]:
    """Four waves; the first segment grows, the last wave is still in the field."""
    found = []
    for at in range(4):
        share = np.linspace(1.8, 0.8, k)
        share[0] += 0.45 * at
        labels = chance.choice(k, 700, p=share / share.sum()).astype(np.intp)
        found.append(
            Wave(
                f"{2023 + at}",
                2023 + at,
                Groups(names, labels),
                SurveyDesign(chance.gamma(4.0, 1.0, 700)),
                complete=at < 3,
            )
        )
    return found


def potential():  # type: ignore[no-untyped-def]
    """Households times spend, times what we could serve and win."""
    return market_potential(
        [
            Assumption("households", "tam", 3.4e6, 3.2e6, 3.6e6, "normal", "census 2025"),
            Assumption("spend a year", "tam", 160, 140, 185, "pert", "survey 2026", "EUR"),
            Assumption("near one of our places", "sam", 0.4, 0.3, 0.5, "share", "map of places"),
            Assumption("who would come", "som", 0.12, 0.05, 0.2, "pert"),
        ],
        unit="EUR a year",
        draws=4000,
    )


def criteria(sizes, k: int) -> list[Criterion]:  # type: ignore[no-untyped-def]
    """Four criteria, two on each axis."""
    return [
        Criterion.estimated("size", "attractiveness", 3, [s.size for s in sizes.segments], unit="households"),
        Criterion.estimated("value", "attractiveness", 2, [s.mean_value for s in sizes.segments], unit="EUR"),
        Criterion.rated("fits our offer", "competitiveness", 2, [8 - 1.3 * i for i in range(k)]),
        Criterion.rated("brand known", "competitiveness", 1, [5 + (i * 7) % 5 for i in range(k)]),
    ]
