"""Whom the Hillstrom e-mails help: Qini by three times three folds, uplift at 30%, and what is not claimed.

References: two ridge-logistic regressions reach .061 (women's visits), a response model .038; scikit-uplift's
definition of Qini, mean over folds.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.golden.row import GoldenRow
from segmentary.measurement.uplift.curves import qini_score, steps_of
from segmentary.measurement.uplift.learners import LEARNERS, WAYS
from segmentary.measurement.uplift.trial import Trial, folds_of, trial_of
from segmentary.measurement.uplift.uplift import EVERY, Uplift, uplift
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable
from segmentary.samples.hillstrom import ARMS, read_hillstrom

SOURCE = "Hillstrom 2008, 3 x 3-fold cross-validation, scikit-uplift's qini_auc_score"
NUMBERS, YES_NO, TEXTS = ("recency", "history"), ("mens", "womens", "newbie"), ("zip_code", "channel")
FOLDS, REPEATS = 3, 3


@cache
def trial(data: Path, arm: str, outcome: str = "visit") -> Trial:
    """Return one e-mail against none."""
    read = read_hillstrom(data / "clv" / "hillstrom.parquet")
    held = {name: np.array(read.column(name).to_pylist()) for name in read.column_names}
    columns = [Column(name, "numeric") for name in NUMBERS] + [Column(name, "binary", ("no", "yes")) for name in YES_NO]
    values = [held[name].astype(np.float64) for name in (*NUMBERS, *YES_NO)]
    for name in TEXTS:
        levels = sorted(set(held[name].tolist()))
        columns.append(Column(name, "nominal", tuple(levels)))
        values.append(np.array([levels.index(one) for one in held[name].tolist()], dtype=np.float64))
    arms = np.array([ARMS[name] for name in held["segment"].tolist()])
    keep = (arms == arm) | (arms == "none")
    table = TypedTable(tuple(columns), np.column_stack(values)).take(keep)
    return trial_of(table, (arms == arm)[keep], held[outcome].astype(np.float64)[keep], 0.5)


def cross_validated(given: Trial) -> dict[str, tuple[float, float]]:
    """Return Qini and uplift at 30% of each ridge learner and the response model, means over the folds."""
    found: dict[str, list[tuple[float, float]]] = {}
    for repeat in range(REPEATS):
        fold = folds_of(given, FOLDS, repeat)
        for k in range(FOLDS):
            train, test = given.take(fold != k), given.take(fold == k)
            plain = LEARNERS["t"]("ridge", seed=repeat).learn(train)
            scores = {way: LEARNERS[way]("ridge", seed=repeat).learn(train, plain).predict(test.table) for way in WAYS}
            scores["response"] = plain.treated_.predict(test.table)  # type: ignore[index]
            for name, score in scores.items():
                top = float(steps_of(test.y, score, test.treated).at(np.array([0.3])).uplift()[0])
                found.setdefault(name, []).append((qini_score(test.y, score, test.treated), top))
    return {
        name: (float(np.mean([a for a, _ in each])), float(np.mean([b for _, b in each])))
        for name, each in found.items()
    }


@cache
def read(data: Path, arm: str) -> Uplift:
    """Return what the tool says of an e-mail, by the ridge learners."""
    ridge = tuple(one for one in EVERY if one[1] == "ridge")
    return uplift(trial(data, arm), arm=arm, control="none", outcome="visits", learners=ridge)


def rows(data: Path) -> list[GoldenRow]:
    """Return women's figures, and the verdicts of both e-mails (1: as it should be)."""
    womens = cross_validated(trial(data, "womens"))
    found = []
    for name, title in (("t", "T"), ("x", "X"), ("dr", "DR")):
        qini, top = womens[name]
        found.append(
            GoldenRow("uplift", f"women's visit: Qini, {title} learner on ridge", qini, 0.058, "at_least", 0.0, SOURCE)
        )
        found.append(GoldenRow("uplift", f"women's visit: uplift at 30%, {title}", top, 0.070, "equal", 0.004, SOURCE))
    found.append(
        GoldenRow("uplift", "women's visit: Qini, response model", womens["response"][0], 0.038, "equal", 0.005, SOURCE)
    )
    women, men = read(data, "womens"), read(data, "mens")
    gap = women.differences["likely anyway"]
    found.append(
        GoldenRow(
            "uplift", "women's visit: Qini beyond the response model, low end", gap.low, 0.0, "at_least", 0.0, SOURCE
        )
    )
    found.append(GoldenRow("uplift", "women's visit: people are shown to differ", float(women.said.targetable), 1.0))
    none = float(men.said.difference.startswith("no evidence of a targetable difference"))
    found.append(GoldenRow("uplift", "men's visit: no evidence of targetable difference", none, 1.0))
    found.append(GoldenRow("uplift", "men's visit: treat everyone", float(men.said.word == "treat everyone"), 1.0))
    return found
