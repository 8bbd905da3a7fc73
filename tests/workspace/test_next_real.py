"""The next 91 days of a real shop by the path everybody takes: orders in, fitted, tested on a time not seen."""

from pathlib import Path

import pytest
from benchmarks.next_data import HORIZON_DAYS, SHOPS, opened

pytestmark = pytest.mark.real_data


def test_online_retail(real_data: Path) -> None:
    shop = next(one for one in SHOPS if one.title == "Online Retail")
    with opened(shop, real_data) as workspace:
        fitted = workspace.predictions.next("soon", days=HORIZON_DAYS, as_of=shop.as_of).prediction
        figures = {one.name: one for one in fitted.card.holdout}
        assert figures["gini"].estimate.n == shop.people
        assert figures["gini"].estimate.estimate >= shop.gini - 0.01
        assert figures["gini"].beats
        assert figures["auc"].estimate.estimate >= shop.auc - 0.01
        assert figures["auc"].beats
        codes = {one.code for one in fitted.card.findings}
        assert {"total", "season_unknown"} <= codes
        # Nine months of data: the total after Christmas is anybody's guess, and the interval says so.
        total = fitted.total.forecast.total
        assert total.high > 1.5 * total.low
        (scored,) = workspace.predictions.score("soon", as_of=shop.as_of)
        assert scored.people == fitted.total.people
