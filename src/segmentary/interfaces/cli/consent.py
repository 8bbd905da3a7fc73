"""`segmentary consent`: who said yes or no to what, taken down at once, also while something is being sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs, urlsplit

import typer

from segmentary.errors import UsageError, WorkspaceLockedError
from segmentary.interfaces.cli.output import plural, say, show_json, show_prose, show_table
from segmentary.interfaces.cli.session import AsJson, command, folder, opened

if TYPE_CHECKING:
    import datetime as dt

    from segmentary.ledger.decisions import Decision
    from segmentary.ledger.ledger import Ledger
    from segmentary.settings import Settings
    from segmentary.workspace.consent_state import ConsentState

app = command("Take down who may be contacted; obeyed at the next message.")

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")]
Purpose = Annotated[str, typer.Option("--purpose", metavar="PURPOSE", help="What for; any: everything.")]
Channel = Annotated[str, typer.Option("--channel", metavar="CHANNEL", help="email, sms, phone, ...; any: all.")]
Evidence = Annotated[str, typer.Option("--evidence", metavar="TEXT", help="Where the decision is written down.")]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="An e-mail address or a number with its country code.")]
OfCustomer = Annotated[
    str, typer.Option("--customer", metavar="CUSTOMER", help="All addresses of this customer instead.")
]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]


@contextmanager
def ledger_of(ctx: typer.Context) -> Iterator[tuple[Ledger, Settings, dt.datetime]]:
    """Open only the ledger: another process may have the workspace, and be sending."""
    import os

    from segmentary.ledger.ledger import Ledger
    from segmentary.settings import read_settings
    from segmentary.workspace.clock import system_clock
    from segmentary.workspace.folder import Folder

    place = Folder(folder(ctx))
    place.check()
    ledger = Ledger(place.ledger)
    try:
        yield ledger, read_settings(place.root, environment=os.environ), system_clock()
    finally:
        ledger.close()


def taken(one: Decision, as_json: bool) -> None:
    if as_json:
        show_json(one)
        return
    word = "yes" if one.granted else "no"
    say(f"taken down: {one.customer_id} said {word} to {one.purpose} by {one.channel}; it holds from now on")


@app.command()
def refuse(
    ctx: typer.Context,
    customer: Customer,
    purpose: Purpose = "marketing",
    channel: Channel = "any",
    evidence: Evidence = "",
    as_json: AsJson = False,
) -> None:
    """Take a no down. It holds at once, also for what another process is sending."""
    from segmentary.workspace.consents import decide

    with ledger_of(ctx) as (ledger, _, now):
        taken(decide(ledger, customer, purpose, channel, False, evidence, at=now), as_json)


@app.command()
def grant(
    ctx: typer.Context,
    customer: Customer,
    purpose: Purpose = "marketing",
    channel: Channel = "email",
    evidence: Evidence = "",
    as_json: AsJson = False,
) -> None:
    """Take a yes down, with its evidence. It lifts no suppression."""
    from segmentary.workspace.consents import decide

    with ledger_of(ctx) as (ledger, _, now):
        taken(decide(ledger, customer, purpose, channel, True, evidence, at=now), as_json)


def signed_part(link: str) -> str:
    """Return the signed part of an unsubscribe link; what is no link is that already."""
    return parse_qs(urlsplit(link).query).get("t", [link])[-1] if "://" in link else link.strip()


@app.command()
def unsubscribe(
    ctx: typer.Context,
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="An unsubscribe link, or its signed part.")],
    as_json: AsJson = False,
) -> None:
    """Take the no of an unsubscribe link down."""
    from segmentary.workspace.unsubscribing import unsubscribed

    with ledger_of(ctx) as (ledger, _, now):
        said = unsubscribed(folder(ctx), ledger, signed_part(token), at=now)
    if as_json:
        show_json(said)
        return
    say(f"taken down: {said.customer_id} said no to {said.purpose} by {said.channel}; it holds from now on")


@app.command()
def suppress(
    ctx: typer.Context,
    address: Address = "",
    customer: OfCustomer = "",
    channel: Channel = "any",
    reason: Why = "by hand",
    as_json: AsJson = False,
) -> None:
    """Put an address on the list of those that are not written to, whoever has it."""
    from segmentary.workspace.consents import suppress as put

    one_of(address, customer)
    with ledger_of(ctx) as (ledger, settings, now):
        new = put(ledger, settings, channel, address, reason, at=now, customer_id=customer)
    if as_json:
        show_json({"channel": channel, "customer_id": customer, "reason": reason, "new": new})
        return
    say("suppressed from now on" if new else "it was suppressed already")


@app.command()
def lift(
    ctx: typer.Context,
    address: Address = "",
    customer: OfCustomer = "",
    channel: Channel = "any",
    reason: Why = "",
    as_json: AsJson = False,
) -> None:
    """Take an address off the list again; the reason is kept in the audit trail."""
    from segmentary.interfaces.cli.platforms import whoever
    from segmentary.workspace.consents import lift as take_off

    one_of(address, customer)
    with ledger_of(ctx) as (ledger, settings, now):
        lifted = take_off(ledger, settings, channel, address, reason, at=now, by=whoever(), customer_id=customer)
    if as_json:
        show_json({"channel": channel, "customer_id": customer, "reason": reason, "lifted": lifted})
        return
    say(f"{plural(lifted, 'suppression')} lifted" if lifted else "it was not suppressed")


def one_of(address: str, customer: str) -> None:
    if bool(address) == bool(customer):
        raise UsageError("an address, or --customer and an id", hint="one of the two")


@app.command()
def show(ctx: typer.Context, customer: Customer, as_json: AsJson = False) -> None:
    """Say what a customer decided, where each decision comes from, and what follows."""
    from segmentary.workspace.consent_state import ledger_state

    try:
        with opened(ctx) as workspace:
            found = workspace.consents.state(customer)
    except WorkspaceLockedError:
        with ledger_of(ctx) as (ledger, _, _now):
            found = ledger_state(ledger, customer)
    if as_json:
        show_json(found)
        return
    show_state(found)


def show_state(found: ConsentState) -> None:
    for one in found.may:
        show_prose(f"{one.purpose} by {one.channel}: {one.words}", style="bold" if one.allowed else "")
    show_table(
        ["purpose", "channel", "said", "when", "from", "evidence"],
        [
            [one.purpose, one.channel, "yes" if one.granted else "no", one.when, one.source, one.words or None]
            for one in found.decisions
        ],
        empty="nothing was ever decided",
    )
    for held in found.suppressions:
        of = "this customer" if held.customer_id else "an address of theirs"
        until = f", lifted {held.lifted_at:%Y-%m-%d}" if held.lifted_at else ""
        say(f"suppressed on {held.channel}: {of}, {held.reason}, since {held.added_at:%Y-%m-%d}{until}")
    if not found.whole:
        say("another process has the workspace: only what was taken down here is shown, not what came with files")


@app.command("list")
def list_decisions(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many of each.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the last decisions taken down here, and the suppressions in force."""
    from segmentary.ledger.decisions import newest_decisions
    from segmentary.ledger.suppressions import suppressions

    with ledger_of(ctx) as (ledger, _, _now):
        decisions, held = newest_decisions(ledger, limit), suppressions(ledger)
    if as_json:
        show_json({"decisions": decisions, "suppressions": held[:limit]})
        return
    show_table(
        ["customer", "purpose", "channel", "said", "when", "from"],
        [
            [one.customer_id, one.purpose, one.channel, "yes" if one.granted else "no", one.happened_at, one.origin]
            for one in decisions
        ],
        empty="no decision was taken down here",
    )
    counted: dict[tuple[str, str], int] = {}
    for entry in held:
        counted[entry.channel, entry.reason] = counted.get((entry.channel, entry.reason), 0) + 1
    rows = [[channel, reason, people] for (channel, reason), people in sorted(counted.items())]
    show_table(["suppressed on", "reason", "how many"], rows, empty="nothing is suppressed")
