from __future__ import annotations

from typing import Any

import pyarrow as pa

from segmentary.sources.base import FileFacts, SourceColumn
from segmentary.sources.look import Look
from segmentary.sources.open import open_source


def look(**columns: list[Any]) -> Look:
    return Look(open_source(pa.table(columns), name="any")[0])


def test_values_decide_what_a_column_can_be() -> None:
    seen = look(
        Date=["soon", "later", "now"],
        price=["$1.50", "2", ""],
        email=["a@b.co", "c@d.co", None],
        hashed=["ab12", "cd34", "ef56"],
        n=[1, 2, 2],
        when=["20260101", "20260102", "20260103"],
    )
    assert not seen.fits("happened_at", "Date")
    assert seen.fits("happened_at", "when")
    assert seen.fits("amount", "price")
    assert seen.fits("email", "email")
    assert not seen.fits("email", "hashed")
    assert seen.unique("hashed")
    assert not seen.unique("n")
    assert seen.filled("price") == 2 / 3


def test_an_empty_table_has_nothing_to_say() -> None:
    seen = look(id=[], at=[])
    assert seen.rows == 0
    assert not seen.unique("id")
    assert seen.assign("events") == {}
    assert seen.lengths("id") == 0


def test_a_delivery_of_another_make_works_too() -> None:
    class Plain:
        name, origin, path, facts, rejected = "plain", "here", None, FileFacts("dataframe"), []
        columns = (SourceColumn("id", "text", 2, 2, ("a", "b")),)

        def read(self) -> pa.RecordBatchReader:
            return pa.table({"row_number": [1, 2], "id": ["a", "b"]}).to_reader()

    assert Look(Plain()).unique("id")  # type: ignore[arg-type]
