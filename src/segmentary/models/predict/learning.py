"""From past moments to an ensemble tested on a later one: what next purchases and silent churn have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Literal

import numpy as np

from segmentary.errors import DataError, NoAnswerError
from segmentary.language.tree import Between, Duration, Last, TraitDefinition
from segmentary.models.predict.buying_model import COLUMNS, BuyingModel, LifetimeKind
from segmentary.models.predict.card import Distribution, FeatureWeight
from segmentary.models.predict.distributions import distributions
from segmentary.models.predict.ensemble import VALUE, Ensemble, Guess, some_columns
from segmentary.models.predict.fillers import filler_findings, filler_ids, without
from segmentary.models.predict.metrics import middle_ranks
from segmentary.models.predict.next_holdout import window_of
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.columns import Column
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable
from segmentary.models.value.purchases import Purchases

POOLED = 2
"""Moments learnt from at once."""
FEW = 50
"""Events below which little can be learnt."""
SLACK = 1.05
LOOKED_AT = 4_000
"""People the weight of features is looked at on."""
DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}


@dataclass(frozen=True, eq=False)
class Learnt:
    """An ensemble ready to score, and how the one before it did.

    ensemble : fitted on `periods`. held, guess : the moment held out, and what the ensemble fitted before it said of
    it (without a test: the latest moment learnt from, and what was said of that).
    findings : what was noticed. fillers : ids that were left out because they are no customers.
    """

    ensemble: Ensemble
    periods: tuple[NextPeriod, ...]
    test: NextPeriod | None
    held: NextPeriod
    guess: Guess
    findings: tuple[Finding, ...]
    seed: int
    fillers: tuple[str, ...] = ()

    def weights(self, what: Literal["spend", "chance"], *, toward_less: bool = False) -> tuple[FeatureWeight, ...]:
        """Return how much predictions move when a column is shuffled among people, in falling order.

        toward_less : directions are those of its opposite: of silence instead of buying.
        """
        table, columns = self.looked_at()
        chance = np.random.default_rng(self.seed)
        said = np.asarray(getattr(self.ensemble.guess_of(table, columns), what))
        found = []
        for place, column in enumerate(table.columns):
            order = chance.permutation(len(table))
            values = table.values.copy()
            values[:, place] = values[order, place]
            other = dict(columns)
            if column.name == VALUE:
                other = {**columns, VALUE: columns[VALUE][order]}
            moved = self.ensemble.guess_of(TypedTable(table.columns, values), other)
            found.append((column, float(np.abs(getattr(moved, what) - said).mean()), table.values[:, place]))
        return weighed(found, -said if toward_less else said)

    def looked_at(self) -> tuple[TypedTable, dict[str, Floats]]:
        """Return the columns of some people of the newest moment."""
        newest = self.periods[0]
        some = np.zeros(len(newest), dtype=bool)
        some[np.random.default_rng(self.seed).permutation(len(newest))[:LOOKED_AT]] = True
        part = newest.only(some)
        columns = self.ensemble.buying.columns(part.purchases)
        return self.ensemble.terms_table(part.features, columns), columns

    def baseline(self, scores: Mapping[str, Floats]) -> tuple[Distribution, ...]:
        """Return how features of the newest moment were spread, and scores of the moment held out."""
        named = tuple(Column(name, "numeric") for name in scores)
        values = np.column_stack(list(scores.values())) if scores else np.zeros((0, 0))
        return (*distributions(self.periods[0].features), *distributions(TypedTable(named, values)))


def weighed(found: Sequence[tuple[Column, float, Floats]], said: Floats) -> tuple[FeatureWeight, ...]:
    """Return shares of all movement per column; a logarithm counts as what it is the logarithm of."""
    own = {column.name: column for column in COLUMNS}
    together: dict[str, tuple[str, float, Floats]] = {}
    for column, moved, x in found:
        name = column.name
        if name.startswith("log."):
            inner = name.removeprefix("log.")
            name = f"bought.{inner}" if f"bought.{inner}" in own else inner
        title, before, values = together.get(name, (column.label, 0.0, x))
        together[name] = (title, before + moved, values)
    total = sum(one[1] for one in together.values()) or 1.0
    weights = [
        FeatureWeight(name, title, moved / total, direction(x, said)) for name, (title, moved, x) in together.items()
    ]
    return tuple(sorted((one for one in weights if one.importance > 0), key=lambda one: (-one.importance, one.name)))


def direction(x: Floats, said: Floats) -> Literal["more", "less", "mixed", "unknown"]:
    """Return whether more of a column goes with higher predictions, by ranks."""
    known = ~np.isnan(x)
    if known.sum() < 10 or np.ptp(x[known]) == 0 or np.ptp(said[known]) == 0:
        return "unknown"
    r = float(np.corrcoef(middle_ranks(x[known]), middle_ranks(said[known]))[0, 1])
    return "mixed" if abs(r) < 0.1 else "more" if r > 0 else "less"


def learnt(
    train: Sequence[NextPeriod],
    test: NextPeriod | None,
    *,
    horizon_days: int,
    seed: int = 0,
    tell: Tell = quiet,
    features: Mapping[str, TraitDefinition] | None = None,
    now: Purchases | None = None,
    model: LifetimeKind = "pareto_nbd",
) -> Learnt:
    """Return the ensemble fitted on the latest moments, tested before on the last of them where there is a test.

    Raises
    ------
    NoAnswerError
        nothing can be learnt, with counts. DataError : moments are in no order of time.
    """
    periods = sorted(train, key=lambda one: one.cutoff, reverse=True)[:POOLED]
    if not periods:
        raise NoAnswerError(
            f"there is no past moment with {horizon_days} days after it and purchases before it",
            hint="choose a shorter horizon, or load older purchases",
        )
    if test is not None and test.cutoff < periods[0].cutoff + dt.timedelta(days=horizon_days):
        raise DataError(
            f"the days after {periods[0].cutoff} reach beyond {test.cutoff}, which is to be the test",
            hint="test on a moment a whole horizon after the last one learnt from",
        )
    found: list[NextPeriod] = []
    fillers: set[str] = set()
    for one in [*periods, *([] if test is None else [test])]:
        kept, left_out = cleaned(one)
        found.append(kept)
        fillers |= set(left_out)
    noticed = filler_findings(fillers)
    periods = found[: len(periods)]
    test = found[-1] if test is not None else None
    now = None if now is None else without(now, fillers)
    if test is None:
        ensemble, findings = ensemble_of(periods, horizon_days, features or {}, seed, tell, now, model)
        guess = ensemble.guess(periods[0].features, periods[0].purchases)
        untested = Finding(
            "no_holdout",
            "warning",
            "it was not tested on a later time: how well it does is not known, and its intervals are too narrow",
            "a history of two horizons more would allow a test",
        )
        noticed = (*noticed, *findings, untested)
        return Learnt(ensemble, tuple(periods), None, periods[0], guess, noticed, seed, tuple(sorted(fillers)))
    first, _ = ensemble_of(periods, horizon_days, features or {}, seed, within(tell, 0.0, 0.45), None, model)
    # What the lifetime model knows at the test is what was known then: purchases before it, nothing after.
    buying = BuyingModel.fit(test.watched, horizon_days=horizon_days, model=model)
    guess = first.guess(test.features, test.purchases, buying=buying)
    latest = [test, *periods][:POOLED]
    if not test.bought.any():
        latest = periods
    ensemble, findings = ensemble_of(latest, horizon_days, features or {}, seed, within(tell, 0.5, 0.9), now, model)
    return Learnt(ensemble, tuple(latest), test, test, guess, (*noticed, *findings), seed, tuple(sorted(fillers)))


def ensemble_of(
    periods: Sequence[NextPeriod],
    horizon_days: int,
    features: Mapping[str, TraitDefinition],
    seed: int,
    tell: Tell,
    now: Purchases | None,
    model: LifetimeKind,
) -> tuple[Ensemble, tuple[Finding, ...]]:
    """Return the ensemble of these moments, without features that reach back before the data begin."""
    history = min(float(one.watched.age.max(initial=0.0)) for one in periods)
    # Standard features reach back as far as the data did: an older moment may have fewer of them.
    names = tuple(name for name in periods[0].features.names if all(name in one.features.names for one in periods))
    beyond = tuple(name for name in names if name in features and reach_days(features[name]) > SLACK * history)
    kept = [j for j, name in enumerate(names) if name not in beyond]
    cut = [
        replace(one, features=some_columns(one.features, [one.features.place(names[j]) for j in kept]))
        for one in periods
    ]
    nearest = window_of(horizon_days)
    logged = tuple(
        f"{what}_{nearest}d" for what in ("orders", "spend") if f"{what}_{nearest}d" in cut[0].features.names
    )
    ensemble = Ensemble.fit(cut, horizon_days=horizon_days, model=model, seed=seed, tell=tell, now=now, logged=logged)
    found = [Finding("method", "note", note) for note in ensemble.notes]
    if beyond:
        found.append(
            Finding(
                "short_history",
                "note",
                f"windows longer than the {history:.0f} days seen before the earliest moment were left out: later they "
                "would hold more and mean something else",
                columns=beyond,
            )
        )
    buyers, people = sum(int(one.bought.sum()) for one in periods), sum(map(len, periods))
    if min(buyers, people - buyers) < FEW:
        found.append(
            Finding(
                "few_events",
                "warning",
                f"{buyers:,} of {people:,} customers bought in the days after: too few on one side to learn much from",
                "choose another horizon",
            )
        )
    refunded = sum(one.refunded for one in periods)
    if refunded:
        found.append(
            Finding("refunds", "note", f"{refunded:,} customers got back more than they paid: counted as no spend")
        )
    return ensemble, tuple(found)


def reach_days(definition: TraitDefinition) -> float:
    """Return how many days a definition's windows reach back; 0 without fixed windows."""
    return max((days_of(one) for one in durations(definition.value)), default=0.0)


def durations(node: object) -> list[Duration]:
    """Return the far ends of all windows in a tree."""
    match node:
        case Last(length):
            return [length]
        case Between(older, _):
            return [older]
        case tuple():
            return [found for one in node for found in durations(one)]
        case _ if is_dataclass(node):
            return [found for one in fields(node) for found in durations(getattr(node, one.name))]
        case _:
            return []


def days_of(length: Duration) -> float:
    return length.amount * DAYS[length.unit]


# ---------------------------------------------------------------- ids that are no customers


def cleaned(period: NextPeriod) -> tuple[NextPeriod, tuple[str, ...]]:
    """Return the period without filler ids (guests under one number, a till), and which they are."""
    fillers = filler_ids(period.watched)
    if not fillers:
        return period, ()
    here = ~np.isin(period.purchases.ids.astype(str), fillers)
    return replace(period.only(here), watched=without(period.watched, set(fillers))), fillers
