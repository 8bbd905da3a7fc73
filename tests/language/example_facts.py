"""What a small shop's data says: the facts definitions are checked against in tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from segmentary.language.facts import EventFacts, Facts, TraitFacts
from segmentary.language.tree import Context

AS_OF = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
FACTS = Facts(
    context=Context(AS_OF),
    population=1000,
    traits={
        "age": TraitFacts("number", 1000, Decimal(18), Decimal(80)),
        "income": TraitFacts("number", 780, Decimal(0), Decimal(90_000)),
        "country": TraitFacts("text", 990, top_values=(("France", 700), ("Germany", 290)), complete=True),
        "city": TraitFacts("text", 990, top_values=(("Paris", 300),)),
        "active": TraitFacts("boolean", 1000, top_values=(("true", 1000),), complete=True),
        "sign_up": TraitFacts("date", 1000, dt.date(2020, 1, 1), dt.date(2025, 3, 2)),
        "seen_at": TraitFacts(
            "time", 1000, dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2025, 3, 2, 9, tzinfo=dt.UTC)
        ),
        "empty": TraitFacts("number", 0),
        "uncounted": TraitFacts("number"),
    },
    events={
        "order_completed": EventFacts(
            500, dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2025, 3, 2, tzinfo=dt.UTC)
        ),
        "product_purchased": EventFacts(
            900, dt.datetime(2024, 1, 1, tzinfo=dt.UTC), AS_OF, {"category": (("shoes", 600), ("hats", 300))}
        ),
        "trial_started": EventFacts(0),
    },
    sizes={"nobody": 0, "all_people": 1000, "some": 10},
)
