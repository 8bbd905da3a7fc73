"""Any dataframe as the typed table every method reads, and what somebody should know of it before believing results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.models.table.answers import Answers, Wish, numbers, read_column, written
from segmentary.models.table.columns import KINDS, Column, Kind
from segmentary.models.table.findings import Finding
from segmentary.models.table.guessing import far_off, sentinels
from segmentary.models.table.scales import NO_ANSWER_TEXTS, plain
from segmentary.models.table.typed_table import Floats, TypedTable

MOSTLY = 0.5
NEARLY_ALL = 0.99


@dataclass(frozen=True, eq=False)
class Reading:
    """A typed table, and what was noticed while reading it.

    findings : refusals (columns that are not in the table, and why), warnings and notes, in the order of the columns.
    rows : (n,) which rows of what was given are in the table: rows without weight are not.
    """

    table: TypedTable
    findings: tuple[Finding, ...]
    rows: npt.NDArray[np.intp]

    @property
    def refused(self) -> tuple[str, ...]:
        """Names of the columns left out."""
        return tuple(name for one in self.findings if one.level == "refusal" for name in one.columns)


def typed_table(
    frame: Any,
    *,
    columns: Sequence[str] | None = None,
    kinds: Mapping[str, Kind] | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
    missing: Mapping[str, Sequence[Any]] | Sequence[Any] = (),
    weights: str | npt.ArrayLike | None = None,
    ids: str | Sequence[Any] | None = None,
    titles: Mapping[str, str] | None = None,
) -> Reading:
    """Return any table in memory as typed columns, with what is wrong or doubtful about them.

    Parameters
    ----------
    frame : pandas, polars, Arrow, DuckDB relation, anything that speaks Arrow; a mapping of names to arrays, a list of
        records, or a two-dimensional array (its columns are x1, x2 ... unless `columns` names them).
    columns : the columns to take, in this order; None: all but weights and ids.
    kinds : name -> kind, where the guess would be wrong.
    levels : name -> levels: from low to high, no first. They make a column ordinal (two levels: binary) unless `kinds`
        says nominal.
    missing : values that mean "not answered": for all columns, or name -> values.
    weights : survey weights: the name of a column or (n,) numbers. Rows whose weight is zero or unknown are left out.
    ids : who a row is: the name of a column or (n,) values.
    titles : name -> what people read.

    A column is read by its type: truth values are binary with the levels no and yes; texts are binary, nominal, or
    ordinal where their order is known (`segmentary.models.table.scales`, ordered categories, polars' Enum); numbers by
    `segmentary.models.table.guessing.guess_numbers`. Nothing is dropped silently: every column that is not in the table
    is a finding of level refusal.

    Raises
    ------
    DataError
        a wish contradicts the data, a weight is negative, parts differ in length.
    UnknownNameError
        a name that is no column.
    NoAnswerError
        no column is left.
    """
    given = arrow(frame, columns)
    wanted, weight, who = roles(given, columns, weights, ids)
    wishes = wished(wanted, given.column_names, kinds, levels, missing, titles)
    findings: list[Finding] = []
    rows = np.arange(given.num_rows)
    if weight is not None:
        weight, rows = weighed(weight, findings)
        given = given.take(pa.array(rows))
    names = () if who is None else named(who, rows, findings)
    read = read_columns(given, wishes, findings)
    if not read:
        reasons = "; ".join(one.message for one in findings if one.level == "refusal")[:600]
        raise NoAnswerError(f"no column can be segmented by. {reasons}".strip(), hint="give columns with values")
    values = np.column_stack([one.values for one in read])
    findings += unknown_rows(values)
    return Reading(TypedTable(tuple(one.column for one in read), values, weight, names), tuple(findings), rows)


def wished(
    wanted: Sequence[str],
    names: Sequence[str],
    kinds: Mapping[str, Kind] | None,
    levels: Mapping[str, Sequence[str]] | None,
    missing: Mapping[str, Sequence[Any]] | Sequence[Any],
    titles: Mapping[str, str] | None,
) -> dict[str, Wish]:
    """Return what the caller says of each wanted column; names that are no column are refused."""
    for mapping in (kinds, levels, titles, missing if isinstance(missing, Mapping) else None):
        for name in mapping or ():
            if name not in names:
                raise UnknownNameError("column", name, names)
    return {
        name: Wish(
            kind_of(name, kinds),
            texts(levels, name),
            (titles or {}).get(name, ""),
            tuple(missing.get(name, ()) if isinstance(missing, Mapping) else missing),
        )
        for name in wanted
    }


def read_columns(given: pa.Table, wishes: Mapping[str, Wish], findings: list[Finding]) -> list[Answers]:
    """Return the columns that can be segmented by; add to the findings what is doubtful, and the columns refused."""
    read: list[Answers] = []
    for name, wish in wishes.items():
        column = given.column(name).combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
        answers = read_column(name, column, wish)
        if isinstance(answers, Finding):
            findings.append(answers)
        else:
            read.append(answers)
    asked = {name for name, wish in wishes.items() if wish.kind is not None or wish.levels is not None}
    read = on_their_scale(read, asked)
    for answers in read:
        findings += [*answers.findings, *doubts(answers, asked=answers.column.name in asked)]
    return read


def arrow(frame: Any, columns: Sequence[str] | None) -> pa.Table:
    """Return what was given as an Arrow table with distinct names."""
    from segmentary.sources.frames import arrow_table

    if isinstance(frame, np.ndarray):
        if frame.ndim != 2:
            raise DataError(f"an array of shape {frame.shape} is no table", hint="give rows x columns")
        names = [f"x{place + 1}" for place in range(frame.shape[1])]
        if columns is not None and len(columns) == frame.shape[1]:
            names = list(columns)
        frame = {name: frame[:, place] for place, name in enumerate(names)}
    try:
        if isinstance(frame, Mapping):
            table = pa.table({str(name): array_of(one) for name, one in frame.items()})
        elif isinstance(frame, Sequence) and not isinstance(frame, str | bytes):
            table = pa.Table.from_pylist([dict(row) for row in frame])
        else:
            table = arrow_table(frame)
    except (pa.ArrowException, TypeError, ValueError, AttributeError) as error:
        reason = str(error).splitlines()[0] if str(error) else ""
        raise DataError(
            f"this {type(frame).__name__} cannot become a table: {reason}",
            hint="give a pandas, polars or Arrow table, or a mapping of names to equally long arrays",
        ) from error
    twice = [name for name, times in Counter(table.column_names).items() if times > 1]
    if twice:
        raise DataError(f"two columns have the name {twice[0]!r}", hint="rename one")
    return table


def array_of(values: Any) -> Any:
    """Return values as an Arrow array; values of several types become texts."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if v is None or v != v else written(v) for v in values], pa.large_string())


def roles(
    given: pa.Table, columns: Sequence[str] | None, weights: Any, ids: Any
) -> tuple[list[str], Floats | None, list[Any] | None]:
    """Return the columns to segment by, the weights, and who the rows are."""
    taken = [name for name in (weights, ids) if isinstance(name, str)]
    for name in [*(columns or ()), *taken]:
        if name not in given.column_names:
            raise UnknownNameError("column", name, given.column_names)
    wanted = list(dict.fromkeys(columns)) if columns is not None else list(given.column_names)
    wanted = [name for name in wanted if name not in taken]
    weight: Floats | None = None
    if isinstance(weights, str):
        column = given.column(weights)
        try:
            weight = numbers(pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.float64()))
        except pa.ArrowException as error:
            raise DataError(f"weights {weights!r} are no numbers") from error
    elif weights is not None:
        weight = np.asarray(weights, dtype=np.float64)
    if weight is not None and weight.shape != (given.num_rows,):
        raise DataError(f"{given.num_rows:,} rows and weights of shape {weight.shape} do not fit")
    who = given.column(ids).to_pylist() if isinstance(ids, str) else None if ids is None else list(ids)
    if who is not None and len(who) != given.num_rows:
        raise DataError(f"{given.num_rows:,} rows and {len(who):,} ids do not fit")
    return wanted, weight, who


def weighed(weight: Floats, findings: list[Finding]) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Return the positive weights and their rows; say how many rows have none."""
    if np.isinf(weight).any() or (weight < 0).any():
        raise DataError("a weight is negative or infinite", hint="correct it, or make it missing to leave the row out")
    kept = weight > 0
    if not kept.all():
        unknown = int(np.isnan(weight).sum())
        message = (
            f"{int((~kept).sum()):,} of {len(weight):,} rows have no weight ({unknown:,} missing, "
            f"{int((weight == 0).sum()):,} zero): left out."
        )
        findings.append(Finding("no_weight", "warning", message, "weights of those who count must be positive"))
    return weight[kept], np.flatnonzero(kept)


def named(who: list[Any], rows: npt.NDArray[np.intp], findings: list[Finding]) -> tuple[str, ...]:
    names = tuple("" if who[row] is None else written(who[row]) for row in rows)
    repeated = len(names) - len(set(names))
    if repeated:
        message = f"{repeated:,} of {len(names):,} rows carry the id of an earlier row."
        findings.append(Finding("repeated_ids", "warning", message, "keep one row per person"))
    return names


def kind_of(name: str, kinds: Mapping[str, Kind] | None) -> Kind | None:
    kind = (kinds or {}).get(name)
    if kind is not None and kind not in KINDS:
        raise UnknownNameError("kind", kind, KINDS)
    return kind


def texts(levels: Mapping[str, Sequence[str]] | None, name: str) -> tuple[str, ...] | None:
    found = (levels or {}).get(name)
    return None if found is None else tuple(written(one) for one in found)


def on_their_scale(read: list[Answers], asked: set[str]) -> list[Answers]:
    """Return the columns, items of a battery whose lowest answer nobody gave put back on the battery's scale.

    Where half of the columns are answered from 1 to 5, whole numbers from 2 to 5 are no count.
    """
    scales = Counter(one.column.levels for one in read if one.column.kind == "ordinal" and one.column.levels[0] == "1")
    if not scales:
        return read
    (levels, items), *_ = scales.most_common(1)
    if items < max(3, len(read) / 2) or any(not level.isdigit() for level in levels):
        return read
    found: list[Answers] = []
    for one in read:
        known = one.values[~np.isnan(one.values)]
        if (
            one.column.kind == "count"
            and one.column.name not in asked
            and known.min() >= 1
            and known.max() == len(levels)
        ):
            column = Column(one.column.name, "ordinal", levels, one.column.title)
            found.append(Answers(column, one.values - 1, one.findings))
        else:
            found.append(one)
    return found


def doubts(answers: Answers, *, asked: bool) -> list[Finding]:
    """Return what is doubtful about one column."""
    column, values = answers.column, answers.values
    name, n = column.name, len(values)
    known = values[~np.isnan(values)]
    found: list[Finding] = []
    if 1 - len(known) / n > MOSTLY:
        message = f"{name!r} is unknown for {1 - len(known) / n:.0%} of {n:,} rows."
        found.append(Finding("mostly_missing", "warning", message, "segments by it rest on the others", (name,)))
    top = float(np.unique(known, return_counts=True)[1].max()) / len(known)
    if top >= NEARLY_ALL:
        message = f"{name!r} is the same for {top:.1%} of those known: it hardly tells people apart."
        found.append(Finding("nearly_constant", "warning", message, "leave it out", (name,)))
    if column.coded:
        found += doubtful_levels(column, known)
    odd = sentinels(number_levels(column, known))
    if odd and not asked:
        shown = ", ".join(written(one) for one in odd)
        share = float(np.isin(number_levels(column, known), odd).mean())
        message = f"{name!r} has {shown} ({share:.1%} of the known): it may mean that nothing was answered."
        hint = f"if so: missing={{{name!r}: [{shown}]}}"
        found.append(Finding("sentinel", "warning", message, hint, (name,)))
    slips = far_off(known) if column.kind in ("numeric", "count") and not odd else ()
    if slips:
        shown = ", ".join(written(one) for one in slips)
        message = f"{name!r} has {shown}, far from everybody else (most lie around {written(float(np.median(known)))})."
        hint = f"if it is a slip: missing={{{name!r}: [{shown}]}}"
        found.append(Finding("far_off", "warning", message, hint, (name,)))
    return found


def number_levels(column: Column, known: Floats) -> Floats:
    """Return the numbers behind a column: of levels the number each text is; empty where one is no number."""
    if not column.coded:
        return known
    try:
        return np.array([float(level) for level in column.levels])[known.astype(np.intp)]
    except ValueError:
        return np.empty(0)


def doubtful_levels(column: Column, known: Floats) -> list[Finding]:
    """Return the levels that sound like no answer."""
    shares = np.bincount(known.astype(np.intp), minlength=len(column.levels)) / len(known)
    odd = [place for place, level in enumerate(column.levels) if plain(level) in NO_ANSWER_TEXTS and shares[place] > 0]
    if not odd:
        return []
    shown = ", ".join(repr(column.levels[place]) for place in odd)
    message = f"{column.name!r}: {shown} ({shares[odd].sum():.1%}) is taken as an answer like the others."
    hint = f"if it means that nothing was answered: missing={{{column.name!r}: [{shown}]}}"
    return [Finding("sentinel", "note", message, hint, (column.name,))]


def unknown_rows(values: Floats) -> list[Finding]:
    """Return how many rows know nothing, and how much is missing at all."""
    missing = np.isnan(values)
    found: list[Finding] = []
    empty = int(missing.all(axis=1).sum())
    if empty:
        message = f"Of {empty:,} of {len(values):,} rows nothing is known: they are kept, and cannot be placed."
        found.append(Finding("empty_rows", "warning", message, "leave them out if they are no people"))
    if missing.any():
        rows = int(missing.any(axis=1).sum())
        message = f"{missing.mean():.1%} of all values are missing, in {rows:,} of {len(values):,} rows."
        found.append(Finding("missing", "note", message, "no row is dropped for it"))
    return found
