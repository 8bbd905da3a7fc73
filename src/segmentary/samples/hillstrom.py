"""Kevin Hillstrom's e-mail experiment (2008): 64,000 customers, three arms drawn by lot, two weeks of what they did.

The file is not shipped: it is read where you have it, as CSV or Parquet with the columns it was published with. It has
no ids, so people are called by their place in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

CAMPAIGN = "hillstrom"
COLUMNS = ("recency", "history", "mens", "womens", "zip_code", "newbie", "channel", "segment", "visit", "conversion",
           "spend")  # fmt: skip
ARMS = {"No E-Mail": "none", "Mens E-Mail": "mens", "Womens E-Mail": "womens"}
RANDOMISED = "by Kevin Hillstrom's retailer, one third of the customers to each arm at random"


def read_hillstrom(path: str | Path) -> pa.Table:
    """Return the file with a ``customer_id``, as a table of 64,000 rows.

    Raises
    ------
    SourceError
        when it is not there, or not this file.
    """
    import pyarrow as pa

    place = Path(path)
    if not place.is_file():
        raise SourceError(f"there is no file {place}", hint="say where the Hillstrom file is")
    if place.suffix == ".csv":
        from pyarrow.csv import read_csv

        table = read_csv(place)
    else:
        from pyarrow.parquet import read_table

        table = read_table(place)
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise SourceError(f"{place.name} lacks {', '.join(missing)}", hint="the Hillstrom file as it was published")
    ids = pa.array([f"h{number:05d}" for number in range(1, table.num_rows + 1)])
    return table.add_column(0, "customer_id", ids)


def customers(table: pa.Table) -> pa.Table:
    """Return one row per customer: what was known before, and what they did in the two weeks after."""
    names = ["customer_id", *(name for name in COLUMNS if name != "segment")]
    return table.select(names).rename_columns(["customer_id", *(new_name(name) for name in names[1:])])


def new_name(name: str) -> str:
    """Return how a column is called here: recency would be mistaken for days since the last order.

    >>> new_name("recency"), new_name("visit")
    ('months_since_purchase', 'visit')
    """
    return {"recency": "months_since_purchase", "history": "spend_before"}.get(name, name)


def exposures(table: pa.Table) -> pa.Table:
    """Return one row per customer: the campaign and the arm."""
    import pyarrow as pa

    arms = [ARMS[name] for name in table.column("segment").to_pylist()]
    return pa.table(
        {
            "customer_id": table.column("customer_id"),
            "campaign": pa.array([CAMPAIGN] * table.num_rows),
            "arm": pa.array(arms),
        }
    )


def write_files(path: str | Path, folder: str | Path) -> tuple[Path, Path]:
    """Write ``hillstrom_customers.parquet`` and ``hillstrom_exposures.parquet`` for `segmentary add`; return both."""
    from pyarrow.parquet import write_table

    table, place = read_hillstrom(path), Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    made = place / "hillstrom_customers.parquet", place / "hillstrom_exposures.parquet"
    write_table(customers(table), made[0])
    write_table(exposures(table), made[1])
    return made
