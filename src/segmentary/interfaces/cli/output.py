"""What the command line prints: data on standard output, talk on standard error.

A table is coloured and fitted to the window on a terminal, plain and never cut when it goes elsewhere.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, TextIO

from segmentary.interfaces.cli.afar import current
from segmentary.workspace.plain_json import document, to_json

if TYPE_CHECKING:
    from rich.console import Console

    from segmentary.errors import SegmentaryError
    from segmentary.models.progress import Tell
    from segmentary.models.table.findings import Finding
    from segmentary.report.files import DocumentFiles

MISSING = "–"
Step = Callable[[str], None]


class Share(Decimal):
    """A share between 0 and 1, shown as a percentage."""


def is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and surroundings().get("TERM") != "dumb"


def surroundings() -> Mapping[str, str]:
    """Return what the terminal of this command is like, as variables of the environment."""
    asked = current.get()
    return os.environ if asked is None else asked.environment


def columns() -> int:
    """Return how wide the terminal of this command is."""
    import shutil

    asked = current.get()
    return shutil.get_terminal_size().columns if asked is None else int(asked.environment.get("COLUMNS", "80"))


def console(stream: TextIO) -> Console:
    from rich.console import Console

    stream = getattr(stream, "here", stream)
    return Console(
        file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True, _environ=dict(surroundings())
    )


def say(message: str = "", *, style: str = "") -> None:
    """Tell the person something that is not data."""
    write(sys.stderr, message, style)


def show(message: str = "", *, style: str = "") -> None:
    """Print one line of the answer."""
    write(sys.stdout, message, style)


def show_prose(message: str, *, style: str = "") -> None:
    """Print sentences: on a terminal broken between words, elsewhere on one line."""
    if is_terminal(sys.stdout):
        import textwrap

        message = textwrap.fill(message, max(20, columns()), break_long_words=False, break_on_hyphens=False)
    show(message, style=style)


def write(stream: TextIO, message: str, style: str) -> None:
    message = printable(message)
    if style and is_terminal(stream):
        console(stream).print(message, style=style)
    else:
        print(message, file=stream)


def show_json(value: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(to_json(document(value)) + "\n")


def complain(error: SegmentaryError) -> None:
    """Print what went wrong and what to do about it."""
    write_label("error", error.message, "bold red")
    if error.hint:
        write_label("hint", error.hint, "cyan")


def warn(message: str) -> None:
    write_label("warning", message, "yellow")


def write_label(label: str, message: str, style: str) -> None:
    if is_terminal(sys.stderr):
        from rich.text import Text

        console(sys.stderr).print(Text.assemble((f"{label}: ", style), printable(message)))
    else:
        print(f"{label}: {printable(message)}", file=sys.stderr)  # noqa: T201


def printable(text: str) -> str:
    """Return text without characters that could steer a terminal: names come from other people's files."""
    asked = current.get()
    if asked is not None:
        text = asked.as_given(text)
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf") else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def cell(value: object) -> str:
    """Return a value as one cell of a table.

    >>> [cell(v) for v in (1234567, Decimal("8911407.904"), Share("0.6558"), None, True, "Paris")]
    ['1,234,567', '8,911,407.90', '65.6 %', '–', 'yes', 'Paris']
    """
    match value:
        case None:
            return MISSING
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case Share():
            return f"{value * 100:.1f} %"
        case Decimal() | float():
            return f"{value:,.0f}" if value == int(value) and not isinstance(value, Decimal) else f"{value:,.2f}"
        case dt.datetime():
            return value.strftime("%Y-%m-%d %H:%M" if value.second == 0 else "%Y-%m-%d %H:%M:%S")
        case dt.date():
            return value.isoformat()
        case list() | tuple() | set() | frozenset():
            return ", ".join(cell(part) for part in value)
    return printable(str(value)).replace("\n", " ")


def share(part: int, whole: int) -> Share | None:
    return Share(Decimal(part) / Decimal(whole)) if whole else None


def percent(value: float | None) -> Share | None:
    return None if value is None else Share(str(value))


def show_table(headers: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = "", empty: str = "") -> None:
    """Print a table; numbers stand at the right. With no rows, say `empty` on standard error instead."""
    if not rows:
        if empty:
            say(empty)
        return
    right = [is_numeric([row[index] for row in rows]) for index in range(len(headers))]
    cells = [[cell(value) for value in row] for row in rows]
    if is_terminal(sys.stdout):
        show_rich(headers, cells, right, title)
    else:
        if title:
            show(title)
        for line in plain_lines([list(headers), *cells], right):
            show(line)


def is_numeric(values: Sequence[object]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(v, (int, float, Decimal)) and not isinstance(v, bool) for v in known)


def show_rich(headers: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[bool], title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    sizes = [max(width(row[number]) for row in cells) for number in range(len(headers))]
    wide = sum(max(size, width(header)) + 3 for size, header in zip(sizes, headers, strict=True)) - 3
    stream = getattr(sys.stdout, "here", sys.stdout)
    console = Console(file=stream, highlight=False, _environ=dict(surroundings()))
    gap = 3 if wide <= console.width else 2
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim", title_justify="left")
    if title:
        table.title = Text(title, style="bold not italic")
    for number, header in enumerate(headers):
        # A number that is cut is another number: what gives way are headings and texts.
        if right[number] and wide > console.width and width(header) > sizes[number]:
            header = header.replace(" ", "\n")
        table.add_column(
            header,
            justify="right" if right[number] else "left",
            style="bold" if number == 0 else "",
            no_wrap=right[number],
            min_width=max(sizes[number], *map(width, header.split("\n"))) if right[number] else min(sizes[number], 8),
            overflow="fold",
        )
    for row in cells:
        table.add_row(*(Text(value, style="dim" if value == MISSING else "") for value in row))
    console.print(table)


def plain_lines(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> Iterator[str]:
    widths = [max(width(row[index]) for row in rows) for index in range(len(right))]
    for row in rows:
        parts = []
        for value, size, at_right in zip(row, widths, right, strict=True):
            space = " " * (size - width(value))
            parts.append(space + value if at_right else value + space)
        yield "  ".join(parts).rstrip()


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@contextmanager
def progress(message: str) -> Iterator[Step]:
    """Show what is going on, on a terminal only: yields a function that names the step."""
    asked = current.get()
    if asked is not None:
        asked.send({"step": message})
        yield lambda step: asked.send({"step": asked.as_given(step)})
        asked.send({"step": ""})
        return
    if not is_terminal(sys.stderr):
        yield lambda _step: None
        return
    with console(sys.stderr).status(message, spinner="dots", spinner_style="dim") as status:
        yield lambda step: status.update(printable(step))


def telling(step: Step) -> Tell:
    """Return what a long piece of work tells its progress to."""
    return lambda sentence, done: step(f"{sentence} ({done:.0%})")


def show_findings(findings: Iterable[Finding]) -> None:
    """Say what was noticed, on standard error."""
    for one in findings:
        (say if one.level == "note" else warn)(f"{one.message} ({one.hint})" if one.hint else one.message)


def show_files(files: DocumentFiles, *, as_json: bool) -> None:
    """Print where a report was written, and say what is missing of it."""
    if as_json:
        show_json(files)
        return
    for file in (files.html, files.xlsx, files.pdf, files.pptx):
        if file is not None:
            show(str(file))
    for missing in files.missing:
        say(missing)


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "file"), plural(1200, "row"), plural(2, "entry")
    ('1 file', '1,200 rows', '2 entries')
    """
    if count == 1:
        return f"1 {noun}"
    many = noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
    return f"{count:,} {many}"


def lag(seconds: int) -> str:
    """Return a length of time in its largest whole unit.

    >>> [lag(n) for n in (12, 3_700, 200_000)]
    ['12 seconds', '1 hour', '2 days']
    """
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return plural(seconds // length, unit)
    return plural(seconds, "second")
