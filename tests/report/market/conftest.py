"""One market and its report, made once."""

from __future__ import annotations

import pytest
from tests.report.market import planted

from segmentary.report.market.data import MarketReportData


@pytest.fixture(scope="package")
def data() -> MarketReportData:
    return planted.market(hostile=True)
