"""The total of the next days in a workspace: beside the sum of customers, or applied to it; said when there is none."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from tests.models.predict.shoppers import START, shop

import segmentary as sg
from segmentary.errors import NoAnswerError, UsageError
from segmentary.workspace.next_totals import reconciliation, total_of_next, with_total


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = shop(300)
    days = np.datetime64(START, "s") + made.days.astype("timedelta64[D]") + np.timedelta64(12, "h")
    orders = pa.table(
        {
            "customer_id": made.ids,
            "order_id": [f"o{i}" for i in range(len(made.ids))],
            "happened_at": pa.array(days.astype("datetime64[us]")),
            "amount": pa.array(made.amounts),
        }
    )
    folder = tmp_path_factory.mktemp("totals")
    import pyarrow.parquet as pq

    pq.write_table(orders, folder / "orders.parquet")
    with sg.init(folder / "shop", timezone="UTC", currency="EUR", environment={}) as opened:
        columns = {name: name for name in ("order_id", "happened_at", "amount")} | {"record_id": "customer_id"}
        opened.add(folder / "orders.parquet", kind="orders", columns=columns)
        yield opened


def test_the_total_stands_beside_the_sum(workspace):
    fitted = workspace.predictions.next("soon", days=60, as_of="2024-12-01").prediction
    assert fitted.factor == 1.0
    assert fitted.total is not None
    codes = {one.code for one in fitted.card.findings}
    assert {"total", "season_unknown"} <= codes
    workspace.predictions.score("soon", as_of="2024-12-01")
    kept = workspace.predictions.fitted("soon").prediction
    assert kept.total == fitted.total
    context = workspace.context("2024-12-01")
    again = reconciliation(workspace, kept, context)
    assert again.individual == pytest.approx(fitted.total.individual)
    assert again.people == fitted.total.people > 200


def test_spend_is_scaled_where_wanted(workspace):
    context = workspace.context("2024-12-01")
    plain = workspace.predictions.fitted("soon").prediction
    scaled = with_total(workspace, plain, context, "scaled")
    assert scaled.factor == pytest.approx(scaled.total.forecast.total.estimate / scaled.total.individual)
    with pytest.raises(UsageError, match="no total"):
        with_total(workspace, plain, context, "somehow")


def test_where_no_total_can_be_forecast(workspace):
    early = workspace.context("2024-01-20")
    with pytest.raises(NoAnswerError, match="fewer than"):
        total_of_next(workspace, early, 60)
    plain = workspace.predictions.fitted("soon").prediction
    assert with_total(workspace, plain, early).card.findings[-1].code == "total_unknown"
