from __future__ import annotations

import numpy as np

from segmentary.dynamics.telling import marks, summary
from segmentary.models.intervals import wilson
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def test_marks_name_what_differs_in_the_words_of_the_answers() -> None:
    chance = np.random.default_rng(1)
    inside = np.arange(200) < 40
    values = np.column_stack(
        [
            np.where(inside, 4, chance.integers(0, 3, 200)),
            np.where(inside, 2, chance.integers(0, 2, 200)),
            chance.normal(size=200),
        ]
    ).astype(float)
    columns = (
        Column("mood", "ordinal", ("1", "2", "3", "4", "5")),
        Column("town", "nominal", ("a", "b", "c"), "Home town"),
        Column("x", "numeric"),
    )
    found = marks(TypedTable(columns, values), inside)
    assert {name for name, *_ in found[:2]} == {"mood", "Home town: c"}
    assert {name: own for name, own, _ in found}["mood"] == 5


def test_nobody_inside_has_no_marks() -> None:
    table = TypedTable((Column("x", "numeric"),), np.zeros((3, 1)))
    assert marks(table, np.zeros(3, dtype=bool)) == ()


def test_a_summary_of_nothing_says_so() -> None:
    told = summary(wilson(25, 1000), 0.025, 0.9, (), (), (), ())
    assert told.startswith("People fit the segments as before (2.5% do not")
    assert "No change of a segment's size is beyond chance." in told
