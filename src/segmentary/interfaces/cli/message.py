"""`segmentary message`: messages in force, what is wrong with them, what they look like for real people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.interfaces.cli.output import progress, say, show, show_findings, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, command, opened

if TYPE_CHECKING:
    from segmentary.workspace.message_rendering import Preview

app = command("Look at messages: what they lack, how they read for people.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The message.")]
Variant = Annotated[str, typer.Option("--variant", metavar="NAME", help="Only this variant (default: all).")]


@app.command("list")
def listing(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the messages in force, their variants, and the traits they name."""
    with opened(ctx) as workspace:
        found = workspace.messages.kept()
    if as_json:
        show_json({"messages": found})
        return
    show_table(
        ["message", "variants", "language", "traits"],
        [[one.name, one.variants, one.language, one.traits] for one in found],
        empty="no messages: write one as YAML (docs: messages) and `segmentary apply` it",
    )


@app.command("show")
def showing(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show the texts of a message, and what stands in for what is not known."""
    with opened(ctx) as workspace:
        message = workspace.messages.get(name)
    if as_json:
        show_json(message)
        return
    for variant in message.variants:
        show(f"{message.name} · {variant.name} · {message.language}", style="bold")
        for part, source in variant.parts.items():
            show(f"{part}:")
            for line in source.rstrip().split("\n"):
                show(f"  {line}")
        show()
    if message.fallbacks:
        show_table(["variable", "where it is missing"], [[key, text] for key, text in message.fallbacks.items()])


@app.command()
def lint(
    ctx: typer.Context,
    name: Name,
    segments: Annotated[
        list[str] | None,
        typer.Option("--segment", metavar="SEGMENT", help="Count among its members (default: everybody). Repeatable."),
    ] = None,
    channel: Annotated[str, typer.Option(metavar="NAME", help="The channel it is for.")] = "email",
    purpose: Annotated[str, typer.Option(metavar="NAME", help="The purpose it is for.")] = "marketing",
    as_json: AsJson = False,
) -> None:
    """Say what is missing, risky or unusual. Exit code 1 when it could not be sent like this."""
    with opened(ctx) as workspace, progress("reading"):
        found = workspace.messages.lint(name, segments=segments or (), channel=channel, purpose=purpose)
    if as_json:
        show_json({"findings": found})
    else:
        show_findings(found)
        if not found:
            say("nothing to say against it")
    if any(one.level == "refusal" for one in found):
        raise typer.Exit(1)


@app.command()
def preview(
    ctx: typer.Context,
    name: Name,
    customers: Annotated[
        list[str] | None,
        typer.Option("--customer", metavar="ID", help="For this customer (default: three chosen ones). Repeatable."),
    ] = None,
    variant: Variant = "",
    offers: Annotated[str, typer.Option(metavar="NAME", help="With the best offer of this table.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show a message as real people would get it. Nothing is sent, no offer is promised."""
    with opened(ctx) as workspace, progress("rendering"):
        found = workspace.messages.preview(name, customers or (), variant, offers=offers)
    if as_json:
        show_json({"previews": found})
        return
    show_previews(found)


def campaign_preview(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The campaign.")],
    n: Annotated[int, typer.Option("--people", metavar="N", min=1, max=20, help="How many people a variant.")] = 3,
    variant: Variant = "",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page: phone and desktop side by side.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show each variant as real members would get it: a usual one, the least known, the longest. Nothing is sent."""
    with opened(ctx) as workspace, progress("rendering"):
        if html is not None:
            place = workspace.campaigns.write_preview(name, html, n)
        found = workspace.campaigns.preview(name, n, variant=variant)
    if as_json:
        show_json({"previews": found})
    elif html is not None:
        show(str(place))
    else:
        show_previews(found)


def campaign_render(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The campaign, or one of its audiences.")],
    as_json: AsJson = False,
) -> None:
    """Put everybody's message into the outbox, once; nothing leaves before `segmentary campaign send`."""
    from segmentary.interfaces.cli.output import plural, telling

    with opened(ctx) as workspace, progress("rendering") as step:
        found = workspace.campaigns.render(name, tell=telling(step))
    if as_json:
        show_json(found)
        return
    show(f"{plural(found.put, 'message')} of {found.audience} put into the outbox")
    if found.before:
        say(f"{plural(found.before, 'message')} stood there already")
    for reason, people in found.left_out.items():
        say(f"{plural(people, 'person')} left out: {reason.replace('_', ' ')}")
    for detail, times in list(found.details.items())[:5]:
        say(f"  {detail} ({times:,} times)")
    for name_of, messages in found.fallbacks.items():
        say(f"fall-back for {name_of} in {plural(messages, 'message')}")
    offered = {offer: messages for offer, messages in found.offers.items() if offer}
    for offer, messages in offered.items():
        say(f"offer {offer} in {plural(messages, 'message')}")
    if offered and "" in found.offers:
        say(f"no offer in {plural(found.offers[''], 'message')}")


def register(campaign: typer.Typer) -> None:
    """Put the commands about a campaign's messages into the app of campaigns."""
    campaign.command("preview")(campaign_preview)
    campaign.command("render")(campaign_render)


def show_previews(found: list[Preview]) -> None:
    """Print messages as text, each under the person it is for."""
    for one in found:
        show(f"{one.variant} · {one.customer_id} · {one.why}", style="bold")
        if one.rendered is None:
            show(f"  gets no message: {one.failed}", style="red")
            show()
            continue
        if one.rendered.subject:
            show(f"  subject: {one.rendered.subject}")
        if one.preheader:
            show(f"  preheader: {one.preheader}")
        if one.rendered.offer:
            show(f"  offer: {one.rendered.offer}")
        if one.rendered.fallbacks:
            show(f"  fall-back for: {', '.join(one.rendered.fallbacks)}")
        for line in one.rendered.text.rstrip().split("\n"):
            show(f"  | {line}".rstrip())
        show()
