"""Read a file of an export once: its parts row by row, and the account of what became of every row."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from segmentary.schema import RECORDS
from segmentary.sources.base import FileFacts, Proposal, SourceColumn
from segmentary.sources.delivery import SAMPLE_ROWS, Tabular, text_batch, text_schema
from segmentary.sources.exports.export import Export, Made, Part, RowRefused, SetAside
from segmentary.sources.exports.raw import RawFile
from segmentary.sources.jsonlines import BAD_TEXT, TOO_DEEP
from segmentary.sources.kinds import RULES
from segmentary.sources.shapes import profile

ROWS_IN_MEMORY = 20_000
ASIDE = "set aside: "
NOTHING_MADE = "nothing in it could be used"


@dataclass(slots=True)
class Account:
    """What became of the rows of one file: ``rows`` = in parts + refused + set aside.

    Attributes
    ----------
    used : rows of the file that are in at least one part.
    made : part -> rows made.
    refused : (row number, reason), of unreadable rows too; set_aside : the same for rows without a customer in them.
    undated : rows that take the moment of loading as their time.
    filled : part -> its columns with a value somewhere.
    """

    rows: int = 0
    used: int = 0
    made: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)
    set_aside: list[tuple[int, str]] = field(default_factory=list)
    undated: int = 0
    filled: dict[str, set[str]] = field(default_factory=dict)

    @property
    def rejected(self) -> list[tuple[int, str]]:
        """Refused and set-aside rows in the order of the file, as the main part reports them."""
        return sorted([*self.refused, *((number, ASIDE + why) for number, why in self.set_aside)])


class Spool:
    """The rows of one part: the first in memory, the others in a temporary file."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.schema = text_schema(part.columns)
        self.first: pa.RecordBatch | None = None
        self.folder: tempfile.TemporaryDirectory[str] | None = None
        self.writer: pa.RecordBatchFileWriter | None = None
        self.numbers: list[int] = []
        self.rows: list[list[str | None]] = []

    def add(self, number: int, row: list[str | None]) -> None:
        """Take one row."""
        self.numbers.append(number)
        self.rows.append(row)
        if len(self.rows) >= ROWS_IN_MEMORY:
            self.flush()

    def flush(self) -> None:
        """Make a batch of the rows gathered so far."""
        if not self.rows:
            return
        batch = text_batch(self.numbers, self.rows, self.schema)  # type: ignore[arg-type]
        self.numbers, self.rows = [], []
        if self.first is None:
            self.first = batch
            return
        if self.writer is None:
            self.folder = tempfile.TemporaryDirectory(prefix="segmentary-")
            self.writer = pa.ipc.new_file(str(self.path), self.schema)
        self.writer.write_batch(batch)

    @property
    def path(self) -> Path:
        """The temporary file."""
        assert self.folder is not None  # noqa: S101
        return Path(self.folder.name) / "rows.arrow"

    def close(self) -> None:
        """End writing."""
        self.flush()
        if self.writer is not None:
            self.writer.close()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows."""
        if self.first is not None:
            yield self.first
        if self.folder is not None:
            with pa.OSFile(str(self.path)) as file:
                opened = pa.ipc.open_file(file)
                for i in range(opened.num_record_batches):
                    yield opened.get_batch(i)


def checked(made: Made) -> Made:
    """Return a row whose values can be stored.

    Raises
    ------
    RowRefused
        when a text holds half a character.
    """
    for value in made.values.values():
        if value is not None and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise RowRefused(BAD_TEXT) from None
    return made


def storable(words: str) -> str:
    """Return a reason, which may quote what a row holds, as text that can be stored and shown."""
    return " ".join(words.encode(errors="replace").decode().replace("\0", " ").split())


class Turns:
    """Of many files only one at a time keeps its rows at hand: the others are read again when they are wanted."""

    def __init__(self) -> None:
        self.last: Translation | None = None

    def take(self, translation: Translation) -> None:
        """Let one file keep its rows, and no other."""
        if self.last is not None and self.last is not translation:
            self.last.spools = None
        self.last = translation


class Translation:
    """One file read as one export.

    turns : shared by the files of a folder, so that not all of them hold their rows.
    """

    def __init__(self, raw: RawFile, export: Export, reason: str = "", turns: Turns | None = None) -> None:
        self.raw = raw
        self.export = export
        self.reason = reason
        self.parts = export.parts(raw)
        self.turns = turns or Turns()
        self.spools: dict[str, Spool] | None = None

    @cached_property
    def account(self) -> Account:
        """What became of every row."""
        account, self.spools = self.read()
        self.turns.take(self)
        return account

    def rows_of(self, part: str) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a part."""
        spools = self.spools
        if spools is None:
            _, spools = self.read()
            self.spools = spools
        self.turns.take(self)
        return spools[part].batches()

    def read(self) -> tuple[Account, dict[str, Spool]]:
        """Read the file: the account and the rows."""
        account = Account()
        spools = {part.name: Spool(part) for part in self.parts}
        columns = {part.name: part.columns for part in self.parts}
        receipts = {part.name: part.receipt for part in self.parts if part.receipt}
        translate = self.export.reader(self.raw)
        for number, record in self.raw.records(account.refused):
            account.rows += 1
            try:
                made = [checked(each) for each in translate(number, record)]
            except SetAside as why:
                account.set_aside.append((number, storable(str(why))))
                continue
            except RowRefused as why:
                account.refused.append((number, storable(str(why))))
                continue
            except RecursionError:
                account.refused.append((number, TOO_DEEP))
                continue
            if not made:
                account.refused.append((number, NOTHING_MADE))
                continue
            account.used += 1
            for name, values in made:
                spools[name].add(number, [values.get(column) for column in columns[name]])
                account.made[name] += 1
                account.filled.setdefault(name, set()).update(c for c, value in values.items() if value is not None)
            account.undated += any(name in receipts and each.get(receipts[name]) is None for name, each in made)
        account.rows = account.used + len(account.refused) + len(account.set_aside)
        for spool in spools.values():
            spool.close()
        return account, spools

    def deliveries(self, *, all_parts: bool = False) -> list[ExportPart]:
        """Return the parts that hold something; the main one where rows were refused, or nothing else is there."""
        account = self.account
        wanted = [
            part
            for place, part in enumerate(self.parts)
            if all_parts or account.made[part.name] or (place == 0 and account.rejected)
        ]
        return [ExportPart(self, part) for part in wanted or self.parts[:1]]

    def sentences(self) -> tuple[str, ...]:
        """Say what the file is and what became of its rows."""
        account = self.account
        made = ", ".join(f"{account.made[p.name]:,} {p.title}" for p in self.parts if account.made[p.name])
        out = [f"{self.export.title}: {made or 'nothing to load'}"]
        if self.reason:
            out.append(f"recognised because {self.reason}")
        for word, rows in (("refused", account.refused), ("set aside", account.set_aside)):
            for why, count in Counter(why for _, why in rows).most_common(8):
                out.append(f"{count:,} of {account.rows:,} rows {word}: {why}")
        if account.undated:
            out.append(f"{account.undated:,} rows do not say when: the moment of loading is taken")
        return tuple(out)


class ExportPart(Tabular):
    """One part of a file: a delivery with canonical columns and a settled mapping.

    ``received_at`` is set by whoever loads it, before it is read.
    """

    def __init__(self, translation: Translation, part: Part) -> None:
        base = translation.raw.delivery
        name = f"{base.name}_{part.name}" if part.name else base.name
        super().__init__(name, base.origin, base.path, limits=base.limits)
        self.translation = translation
        self.export_part = part
        self.part = base.part
        self.held = base
        self.received_at = ""

    @property
    def is_main(self) -> bool:
        """Whether it is the part that accounts for refused rows."""
        return self.export_part is self.translation.parts[0]

    @property
    def tag(self) -> str:
        """The export, its version and this part, as mappings keep them."""
        export = self.translation.export
        mode = "body" if self.translation.raw.body else "rows"
        return f"{export.name}/{export.version}/{mode}/{self.export_part.name}"

    @property
    def proposal(self) -> Proposal:
        """The settled mapping, with the reasons."""
        from dataclasses import replace

        mapping = replace(self.export_part.mapping, export=self.tag, columns=self.filled_columns())
        reasons = self.translation.sentences() if self.is_main else self.translation.sentences()[:1]
        return Proposal(mapping, 1.0, reasons)

    def filled_columns(self) -> dict[str, str]:
        """Return the canonical columns that have a value in this file, or must be there.

        A record without a value ends an earlier one, so records keep all their columns.
        """
        mapping = self.export_part.mapping
        rules = RULES[mapping.kind]
        filled = self.translation.account.filled.get(self.export_part.name)
        if filled is None or rules.table.name == RECORDS.name:
            return dict(mapping.columns)
        needed = {*rules.required, rules.key, "record_id", self.export_part.receipt}
        # Who has no id is named by an address or a cookie.
        if {mapping.columns.get("email"), mapping.columns.get("cookie")} & filled:
            needed.discard("record_id")
        return {name: column for name, column in mapping.columns.items() if column in filled or name in needed}

    @property
    def facts(self) -> FileFacts:
        """How the file is written; the rows are those of this part."""
        from dataclasses import replace

        rows = self.translation.account.made[self.export_part.name]
        return replace(self.translation.raw.delivery.facts, rows=rows)

    @property
    def schema(self) -> pa.Schema:
        """``row_number`` in the file and the columns of the part, as text."""
        return text_schema(self.export_part.columns)

    @cached_property
    def columns(self) -> tuple[SourceColumn, ...]:
        """The columns, profiled on the first rows."""
        first = next(iter(self.batches([])), None)
        table = self.schema.empty_table() if first is None else pa.Table.from_batches([first]).slice(0, SAMPLE_ROWS)
        return profile(table)

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield the rows; the main part has the refused ones of the file."""
        if self.is_main:
            rejected.extend(self.translation.account.rejected)
        column = self.export_part.receipt
        for batch in self.translation.rows_of(self.export_part.name):
            if column and self.received_at:
                place = batch.schema.get_field_index(column)
                batch = batch.set_column(place, column, pc.fill_null(batch.column(place), self.received_at))
            yield batch
