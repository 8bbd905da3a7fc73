"""What is known of the firm a customer works for and the household they live in.

The attributes of a customer's accounts and households become attributes of the customer, prefixed ``account_`` and
``household_``, for as long as the relation lasts. From them: the size class of the firm (cut-offs of the European
Union's definition by headcount), its sector in one spelling, and how many customers share the household.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.profiles.countries import plain
from segmentary.profiles.derived import append, append_mapped, distinct_raw, keep, raw_attribute
from segmentary.schema import ATTRIBUTES, BELONGINGS, CUSTOMER_ATTRIBUTES

MODULE = "firmographics"
FOLDER = Path(__file__).parent
LARGEST_HOUSEHOLD = 100
"""More customers than this share no household: the id is a filler."""

SizeBand = Literal["micro", "small", "medium", "large"]
SMALL_FROM, MEDIUM_FROM, LARGE_FROM = 10, 50, 250
HEADCOUNT_NAMES = ("employees", "account_employees")
SECTOR_NAMES = ("sector", "industry", "account_sector", "account_industry")

SECTORS = (
    *("agriculture", "automotive", "aerospace", "banking", "biotechnology", "chemicals", "construction", "consulting"),
    *("consumer goods", "education", "electronics", "employment", "energy", "engineering", "entertainment", "fashion"),
    *("finance", "food", "furniture", "gaming", "government", "healthcare", "hospitality", "insurance", "legal"),
    *("logistics", "manufacturing", "marketing", "media", "medical", "mining", "non-profit", "pharmaceuticals"),
    *("professional services", "publishing", "real estate", "research", "retail", "security", "services", "software"),
    *("sports", "technology", "telecommunications", "textiles", "tourism", "transport", "travel", "utilities"),
    "wholesale",
)
SAME_SECTOR = {
    "tech": "technology",
    "it": "technology",
    "information technology": "technology",
    "telecom": "telecommunications",
    "telecommunication": "telecommunications",
    "telecoms": "telecommunications",
    "telco": "telecommunications",
    "financial services": "finance",
    "financial": "finance",
    "health care": "healthcare",
    "pharma": "pharmaceuticals",
    "pharmaceutical": "pharmaceuticals",
    "biotech": "biotechnology",
    "transportation": "transport",
    "nonprofit": "non-profit",
    "public sector": "government",
    "public administration": "government",
    "ecommerce": "retail",
    "e commerce": "retail",
    "retailer": "retail",
}
SECTOR_CLOSE = 0.85


def derive(engine: Engine, taken: frozenset[str]) -> int:
    """Add group attributes, company_size, business_sector and household_members; return how many rows."""
    groups = query(
        FOLDER / "group_attributes.sql",
        belongings=exp.table_(BELONGINGS.name, quoted=True),
        attributes=exp.table_(ATTRIBUTES.name, quoted=True),
        customer_attributes=exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True),
    )
    rows = append(engine, MODULE, groups)
    if "household_members" not in taken:
        rows += append(engine, MODULE, household_members())
    return rows + derive_sizes(engine, taken) + derive_sectors(engine, taken)


def household_members() -> exp.Query:
    return query(
        FOLDER / "household_members.sql",
        belongings=exp.table_(BELONGINGS.name, quoted=True),
        largest=LARGEST_HOUSEHOLD,
    )


def derive_sizes(engine: Engine, taken: frozenset[str]) -> int:
    """Add company_size from the first of `HEADCOUNT_NAMES` that the data has."""
    for name in HEADCOUNT_NAMES:
        raw = raw_attribute(name)
        texts = distinct_raw(engine, raw)
        if texts:
            facts = {text: keep({"company_size": (size_of(text), "text")}, taken) for text in texts}
            return append_mapped(engine, MODULE, raw, facts)
    return 0


def derive_sectors(engine: Engine, taken: frozenset[str]) -> int:
    """Add business_sector from the first of `SECTOR_NAMES` that the data has."""
    for name in SECTOR_NAMES:
        raw = raw_attribute(name)
        texts = distinct_raw(engine, raw)
        if texts:
            facts = {text: keep({"business_sector": (sector_of(text), "text")}, taken) for text in texts}
            return append_mapped(engine, MODULE, raw, facts)
    return 0


def size_of(text: str) -> SizeBand | None:
    """Return the size class of a headcount, such as "12", "1,200" or a range like "11-50" that lies in one class.

    A range over two classes counts where most of it lies; "250+" by its lower end.
    """
    numbers = headcounts(text)
    if not numbers:
        return None
    low, high = numbers[0], numbers[-1]
    middle = low if "+" in text or ">" in text else (low + high) / 2
    return band_of(middle)


def headcounts(text: str) -> list[Decimal]:
    if re.search(r"\d[^\W\d]|[^\W\d]\d", text):  # 10k, 1e3: letters that are part of a number are not understood
        return []
    found = []
    for piece in re.findall(r"\d[\d,'’ ]*(?:\.\d+)?", text):
        try:
            found.append(Decimal(re.sub(r"[,'’ ]", "", piece)))
        except InvalidOperation:
            return []
    return found if len(found) <= 2 and not text.strip().startswith("-") else []


def band_of(employees: Decimal) -> SizeBand:
    if employees < SMALL_FROM:
        return "micro"
    if employees < MEDIUM_FROM:
        return "small"
    return "medium" if employees < LARGE_FROM else "large"


def sector_of(text: str, known: Iterable[str] = SECTORS) -> str | None:
    """Return a sector in one spelling: known ones mended ("technolgy"), others in lower case as they are."""
    name = plain(text)
    if not name:
        return None
    by_plain = {plain(sector): sector for sector in known}
    if name in SAME_SECTOR or name in by_plain:
        return SAME_SECTOR.get(name) or by_plain[name]
    near = difflib.get_close_matches(name, by_plain, n=1, cutoff=SECTOR_CLOSE) if len(name) >= 5 else []
    return by_plain[near[0]] if near else name
