"""People whose effects are known: what learners, curves and verdicts are tested on."""

from __future__ import annotations

import numpy as np

from segmentary.measurement.uplift.trial import trial_of
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

COLUMNS = (
    Column("fan", "binary", ("no", "yes")),
    Column("spent", "numeric"),
    Column("town", "nominal", ("a", "b", "c")),
)


def people(n, chance):
    fan, spent = chance.random(n) < 0.4, chance.gamma(2.0, 30.0, n)
    return TypedTable(COLUMNS, np.column_stack([fan, spent, chance.integers(0, 3, n)]).astype(float))


def effects(table, kind):
    """The true effect on each person: on fans only, on everybody alike, on nobody, on fans and against others."""
    fan = table.values[:, 0] == 1
    return {
        "fans": np.where(fan, 0.2, 0.0),
        "alike": np.full(len(table), 0.1),
        "none": np.zeros(len(table)),
        "both": np.where(fan, 0.15, -0.1),
        "harm": np.full(len(table), -0.1),
    }[kind]


def planted(kind, n=4_000, *, seed=2, share=0.5, amounts=False):
    """A trial and its true effects."""
    chance = np.random.default_rng(seed)
    table = people(n, chance)
    true = effects(table, kind)
    treated = chance.random(n) < share
    level = 0.2 + 0.05 * (table.values[:, 2] == 1) + true * treated
    y = 20 * level + chance.normal(0, 3, n) if amounts else (chance.random(n) < level).astype(float)
    return trial_of(table, treated, y, share), true * (20 if amounts else 1)
