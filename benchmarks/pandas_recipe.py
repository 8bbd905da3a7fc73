"""What an analyst would write in pandas for the same result: RFM scores and the fifty segments, in memory."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

AS_OF = pd.Timestamp("2026-01-01")
WINDOWS = (7, 14, 30, 60, 90, 180, 365)


def recipe(folder: Path) -> pd.DataFrame:
    """Read the files, score, and return one boolean column per segment."""
    people = pd.read_parquet(folder / "customers.parquet").set_index("customer_id")
    events = pd.read_parquet(
        folder / "events.parquet", columns=["customer_id", "event", "timestamp", "amount", "channel"]
    )
    events["amount"] = events["amount"].astype(float)
    for name in ("customer_id", "event", "channel"):
        events[name] = events[name].astype("category")
    orders = events[events["event"] == "order_completed"]
    grouped = orders.groupby("customer_id", observed=True)
    rfm = pd.DataFrame(
        {
            "recency": (AS_OF - grouped["timestamp"].max()).dt.days,
            "orders": grouped.size(),
            "money": grouped["amount"].sum(),
        }
    )
    for column in rfm.columns:
        ranked = rfm[column].rank(method="first", ascending=column != "recency")
        rfm[f"{column}_score"] = pd.qcut(ranked, 5, labels=False) + 1

    def counted(name: str, days: int | None = None, channel: str | None = None) -> pd.Series:
        wanted = events["event"] == name
        if days is not None:
            wanted &= events["timestamp"] >= AS_OF - pd.Timedelta(days=days)
        if channel is not None:
            wanted &= events["channel"] == channel
        return events[wanted].groupby("customer_id", observed=True).size().reindex(people.index, fill_value=0)

    def spent(days: int) -> pd.Series:
        wanted = orders["timestamp"] >= AS_OF - pd.Timedelta(days=days)
        return orders[wanted].groupby("customer_id", observed=True)["amount"].sum().reindex(people.index, fill_value=0)

    flags: dict[str, pd.Series] = {}
    for d in WINDOWS:
        ordered = counted("order_completed", d)
        flags[f"ordered_last_{d}d"] = ordered >= 1
        flags[f"ordered_3_in_{d}d"] = ordered >= 3
        flags[f"spent_100_in_{d}d"] = spent(d) >= 100
        flags[f"viewed_but_did_not_order_{d}d"] = (counted("product_viewed", d) >= 1) & (ordered <= 0)
        flags[f"opened_mail_{d}d"] = (counted("email_opened", d) >= 2) & (people["age"] >= 30)
    total = counted("order_completed")
    for country in ("DE", "FR", "GB", "ES", "IT"):
        flags[f"{country}_buyers"] = (people["country"] == country) & (total >= 1)
    for channel in ("web", "app", "store", "mail"):
        flags[f"{channel}_orders"] = counted("order_completed", 365, channel) >= 2
    flags["never_ordered"] = total <= 0
    flags["one_time"] = total == 1
    flags["lapsed"] = (total >= 1) & (counted("order_completed", 180) <= 0)
    flags["support_and_spend"] = (counted("support_chat_started", 90) >= 1) & (spent(365) >= 300)
    flags["clicked_not_bought"] = (counted("email_clicked", 30) >= 1) & ~(counted("order_completed", 30) >= 1)
    flags["young_and_active"] = (people["age"] < 30) & (counted("login", 30) >= 2)
    return pd.DataFrame(flags).join(rfm)
