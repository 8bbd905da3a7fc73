"""Everything said of a person by models that never saw the person: predictions, orders, decisions, scores."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from segmentary.measurement.uplift.learners import LEARNERS, EffectLearner, Way, scores_of
from segmentary.measurement.uplift.outcome_models import Base
from segmentary.measurement.uplift.policies import RESPONSE, RULE, Economics, best_share
from segmentary.measurement.uplift.segment_rule import best_rule
from segmentary.measurement.uplift.trial import Places, Trial, folds_of
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats, TypedTable

LearnerName = tuple[Way, Base]
TITLES: dict[LearnerName, str] = {
    ("t", "ridge"): "T learner, ridge", ("x", "ridge"): "X learner, ridge", ("dr", "ridge"): "DR learner, ridge",
    ("t", "boosting"): "T learner, boosting", ("x", "boosting"): "X learner, boosting",
    ("dr", "boosting"): "DR learner, boosting",
}  # fmt: skip
FOLDS, REPEATS = 3, 3


@dataclass
class HeldOut:
    """Means over repeats; (n,) each.

    scores : doubly robust effects. effects : predicted, by title. orders : place in the order, 0 to 1, by title, the
    response model and the rule among them. chosen : how often each policy treats the person. rules : the rules found.
    """

    scores: Floats
    effects: dict[str, Floats] = field(default_factory=dict)
    orders: dict[str, Floats] = field(default_factory=dict)
    chosen: dict[str, Floats] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)


def held_out(
    trial: Trial,
    learners: tuple[LearnerName, ...],
    economics: Economics,
    *,
    folds: int = FOLDS,
    repeats: int = REPEATS,
    seed: int = 0,
    tell: Tell = quiet,
) -> HeldOut:
    """Return what models of the other folds say of each person, the folds dealt anew in every repeat."""
    n = len(trial)
    found = HeldOut(np.zeros(n))
    jobs = len(learners) + 1
    for repeat in range(repeats):
        fold = folds_of(trial, folds, seed * 1_000 + repeat)
        for k in range(folds):
            train, rows = trial.take(fold != k), np.flatnonzero(fold == k)
            asked = trial.table.take(rows)
            done = (repeat * folds + k) * jobs
            whole = repeats * folds * jobs
            tell("what single rules say", done / whole)
            plain = LEARNERS["t"]("ridge", seed=seed).learn(train)
            add_baselines(found, train, rows, asked, plain, economics, repeats)
            pair = plain.treated_.predict(asked), plain.control_.predict(asked)
            found.scores[rows] += scores_of(trial.take(rows), *pair) / repeats
            arms = {"ridge": plain}
            for number, (way, base) in enumerate(learners):
                name = (way, base)
                tell(f"learning: {TITLES[name]}", (done + number + 1) / whole)
                if base not in arms:
                    arms[base] = LEARNERS["t"](base, seed=seed).learn(train)
                learnt = arms[base] if way == "t" else LEARNERS[way](base, seed=seed).learn(train, arms[base])
                effect = learnt.predict(asked)
                add(found.effects, TITLES[name], rows, effect / repeats, n)
                add(found.orders, TITLES[name], rows, standing(effect) / repeats, n)
                add(found.chosen, TITLES[name], rows, (economics.net(effect) > 0) / repeats, n)
    return found


def add_baselines(
    found: HeldOut,
    train: Trial,
    rows: Places,
    asked: TypedTable,
    plain: EffectLearner,
    economics: Economics,
    repeats: int,
) -> None:
    """Add what the response model and the best single rule say of the people of a fold."""
    n = len(found.scores)
    p = train.chance
    # No model of these people is at hand that has not seen them: scores by the lot alone.
    gains = np.where(train.treated, train.y / p, -train.y / (1 - p))
    share = best_share(gains, plain.treated_.predict(train.table), economics)
    place = standing(plain.treated_.predict(asked))
    add(found.orders, RESPONSE, rows, place / repeats, n)
    add(found.chosen, RESPONSE, rows, (place > 1 - share) / repeats, n)
    rule = best_rule(train)
    if rule is None:
        return
    effect = rule.predict(asked)
    found.rules.append(rule.text)
    add(found.orders, RULE, rows, standing(effect) / repeats, n)
    add(found.chosen, RULE, rows, (economics.net(effect) > 0) / repeats, n)


def add(held: dict[str, Floats], name: str, rows: Places, values: Floats, n: int) -> None:
    held.setdefault(name, np.zeros(n))[rows] += values


def standing(effect: Floats) -> Floats:
    """Return the place of each person among all, 0 (lowest) to 1; those alike share the middle of their places."""
    _, place = np.unique(effect, return_inverse=True)
    counts = np.bincount(place)
    found: Floats = ((np.cumsum(counts) - counts / 2) / len(effect))[place]
    return found
