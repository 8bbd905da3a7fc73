"""What exports for advertising platforms share on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segmentary.interfaces.cli.campaign_shown import show_export
from segmentary.interfaces.cli.output import progress, show_json
from segmentary.interfaces.cli.session import opened

Delta = Annotated[
    bool, typer.Option("--delta", help="For a platform: only what came in and what went since the last export.")
]
Days = Annotated[int, typer.Option("--days", metavar="DAYS", min=0, help="For a platform: until it expires.")]


def whoever() -> str:
    """Return who is at the keyboard, as far as the system says."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def give_segment(
    ctx: typer.Context, name: str, path: Path, platform: str, *, purpose: str, consent: str, delta: bool, days: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Write a segment for a platform, and show what was written."""
    from segmentary.workspace.ad_exporting import AdWish, export_segment

    wish = AdWish(path, platform, purpose, consent or "email", delta, days, whoever())
    with opened(ctx) as workspace, progress("exporting"):
        given = export_segment(workspace, name, wish)
    if as_json:
        show_json(given)
    else:
        show_export(given)
