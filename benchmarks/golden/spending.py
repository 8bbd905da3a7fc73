"""Spend per person, purchases at fixed opportunities, renewals, and the forecast of CDNOW's second 39 weeks."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path

import numpy as np
import pyarrow.compute as compute
import pyarrow.parquet as pq

from benchmarks.golden.row import GoldenRow
from segmentary.models.predict.metrics import normalised_gini
from segmentary.models.value.bg_bb import BetaGeoBetaBinomial
from segmentary.models.value.choice import TITLES, ModelName, choose_model, purchase_model
from segmentary.models.value.gamma_gamma import GammaGamma
from segmentary.models.value.holdout import PurchaseHoldout, purchase_holdout
from segmentary.models.value.holdout_data import HoldoutData
from segmentary.models.value.lifetime_value import fit_lifetime_value
from segmentary.models.value.sbg import ShiftedBetaGeometric
from segmentary.samples.complete_journey import data_folder

RENEWALS = {
    "Regular": ([1000, 631, 468, 382, 326, 289, 262, 241], (0.704, 1.182), -1680.27, 0.170),
    "High-End": ([1000, 869, 743, 653, 593, 551, 517, 491], (0.668, 3.806), -1611.16, 0.378),
}
HOLDOUT: dict[ModelName, tuple[float, float, float, float]] = {
    "bg_nbd": (0.701, 0.6256, 0.785, 4166),
    "mbg_nbd": (0.669, 0.6273, 0.765, 4055),
    "pareto_nbd": (0.707, 0.6302, 0.755, 4275),
}
BY_FREQUENCY: dict[ModelName, tuple[float, ...]] = {
    "bg_nbd": (0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157),
    "pareto_nbd": (0.138, 0.599, 1.196, 1.714, 2.398, 2.907, 3.819, 6.403),
}
ACTUAL = (0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359)


def table(path: Path) -> dict[str, np.ndarray]:
    """Return the columns of a compressed CSV file as numbers."""
    with gzip.open(path, "rt") as file:
        read = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in read]) for name in read[0]}


def cdnow_holdout(data: Path) -> HoldoutData:
    """Return the CDNOW sample cut after 39 of 78 weeks, in days."""
    log = table(data / "clv" / "cdnow_sample_elog.csv.gz")
    days = [dt.date(int(d) // 10000, int(d) // 100 % 100, int(d) % 100) for d in log["date"]]
    return HoldoutData.from_transactions(
        log["sampleid"].astype(np.int64),
        days,
        log["sales"],
        cutoff=dt.date(1997, 9, 30),
        until=dt.date(1998, 6, 30),
    )


def rows(data: Path) -> list[GoldenRow]:
    """Return every published figure."""
    return [*spend(data), *donations(data), *renewals(), *holdout(data), *value(data)]


def near(what: str, ours: float, reference: float, *, share: float = 0.001, source: str) -> GoldenRow:
    """Return a figure that must be within a share of the reference."""
    return GoldenRow("spending", what, ours, reference, "equal", abs(reference) * share, source)


def spend(data: Path) -> list[GoldenRow]:
    """Return Gamma-Gamma on the repeaters of the CDNOW sample."""
    source = "Fader & Hardie (2013), as in CLVTools' tests"
    columns = table(data / "clv" / "cdnow_sample_summary_x_tx_T_zbar.csv.gz")
    model = GammaGamma().fit(columns["x"], columns["zbar"])
    again = columns["x"] > 0
    together = float(np.corrcoef(columns["x"][again], columns["zbar"][again])[0, 1])
    found = [GoldenRow("spending", "Gamma-Gamma, repeaters", model.people_, 946, source=source)]
    for name, value in zip(("p", "q", "gamma"), (6.249, 3.745, 15.45), strict=True):
        found.append(near(f"Gamma-Gamma, {name}", model.params_[name], value, source=source))
    found.append(near("Gamma-Gamma, mean spend", model.population_spend(), 35.17, source=source))
    found.append(GoldenRow("spending", "Gamma-Gamma, log-likelihood", model.log_likelihood_, -4055.92, "equal", 0.01))
    found.append(GoldenRow("spending", "correlation of x and mean spend", together, 0.114, "equal", 0.0005, source))
    return found


def donations(data: Path) -> list[GoldenRow]:
    """Return BG/BB on the donors."""
    source = "Fader, Hardie & Shang (2010), as in the BTYD walkthrough"
    columns = table(data / "clv" / "donations_bgbb_summary.csv.gz")
    cells = (columns["frequency"], columns["recency"], columns["periods"])
    model = BetaGeoBetaBinomial().fit(*cells, columns["weights"])
    found = [
        near(f"BG/BB, {name}", model.params_[name], value, source=source)
        for name, value in zip(model.params_, (1.2035, 0.7497, 0.6568, 2.7838), strict=True)
    ]
    found.append(
        GoldenRow("spending", "BG/BB, log-likelihood", model.log_likelihood_, -33225.58, "equal", 0.01, source)
    )
    donor = float(model.expected_purchases([4], [5], [6], 10)[0])
    found.append(near("BG/BB, donor x 4, t_x 5, next 10", donor, 3.6279, share=1e-4, source=source))
    return found


def renewals() -> list[GoldenRow]:
    """Return sBG on both groups."""
    source = "Fader & Hardie (2007), seven renewals"
    found = []
    for group, (survivors, (alpha, beta), value, at_twelve) in RENEWALS.items():
        model = ShiftedBetaGeometric().fit(survivors)
        found.append(near(f"sBG {group}, alpha", model.params_["alpha"], alpha, source=source))
        found.append(near(f"sBG {group}, beta", model.params_["beta"], beta, source=source))
        found.append(
            GoldenRow("spending", f"sBG {group}, log-likelihood", model.log_likelihood_, value, "equal", 0.01, source)
        )
        there = float(model.survival(12)[12])
        found.append(GoldenRow("spending", f"sBG {group}, S(12)", there, at_twelve, "equal", 0.0005, source))
    return found


def holdout(data: Path) -> list[GoldenRow]:
    """Return the forecast of weeks 40 to 78 by each purchase model, within 1%."""
    source = "CDNOW sample, weeks 40-78, measured with other implementations"
    held = cdnow_holdout(data)
    cells = held.before.cells()
    found = [
        GoldenRow("spending", "CDNOW holdout, customers", len(held), 2357),
        near("CDNOW holdout, repeat purchases", float(held.purchases.sum()), 1882, share=0.0, source=source),
        near("CDNOW, week 78 cumulative", float(held.weekly.sum()), 4339, share=0.01, source=source),
    ]
    for name, expected in HOLDOUT.items():
        judged: PurchaseHoldout = purchase_holdout(purchase_model(name).fit(cells), held)
        ours = (
            judged.expected,
            judged.correlation,
            judged.mae.estimate,
            float(judged.tracking.cumulative[1][-1]),
        )
        words = ("mean prediction", "r(predicted, actual)", "MAE", "week 78 cumulative")
        for word, value, reference in zip(words, ours, expected, strict=True):
            found.append(near(f"{TITLES[name]} holdout, {word}", value, reference, share=0.01, source=source))
        if name in BY_FREQUENCY:
            for row, reference, actual in zip(judged.by_frequency, BY_FREQUENCY[name], ACTUAL, strict=True):
                what = f"{TITLES[name]} holdout, expected at x = {row.repeat_count}"
                found.append(near(what, row.expected, reference, share=0.01, source=source))
                if name == "bg_nbd":
                    what = f"CDNOW holdout, actual at x = {row.repeat_count}"
                    found.append(near(what, row.actual.estimate, actual, share=0.01, source=source))
    return found


def value(data: Path) -> list[GoldenRow]:
    """Return how well customers are put in order of what they spend in the next 91 days, on three sets of data."""
    source = "lifetimes 0.11.3, BG/NBD x Gamma-Gamma, the same data and cutoffs"
    bars = {"CDNOW": 0.640, "Online Retail": 0.772, "Complete Journey": 0.845}
    found = []
    for name, held in (("CDNOW", cdnow(data)), ("Online Retail", retail(data)), ("Complete Journey", journey())):
        if held is None:
            continue
        taken = choose_model(held).name
        made = fit_lifetime_value(held.before, None, horizon_days=91, until=dt.date(2000, 1, 1), model=taken)
        gini = normalised_gini(held.spend, made.score(held.before).value, draws=0).estimate
        found.append(GoldenRow("spending", f"{name}, next 91 days, Gini", gini, bars[name], "at_least", 0.0, source))
    return found


def cdnow(data: Path) -> HoldoutData:
    """Return all 23,570 customers of CDNOW, cut after September 1997."""
    read = pq.read_table(data / "clv" / "cdnow_master.parquet")
    columns = [read[name].to_numpy() for name in ("customer_id", "date", "value")]
    return HoldoutData.from_transactions(*columns, cutoff=dt.date(1997, 9, 30), until=dt.date(1997, 12, 30))


def retail(data: Path) -> HoldoutData:
    """Return UCI Online Retail without guests, cut 91 days before its last whole day."""
    read = pq.read_table(data / "clv" / "uci_online_retail_cleaned.parquet")
    read = read.filter(compute.is_valid(read["CustomerID"]))
    spent = read["Quantity"].to_numpy() * read["UnitPrice"].to_numpy()
    days = read["InvoiceDate"].to_numpy().astype("datetime64[D]")
    ids = read["CustomerID"].to_numpy()
    return HoldoutData.from_transactions(ids, days, spent, cutoff=dt.date(2011, 9, 8), until=dt.date(2011, 12, 8))


def journey() -> HoldoutData | None:
    """Return the households of Complete Journey, cut after September 2017; None where the package is not installed."""
    folder = data_folder()
    if folder is None:
        return None
    columns = ["household_id", "transaction_timestamp", "sales_value"]
    read = pq.read_table(folder / "transactions.parquet", columns=columns)
    days = read["transaction_timestamp"].to_numpy().astype("datetime64[D]")
    ids, spent = read["household_id"].to_numpy(), read["sales_value"].to_numpy()
    return HoldoutData.from_transactions(ids, days, spent, cutoff=dt.date(2017, 9, 30), until=dt.date(2017, 12, 30))
