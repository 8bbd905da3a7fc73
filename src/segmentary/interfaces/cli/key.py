"""`segmentary key`: keys by which programs come in; it needs the ledger only, so a server may be running."""

from __future__ import annotations

from typing import Annotated

import typer

from segmentary.interfaces.cli.consent import ledger_of
from segmentary.interfaces.cli.output import say, show, show_json, show_table
from segmentary.interfaces.cli.platforms import whoever
from segmentary.interfaces.cli.session import AsJson, command, folder

app = command("Make and revoke keys by which programs use the server.")


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What uses it.")],
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="write: may only send events; read; admin.")
    ] = "read",
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="PERMISSION", help="Only this. Repeatable.")
    ] = None,
    days: Annotated[int | None, typer.Option("--days", metavar="N", min=1, help="Until it expires.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it: it is shown this once."""
    from segmentary.workspace.access.log import take_down
    from segmentary.workspace.access.program_keys import make_key

    who = f"local:{whoever()}"
    with ledger_of(ctx) as (ledger, _, now):
        made = make_key(ledger, kind, name, by=who, at=now, scopes=scope or (), days=days)
        take_down(folder(ctx), ledger, who, "key add", f"key_id {made.info.key_id}", {"kind": kind}, at=now)
    if as_json:
        show_json({"key": made.key, "info": made.info})
        return
    show(made.key)
    say("this is the only time it is shown; send it as `Authorization: Bearer KEY`")


@app.command("list")
def list_all(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List every key there ever was, newest first; never their secrets."""
    from segmentary.workspace.access.program_keys import list_keys

    with ledger_of(ctx) as (ledger, _, now):
        found = list_keys(ledger)
    if as_json:
        show_json({"keys": found})
        return
    rows = []
    for one in found:
        expired = one.expires_at is not None and one.expires_at <= now
        state = "revoked" if one.revoked_at else "expired" if expired else "in force"
        rows.append([one.key_id, one.name, one.kind, ", ".join(one.scopes), state, one.last_used_at, one.expires_at])
    show_table(
        ["key", "what uses it", "kind", "may", "state", "last used", "expires"], rows, empty="there are no keys yet"
    )


@app.command()
def revoke(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The eight characters that name it.")],
    as_json: AsJson = False,
) -> None:
    """Let a key open nothing any more, at once."""
    from segmentary.workspace.access.log import take_down
    from segmentary.workspace.access.program_keys import revoke as revoke_key

    with ledger_of(ctx) as (ledger, _, now):
        found = revoke_key(ledger, key, at=now)
        take_down(folder(ctx), ledger, f"local:{whoever()}", "key revoke", f"key_id {found.key_id}", {}, at=now)
    if as_json:
        show_json(found)
        return
    say(f"{found.name}: the key opens nothing any more")
