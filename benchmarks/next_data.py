"""Three shops in workspaces of their own: what `benchmarks.next` measures, by the path everybody takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

import segmentary as sg
from segmentary.models.predict.learning import Learnt, learnt
from segmentary.models.progress import quiet
from segmentary.samples.complete_journey import data_folder
from segmentary.workspace.feature_choice import choose_features
from segmentary.workspace.looking_back import past, purchases
from segmentary.workspace.predicting import periods

HORIZON_DAYS = 91


@dataclass(frozen=True)
class Shop:
    """A data set: its orders as SQL over its files, the last day known, and what was measured there before."""

    title: str
    file: str
    orders: str
    known_until: dt.date
    people: int
    bought: float
    gini: float
    auc: float
    plain_gini: float
    decile: float | None

    @property
    def as_of(self) -> dt.datetime:
        """The end of the 91 days after the last day known."""
        day = self.known_until + dt.timedelta(days=1 + HORIZON_DAYS)
        return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


SHOPS = (
    Shop(
        "CDNOW",
        "clv/cdnow_master.parquet",
        "select customer_id, cast(row_number() over () as varchar) as order_id, date as happened_at,"
        " cast(value as decimal(18, 4)) as amount from orders",
        dt.date(1997, 9, 30),
        23_570,
        0.178,
        0.68,
        0.777,
        0.640,
        0.15,
    ),
    Shop(
        "Online Retail",
        "clv/uci_online_retail_cleaned.parquet",
        "select CustomerID as customer_id, InvoiceNo as order_id, min(InvoiceDate) as happened_at,"
        " cast(sum(Quantity * UnitPrice) as decimal(18, 4)) as amount from orders"
        " where CustomerID is not null group by all",
        dt.date(2011, 9, 8),
        3_362,
        0.571,
        0.78,
        0.739,
        0.772,
        None,
    ),
    Shop(
        "Complete Journey",
        "",
        "select household_id as customer_id, basket_id as order_id, min(transaction_timestamp) as happened_at,"
        " cast(sum(sales_value) as decimal(18, 4)) as amount from orders group by all",
        dt.date(2017, 9, 30),
        2_446,
        0.940,
        0.86,
        0.895,
        0.845,
        0.035,
    ),
)


def orders_file(shop: Shop, data: Path) -> Path | None:
    """Return the file of a shop; None where it is not here."""
    if shop.file:
        return data / shop.file if (data / shop.file).is_file() else None
    folder = data_folder()
    return None if folder is None else folder / "transactions.parquet"


@contextmanager
def opened(shop: Shop, data: Path) -> Iterator[Any]:
    """Open a new workspace with the orders of a shop."""
    file = orders_file(shop, data)
    if file is None:
        raise FileNotFoundError(shop.title)
    with TemporaryDirectory() as place:
        folder = Path(place)
        with duckdb.connect() as connection:
            connection.execute(f"create view orders as select * from '{file}'")
            connection.execute(f"copy ({shop.orders}) to '{folder / 'orders.parquet'}' (format parquet)")
        with sg.init(folder / "shop", timezone="UTC", currency="USD", environment={}) as workspace:
            columns = {name: name for name in ("order_id", "happened_at", "amount")} | {"record_id": "customer_id"}
            workspace.add(folder / "orders.parquet", kind="orders", columns=columns)
            workspace.derived.ensure()
            yield workspace


def tested(workspace: Any, shop: Shop) -> Learnt:
    """Return what is learnt as of the end of the test's days: fitted before, tested on them."""
    context = workspace.context(shop.as_of)
    found = past(workspace, context, HORIZON_DAYS, event="order_completed")
    chosen = choose_features(workspace, found.train[0].as_of)
    train, test = periods(workspace, found, HORIZON_DAYS, chosen, quiet)
    return learnt(train, test, horizon_days=HORIZON_DAYS, features=chosen.features, now=purchases(workspace, context))
