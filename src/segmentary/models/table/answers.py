"""One column of a dataframe as typed numbers: what kind it is, by its type and its answers, or why it is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segmentary.errors import DataError
from segmentary.models.table.columns import NUMBER, Column, Kind
from segmentary.models.table.findings import Finding
from segmentary.models.table.guessing import guess_numbers, identifier_numbers, whole
from segmentary.models.table.scales import missing_text, no_first, ordered
from segmentary.models.table.typed_table import Floats

MOST_LEVELS = 25
"""Texts with more distinct answers name people or places rather than describe them."""
DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T ]\d{1,2}:\d{2}.*)?$")
AS_NUMBER = "make it a number first: days since then, an age, a month"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller says of a column: None is left to guess. ``missing``: values that mean "not answered"."""

    kind: Kind | None = None
    levels: tuple[str, ...] | None = None
    title: str = ""
    missing: tuple[Any, ...] = ()


@dataclass(frozen=True, eq=False)
class Answers:
    """A column with its (n,) numbers and what was noticed while reading it."""

    column: Column
    values: Floats
    findings: tuple[Finding, ...] = ()


def read_column(name: str, array: pa.Array, wish: Wish) -> Answers | Finding:
    """Return the typed numbers of a column, or why it cannot be segmented by.

    Raises
    ------
    DataError
        when the wished kind or levels contradict the values.
    """
    kind = array.type
    if pa.types.is_dictionary(kind):
        return read_category(name, array, wish)
    if pa.types.is_null(kind):
        return refusal("empty", name, "has no values at all", "leave it out")
    if pa.types.is_boolean(kind):
        values = numbers(array.cast(pa.int8()))
        if wish.kind in (None, "binary"):
            return Answers(Column(name, "binary", wish.levels or ("no", "yes"), wish.title), values)
        return read_numbers(name, values, wish)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return read_numbers(name, numbers(array), wish)
    if any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)):
        return read_texts(name, array.cast(pa.large_string()), wish)
    if pa.types.is_temporal(kind):
        return refusal("moments", name, f"holds moments ({kind})", AS_NUMBER)
    return refusal("nested", name, f"holds {kind}", "make one column per part first")


def refusal(code: str, name: str, what: str, hint: str) -> Finding:
    return Finding(code, "refusal", f"{name!r} {what}: not segmented by.", hint, (name,))


def numbers(array: pa.Array) -> Floats:
    """Return (n,) floats; null is NaN."""
    return np.asarray(array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def read_category(name: str, array: pa.DictionaryArray, wish: Wish) -> Answers | Finding:
    """Return a categorical column; pandas' ordered categories and polars' Enum are in their order."""
    kind = array.type
    if not pa.types.is_string(kind.value_type) and not pa.types.is_large_string(kind.value_type):
        plain = array.cast(kind.value_type)
        if not kind.ordered:
            return read_column(name, plain, wish)
        words = tuple(str(one) for one in array.dictionary.to_pylist())
        return coded(name, text_list(plain), Wish(wish.kind or "ordinal", wish.levels or words, wish.title))
    words = tuple(str(one) for one in array.dictionary.to_pylist() if one is not None)
    if kind.ordered and wish.levels is None and len(set(words)) == len(words) > 1:
        wish = Wish(wish.kind or ("ordinal" if len(words) > 2 else "binary"), words, wish.title, wish.missing)
    return read_texts(name, array.cast(pa.large_string()), wish)


def text_list(array: pa.Array) -> list[str | None]:
    return [None if one is None else written(one) for one in array.to_pylist()]


def written(value: Any) -> str:
    """Return a value as the text of a level: whole numbers without a point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def read_texts(name: str, array: pa.Array, wish: Wish) -> Answers | Finding:
    """Return a column of texts: levels, in a known order where they have one; texts of numbers are numbers."""
    trimmed = pc.utf8_trim_whitespace(array).dictionary_encode()
    words: list[str] = trimmed.dictionary.to_pylist()
    gone = {str(one) for one in wish.missing}
    kept = [None if missing_text(word) or word in gone else word for word in words]
    codes = np.asarray(pc.fill_null(trimmed.indices, len(words)).to_numpy(zero_copy_only=False), dtype=np.intp)
    used = [word for word in kept if word is not None]
    if not used:
        return refusal("empty", name, "has no values at all", "leave it out")
    parsed = [number_of(word) for word in used]
    if wish.kind in ("numeric", "count") or (
        wish.kind is None and wish.levels is None and all(one is not None for one in parsed)
    ):
        return read_numbers(name, parsed_numbers(name, kept, codes), wish)
    many = len(used) > most_levels(int((codes < len(words)).sum())) and ordered(used) is None
    if wish.kind is None and wish.levels is None and many:
        if all(DATE.match(word) for word in used):
            return refusal("moments", name, "holds dates as texts", AS_NUMBER)
        what = f"has {len(used):,} different texts in {len(array):,} rows: it names rows rather than describes people"
        return refusal("identifier", name, what, "group its values first, or name its kind: kinds={...: 'nominal'}")
    places = [*kept, None]
    return coded(name, places, wish, codes)


def most_levels(known: int) -> int:
    """Return how many levels describe people rather than name them, of so many known answers."""
    return min(MOST_LEVELS, max(3, known // 2))


def number_of(text: str) -> float | None:
    """Return the number a text is; None for codes with leading zeros, and for anything else."""
    if len(text) > 1 and text.lstrip("+-").startswith("0") and not text.lstrip("+-").startswith("0."):
        return None
    return float(text) if re.match(NUMBER, text, re.ASCII) else None


def parsed_numbers(name: str, words: Sequence[str | None], codes: npt.NDArray[np.intp]) -> Floats:
    found = np.full(len(words) + 1, np.nan)
    for place, word in enumerate(words):
        if word is None:
            continue
        if not re.match(NUMBER, word, re.ASCII):
            raise DataError(
                f"column {name!r} is to be numbers: {word!r} is none", hint="name another kind, or missing={...}"
            )
        found[place] = float(word)
    return found[codes]


def coded(
    name: str,
    words: Sequence[str | None],
    wish: Wish,
    codes: npt.NDArray[np.intp] | None = None,
) -> Answers | Finding:
    """Return a column of levels. words : the text of each row, or with `codes` of each code."""
    rows = np.arange(len(words)) if codes is None else codes
    used = sorted({words[place] for place in np.unique(rows)} - {None}, key=str)
    levels = [one for one in used if one is not None]
    if wish.levels is not None:
        strange = [one for one in levels if one not in wish.levels]
        if strange:
            raise DataError(
                f"column {name!r} has answers that are none of its levels: {', '.join(map(repr, strange[:5]))}",
                hint="add them to its levels, or to missing={...}",
            )
        found, kind = wish.levels, wish.kind or ("binary" if len(wish.levels) == 2 else "ordinal")
    else:
        order = ordered(levels)
        kind = wish.kind or ("binary" if len(levels) == 2 else "ordinal" if order else "nominal")
        found = no_first(levels) if len(levels) == 2 else tuple(order or levels) if kind == "ordinal" else tuple(levels)
        if kind == "binary" and len(levels) > 2:
            raise DataError(f"column {name!r} is to be binary: it has {len(levels)} different answers")
        if len(levels) < 2:
            return constant(name, levels)
    place = {level: float(code) for code, level in enumerate(found)}
    numbers_of = np.array([np.nan if word is None else place[word] for word in words])
    values = numbers_of[rows]
    if len(np.unique(values[~np.isnan(values)])) < 2:
        return constant(name, levels)
    return Answers(Column(name, kind, tuple(found), wish.title), values)


def constant(name: str, levels: Sequence[str]) -> Finding:
    if not levels:
        return refusal("empty", name, "has no values at all", "leave it out")
    return refusal("constant", name, f"is {levels[0]!r} for everybody known", "it tells nobody from anybody")


def read_numbers(name: str, values: Floats, wish: Wish) -> Answers | Finding:
    """Return a column of numbers as what they look like, or as what the caller says they are."""
    findings: list[Finding] = []
    for one in wish.missing:
        value = number_of(str(one))
        if value is not None:
            values = np.where(values == value, np.nan, values)
    endless = np.isinf(values)
    if endless.any():
        message = f"{name!r}: {endless.sum():,} infinite values are taken as missing."
        findings.append(Finding("infinite", "warning", message, "correct them", (name,)))
        values = np.where(endless, np.nan, values)
    known = values[~np.isnan(values)]
    if not len(known):
        return refusal("empty", name, "has no values at all", "leave it out")
    kind = wish.kind
    if kind is None and wish.levels is None:
        if identifier_numbers(name, values):
            hint = "leave it out, or name its kind: kinds={...: 'numeric'}"
            return refusal("identifier", name, "numbers the rows: every value is different", hint)
        kind = guess_numbers(known)
    if kind in ("numeric", "count"):
        if known.min() == known.max():
            return constant(name, [written(float(known[0]))])
        if kind == "count" and not (whole(known) and known.min() >= 0):
            raise DataError(
                f"column {name!r} is to be a count: it has negative or broken numbers", hint="name it numeric"
            )
        return Answers(Column(name, kind, (), wish.title), values, tuple(findings))
    found = coded_numbers(name, values, known, Wish(kind, wish.levels, wish.title))
    if isinstance(found, Finding):
        return found
    return Answers(found.column, found.values, tuple(findings))


def coded_numbers(name: str, values: Floats, known: Floats, wish: Wish) -> Answers | Finding:
    """Return numbers as levels; an ordinal scale of whole numbers has every number from its lowest to its highest."""
    steps = np.unique(known)
    if wish.levels is None and len(steps) > 10 * MOST_LEVELS:
        raise DataError(f"column {name!r} is to have levels: it has {len(steps):,} different numbers")
    if wish.levels is None and wish.kind == "ordinal" and whole(steps) and len(steps) > 1 and np.ptp(steps) <= 20:
        steps = np.arange(steps[0], steps[-1] + 1)
    if wish.levels is None and len(steps) > 1:
        if wish.kind == "binary" and len(steps) > 2:
            raise DataError(f"column {name!r} is to be binary: it has {len(steps)} different answers")
        levels = tuple(written(float(step)) for step in steps)
        wish = Wish(wish.kind or ("binary" if len(steps) == 2 else "nominal"), levels, wish.title)
    if wish.levels is None:
        return constant(name, [written(float(steps[0]))])
    if len(wish.levels) < 2:
        raise DataError(f"column {name!r} needs two levels at least")
    words = [written(float(step)) for step in np.unique(known)]
    codes = np.searchsorted(np.unique(known), np.nan_to_num(values, nan=np.inf))
    return coded(name, [*words, None], wish, np.where(np.isnan(values), len(words), codes))
