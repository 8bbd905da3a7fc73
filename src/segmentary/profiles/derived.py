"""How attributes made from other data come to be: whole columns at a time, with the times of what they are made from.

Python looks at each **distinct** raw value once (a country, a city, a user agent); the answers go back as a small table
and the warehouse does the rest. Rows carry the source ``derived:<module>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, identifier, literal
from segmentary.language.tree import ValueType
from segmentary.schema import CUSTOMER_ATTRIBUTES, CUSTOMERS

PREFIX = "derived:"
MAPPING_TABLE = "derived_mapping"
ROW = tuple(name for name in CUSTOMER_ATTRIBUTES.names if name != "source")
"""What a derived row says, before its source."""

Facts = Mapping[str, tuple[str | None, ValueType]]
"""Attribute name -> canonical text and type."""


def remove_all(engine: Engine) -> None:
    """Take every derived attribute away."""
    derived = exp.Like(this=column("source"), expression=literal(f"{PREFIX}%"))
    engine.execute(exp.delete(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True)).where(derived))


def append(engine: Engine, module: str, rows: exp.Query) -> int:
    """Add rows (columns of `ROW`) about customers we serve as attributes of a module; return how many."""
    served = exp.select(column("customer_id")).from_(exp.table_(CUSTOMERS.name, quoted=True))
    named = (
        exp.select(*(column(name) for name in ROW), exp.alias_(literal(f"{PREFIX}{module}"), "source", quoted=True))
        .from_(rows.subquery("made"))
        .where(exp.In(this=column("customer_id"), query=served.subquery()))
    )
    place = exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True)
    return engine.execute(exp.insert(named, place, columns=[identifier(name) for name in (*ROW, "source")]))


def append_mapped(engine: Engine, module: str, raw: exp.Query, facts: Mapping[str, Facts]) -> int:
    """Add what is known of raw values to everyone who has them; return how many rows.

    Each answer holds as long as the raw value does: the ``valid_to`` of raw values has to end them where the next one
    begins.

    Parameters
    ----------
    raw : rows (customer_id, raw, valid_from, valid_to, known_at).
    facts : raw value -> what is known of it; all raw values name the same attributes.
    """
    cells = [
        (key, name, value, type_)
        for key, known in facts.items()
        for name, (value, type_) in known.items()
        if value is not None
    ]
    if not cells:
        return 0
    engine.ingest(MAPPING_TABLE, text_table(("raw", "name", "value", "value_type"), cells))
    try:
        return append(engine, module, joined(raw))
    finally:
        engine.drop(MAPPING_TABLE)


def joined(raw: exp.Query) -> exp.Select:
    return (
        exp.select(*(of("known" if name in ("name", "value", "value_type") else "held", name) for name in ROW))
        .from_(raw.subquery("held"))
        .join(
            exp.table_(MAPPING_TABLE, quoted=True).as_("known"),
            on=exp.EQ(this=of("known", "raw"), expression=of("held", "raw")),
        )
    )


def of(table: str, name: str) -> exp.Column:
    return exp.column(identifier(name), table=identifier(table))


def text_table(names: Iterable[str], rows: Iterable[tuple[str | None, ...]]) -> pa.Table:
    """Return rows of text as an Arrow table."""
    wanted = tuple(names)
    held = list(rows)
    return pa.table(
        {name: pa.array([row[i] for row in held], type=pa.string()) for i, name in enumerate(wanted)},
        schema=pa.schema([(name, pa.string()) for name in wanted]),
    )


def raw_attribute(name: str) -> exp.Select:
    """Return the rows of a received attribute as raw values (customer_id, raw, valid_from, valid_to, known_at)."""
    return (
        exp.select(
            column("customer_id"),
            exp.alias_(column("value"), "raw", quoted=True),
            *(column(n) for n in ("valid_from", "valid_to", "known_at")),
        )
        .from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True))
        .where(
            exp.and_(
                exp.EQ(this=column("name"), expression=literal(name)),
                exp.not_(column("value").is_(exp.null())),
            )
        )
    )


def distinct_raw(engine: Engine, raw: exp.Query) -> list[str]:
    """Return the different raw values, in order."""
    query = exp.select(column("raw")).distinct().from_(raw.subquery("raw_values")).order_by(column("raw"))
    return [row[0] for row in engine.rows(query) if row[0] is not None]


def keep(facts: Facts, taken: frozenset[str]) -> Facts:
    """Leave out the attributes a source delivers itself: what is said wins over what is guessed."""
    return {name: known for name, known in facts.items() if name not in taken}
