"""Files of statistics programs: SPSS (.sav, .zsav, .por), Stata (.dta), SAS (.sas7bdat, .xpt), with labels.

Codes of nominal variables are delivered as their labels; codes of ordinal and numeric ones stay codes, with the labels
beside them. Codes that mean "no answer" are delivered as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa

from segmentary.errors import SourceError
from segmentary.sources.base import ROW_NUMBER, FileFacts
from segmentary.sources.delivery import NUMBER_FIELD, Tabular, numbered
from segmentary.sources.files import LIMITS, Limits, readable
from segmentary.sources.names import unique

READERS = {
    ".sav": ("spss", "read_sav"),
    ".zsav": ("spss", "read_sav"),
    ".por": ("spss", "read_por"),
    ".dta": ("stata", "read_dta"),
    ".sas7bdat": ("sas", "read_sas7bdat"),
    ".xpt": ("sas", "read_xport"),
}
LEAST_LABELLED = 0.9


def reader_module() -> ModuleType:
    try:
        import pyreadstat
    except ImportError as error:
        raise SourceError(
            "SPSS, Stata and SAS files need the optional package pyreadstat",
            hint='pip install "segmentary[statistics-files]", or export the file as CSV',
        ) from error
    return pyreadstat  # type: ignore[no-any-return, unused-ignore]


class StatisticsFile(Tabular):
    """A file of SPSS, Stata or SAS.

    Attributes
    ----------
    questions : the wording of each variable, where the file has it.
    labels : per variable, the label of each code.
    """

    def __init__(self, name: str, path: Path, *, limits: Limits = LIMITS) -> None:
        super().__init__(name, str(path), path, limits=limits)
        self.file = readable(path)
        self.kind, self.method = READERS[path.suffix.lower()]

    @cached_property
    def content(self) -> tuple[pa.Table, Any]:
        """The table with its metadata; these files are read as a whole."""
        module = reader_module()
        try:
            columns, meta = getattr(module, self.method)(str(self.file), output_format="dict")
        except (module.ReadstatError, OSError, ValueError, UnicodeDecodeError) as error:
            raise SourceError(
                f"{self.file.name}: not a readable {self.kind} file", hint="export it again, or as CSV"
            ) from error
        names = unique(columns, reserved=(ROW_NUMBER,))
        arrays = [self.delivered(column, list(values), meta) for column, values in columns.items()]
        return pa.Table.from_arrays(arrays, names=names), meta

    def delivered(self, column: str, values: list[Any], meta: Any) -> pa.Array:
        """Return one variable: labels for nominal codes, whole numbers without fraction, NaN as missing."""
        clean = [None if v is None or v != v or v == "" else v for v in values]
        labels = meta.variable_value_labels.get(column, {})
        used = {v for v in clean if v is not None}
        covered = sum(1 for v in used if v in labels)
        nominal = meta.variable_measure.get(column) not in ("ordinal", "scale")
        if labels and nominal and used and covered >= LEAST_LABELLED * len(used) and not ordered(labels):
            return pa.array([None if v is None else str(labels.get(v, whole(v))) for v in clean], pa.string())
        plain = [whole(v) for v in clean]
        try:
            return pa.array(plain)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            pass
        try:
            return pa.array([None if v is None else float(v) for v in plain], pa.float64())
        except (TypeError, ValueError):
            return pa.array([None if v is None else str(v) for v in plain], pa.string())

    @property
    def questions(self) -> Mapping[str, str]:
        """The wording of each variable."""
        return {k: v for k, v in self.content[1].column_names_to_labels.items() if v}

    @property
    def labels(self) -> Mapping[str, Mapping[Any, str]]:
        """Per variable, the label of each code."""
        return dict(self.content[1].variable_value_labels)

    @property
    def facts(self) -> FileFacts:
        """How the file is written."""
        return FileFacts(self.kind, encoding=self.content[1].file_encoding or "", rows=self.content[0].num_rows)

    @cached_property
    def schema(self) -> pa.Schema:
        """``row_number`` and the variables with their types."""
        return pa.schema([NUMBER_FIELD, *self.plain.schema])

    @cached_property
    def plain(self) -> pa.Table:
        """The table without columns of no type."""
        table = self.content[0]
        fields = [pa.field(f.name, pa.string() if pa.types.is_null(f.type) else f.type) for f in table.schema]
        return table.cast(pa.schema(fields))

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all rows."""
        following = 1
        for batch in self.plain.to_batches(max_chunksize=50_000):
            yield numbered(batch, following, self.schema)
            following += batch.num_rows


def whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def ordered(labels: Mapping[Any, str]) -> bool:
    """Say whether labels are those of an answer scale, whose codes are worth more than their words."""
    from segmentary.sources.questionnaires import LIKERT

    words = [str(v).strip() for v in labels.values()]
    return len(words) > 2 and sum(1 for w in words if LIKERT.fullmatch(w)) >= 0.6 * len(words)
