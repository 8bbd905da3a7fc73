"""The fifty rule segments every benchmark uses: counts, sums, recency, absence, attributes, in windows."""

from __future__ import annotations

import segmentary as sg
from segmentary.language.tree import SegmentDefinition

WINDOWS = (7, 14, 30, 60, 90, 180, 365)


def fifty() -> list[SegmentDefinition]:
    """Return the segments, always the same."""
    orders = sg.events("order_completed")
    rules = {f"ordered_last_{d}d": orders.last(f"{d}d").count() >= 1 for d in WINDOWS}
    rules |= {f"ordered_3_in_{d}d": orders.last(f"{d}d").count() >= 3 for d in WINDOWS}
    rules |= {f"spent_100_in_{d}d": orders.last(f"{d}d").sum("amount") >= 100 for d in WINDOWS}
    rules |= {
        f"viewed_but_did_not_order_{d}d": (sg.events("product_viewed").last(f"{d}d").count() >= 1)
        & (orders.last(f"{d}d").count() <= 0)
        for d in WINDOWS
    }
    rules |= {
        f"opened_mail_{d}d": (sg.events("email_opened").last(f"{d}d").count() >= 2) & (sg.trait("age") >= 30)
        for d in WINDOWS
    }
    rules |= {
        f"{country}_buyers": (sg.trait("country") == country) & (orders.count() >= 1)
        for country in ("DE", "FR", "GB", "ES", "IT")
    }
    rules |= {
        f"{channel}_orders": sg.events("order_completed", sg.prop("channel") == channel).last("365d").count() >= 2
        for channel in ("web", "app", "store", "mail")
    }
    rules |= {
        "never_ordered": orders.count() <= 0,
        "one_time": orders.count() == 1,
        "lapsed": (orders.count() >= 1) & (orders.last("180d").count() <= 0),
        "support_and_spend": (sg.events("support_chat_started").last("90d").count() >= 1)
        & (orders.last("365d").sum("amount") >= 300),
        "clicked_not_bought": (sg.events("email_clicked").last("30d").count() >= 1)
        & ~(orders.last("30d").count() >= 1),
        "young_and_active": (sg.trait("age") < 30) & (sg.events("login").last("30d").count() >= 2),
    }
    found = [sg.define_segment(name.lower(), rule) for name, rule in rules.items()]
    assert len(found) == 50, len(found)
    return found
