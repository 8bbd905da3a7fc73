"""CDNOW's customers for tests: the 1/10 sample and everybody, in weeks, watched through 1997-09-30."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from segmentary.models.value.cells import Cells, distinct
from segmentary.models.value.purchases import Purchases

CUSTOMER_1516 = (26.0, 216 / 7, 31.0)


def sample(data: Path) -> Cells:
    """Return the 2,357 customers of the published sample."""
    with gzip.open(data / "clv" / "cdnow_sample_summary_x_tx_T_zbar.csv.gz", "rt") as lines:
        rows = [(float(row["x"]), float(row["t_x"]), float(row["T"])) for row in csv.DictReader(lines)]
    x, t_x, age = np.array(rows).T
    return distinct(x, np.round(t_x * 7) / 7, np.round(age * 7) / 7)


def everybody(data: Path) -> Purchases:
    """Return all 23,570 customers."""
    table = pq.read_table(data / "clv" / "cdnow_master.parquet")
    columns = [table.column(name).to_numpy() for name in ("customer_id", "date", "value")]
    return Purchases.from_transactions(*columns, until=np.datetime64("1997-09-30")).in_units(7)
