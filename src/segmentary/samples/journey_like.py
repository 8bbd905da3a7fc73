"""A generated grocer with files of the shape of the Complete Journey data, for where the package cannot be had.

Same file names, columns and types; invented households, shops and goods. No figure means anything.
"""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

SHOP_ZONE = "America/New_York"
YEAR = 2017
CAMPAIGNS = 12
ALL_GOODS = (
    ("GROCERY", "SOFT DRINKS", "CANS 12 PK", 4.5), ("GROCERY", "FLUID MILK PRODUCTS", "MILK 2%", 2.6),
    ("GROCERY", "BAKED BREAD/BUNS/ROLLS", "SANDWICH BREAD", 1.9), ("GROCERY", "CHEESE", "SHREDDED CHEESE", 3.1),
    ("GROCERY", "BAG SNACKS", "POTATO CHIPS", 2.7), ("GROCERY", "COLD CEREAL", "KIDS CEREAL", 3.4),
    ("GROCERY", "BABY FOODS", "STRAINED FRUIT", 0.9), ("DRUG GM", "DIAPERS & DISPOSABLES", "BABY DIAPERS", 12.5),
    ("DRUG GM", "BABY HBC", "BABY SHAMPOO", 3.9), ("GROCERY", "DOG FOODS", "DRY DOG FOOD", 9.8),
    ("GROCERY", "CAT FOOD", "WET CAT FOOD", 0.7), ("GROCERY", "CAT LITTER", "CLUMPING LITTER", 6.4),
    ("PRODUCE", "TROPICAL FRUIT", "BANANAS", 1.1), ("PRODUCE", "ORGANICS FRUIT & VEGETABLES", "ORGANIC SALAD", 3.9),
    ("MEAT", "BEEF", "GROUND BEEF", 6.2), ("COSMETICS", "MAKEUP AND TREATMENT", "LIP COLOR", 6.9),
    ("SPIRITS", "DOMESTIC WINE", "RED TABLE WINE", 8.5), ("MISCELLANEOUS", "FUEL", "GASOLINE-REG UNLEADED", 22.0),
)  # fmt: skip
AGES = ("19-24", "25-34", "35-44", "45-54", "55-64", "65+")
INCOMES = ("Under 15K", "15-24K", "25-34K", "35-49K", "50-74K", "75-99K", "100-124K", "125-149K", "250K+")
ID = pa.int64()
TEXT = pa.string()
NUMBER = pa.float64()
TIME = pa.timestamp("us")
SHAPES: dict[str, tuple[tuple[str, Any], ...]] = {
    "transactions": (
        ("household_id", ID), ("store_id", ID), ("basket_id", ID), ("product_id", ID), ("quantity", ID),
        ("sales_value", NUMBER), ("retail_disc", NUMBER), ("coupon_disc", NUMBER), ("coupon_match_disc", NUMBER),
        ("week", ID), ("transaction_timestamp", TIME),
    ),
    "demographics": (
        ("household_id", ID), ("age", TEXT), ("income", TEXT), ("home_ownership", TEXT), ("marital_status", TEXT),
        ("household_size", TEXT), ("household_comp", TEXT), ("kids_count", TEXT),
    ),
    "products": (
        ("product_id", ID), ("manufacturer_id", ID), ("department", TEXT), ("brand", TEXT), ("product_category", TEXT),
        ("product_type", TEXT), ("package_size", TEXT),
    ),
    "campaigns": (("campaign_id", ID), ("household_id", ID)),
    "campaign_descriptions": (("campaign_id", ID), ("campaign_type", TEXT), ("start_date", TIME), ("end_date", TIME)),
    "coupon_redemptions": (
        ("household_id", ID), ("coupon_upc", ID), ("campaign_id", ID), ("redemption_date", TIME),
    ),
}  # fmt: skip
Row = tuple[Any, ...]


def generate_like(folder: Path, *, households: int = 500, seed: int = 17) -> Path:
    """Write the six files into a folder; return it.

    Parameters
    ----------
    households : how many buy; about a third of them say who they are.
    seed : the same seed writes the same rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(f"{seed}:journey")  # noqa: S311 - a sample, not a secret
    goods = products()
    rows: dict[str, list[Row]] = {name: [] for name in SHAPES}
    rows["products"] = goods
    begins = [dt.datetime(YEAR, 1 + number * 12 // CAMPAIGNS, 3) for number in range(CAMPAIGNS)]  # noqa: DTZ001 - dates of the shop
    for number, begin in enumerate(begins, start=1):
        kind = f"Type {'ABC'[number % 3]}"
        rows["campaign_descriptions"].append((number, kind, begin, begin + dt.timedelta(days=40)))
    for household in range(1, households + 1):
        kids = chance.random() < 0.3
        if chance.random() < 0.33:
            rows["demographics"].append(demography(chance, household, kids=kids))
        rows["transactions"] += year(chance, household, goods, kids=kids)
        for number, begin in enumerate(begins, start=1):
            if chance.random() < 0.2:
                rows["campaigns"].append((number, household))
                if chance.random() < 0.12:
                    day = begin + dt.timedelta(days=chance.randint(0, 30))
                    rows["coupon_redemptions"].append((household, 10_000_000_000 + number * 100 + kids, number, day))
    rows["transactions"].sort(key=lambda row: (row[-1], row[2], row[3]))
    for name, shape in SHAPES.items():
        columns = list(zip(*rows[name], strict=True)) or [()] * len(shape)
        table = pa.table({label: pa.array(values, kind) for (label, kind), values in zip(shape, columns, strict=True)})
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    return folder


def products() -> list[Row]:
    """Return every kind of goods once by a national brand and once by the store's own."""
    found = []
    for number, (department, category, kind, _) in enumerate(ALL_GOODS):
        for step, brand in enumerate(("National", "Private")):
            found.append(
                (1_000 + 2 * number + step, 69 if step else 100 + number, department, brand, category, kind, None)
            )
    return found


def demography(chance: random.Random, household: int, *, kids: bool) -> Row:
    couple = chance.random() < 0.55
    number_of_kids = chance.choice((1, 2, 3)) if kids else 0
    size = (2 if couple else 1) + number_of_kids
    return (
        household,
        chance.choices(AGES, (5, 18, 24, 36, 8, 9))[0],
        chance.choices(INCOMES, (8, 9, 10, 21, 24, 12, 5, 5, 2))[0],
        chance.choices(("Homeowner", "Renter", None), (65, 6, 29))[0],
        chance.choices(("Married", "Unmarried", None), (43, 40, 17))[0],
        "5+" if size >= 5 else str(size),
        f"{'2 Adults' if couple else '1 Adult'} {'Kids' if kids else 'No Kids'}",
        "3+" if number_of_kids == 3 else str(number_of_kids),
    )


def year(chance: random.Random, household: int, goods: list[Row], *, kids: bool) -> list[Row]:
    """Return the lines a household buys in a year, as a till in universal time writes them."""
    zone = ZoneInfo(SHOP_ZONE)
    own_brand, thrift = chance.betavariate(2, 5), chance.betavariate(2, 7)
    likes = {category: chance.random() < habit(category, kids=kids) for _, category, _, _ in ALL_GOODS}
    tastes = [chance.expovariate(1) if likes[row[4]] else 0 for row in goods]
    size = chance.uniform(3, 40)
    ends = 365 if chance.random() > 0.08 else chance.randint(60, 260)
    gap = chance.lognormvariate(2.0, 0.7)
    store, evening = chance.randint(300, 330), chance.betavariate(2, 4)
    found: list[Row] = []
    day = chance.expovariate(1 / gap)
    basket = 30_000_000_000 + household * 1_000
    while day < ends:
        basket += 1
        hour = chance.randint(18, 22) if chance.random() < evening else chance.randint(8, 17)
        date = dt.date(YEAR, 1, 1) + dt.timedelta(days=int(day))
        local = dt.datetime(date.year, date.month, date.day, hour, chance.randint(0, 59), tzinfo=zone)
        at = local.astimezone(dt.UTC).replace(tzinfo=None)
        for row in {r[0]: r for r in chance.choices(goods, tastes, k=1 + int(chance.expovariate(1 / size)))}.values():
            product = row if (row[3] == "Private") == (chance.random() < own_brand) else swapped(row, goods)
            found.append(line(chance, household, store, basket, product, at, thrift, int(day) // 7 + 1))
        day += 0.5 + chance.expovariate(1 / gap)
    return found


def habit(category: str, *, kids: bool) -> float:
    """Return how likely a household buys from a category at all; everybody buys milk and soft drinks."""
    if category in ("FLUID MILK PRODUCTS", "SOFT DRINKS"):
        return 1.0
    if "BABY" in category or "DIAPER" in category:
        return 0.6 if kids else 0.1
    return 0.25 if category in ("DOG FOODS", "CAT FOOD", "CAT LITTER", "FUEL", "MAKEUP AND TREATMENT") else 0.6


def swapped(row: Row, goods: list[Row]) -> Row:
    """Return the same goods by the other brand."""
    return goods[int(row[0] - 1_000) ^ 1]


def line(
    chance: random.Random,
    household: int,
    store: int,
    basket: int,
    product: Row,
    at: dt.datetime,
    thrift: float,
    week: int,
) -> Row:
    """Return one line of the till; fuel is counted in thousandths of a gallon."""
    usual = ALL_GOODS[(product[0] - 1_000) // 2][3] * (0.8 if product[3] == "Private" else 1)
    price = usual * chance.uniform(0.8, 1.3)
    quantity = round(price * 400) if product[4] == "FUEL" else chance.choices((1, 2, 3), (80, 15, 5))[0]
    value = price if product[4] == "FUEL" else price * quantity
    saved = value * chance.uniform(0.1, 0.4) if chance.random() < 2 * thrift else 0.0
    coupon = 0.5 if chance.random() < 0.01 else 0.0
    return (
        household, store, basket, product[0], quantity, round(value - saved, 2), round(saved, 2), coupon, 0.0, week, at
    )  # fmt: skip
