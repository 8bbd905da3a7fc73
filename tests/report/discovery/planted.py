"""Solutions to report, made by hand: eatery answers like a known survey's, in any number of segments and columns."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.terms import Terms
from segmentary.models.describe.describing import describe
from segmentary.models.describe.description import Description, Descriptor, ReadableRule
from segmentary.models.discover.solution import Fit, Solution
from segmentary.models.intervals import Interval, wilson
from segmentary.models.table.columns import Column
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.validate.criteria import Criteria, CriteriaRow, Recommendation, Spread
from segmentary.models.validate.stability import across
from segmentary.models.validate.verdict import Test, Verdict
from segmentary.report.discovery.extras import Cloud, Extras, Typing, TypingStep

ANSWERS = (
    "yummy",
    "convenient",
    "spicy",
    "fattening",
    "greasy",
    "fast",
    "cheap",
    "tasty",
    "expensive",
    "healthy",
    "disgusting",
)
HOSTILE = (
    "</style></script><script>alert(1)</script><img src=x onerror=alert(2)> & a very long name that goes on and on"
)
FORMULA = "=cmd|' /C calc'!A0"
LIKE = tuple(f"{i:+d}" if i else "0" for i in range(-5, 6))


def table(n: int, k: int, answers: int, *, seed: int, hostile: bool, numbers: bool) -> tuple[TypedTable, np.ndarray]:
    """People of k planted segments: yes or no to `answers` words, a scale, an age and a spend."""
    chance = np.random.default_rng(seed)
    weights = np.linspace(1.6, 1.0, k)
    labels = chance.choice(k, n, p=weights / weights.sum())
    shares = np.clip(chance.beta(0.5, 0.5, (k, answers)), 0.01, 0.99)
    names = [ANSWERS[i] if i < len(ANSWERS) else f"reason {i + 1} to eat out with others" for i in range(answers)]
    if hostile and answers > 2:
        names[1], names[2] = HOSTILE, FORMULA
    columns = [Column(f"q{i + 1}", "binary", ("no", "yes"), name) for i, name in enumerate(names)]
    values = [(chance.random(n) < shares[labels, i]).astype(float) for i in range(answers)]
    if numbers:
        columns.append(Column("like", "ordinal", LIKE, "likes the brand"))
        values.append(np.clip(np.round(chance.normal(3 + 4 * (labels % 3) / 2, 2, n)), 0, 10))
        columns.append(Column("age", "numeric", (), "age", "years"))
        values.append(np.round(np.clip(chance.normal(32 + 7 * (labels % 4), 11, n), 16, 85)))
        columns.append(Column("visits", "count", (), "visits", "a year"))
        values.append(chance.poisson(4 + 6 * (labels % 2), n).astype(float))
    found = np.column_stack(values)
    found[chance.random(found.shape) < 0.01] = np.nan
    return TypedTable(tuple(columns), found), labels.astype(np.intp)


def solution(
    *,
    n: int = 1453,
    k: int = 4,
    answers: int = 11,
    seed: int = 7,
    hostile: bool = False,
    numbers: bool = True,
    kind: str = "reproducible",
    bare: bool = False,
    value: bool = True,
) -> Solution:
    """A whole solution; bare: every piece that may be missing is."""
    people, labels = table(n, k, answers, seed=seed, hostile=hostile, numbers=numbers)
    chance = np.random.default_rng(seed)
    probabilities = chance.dirichlet(np.ones(k), n) * 0.2
    probabilities[np.arange(n), labels] += 0.8
    worth = chance.gamma(2.0, 20.0 * (1 + labels % 3), n) if value and not bare else None
    found = describe(
        people,
        labels,
        probabilities=None if bare else probabilities,
        value=worth,
        stability=None if bare else tuple(0.9 - 0.09 * i for i in range(k)),
        rules=False,
    )
    found = replace(found, descriptors=(), rules=(), agreement=None)
    if hostile:
        segments = tuple(
            replace(s, name=[HOSTILE, FORMULA][s.place % 2] if s.place < 2 else s.name) for s in found.segments
        )
        found = replace(found, segments=segments)
    if not bare:
        found = with_descriptors(found, labels, k, chance)
    return Solution(
        "eatery",
        Fit("k_means", k, seed, n, n, float(n), False, "survey eatery", "", {} if bare else {"starts": 10}),
        people.columns,
        Assigner(
            tuple(s.key for s in found.segments),
            people.columns,
            None,
            Terms(np.zeros(k), np.zeros((k, 0)), np.zeros((k, 0))),
        ),
        1.0 if not bare else 0.93,
        criteria(k, bare),
        verdict(kind, n, k, bare),
        found,
        () if bare else findings(),
    )


def with_descriptors(found: Description, labels: np.ndarray, k: int, chance: np.random.Generator) -> Description:
    descriptors = [
        descriptor(name, title, levels, labels, k, chance, strength)
        for name, title, levels, strength in (
            ("gender", "Gender", ("female", "male"), 1.2),
            (
                "frequency",
                "How often they come",
                ("never", "once a year", "every three months", "once a month", "once a week", "more"),
                2.0,
            ),
            ("region", "Region", ("north", "south", "east", "west"), 0.05),
        )
    ]
    descriptors.append(
        Descriptor(
            "age",
            "Age",
            "numeric",
            "eta_squared",
            Interval(0.11, 0.08, 0.14, len(labels)),
            "welch_anova",
            42.1,
            1e-9,
            4e-9,
            2e-9,
            ("",),
            tuple((30.0 + 4 * i,) for i in range(k)),
            tuple((float((labels == i).sum()),) for i in range(k)),
            len(labels),
            "Age goes with the segments: 30.0 years in the first, 42.0 in the last.",
        )
    )
    rules = tuple(
        ReadableRule(
            s.place,
            {"all": [{"trait": "q1", "is": "yes"}]},
            f"{s.markers[0] if s.markers else 'yummy'} is yes and age is below {30 + 5 * s.place}",
            wilson(int(s.n * 0.8), s.n),
            wilson(int(s.n * 0.7), s.n),
        )
        for s in found.segments
        if s.n
    )
    return replace(found, descriptors=tuple(descriptors), rules=rules, agreement=wilson(1120, 1453))


def descriptor(
    name: str,
    title: str,
    levels: tuple[str, ...],
    labels: np.ndarray,
    k: int,
    chance: np.random.Generator,
    strength: float,
) -> Descriptor:
    shares = np.array([chance.dirichlet(np.full(len(levels), 5.0 / max(strength, 0.05))) for _ in range(k)])
    if strength < 0.1:
        shares[:] = 1 / len(levels)
    counts = np.array([chance.multinomial(int((labels == i).sum()), shares[i]) for i in range(k)], dtype=float)
    observed = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / max(counts.sum(), 1)
    chi = float(np.nansum(np.where(expected > 0, (counts - expected) ** 2 / np.where(expected > 0, expected, 1), 0)))
    v = math.sqrt(chi / max(counts.sum(), 1) / max(1, min(len(levels), k) - 1))
    sure = 1e-6 if strength > 0.1 and k > 1 else 0.4
    return Descriptor(
        name,
        title,
        "nominal",
        "cramers_v",
        Interval(v, max(0.0, v - 0.04), v + 0.04, int(counts.sum())),
        "chi_squared",
        chi,
        sure,
        sure,
        sure,
        levels,
        tuple(map(tuple, observed.tolist())),
        tuple(map(tuple, counts.tolist())),
        int(counts.sum()),
        f"{title} differs between segments most of all (Cramer's V {v:.2f}).",
    )


def spread(middle: float, wide: float = 0.05) -> Spread:
    return Spread(middle, middle - 2 * wide, middle - wide, middle + wide * 0.8, min(1.0, middle + 1.5 * wide), 100)


def criteria(k: int, bare: bool) -> Criteria:
    rows = [
        CriteriaRow(
            "k_means", one,
            cost=2600.0 / one**0.5,
            gap=None if bare else 0.1 * one - 0.008 * one**2,
            gap_error=None if bare else 0.01,
            silhouette=None if bare else 0.3 - 0.02 * one,
            silhouette_excess=None if bare else 4.0 - abs(one - 4),
            prediction_strength=None if bare else 0.95 - 0.07 * abs(one - 4),
            stability=None if bare or one == 1 else spread(0.9 - 0.06 * abs(one - 4)),
            smallest=int(1453 / one / 2),
        )
        for one in range(1 if not bare else 2, 9)
    ]  # fmt: skip
    if not bare:
        rows += [
            CriteriaRow(
                "latent_class",
                one,
                log_likelihood=-9000.0 + 300 * math.log(one),
                parameters=12 * one - 1,
                aic=18000.0 - 500 * math.log(one) + 24 * one,
                bic=18100.0 - 700 * math.log(one) + 87 * one,
                icl=18150.0 - 650 * math.log(one) + 97 * one,
                entropy=0.9 - 0.03 * one,
                prediction_strength=0.9 - 0.05 * abs(one - 4),
                stability=spread(0.8 - 0.04 * one),
                smallest=5 if one == 8 else 90,
            )
            for one in range(2, 9)
        ]
    votes = {} if bare else {"prediction_strength": 4, "stability": 4, "silhouette_excess": 4, "gap": 6}
    sentence = (
        "" if bare else "Four segments: the cut that comes back most surely (0.90) and predicts best in new people."
    )
    doubt = "" if bare else "Gap prefers six; a fifth segment splits the largest and comes back less surely (0.84)."
    return Criteria(tuple(rows), Recommendation("k_means", 4 if k > 1 else 1, sentence, doubt, votes))


def verdict(kind: str, n: int, k: int, bare: bool) -> Verdict:
    tests = () if bare else (Test("copula_w", 0.41, 812.4, 99, (), 4), Test("dip", 0.02, 0.031, 0, ("age",), None))
    sentence = (
        f"No distinct groups can be told from one continuous population (p = 0.41, n = {n:,}), but the same four "
        "segments come back in other samples (prediction strength 0.95 at 4, stability 0.90)."
    )
    return Verdict(
        kind,
        None if bare else False,
        None if bare else True,
        tests,
        None if bare else (4, 0.95),
        None if bare else (4, 0.9),
        n,
        float(n),
        sentence,
        () if bare or kind != "natural" else ("age",),
    )


def findings() -> tuple[Finding, ...]:
    return (
        Finding(
            "correlated", "warning", "yummy and tasty say nearly the same (r = 0.72)", "keep one of them", ("q1", "q8")
        ),
        Finding("missing", "note", "1.0% of answers are missing; they count as the mean", "", ()),
    )


def extras(given: Solution, *, seed: int = 7) -> Extras:
    """Everything else a report can show, for the people the solution was made of."""
    k = given.k
    n, answers = given.fit.people, sum(c.kind == "binary" for c in given.columns)
    numbers = any(c.kind == "numeric" for c in given.columns)
    people, labels = table(n, k, answers, seed=seed, hostile=False, numbers=numbers)
    x = np.nan_to_num(people.values[:, :answers] - np.nanmean(people.values[:, :answers], axis=0))
    _, _, axes = np.linalg.svd(x, full_matrices=False)
    points = x @ axes[:2].T + np.random.default_rng(seed).normal(0, 0.08, (n, 2))
    turn = np.linspace(0, 2 * np.pi, 40)
    ellipses: dict[int, Any] = {}
    centres: dict[int, tuple[float, float]] = {}
    for place in range(k):
        mine = points[labels == place]
        if len(mine) < 3:
            continue
        centre = mine.mean(axis=0)
        root = np.linalg.cholesky(np.cov(mine.T) + 1e-9 * np.eye(2))
        ellipses[place] = centre + 1.18 * np.column_stack([np.cos(turn), np.sin(turn)]) @ root.T
        centres[place] = (float(centre[0]), float(centre[1]))
    longest = sorted(range(answers), key=lambda j: -float(np.hypot(*axes[:2, j])))[:8]
    arrows = {people.columns[j].label: (float(axes[0, j]), float(axes[1, j])) for j in longest}
    cloud = Cloud(
        points,
        tuple(labels.tolist()),
        ("first axis (31% of the spread)", "second axis (18%)"),
        centres,
        ellipses,
        arrows,
    )
    steps = tuple(
        TypingStep(i + 1, people.columns[i].label, wilson(int(n * (1 - 0.62 * 0.72 ** (i + 1))), n))
        for i in range(min(answers, 12))
    )
    chance = np.random.default_rng(seed)
    renamed = {
        j: np.where(chance.random(n) < 0.9, np.minimum(labels, j - 1), chance.integers(0, j, n))
        for j in range(2, max(3, k + 2))
    }
    return Extras(
        cloud,
        tuple(spread(0.92 - 0.1 * i) for i in range(k)),
        across(renamed, np.ones(n)) if k > 1 else None,
        Typing(steps, 0.9, 6, "Six questions put 91 of 100 people where all eleven do."),
    )
