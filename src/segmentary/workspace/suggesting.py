"""Suggestions for people of a workspace: next best offers without what is sold out or was just bought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.activation.suggestions import FAVOURITES, Ranked, favourite, suggestions
from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError
from segmentary.ledger.definitions import lists
from segmentary.schema import EVENTS
from segmentary.workspace.message_facts import asked_for, facts, vocabulary

if TYPE_CHECKING:
    from segmentary.activation.templates import Suggesting
    from segmentary.workspace.workspace import Workspace

COLUMNS = {"category": "category", "brand": "brand", "product": "product_id"}
MORE = 8
"""So many lines a list are asked for beyond those shown, because some will be left out."""


def suggestions_for(workspace: Workspace, ids: Sequence[str], wanted: Suggesting) -> dict[str, list[dict[str, str]]]:
    """Return what to suggest to each of these people; nobody is in it for whom there is nothing to say."""
    if not ids:
        return {}
    lately = bought_lately(workspace, ids, COLUMNS[wanted.of], wanted.not_since_days)
    never = sold_out(workspace, wanted)
    found = suggestions(ranked(workspace, ids, wanted), most=wanted.most, leave_out=never, bought_lately=lately)
    rest = [one for one in ids if not found.get(one)]
    known = [name for name in FAVOURITES[wanted.of] if name in vocabulary(workspace)][:1]
    if rest and known and workspace.last_run() is not None:
        for customer_id, values in facts(workspace, rest, known).items():
            item = str(values[known[0]] or "")
            if item and item.casefold() not in never and item not in lately.get(customer_id, ()):
                found[customer_id] = favourite(item, wanted.of)
    return {one: found[one] for one in ids if found.get(one)}


def ranked(workspace: Workspace, ids: Sequence[str], wanted: Suggesting) -> list[Ranked]:
    """Return the next best offers to these people; none where nothing was bought."""
    import pyarrow as pa
    import pyarrow.compute as pc

    run = workspace.last_run()
    try:
        made = workspace.predictions.offers(
            level=COLUMNS[wanted.of], as_of=run.as_of if run is not None else None, most=wanted.most + MORE
        )
    except NoAnswerError:
        return []
    table = made.table.filter(pc.is_in(made.table.column("customer_id"), value_set=pa.array(list(ids), pa.string())))
    columns = (table.column(name).to_pylist() for name in ("customer_id", "list", "rank", "item", "name", "reason"))
    return [Ranked(*row) for row in zip(*columns, strict=True)]


def bought_lately(workspace: Workspace, ids: Sequence[str], what: str, days: int) -> dict[str, Collection[str]]:
    """Return what each person bought within the days before the newest run."""
    if days < 1 or what not in workspace.warehouse.columns(EVENTS.name):
        return {}
    run = workspace.last_run()
    until = run.as_of if run is not None else workspace.tick()
    since = (until - dt.timedelta(days=days)).astimezone(dt.UTC).replace(tzinfo=None)
    people = asked_for(workspace.warehouse, ids)
    item = column(what, "bought")
    query = (
        exp.select(column("customer_id", "bought"), item)
        .distinct()
        .from_(exp.table_(EVENTS.name, quoted=True, alias="bought"))
        .join(
            people.subquery("people"),
            on=exp.EQ(this=column("customer_id", "bought"), expression=column("customer_id", "people")),
        )
        .where(
            exp.GTE(
                this=column("happened_at", "bought"), expression=exp.cast(literal(since.isoformat(" ")), "timestamp")
            )
        )
        .where(exp.not_(exp.Is(this=item.copy(), expression=exp.null())))
    )
    found: dict[str, Collection[str]] = {}
    for customer_id, one in workspace.warehouse.rows(query):
        found[customer_id] = {*found.get(customer_id, ()), str(one)}
    return found


def sold_out(workspace: Workspace, wanted: Suggesting) -> set[str]:
    """Return what is not to be suggested: the list the message names, else one called ``sold_out``."""
    held = lists(workspace.ledger)
    return {one.casefold() for one in held.get(wanted.leave_out or "sold_out", ())}
