"""The rule segments the benchmarks use: counts, sums, absence, attributes, in windows."""

from __future__ import annotations

import segmentary as sg
from segmentary.language.expressions import Quantity
from segmentary.language.expressions_events import Events
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


def fifty_heavy() -> list[SegmentDefinition]:
    """Return the fifty of the large benchmark: 100 mentions of 42 different aggregates, attributes in 26 of them."""

    def named(name: str, days: int | None = None) -> Events:
        found = sg.events(name)
        return found if days is None else found.last(f"{days}d")

    def count(name: str, days: int | None = None) -> Quantity:
        return named(name, days).count()

    order, view, opened, login = "order_completed", "product_viewed", "email_opened", "login"
    spent = {d: named(order, d).sum("amount") for d in WINDOWS}
    age, country = sg.trait("age"), sg.trait("country")
    rules = {f"buys_and_looks_{d}d": (count(order, d) >= 3) & (count(view, d) >= 1) for d in WINDOWS}
    rules |= {f"spent_100_{d}d": (spent[d] >= 100) & (count(order, d) >= 1) for d in WINDOWS}
    rules |= {f"looked_only_{d}d": (count(view, d) >= 2) & (count(order, d) <= 0) & (country != "DE") for d in WINDOWS}
    rules |= {f"reads_mail_{d}d": (count(opened, d) >= 2) & (count(order, 365) <= 5) & (age >= 30) for d in WINDOWS}
    rules |= {f"active_{d}d": (count(login, d) >= 1) & (count(order, d) >= 1) & (age < 60) for d in WINDOWS}
    rules |= {
        f"{place.lower()}_buyers": (country == place) & (count(order) >= 1) & (count(view, 30) >= 1)
        for place in ("DE", "FR", "GB", "ES", "IT")
    }
    rules |= {
        f"{channel}_orders": (sg.events(order, sg.prop("channel") == channel).last("365d").count() >= 2)
        & (count("email_clicked", 30) <= 0)
        for channel in ("web", "app", "store", "mail")
    }
    rules |= {
        "never_ordered": (count(order) <= 0) & (count(login, 30) >= 1),
        "one_time": (count(order) == 1) & (count(view, 180) >= 1),
        "lapsed": (count(order) >= 1) & (count(order, 180) <= 0),
        "support_and_spend": (count("support_chat_started", 90) >= 1) & (spent[365] >= 300),
        "clicked_not_bought": (count("email_clicked", 30) >= 1) & ~(count(order, 30) >= 1),
        "heavy_lookers": (count(view, 365) >= 20) & (spent[365] < 50),
    }
    return [sg.define_segment(name, rule) for name, rule in rules.items()]
