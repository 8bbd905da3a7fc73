"""Contractual churn: the chance that somebody who is still a customer leaves within the horizon.

Contracts end visibly: it is known how long everybody has been a customer and who left. The model is chosen by
cross-validation among a logistic regression, Cox's regression and a mean with boosted trees, the plainest unless
another is clearly better, and calibrated where that is needed. (Customers without a contract leave in silence: that is
another prediction.)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.errors import UnknownNameError
from segmentary.language.tree import TraitDefinition, ValueType
from segmentary.models.predict.calibration import Calibration
from segmentary.models.predict.card import ModelCard
from segmentary.models.predict.chances import Bins, decile_cuts, deciles
from segmentary.models.predict.contractual_trials import Observed, Trials, trials_of
from segmentary.models.predict.contractual_ways import WAYS, Part, Way, chance_of, fit_way
from segmentary.models.predict.features import definitions_kept, definitions_of
from segmentary.models.predict.prediction import OutputType, Prediction, ScoreInputs
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable

if TYPE_CHECKING:
    from segmentary.models.predict.contractual_judging import Judged

Unit: TypeAlias = Literal["days", "weeks", "months", "years"]
DAYS: dict[Unit, float] = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
FOLDS = 10
GROWS = 0.7
"""A number whose rank correlation with the duration is beyond this grows with it."""


@dataclass(frozen=True)
class ContractualChurn(Prediction):
    """A fitted prediction of who leaves.

    Attributes
    ----------
    duration : the column that tells how long somebody has been a customer. horizon, unit : how far ahead, in its unit.
    way : which way was chosen; parts : its formulas. calibration : of their mean. bins : what came of people left out
    by their chance. cuts : borders between tenths of those it was made of.
    """

    card: ModelCard
    features: Mapping[str, TraitDefinition]
    attributes: Mapping[str, ValueType]
    duration: str
    horizon: float
    unit: Unit
    way: Way
    parts: tuple[Part, ...]
    calibration: Calibration
    bins: Bins
    cuts: tuple[float, ...]
    wants_purchases: bool = False

    @property
    def outputs(self) -> Mapping[str, OutputType]:
        """Probability of leaving within the horizon, its interval, and the decile (10: most at risk)."""
        return {"probability": "number", "low": "number", "high": "number", "decile": "number"}

    def probability(self, table: TypedTable) -> Floats:
        """Return the chance of leaving within the horizon, for people still there; (n,)."""
        return self.calibration.apply(chance_of(self.parts, table))

    def predict(self, table: TypedTable) -> dict[str, Floats]:
        """Return the outputs for people still there; (n,) each, NaN where the duration is unknown.

        The interval is what came of people with chances like theirs, not about the one person, who leaves or stays.
        """
        p = self.probability(table)
        low, high = self.bins.interval(p)
        unknown = np.isnan(table.values[:, table.place(self.duration)])
        found = {"probability": p, "low": low, "high": high, "decile": deciles(p, self.cuts).astype(np.float64)}
        return {name: np.where(unknown, np.nan, values) for name, values in found.items()}

    def score_query(self, inputs: ScoreInputs) -> exp.Query:
        """Return the outputs of everybody whose duration is known; ask only for people who are still customers."""
        from segmentary.models.predict.contractual_sql import score_query

        return score_query(self, inputs)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "card": self.card.to_document(),
            "features": definitions_kept(self.features),
            "attributes": dict(self.attributes),
            "duration": self.duration,
            "horizon": self.horizon,
            "unit": self.unit,
            "way": self.way,
            "parts": [part.to_document() for part in self.parts],
            "calibration": self.calibration.to_document(),
            "bins": self.bins.to_document(),
            "cuts": list(self.cuts),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the prediction a document describes."""
        return cls(
            ModelCard.from_document(document["card"]),
            definitions_of(document["features"]),
            dict(document["attributes"]),
            document["duration"],
            document["horizon"],
            document["unit"],
            document["way"],
            tuple(map(Part.from_document, document["parts"])),
            Calibration.from_document(document["calibration"]),
            Bins.from_document(document["bins"]),
            tuple(document["cuts"]),
        )


def fit_contractual_churn(
    table: TypedTable,
    duration: str,
    event: str | npt.ArrayLike,
    *,
    horizon: float,
    as_of: dt.date,
    observed: Observed = "lifetime",
    unit: Unit = "days",
    ways: Sequence[Way] = WAYS,
    features: Mapping[str, TraitDefinition] | None = None,
    attributes: Mapping[str, ValueType] | None = None,
    keep: Sequence[str] = (),
    seed: int = 0,
    folds: int = FOLDS,
    tell: Tell = quiet,
) -> ContractualChurn:
    """Learn who leaves within the horizon.

    Parameters
    ----------
    table : one row per person: the duration and everything to predict by.
    duration : the column that tells how long somebody has been a customer: at the end, of those who left; until
        as_of, of the others. event : whether they left: a column of the table (codes 0 and 1) or (n,) 0 and 1.
    horizon : in the unit of the duration.
    as_of : the day the table is of.
    observed : ``lifetime``: everybody who ever was a customer, until they left or until now. ``period``: everybody who
        was a customer at the beginning of one horizon, and whether they left within it ("left within the last month").
    ways : which to choose from. features, attributes : what the columns are in the language (default: attributes,
        numbers and texts). keep : columns to be used although they look as if they gave the answer away.
    folds : of the cross-validation, by person.

    Raises
    ------
    DataError, NoAnswerError, UnknownNameError
        as of `trials_of`; NoAnswerError also when no column differs between people.
    """
    from threadpoolctl import threadpool_limits

    from segmentary.models.predict.contractual_judging import choose, judged_ways

    for way in ways:
        if way not in WAYS:
            raise UnknownNameError("way", way, WAYS)
    if unit not in DAYS:
        raise UnknownNameError("unit", unit, DAYS)
    tell("looking for columns that give the answer away", 0.0)
    trials, usable, findings = honest_trials(table, duration, event, horizon, observed, keep, seed)
    # One thread: the matrices are small, threads would wait for each other, and sums then come in one order.
    with threadpool_limits(limits=1):
        judged = judged_ways(trials, duration, tuple(ways), horizon=horizon, folds=folds, seed=seed, tell=tell)
        best, reason = choose(judged, trials)
        tell("fitting on everybody", 0.9)
        parts = fit_way(best.way, trials, np.arange(len(trials)), duration, horizon=horizon, seed=seed)
    tell("done", 1.0)
    about = About(duration, float(horizon), unit, as_of, observed, seed)
    types = column_types(usable, features, attributes)
    return described(trials, best, parts, about, (findings, reason), types, dict(features or {}))


@dataclass(frozen=True, slots=True)
class About:
    """What was asked."""

    duration: str
    horizon: float
    unit: Unit
    as_of: dt.date
    observed: Observed
    seed: int


def described(
    trials: Trials,
    best: Judged,
    parts: tuple[Part, ...],
    about: About,
    said: tuple[Sequence[Finding], str],
    types: Mapping[str, ValueType],
    features: Mapping[str, TraitDefinition],
) -> ContractualChurn:
    """Return what was fitted with its card; said: findings, and why this way was chosen."""
    from segmentary.models.predict.contractual_card import card_of

    chance = best.calibration.apply(chance_of(parts, trials.table))
    bins = Bins.of(trials.left[trials.judged], best.chance[trials.judged])
    card = card_of(
        trials, best, parts, chance, said[0], said[1],
        duration=about.duration, horizon=about.horizon, unit=about.unit, as_of=about.as_of, observed=about.observed,
        seed=about.seed,
    )  # fmt: skip
    used = {name for part in parts for name in part.formula.reads} | {about.duration}
    # Features may be made of each other: all or none.
    given = dict(features) if used & set(features) else {}
    return ContractualChurn(
        card,
        given,
        {name: one for name, one in types.items() if name in used and name not in given},
        about.duration,
        about.horizon,
        about.unit,
        best.way,
        parts,
        best.calibration,
        bins,
        decile_cuts(chance),
    )


def honest_trials(
    table: TypedTable,
    duration: str,
    event: str | npt.ArrayLike,
    horizon: float,
    observed: Observed,
    keep: Sequence[str],
    seed: int,
) -> tuple[Trials, TypedTable, tuple[Finding, ...]]:
    """Return the trials without columns that know the end, the table of those that are left, and what was found."""
    happened, usable = event_of(table, event)
    trials = trials_of(usable, duration, happened, horizon=horizon, observed=observed, seed=seed)
    findings = honest(trials, duration, observed, keep)
    barred = {name for one in findings if one.level == "refusal" for name in one.columns}
    if barred:
        usable = usable.select([name for name in usable.names if name not in barred])
        trials = trials_of(usable, duration, happened, horizon=horizon, observed=observed, seed=seed)
    return trials, usable, findings


def event_of(table: TypedTable, event: str | npt.ArrayLike) -> tuple[Floats, TypedTable]:
    """Return who left, and the table without that column."""
    if not isinstance(event, str):
        return np.asarray(event, dtype=np.float64), table
    left = table.values[:, table.place(event)]
    return left, table.select([name for name in table.names if name != event])


def honest(trials: Trials, duration: str, observed: Observed, keep: Sequence[str]) -> tuple[Finding, ...]:
    """Return the columns that know the end: refused, unless kept."""
    from segmentary.models.table.leakage import leak_findings, midranks

    table = trials.table
    others = [name for name in table.names if name != duration and name not in keep]
    # Of people, not of trials: what leaks is known of the person.
    persons, first = np.unique(trials.person, return_index=True)
    found = list(leak_findings(table.take(first).select(others), trials.gone[persons])) if others else []
    told = {name for one in found for name in one.columns}
    if observed == "lifetime":
        stayed = midranks(trials.until[trials.person[first]])
        for name in others:
            x = table.values[first, table.place(name)]
            known = ~np.isnan(x)
            if name in told or table.column(name).coded or known.sum() < 3 or np.ptp(x[known]) == 0:
                continue
            r = float(np.corrcoef(midranks(x[known]), stayed[known])[0, 1])
            if r > GROWS:
                message = (
                    f"{name!r} grows with how long somebody stayed (rank correlation {r:.2f}): it is known as it "
                    "stands at the end only, and would give the end away."
                )
                found.append(Finding("leak", "refusal", message, "leave it out, or give its rate per time", (name,)))
    return tuple(found)


def column_types(
    table: TypedTable, features: Mapping[str, TraitDefinition] | None, attributes: Mapping[str, ValueType] | None
) -> dict[str, ValueType]:
    """Return the types of the columns that are not features: as told, else numbers and texts."""
    told = dict(attributes or {})
    found: dict[str, ValueType] = {}
    for column in table.columns:
        if column.name not in (features or {}):
            found[column.name] = told.get(column.name, "text" if column.coded else "number")
    return found
