"""One small table with every type, missing values and hostile text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
from sqlglot import exp

TABLE = pa.table(
    {
        "text": ["x", None, "", 'q"\n,é\\'],
        "number": pa.array([Decimal("1.5"), None, Decimal(-3), Decimal(0)], pa.decimal128(28, 10)),
        "moment": pa.array([dt.datetime(2026, 1, 1, 1, 2, 3, 456), None, None, None], pa.timestamp("us")),
        "truth": [True, None, False, True],
        "day": [dt.date(2020, 1, 1), None, None, None],
        "list": [["a", 'b"\\'], None, [], ["x", None]],
        "whole": [1, -(2**62), None, 0],
    }
)


def everything(name: str) -> exp.Select:
    return exp.select("*").from_(exp.table_(name, quoted=True))
