"""Add to the profiles what follows from them: places, devices, firms, attitudes, consents.

Each module adds rows to ``customer_attributes`` with the source ``derived:<module>`` and the times of what they are
made from. Everything is made anew on every call. An attribute a source delivers itself is never overwritten.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.profiles import consent, firmographics, geography, psychographics, technographics, voices
from segmentary.profiles.derived import append, remove_all
from segmentary.profiles.observed import attribute_types
from segmentary.schema import IDENTITY_MAP, RECORDS
from segmentary.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Enrichment:
    """How many attribute rows each module added."""

    rows: Mapping[str, int]


def enrich(engine: Engine, settings: Settings) -> Enrichment:
    """Make all derived attributes anew."""
    remove_all(engine)
    taken = frozenset(attribute_types(engine))
    steps: Mapping[str, Callable[[], int]] = {
        "customer": lambda: derive_created_at(engine, taken),
        geography.MODULE: lambda: geography.derive(engine, taken, country=settings.country),
        technographics.MODULE: lambda: technographics.derive(engine, taken),
        firmographics.MODULE: lambda: firmographics.derive(engine, taken),
        psychographics.MODULE: lambda: psychographics.derive(engine, settings, taken),
        consent.MODULE: lambda: consent.derive(engine, taken),
        voices.MODULE: lambda: voices.derive(engine, taken),
    }
    rows = {}
    for module, step in steps.items():
        rows[module] = step()
        log.info("profiles enriched", extra={"part": module, "rows": rows[module]})
    return Enrichment(rows)


def derive_created_at(engine: Engine, taken: frozenset[str]) -> int:
    """Add created_at: when the first source created the record of the customer."""
    if "created_at" in taken:
        return 0
    rows = query(
        Path(__file__).with_name("created_at.sql"),
        records=exp.table_(RECORDS.name, quoted=True),
        identity_map=exp.table_(IDENTITY_MAP.name, quoted=True),
    )
    return append(engine, "customer", rows)
