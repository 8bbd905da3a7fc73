"""JSON: one object per line, or one array of objects. Nested objects are flattened with dots, lists kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from segmentary.errors import SourceError
from segmentary.sources.base import ROW_NUMBER, FileFacts
from segmentary.sources.delivery import Tabular, text_batches, text_schema
from segmentary.sources.files import LIMITS, Limits, text_facts, text_of
from segmentary.sources.names import unique

T = TypeVar("T")
LARGEST_ARRAY = 1 << 30
DEEPEST = 40
CUT = "the line is cut off or no JSON"
NO_OBJECT = "the line is no JSON object"
BAD_TEXT = "the line holds half a character (a lone surrogate)"
TOO_DEEP = "the object is nested too deeply"
BAD_NUMBER = "the line holds NaN or Infinity, which JSON does not have"


class NoJson(ValueError):  # noqa: N818 - never leaves this module
    """Why a text is no record."""


class Text(str):
    """A number of the document, exactly as written."""

    __slots__ = ()


def refuse_constant(name: str) -> Any:
    raise NoJson(BAD_NUMBER)


DECODER = json.JSONDecoder(parse_float=Text, parse_int=Text, parse_constant=refuse_constant)


def flat(value: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str | None]]:
    """Yield (dotted name, text) of every leaf of an object."""
    if depth > DEEPEST:
        raise NoJson(TOO_DEEP)
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, dict) and inner:
            yield from flat(inner, f"{name}.", depth + 1)
        else:
            yield name, leaf(inner)


def leaf(value: Any) -> str | None:
    """Return a leaf as text: numbers as written, lists as JSON, null as missing."""
    match value:
        case None:
            return None
        case Text():
            return str.__str__(value)
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case dict():
            return None  # an empty object says nothing
    return "".join(written(value))


def written(value: Any) -> Iterator[str]:
    """Yield the pieces of a JSON text, with numbers as they were written."""
    if isinstance(value, Text):
        yield str.__str__(value)
    elif isinstance(value, dict):
        yield "{"
        for place, (key, inner) in enumerate(value.items()):
            yield f"{', ' if place else ''}{json.dumps(key, ensure_ascii=False)}: "
            yield from written(inner)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for place, inner in enumerate(value):
            if place:
                yield ", "
            yield from written(inner)
        yield "]"
    else:
        yield json.dumps(value, ensure_ascii=False)


def record(text: str) -> dict[str, str | None]:
    """Return one line as a flat record.

    Raises
    ------
    NoJson
        with the reason, when it is none.
    """
    try:
        value = DECODER.decode(text)
        if not isinstance(value, dict):
            raise NoJson(NO_OBJECT)
        return checked(dict(flat(value)))
    except RecursionError:
        raise NoJson(TOO_DEEP) from None
    except json.JSONDecodeError:
        raise NoJson(CUT) from None


def checked(found: dict[str, str | None]) -> dict[str, str | None]:
    for name, value in found.items():
        if not (name.isascii() and (value is None or value.isascii())):
            try:
                name.encode()
                (value or "").encode()
            except UnicodeEncodeError:
                raise NoJson(BAD_TEXT) from None
    return found


class JsonRecords(Tabular):
    """A file of JSON records: lines, or one array.

    The file is read once when its columns are wanted, so that a field that first occurs in the last row is a column.
    """

    def __init__(self, name: str, path: Path, *, encoding: str = "", limits: Limits = LIMITS) -> None:
        super().__init__(name, str(path), path, limits=limits)
        self.file = path
        self.text = text_facts(path, encoding=encoding, limits=limits)
        self.lines = not starts_array(path, text_of(path, self.text))

    @property
    def facts(self) -> FileFacts:
        """How the file is written."""
        text = self.text
        kind = "jsonl" if self.lines else "json"
        return FileFacts(kind, text.encoding, "", text.bom > 0, text.compressed, None, text.warnings)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The dotted names of all fields, in the order they first occur."""
        seen: dict[str, None] = {}
        for _, found in self.records([]):
            seen.update(dict.fromkeys(found))
            if len(seen) > self.limits.columns:
                raise SourceError(
                    f"{self.file.name}: more than {self.limits.columns:,} different fields",
                    hint="fields named after ids belong into a list of objects",
                )
        return tuple(seen)

    @cached_property
    def schema(self) -> pa.Schema:
        """``row_number`` and every field as text."""
        return text_schema(unique((k or "column" for k in self.keys), reserved=(ROW_NUMBER,)))

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all records."""
        return text_batches(self.rows(rejected), self.schema)

    def rows(self, rejected: list[tuple[int, str]]) -> Iterator[tuple[int, Sequence[str | None]]]:
        """Yield numbered records in the order of the columns."""
        keys = self.keys
        for number, found in self.records(rejected):
            yield number, [found.get(key) for key in keys]

    def records(self, rejected: list[tuple[int, str]]) -> Iterator[tuple[int, dict[str, str | None]]]:
        """Yield numbered records; what is none goes to `rejected`."""
        return numbered(self.pieces(), record, rejected, damaged=self.text.damaged)

    def pieces(self) -> Iterable[str]:
        """Return the JSON text of every record."""
        lines = text_of(self.file, self.text)
        if self.lines:
            return lines
        if self.text.decoded_bytes > LARGEST_ARRAY:
            raise SourceError(
                f"{self.file.name}: a JSON array of more than {LARGEST_ARRAY:,} bytes",
                hint="export JSON lines, one object per line",
            )
        return array_pieces("".join(lines), self.file.name)


def numbered(
    pieces: Iterable[str], read: Callable[[str], T], rejected: list[tuple[int, str]], *, damaged: bool
) -> Iterator[tuple[int, T]]:
    """Yield what is read of every piece of JSON with its number; what is no row goes to `rejected`, with the reason.

    damaged : the file holds bytes that are not UTF-8; the rows they stand in are refused.
    """
    number = 0
    for piece in pieces:
        if not piece.strip():
            continue
        number += 1
        try:
            if damaged and "\ufffd" in piece:
                raise NoJson("the row holds bytes that are not UTF-8")
            found = read(piece)
        except NoJson as reason:
            rejected.append((number, str(reason)))
            continue
        if found:
            yield number, found
        else:
            rejected.append((number, "the row is empty"))


def starts_array(path: Path, lines: Iterator[str]) -> bool:
    """Say whether a file is one array (or one object around an array) rather than lines."""
    for line in lines:
        text = line.strip()
        if not text:
            continue
        if text.startswith("["):
            # One list a line is lines, such as bodies of webhooks one below the other.
            behind = next((more.strip() for more in lines if more.strip()), "") if text.endswith("]") else ""
            return not behind.startswith("[")
        if not text.startswith("{"):
            raise SourceError(f"{path.name}: this is no JSON", hint="expected one object per line, or an array")
        try:
            DECODER.decode(text)
        except NoJson:
            return False
        except json.JSONDecodeError as error:
            # An object that goes on over the next line is a document; a broken line among others is a broken line.
            return error.pos >= len(text) and next((True for more in lines if more.strip()), False)
        except RecursionError:
            return False
        following = next((more for more in lines if more.strip()), None)
        return following is None and wraps_records(DECODER.decode(text))
    return False


def wraps_records(value: Any) -> bool:
    """Say whether an object is an envelope: exactly one of its values is a list of objects."""
    return isinstance(value, dict) and len(record_lists(value)) == 1


def record_lists(value: Mapping[str, Any]) -> list[list[Any]]:
    return [v for v in value.values() if isinstance(v, list) and v and all(isinstance(r, dict) for r in v)]


def array_pieces(text: str, file: str) -> Iterator[str]:
    """Yield the text of every element of an array, or of the one list inside an envelope."""
    start = text.find("[") if text.lstrip().startswith("[") else envelope_start(text, file)
    place = start + 1
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if place >= len(text) or text[place] == "]":
            return
        try:
            _, end = DECODER.raw_decode(text, place)
        except NoJson:
            end = next_object(text, place)
        except (json.JSONDecodeError, RecursionError):
            yield text[place : place + 1_000]
            return
        yield text[place:end]
        place = end


def next_object(text: str, place: int) -> int:
    """Return the end of an element that cannot be decoded, as the lenient decoder sees it."""
    try:
        return json.JSONDecoder().raw_decode(text, place)[1]
    except (json.JSONDecodeError, RecursionError):
        return len(text)


def envelope_start(text: str, file: str) -> int:
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError):
        value = None
    lists = record_lists(value) if isinstance(value, dict) else []
    if len(lists) != 1:
        raise SourceError(
            f"{file}: a JSON document without a list of records", hint="expected one object per line, or an array"
        )
    names = [key for key, inner in value.items() if inner is lists[0]] if isinstance(value, dict) else []
    key = json.dumps(names[0], ensure_ascii=False)
    at = text.find(key)
    while not text[at + len(key) :].lstrip().startswith(":"):
        at = text.find(key, at + 1)
    return text.index("[", at + len(key))
