"""The command line as data: every command with its options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from segmentary.interfaces.cli.main import app


def root() -> Any:
    """The root command."""
    return typer.main.get_command(app)


def commands() -> Iterator[tuple[str, Any]]:
    """``segment explain`` and its command, for every command there is."""
    group = root()
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        inner = getattr(command, "commands", None)
        if inner:
            yield from ((f"{name} {sub}", one) for sub, one in inner.items())
        else:
            yield name, command


def options(command: Any) -> Iterator[tuple[str, str]]:
    """``--as-of`` and its help text, for every option of a command but ``--help``."""
    for parameter in command.params:
        for option in parameter.opts:
            if option.startswith("--") and option != "--help":
                yield option, getattr(parameter, "help", "") or ""
