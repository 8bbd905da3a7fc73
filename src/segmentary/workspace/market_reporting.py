"""The report of a market: every part its plan can answer; what it cannot is left out and named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.ledger.records import current_records
from segmentary.models.progress import Tell, within

if TYPE_CHECKING:
    from segmentary.market.targeting import TargetAudience
    from segmentary.report.files import DocumentFiles
    from segmentary.report.market.data import MarketReportData
    from segmentary.workspace.markets import Market

Found = TypeVar("Found")


def write_market(market: Market, path: Path | None, tell: Tell) -> DocumentFiles:
    """Write the report of a market into a folder (default: ``reports/NAME`` in the workspace)."""
    from segmentary.report.market.report import render_market

    data = report_data(market, within(tell, 0.0, 0.6))
    folder = path if path is not None else market.workspace.folder.root / "reports" / market.plan.market
    return render_market(data, folder, tell=within(tell, 0.6, 1.0))


def report_data(
    market: Market, tell: Tell, *, weights: Mapping[str, float] | None = None, choose: int | None = None
) -> MarketReportData:
    """Measure everything the plan of a market can answer.

    weights, choose : other weights of criteria, and another number of segments to choose, than the plan's.
    """
    from segmentary.market.targeting import recommend
    from segmentary.report.market.data import MarketReportData, Shape

    workspace, plan = market.workspace, market.plan
    shape = Shape(
        title=f"The market: {plan.market.replace('_', ' ')}",
        generated_for=workspace.folder.root.resolve().name,
        as_of=market.data.asked.people.as_of or (plan.wave or market.data.waves[-1]),
        currency=plan.unit,
        below=workspace.settings.suppress_below,
    )
    matrix = partial(market.matrix, weights=weights, choose=choose)
    parts: dict[str, Callable[[], Any]] = {
        "sizes": market.sizes,
        "trends": market.trends,
        "potential": market.potential,
        "competition": market.competition,
        "perceptions": market.perceptions,
        "comparison": market.against,
        "market_gaps": market.gaps,
        "need_gaps": market.needs,
        "matrix": matrix,
        "recommendation": lambda: recommend(matrix()),
    }
    found: dict[str, Any] = {}
    unanswered: list[str] = []
    for place, (name, ask) in enumerate(parts.items()):
        tell(name.replace("_", " "), place / len(parts))
        found[name] = at_hand(ask, unanswered)
    found["potential"] = () if found["potential"] is None else (found["potential"],)
    return MarketReportData(shape, audience=decided(market), unanswered=tuple(dict.fromkeys(unanswered)), **found)


def at_hand(ask: Callable[[], Found], unanswered: list[str]) -> Found | None:
    """Return what a plan can answer; None where it does not ask, or the data cannot tell: then why is noted."""
    try:
        return ask()
    except UsageError:
        return None
    except NoAnswerError as error:
        unanswered.append(error.message)
        return None
    except DataError as error:
        raise DataError(f"the report cannot be written: {error.message}", hint=error.hint) from error


def decided(market: Market) -> TargetAudience | None:
    """Return the newest decision made by this market."""
    from segmentary.market.targeting import TargetAudience

    held = current_records(market.workspace.ledger, "target").values()
    mine = [one for one in held if one.document.get("market") == market.plan.market]
    if not mine:
        return None
    newest = max(mine, key=lambda one: one.created_at).document
    return TargetAudience.from_document({k: v for k, v in newest.items() if k not in ("market", "recommendation")})
