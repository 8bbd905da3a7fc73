"""Generated answers with planted segments, and hostile names."""

from __future__ import annotations

from functools import cache

import numpy as np

from segmentary.market.typing_results import TypingTool
from segmentary.market.typing_tool import typing_tool
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

HOSTILE = (
    Column('=HYPERLINK("x")', "binary", ("no", "yes")),
    Column("price; drop table x", "ordinal", ("1", "2", "3", "4", "5"), "How much does the price matter?"),
    Column("Where \"do\" you 'shop'?", "nominal", ("Köln", "köln", "O'Hara*?~", "=1+1", "online")),
    Column("buys eco", "binary", ("rarely", "often")),
    Column("noise", "binary", ("no", "yes")),
)
KEYS = ("eco", "price", "other_people")
NUMBERS = (Column("spend", "numeric", unit="EUR"), Column("orders", "count"))


def answers(
    seed: int = 0, n: int = 600, *, k: int = 3, numbers: bool = False, missing: float = 0.0, weighted: bool = False
) -> tuple[TypedTable, np.ndarray]:
    """Return a table and the (n,) segments its answers come from."""
    chance = np.random.default_rng(seed)
    labels = chance.integers(0, k, n)
    columns = HOSTILE + (NUMBERS if numbers else ())
    values = np.empty((n, len(columns)))
    for place, column in enumerate(columns):
        levels = len(column.levels)
        if column.name == "noise":
            values[:, place] = chance.integers(0, 2, n)
        elif column.coded:
            profiles = chance.dirichlet(np.full(levels, 0.35), k)
            values[:, place] = [chance.choice(levels, p=profiles[label]) for label in labels]
        elif column.kind == "count":
            values[:, place] = chance.poisson(2 + 4 * labels)
        else:
            values[:, place] = np.round(np.exp(chance.normal(3 + 0.9 * labels, 0.7)), 2)
    values[chance.random(values.shape) < missing] = np.nan
    weights = chance.lognormal(0, 0.7, n) if weighted else None
    return TypedTable(columns, values, weights), labels.astype(np.intp)


@cache
def tool_and_people(numbers: bool) -> tuple[TypingTool, TypedTable]:
    """A tool, and people it did not see, some of whose answers are missing."""
    table, labels = answers(3, numbers=numbers, missing=0.05)
    tool = typing_tool(table, labels, keys=KEYS, wanted=0.99, most=5)
    return tool, answers(3, n=150, numbers=numbers, missing=0.3)[0].take(slice(0, 60))


def told(table: TypedTable, row: int) -> dict[str, object]:
    """One person's answers as people give them."""
    found: dict[str, object] = {}
    for column, x in zip(table.columns, table.values[row], strict=True):
        if not np.isnan(x):
            found[column.name] = column.levels[int(x)] if column.coded else float(x)
    return found
