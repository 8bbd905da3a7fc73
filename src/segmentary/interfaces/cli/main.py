"""The `segmentary` command: a group whose commands are imported when they are called."""

from __future__ import annotations

import errno
import importlib
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from segmentary.errors import SegmentaryError, UsageError, WorkspaceLockedError
from segmentary.interfaces.cli.afar import attentive, current
from segmentary.interfaces.cli.output import complain, say

# In the order of the work: from an empty folder to a report, then the keeping of the house.
COMMANDS = (
    "init",
    "add",
    "quality",
    "run",
    "traits",
    "segment",
    "discover",
    "market",
    "dynamics",
    "predict",
    "voices",
    "tailor",
    "loyalty",
    "compare",
    "sales",
    "retention",
    "campaigns",
    "campaign",
    "consent",
    "experiment",
    "chat",
    "message",
    "offer",
    "journey",
    "outbox",
    "channel",
    "tick",
    "apply",
    "dump",
    "report",
    "rebuild",
    "verify",
    "doctor",
    "demo",
    "serve",
    "user",
    "key",
    "sql",
)
# What needs no workspace, or has to have it alone; the file by which a server is found.
ALONE = ("init", "demo", "serve", "rebuild", "sql", "user", "key")
SERVED = ".server.json"
DONE, WRONG, USAGE, INTERRUPTED = 0, 1, 2, 130
stopped_by_hand = False


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
        found = typer.main.get_command(module.app)
        return found if current.get() is None else attentive(found)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; whatever goes wrong becomes a message and an exit code, a traceback only with --debug."""
        asked = current.get()
        try:
            return super().invoke(ctx) if asked is not None else self.here_or_there(ctx)
        except Exception as error:
            # A database that is interrupted says so in its own words, and then complains about the consequences.
            pressed = stopped_by_hand if asked is None else bool(asked.pressed)
            if pressed and not isinstance(error, (typer.Exit, typer.Abort)):
                raise interrupted(ctx) from error
            if asked is not None:
                asked.ended = True
            outcome = told(error, debug=ctx.params.get("debug", False))
            if outcome is error:
                raise
            raise outcome from error
        except KeyboardInterrupt as error:
            raise interrupted(ctx) from error

    def here_or_there(self, ctx: Any) -> Any:
        """Run the command, in the server where one has the workspace."""
        words = [*ctx._protected_args, *ctx.args]
        self.hand_over(ctx, words)
        try:
            return super().invoke(ctx)
        except WorkspaceLockedError:
            # A server that was only starting when the command was given.
            self.hand_over(ctx, words)
            raise

    def hand_over(self, ctx: Any, words: list[str]) -> None:
        """Where a server has the workspace, let it run the command; there is nothing left to do then."""
        place = Path(ctx.params["workspace"])
        if not words or words[0] in ALONE or words[0] not in COMMANDS or not (place / SERVED).exists():
            return
        if {"-h", "--help"} & {*words}:
            return
        from segmentary.interfaces.cli.handing_over import handed_over

        debug = ["--debug"] if ctx.params.get("debug") else []
        code = handed_over(place, [*debug, "-w", str(place), *words])
        if code is not None:
            raise typer.Exit(code)


def told(error: Exception, *, debug: bool) -> Exception:
    """Say what went wrong; return the exit it leads to, or the error itself where it is not ours to tell."""
    own = type(error).__module__.startswith("typer.") or isinstance(error, (typer.Exit, typer.Abort, BrokenPipeError))
    if debug or own:
        return error
    match error:
        case SegmentaryError():
            complain(error)
        case OSError():
            full = error.errno == errno.ENOSPC
            complain(SegmentaryError(str(error), hint="make room and try again: nothing was lost" if full else None))
        case _:
            complain(
                SegmentaryError(
                    f"this is a defect in segmentary: {type(error).__name__}: {error}",
                    hint="run the command again as `segmentary --debug ...` and report what it prints",
                )
            )
    return typer.Exit(USAGE if isinstance(error, UsageError) else WRONG)


def interrupted(ctx: Any) -> typer.Exit:
    asked = current.get()
    if asked is not None:
        asked.ended = True
    say("stopped; its folder can be deleted" if ctx.invoked_subcommand == "demo" else "stopped; nothing was changed")
    return typer.Exit(INTERRUPTED)


def on_interrupt(number: int, frame: object) -> None:
    """Remember that a person pressed Ctrl-C, whatever the exception becomes on its way up."""
    global stopped_by_hand
    stopped_by_hand = True
    raise KeyboardInterrupt


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
    signal.signal(signal.SIGINT, on_interrupt)
    app(prog_name="segmentary")
