"""What events add up to, customer by customer, in whole numbers."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa

from segmentary.language.kernel import Kernel
from segmentary.language.parts import Adding


def test_pieces_in_any_order() -> None:
    """Threads hand pieces over in another order; customers cut in two are joined."""
    adding = [
        Adding("n", "count", "d", (1, 0)),
        Adding("s", "sum", "d", (1, 1), "amount"),
        Adding("m", "max", "d", (1, 0), "at"),
    ]
    table = pa.table(
        {
            "customer_id": ["a", "a", "bb", "bb", "bb", "c"],
            "d": pa.array([1, 2, 1, 1, 2, 2], pa.int16()),
            "amount": pa.array([Decimal(1), None, Decimal(-2), Decimal(3), Decimal(4), None], pa.decimal128(18, 4)),
            "at": pa.array([1, 2, 3, 4, 5, 6], pa.timestamp("us")),
        }
    )
    expected = [("a", 1, Decimal(1), 1), ("bb", 2, Decimal(5), 4), ("c", 0, Decimal(0), None)]
    for size in (1, 2, 3, 4, 6):
        batches = table.to_batches(max_chunksize=size)
        for order in (batches, batches[::-1]):
            found = Kernel(adding, 20).run(order)
            assert found is not None
            rows = zip(
                *(found[name].to_pylist() for name in ("customer_id", "n", "s")),
                found["m"].cast(pa.int64()).to_pylist(),
                strict=True,
            )
            assert list(rows) == expected
    apart = pa.table({"customer_id": ["a", "c", "b", "d"], "d": pa.array([1, 1, 1, 1], pa.int16())})
    assert Kernel(adding[:1], 20).run(apart.to_batches(max_chunksize=2)) is None
    assert Kernel(adding[:1], 1).run(table.to_batches()) is None


def test_nothing_is_nothing() -> None:
    found = Kernel([Adding("n", "count", "d", (1,))], 20).run([])
    assert found is not None
    assert found.num_rows == 0
    assert found.column_names == ["customer_id", "n"]


def test_ids_of_any_length() -> None:
    """Ids are compared as bytes where they are of one length, as text where they are not; the empty one is an id."""
    ids = ["", "", "a", "ab", "ab", "b", "\u00e4", "\u00e4"]
    for some in (ids, ids[2:3] * 3 + ids[5:6] * 2):
        table = pa.table({"customer_id": some, "d": pa.array([1] * len(some), pa.int16())})
        for size in (1, 3, 8):
            found = Kernel([Adding("n", "count", "d", (1,))], 20).run(table.to_batches(max_chunksize=size))
            assert found is not None
            expected = {one: some.count(one) for one in some}
            assert dict(zip(found["customer_id"].to_pylist(), found["n"].to_pylist(), strict=True)) == expected
