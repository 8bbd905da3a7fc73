"""Messages as real people would get them, without promising or keeping anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segmentary.activation.rendering import Made
from segmentary.workspace.message_facts import facts, members_of
from segmentary.workspace.message_rendering import (
    LeftOut,
    Person,
    Prepared,
    Preview,
    Sending,
    Values,
    outgoing,
    prepared,
    suggested,
)
from segmentary.workspace.preview_choice import chosen

if TYPE_CHECKING:
    from segmentary.activation.templates import Message
    from segmentary.workspace.workspace import Workspace


def previews(
    workspace: Workspace, message: Message, customers: Sequence[str], variant: str, sending: Sending
) -> list[Preview]:
    """Show variants for these people, or for three chosen ones among everybody; nothing is promised or kept."""
    ready = prepared(workspace, message, sending, strict=False)
    found: list[Preview] = []
    for name in [variant] if variant else [one.name for one in message.variants]:
        if customers:
            picked = [(one, "asked for") for one in customers]
        else:
            picked = chosen(ready, name, members_of(workspace, []), 3)
        found += shown_to(ready, name, [(Person(one, variant=name), why) for one, why in picked])
    return found


def shown_to(ready: Prepared, variant: str, people: Sequence[tuple[Person, str]]) -> list[Preview]:
    """Render a variant for people without promising anything: offers stand there with a made-up code."""
    workspace = ready.workspace
    ids = [one.customer_id for one, _ in people]
    offers: dict[str, Mapping[str, Any]] = {}
    if ready.table is not None and ready.wants("offer", variant):
        for one, _ in people:
            best = workspace.offers.best_for(one.customer_id, one.segment, ready.table.name)
            if best is not None:
                kept = ready.table.by_id[best["id"]]
                offers[one.customer_id] = {**best, "code": kept.code or ("CODE-1234" if kept.codes else "")}
    values = Values(
        facts(workspace, ids, ready.traits_of([variant])),
        offers,
        suggested(ready, dict.fromkeys(ids, variant)),
        dict.fromkeys(ids, ready.links.example()) if ready.links is not None else {},
    )
    rows = [values.row(ready, variant, one) for one in ids]
    found = []
    for (one, why), made in zip(people, workspace.messages.renderer.render(ready.compiled[variant], rows), strict=True):
        result = outgoing(ready, one, variant, "preview", made, values)
        if isinstance(result, LeftOut):
            found.append(Preview(one.customer_id, variant, why, None, "", result.detail))
        else:
            preheader = made.preheader if isinstance(made, Made) else ""
            found.append(Preview(one.customer_id, variant, why, result.content, preheader))
    return found
