"""What customers need and what hurts them, as lists that grow: ``voice_needs`` and ``voice_pains``.

From the events `segmentary voices code` makes. A list holds from just after the passage that made it longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.profiles.derived import ROW, append
from segmentary.schema import EVENTS, VOICE_CODED

MODULE = "voices"
LISTS = {"need": "voice_needs", "pain": "voice_pains"}
MADE = "voices_made"


def derive(engine: Engine, taken: frozenset[str]) -> int:
    """Add the lists; return how many rows. A name a source delivers itself is left alone."""
    wanted = {code: name for code, name in LISTS.items() if name not in taken}
    names = ("customer_id", "happened_at", "known_at", "properties")
    said = (
        exp.select(*(column(name) for name in names))
        .from_(exp.table_(EVENTS.name, quoted=True))
        .where(column("name").eq(literal(VOICE_CODED)))
        .order_by(*(column(name) for name in ("customer_id", "happened_at", "sequence", "message_id")))
    )
    rows = [row for code, name in wanted.items() for row in grown(list(engine.rows(said)), code, name)]
    if not rows:
        return 0
    import pyarrow as pa

    kinds = {"valid_from": pa.timestamp("us"), "valid_to": pa.timestamp("us"), "known_at": pa.timestamp("us")}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in ROW])
    engine.ingest(MADE, pa.Table.from_pylist(rows, schema=schema))
    try:
        return append(engine, MODULE, exp.select(*(column(name) for name in ROW)).from_(exp.table_(MADE, quoted=True)))
    finally:
        engine.drop(MADE)


def grown(said: list[tuple[Any, ...]], code: str, name: str) -> Iterator[dict[str, Any]]:
    """Yield the list of each customer whenever it grew, until it grew again."""
    held: dict[str, dict[str, Any]] = {}
    for who, at, known_at, properties in said:
        value = json.loads(properties or "{}").get(code)
        before = held.get(who)
        told = json.loads(before["value"]) if before else []
        if value is None or value in told:
            continue
        row = {
            "customer_id": who,
            "name": name,
            "value": json.dumps(sorted([*told, value]), separators=(",", ":")),
            "value_type": "list",
            "valid_from": at,
            "known_at": known_at,
        }
        if before is not None:
            before["valid_to"] = at
            # Two in one moment: only the longer list ever held.
            if before["valid_from"] != at:
                yield before
        held[who] = row
    yield from held.values()
