"""`segmentary campaign`: whom it is for, who may be written to, who is held out; its frozen audience."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.interfaces.cli import campaign_results, message
from segmentary.interfaces.cli.campaign_sending import send
from segmentary.interfaces.cli.campaign_shown import (
    show_audience,
    show_campaign,
    show_check,
    show_export,
    show_kept,
)
from segmentary.interfaces.cli.output import plural, progress, say, show_json, show_prose, show_table, telling
from segmentary.interfaces.cli.platforms import Days, Delta, whoever
from segmentary.interfaces.cli.session import AsJson, AsOf, Yes, command, moment, opened

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

app = command("Freeze who gets a campaign, send it, read what it changed.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The campaign.")]
AudienceName = Annotated[
    str, typer.Argument(metavar="NAME", help="The campaign (its newest audience), or an audience such as NAME-1.")
]
FileFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="csv, xlsx, parquet, google_customer_match, meta, tiktok, linkedin or x. [default: by the file's ending]",
    ),
]


@app.command("list")
def list_campaigns(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the campaigns, with their newest audiences."""
    with opened(ctx) as workspace:
        kept = workspace.campaigns.kept()
        audiences = workspace.campaigns.audiences()
    newest = {one.campaign: one for one in audiences}
    if as_json:
        show_json({"campaigns": [{"campaign": one, "audience": newest.get(one.name)} for one in kept]})
        return
    show_kept(kept, newest)


@app.command()
def show(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show a campaign: whom it is for, in which order, and its audiences."""
    with opened(ctx) as workspace:
        campaign = workspace.campaigns.get(name)
        audiences = workspace.campaigns.audiences(campaign.name)
    if as_json:
        show_json({"campaign": campaign, "audiences": audiences})
        return
    show_campaign(campaign, audiences)


@app.command()
def check(ctx: typer.Context, name: Name, as_of: AsOf = "", as_json: AsJson = False) -> None:
    """Say who would be left out and why, the reach by channel, and which effect could be seen; freeze nothing."""
    with opened(ctx) as workspace, progress("judging everybody") as step:
        found = workspace.campaigns.check(name, moment(as_of), tell=telling(step))
    if as_json:
        show_json(found)
        return
    show_check(found)


@app.command()
def audience(
    ctx: typer.Context,
    name: Name,
    as_of: AsOf = "",
    again: Annotated[bool, typer.Option("--again", help="Freeze another audience although there is one.")] = False,
    as_json: AsJson = False,
) -> None:
    """Freeze who is written to, who is held out, who is left out and why; nothing is sent."""
    with opened(ctx) as workspace, progress("freezing") as step:
        before = {one.audience for one in workspace.campaigns.audiences(name)}
        found = workspace.campaigns.freeze(name, moment(as_of), again=again, tell=telling(step))
        notes = workspace.campaigns.notes(found.audience)
    if as_json:
        show_json({"audience": found, "notes": notes})
        return
    show_audience(found, notes)
    if found.audience in before:
        say(f"{found.audience} was frozen before: nothing was changed (--again freezes another)")
    else:
        say(f"frozen as {found.audience}; next: segmentary campaign send {found.campaign}")


@app.command()
def people(
    ctx: typer.Context,
    name: AudienceName,
    arm: Annotated[str, typer.Option("--arm", metavar="ARM", help="Only this arm, such as holdout.")] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="At most so many; 0: all.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List who is written to, by id; addresses are not shown."""
    from itertools import islice

    with opened(ctx) as workspace:
        chosen = workspace.campaigns.people(name, arm or None)
        rows = [[one.customer_id, one.segment, one.arm, one.variant] for one in islice(chosen, limit or None)]
    names = ["customer", "segment", "arm", "variant"]
    if as_json:
        show_json({"people": [dict(zip(names, row, strict=True)) for row in rows]})
        return
    show_table(names, rows, empty="nobody")


@app.command()
def why(
    ctx: typer.Context,
    name: AudienceName,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")],
    as_json: AsJson = False,
) -> None:
    """Say why a person is in the audience or not, and whether they could be written to now."""
    with opened(ctx) as workspace:
        found = workspace.campaigns.why(name, customer)
    if as_json:
        show_json(found)
        return
    for sentence in found.sentences:
        show_prose(sentence)


@app.command()
def export(
    ctx: typer.Context,
    name: AudienceName,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write.")],
    file_format: FileFormat = None,
    delta: Delta = False,
    days: Days = 0,
    as_json: AsJson = False,
) -> None:
    """Write who is to be written to as a file, or as the hashed list an advertising platform takes."""
    with opened(ctx) as workspace, progress("exporting"):
        found = workspace.campaigns.export(name, path, file_format, by=whoever(), delta=delta, days=days)
    if as_json:
        show_json(found)
        return
    show_export(found)


@app.command()
def exports(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List what advertising platforms were given: what, when, by whom, how many, until when."""
    with opened(ctx) as workspace:
        found = register(workspace)
    if as_json:
        show_json({"exports": found})
        return
    rows = [
        [
            one["subject"], one["platform"], str(one["exported_at"])[:10], one["exported_by"] or None, one["people"],
            one["added"], one["removed"], str(one["expires_at"])[:10],
        ]
        for one in found
    ]  # fmt: skip
    heads = ["list", "platform", "given", "by", "people", "added", "removed", "until"]
    show_table(heads, rows, empty="nothing was given to a platform yet")
    for one in found:
        if one["expired"]:
            say(f"{one['subject']} at {one['platform']} has expired: delete it there, or export it anew")


def register(workspace: Workspace) -> list[dict[str, object]]:
    from segmentary.workspace.ad_exporting import register as registered

    return registered(workspace)


@app.command()
def cancel(ctx: typer.Context, name: AudienceName, yes: Yes = False, as_json: AsJson = False) -> None:
    """Stop an audience: nothing of it leaves any more. What left stays, and so does who was held out."""
    with opened(ctx) as workspace:
        found = workspace.campaigns.audience(name)
        if not yes:
            typer.confirm(f"stop {found.audience}, of {found.written_to:,} people", abort=True, err=True)
        stopped = workspace.campaigns.cancel(found.audience)
    if as_json:
        show_json({"audience": found.audience, "state": "cancelled", "stopped": stopped})
        return
    waiting = f"{plural(stopped, 'message')} will not leave" if stopped else "nothing of it was waiting"
    say(f"{found.audience} is cancelled; {waiting}")


app.command()(send)
campaign_results.register(app)
message.register(app)
