"""`segmentary apply`: bring definitions from files into force."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.output import plural, progress, say, show, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, command, opened
from segmentary.interfaces.cli.versions import show_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmentary.workspace.definitions import Change

app = command("Bring definitions from files into force.")


@app.command()
def apply(
    ctx: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help="A file or folder. [default: the workspace's segments/]")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Retire definitions that the files no longer hold.")] = False,
    fail_on_change: Annotated[
        bool, typer.Option("--fail-on-change", help="With --dry-run: exit code 1 when anything would change.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring definitions from files into force: all or none."""
    if fail_on_change and not dry_run:
        raise UsageError("--fail-on-change goes with --dry-run: nothing is refused afterwards")
    with opened(ctx) as workspace, progress("comparing"):
        changes = workspace.apply(path, dry_run=dry_run, prune=prune)
        differences = workspace.history.preview(path, prune=prune) if dry_run else []
    moved = any(one.change != "unchanged" for one in changes) or bool(differences)
    if as_json:
        show_json({"dry_run": dry_run, "changes": changes, "segments": differences})
    else:
        show_changes(changes, dry_run=dry_run)
        for one in differences:
            show()
            show_difference(one)
    if fail_on_change and moved:
        raise typer.Exit(1)


def show_changes(changes: Sequence[Change], *, dry_run: bool = False) -> None:
    """Show what applying definitions did, leaving out what stayed the same."""
    moved = [one for one in changes if one.change != "unchanged"]
    show_table(["definition", "kind", "change", "version"], [[c.name, c.kind, c.change, c.version[:12]] for c in moved])
    same = len(changes) - len(moved)
    if not changes:
        say("no definitions found")
    elif same:
        say(f"{plural(same, 'definition')} unchanged")
    if dry_run and moved:
        say("nothing was changed (--dry-run)")
    elif moved:
        say("next: segmentary run")
