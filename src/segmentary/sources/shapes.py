"""What values look like: the shape of a text, and the profile of a column on a sample of rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from segmentary.sources.base import ROW_NUMBER, ColumnShape, SourceColumn

DISTINCT_CAP = 1_000
EXAMPLES = 5
INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})")
NUMBER = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|[+-]?\.[0-9]+")
DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]+")
DATE = re.compile(r"(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2}))")
CLOCK = r"[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?"
ZONE = r"(?: ?(?:Z|UTC|GMT|[+-][0-9]{2}:?(?:[0-9]{2})?))?"
TIME = re.compile(DATE.pattern + CLOCK + ZONE)
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
NAMED_DATE = re.compile(
    rf"(?:[0-9]{{1,2}}[-/ .]*(?:{MONTHS})[a-z]*[-/ .,]*[0-9]{{2,4}}|(?:{MONTHS})[a-z]*[ .]*[0-9]{{1,2}},? *[0-9]{{4}})",
    re.IGNORECASE,
)
NAMED_TIME = re.compile(NAMED_DATE.pattern + r"[T :,]+(?:at )?[0-9]{1,2}:[0-9]{2}.*", re.IGNORECASE)
BOOLEANS = frozenset(("true", "false", "yes", "no", "y", "n", "t", "f"))
MISSING = frozenset(("", "na", "n/a", "#n/a", "null", "none", "nan", "-", "\\n", "nil", "(null)"))
EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,}")


def missing(value: str | None) -> bool:
    """Say whether a text means "nothing here"."""
    return value is None or value.strip().casefold() in MISSING


def shape_of(value: str) -> ColumnShape:
    """Return what one text looks like."""
    text = value.strip()
    if INTEGER.fullmatch(text):
        return "integer"
    if NUMBER.fullmatch(text) and not leading_zero(text):
        return "number"
    if DECIMAL_COMMA.fullmatch(text):
        return "number"
    if DATE.fullmatch(text) or NAMED_DATE.fullmatch(text):
        return "date"
    if TIME.fullmatch(text) or NAMED_TIME.fullmatch(text):
        return "time"
    if text.casefold() in BOOLEANS:
        return "boolean"
    if text.startswith("[") and text.endswith("]"):
        return "list"
    return "text"


def leading_zero(text: str) -> bool:
    """Say whether leading zeros make a number an identifier: ``00123`` and ``0171 23``, but not ``0.5``."""
    digits = text.lstrip("+-")
    return len(digits) > 1 and digits[0] == "0" and digits[1] not in ".eE"


def joint_shape(values: Iterable[str]) -> ColumnShape:
    """Return the one shape all values share, or text."""
    shapes = {shape_of(v) for v in values}
    if not shapes:
        return "text"
    if len(shapes) == 1:
        return shapes.pop()
    if shapes == {"integer", "number"}:
        return "number"
    if shapes == {"date", "time"}:
        return "time"
    return "text"


def arrow_shape(kind: pa.DataType) -> ColumnShape:
    """Return the shape of an Arrow type."""
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "time"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return "list"
    return "text"


def profile(table: pa.Table) -> tuple[SourceColumn, ...]:
    """Return the profile of every column but ``row_number``."""
    names = [n for n in table.column_names if n != ROW_NUMBER]
    return tuple(profile_column(name, table.column(name)) for name in names)


def profile_column(name: str, values: pa.ChunkedArray) -> SourceColumn:
    counted = pc.value_counts(values.combine_chunks()) if len(values) else None
    if counted is None:
        return SourceColumn(name, arrow_shape(values.type), 0, 0)
    different = counted.field("values").to_pylist()
    counts = counted.field("counts").to_pylist()
    textual = pa.types.is_string(values.type)
    present = [
        (v, n)
        for v, n in zip(different, counts, strict=True)
        if v is not None and not (textual and missing(v)) and v == v
    ]
    filled = sum(n for _, n in present)
    shown = [plain(v) for v, _ in present[:DISTINCT_CAP]]
    kind = joint_shape(shown) if textual else arrow_shape(values.type)
    return SourceColumn(name, kind, filled, min(len(present), DISTINCT_CAP), tuple(examples(shown)))


def plain(value: object) -> str:
    """Return a value as short text."""
    return value if isinstance(value, str) else str(value)


def examples(values: Sequence[str]) -> list[str]:
    return [v if len(v) <= 80 else v[:79] + "…" for v in values[:EXAMPLES]]
