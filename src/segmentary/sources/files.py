"""Bytes of a file: decompressed, decoded and within limits, whatever the file pretends to be."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from segmentary.errors import SourceError

CHUNK = 1 << 20
HEAD = 1 << 18
MOST_LAYERS = 3
MAGIC = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A guess counts only where the guesser recognised a language; everything else is taken for Western European.
FOREIGN = ("cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp932", "gb18030", "big5", "euc_kr", "euc_jp", "koi8_r")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be once it is unpacked.

    Attributes
    ----------
    rows, decoded_bytes, columns : of one delivery.
    line_bytes : of one line of a text file.
    expansion : unpacked bytes per packed byte, checked once more than `expansion_from` bytes are unpacked.
    """

    rows: int = 500_000_000
    decoded_bytes: int = 128 << 30
    columns: int = 5_000
    line_bytes: int = 4 << 20
    expansion: int = 300
    expansion_from: int = 256 << 20


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What a full pass over a text file found.

    Attributes
    ----------
    decoded_bytes : size after unpacking.
    newlines, quotes : number of line feeds and of double quotes.
    damaged : the file is UTF-8 but for a few bytes: rows that hold them are refused one by one.
    """

    encoding: str
    bom: int
    compressed: str
    decoded_bytes: int
    newlines: int
    quotes: int
    damaged: bool
    warnings: tuple[str, ...]


def readable(path: Path) -> Path:
    """Return a path that can be read, or say why not."""
    if not path.exists():
        raise SourceError(f"{path}: there is no such file", hint="check the spelling and the folder")
    if not path.is_file():
        raise SourceError(f"{path}: this is not a file", hint="give a file, or a folder of files")
    return path


def compression(path: Path) -> str:
    """Return gzip, zstd or "", by the first bytes: suffixes lie."""
    with readable(path).open("rb") as file:
        return packing(file.read(8))


def packing(start: bytes) -> str:
    """Return gzip, zstd or "", by the first bytes of a file: suffixes lie."""
    return next((name for magic, name in MAGIC if start.startswith(magic)), "")


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a file as plain bytes, unpacking gzip and zstd, also one in the other; damage becomes a SourceError."""
    layers: list[str] = []
    try:
        with ExitStack() as open_streams:
            stream = cast(IO[bytes], open_streams.enter_context(readable(path).open("rb")))
            for _ in range(MOST_LAYERS):
                stream = cast(IO[bytes], io.BufferedReader(cast(io.RawIOBase, Forward(stream)), CHUNK))
                kind = packing(cast(io.BufferedReader, stream).peek(4))
                if not kind:
                    break
                layers.append(kind)
                stream = open_streams.enter_context(unpacking(stream, kind))
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise damaged_archive(path, layers) from error
    except OSError as error:
        if "zstd" in layers:
            raise damaged_archive(path, layers) from error
        raise SourceError(f"{path.name}: cannot be read: {error.strerror or error}") from error


def unpacking(stream: IO[bytes], kind: str) -> AbstractContextManager[IO[bytes]]:
    if kind == "gzip":
        return cast(AbstractContextManager[IO[bytes]], gzip.GzipFile(fileobj=stream, mode="rb"))
    return cast(AbstractContextManager[IO[bytes]], pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), kind))


def damaged_archive(path: Path, layers: list[str]) -> SourceError:
    return SourceError(
        f"{path.name}: the {layers[-1] if layers else 'packed'} file is damaged or cut off",
        hint="copy or export the file again",
    )


def head(path: Path, size: int = HEAD) -> bytes:
    """Return the first bytes of a file, unpacked."""
    with unpacked(path) as file:
        return read_fully(file, size)


def read_fully(file: IO[bytes], size: int) -> bytes:
    parts = []
    while size > 0 and (part := file.read(size)):
        parts.append(bytes(part))
        size -= len(part)
    return b"".join(parts)


def check_expansion(path: Path, packed: int, decoded: int, limits: Limits) -> None:
    """Refuse a file that unpacks to more than anyone would export."""
    if decoded > limits.decoded_bytes:
        raise SourceError(
            f"{path.name}: more than {limits.decoded_bytes:,} bytes once unpacked", hint="split the file into parts"
        )
    if decoded > limits.expansion_from and decoded > packed * limits.expansion:
        raise SourceError(
            f"{path.name}: unpacks to more than {limits.expansion} times its size, which no real export does",
            hint="unpack it yourself and look at it before adding it",
        )


class Scan:
    """One pass over the bytes of a text file: is it UTF-8, how long are its lines, how many quotes has it."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.size = self.newlines = self.quotes = self.run = 0
        self.good = self.bad = 0
        self.decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self.pending = False
        self.sample = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.size += len(chunk)
        self.newlines += chunk.count(b"\n")
        self.quotes += chunk.count(b'"')
        self.measure_lines(chunk)
        if self.pending or not chunk.isascii():
            self.check_utf8(chunk)

    def measure_lines(self, chunk: bytes) -> None:
        """Refuse lines that are too long."""
        first = chunk.find(b"\n")
        if first < 0 and b"\r" in chunk:
            first = chunk.find(b"\r")
        longest = self.run + (len(chunk) if first < 0 else first)
        if longest > self.limits.line_bytes:
            raise SourceError(
                f"{self.path.name}: line {self.newlines + 1:,} or one near it is longer than "
                f"{self.limits.line_bytes:,} bytes: this is not a table",
                hint="check that the file is a text table with one record per line",
            )
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r") if first >= 0 else -1)
        self.run = longest if last < 0 else len(chunk) - last - 1

    def check_utf8(self, chunk: bytes) -> None:
        """Count what is UTF-8 and what is not."""
        try:
            text = self.decoder.decode(chunk)
            self.good += len(chunk) - len(text) if len(text) < len(chunk) else 0
            self.pending = bool(self.decoder.getstate()[0])
        except UnicodeDecodeError:
            self.decoder.reset()
            self.pending = False
            replaced = chunk.decode("utf-8", errors="replace")
            self.bad += replaced.count("\ufffd")
            self.good += sum(1 for c in replaced if ord(c) > 127 and c != "\ufffd")
            if len(self.sample) < HEAD:
                self.sample += lines_with_high_bytes(chunk)[:HEAD]


def lines_with_high_bytes(chunk: bytes) -> bytes:
    return b"\n".join(line for line in chunk.split(b"\n")[:20_000] if not line.isascii())


def text_facts(path: Path, *, encoding: str = "", limits: Limits = LIMITS) -> TextFacts:
    """Read a text file once and return how it is written.

    Raises
    ------
    SourceError
        when it is damaged, not text, or beyond the limits.
    """
    start = head(path)
    mark = next(((len(bom), name) for bom, name in BOMS if start.startswith(bom)), (0, ""))
    wide = mark[1] if mark[1] not in ("", "utf-8") else wide_encoding(start)
    packed = path.stat().st_size
    scan = Scan(path, limits)
    with unpacked(path) as file:
        while chunk := file.read(CHUNK):
            scan.feed(bytes(chunk))
            check_expansion(path, packed, scan.size, limits)
    warnings: list[str] = []
    damaged = False
    if encoding:
        chosen = known_encoding(encoding)
        damaged = chosen == "utf-8" and scan.bad > 0
    elif wide:
        chosen = wide
    elif scan.bad == 0:
        if scan.pending:
            warnings.append("the last character is cut off")
            damaged = True
        chosen = "utf-8"
    elif mark[1] == "utf-8" or scan.good > 20 * scan.bad:
        chosen, damaged = "utf-8", True
        warnings.append(f"{scan.bad} places are not UTF-8: the rows that hold them are refused")
    else:
        chosen = guess_encoding(scan.sample)
        warnings.append(f"not UTF-8: read as {chosen} by guess; look at names with accents, or give the encoding")
    if not looks_textual(start.decode(chosen, errors="replace")):
        raise SourceError(f"{path.name}: this is not a text file", hint="export it as CSV, JSON lines or Parquet")
    return TextFacts(
        encoding=chosen,
        bom=mark[0],
        compressed=compression(path),
        decoded_bytes=scan.size,
        newlines=scan.newlines,
        quotes=scan.quotes,
        damaged=damaged,
        warnings=tuple(warnings),
    )


def wide_encoding(start: bytes) -> str:
    """Return utf-16-le or utf-16-be where every second byte of a file without mark is zero."""
    if len(start) < 4 or start.count(0) < len(start) // 4:
        return ""
    return "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"


def looks_textual(text: str) -> bool:
    """Say whether a decoded beginning is text: hardly any control characters."""
    controls = sum(1 for c in text if c < " " and c not in "\t\r\n\f\v")
    return controls <= max(2, len(text) // 100)


def known_encoding(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise SourceError(
            f"unknown encoding {encoding!r}", hint="for example utf-8, windows-1252, latin-1, utf-16"
        ) from None


def guess_encoding(sample: bytes) -> str:
    """Return the likeliest encoding of lines that are not UTF-8: Western European unless a language speaks against."""
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample[:65_536]).best()
    if best is not None and best.encoding in FOREIGN and best.coherence > 0.2:
        return str(best.encoding)
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


class Forward(io.RawIOBase):
    """Any readable object as a raw stream, so that its first bytes can be looked at before they are read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source

    def readable(self) -> bool:
        """Say that reading works."""
        return True

    def readinto(self, target: object) -> int:
        """Fill a buffer with the next bytes."""
        view = memoryview(cast(bytearray, target))
        data = bytes(self.source.read(len(view)))
        view[: len(data)] = data
        return len(data)


class DecodedStream(io.RawIOBase):
    """A file as UTF-8 bytes from a given place: unpacked, decoded, without byte order mark.

    Parameters
    ----------
    source : plain bytes of the file, at its beginning.
    skip : bytes of the decoded text (as UTF-8) to leave out at the beginning, such as the header.
    """

    def __init__(self, source: IO[bytes], facts: TextFacts, *, skip: int = 0) -> None:
        self.source = source
        self.plain = facts.encoding == "utf-8" and not facts.damaged
        self.decoder = codecs.getincrementaldecoder(facts.encoding)("replace")
        read_fully(source, facts.bom)
        self.buffer = b""
        self.ended = False
        while skip > 0 and self.fill():
            dropped = min(skip, len(self.buffer))
            self.buffer, skip = self.buffer[dropped:], skip - dropped

    def fill(self) -> bool:
        """Make sure there are bytes to give; say whether there are."""
        while not self.buffer and not self.ended:
            chunk = bytes(self.source.read(CHUNK))
            self.ended = not chunk
            self.buffer = chunk if self.plain else self.decoder.decode(chunk, final=self.ended).encode("utf-8")
        return bool(self.buffer)

    def readable(self) -> bool:
        """Say that reading works."""
        return True

    def readinto(self, target: object) -> int:
        """Fill a buffer with the next bytes."""
        view = memoryview(cast(bytearray, target))
        if not self.fill():
            return 0
        size = min(len(view), len(self.buffer))
        view[:size] = self.buffer[:size]
        self.buffer = self.buffer[size:]
        return size


def text_of(path: Path, facts: TextFacts) -> Iterator[str]:
    """Yield the lines of a text file, each with its line end as written."""
    with unpacked(path) as source:
        stream = io.BufferedReader(DecodedStream(source, facts), CHUNK)
        yield from io.TextIOWrapper(stream, encoding="utf-8", newline="")
