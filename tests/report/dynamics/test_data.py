"""What is small is hidden, and nothing is no group."""

from segmentary.report.document import HIDDEN
from segmentary.report.dynamics.data import DynamicsReportData


def test_small():
    data = DynamicsReportData("t", below=11)
    assert [data.small(n) for n in (0, 1, 10, 11)] == [False, True, True, False]
    assert data.shown("x", 5) is HIDDEN
    assert data.shown("x", 50) == "x"
