"""Web server logs in the common and combined formats of Apache and nginx."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from segmentary.sources.base import FileFacts
from segmentary.sources.delivery import Tabular, text_batches, text_schema
from segmentary.sources.files import LIMITS, Limits, TextFacts, text_facts, text_of

LINE = re.compile(
    r'(?P<ip>\S+) \S+ \S+ \[(?P<time>[^\]]{20,30})\] "(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<size>\d+|-)'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)".*)?'
)
NAMES = ("visitor_id", "time", "event", "method", "path", "status", "size", "referrer", "user_agent")
NO_LOG_LINE = "the line is not in common or combined log format"
EVENT = "page_requested"


class AccessLog(Tabular):
    """A web server's access log. ``visitor_id`` is a hash of address and browser; the address itself is not kept."""

    def __init__(self, name: str, path: Path, *, encoding: str = "", limits: Limits = LIMITS) -> None:
        super().__init__(name, str(path), path, limits=limits)
        self.file = path
        self.text: TextFacts = text_facts(path, encoding=encoding, limits=limits)

    @property
    def facts(self) -> FileFacts:
        """How the file is written."""
        text = self.text
        return FileFacts("access_log", text.encoding, " ", text.bom > 0, text.compressed, None, text.warnings)

    @property
    def schema(self) -> pa.Schema:
        """``row_number`` and the parts of a log line as text."""
        return text_schema(NAMES)

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all requests."""
        return text_batches(self.rows(rejected), self.schema)

    def rows(self, rejected: list[tuple[int, str]]) -> Iterator[tuple[int, Sequence[str | None]]]:
        """Yield numbered requests; lines of another format go to `rejected`."""
        number = 0
        for line in text_of(self.file, self.text):
            if not line.strip():
                continue
            number += 1
            row = request(line.rstrip("\r\n"))
            if row is None:
                rejected.append((number, NO_LOG_LINE))
            else:
                yield number, row


def request(line: str) -> list[str | None] | None:
    """Return the parts of one log line; None where it is in another format."""
    match = LINE.fullmatch(line)
    if match is None:
        return None
    try:
        moment = dt.datetime.strptime(match["time"], "%d/%b/%Y:%H:%M:%S %z")
    except ValueError:
        return None
    method, _, target = match["request"].partition(" ")
    path = target.rpartition(" ")[0] if " HTTP/" in target else target
    agent = given(match["agent"])
    visitor = hashlib.sha256(f"{match['ip']} {agent or ''}".encode()).hexdigest()[:16]
    return [
        visitor,
        moment.astimezone(dt.UTC).isoformat(),
        EVENT,
        method or None,
        path or None,
        match["status"],
        given(match["size"]),
        given(match["referrer"]),
        agent,
    ]


def given(text: str | None) -> str | None:
    return None if text in (None, "", "-") else text


def is_access_log(start: str) -> bool:
    """Say whether the first lines of a text are mostly log lines."""
    lines = [line for line in start.splitlines()[:-1] or start.splitlines() if line.strip()][:50]
    return bool(lines) and sum(1 for line in lines if LINE.fullmatch(line)) >= 0.6 * len(lines)
