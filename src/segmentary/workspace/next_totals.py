"""The total of the next days beside the sum of what each customer is expected to spend."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from segmentary.errors import NoAnswerError, UsageError
from segmentary.schema import EVENTS
from segmentary.workspace.scores import PREFIX, scored_query

if TYPE_CHECKING:
    from segmentary.language.tree import Context
    from segmentary.models.predict.next_purchase import NextPurchase
    from segmentary.models.predict.reconciling import Reconciliation
    from segmentary.models.predict.totals import TotalForecast
    from segmentary.workspace.workspace import Workspace


def total_of_next(workspace: Workspace, context: Context, days: int) -> TotalForecast:
    """Forecast what everybody known as of a moment will spend together in the days after it.

    Raises
    ------
    NoAnswerError
        less than that many days have been watched, or nothing was bought in them.
    """
    from segmentary.models.predict.totals import DailyTotals, forecast_total, step_of, totals_query

    workspace.derived.ensure()
    step = step_of(days)
    query = totals_query(exp.table_(EVENTS.name, quoted=True), context, step_days=step)
    return forecast_total(DailyTotals.from_table(workspace.warehouse.table(query), step_days=step), horizon_days=days)


def reconciliation(workspace: Workspace, prediction: NextPurchase, context: Context) -> Reconciliation:
    """Hold the sum of a prediction over everybody as of a moment against the forecast of the total.

    Raises
    ------
    NoAnswerError
        no total can be forecast, or nobody is expected to spend anything.
    """
    from segmentary.models.predict.reconciling import reconcile

    forecast = total_of_next(workspace, context, prediction.card.horizon_days)
    plain = replace(prediction, factor=1.0, total=None)
    engine = workspace.warehouse
    try:
        scored = scored_query(workspace, plain, context).subquery("scored")
        spend = exp.Sum(this=exp.column("spend", quoted=True))
        ((people, money),) = engine.rows(exp.select(exp.Count(this=exp.Star()), spend).from_(scored))
    finally:
        for part in ("people", "purchases", "cells", "worth"):
            engine.drop(f"{PREFIX}_{part}")
    return reconcile(int(people), float(money or 0.0), forecast)


def checked_way(how: str) -> None:
    """Refuse what is no way to use a total."""
    if how not in ("beside", "scaled"):
        raise UsageError(f"there is no total {how!r}", hint="total=beside, or total=scaled")


def with_total(
    workspace: Workspace, prediction: NextPurchase, context: Context, how: Literal["beside", "scaled"] = "beside"
) -> NextPurchase:
    """Return the prediction with the total beside it, or scaled to it; without one where none can be forecast.

    how : ``beside`` leaves every customer's figure as it is and shows both sums; ``scaled`` multiplies them.
    """
    checked_way(how)
    try:
        found = reconciliation(workspace, prediction, context)
    except NoAnswerError as error:
        return prediction.without_total(error.message)
    return prediction.reconciled(found) if how == "scaled" else prediction.beside(found)
