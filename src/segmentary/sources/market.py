"""Answers of people who stand for a market: every column is a question, and nobody becomes a customer by answering."""

from __future__ import annotations

from dataclasses import replace

from segmentary.sources.base import Delivery, Proposal

MARKET = "market"
"""Whose ids these are: people of the market. The identity of customers leaves them out."""
DESIGN = ("record_id", "weight", "stratum", "cluster", "wave", "answered_at", "survey")
"""Who answered, when, and how the sample was drawn."""
ALSO_ASKED = ("stratum", "cluster", "wave")
"""Of these, what people may be compared and weighted by as well."""


def of_the_market(proposal: Proposal, delivery: Delivery) -> Proposal:
    """Return the proposal with all columns that are not the survey's design as questions."""
    mapping = proposal.mapping
    long = {"item", "value"} <= mapping.columns.keys()
    if long:
        return replace(proposal, mapping=replace(mapping, attributes={}))
    design = {mapping.columns[name] for name in DESIGN if name in mapping.columns and name not in ALSO_ASKED}
    items = tuple(column.name for column in delivery.columns if column.name not in design)
    columns = {name: column for name, column in mapping.columns.items() if name in DESIGN}
    asked = tuple(one for one in proposal.asked if one.about != "column")
    reasons = (*proposal.reasons, f"the market's own people: {len(items)} columns are questions, nobody is a customer")
    made = replace(mapping, columns=columns, attributes={}, items=items, ignored=())
    return replace(proposal, mapping=made, reasons=reasons, questions=tuple(map(str, asked)), asked=asked)
