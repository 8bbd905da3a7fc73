"""Which sale a cancellation takes back."""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.sources.values import node

PAIRS = "cancellation_pairs"


def pair_cancellations(engine: Engine) -> int:
    """Write into ``order_lines`` which order every cancellation takes back; return how many were paired.

    All pairs are found anew from all lines, so that the order in which files were loaded does not matter.
    """
    some = exp.select("1").from_("order_lines").where(node("sale_kind in ('cancellation', 'return')")).limit(1)
    if not engine.rows(some):
        return 0
    found = engine.create_as(PAIRS, pairs_query(), temporary=True)
    lost = node(
        "cancels_order_id is not null and row_key not in (select row_key from $pairs as pairs)", pairs=exp.table_(PAIRS)
    )
    engine.execute(exp.update("order_lines", {"cancels_order_id": exp.null()}, where=lost))
    matched = node(
        "order_lines.source = pairs.source and order_lines.row_key = pairs.row_key"
        " and order_lines.cancels_order_id is distinct from pairs.cancels_order_id"
    )
    update = exp.update("order_lines", {"cancels_order_id": node("pairs.cancels_order_id")}, where=matched)
    update.set("from_", exp.From(this=exp.to_table(PAIRS).as_("pairs")))
    engine.execute(update)
    engine.drop(PAIRS)
    return found


def pairs_query() -> exp.Query:
    """Return source, row_key and cancels_order_id of every line that takes a known sale back."""
    return query(Path(__file__).with_name("pairing.sql"), order_lines=exp.table_("order_lines"))
