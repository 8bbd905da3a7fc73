"""RECS 2015 (US EIA): published weighted figures with their replicate standard errors, ours beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.golden.row import GoldenRow
from segmentary.market.groups import Groups
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import mean, share, total

SOURCE = "RECS 2015 microdata with 96 replicate weights (Fay 0.5); R survey / srvyr give the same"
FILE = "survey_weighted_recs2015/recs_2015.parquet"
REGIONS = {
    "Midwest": (26.372, 1764.37),
    "Northeast": (21.007, 2273.43),
    "South": (44.442, 1919.96),
    "West": (26.388, 1522.78),
}
DWELLINGS = {"Single-family detached": (73.87, 2192.63), "Apartment: 5 or more units": (21.15, 1047.63)}


def recs(data: Path) -> tuple[SurveyDesign, dict[str, np.ndarray], dict[str, list[str]]]:
    """Return the design, the numbers and the texts the figures need."""
    weights = [f"BRRWT{place}" for place in range(1, 97)]
    table = pq.read_table(data / FILE, columns=["NWEIGHT", *weights, "TOTALDOL", "ACUsed", "Region", "HousingUnitType"])
    numbers = {name: table[name].to_numpy().astype(np.float64) for name in ("NWEIGHT", "TOTALDOL", "ACUsed", *weights)}
    texts = {name: table[name].to_pylist() for name in ("Region", "HousingUnitType")}
    replicates = np.column_stack([numbers[name] for name in weights])
    return SurveyDesign(numbers["NWEIGHT"], replicate_weights=replicates, kind="fay", fay=0.5), numbers, texts


def rows(data: Path) -> list[GoldenRow]:
    """Return every published figure of the survey."""
    design, numbers, texts = recs(data)
    found: list[GoldenRow] = []

    def row(what: str, ours: float, reference: float, tolerance: float) -> None:
        found.append(GoldenRow("survey", what, ours, reference, "equal", tolerance, SOURCE))

    spend = numbers["TOTALDOL"]
    row("households", total(design)[0].estimate, 118_208_250, 0.5)
    (one,) = mean(design, spend)
    row("mean spend on energy, USD", one.estimate, 1859.40, 0.005)
    row("mean spend on energy, standard error", one.error, 15.59, 0.005)
    (one,) = total(design, spend)
    row("total spend, bn USD", one.estimate / 1e9, 219.80, 0.005)
    row("total spend, standard error, bn USD", one.error / 1e9, 1.84, 0.005)
    (one,) = share(design, numbers["ACUsed"])
    row("air conditioning used, %", one.estimate * 100, 86.97, 0.005)
    row("air conditioning used, standard error", one.error * 100, 0.83, 0.005)
    row("mean without weights (wrong, as it must be)", float(spend.mean()), 1882.34, 0.005)
    for name, figures in (("Region", REGIONS), ("HousingUnitType", DWELLINGS)):
        groups = Groups.of(texts[name])
        sizes, means = total(design, groups=groups), mean(design, spend, groups=groups)
        for level, (households, dollars) in figures.items():
            place = groups.names.index(level)
            row(f"{level}: M households", sizes[place].estimate / 1e6, households, 0.005)
            row(f"{level}: standard error of households", sizes[place].error, 0.0, 0.0)
            row(f"{level}: mean spend, USD", means[place].estimate, dollars, 0.005)
    dwellings = Groups.of(texts["HousingUnitType"])
    detached = dwellings.labels == dwellings.names.index("Single-family detached")
    row("single-family detached, % of households", share(design, detached)[0].estimate * 100, 62.5, 0.05)
    return found
