"""The decision whom to serve: a record in the ledger, and the audience it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.ledger.records import append_record, current_records

if TYPE_CHECKING:
    from segmentary.market.targeting import TargetAudience
    from segmentary.workspace.markets import Market


def decide(
    market: Market,
    name: str,
    *,
    by: str,
    why: str,
    segments: Sequence[str],
    without: Sequence[str],
    least_confidence: float,
) -> TargetAudience:
    """Keep a target and define its audience.

    Raises
    ------
    UnknownNameError
        when a segment is none of the market's, or its definition is not in force.
    UsageError
        when it would write over a segment somebody made.
    """
    from segmentary.market.targeting import TargetAudience, audience

    workspace, keys = market.workspace, market.data.keys
    model = market.data.base
    if not model:
        raise NoAnswerError("the segments of an item are no definitions", hint="make a typing tool and name it as base")
    definitions = [(segment, f"{model}_{key}") for segment, key in keys.items()]
    known = {**{key: key for key in keys}, **{key: one for one, key in keys.items()}}
    for one in segments:
        if one not in known:
            raise UnknownNameError("segment of the market", one, known)
    at = workspace.tick()
    recommended = market.recommendation()
    if segments:
        chosen = tuple(dict(definitions)[known[one]] for one in segments)
        made = TargetAudience(
            name, chosen, why, at.isoformat(), by,
            without=tuple(without), solution=model, least_confidence=least_confidence,
            rests_on=(market.plan.market,),
        )  # fmt: skip
    else:
        made = audience(
            recommended, definitions, name=name, decided_at=at, decided_by=by, why=why, without=without,
            solution=model, least_confidence=least_confidence,
        )  # fmt: skip
    held = workspace.segments_defined()
    for one in (*made.segments, *made.without):
        if one not in held:
            raise UnknownNameError("segment", one, held, see=f"segmentary discover assign {model} makes them")
    if name in held and name not in current_records(workspace.ledger, "target"):
        raise UsageError(f"the segment {name} is there already, and no target made it", hint="choose another name")
    document = made.to_document() | {"market": market.plan.market, "recommendation": recommended.to_document()}
    with workspace.ledger.transaction():
        workspace.define(made.definition)
        market.keep()
        append_record(workspace.ledger, "target", name, document, at=at)
    return made
