"""The quality account crosses into the report with nothing lost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from segmentary.report.account import quality_money, quality_sources
from segmentary.report.figures import QualityFinding


def test_nothing_given() -> None:
    assert quality_sources(None) == ()
    assert quality_money(None) == ()


@dataclass
class Finding:
    code: str = "duplicates"
    severity: str = "warning"
    count: int | None = 5268
    share: float | None = 0.0097
    message: str = "exact duplicates, kept"
    example: str = ""


@dataclass
class Source:
    source: str = "shop"
    kind: str = "order_lines"
    rows_read: int = 10
    rows_kept: int = 8
    rows_known: int = 1
    rows_refused: int = 1
    findings: tuple[Finding, ...] = (Finding(), Finding(count=None, share=None))


@dataclass
class Total:
    name: str = "gross"
    definition: str = "identified customers"
    amount: Decimal = Decimal("1.5")
    rows: int = 3


@dataclass
class Report:
    sources: tuple[Source, ...] = (Source(),)
    money: tuple[Total, ...] = (Total(),)


def test_all_is_carried_over() -> None:
    (source,) = quality_sources(Report())
    assert (source.rows_read, source.rows_kept, source.rows_known, source.rows_refused) == (10, 8, 1, 1)
    assert source.findings[0] == QualityFinding("warning", "exact duplicates, kept", 5268, 0.0097)
    assert source.findings[1].count is None
    (total,) = quality_money(Report())
    assert (total.name, total.definition, total.amount, total.rows) == (
        "gross",
        "identified customers",
        Decimal("1.5"),
        3,
    )
