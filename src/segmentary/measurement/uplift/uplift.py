"""Whom an arm helps: learnt, held out, compared with simpler ways, and said in a sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from segmentary.errors import UsageError
from segmentary.measurement.uplift.curves import DEFINITIONS, DRAWS, Curve, compare_orders
from segmentary.measurement.uplift.drivers import drivers
from segmentary.measurement.uplift.effect import EffectFormula
from segmentary.measurement.uplift.held_out import FOLDS, REPEATS, TITLES, LearnerName, held_out
from segmentary.measurement.uplift.heterogeneity import Heterogeneity, heterogeneity, mean_of
from segmentary.measurement.uplift.learners import LEARNERS
from segmentary.measurement.uplift.policies import ALL, RESPONSE, RULE, Economics, Policy, difference, weighed
from segmentary.measurement.uplift.trial import Trial, check_enough
from segmentary.measurement.uplift.verdict import Said, said_of
from segmentary.models.intervals import Interval
from segmentary.models.predict.card import FeatureWeight
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.findings import Finding

EVERY: tuple[LearnerName, ...] = (
    ("dr", "ridge"), ("t", "ridge"), ("x", "ridge"), ("dr", "boosting"), ("t", "boosting"), ("x", "boosting"),
)  # fmt: skip
"""The first decides, said before anything is seen; the others stand beside it."""


@dataclass(frozen=True)
class Uplift:
    """Whom one arm helps.

    average : the effect on everybody (doubly robust). decides : the learner the verdict rests on. curves : of every
    order; differences : Qini of the deciding learner less that of another order. policies : on people they were not
    made from; gaps : worth of the deciding learner less that of a simpler policy. model : learnt of everybody.
    """

    arm: str
    control: str
    outcome: str
    binary: bool
    treated: int
    untreated: int
    features: tuple[str, ...]
    economics: Economics
    average: Interval
    decides: str
    heterogeneity: Heterogeneity
    curves: tuple[Curve, ...]
    differences: dict[str, Interval]
    policies: tuple[Policy, ...]
    gaps: dict[str, Interval]
    rule: str
    who: tuple[FeatureWeight, ...]
    said: Said
    findings: tuple[Finding, ...]
    model: EffectFormula
    settings: dict[str, int]

    @property
    def curve(self) -> Curve:
        """The curve of the deciding learner."""
        return next(one for one in self.curves if one.name == self.decides)

    @property
    def policy(self) -> Policy:
        """The policy of the deciding learner."""
        return next(one for one in self.policies if one.name == self.decides)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values, definitions beside figures; the model apart (`model.to_document`)."""
        return {
            "arm": self.arm, "control": self.control, "outcome": self.outcome, "binary": self.binary,
            "treated": self.treated, "untreated": self.untreated, "features": list(self.features),
            "economics": asdict(self.economics), "average": asdict(self.average), "decides": self.decides,
            "said": asdict(self.said), "heterogeneity": self.heterogeneity.to_document(),
            "definitions": DEFINITIONS, "curves": [one.to_document() for one in self.curves],
            "differences": {name: asdict(one) for name, one in self.differences.items()},
            "policies": [one.to_document() for one in self.policies],
            "gaps": {name: asdict(one) for name, one in self.gaps.items()}, "rule": self.rule,
            "who": [asdict(one) for one in self.who],
            "findings": [one.to_document() for one in self.findings], "settings": self.settings,
        }  # fmt: skip


def uplift(
    trial: Trial,
    *,
    arm: str = "treated",
    control: str = "control",
    outcome: str = "outcome",
    economics: Economics | None = None,
    learners: tuple[LearnerName, ...] = EVERY,
    folds: int = FOLDS,
    repeats: int = REPEATS,
    seed: int = 0,
    level: float = 0.95,
    draws: int = DRAWS,
    tell: Tell = quiet,
) -> Uplift:
    """Return whom an arm helps, everything measured on people no model had seen.

    learners : the first decides. folds, repeats : of cross-fitting. draws : of people again, for curves.

    Raises
    ------
    NoAnswerError
        when there is too little to learn from.
    """
    check_enough(trial)
    if not learners or any(one not in TITLES for one in learners):
        raise UsageError("no such learner", hint="one of " + ", ".join(f"{way} on {base}" for way, base in TITLES))
    money = economics if economics is not None else Economics()
    held = held_out(trial, learners, money, folds=folds, repeats=repeats, seed=seed, tell=within(tell, 0.0, 0.7))
    decides = TITLES[learners[0]]
    others = [name for name in held.orders if name != decides]
    compared = compare_orders(
        {name: held.orders[name] for name in (decides, *others)}, trial.y, trial.treated,
        seed=seed, level=level, draws=draws, tell=within(tell, 0.7, 0.9),
    )  # fmt: skip
    rule = Counter(held.rules).most_common(1)[0][0] if held.rules else ""
    policies, drawn = weighed(
        held.chosen, held.scores, trial.treated, money, texts={RULE: rule}, seed=seed, level=level,
        tell=within(tell, 0.9, 0.97),
    )  # fmt: skip
    known = heterogeneity(held.scores, held.effects[decides], held.orders[decides], level=level)
    average = mean_of(held.scores, level)
    gaps = {
        name: gap for name in (ALL, RESPONSE, RULE) if (gap := difference(policies, drawn, decides, name)) is not None
    }
    tell("learning of everybody", 0.97)
    learnt = LEARNERS[learners[0][0]](learners[0][1], seed=seed).learn(trial)
    return Uplift(
        arm, control, outcome, trial.binary, int(trial.treated.sum()), int((~trial.treated).sum()), trial.table.names,
        money, average, decides, known, compared.curves, compared.differences, policies, gaps, rule,
        drivers(trial.table, held.effects[decides]),
        said_of(
            arm, outcome, money, trial.binary, known, compared.curves, compared.differences, policies, gaps, rule
        ),
        findings_of(trial, known), learnt.effect_, {"folds": folds, "repeats": repeats, "seed": seed},
    )  # fmt: skip


def findings_of(trial: Trial, known: Heterogeneity) -> tuple[Finding, ...]:
    """Return what one should know before believing it."""
    found = []
    if float(trial.chance.max() - trial.chance.min()) > 1e-6:
        found.append(
            Finding(
                "uneven_lot", "note", "people were treated with different probabilities",
                "policies and tests weigh them; curves count people as they are",
            )
        )  # fmt: skip
    if known.found and known.slope.high < 1:
        found.append(
            Finding(
                "stretched", "note", "predicted effects are further apart than measured ones",
                "take the order, and the measured effect of each tenth",
            )
        )  # fmt: skip
    return tuple(found)
