"""The quality account of the sources, as the report shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from segmentary.report.figures import MoneyTotal, QualityFinding, QualitySource


def quality_sources(quality: object | None) -> tuple[QualitySource, ...]:
    """Return the sources of a quality report."""
    found: Iterable[object] = getattr(quality, "sources", ())
    return tuple(
        QualitySource(
            source=str(getattr(s, "source", "")),
            kind=str(getattr(s, "kind", "")),
            rows_read=int(getattr(s, "rows_read", 0)),
            rows_kept=int(getattr(s, "rows_kept", 0)),
            rows_known=int(getattr(s, "rows_known", 0)),
            rows_refused=int(getattr(s, "rows_refused", 0)),
            reasons=reasons(getattr(s, "refused_reasons", {})),
            findings=tuple(finding(f) for f in getattr(s, "findings", ())),
        )
        for s in found
    )


def reasons(given: object) -> Mapping[str, int]:
    return {str(k): int(v) for k, v in given.items()} if isinstance(given, Mapping) else {}


def finding(given: object) -> QualityFinding:
    share = getattr(given, "share", None)
    count = getattr(given, "count", None)
    return QualityFinding(
        severity=str(getattr(given, "severity", "note")),
        message=str(getattr(given, "message", "")),
        count=None if count is None else int(count),
        share=None if share is None else float(share),
    )


def quality_money(quality: object | None) -> tuple[MoneyTotal, ...]:
    """Return the money totals of a quality report, each with the definition it names."""
    found: Iterable[object] = getattr(quality, "money", getattr(quality, "money_totals", ()))
    return tuple(
        MoneyTotal(
            name=str(getattr(m, "name", "")),
            definition=str(getattr(m, "definition", "")),
            amount=Decimal(str(getattr(m, "amount", 0))),
            rows=getattr(m, "rows", None),
        )
        for m in found
    )
