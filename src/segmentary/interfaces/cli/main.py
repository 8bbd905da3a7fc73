"""The `segmentary` command: a group whose commands are imported when they are called."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from segmentary.errors import SegmentaryError, UsageError
from segmentary.interfaces.cli.output import complain, say

# In the order of the work: from an empty folder to a report, then the keeping of the house.
COMMANDS = (
    "init",
    "add",
    "quality",
    "run",
    "traits",
    "segment",
    "sales",
    "retention",
    "apply",
    "dump",
    "report",
    "rebuild",
    "verify",
    "doctor",
    "demo",
    "sql",
)
DONE, WRONG, USAGE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class State:
    """What the options before the command say."""

    folder: Path
    debug: bool


class LazyGroup(TyperGroup):
    """A group that imports a command's module when it is asked for, and turns errors into exit codes."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return one command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"segmentary.interfaces.cli.{cmd_name}")
        return typer.main.get_command(module.app)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; whatever goes wrong becomes a message and an exit code, a traceback only with --debug."""
        try:
            return super().invoke(ctx)
        except SegmentaryError as error:
            if ctx.params.get("debug"):
                raise
            complain(error)
            raise typer.Exit(USAGE if isinstance(error, UsageError) else WRONG) from error
        except KeyboardInterrupt as error:
            say("stopped; nothing was changed")
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            if ctx.params.get("debug"):
                raise
            complain(SegmentaryError(str(error)))
            raise typer.Exit(WRONG) from error
        except RuntimeError as error:
            # typer's own signals (Exit, Abort) are RuntimeErrors; anything else is a defect of ours.
            if isinstance(error, (typer.Exit, typer.Abort)) or ctx.params.get("debug"):
                raise
            raise defect(error) from error
        except Exception as error:
            if ctx.params.get("debug") or type(error).__module__.startswith("typer."):
                raise
            raise defect(error) from error


def defect(error: Exception) -> typer.Exit:
    complain(
        SegmentaryError(
            f"this is a defect in segmentary: {type(error).__name__}: {error}",
            hint="run the command again as `segmentary --debug ...` and report what it prints",
        )
    )
    return typer.Exit(WRONG)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(wanted: bool) -> None:
    if wanted:
        from segmentary import __version__

        typer.echo(f"segmentary {__version__}")
        raise typer.Exit


@app.callback()
def segmentary(
    ctx: typer.Context,
    workspace: Annotated[Path, typer.Option("--workspace", "-w", metavar="DIR", help="The workspace folder.")] = Path(),
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Turn raw customer files into explained segments."""
    ctx.obj = State(folder=workspace, debug=debug)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a question mark, not a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app(prog_name="segmentary")
