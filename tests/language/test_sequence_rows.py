"""Which sequences a kernel may count, and the rows it reads for them; the counts themselves: `test_sequence_kernel`."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.language.aggregates import Activity
from segmentary.language.compile_sequences import Marks
from segmentary.language.inputs import Inputs
from segmentary.language.sequence_rows import InOrder, in_order
from segmentary.language.tree import Binding, Context, Duration, EventFilter, Sequence, Session, Step
from segmentary.schema import EVENTS

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
CART, ORDER = EventFilter(("cart_added",)), EventFilter(("order_completed",))
DAY = Duration(1, "day")


def counted(sequence: Sequence, latest: int | None = None) -> InOrder | None:
    return in_order(Marks(Activity(Context(NOW, "UTC"), {}), sequence, None), latest)


def chained(sequence: Sequence, latest: int | None = None) -> InOrder:
    found = counted(sequence, latest)
    assert found is not None
    return found


def test_gaps_and_deadlines_are_microseconds() -> None:
    steps = (Step(CART), Step(ORDER, min_gap=Duration(1, "minute"), max_gap=DAY, without=(EventFilter(("login",)),)))
    chain = chained(Sequence(steps, within=Duration(2, "day"), anchor="last"), latest=5).chain
    [link] = chain.links
    assert (link.min_gap, link.max_gap, link.without) == (60_000_000, 86_400_000_000, 2)
    assert (chain.steps, chain.within, chain.anchor, chain.latest) == (2, 2 * 86_400_000_000, "last", 5)
    assert dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=chain.as_of) == NOW


def test_a_last_step_may_be_an_absence() -> None:
    chain = chained(Sequence((Step(CART), Step(ORDER, max_gap=DAY, absent=True)), anchor="any")).chain
    assert chain.absent
    assert chain.anchor is None


@pytest.mark.parametrize(
    "sequence",
    [
        Sequence((Step(CART), Step(ORDER)), session=Session(Duration(30, "minute"))),
        # A third step bound to the first: the second does not tell what it must be equal to.
        Sequence((Step(CART), Step(ORDER), Step(ORDER, same=(Binding(("category",), step=1),)))),
        Sequence(tuple(Step(EventFilter((f"step_{n}",))) for n in range(32))),
    ],
)
def test_what_only_sql_can_tell_is_left_to_it(sequence: Sequence) -> None:
    assert counted(sequence) is None


def test_rows_are_the_events_of_the_steps_before_as_of() -> None:
    """Each with the steps it fits as bits, and the property that ties the steps."""
    engine = DuckDB()
    rows = [
        ("e1", "ann", "cart_added", 1, "books"),
        ("e2", "ann", "login", 2, None),
        ("e3", "bob", "order_completed", 3, "toys"),
        ("e4", "bob", "order_completed", 99, "toys"),
    ]
    engine.create(EVENTS)
    schema = engine.table(exp.select("*").from_(exp.table_(EVENTS.name, quoted=True))).schema
    made = [
        {
            **dict.fromkeys(EVENTS.names),
            "event_id": event,
            "message_id": event,
            "customer_id": who,
            "name": name,
            "happened_at": dt.datetime(2026, 1, 31) + dt.timedelta(days=day),
            "category": category,
        }
        for event, who, name, day, category in rows
    ]
    engine.ingest(EVENTS.name, pa.Table.from_pylist([{n: row.get(n) for n in schema.names} for row in made], schema))
    events = exp.table_(EVENTS.name, quoted=True)
    inputs = Inputs(universe=events, profile=events, events=events)
    one = chained(Sequence((Step(CART), Step(ORDER, same=(Binding(("category",)),)))))
    found = engine.table(one.rows(inputs)).to_pylist()
    [tied] = one.chain.columns
    assert [(row["customer_id"], row["marks"], row[tied]) for row in found] == [("ann", 1, "books"), ("bob", 2, "toys")]
    places = pa.table({"place": [row["rowid"] for row in found]})
    engine.ingest("tied", places)
    ordered = engine.table(one.ties(inputs, exp.table_("tied", quoted=True))).to_pylist()
    assert sorted(row["by_message_id"] for row in ordered) == ["e1", "e3"]
    engine.close()
