"""Messages out of templates and rows, rendered in a caged child process that is replaced whenever it misbehaves.

::

    with Renderer(zone="Europe/London", currency="GBP") as renderer:
        variant = renderer.compile(parts, places, language="en")
        for made in renderer.render(variant, rows): ...

One message that takes more than a second, or more than 64 MB, fails and says where; the others go on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from segmentary.activation.html import page
from segmentary.errors import DefinitionError, SegmentaryError

BATCH = 250
SECONDS = 1.0
"""So long nothing may come from the child before it is ended."""
START_SECONDS = 30.0
MOST_COMPILED = 100
"""After so many variants a new child begins: the old one's memory is bounded."""
PROGRAM = "import sys; sys.path.append(sys.argv[1]); from segmentary.activation.rendering_child import main; main()"
ROOT = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True, slots=True)
class Made:
    """One rendered message. missed : variables that had no value, so that a fall-back stands there."""

    subject: str
    preheader: str
    text: str
    html: str
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """One message that could not be rendered. part : subject, preheader, text or html. line : in it; 0 unknown."""

    reason: str
    part: str
    line: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """A variant the child knows. uses : the variables it reads (the way into them), with part and line of each use."""

    number: int
    uses: Mapping[tuple[str, ...], tuple[tuple[str, int], ...]]
    asked: Mapping[str, Any] = field(repr=False, default_factory=dict)


class TemplateError(DefinitionError):
    """A template cannot be read. part : which of them. line : in it. filter : the one that does not exist."""

    def __init__(self, reason: str, part: str, line: int, unknown: str = "", hint: str | None = None) -> None:
        where = f"{part}, line {line}" if line else part
        super().__init__(reason, hint=hint, pointer=where or None)
        self.part, self.line, self.unknown = part, line, unknown


def message_id(origin: str, customer_id: str, step: str = "") -> str:
    """Return the id of one message: the same origin, customer and step give the same, everywhere and always.

    It is safe as the local part of a Message-ID and in an address.

    >>> message_id("autumn-1", "c7")
    'autumn-1.f5e302e271001a68a871a0e4'
    """
    digest = hashlib.sha256("\0".join((origin, customer_id, step)).encode()).hexdigest()
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', origin)[:60]}.{digest[:24]}"


class Renderer:
    """A caged child process and what it was told to compile.

    Parameters
    ----------
    zone, currency : of times and amounts. languages : every language templates will be compiled for.
    """

    def __init__(self, *, zone: str = "UTC", currency: str = "EUR", languages: Sequence[str] = ("en",)) -> None:
        self.setup: dict[str, Any] = {
            "zone": zone,
            "currency": currency,
            "languages": list(dict.fromkeys(languages)) or ["en"],
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.known: dict[int, Compiled] = {}
        self.asked: dict[str, Compiled] = {}
        self.told: set[int] = set()
        self.received = b""
        self.starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        process, self.process = self.process, None
        self.told, self.received = set(), b""
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()

    # ------------------------------------------------------------ asking

    def compile(
        self,
        parts: Mapping[str, str],
        places: Sequence[tuple[Sequence[str], str]] = (),
        *,
        language: str = "en",
        given: Mapping[str, Any] | None = None,
        fallbacks: Mapping[str, Any] | None = None,
        footer: str = "",
        wants_html: bool = True,
    ) -> Compiled:
        """Have a variant parsed.

        Parameters
        ----------
        parts : subject, preheader, text, html. places : of every value in a row, the way to it and its type (text,
        number, date, time, boolean, list, offer, plain). given : what every message sees. fallbacks : by the way,
        joined with points. footer : words of the unsubscribe line, where one is to be added. wants_html : else the
        text alone is made.

        Raises
        ------
        TemplateError
            when a part is no Liquid of ours, with its line.
        """
        asked = {
            "number": len(self.known),
            "parts": dict(parts),
            "places": [[list(path), kind] for path, kind in places],
            "language": language,
            "given": dict(given or {}),
            "fallbacks": dict(fallbacks or {}),
            "footer": footer,
            "wants_html": wants_html,
        }
        if language not in self.setup["languages"]:
            self.setup["languages"].append(language)
            self.close()
        same = json.dumps({**asked, "number": 0}, sort_keys=True)
        if same in self.asked:
            return self.asked[same]
        if len(self.told) >= MOST_COMPILED:
            self.close()
        self.started()
        answer = self.compiled(asked)
        uses = {tuple(path): tuple((part, line) for part, line in where) for path, where in answer["uses"]}
        compiled = Compiled(len(self.known), uses, asked)
        self.known[compiled.number] = compiled
        self.told.add(compiled.number)
        self.asked[same] = compiled
        return compiled

    def compiled(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Have the child parse a variant; return what it says of it."""
        text = self.line() if self.send({"compile": asked}) else None
        if text is None and self.ended_from_outside():
            self.started()
            text = self.line() if self.send({"compile": asked}) else None
        if text is None:
            self.close()
            raise TemplateError("the template takes too long to read, or too much memory", "", 0)
        answer: dict[str, Any] = json.loads(text)
        if "wrong" in answer:
            raise TemplateError(
                answer["wrong"], answer.get("part", ""), answer.get("line", 0), answer.get("filter", "")
            )
        return answer

    def render(self, variant: Compiled, rows: Iterable[Sequence[Any]]) -> Iterator[Made | Failed]:
        """Yield one result per row, in order. Values are JSON: numbers as text, dates and times as ISO 8601."""
        waiting = iter(rows)
        while batch := list(islice(waiting, BATCH)):
            yield from self.batch(variant, batch)

    def batch(self, variant: Compiled, rows: list[Sequence[Any]]) -> list[Made | Failed]:
        """Return the results of a few rows. If the child dies, they are given to a new one, one at a time."""
        found = self.answered(variant, rows)
        if len(found) == len(rows):
            return found
        for row in rows[len(found) :]:
            one = self.answered(variant, [row])
            # A child that was merely kept waiting by a busy machine gets one more chance.
            one = one or self.answered(variant, [row])
            found += one or [Failed("it takes too long, or too much memory", "", 0)]
        return found

    def answered(self, variant: Compiled, rows: list[Sequence[Any]]) -> list[Made | Failed]:
        """Return what the child answers until it is done, dies, or is silent for too long."""
        self.started()
        if variant.number not in self.told:
            self.compiled(variant.asked)
            self.told.add(variant.number)
        found: list[Made | Failed] = []
        if not self.send({"render": variant.number, "rows": rows}):
            self.close()
            return found
        while len(found) < len(rows):
            text = self.line()
            if text is None:
                self.close()
                break
            found.append(result(json.loads(text), variant))
        return found

    # ------------------------------------------------------------ the process

    def started(self) -> None:
        """Make sure there is a child.

        Raises
        ------
        SegmentaryError
            when it cannot be started.
        """
        if self.process is not None and self.process.poll() is None:
            return
        self.close()
        self.starts += 1
        self.process = subprocess.Popen(  # noqa: S603 - our own program, nothing of a user's in it
            [sys.executable, "-I", "-c", PROGRAM, ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/" if sys.platform != "win32" else None,
            close_fds=True,
        )
        self.send(self.setup)
        if self.line(START_SECONDS) is None:
            self.close()
            raise SegmentaryError("the process that renders messages did not start", hint="is there enough memory?")

    def ended_from_outside(self) -> bool:
        """Say whether somebody else ended the child, and take leave of it."""
        process = self.process
        if process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
        if process.returncode not in (-signal.SIGKILL, -signal.SIGTERM):
            return False
        self.close()
        return True

    def send(self, request: Mapping[str, Any]) -> bool:
        """Write one line; say whether the child took it."""
        stream = self.process.stdin if self.process is not None else None
        if stream is None:
            return False
        try:
            stream.write(json.dumps(request, separators=(",", ":")).encode() + b"\n")
            stream.flush()
        except OSError:
            return False
        return True

    def line(self, seconds: float = SECONDS) -> bytes | None:
        """Return the next line, or nothing when the child ended or was silent for so long."""
        stream = self.process.stdout if self.process is not None else None
        if stream is None:
            return None
        while (end := self.received.find(b"\n")) < 0:
            if not select.select([stream], [], [], seconds)[0]:
                return None
            piece = stream.read1(1 << 20)  # type: ignore[attr-defined]
            if not piece:
                return None
            self.received += piece
        text, self.received = self.received[:end], self.received[end + 1 :]
        return text


def result(answer: Sequence[Any], variant: Compiled) -> Made | Failed:
    if answer[0]:
        return Failed(answer[1], answer[2], answer[3])
    _, subject, preheader, text, body, foot, missed = answer
    whole = ""
    if variant.asked["wants_html"]:
        whole = page(body, title=subject, preheader=preheader, language=variant.asked["language"], foot=foot)
    return Made(subject, preheader, text, whole, tuple(missed))
