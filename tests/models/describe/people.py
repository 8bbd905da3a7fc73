"""Generated people with segments in every kind of column, and hostile names."""

from __future__ import annotations

import numpy as np

from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

COLUMNS = (
    Column("age", "numeric", title="Age", unit="years"),
    Column("orders", "count"),
    Column("agrees", "ordinal", ("1", "2", "3", "4", "5")),
    Column('town\'s "name"', "nominal", ("Köln", "O'Hara; drop table x", "{}", "Ulm")),
    Column("member", "binary", ("no", "yes")),
    Column("sex", "binary", ("female", "male")),
)


def people(
    seed: int = 0, n: int = 500, *, k: int = 3, missing: float = 0.1, weighted: bool = False
) -> tuple[TypedTable, np.ndarray]:
    """Return a table and (n,) segments. The segments differ in every column but the sex."""
    chance = np.random.default_rng(seed)
    labels = chance.integers(0, k, n)
    towns = chance.dirichlet(np.full(4, 0.5), k)
    values = np.column_stack(
        [
            np.round(chance.normal(30 + 15 * labels, 8), 1),
            chance.poisson(1 + 3 * (labels % 2)),
            np.clip(np.rint(chance.normal(labels + 1, 0.8)), 0, 4),
            [chance.choice(4, p=towns[label]) for label in labels],
            chance.random(n) < 0.2 + 0.6 * (labels == 1),
            chance.integers(0, 2, n),
        ]
    ).astype(float)
    values[chance.random(values.shape) < missing] = np.nan
    weights: Floats | None = chance.lognormal(0, 0.8, n) if weighted else None
    return TypedTable(COLUMNS, values, weights), labels.astype(np.intp)


def yes_no(shares: list[list[float]], size: int = 200, names: list[str] | None = None) -> tuple[TypedTable, np.ndarray]:
    """Return yes/no items with these shares of yes, exactly, per segment (rows) of `size` people."""
    blocks = [np.column_stack([np.arange(size) < round(share * size) for share in row]).astype(float) for row in shares]
    names = names or [f"q{place}" for place in range(len(shares[0]))]
    columns = tuple(Column(name, "binary", ("no", "yes")) for name in names)
    return TypedTable(columns, np.vstack(blocks)), np.repeat(np.arange(len(shares)), size)
