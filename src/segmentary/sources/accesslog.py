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
from segmentary.sources.web_agents import is_bot

LINE = re.compile(
    r'(?P<ip>\S+) \S+ \S+ \[(?P<time>[^\]]{20,30})\] "(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<size>\d+|-)'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)".*)?'
)
NAMES = (
    "visitor_id",
    "session_id",
    "time",
    "event",
    "method",
    "path",
    "status",
    "size",
    "referrer",
    "user_agent",
    "bot",
)
NO_LOG_LINE = "the line is not in common or combined log format"
EVENT = "page_requested"
# A visit ends when nothing is requested for half an hour: the usual rule of web analytics.
SESSION_GAP = dt.timedelta(minutes=30)


class AccessLog(Tabular):
    """A web server's access log.

    ``visitor_id`` is a hash of address and browser; the address itself is not kept. ``session_id`` is the visitor and
    the moment the visit began; a file begins new visits. ``bot`` says whether the browser is a program by its own
    words; who names no browser at all is not called one.
    """

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
        visits: dict[str, tuple[dt.datetime, str]] = {}
        for line in text_of(self.file, self.text):
            if not line.strip():
                continue
            number += 1
            found = request(line.rstrip("\r\n"))
            if found is None:
                rejected.append((number, NO_LOG_LINE))
                continue
            visitor, moment, rest = found
            last, visit = visits.get(visitor, (None, ""))
            if last is None or moment - last > SESSION_GAP:
                visit = f"{visitor}-{moment:%Y%m%dT%H%M%S}"
            visits[visitor] = (moment if last is None else max(last, moment), visit)
            yield number, [visitor, visit, moment.isoformat(), *rest]


def request(line: str) -> tuple[str, dt.datetime, list[str | None]] | None:
    """Return visitor, moment and the other parts of one log line; None where it is in another format."""
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
    rest = [
        EVENT,
        method or None,
        path or None,
        match["status"],
        given(match["size"]),
        given(match["referrer"]),
        agent,
        "true" if is_bot(agent) else "false",
    ]
    return visitor, moment.astimezone(dt.UTC), rest


def given(text: str | None) -> str | None:
    return None if text in (None, "", "-") else text


def is_access_log(start: str) -> bool:
    """Say whether the first lines of a text are mostly log lines."""
    lines = [line for line in start.splitlines()[:-1] or start.splitlines() if line.strip()][:50]
    return bool(lines) and sum(1 for line in lines if LINE.fullmatch(line)) >= 0.6 * len(lines)
