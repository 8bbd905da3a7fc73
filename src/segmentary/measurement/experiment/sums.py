"""What an experiment is read from: exact sums per segment and arm, counted in the engine, that add.

For each person ``y`` is the metric after assignment, ``x`` the same metric before it, ``d`` the denominator of a ratio.
Sums are exact fractions (the engine adds decimals), so that parts add to the whole in any order and a variance never
suffers from cancellation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column
from segmentary.models.intervals import Moments

if TYPE_CHECKING:
    import numpy as np

Number = int | float | Decimal | Fraction
ZERO = Fraction(0)
NUMBER = "decimal(18, 4)"
# Two of 18 digits are multiplied as 64-bit numbers by DuckDB, and overflow; two of 19 lose a digit in Spark.
WIDER = "decimal(19, 4)"
SQUARE = "decimal(38, 8)"
COUNTS = ("people", "n", "others")
PARTS = ("y", "yy", "d", "dd", "yd", "x", "xx", "xy")


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the people of one segment in one arm.

    people : all of them, as assigned. n : those whose metric is known; the sums are over them. others : how many
    values are neither 0 nor 1 (none: the metric is a share). y, yy : metric and its square; d, dd, yd : denominator,
    its square, its product with y; x, xx, xy : the metric before, its square, its product with y.
    """

    people: int = 0
    n: int = 0
    others: int = 0
    y: Fraction = ZERO
    yy: Fraction = ZERO
    d: Fraction = ZERO
    dd: Fraction = ZERO
    yd: Fraction = ZERO
    x: Fraction = ZERO
    xx: Fraction = ZERO
    xy: Fraction = ZERO

    def __add__(self, other: Sums) -> Sums:
        """Return the sums over both groups of people."""
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def share(self) -> bool:
        """Whether the metric is yes or no."""
        return self.others == 0

    @property
    def outcome(self) -> Moments:
        """Number, mean and variance of the metric."""
        return moments(self.n, self.y, self.yy)

    @property
    def before(self) -> Moments:
        """Number, mean and variance of the metric before assignment."""
        return moments(self.n, self.x, self.xx)

    @property
    def per(self) -> Moments:
        """Number, mean and variance of the denominator."""
        return moments(self.n, self.d, self.dd)

    @property
    def covariance_before(self) -> float:
        """Covariance of the metric with itself before assignment (denominator n - 1)."""
        return covariance(self.n, self.y, self.x, self.xy)

    @property
    def covariance_per(self) -> float:
        """Covariance of numerator and denominator (denominator n - 1)."""
        return covariance(self.n, self.y, self.d, self.yd)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values, fractions as text: nothing is rounded."""
        return {
            one.name: value if isinstance(value := getattr(self, one.name), int) else str(value) for one in fields(self)
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Sums:
        """Return the sums a document describes."""
        people, n, others = (int(document[key]) for key in COUNTS)
        return cls(people, n, others, *(Fraction(document[key]) for key in PARTS))

    @classmethod
    def of(
        cls, y: np.ndarray | Sequence[float], x: Sequence[float] | None = None, d: Sequence[float] | None = None
    ) -> Sums:
        """Return the sums of arrays: (n,) metric, before, denominator."""
        import numpy as np

        metric = np.asarray(y, dtype=float)
        past = np.zeros_like(metric) if x is None else np.asarray(x, dtype=float)
        base = np.zeros_like(metric) if d is None else np.asarray(d, dtype=float)
        one = np.ones_like(metric)
        pairs = [(metric, one), (metric, metric), (base, one), (base, base), (metric, base)]
        pairs += [(past, one), (past, past), (past, metric)]
        totals = [Fraction(float(left @ right)) for left, right in pairs]
        others = int(((metric != 0) & (metric != 1)).sum())
        return cls(metric.size, metric.size, others, *totals)


def moments(n: int, total: Fraction, squares: Fraction) -> Moments:
    """Return number, mean and variance; of nobody the mean is 0, of fewer than two the variance."""
    if n == 0:
        return Moments(0, 0.0, 0.0)
    spread = squares - total * total / n
    return Moments(n, float(total / n), max(0.0, float(spread / (n - 1))) if n > 1 else 0.0)


def covariance(n: int, one: Fraction, other: Fraction, product: Fraction) -> float:
    return float((product - one * other / n) / (n - 1)) if n > 1 else 0.0


def added(parts: Iterable[Sums]) -> Sums:
    """Return the sums over all parts."""
    return reduce(Sums.__add__, parts, Sums())


Cell = tuple[str, str]
"""Segment and arm."""


def over_segments(cells: Mapping[Cell, Sums]) -> dict[str, Sums]:
    """Return the sums of each arm over all segments."""
    found: dict[str, Sums] = {}
    for (_, arm), sums in cells.items():
        found[arm] = found.get(arm, Sums()) + sums
    return found


def within(cells: Mapping[Cell, Sums], segment: str) -> dict[str, Sums]:
    """Return the sums of each arm in one segment."""
    return {arm: sums for (name, arm), sums in cells.items() if name == segment}


# ---------------------------------------------------------------- counting in the engine


def decimal(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, NUMBER)


def product(one: str, other: str) -> exp.Expr:
    left = exp.cast(column(one), WIDER)
    return exp.cast(exp.Mul(this=left, expression=decimal(column(other))), SQUARE)


def sums_query(people: exp.Table | exp.Query, metrics: int) -> exp.Select:
    """Return the sums of several metrics, one row per segment and arm.

    people : one row per person: ``segment``, ``arm``, and ``y0, d0, x0, y1, d1, x1 ...``; y missing: not known of them;
        d and x are then not read, and missing ones count as 0.
    """
    source = people.subquery("people") if isinstance(people, exp.Query) else people
    query = exp.select(column("segment"), column("arm"), exp.Count(this=exp.Star()).as_("people")).from_(source)
    for number in range(metrics):
        y, d, x = f"y{number}", f"d{number}", f"x{number}"
        known = exp.not_(exp.Is(this=column(y), expression=exp.null()))
        fits = exp.and_(
            known.copy(),
            exp.NEQ(this=column(y), expression=exp.Literal.number(0)),
            exp.NEQ(this=column(y), expression=exp.Literal.number(1)),
        )
        query = query.select(exp.Count(this=column(y)).as_(f"n{number}"), copy=False)
        query = query.select(
            exp.Sum(this=exp.Case().when(fits, exp.Literal.number(1)).else_(exp.Literal.number(0))).as_(f"o{number}"),
            copy=False,
        )
        for name, value in (
            ("y", decimal(column(y))), ("yy", product(y, y)),
            ("d", decimal(column(d))), ("dd", product(d, d)), ("yd", product(y, d)),
            ("x", decimal(column(x))), ("xx", product(x, x)), ("xy", product(x, y)),
        ):  # fmt: skip
            held = exp.Case().when(known.copy(), value)
            query = query.select(exp.Sum(this=held).as_(f"{name}_{number}"), copy=False)
    return query.group_by(column("segment"), column("arm"))


def count_sums(engine: Engine, people: exp.Table | exp.Query, metrics: int) -> list[dict[Cell, Sums]]:
    """Return for each metric the sums of every segment and arm."""
    found: list[dict[Cell, Sums]] = [{} for _ in range(metrics)]
    width = 2 + len(PARTS)
    for segment, arm, number_of_people, *figures in engine.rows(sums_query(people, metrics)):
        for number in range(metrics):
            n, others, *totals = figures[number * width : (number + 1) * width]
            exact = [Fraction(total) if total is not None else ZERO for total in totals]
            found[number][str(segment), str(arm)] = Sums(int(number_of_people), int(n), int(others or 0), *exact)
    return found
