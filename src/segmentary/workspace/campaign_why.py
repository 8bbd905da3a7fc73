"""Why a person is in an audience, or is not; and whether they could be written to now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from segmentary.activation.addresses import address_kind
from segmentary.activation.audience import REASONS
from segmentary.activation.campaign import HOLDOUT
from segmentary.errors import UnknownNameError
from segmentary.ledger.audiences import audiences_of, member_of
from segmentary.workspace.contact_addresses import address_of
from segmentary.workspace.sending_gate import gate

if TYPE_CHECKING:
    from segmentary.activation.audience import Reason
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Why:
    """Why a person is in an audience or not.

    outcome : an arm, ``holdout``, a reason, or ``no_target``. now : what speaks against writing to them now; empty:
    nothing. sentences : the same in words.
    """

    campaign: str
    customer_id: str
    audience: str
    segment: str
    outcome: str
    variant: str
    now: str
    sentences: tuple[str, ...]


def why(workspace: Workspace, name: str, customer_id: str) -> Why:
    """Say why a person is in the newest audience of a campaign (or in the audience named), or is not.

    Raises
    ------
    UnknownNameError
        when there is no such customer.
    """
    campaign = workspace.campaigns.get(name.rpartition("-")[0] if name.rpartition("-")[2].isdecimal() else name)
    held = audiences_of(workspace.ledger, campaign.name)
    chosen = next((one for one in held if one.audience == name), held[-1] if held else None)
    workspace.derived.ensure()
    kind = address_kind(campaign.channel, workspace.settings.channels)
    address = address_of(workspace, customer_id, kind) if kind else ""
    asked = gate(workspace, campaign.channel, campaign.purpose, obey_caps=campaign.obey_caps)
    now = asked.verdict(customer_id, address, workspace.tick())
    told = f"now: {REASONS[now]}" if now else "now: nothing speaks against writing to them"
    member = member_of(workspace.ledger, chosen.audience, customer_id) if chosen is not None else None
    if chosen is None or member is None:
        served = [one.segment for one in campaign.targets if workspace.is_member(customer_id, one.segment)]
        if not served:
            known(workspace, customer_id)
        first = f"{customer_id} is in none of the targets: {', '.join(one.segment for one in campaign.targets)}"
        if served and chosen is None:
            first = f"{customer_id} is in {served[0]}; no audience is frozen yet"
        elif served:
            first = f"{customer_id} came into {served[0]} after {name} was frozen"
        outcome = "no_target" if not served else "not_frozen"
        audience = chosen.audience if chosen is not None else ""
        segment = served[0] if served else ""
        return Why(campaign.name, customer_id, audience, segment, outcome, "", now or "", (first, told))
    _, segment, arm, variant, reason = member
    said = [f"{customer_id} is in {segment}, the first target that holds them"]
    if reason:
        said.append(f"left out: {REASONS[cast('Reason', reason)]}")
    elif arm == HOLDOUT:
        said.append("held out by lot: gets nothing, so that the effect can be measured")
    else:
        said.append(f"drawn into arm {arm}" + (f", gets variant {variant}" if variant else ""))
    return Why(campaign.name, customer_id, chosen.audience, segment, reason or arm, variant, now or "", (*said, told))


def known(workspace: Workspace, customer_id: str) -> None:
    from sqlglot import exp

    from segmentary.engine.sqlfile import column, literal
    from segmentary.schema import CUSTOMERS

    query = exp.select(exp.Count(this=exp.Star())).from_(exp.table_(CUSTOMERS.name, quoted=True))
    if not workspace.engine.value(query.where(exp.EQ(this=column("customer_id"), expression=literal(customer_id)))):
        raise UnknownNameError("customer", customer_id, [], see="see `segmentary segment people`")
