"""Who is like the people of a seed: a rank of everybody, never a probability.

A ridge logistic regression tells the seed from the population; what it says is turned into the share of the population
that is less alike. Figures are of people the model did not know (out-of-fold). The seed is a part of the population as
it was found, so "how likely" has no meaning here: how large the seed is was somebody's choice.

Reference: Elkan & Noto (2008), KDD, learning from positive and unlabelled people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.errors import NoAnswerError
from segmentary.language.sql import choose
from segmentary.language.tree import TraitDefinition, ValueType
from segmentary.models.assign.sql import double, outside
from segmentary.models.predict.card import Measured, ModelCard
from segmentary.models.predict.chances import borders, decile_cuts, decile_expression, deciles
from segmentary.models.predict.distributions import distributions, spread_of
from segmentary.models.predict.features import FeatureTable, definitions_kept, definitions_of
from segmentary.models.predict.formula import Formula
from segmentary.models.predict.formula_sql import formula_query
from segmentary.models.predict.importance import giving_away, linear_weights
from segmentary.models.predict.judging import TOO_GOOD, first_day
from segmentary.models.predict.learners import fit_logistic
from segmentary.models.predict.metrics import auc, lift_at
from segmentary.models.predict.prediction import OutputType, Prediction, ScoreInputs
from segmentary.models.predict.propensity import placed, read_by
from segmentary.models.predict.training import check, thinned
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable

FEWEST = 50
LARGEST = 0.5
FOLDS = 5
NO_BETTER = 0.55
OUTPUTS: Mapping[str, OutputType] = {"score": "number", "decile": "number"}
METHOD = "Ridge logistic regression of the seed against the population, as a rank."
LIMITS = (
    "The score is a rank, no probability: 90 means that 90% of the population are less alike the seed.",
    "It finds people who look like the seed, for better or worse: what the seed was chosen by comes back.",
    "Members of the seed have a score too; the figures are of predictions by models that did not know the person.",
)


@dataclass(frozen=True)
class Lookalike(Prediction):
    """Who is like a seed. formula : log odds of belonging to it. ranks : (100,) rising, those of the population."""

    card: ModelCard
    features: Mapping[str, TraitDefinition]
    attributes: Mapping[str, ValueType]
    formula: Formula
    ranks: tuple[float, ...]
    cuts: tuple[float, ...]
    wants_purchases: bool = False

    @property
    def outputs(self) -> Mapping[str, OutputType]:
        """Rank and its tenth."""
        return OUTPUTS

    def scores(self, table: TypedTable) -> Floats:
        """Return the share of the population that is less alike, 0 to 100; (n,)."""
        return np.searchsorted(np.asarray(self.ranks), self.formula.raw(table), side="left").astype(np.float64)

    def deciles(self, table: TypedTable) -> npt.NDArray[np.intp]:
        """Return the tenth of the population, 10 most alike; (n,)."""
        return deciles(self.formula.raw(table), self.cuts)

    def score_query(self, inputs: ScoreInputs) -> exp.Query:
        """Return everybody's rank and decile, in the engine."""
        inner = formula_query({"raw": self.formula}, inputs.people, placed(inputs), raw=True)
        raw = exp.column("raw", quoted=True)
        steps = [
            (exp.LTE(this=raw.copy(), expression=double(border)), exp.Literal.number(place))
            for place, border in enumerate(self.ranks)
        ]
        score = choose(*steps, otherwise=exp.Literal.number(len(self.ranks)))
        return outside(inner, "customer_id", (), {"score": score, "decile": decile_expression(raw, self.cuts)})

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "card": self.card.to_document(),
            "features": definitions_kept(self.features),
            "attributes": dict(self.attributes),
            "formula": self.formula.to_document(),
            "ranks": list(self.ranks),
            "cuts": list(self.cuts),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the prediction a document describes."""
        return cls(
            ModelCard.from_document(document["card"]),
            definitions_of(document["features"]),
            document["attributes"],
            Formula.from_document(document["formula"]),
            tuple(document["ranks"]),
            tuple(document["cuts"]),
        )


def fit_lookalike(
    people: FeatureTable,
    seed_members: npt.ArrayLike,
    *,
    name: str = "the seed",
    penalty: float | Literal["auto"] = "auto",
    seed: int = 0,
    tell: Tell = quiet,
) -> Lookalike:
    """Fit who is like the members of a seed.

    Parameters
    ----------
    people : the population, the seed in it; columns that alone say who belongs to it are left out.
    seed_members : (n,) who belongs to it. name : of the seed, in words.
    penalty : as of `segmentary.models.predict.learners.fit_logistic`.

    Raises
    ------
    NoAnswerError
        the seed is smaller than 50 or larger than half of the population, or nothing differs between people.
    DataError
        the seed does not fit the people.
    """
    member = np.asarray(seed_members, dtype=np.float64)
    check([people], [member])
    sizes(member, name)
    rows = thinned(len(member), seed)
    table, told = people.table.take(rows), member[rows]
    sizes(told, name)
    table, left_out = beyond_its_definition(table, told, name)
    formula = fit_logistic(table, told, penalty=penalty, seed=seed, tell=within(tell, 0.0, 0.5))
    apart = out_of_fold(table, told, formula.penalty, seed, within(tell, 0.5, 0.9))
    figures = measured(told, apart)
    reads = formula.reads
    raw = formula.raw(table)
    card = ModelCard(
        "lookalike",
        f"Who is like {name}: a rank of everybody, no probability.",
        METHOD,
        first_day([people]),
        people.as_of.date() + dt.timedelta(days=1),
        (people.as_of.date(),),
        None,
        0,
        len(told),
        int(told.sum()),
        linear_weights(formula),
        figures,
        (),
        (*people.findings, *left_out, *doubts(formula, figures)),
        LIMITS,
        (*distributions(table.select(reads)), spread_of("score", share_below(raw))),
        seed,
    )
    tell("done", 1.0)
    ranks = borders(np.quantile(raw, np.arange(1, 101) / 100, method="lower"))
    return Lookalike(card, *read_by(people, reads), formula, ranks, decile_cuts(raw))


def measured(member: Floats, apart: Floats) -> tuple[Measured, ...]:
    """Return the figures of people by models that did not know them."""
    return (
        Measured("auc", "how often it ranks one of the seed above one who is not", auc(member, apart)),
        Measured("lift_at_10", "how many times as many of the seed among the most alike tenth", lift_at(member, apart)),
    )


def sizes(member: Floats, name: str) -> None:
    """Refuse a seed that is too small or too large."""
    n, k = len(member), int(member.sum())
    if k < FEWEST:
        raise NoAnswerError(
            f"{name} has {k:,} people who are known by now: too few to say what they have in common",
            hint=f"at least {FEWEST} are needed",
        )
    if k > n * LARGEST:
        raise NoAnswerError(
            f"{name} is {k:,} of {n:,} people, {k / n:.0%} of the population: there is hardly anybody left to find",
            hint="take a smaller seed, or a larger population",
        )


def beyond_its_definition(table: TypedTable, member: Floats, name: str) -> tuple[TypedTable, tuple[Finding, ...]]:
    """Return the table without the columns that alone say who is in the seed: it was chosen by them."""
    gone = giving_away(table, member)
    if not gone:
        return table, ()
    kept = [one for one in table.names if one not in gone]
    if not kept:
        raise NoAnswerError(
            f"{name} is as good as defined by {', '.join(gone)}, and nothing else is known",
            hint="add features or attributes to find who is like them in everything else",
        )
    message = f"Left out, because alone they say who is in {name}: {', '.join(gone)}."
    hint = "who is like the seed is judged by everything else"
    return table.select(kept), (Finding("definition", "note", message, hint, gone),)


def out_of_fold(table: TypedTable, member: Floats, penalty: float, seed: int, tell: Tell) -> Floats:
    """Return (n,) what models that did not know a person say of them: log odds."""
    chance = np.random.default_rng(seed).random(len(member))
    fold = np.empty(len(member), dtype=np.intp)
    fold[np.lexsort((chance, member))] = np.arange(len(member)) % FOLDS
    found = np.empty(len(member))
    for k in range(FOLDS):
        tell("ranking people by models that do not know them", k / FOLDS)
        train = fold != k
        found[~train] = fit_logistic(table.take(train), member[train], penalty=penalty).raw(table.take(~train))
    return found


def share_below(raw: Floats) -> Floats:
    """Return the share of people below each, 0 to 100; (n,)."""
    found: Floats = np.searchsorted(np.sort(raw), raw, side="left") * np.float64(100.0 / max(1, len(raw)))
    return found


def doubts(formula: Formula, figures: tuple[Measured, ...]) -> tuple[Finding, ...]:
    """Return what to mind."""
    found = [Finding("fit", "note", note) for note in formula.notes]
    area = figures[0].estimate
    if area.low < NO_BETTER:
        message = f"The seed can hardly be told from everybody else (AUC {area.estimate:.2f})."
        found.append(Finding("alike", "warning", message, "choose a seed by one clear trait, or add features"))
    if area.estimate > TOO_GOOD:
        message = f"The seed is told apart almost perfectly (AUC {area.estimate:.3f}): features may be its definition."
        found.append(Finding("leak", "warning", message, "leave out what the seed was chosen by"))
    return tuple(found)
