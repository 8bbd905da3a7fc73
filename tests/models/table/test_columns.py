from __future__ import annotations

import pytest

from segmentary.errors import DataError
from segmentary.models.table.columns import Column


@pytest.mark.parametrize(
    ("kind", "levels", "match"),
    [
        ("odd", (), "no kind"),
        ("ordinal", (), "needs its levels"),
        ("numeric", ("a", "b"), "has no levels"),
        ("nominal", ("a", "a"), "twice"),
        ("binary", ("a", "b", "c"), "two levels, not 3"),
    ],
)
def test_a_column_that_contradicts_itself_is_refused(kind: str, levels: tuple[str, ...], match: str) -> None:
    with pytest.raises(DataError, match=match):
        Column("x", kind, levels)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "column", [Column("x", "numeric", unit="EUR"), Column("mood", "ordinal", ("low", "high", "top"), "Mood today")]
)
def test_a_document_keeps_a_column(column: Column) -> None:
    assert Column.from_document(column.to_document()) == column


def test_what_people_read() -> None:
    assert Column("order_count", "count").label == "order count"
    assert Column("order_count", "count", title="Orders").label == "Orders"
