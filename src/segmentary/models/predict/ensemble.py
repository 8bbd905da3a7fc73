"""The mean of three cheap ways to say what a customer will spend and whether they will buy at all.

=============  ================================================  ===================================================
part           spend                                             chance of buying
=============  ================================================  ===================================================
trees          boosted trees, Tweedie loss                       boosted trees, logistic loss
               over all features, the columns of purchases and what the lifetime and the spend model expect
lifetime       expected purchases x expected spend               of at least one purchase
terms          Tweedie regression                                ridge logistic regression
               over the logarithms of recency, frequency, age and money, and the features
=============  ================================================  ===================================================

No one of them wins everywhere; their plain mean is the best or next to it on every data set it was tried on (see
docs/benchmarks.md). Equal weights need no further data and cannot be overfitted.

Reference: Bates & Granger (1969), Operational Research Quarterly 20(4), on combining forecasts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sqlglot import exp

from segmentary.errors import NoAnswerError
from segmentary.language.sql import binary, cast, choose, is_missing, one_of, wrapped
from segmentary.language.tree import ValueType
from segmentary.models.assign.sql import Input, added, double, number_of, outside
from segmentary.models.predict.buying_model import (
    CHANCE,
    COLUMNS,
    LOG,
    LOGS,
    BuyingModel,
    LifetimeKind,
    log_name,
    table_of,
)
from segmentary.models.predict.formula import Formula
from segmentary.models.predict.formula_sql import formula_query
from segmentary.models.predict.learners import fit_boosting, fit_logistic, fit_tweedie
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.predict.prediction import ScoreInputs
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.matching import matched
from segmentary.models.table.typed_table import Floats, TypedTable
from segmentary.models.value.purchases import Purchases

VALUE = "bought.value"
KEPT = (VALUE, CHANCE, "bought.alive", "bought.repeats", "bought.days_since", "bought.days_known")


@dataclass(frozen=True, eq=False)
class Guess:
    """What is said of customers; arrays of shape (n,), and by each part: (n,) of trees, lifetime, terms."""

    spend: Floats
    chance: Floats
    alive: Floats
    spend_parts: tuple[Floats, ...]
    chance_parts: tuple[Floats, ...]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Three fitted parts. logged : features whose logarithm the terms read; what was noticed is in `notes`."""

    buying: BuyingModel
    spend_trees: Formula
    spend_terms: Formula
    chance_trees: Formula
    chance_terms: Formula
    logged: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls,
        periods: Sequence[NextPeriod],
        *,
        horizon_days: int,
        model: LifetimeKind = "pareto_nbd",
        seed: int = 0,
        tell: Tell = quiet,
        now: Purchases | None = None,
        logged: tuple[str, ...] = (),
    ) -> Self:
        """Estimate from past moments, the latest first; the lifetime model of each knows what was known then.

        logged : features (amounts, counts) whose logarithms the terms read beside the purchases'.
        now : purchases as of later, for the lifetime model that scores; None: those of the latest moment.

        Raises
        ------
        NoAnswerError
            when nobody bought after the moments, or nobody bought twice before them.
        """
        people, buyers = sum(map(len, periods)), sum(int(one.bought.sum()) for one in periods)
        if not buyers:
            raise NoAnswerError(
                f"none of {people:,} customers bought in the {horizon_days} days after {moments(periods)}: there is "
                "nothing to learn from",
                hint="choose a longer horizon, or an earlier moment",
            )
        models = []
        for place, one in enumerate(periods):
            tell("fitting purchases", 0.4 * place / len(periods))
            models.append(BuyingModel.fit(one.watched, horizon_days=horizon_days, model=model))
        buying = models[0]
        if now is not None:
            buying = BuyingModel.fit(now, horizon_days=horizon_days, model=model)
        table = stacked(
            [table_of(p.features, m.columns(p.purchases), logged) for p, m in zip(periods, models, strict=True)]
        )
        spend = np.concatenate([one.spend for one in periods])
        bought = np.concatenate([one.bought for one in periods]).astype(np.float64)
        trees, terms = parted(table)
        tell("learning spend", 0.45)
        spends = spend_formulas(trees, terms, spend, seed)
        tell("learning who buys", 0.7)
        return cls(buying, *spends, *chance_formulas(trees, terms, bought, seed), logged)

    def guess(self, features: TypedTable, purchases: Purchases, *, buying: BuyingModel | None = None) -> Guess:
        """Return what is said of customers.

        buying : another lifetime model in place of its own: the one fitted as of the moment that is tested.
        """
        columns = (buying or self.buying).columns(purchases)
        return self.guess_of(self.terms_table(features, columns), columns)

    def guess_of(self, table: TypedTable, columns: Mapping[str, Floats]) -> Guess:
        """Return what is said of people of a table with all columns, and what the lifetime model says of them."""
        spends = (self.spend_trees.predict(table), columns[VALUE], self.spend_terms.predict(table))
        chances = (self.chance_trees.predict(table), columns[CHANCE], self.chance_terms.predict(table))
        return Guess(
            np.asarray(np.mean(spends, axis=0)),
            np.asarray(np.mean(chances, axis=0)),
            columns["bought.alive"],
            spends,
            chances,
        )

    def terms_table(self, features: TypedTable, columns: Mapping[str, Floats]) -> TypedTable:
        """Return all columns the formulas read."""
        return table_of(features, columns, self.logged)

    def query(self, inputs: ScoreInputs, purchases: exp.Table, left_out: Sequence[str] = ()) -> exp.Select:
        """Return ``customer_id``, ``spend``, ``chance`` and the columns `KEPT` of everybody who ever bought.

        left_out : ids that have no row.
        """
        source = self.buying.relation(inputs.engine, inputs.people, purchases, inputs.prefix)
        places: dict[str, Input] = {
            name: Input(column, inputs.types[name]) for name, column in inputs.columns.items() if name in inputs.types
        }
        number: ValueType = "number"
        places |= {column.name: Input(column.name, number) for column in (*COLUMNS, *LOGS)}
        known = source.subquery("buyers")
        if self.logged:
            named = {log_name(one): log_of(places[one].column) for one in self.logged if one in places}
            places |= {name: Input(name, number) for name in named}
            more = exp.select(exp.Star()).from_(known)
            for name, value in named.items():
                more = more.select(value.as_(name, quoted=True), copy=False)
            known = more.subquery("logged")
        said = formula_query(self.formulas, known, places, kept=KEPT)
        means = {
            "spend": third(["spend_trees", VALUE, "spend_terms"]),
            "chance": third(["chance_trees", CHANCE, "chance_terms"]),
        }
        found = outside(said, "customer_id", KEPT, means)
        if left_out:
            gone = one_of(exp.column("customer_id", quoted=True), [exp.Literal.string(one) for one in left_out])
            found = found.where(exp.Not(this=wrapped(gone)), copy=False)
        return found

    @property
    def formulas(self) -> dict[str, Formula]:
        """The fitted formulas by name."""
        return {
            "spend_trees": self.spend_trees,
            "spend_terms": self.spend_terms,
            "chance_trees": self.chance_trees,
            "chance_terms": self.chance_terms,
        }

    @property
    def reads(self) -> set[str]:
        """The columns that matter."""
        return {name for formula in self.formulas.values() for name in formula.reads} | set(self.logged)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed in fitting."""
        found = [self.buying.note, *self.spend_terms.notes, *self.chance_terms.notes]
        return tuple(dict.fromkeys(one for one in found if one))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "buying": self.buying.to_document(),
            "spend_trees": self.spend_trees.to_document(),
            "spend_terms": self.spend_terms.to_document(),
            "chance_trees": self.chance_trees.to_document(),
            "chance_terms": self.chance_terms.to_document(),
            "logged": list(self.logged),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the ensemble a document describes."""
        return cls(
            BuyingModel.from_document(document["buying"]),
            Formula.from_document(document["spend_trees"]),
            Formula.from_document(document["spend_terms"]),
            Formula.from_document(document["chance_trees"]),
            Formula.from_document(document["chance_terms"]),
            tuple(document["logged"]),
        )


def third(names: Sequence[str]) -> exp.Expr:
    """Return the mean of columns."""
    whole = cast(added(number_of(name) for name in names), "double")
    return exp.Div(this=whole, expression=double(float(len(names))))


def moments(periods: Sequence[NextPeriod]) -> str:
    """Name the moments in words."""
    return " and ".join(one.cutoff.isoformat() for one in periods)


def stacked(tables: Sequence[TypedTable]) -> TypedTable:
    """Return tables of several moments under each other, on the columns of the first."""
    first = tables[0]
    values = [first.values, *(matched(one, first.columns)[0].values for one in tables[1:])]
    return TypedTable(first.columns, np.concatenate(values))


def parted(table: TypedTable) -> tuple[TypedTable, TypedTable]:
    """Return what trees see, and what terms see: the logarithms."""
    places = range(len(table.columns))
    terms = [j for j in places if table.columns[j].name.startswith(LOG)]
    trees = [j for j in places if not table.columns[j].name.startswith(LOG)]
    return some_columns(table, trees), some_columns(table, terms)


def log_of(column: str) -> exp.Expr:
    """Return ln(1 + x) of a column, of negative numbers that of 0."""
    held = exp.Greatest(this=cast(exp.column(column, quoted=True), "double"), expressions=[double(0.0)])
    # `greatest` skips what is missing.
    known = binary(
        exp.Add, double(1.0), choose((is_missing(exp.column(column, quoted=True)), missing()), otherwise=held)
    )
    return exp.Ln(this=known)


def missing() -> exp.Expr:
    return cast(exp.null(), "double")


def some_columns(table: TypedTable, places: Sequence[int]) -> TypedTable:
    return TypedTable(tuple(table.columns[j] for j in places), table.values[:, list(places)])


def spend_formulas(trees: TypedTable, terms: TypedTable, spend: Floats, seed: int) -> tuple[Formula, Formula]:
    """Return how spend comes of trees, and of terms; nothing where nobody paid."""
    if not spend.any():
        return constant(0.0, "identity"), constant(0.0, "identity")
    return fit_boosting(trees, spend, loss="tweedie", seed=seed), fit_tweedie(terms, spend, seed=seed)


def chance_formulas(trees: TypedTable, terms: TypedTable, bought: Floats, seed: int) -> tuple[Formula, Formula]:
    """Return how the chance comes of trees, and of terms; the same for everybody where everybody bought."""
    n = len(bought)
    if bought.all():
        sure = constant(math.log((n + 0.5) / 0.5), "logit")
        return sure, sure
    return fit_boosting(trees, bought, loss="logistic", seed=seed), fit_logistic(terms, bought, seed=seed)


def constant(value: float, link: Any) -> Formula:
    """Return the formula that says the same of everybody."""
    return Formula((), (), value, (), (), link)
