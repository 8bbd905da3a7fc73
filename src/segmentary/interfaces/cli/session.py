"""What commands share: the open workspace, and options that mean the same everywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.afar import current

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
AsOf = Annotated[str, typer.Option("--as-of", metavar="DATE", help="Evaluate at the start of this day (or instant).")]
ServedAt = Annotated[
    str, typer.Option("--served-at", metavar="TIME", help="Read what the runs up to this moment had served.")
]
KnownAt = Annotated[str, typer.Option("--known-at", metavar="TIME", help="Evaluate with what was known by then.")]
Evaluated = Annotated[bool, typer.Option("--evaluated", help="Evaluate the definition now, whatever was served.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def command(help: str) -> typer.Typer:  # noqa: A002
    """Return the application of one command module."""
    return typer.Typer(
        help=help,
        add_completion=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def folder(ctx: typer.Context) -> Path:
    """Return the workspace folder of ``-w``."""
    found = Path(ctx.find_root().obj.folder)
    asked = current.get()
    return found if asked is None else asked.placed(found)


@contextmanager
def opened(ctx: typer.Context) -> Iterator[Workspace]:
    """Open the workspace for one command; in a server that has it, take it as it is there."""
    asked = current.get()
    if asked is not None:
        with asked.opening(asked) as workspace:
            yield workspace
        return
    from segmentary.workspace.opening import open_workspace

    with open_workspace(folder(ctx)) as workspace:
        yield workspace


def moment(text: str, option: str = "--as-of") -> dt.date | dt.datetime | None:
    """Return the date or instant somebody wrote; nothing when nothing was written.

    Raises
    ------
    UsageError
        when it is neither a date nor an instant.
    """
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{option}: not a date: {text!r}", hint="write it as 2026-03-01 or 2026-03-01T12:00:00+00:00"
        ) from None


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Return ``name=value`` options as a mapping.

    Raises
    ------
    UsageError
        when one has no ``=``, or a name stands twice.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"{option}: expected name=value, got {text!r}", hint=f"for example {option} amount=Total")
        if name.strip() in found:
            raise UsageError(f"{option}: {name.strip()!r} is given twice")
        found[name.strip()] = value.strip()
    return found
