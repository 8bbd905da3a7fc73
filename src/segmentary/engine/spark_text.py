"""Text in Unicode normal form C on its way in: Spark SQL has no function for it."""

from __future__ import annotations

import json
import re

import pyarrow as pa
import pyarrow.compute as pc

# What a row or a person is called is compared as it was delivered, and given back so.
IDS = frozenset(
    {"customer_id", "account_id", "household_id", "source", "message_id", "row_key", "load_id", "profile_id"}
)
ESCAPES = re.compile(r"\\\\|\\u([0-9a-fA-F]{4})")
PAIRS = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")


def normal(table: pa.Table) -> pa.Table:
    """Return a table whose texts, ids aside, are in normal form; those inside JSON documents too."""
    for place, field in enumerate(table.schema):
        if field.name in IDS or not (pa.types.is_string(field.type) or pa.types.is_list(field.type)):
            continue
        column = table.column(place)
        if pa.types.is_list(field.type):
            if not pa.types.is_string(field.type.value_type):
                continue
            items = [None if one is None else [normal_text(i) for i in one] for one in column.to_pylist()]
            column = pa.chunked_array([pa.array(items, field.type)])
        else:
            escaped = pc.fill_null(pc.match_substring(column, "\\u"), False)
            if pc.any(escaped).as_py():
                column = pa.chunked_array([pa.array([unescaped(one) for one in column.to_pylist()], field.type)])
            column = pc.utf8_normalize(column, "NFC")
        table = table.set_column(place, field, column)
    return table


def normal_text(text: str | None) -> str | None:
    found: str | None = pc.utf8_normalize(pa.scalar(text, pa.string()), "NFC").as_py()
    return found


def unescaped(text: str | None) -> str | None:
    """Return a JSON document with its letters written as they are; any other text is left alone."""
    if text is None or "\\u" not in text:
        return text
    try:
        json.loads(text)
    except ValueError:
        return text
    written = PAIRS.sub(paired, ESCAPES.sub(letter, text))
    return text if any("\ud800" <= c <= "\udfff" for c in written) else written  # half a letter has no text


def letter(found: re.Match[str]) -> str:
    """Return the letter an escape stands for, unless JSON needs the escape."""
    if found[1] is None:
        return found[0]
    code = int(found[1], 16)
    return found[0] if code < 0x80 else chr(code)


def paired(found: re.Match[str]) -> str:
    return found[0].encode("utf-16", "surrogatepass").decode("utf-16")
