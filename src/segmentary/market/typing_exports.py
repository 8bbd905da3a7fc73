"""A typing tool, or any assigner, for use elsewhere: SQL, JSON, Python.

In the segment language: `typing_definitions`. As a spreadsheet: `typing_workbook`. All place people alike.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from pprint import pformat
from typing import Any

import numpy as np

from segmentary.errors import UsageError
from segmentary.language.tree import ValueType
from segmentary.market import typing_standalone
from segmentary.market.typing_results import TypingTool
from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.sql import Input, assignment_query
from segmentary.models.describe.rule_tests import trait_type
from segmentary.models.table.preparation import Feature

DIALECTS = ("duckdb", "postgres", "spark", "snowflake", "bigquery", "redshift", "databricks", "mysql")


def json_text(tool: TypingTool | Assigner) -> str:
    """Return everything as JSON: a tool with its measurements, or an assigner. `from_document` reads it again."""
    return json.dumps(tool.to_document(), ensure_ascii=False, allow_nan=False, indent=1)


def sql_text(
    assigner: Assigner,
    *,
    table: str = "customers",
    key: str = "customer_id",
    types: Mapping[str, ValueType] | None = None,
    dialect: str = "duckdb",
) -> str:
    """Return a query for each row's label, confidence and probabilities, from a table with the columns.

    table : its name, dots between its parts. types : per column the type it has there (text, number, boolean), where
    kind and levels do not say it.

    Raises
    ------
    UsageError
        for an unknown dialect.
    """
    from sqlglot import exp

    if dialect not in DIALECTS:
        raise UsageError(f"unknown SQL dialect {dialect!r}", hint="one of " + ", ".join(DIALECTS))
    inputs = {one.name: Input(one.name, trait_type(one, types)) for one in assigner.columns}
    parts = [exp.to_identifier(part, quoted=True) for part in table.split(".")]
    names = dict(zip(("this", "db", "catalog"), reversed(parts), strict=False))
    return assignment_query(assigner, exp.Table(**names), inputs, key=key).sql(dialect=dialect, pretty=True)


def python_text(assigner: Assigner) -> str:
    """Return the source text of a Python module that needs nothing but Python: ``place(answers)``."""
    source = inspect.getsource(typing_standalone)
    marker = "MODEL: dict[str, Any] = {}\n"
    data = pformat(standalone_model(assigner), width=110, compact=True, sort_dicts=False)
    before, after = source.split(marker)
    return f"{before}MODEL: dict[str, Any] = {data}\n{after}"


def standalone_model(assigner: Assigner) -> dict[str, Any]:
    """Return what `typing_standalone` computes with, as plain data."""
    terms, preparation = assigner.terms, assigner.preparation
    names = [column.name for column in assigner.columns]
    parts: list[dict[str, Any]] = [{} for _ in range(terms.linear.shape[1])]
    for kind in ("lookups", "counts", "numbers"):
        for place, table in getattr(terms, kind).items():
            parts[place][kind] = table.tolist()
    return {
        "labels": list(assigner.labels),
        "columns": [{"name": column.name, "levels": list(column.levels)} for column in assigner.columns],
        "least_known": max(1, assigner.least_known),
        "row_centred": [] if preparation is None else [names.index(name) for name in preparation.row_centred],
        "features": None if preparation is None else [plain(one, names) for one in preparation.features],
        "constant": terms.constant.tolist(),
        "linear": terms.linear.tolist(),
        "quadratic": terms.quadratic.tolist(),
        "cross": None if terms.cross is None else terms.cross.tolist(),
        "terms": parts,
    }


def plain(feature: Feature, names: list[str]) -> dict[str, Any]:
    transform = feature.transform
    found: dict[str, Any] = {
        "column": names.index(feature.column),
        "level": feature.level,
        "fill": feature.fill,
        "way": transform.way,
        "power": transform.power,
        "centre": transform.centre,
        "scale": transform.scale,
    }
    if transform.way == "rank":
        values, first, counts = np.unique(np.asarray(transform.knots), return_index=True, return_counts=True)
        found["values"] = values.tolist()
        found["shares"] = ((first + (counts - 1) / 2) / max(1, len(transform.knots) - 1)).tolist()
    return found
