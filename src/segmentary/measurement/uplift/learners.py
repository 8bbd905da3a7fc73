"""T, X and DR learners: the effect of an arm on each person, learnt from a lot whose probabilities are known.

All keep nuisance and effect apart: a model of the outcome never says anything of a person it was fitted with.

References: Kunzel, Sekhon, Bickel & Yu (2019), PNAS 116(10), T and X; Kennedy (2023), Electronic Journal of Statistics
17(2), DR; Chernozhukov et al. (2018), Econometrics Journal 21(1), cross-fitting.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import UsageError
from segmentary.measurement.uplift.effect import EffectFormula
from segmentary.measurement.uplift.outcome_models import BASES, Base, fit_mean, outcome_model
from segmentary.measurement.uplift.trial import Trial, check_enough, folds_of, trial_of
from segmentary.models.predict.formula import Formula
from segmentary.models.table.typed_table import Floats, TypedTable

Way: TypeAlias = Literal["t", "x", "dr"]
WAYS: tuple[Way, ...] = ("t", "x", "dr")


class EffectLearner(ABC):
    """Learn the effect of being treated on each person.

    Parameters
    ----------
    base : ridge (logistic where the outcome is yes or no), or boosting (histogram gradient boosting).
    folds : of cross-fitting, where a learner needs it.

    Attributes
    ----------
    effect_ : the learnt effect. treated_, control_ : models of the outcome of all people in each arm.
    """

    way: Way
    treated_: Formula
    control_: Formula
    effect_: EffectFormula

    def __init__(self, base: Base = "ridge", *, folds: int = 3, seed: int = 0) -> None:
        self.base = base
        self.folds = folds
        self.seed = seed

    def fit(
        self, table: TypedTable, treated: npt.ArrayLike, y: npt.ArrayLike, chance: npt.ArrayLike | float | None = None
    ) -> Self:
        """Learn from people whose arm was drawn.

        treated : (n,) yes or no. y : (n,) 0 and 1, or numbers. chance : the probability of being treated, one or (n,);
        None: the share of treated people.

        Raises
        ------
        NoAnswerError
            an arm or the outcome is empty or too small (`check_enough`).
        """
        trial = trial_of(table, treated, y, chance)
        check_enough(trial)
        return self.learn(trial)

    def learn(self, trial: Trial, arms: EffectLearner | None = None) -> Self:
        """Learn from a trial checked already; arms: a learner of the same base whose models of the arms are taken."""
        if self.base not in BASES:
            raise UsageError(f"there is no learner on {self.base!r}", hint="one of " + ", ".join(BASES))
        self.treated_ = self.model_of(trial, trial.treated) if arms is None else arms.treated_
        self.control_ = self.model_of(trial, ~trial.treated) if arms is None else arms.control_
        self.effect_ = self.effect_of(trial)
        return self

    def model_of(self, trial: Trial, rows: npt.NDArray[np.bool_], like: Formula | None = None) -> Formula:
        """Return the expected outcome learnt of some people; like: a fit whose penalty is taken."""
        penalty: float | Literal["auto"] = "auto" if like is None or not like.penalty else like.penalty
        return outcome_model(
            trial.table.take(rows), trial.y[rows], self.base, binary=trial.binary, seed=self.seed, penalty=penalty
        )

    @abstractmethod
    def effect_of(self, trial: Trial) -> EffectFormula:
        """Return the effect, the models of both arms at hand."""

    def second_stage(self, table: TypedTable, y: Floats, weight: Floats | None = None) -> Formula:
        """Return the regression of an effect measured of each person with much noise."""
        if self.base == "ridge":
            return fit_mean(table, y, weight, seed=self.seed)
        from segmentary.models.predict.learners import fit_boosting

        return fit_boosting(table, y, weight, loss="squared", seed=self.seed)

    def predict(self, table: TypedTable) -> Floats:
        """Return the effect on each person; (n,), in units of the outcome."""
        return self.effect_.predict(table)

    def to_document(self) -> dict[str, Any]:
        """Return what was learnt as JSON values; `EffectFormula.from_document` reads its effect."""
        return {"way": self.way, "base": self.base, "folds": self.folds, "seed": self.seed} | self.effect_.to_document()


class TLearner(EffectLearner):
    """Two models of the outcome, one of each arm; their difference."""

    way: Way = "t"

    def effect_of(self, trial: Trial) -> EffectFormula:
        """Return the difference."""
        return EffectFormula(((1.0, self.treated_), (-1.0, self.control_)))


class XLearner(EffectLearner):
    """What each person did less what the other arm's model expected; regressed in each arm, weighted by the lot.

    The model of one arm is asked only about people of the other, so that it never saw them.
    """

    way: Way = "x"

    def effect_of(self, trial: Trial) -> EffectFormula:
        """Return the weighted sum of both regressions."""
        inside, outside = trial.table.take(trial.treated), trial.table.take(~trial.treated)
        gained = trial.y[trial.treated] - self.control_.predict(inside)
        missed = self.treated_.predict(outside) - trial.y[~trial.treated]
        share = float(trial.chance.mean())
        return EffectFormula(
            ((1.0 - share, self.second_stage(inside, gained)), (share, self.second_stage(outside, missed)))
        )


class DRLearner(EffectLearner):
    """Doubly robust scores (cross-fitted), regressed on what is known of people."""

    way: Way = "dr"

    def effect_of(self, trial: Trial) -> EffectFormula:
        """Return the regression of the scores."""
        fold = folds_of(trial, self.folds, self.seed)
        inside, outside = np.empty(len(trial)), np.empty(len(trial))
        for k in range(self.folds):
            seen, asked = fold != k, fold == k
            held = trial.table.take(asked)
            inside[asked] = self.model_of(trial, seen & trial.treated, self.treated_).predict(held)
            outside[asked] = self.model_of(trial, seen & ~trial.treated, self.control_).predict(held)
        return EffectFormula(((1.0, self.second_stage(trial.table, scores_of(trial, inside, outside))),))


LEARNERS: dict[Way, type[EffectLearner]] = {"t": TLearner, "x": XLearner, "dr": DRLearner}


def scores_of(trial: Trial, inside: Floats, outside: Floats) -> Floats:
    """Return doubly robust scores of the effect on each person; (n,). Their mean is the average effect.

    inside, outside : (n,) the expected outcome of each person in the arm and in control, by models that did not see
    the person. As the lot is known, the mean is right however wrong these are; the better they are the less it spreads.

    References: Robins, Rotnitzky & Zhao (1994), JASA 89(427).
    """
    p = trial.chance
    found: Floats = (
        inside
        - outside
        + np.where(trial.treated, (trial.y - inside) / p, 0.0)
        - np.where(trial.treated, 0.0, (trial.y - outside) / (1 - p))
    )
    return found
