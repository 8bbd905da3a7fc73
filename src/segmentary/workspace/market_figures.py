"""Figures of segments that a market's criteria may be made of, each with its error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from segmentary.errors import UnknownNameError, UsageError
from segmentary.market.estimate import Estimate
from segmentary.workspace.market_plan import FIGURES

if TYPE_CHECKING:
    from segmentary.workspace.markets import Market


def figures(market: Market, what: str) -> list[Estimate]:
    """Return one figure per segment.

    ============  =====================================================================
    share, size   of the market, by the survey
    value         money of the segment; mean_value: of one of its people
    growth        change of the share from the first to the last complete wave
    gap           our share of customers less the market's share (below 0: we are few)
    base_share    share of our customers
    our_users     share of the segment that uses our brand
    unmet_need    the largest opportunity score of a need (Ulwick)
    ============  =====================================================================
    """
    match what:
        case "share":
            return [one.share for one in market.sizes().segments]
        case "size":
            return [one.size for one in market.sizes().segments]
        case "value" | "mean_value":
            found = [one.value if what == "value" else one.mean_value for one in market.sizes().segments]
            if any(one is None for one in found):
                raise UsageError(f"{market.plan.market} has no value", hint="value: ITEM (money) in its file")
            return [one for one in found if one is not None]
        case "growth":
            changes = {one.name: one.change for one in market.trends().segments}
            return [plain(changes[name]) for name in market.data.names]
        case "gap":
            return [plain(one.gap) for one in market.against().segments]
        case "base_share":
            return [plain(one.base_share) for one in market.against().segments]
        case "our_users":
            ours = market.plan.brands.get("ours")
            shares = {one.segment: one.users for one in market.competition().shares if one.brand == ours}
            return [shares[name] for name in market.data.names]
        case "unmet_need":
            needs = market.needs().cells
            return [
                plain(max((one.opportunity for one in needs if one.segment == name), key=lambda e: e.estimate))
                for name in market.data.names
            ]
        case _:
            raise UnknownNameError("figure", what, FIGURES)


def plain(one: object) -> Estimate:
    """Return an interval, a contrast or an estimate as an estimate; what cannot be said has no error."""
    if isinstance(one, Estimate):
        return one
    if one is None:
        return estimate(math.nan, math.nan, math.nan, 0)
    value, low, high = (float(getattr(one, name)) for name in ("estimate", "low", "high"))
    return estimate(value, low, high, int(getattr(one, "n", 0)))


def estimate(value: float, low: float, high: float, n: int) -> Estimate:
    return Estimate(value, (high - low) / (2 * 1.959963984540054), low, high, n)
