"""Recency, frequency (order count) and money: scores 1 to 5, a cell, and a name.

Scores are made in the engine, from cut points that are learnt once, can be frozen, and can be applied to other people
or another day. A customer without a completed order has no score: every column is missing.

==================  ==========================================================================================
mode                rule
==================  ==========================================================================================
quantiles (default) cuts are discrete quantiles (values that occur), a score rises where the value is ``>`` a cut
cuts                cuts are given, a score rises where the value is ``>`` a cut
r-rfm               quantile type 7 plus 1, a score rises where the value is ``>=`` a cut: equals R ``rfm`` 0.3.0
==================  ==========================================================================================

Equal values always score equally, so ties make unequal fifths; `RFM.score_counts` shows how unequal. The ``r-rfm``
rule is right for whole numbers only: with cents, values up to 1 above a quintile drop a class. Use it to compare with
R, not to work.

References: Hughes (1994), Strategic Database Marketing; Hyndman & Fan (1996), The American Statistician 50(4), for the
numbered quantile types.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import identifier, literal
from segmentary.errors import DataError, UsageError
from segmentary.language.tree import ValueType
from segmentary.models.rfm_names import CLASSES, NAMES, Box, name_of

__all__ = ["COLUMNS", "OUTPUTS", "RFM", "Edges", "name_of"]

Measure = Literal["recency", "order_count", "monetary"]
Compatibility = Literal["r-rfm"]

MEASURES: tuple[Measure, ...] = ("recency", "order_count", "monetary")
COLUMNS: Mapping[Measure, str] = {"recency": "recency", "order_count": "order_count", "monetary": "monetary"}
SCORES: Mapping[Measure, str] = {
    "recency": "rfm_recency_score",
    "order_count": "rfm_order_score",
    "monetary": "rfm_monetary_score",
}
OUTPUTS: Mapping[str, ValueType] = {
    "rfm_recency_score": "number",
    "rfm_order_score": "number",
    "rfm_monetary_score": "number",
    "rfm_cell": "text",
    "rfm_segment": "text",
}
"""Columns of `RFM.score_query` beside customer_id, with their types."""

TITLES: Mapping[str, str] = {
    "rfm_recency_score": "Recency score (5 = bought most lately)",
    "rfm_order_score": "Order-count score (5 = most orders)",
    "rfm_monetary_score": "Money score (5 = most money)",
    "rfm_cell": "RFM cell (recency, orders, money)",
    "rfm_segment": "RFM segment",
}
# Quantiles between two observed values are kept to as many places as a NUMBER trait has.
PLACES = Decimal("0.0000000001")


@dataclass(frozen=True, slots=True)
class Edges:
    """Cut points of the three measures, each ascending. Empty: nobody had an order, so nobody gets a score."""

    recency: tuple[Decimal, ...]
    order_count: tuple[Decimal, ...]
    monetary: tuple[Decimal, ...]

    def of(self, measure: Measure) -> tuple[Decimal, ...]:
        """Return the cut points of one measure."""
        match measure:
            case "recency":
                return self.recency
            case "order_count":
                return self.order_count
            case "monetary":
                return self.monetary


class RFM:
    """Score customers by recency, order count and money.

    Parameters
    ----------
    quantiles : number of classes, 2 to 9. Names exist for five classes only; otherwise ``rfm_segment`` is missing.
    cuts : fixed cut points per measure instead of quantiles, ascending; the number of classes is one more.
    compatibility : "r-rfm" for the rule of the R package rfm 0.3.0.
    boxes : own names as ranges of scores, first match wins, "others" where none fits; missing: the eleven names.

    Attributes
    ----------
    edges_ : the cut points.
    n_customers_ : customers with at least one order that the cut points were learnt from.
    """

    edges_: Edges
    n_customers_: int

    def __init__(
        self,
        quantiles: int = CLASSES,
        *,
        cuts: Mapping[Measure, Sequence[Decimal | int | str]] | None = None,
        compatibility: Compatibility | None = None,
        boxes: Sequence[Box] | None = None,
    ) -> None:
        self.quantiles = quantiles
        self.cuts = cuts
        self.compatibility = compatibility
        self.boxes = boxes

    def fit(self, engine: Engine, traits: exp.Table, columns: Mapping[Measure, str] = COLUMNS) -> Self:
        """Learn the cut points from everybody with at least one order.

        Raises
        ------
        UsageError
            when the parameters contradict each other or a column of `columns` is not named.
        """
        self.check(columns)
        if self.cuts is not None:
            self.edges_ = fixed_edges(self.cuts)
            self.n_customers_ = count_of(engine, traits, columns)
            return self
        total = count_of(engine, traits, columns)
        learnt = {m: self.learn(engine, traits, columns, m, total) if total else () for m in MEASURES}
        self.edges_ = Edges(learnt["recency"], learnt["order_count"], learnt["monetary"])
        self.n_customers_ = total
        return self

    def check(self, columns: Mapping[Measure, str]) -> None:
        """Refuse parameters without meaning."""
        if not 2 <= self.quantiles <= 9:
            raise UsageError(f"RFM classes must be 2 to 9, not {self.quantiles}", hint="five is what the names are for")
        if self.cuts is not None and self.compatibility is not None:
            raise UsageError("fixed cuts and compatibility cannot be combined", hint="give one of them")
        if missing := [m for m in MEASURES if m not in columns]:
            raise UsageError(f"no column given for {', '.join(missing)}")

    def learn(
        self, engine: Engine, traits: exp.Table, columns: Mapping[Measure, str], measure: Measure, total: int
    ) -> tuple[Decimal, ...]:
        """Return the cut points of one measure, ascending."""
        if self.compatibility is None:
            places = [-(-total * i // self.quantiles) for i in range(1, self.quantiles)]
            found = order_statistics(engine, traits, columns, measure, places)
            return tuple(found[p] for p in places)
        steps = [divmod((total - 1) * i, self.quantiles) for i in range(1, self.quantiles)]
        wanted = sorted({min(whole + add, total) for whole, _ in steps for add in (1, 2)})
        found = order_statistics(engine, traits, columns, measure, wanted)
        cuts = []
        for whole, rest in steps:
            low, high = found[whole + 1], found[min(whole + 2, total)]
            between = low + (high - low) * rest / self.quantiles
            cuts.append(plain((between + 1).quantize(PLACES)))
        return tuple(cuts)

    def score_query(
        self, traits: exp.Table, columns: Mapping[Measure, str] = COLUMNS, *, key: str = "customer_id"
    ) -> exp.Query:
        """Return one row per customer of `traits`: customer_id and the columns of `OUTPUTS`.

        Raises
        ------
        UsageError
            when nothing has been fitted.
        """
        if not hasattr(self, "edges_"):
            raise UsageError("RFM has no cut points yet", hint="call fit(), or from_document() with frozen ones")
        scores = [exp.alias_(self.score(m, columns), SCORES[m], quoted=True) for m in MEASURES]
        scored = exp.select(identifier_column(key), *scores).from_(traits.copy())
        r, f, m = (identifier_column(SCORES[measure]) for measure in MEASURES)
        cell = exp.cast(digits(digits(r, f), m), "text")
        return exp.select(
            identifier_column(key),
            r.copy(),
            f.copy(),
            m.copy(),
            exp.alias_(cell, "rfm_cell", quoted=True),
            exp.alias_(self.naming(r, f, m), "rfm_segment", quoted=True),
        ).from_(scored.subquery("scored"))

    def score(self, measure: Measure, columns: Mapping[Measure, str]) -> exp.Expr:
        """Return the score of one measure as a SQL node."""
        cuts = self.edges_.of(measure)
        if not cuts:
            return exp.cast(exp.null(), "int")
        value = identifier_column(columns[measure])
        best = len(cuts) + 1
        # Long ago is bad: the score counts down from the best.
        counts_up = measure != "recency"
        by_cut = exp.Case()
        for passed in range(len(cuts), 0, -1):
            cut = narrow(cuts[passed - 1])
            over = (
                exp.GTE(this=value.copy(), expression=cut)
                if self.compatibility
                else exp.GT(this=value.copy(), expression=cut)
            )
            by_cut = by_cut.when(over, literal(1 + passed if counts_up else best - passed))
        by_cut = by_cut.else_(literal(1 if counts_up else best))
        return exp.Case().when(has_orders(columns), by_cut)

    def naming(self, recency: exp.Expr, orders: exp.Expr, money: exp.Expr) -> exp.Expr:
        """Return the name of a cell as a SQL node."""
        named = exp.Case()
        if self.boxes is not None:
            for box in self.boxes:
                parts = [
                    exp.Between(this=score.copy(), low=literal(low), high=literal(high))
                    for score, (low, high) in (
                        (recency, box.recency),
                        (orders, box.order_count),
                        (money, box.monetary),
                    )
                ]
                named = named.when(exp.and_(*parts), literal(box.name))
            return named.when(is_known(recency.copy()), literal("others"))
        if any(len(self.edges_.of(m)) != CLASSES - 1 for m in ("recency", "order_count")):
            return exp.cast(exp.null(), "text")
        # One whole number per cell is compared instead of two scores.
        named = exp.Case(this=digits(recency, orders))
        cells = {int(pair): name for name, pairs in NAMES.items() for pair in pairs}
        for cell, name in sorted(cells.items(), reverse=True):
            named = named.when(literal(cell), literal(name))
        return named

    def score_counts(
        self, engine: Engine, traits: exp.Table, columns: Mapping[Measure, str] = COLUMNS
    ) -> dict[Measure, dict[int, int]]:
        """Return, per measure, how many customers have each score: ties show as unequal fifths."""
        scored = self.score_query(traits, columns)
        counts: dict[Measure, dict[int, int]] = {}
        for measure in MEASURES:
            column = identifier_column(SCORES[measure])
            query = (
                exp.select(column.copy(), exp.alias_(exp.Count(this=exp.Star()), "n"))
                .from_(scored.copy().subquery("scores"))
                .where(is_known(column.copy()))
                .group_by(column.copy())
                .order_by(column.copy())
            )
            counts[measure] = {int(score): int(n) for score, n in engine.rows(query)}
        return counts

    def to_document(self) -> dict[str, object]:
        """Return the fitted model as JSON-able data: freeze it, keep it, apply it on another day."""
        if not hasattr(self, "edges_"):
            raise UsageError("RFM has no cut points yet", hint="call fit() first")
        return {
            "model": "rfm",
            "quantiles": self.quantiles,
            "fixed": self.cuts is not None,
            "compatibility": self.compatibility,
            "customers": self.n_customers_,
            "edges": {m: [str(cut) for cut in self.edges_.of(m)] for m in MEASURES},
            "boxes": None if self.boxes is None else [box_document(box) for box in self.boxes],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Return a fitted model from frozen cut points.

        Raises
        ------
        DataError
            when the document is not one of `to_document`.
        """
        try:
            edges = document["edges"]
            if document["model"] != "rfm" or not isinstance(edges, Mapping):
                raise KeyError("edges")
            cuts = fixed_edges({m: edges[m] for m in MEASURES})
            boxes = document.get("boxes")
            model = cls(
                int(str(document["quantiles"])),
                cuts={m: cuts.of(m) for m in MEASURES} if document.get("fixed") else None,
                compatibility="r-rfm" if document["compatibility"] == "r-rfm" else None,
                boxes=[box_of(box) for box in boxes] if isinstance(boxes, Iterable) else None,
            )
            model.n_customers_ = int(str(document["customers"]))
        except (KeyError, TypeError, ValueError) as error:
            raise DataError("not a frozen RFM model", hint="use what RFM.to_document() returned") from error
        model.edges_ = cuts
        return model


def digits(first: exp.Expr, then: exp.Expr) -> exp.Expr:
    """Return two scores as one number, the digits of the second behind those of the first; missing where one is."""
    return exp.Paren(this=exp.Add(this=exp.Mul(this=first.copy(), expression=literal(10)), expression=then.copy()))


def narrow(cut: object) -> exp.Expr:
    """Return a cut point in the narrowest exact type: comparing wide decimals takes most of the time of scoring."""
    if isinstance(cut, Decimal) and cut == cut.to_integral_value() and abs(cut) < 10**15:
        return literal(int(cut))
    return literal(cut)


def identifier_column(name: str) -> exp.Column:
    return exp.Column(this=identifier(name))


def is_known(value: exp.Expr) -> exp.Not:
    return exp.Not(this=exp.Is(this=value, expression=exp.null()))


def has_orders(columns: Mapping[Measure, str]) -> exp.Expr:
    """Say who takes part: all three measures known, and there is at least one order."""
    known = [is_known(identifier_column(columns[m])) for m in MEASURES]
    return exp.and_(*known, exp.GT(this=identifier_column(columns["order_count"]), expression=literal(0)))


def count_of(engine: Engine, traits: exp.Table, columns: Mapping[Measure, str]) -> int:
    return int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(traits.copy()).where(has_orders(columns))))


def order_statistics(
    engine: Engine, traits: exp.Table, columns: Mapping[Measure, str], measure: Measure, places: Sequence[int]
) -> dict[int, Decimal]:
    """Return the values at the given places (from 1) of the ascending order, without engine quantile functions."""
    value = identifier_column(columns[measure])
    counted = (
        exp.select(exp.alias_(value.copy(), "x"), exp.alias_(exp.Count(this=exp.Star()), "n"))
        .from_(traits.copy())
        .where(has_orders(columns))
        .group_by(value.copy())
    )
    running = exp.Window(
        this=exp.Sum(this=exp.column("n")), order=exp.Order(expressions=[exp.Ordered(this=exp.column("x"))])
    )
    upto = exp.select(exp.column("x"), exp.alias_(running, "upto")).from_(counted.subquery("counted"))
    wanted = sorted(set(places))
    picks = [
        exp.alias_(
            exp.Min(this=exp.Case().when(exp.GTE(this=exp.column("upto"), expression=literal(place)), exp.column("x"))),
            f"v{i}",
        )
        for i, place in enumerate(wanted)
    ]
    row = engine.rows(exp.select(*picks).from_(upto.subquery("upto_here")))[0]
    return {place: plain(Decimal(str(found))) for place, found in zip(wanted, row, strict=True)}


def plain(value: Decimal) -> Decimal:
    """Drop trailing zeros without exponent notation."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def fixed_edges(cuts: Mapping[Measure, Sequence[Decimal | int | str]]) -> Edges:
    """Return given cut points, checked.

    Raises
    ------
    UsageError
        when a measure has no cuts, too many, or they do not ascend.
    """
    clean: dict[Measure, tuple[Decimal, ...]] = {}
    for measure in MEASURES:
        if measure not in cuts:
            raise UsageError(f"no cut points given for {measure}")
        values = tuple(plain(Decimal(str(cut))) for cut in cuts[measure])
        if len(values) > 8 or any(b < a for a, b in itertools.pairwise(values)):
            raise UsageError(f"cut points of {measure} must ascend, at most eight: {[str(v) for v in values]}")
        clean[measure] = values
    return Edges(clean["recency"], clean["order_count"], clean["monetary"])


def box_document(box: Box) -> dict[str, object]:
    return {"name": box.name, "recency": [*box.recency], "order_count": [*box.order_count], "monetary": [*box.monetary]}


def box_of(document: Mapping[str, object]) -> Box:
    def ends(name: str) -> tuple[int, int]:
        pair = document[name]
        if not isinstance(pair, Sequence) or len(pair) != 2:
            raise TypeError(name)
        return int(pair[0]), int(pair[1])

    return Box(str(document["name"]), ends("recency"), ends("order_count"), ends("monetary"))
