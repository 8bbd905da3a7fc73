"""The process that templates are rendered in: it knows only the rows it is given, and can reach nothing else.

Started by `rendering` with nothing but two pipes: no environment, no files, no sockets (not one more file can be
opened), 64 MB above what it needs itself, and a second of processor time a message, after which the system ends it.
Lines of JSON come in and go out; nothing is ever unpickled, imported or evaluated once it is caged.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import json
import resource
import signal
import sys
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

MEMORY = 64 * 1024 * 1024
SOFT_SECONDS, HARD_SECONDS = 0.3, 0.5
"""Processor time of one message: after the first it is given up, after the second the process is ended."""
LONGEST = 100_000
"""Characters of one template."""
MOST_RESULTS = 64 * 1024
PARTS = ("subject", "preheader", "text", "html")


class OverrunError(BaseException):
    """One message took too long. Not an ordinary exception: what catches those on the way must not catch this."""


@dataclass(slots=True)
class Compiled:
    """The parsed parts of one variant, and how its rows are read.

    places : per value of a row, the way into the context and its type.
    """

    parts: dict[str, Any]
    places: list[tuple[tuple[str, ...], str]]
    given: dict[str, Any]
    fallbacks: dict[str, Any]
    language: str
    footer: str
    zone: dt.tzinfo
    wants_html: bool = True
    made: set[str] = field(default_factory=set)


class Child:
    """What the process keeps: languages read before the cage closed, and compiled variants by number."""

    def __init__(self, setup: dict[str, Any]) -> None:
        from segmentary.activation import html
        from segmentary.activation.dialect import Dialect
        from segmentary.activation.localised import Localised

        self.html = html
        html.cleaner()
        html.cleaned("<p>warm</p>")
        self.zone = ZoneInfo(setup["zone"])
        dt.datetime(2026, 7, 1, tzinfo=dt.UTC).astimezone(self.zone)
        self.dialects = {}
        for language in setup["languages"]:
            local = Localised(language, setup["currency"], self.zone)
            self.dialects[language] = {
                "text": Dialect(local, marks=True),
                "html": Dialect(local, autoescape=True),
                "line": Dialect(local),
            }
        self.compiled: dict[int, Compiled] = {}
        probe = self.compile(
            {"number": -1, "parts": {"text": "{{ x | default: 'y' }}"}, "language": setup["languages"][0]}
        )
        if probe.get("wrong"):
            raise RuntimeError(str(probe))
        self.render(self.compiled.pop(-1), [])

    # ------------------------------------------------------------ compiling

    def compile(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Parse the parts of a variant; say what they use, or what is wrong where."""
        dialects = self.dialects[wanted["language"]]
        parts: dict[str, Any] = {}
        uses: dict[str, list[list[str | int]]] = {}
        for part in PARTS:
            source = wanted["parts"].get(part, "")
            if not source:
                continue
            if len(source) > LONGEST:
                return {"wrong": f"the template is longer than {LONGEST:,} characters", "part": part, "line": 1}
            dialect = dialects[part if part in ("text", "html") else "line"]
            try:
                parts[part] = dialect.from_string(source.translate(self.html.UNMARKED))
                for path, line in used(parts[part]):
                    uses.setdefault(json.dumps(path), []).append([part, line])
                self.check_filters(parts[part], dialect)
                if "{{" not in source and "{%" not in source:
                    parts[part] = parts[part].render()
            except Exception as error:
                return {**told(error), "part": part}
        places = [(tuple(path), kind) for path, kind in wanted.get("places", [])]
        zone, given = self.zone, dict(wanted.get("given", {}))
        if "today" in given:
            given["today"] = dt.date.fromisoformat(given["today"])
        self.compiled[wanted["number"]] = Compiled(
            parts,
            places,
            given,
            wanted.get("fallbacks", {}),
            wanted["language"],
            wanted.get("footer", ""),
            zone,
            wanted.get("wants_html", True),
        )
        return {"uses": [[json.loads(path), where] for path, where in uses.items()]}

    def check_filters(self, template: Any, dialect: Any) -> None:
        """Refuse filters that do not exist, before anybody is written to."""
        from liquid.exceptions import UnknownFilterError

        for name, spans in template.analyze(include_partials=False).filters.items():
            if name not in dialect.filters:
                raise UnknownError(
                    f"there is no filter {name!r}", line_at(spans[0].index, template_source(template)), name
                ) from UnknownFilterError(name, token=None)

    # ------------------------------------------------------------ rendering

    def render(self, one: Compiled, row: list[Any]) -> list[Any]:
        """Return ``[0, subject, preheader, text, body, foot, missed]``, or ``[1, what is wrong, part, line]``."""
        from segmentary.activation.dialect import Missing

        part = ""
        try:
            context, missed = self.context_of(one, row)
            Missing.seen = missed
            made = {}
            for part, template in one.parts.items():
                made[part] = template if isinstance(template, str) else template.render(context)
            part = ""
            return [0, *self.finished(one, made, context), sorted(missed)]
        except OverrunError:
            return [1, "it takes too long", part, 0]
        except MemoryError:
            return [1, "it takes too much memory", part, 0]
        except RecursionError:
            return [1, "it is nested too deeply", part, 0]
        except Exception as error:
            wrong = told(error)
            return [1, wrong["wrong"], part, wrong["line"]]

    def context_of(self, one: Compiled, row: list[Any]) -> tuple[dict[str, Any], set[str]]:
        """Return what a template sees, and which variables got their fall-back."""
        from segmentary.activation.dialect import Missing, as_value

        context: dict[str, Any] = dict(one.given)
        missed: set[str] = set()
        for (path, kind), given in zip(one.places, row, strict=True):
            value = as_value(kind, given, one.zone)
            name = ".".join(path)
            if value is None:
                if name in one.fallbacks:
                    value = one.fallbacks[name]
                    missed.add(name)
                else:
                    value = Missing(name)
            if len(path) == 1:
                context[name] = value
            else:
                here = context
                for step in path[:-1]:
                    inside = here.get(step)
                    if not isinstance(inside, dict):
                        inside = here[step] = {}
                    here = inside
                here[path[-1]] = value
        return context, missed

    def finished(self, one: Compiled, made: dict[str, str], context: dict[str, Any]) -> tuple[str, str, str, str, str]:
        """Return subject, preheader, text, and the HTML of body and foot; the page around them is ours."""
        html = self.html
        subject, preheader = line(made.get("subject", "")), line(made.get("preheader", ""))
        marked = html.taken_out(made["text"]) if made.get("text") else None
        body = ""
        if one.wants_html or marked is None:
            # What is made of a text has no element, attribute or address that is not ours; written HTML is cleaned.
            body = html.html_with(*marked) if marked is not None and "html" not in made else html.cleaned(made["html"])
        text = text_only(html.plain_with(*marked) if marked is not None else html.text_of(body))
        foot = ""
        url = context.get("unsubscribe_url")
        if one.footer and isinstance(url, str):
            text = f"{text}\n\n-- \n{one.footer}: {url}\n"
            address = html.escaped(url)
            foot = f'<a href="{address}" style="color:#646b75">{html.escaped(one.footer)}</a>'
        if not text.strip():
            raise ValueError("nothing is left to say")
        return subject, preheader, text, body if one.wants_html else "", foot


class UnknownError(Exception):
    """A name in a template that does not exist. line : where."""

    def __init__(self, message: str, line: int, name: str) -> None:
        super().__init__(message)
        self.line = line
        self.name = name


def line(text: str) -> str:
    """Return text as one line without anything that could end a header or turn it round."""
    if text.isprintable():
        return " ".join(text.split())[:500]
    return " ".join("".join(letter if letter.isprintable() or letter in JOINERS else " " for letter in text).split())[
        :500
    ]


JOINERS = "\u200d\ufe0f"
STEERING: dict[int, str | None] = {
    **dict.fromkeys((*range(9), 11, 12, 13, *range(14, 32), *range(127, 160))),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    0x2028: "\n",
    0x2029: "\n",
}
"""Characters that end lines, sound bells, or turn the order of letters round."""


def text_only(text: str) -> str:
    """Return text without what steers a screen."""
    return text.translate(STEERING)


def used(template: Any) -> list[tuple[list[str], int]]:
    """Return the variables of a template that it does not make itself, each with the line it stands in."""
    found = []
    source = template_source(template)
    for places in template.analyze(include_partials=False).globals.values():
        for place in places:
            path = [str(step) if isinstance(step, str | int) else "*" for step in place.segments]
            found.append((path, line_at(place.span.index, source)))
    return found


def template_source(template: Any) -> str:
    return str(template.nodes[0].token.source) if template.nodes else ""


def line_at(index: int, source: str) -> int:
    return source.count("\n", 0, max(0, index)) + 1


def told(error: Exception) -> dict[str, Any]:
    """Return what went wrong, in one sentence, and the line of the template."""
    place = 0
    with contextlib.suppress(Exception):
        where = error.context()  # type: ignore[attr-defined]
        place = where[0] if where else 0
    if isinstance(error, UnknownError):
        return {"wrong": str(error), "line": error.line, "filter": error.name}
    if isinstance(error, MemoryError | RecursionError):
        return {"wrong": "it is nested too deeply, or too big", "line": 0}
    message = getattr(error, "message", None) or (error.args[0] if error.args else type(error).__name__)
    return {"wrong": " ".join(str(message).split())[:300], "line": place}


# ---------------------------------------------------------------- the cage


def close_the_cage() -> None:
    """Give up everything a template could misuse; there is no way back."""
    size = address_space()
    if size:
        lower(resource.RLIMIT_AS, size + MEMORY)
    lower(resource.RLIMIT_NOFILE, 3)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_CORE, 0)
    with contextlib.suppress(AttributeError, ValueError, OSError):
        lower(resource.RLIMIT_NPROC, 0)
    signal.signal(signal.SIGVTALRM, overrun)


def lower(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def address_space() -> int:
    """Return the bytes of address space in use; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            return int(stream.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def overrun(number: int, frame: object) -> None:
    del number, frame
    raise OverrunError


@contextlib.contextmanager
def timed() -> Any:
    """Allow so much processor time: the first alarm can be caught here, the second ends the process."""
    signal.setitimer(signal.ITIMER_PROF, HARD_SECONDS)
    signal.setitimer(signal.ITIMER_VIRTUAL, SOFT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def main() -> None:
    """Serve requests, one line each, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    receive, send = sys.stdin.buffer, sys.stdout.buffer
    first = receive.readline()
    if not first:
        return
    child = Child(json.loads(first))
    encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
    # What was made so far stays: it need not be looked through for garbage every few messages.
    gc.collect()
    gc.freeze()
    close_the_cage()
    send.write(b'{"ready":true}\n')
    send.flush()
    for request in iter(receive.readline, b""):
        asked = json.loads(request)
        if "compile" in asked:
            answer: dict[str, Any] = {"wrong": "it takes too long", "line": 0}
            with contextlib.suppress(OverrunError), timed():
                answer = child.compile(asked["compile"])
            send.write(encode(answer).encode() + b"\n")
            send.flush()
            continue
        serve(child, asked, send, encode)


def serve(child: Child, asked: dict[str, Any], send: Any, encode: Any) -> None:
    """Render the rows of one request; what is done leaves in time, so that the other side sees life."""
    one = child.compiled[asked["render"]]
    waiting: list[bytes] = []
    size = 0
    for row in asked["rows"]:
        made: list[Any] = [1, "it takes too long", "", 0]
        with contextlib.suppress(OverrunError), timed():
            made = child.render(one, row)
        text = encode(made).encode()
        waiting.append(text)
        size += len(text)
        if size > MOST_RESULTS:
            send.write(b"\n".join(waiting) + b"\n")
            send.flush()
            waiting, size = [], 0
    if waiting:
        send.write(b"\n".join(waiting) + b"\n")
        send.flush()


if __name__ == "__main__":
    main()
