"""`segmentary user`: who may sign in to the server's pages; it needs the ledger only, so a server may be running."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.consent import ledger_of
from segmentary.interfaces.cli.output import plural, say, show_json, show_table
from segmentary.interfaces.cli.platforms import whoever
from segmentary.interfaces.cli.session import AsJson, command, folder

if TYPE_CHECKING:
    import datetime as dt

    from segmentary.ledger.ledger import Ledger
    from segmentary.workspace.access.users import UserInfo

app = command("Say who may sign in to the server, and as what.")

User = Annotated[str, typer.Argument(metavar="USER", help="What they sign in with.")]
ROLE_HELP = "viewer, analyst, marketer or admin."


File = Annotated[Path | None, typer.Option("--password-file", metavar="FILE", help="The password is its first line.")]


def asked_password(file: Path | None) -> str:
    """Ask for a password; without a terminal, read it from standard input.

    Raises
    ------
    UsageError
        when nothing is given.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError):
            raise UsageError(f"the file {file} cannot be read") from None
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise UsageError("no password", hint="type it when asked, or send it on standard input")
    return given


def changed(
    ctx: typer.Context,
    action: str,
    user: str,
    change: Callable[[Ledger, dt.datetime], UserInfo],
    as_json: bool,
    words: str,
) -> None:
    """Change a user, take it down in the log, and say so."""
    from segmentary.workspace.access.log import take_down

    with ledger_of(ctx) as (ledger, _, now):
        found = change(ledger, now)
        take_down(folder(ctx), ledger, f"local:{whoever()}", action, found.user, {"role": found.role}, at=now)
    if as_json:
        show_json(found)
        return
    say(words.format(user=found.user, role=found.role))


@app.command()
def add(
    ctx: typer.Context,
    user: User,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help=ROLE_HELP)] = "viewer",
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="As people call them.")] = "",
    password_file: File = None,
    as_json: AsJson = False,
) -> None:
    """Add a user. The password is asked for, or read from standard input."""
    from segmentary.workspace.access.users import checked_name, checked_role, new_user

    checked_role(role)
    checked_name(user)
    password = asked_password(password_file)
    changed(
        ctx, "user add", user, lambda ledger, now: new_user(ledger, user, name, role, password, at=now), as_json,
        "{user} may sign in as {role}",
    )  # fmt: skip


@app.command("list")
def list_all(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List every user."""
    from segmentary.workspace.access.users import list_users

    with ledger_of(ctx) as (ledger, _, _now):
        found = list_users(ledger)
    if as_json:
        show_json({"users": found})
        return
    show_table(
        ["user", "called", "role", "may sign in", "since"],
        [[one.user, one.name, one.role, one.disabled_at is None, one.created_at] for one in found],
        empty="nobody can sign in yet: `segmentary user add NAME --role admin`",
    )


@app.command("role")
def change_role(
    ctx: typer.Context,
    user: User,
    role: Annotated[str, typer.Argument(metavar="ROLE", help=ROLE_HELP)],
    as_json: AsJson = False,
) -> None:
    """Give a user another role. Their sessions end at once; the last admin stays one."""
    from segmentary.workspace.access.users import set_role

    changed(
        ctx, "user role", user, lambda ledger, now: set_role(ledger, user, role, at=now), as_json,
        "{user} is {role} from now on",
    )  # fmt: skip


@app.command("password")
def change_password(ctx: typer.Context, user: User, password_file: File = None, as_json: AsJson = False) -> None:
    """Give a user another password. It is asked for, or read from standard input; their sessions end at once."""
    from segmentary.workspace.access.users import find_user, set_password

    with ledger_of(ctx) as (ledger, _, _now):
        find_user(ledger, user)
    password = asked_password(password_file)
    changed(
        ctx, "user password", user, lambda ledger, now: set_password(ledger, user, password, at=now), as_json,
        "{user} has a new password",
    )  # fmt: skip


@app.command()
def disable(
    ctx: typer.Context,
    user: User,
    again: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a user in no more. Their sessions end at once; what they made stays."""
    from segmentary.workspace.access.users import set_disabled

    changed(
        ctx, "user enable" if again else "user disable", user,
        lambda ledger, now: set_disabled(ledger, user, not again, at=now), as_json,
        "{user} may sign in again" if again else "{user} may sign in no more",
    )  # fmt: skip


@app.command()
def log(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show who did what, newest first, and say whether the log is as it was written."""
    from segmentary.ledger.access_log import entries
    from segmentary.workspace.access.log import verdict_of

    with ledger_of(ctx) as (ledger, _, _now):
        found, verdict = entries(ledger, limit=limit), verdict_of(folder(ctx), ledger)
    if as_json:
        show_json({"log": found, "verdict": verdict})
    else:
        show_table(
            ["no.", "when", "who", "what", "on what"],
            [[one.number, one.happened_at, one.caller, one.action, one.subject or None] for one in found],
        )
        say(f"{plural(verdict.entries, 'entry')}: {verdict.words}", style="" if verdict.intact else "bold red")
    if not verdict.intact:
        raise typer.Exit(1)
