"""Messages for people: facts, the best offer, suggestions and their link put together and rendered, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentary.activation.cheat_sheet import UNSUBSCRIBE
from segmentary.activation.document_parts import bound
from segmentary.activation.message import Outgoing, Rendered
from segmentary.activation.offers import OfferTable
from segmentary.activation.rendering import Compiled, Failed, Made, message_id
from segmentary.activation.templates import Message, Variant
from segmentary.ledger.ledger import instant_text
from segmentary.ledger.offer_uses import Wish
from segmentary.workspace.message_facts import facts, in_batches
from segmentary.workspace.suggesting import suggestions_for
from segmentary.workspace.unsubscribing import Links

if TYPE_CHECKING:
    from segmentary.activation.audience import Reason
    from segmentary.workspace.messages import Read
    from segmentary.workspace.workspace import Workspace

BATCH = 4_000
MAIL = "email"
SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message is for.

    Attributes
    ----------
    segment : the one they are written to as. variant : of the message; empty: the first. address : empty where the
        channel knows people by their id. message : id of the message; empty: made of origin and customer.
    """

    customer_id: str
    segment: str = ""
    arm: str = ""
    variant: str = ""
    address: str = ""
    message: str = ""
    not_before: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """What all messages of one rendering share.

    Attributes
    ----------
    origin : id of the audience, ``journey:NAME``, ``chat:CONVERSATION``. message : name of the message.
    offers : name of the table they may promise from; empty: none.
    sender : address or ``Name <address>``. not_before, expires_at : as `Outgoing`.
    """

    origin: str
    message: str
    channel: str = MAIL
    purpose: str = "marketing"
    campaign: str = ""
    title: str = ""
    offers: str = ""
    sender: str = ""
    not_before: str = ""
    expires_at: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who gets no message, and why. detail : which variable had no value, or what went wrong where."""

    customer_id: str
    reason: Reason
    detail: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as one real person would get it. why : why this person was chosen. failed : why it cannot be made."""

    customer_id: str
    variant: str
    why: str
    rendered: Rendered | None
    preheader: str = ""
    failed: str = ""


@dataclass(slots=True)
class Prepared:
    """A message ready to be rendered: parsed, with what each variant needs of a row."""

    workspace: Workspace
    read: Read
    sending: Sending
    table: OfferTable | None
    links: Links | None
    compiled: dict[str, Compiled] = field(default_factory=dict)

    @property
    def message(self) -> Message:
        """The message."""
        return self.read.message

    def wants(self, head: str, variant: str) -> bool:
        """Say whether a variant names ``offer``, ``suggestions`` or the like."""
        return any(one.path[0] == head for one in self.read.uses[variant])

    def traits_of(self, variants: Iterable[str]) -> list[str]:
        """Return the traits that variants name."""
        return list(dict.fromkeys(one.trait for name in variants for one in self.read.uses[name] if one.trait))


def prepared(workspace: Workspace, message: Message, sending: Sending, *, strict: bool = True) -> Prepared:
    """Return a message ready to be rendered.

    strict : refuse what could not be sent; else, to look at it, links lead to example.org where nothing is set.

    Raises
    ------
    SettingsError
        when it is marketing by e-mail, and nobody could unsubscribe from it.
    """
    read = workspace.messages.read(message)
    table = workspace.offers.get(sending.offers) if sending.offers else None
    links = Links(workspace, sending.channel, sending.purpose) if sending.purpose != SERVICE else None
    if links is not None and sending.channel == MAIL:
        links.required(example=not strict)
    ready = Prepared(workspace, read, sending, table, links)
    for variant in message.variants:
        ready.compiled[variant.name] = compiled(ready, variant)
    return ready


def compiled(ready: Prepared, variant: Variant) -> Compiled:
    message, sending, workspace = ready.message, ready.sending, ready.workspace
    uses = ready.read.uses[variant.name]
    places = [(one.path, one.type) for one in uses if one.type]
    named = any(one.path == ("unsubscribe_url",) for one in uses)
    footer = ""
    if ready.links is not None and ready.links.base and sending.channel == MAIL and not named:
        language = message.language.partition("_")[0]
        footer = message.unsubscribe or UNSUBSCRIBE.get(language, UNSUBSCRIBE["en"])
        places.append((("unsubscribe_url",), "text"))
    name, _, address = sending.sender.rpartition("<")
    campaign = {"name": sending.campaign, "title": sending.title or sending.campaign}
    today = workspace.tick().astimezone(ZoneInfo(workspace.settings.timezone)).date()
    return workspace.messages.renderer.compile(
        variant.parts,
        places,
        language=message.language,
        given={
            "campaign": campaign,
            "sender": {"name": name.strip(' "'), "address": address.strip("> ")},
            "today": today.isoformat(),
        },
        fallbacks=message.fallbacks,
        footer=footer,
        wants_html=sending.channel == MAIL,
    )


# ---------------------------------------------------------------- everybody


def render_for(workspace: Workspace, people: Iterable[Person], sending: Sending) -> Iterator[Outgoing | LeftOut]:
    """Render a message for people, in their order.

    What was promised in a message that cannot be rendered is released. Every step gives the same again when it is
    repeated after a kill: ids of messages, promises, codes.
    """
    ready = prepared(workspace, workspace.messages.get(sending.message), sending)
    yield from rendered(ready, in_batches(people, BATCH))


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch of people with all that their messages are made of. rows : by variant, in the order of the people."""

    people: Sequence[Person]
    variants: Mapping[str, str]
    ids: Mapping[str, str]
    values: Values
    rows: Mapping[str, list[list[Any]]]


def rendered(ready: Prepared, batches: Iterable[Sequence[Person]]) -> Iterator[Outgoing | LeftOut]:
    """Render batch after batch; while the child makes one, the next is put together here."""
    from concurrent.futures import Future, ThreadPoolExecutor

    with ThreadPoolExecutor(1, thread_name_prefix="rendering") as pool:
        waiting: tuple[Begun, Future[dict[str, Made | Failed]]] | None = None
        for people in batches:
            begun = begin(ready, people)
            under_way = begun, pool.submit(make, ready, begun)
            if waiting is not None:
                yield from end(ready, waiting[0], waiting[1].result())
            waiting = under_way
        if waiting is not None:
            yield from end(ready, waiting[0], waiting[1].result())


def begin(ready: Prepared, people: Sequence[Person]) -> Begun:
    """Put together what each message of a batch is made of; offers are promised here."""
    workspace, sending = ready.workspace, ready.sending
    variants = {one.customer_id: ready.message.variant(one.variant).name for one in people}
    ids = {one.customer_id: one.message or message_id(sending.origin, one.customer_id) for one in people}
    values = Values(
        facts(workspace, list(variants), ready.traits_of(set(variants.values()))),
        promised(ready, people, variants, ids),
        suggested(ready, variants),
        {one: ready.links.link(one, ids[one]) for one in variants} if ready.links is not None else {},
    )
    rows = {
        name: [values.row(ready, name, one.customer_id) for one in people if variants[one.customer_id] == name]
        for name in ready.compiled
    }
    return Begun(people, variants, ids, values, rows)


def make(ready: Prepared, begun: Begun) -> dict[str, Made | Failed]:
    """Have a batch rendered: by customer. Nothing of the workspace is touched but the child."""
    made: dict[str, Made | Failed] = {}
    for name, plan in ready.compiled.items():
        group = [one.customer_id for one in begun.people if begun.variants[one.customer_id] == name]
        made |= zip(group, ready.workspace.messages.renderer.render(plan, begun.rows[name]), strict=True)
    return made


def end(ready: Prepared, begun: Begun, made: Mapping[str, Made | Failed]) -> list[Outgoing | LeftOut]:
    """Return the messages of a batch; what was promised in one that could not be made is released."""
    values, ids = begun.values, begun.ids
    lost = [ids[one] for one, result in made.items() if isinstance(result, Failed) and one in values.offers]
    if lost:
        ready.workspace.offers.release(lost)
    return [
        outgoing(ready, one, begun.variants[one.customer_id], ids[one.customer_id], made[one.customer_id], values)
        for one in begun.people
    ]


@dataclass(frozen=True, slots=True)
class Values:
    """What each person of a batch is told of themselves."""

    facts: Mapping[str, Mapping[str, Any]]
    offers: Mapping[str, Mapping[str, Any]]
    suggestions: Mapping[str, Sequence[Mapping[str, str]]]
    links: Mapping[str, str]

    def row(self, ready: Prepared, variant: str, customer_id: str) -> list[Any]:
        """Return one row in the order of the compiled places."""
        found: list[Any] = []
        own = self.facts[customer_id]
        for one in ready.read.uses[variant]:
            if one.trait:
                found.append(own[one.trait])
            elif one.type:
                found.append(self.given(one.path[0], customer_id))
        if len(ready.compiled[variant].asked["places"]) > len(found):
            found.append(self.links.get(customer_id))
        return found

    def given(self, head: str, customer_id: str) -> Any:
        """Return what is ours for one person."""
        match head:
            case "offer":
                return self.offers.get(customer_id)
            case "suggestions":
                return self.suggestions.get(customer_id)
            case _:
                return self.links.get(customer_id)


def promised(
    ready: Prepared, people: Sequence[Person], variants: Mapping[str, str], ids: Mapping[str, str]
) -> dict[str, Mapping[str, Any]]:
    """Promise the best offer to everybody whose variant names one; return customer to offer as templates see it."""
    if ready.table is None:
        return {}
    asking = {one.customer_id: one.segment for one in people if ready.wants("offer", variants[one.customer_id])}
    if not asking:
        return {}
    offers = ready.workspace.offers
    candidates = offers.candidates(ready.table, asking, ready.workspace.tick())
    wishes = [Wish(ids[one], one, candidates.get(one, ())) for one in asking]
    made = offers.promise(wishes, ready.table)
    return {one: made[ids[one]][1] for one in asking if ids[one] in made}


def suggested(ready: Prepared, variants: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """Return suggestions for everybody whose variant names them."""
    asking = [one for one, name in variants.items() if ready.wants("suggestions", name)]
    return suggestions_for(ready.workspace, asking, ready.message.suggesting) if asking else {}


def outgoing(
    ready: Prepared, person: Person, variant: str, message: str, made: Made | Failed, values: Values
) -> Outgoing | LeftOut:
    """Return what goes into the outbox, or why nothing does."""
    sending = ready.sending
    if isinstance(made, Failed):
        return LeftOut(person.customer_id, "no_content", detail_of(made, ready.message.name, variant), variant)
    offer = values.offers.get(person.customer_id, {})
    content = Rendered(
        made.subject,
        made.text,
        made.html if sending.channel == MAIL else "",
        str(offer.get("id", "")),
        made.missed,
        values.links.get(person.customer_id, ""),
        {"variant": variant, "language": ready.message.language, **({"offer": public(offer)} if offer else {})},
    )
    return Outgoing(
        message,
        sending.origin,
        sending.campaign,
        person.customer_id,
        sending.channel,
        sending.purpose,
        person.segment,
        person.arm,
        variant,
        person.address,
        content,
        person.not_before or sending.not_before,
        earliest(sending.expires_at, until(ready, offer)),
    )


def public(offer: Mapping[str, Any]) -> dict[str, Any]:
    """Return of an offer what a channel may pass on."""
    return {key: value for key, value in offer.items() if value not in (None, "", [])}


def until(ready: Prepared, offer: Mapping[str, Any]) -> str:
    """Return from when a message is out of date because its offer is over, as the ledger writes instants."""
    if not offer or ready.table is None:
        return ""
    kept = ready.table.by_id[str(offer["id"])]
    ends = bound(kept.ends, ready.workspace.settings.timezone, end=True)
    return instant_text(ends) if ends is not None else ""


def earliest(*moments: str) -> str:
    """Return the first of several moments; empty ones do not count."""
    return min((one for one in moments if one), default="")


def detail_of(failed: Failed, message: str, variant: str) -> str:
    """Say what went wrong where."""
    where = ", ".join(part for part in (failed.part, f"line {failed.line}" if failed.line else "") if part)
    return f"message {message}, variant {variant}" + (f", {where}" if where else "") + f": {failed.reason}"
