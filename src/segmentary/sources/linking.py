"""Bring together what belongs together and came apart: lines and their orders, answers of staff and their customers.

Exports of shops and help desks are tables that lack what another table has: lines of orders have no customer and no
time, refunds no product, comments do not say whether their author is a customer. They may come in any order and on
different days, so nothing is joined while loading: such rows wait under one of the statuses below, and are brought
together from everything whenever the derived tables are made. Nothing of them counts before.

**Money.** Of an order whose lines are there, the lines bring the money, scaled down to the order's own amount where
discounts of the whole order make that smaller; what the order's amount has beyond its lines stays with the order. So
the sum of an order is always its own amount, whichever tables are there. Amounts of lines and refunds are in the
currency of their order and are converted at its rate. A refund counts its lines where they are there, else its own
amount.
"""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.sources.values import node

HERE = Path(__file__).parent
LINE_OF_ORDER = "line of an order"
DELETED_LINE = "deleted line of an order"
REFUND = "refund"
REFUNDED_LINE = "refunded line"
EVENT_OF_ORDER = "event of an order"
WAITING = (LINE_OF_ORDER, DELETED_LINE, REFUND, REFUNDED_LINE, EVENT_OF_ORDER)
OWNING = ("ticket_opened", "chat_started", "conversation_started", "order_shipped")
"""Events whose customer is the customer of everything else with the same session_id."""
LINKED_LINES = "linked_order_lines"
LINKED_EVENTS = "linked_recorded_events"
AUTHORS = "message_authors"


def is_waiting() -> exp.Expr:
    """Return the condition of order lines that belong to an order in another table."""
    return node(
        "sale_kind = 'no_sale' and record_id is null and"
        " coalesce(json_extract_string(properties, '$.status'), '') in $words",
        words=WAITING,
    )


def own_lines() -> exp.Select:
    """Return the order lines that are lines by themselves."""
    return exp.select("*").from_("order_lines").where(exp.not_(exp.paren(is_waiting())))


def linked_lines(engine: Engine) -> str:
    """Return the name of the order lines with everything in its place: the table itself where nothing waits."""
    if not engine.rows(exp.select("1").from_("order_lines").where(is_waiting()).limit(1)):
        return "order_lines"
    made = query(
        HERE / "linked_lines.sql",
        order_lines=exp.table_("order_lines"),
        loads=exp.table_("loads"),
        line=LINE_OF_ORDER,
        deleted_line=DELETED_LINE,
        refund=REFUND,
        refunded_line=REFUNDED_LINE,
        waiting=WAITING,
    )
    engine.create_as(LINKED_LINES, made, temporary=True)
    return LINKED_LINES


def linked_events(engine: Engine, lines: str) -> str:
    """Return the name of the recorded events with their customers: the table itself where none is missing.

    lines : what `linked_lines` returned.
    """
    facts = lines == LINKED_LINES
    nameless = node("record_id is null and (order_id is not null or session_id is not null)")
    if not facts and not engine.rows(exp.select("1").from_("recorded_events").where(nameless).limit(1)):
        return "recorded_events"
    made = query(
        HERE / "linked_events.sql",
        recorded_events=exp.table_("recorded_events"),
        lines=exp.table_(lines),
        order_lines=exp.table_("order_lines"),
        loads=exp.table_("loads"),
        owning=OWNING,
        event_of_order=EVENT_OF_ORDER,
    )
    engine.create_as(LINKED_EVENTS, made, temporary=True)
    return LINKED_EVENTS


def unlink(engine: Engine) -> None:
    """Drop what `linked_lines` and `linked_events` made."""
    for name in (LINKED_LINES, LINKED_EVENTS):
        engine.drop(name)


def settle_authors(engine: Engine) -> int:
    """Give messages their direction and customer by who wrote them; return how many were changed.

    Our own people are the reference rows ``<id space>_staff``. What they wrote goes out, to the customer of the
    conversation. All is found anew from everything, so that the order in which files were loaded does not matter.
    """
    told = node("conversation_id is not null and (direction is null or direction = 'out' or record_id is null)")
    staff = node("right(table_name, 6) = '_staff'")
    asked = engine.rows(exp.select("1").from_("reference_rows").where(staff).limit(1))
    if not asked and not engine.rows(exp.select("1").from_("messages").where(told).limit(1)):
        return 0
    made = query(
        HERE / "message_authors.sql",
        messages=exp.table_("messages"),
        reference_rows=exp.table_("reference_rows"),
        recorded_events=exp.table_("recorded_events"),
        loads=exp.table_("loads"),
        owning=OWNING,
    )
    found = engine.create_as(AUTHORS, made, temporary=True)
    if found:
        matched = node("messages.source = authors.source and messages.row_key = authors.row_key")
        changes: dict[str, object] = {name: node(f"authors.{name}") for name in ("direction", "id_space", "record_id")}
        update = exp.update("messages", changes, where=matched)
        update.set("from_", exp.From(this=exp.to_table(AUTHORS).as_("authors")))
        engine.execute(update)
    engine.drop(AUTHORS)
    return found
