"""The quality account: what every source delivered, what became of it, and what is odd about it.

Nothing is repaired in silence. Every total of money says what it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.schema import PREDICTIONS, VOICES
from segmentary.settings import Settings
from segmentary.sources.checks.attributes import attribute_findings
from segmentary.sources.checks.finding import ORDER, Finding, Severity, many
from segmentary.sources.checks.lines import line_findings
from segmentary.sources.checks.moments import moment_findings
from segmentary.sources.checks.records_of import records
from segmentary.sources.checks.written import written_findings
from segmentary.sources.linking import linked_lines, unlink
from segmentary.sources.loading import SET_ASIDE, prepare

CHECKS = Path(__file__).with_name("checks")


@dataclass(frozen=True, slots=True)
class MoneyTotal:
    """An amount that names its definition.

    Attributes
    ----------
    rows : order lines it adds up; orders, customers : where the definition has them.
    """

    name: str
    definition: str
    amount: Decimal
    currency: str
    rows: int
    orders: int | None = None
    customers: int | None = None


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """One source: rows read = kept + known + refused, and what was found."""

    source: str
    kind: str
    loads: int
    rows_read: int
    rows_kept: int
    rows_known: int
    rows_refused: int
    refused_reasons: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def rows_set_aside(self) -> int:
        """Of the refused rows, those a recognised export has for other ends than ours."""
        return sum(rows for reason, rows in self.refused_reasons.items() if reason.startswith(SET_ASIDE))

    @property
    def taken_apart(self) -> str:
        """Say what became of the rows, in one line."""
        aside = self.rows_set_aside
        parts = [f"{self.rows_kept:,} kept", f"{self.rows_known:,} already known"]
        parts += [f"{aside:,} set aside"] if aside else []
        return " + ".join([*parts, f"{self.rows_refused - aside:,} refused"])

    def find(self, code: str) -> Finding | None:
        """Return the first finding of a code."""
        return next((finding for finding in self.findings if finding.code == code), None)


@dataclass(frozen=True, slots=True)
class QualityReport:
    """All sources, and the money under each definition."""

    sources: tuple[SourceQuality, ...]
    money: tuple[MoneyTotal, ...] = ()

    def source(self, name: str) -> SourceQuality:
        """Return one source."""
        return next(source for source in self.sources if source.source == name)

    def worst(self) -> Severity | None:
        """Return the highest severity found, None when nothing was."""
        found = [finding.severity for source in self.sources for finding in source.findings]
        return min(found, key=lambda severity: ORDER[severity], default=None)

    def __str__(self) -> str:
        out = []
        for s in self.sources:
            out.append(
                f"{s.source} ({s.kind}, {many(s.loads, 'load')}): {many(s.rows_read, 'row')} read = {s.taken_apart}"
            )
            out += [f"  refused {rows:,}: {reason}" for reason, rows in s.refused_reasons.items()]
            out += [f"  [{finding.severity}] {finding.message}" for finding in s.findings]
        out += [f"{m.name}: {m.amount:,.2f} {m.currency} ({m.definition})" for m in self.money]
        return "\n".join(out)


def quality(engine: Engine, settings: Settings) -> QualityReport:
    """Return the quality account of everything that was loaded."""
    prepare(engine)
    found: dict[str, list[Finding]] = {}
    for pairs in (
        line_findings(engine, settings),
        moment_findings(engine, settings),
        attribute_findings(engine),
        written_findings(engine),
    ):
        for source, finding in pairs:
            if source in (PREDICTIONS, VOICES):
                # What we say ourselves has one version and one moment: nothing is odd about that.
                continue
            found.setdefault(source, []).append(finding)
    sources = tuple(
        SourceQuality(
            source=source,
            kind=kind,
            loads=loads,
            rows_read=read,
            rows_kept=kept,
            rows_known=known,
            rows_refused=refused,
            refused_reasons=refused_reasons(engine).get(source, {}),
            findings=tuple(sorted(found.get(source, ()), key=lambda f: ORDER[f.severity])),
        )
        for source, kind, loads, read, kept, known, refused in load_totals(engine)
    )
    return QualityReport(sources, money_totals(engine, settings))


def load_totals(engine: Engine) -> list[tuple[str, str, int, int, int, int, int]]:
    """Return per source its kind, its loads and what became of its rows."""
    counts = [exp.func("sum", exp.column(name)) for name in ("rows_read", "rows_kept", "rows_known", "rows_refused")]
    wanted = (
        exp.select("source", exp.func("min", exp.column("kind")), exp.func("count", exp.Star()), *counts)
        .from_("loads")
        .group_by("source")
        .order_by("source")
    )
    return [(str(s), str(k), *(int(n) for n in numbers)) for s, k, *numbers in engine.rows(wanted)]  # type: ignore[misc]


def refused_reasons(engine: Engine) -> dict[str, dict[str, int]]:
    """Return per source how many rows were refused for which reason."""
    wanted = (
        exp.select("source", "reason", exp.func("count", exp.Star()))
        .from_("refusals")
        .group_by("source", "reason")
        .order_by("source", "reason")
    )
    out: dict[str, dict[str, int]] = {}
    for source, reason, rows in engine.rows(wanted):
        out.setdefault(str(source), {})[str(reason)] = int(rows)
    return out


def money_totals(engine: Engine, settings: Settings) -> tuple[MoneyTotal, ...]:
    """Return the money of all order lines under each definition."""
    lines = linked_lines(engine)
    row = records(engine, query(CHECKS / "money_totals.sql", order_lines=exp.table_(lines)))[0]
    unlink(engine)
    if not row["net_rows"]:
        return ()

    def total(name: str, key: str, definition: str, **more: int) -> MoneyTotal:
        amount = Decimal(str(row[f"{key}_amount"]))
        return MoneyTotal(name, definition, amount, settings.currency, int(str(row[f"{key}_rows"])), **more)

    identified = {name: int(str(row[f"identified_{name}"])) for name in ("orders", "customers")}
    return (
        total("gross sales", "gross", "all sale lines with a price above zero, customer known or not"),
        total("refunds", "refund", "cancellations and returns"),
        total("net of everything", "net", "all lines: sales, cancellations, returns and corrections"),
        total("clean sales", "identified", "sale lines of identified customers, before cancellations", **identified),
    )
