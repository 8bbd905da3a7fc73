from __future__ import annotations

import pyarrow as pa

from segmentary.sources.evidence import Whole, cancellation_prefix, sale_status, survey_rows
from segmentary.sources.open import open_source


def whole(orders: list[str], amounts: list[str], statuses: list[str] | None = None) -> Whole:
    table = pa.table({"order": orders, "amount": amounts, "status": statuses or ["Paid"] * len(orders)})
    return survey_rows(open_source(table, name="orders")[0], dates=(), status="status", order="order", signed="amount")


def test_a_prefix_of_negative_rows_means_cancellation() -> None:
    seen = whole(["536365", "C536379", "536380", "C536381", "536382", "536383"], ["5", "-5", "1", "(2)", "3", "4"])
    assert cancellation_prefix(seen) == ("C", 2)


def test_prefixes_of_ordinary_rows_mean_nothing() -> None:
    assert cancellation_prefix(whole(["A100", "A101", "A102"], ["1", "2", "3"])) is None
    assert cancellation_prefix(whole(["A100", "A101"], ["-1", "-2"])) is None
    assert cancellation_prefix(whole([], [])) is None


def test_statuses_that_mean_a_sale() -> None:
    assert sale_status(whole(["1", "2"], ["1", "1"], ["Closed Won", "Lost"])) == (("Closed Won",), ("Lost",))
    assert sale_status(whole(["1", "2"], ["1", "1"], ["x", "y"])) == ((), ("x", "y"))
    assert sale_status(whole(["1"], ["1"], ["paid"])) == ((), ())
