"""Lifetime models on CDNOW and on the apparel data: likelihoods, parameters, standard errors, customer 1516.

CDNOW's customers joined in the first quarter of 1997; weeks are days / 7, watched through 1997-09-30 (39 weeks).
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.golden.row import GoldenRow
from segmentary.models.value.bg_nbd import BetaGeo
from segmentary.models.value.cells import Cells, distinct
from segmentary.models.value.lifetime_model import LifetimeModel
from segmentary.models.value.mbg_nbd import ModifiedBetaGeo
from segmentary.models.value.pareto_nbd import ParetoNBD
from segmentary.models.value.purchases import Purchases

END = np.datetime64("1997-09-30")
FHL = "Fader, Hardie & Lee 2005, as in CLVTools' tests"
PROTOTYPE = "independent fit, lifetimes agrees on parameters"
MODELS: dict[str, type[LifetimeModel]] = {
    "BG/NBD": BetaGeo,
    "Pareto/NBD": ParetoNBD,
    "MBG/NBD": ModifiedBetaGeo,
}
# Parameters as printed: the tolerance is a tenth of a percent, and half a unit of the last printed digit.
PRINTED: dict[tuple[str, str], tuple[dict[str, str], float, str]] = {
    ("BG/NBD", "1/10"): ({"r": ".2426", "alpha": "4.4136", "a": ".7929", "b": "2.4259"}, -9582.429, FHL),
    ("Pareto/NBD", "1/10"): ({"r": ".5532", "alpha": "10.576", "s": ".6062", "beta": "11.67"}, -9594.976, FHL),
    ("MBG/NBD", "1/10"): ({"r": ".5248", "alpha": "6.183", "a": ".8914", "b": "1.614"}, -9582.13, PROTOTYPE),
    ("BG/NBD", "full"): ({"r": ".2516", "alpha": "4.789", "a": ".7234", "b": "2.161"}, -95368.44, PROTOTYPE),
    ("Pareto/NBD", "full"): ({"r": ".5974", "alpha": "11.586", "s": ".5222", "beta": "8.828"}, -95415.12, PROTOTYPE),
    ("MBG/NBD", "full"): ({"r": ".6371", "alpha": "7.310", "a": ".8075", "b": "1.228"}, -95336.96, PROTOTYPE),
}
ERRORS = {"r": ".0476264", "alpha": ".8427222", "s": ".1872594", "beta": "6.2105448"}
# Ours are by differences of exact gradients, theirs by differences of likelihoods.
ERRORS_TOLERANCE = 0.002
CUSTOMER_1516 = (26.0, 216 / 7, 31.0)
"""x 26, t_x 30.857 weeks, T 31 weeks; the next 52 weeks."""
UNSTABLE = {"r": 0.5143, "alpha": 2.8845, "s": 0.2856, "beta": 14.1087}
UNSTABLE_CUSTOMERS = (
    np.array([221.0, 254.0, 161.0, 204.0]),
    np.array([103.42857, 97.14286, 94.71429, 98.57143]),
    np.array([103.57143, 97.28571, 98.0, 99.42857]),
)
STABLE = 0.99956


def sample_cells(data: Path) -> Cells:
    """Return the cells of CDNOW's 1/10 sample, in exact weeks (the file rounds them to two places)."""
    with gzip.open(data / "clv" / "cdnow_sample_summary_x_tx_T_zbar.csv.gz", "rt") as lines:
        rows = [(float(row["x"]), float(row["t_x"]), float(row["T"])) for row in csv.DictReader(lines)]
    x, t_x, age = np.array(rows).T
    return distinct(x, np.round(t_x * 7) / 7, np.round(age * 7) / 7)


def full_purchases(data: Path) -> Purchases:
    """Return the purchases of all 23,570 customers, in weeks."""
    import pyarrow.parquet as pq

    table = pq.read_table(data / "clv" / "cdnow_master.parquet")
    columns = [table.column(name).to_numpy() for name in ("customer_id", "date", "value")]
    return Purchases.from_transactions(*columns, until=END).in_units(7)


def printed(model: str, which: str, fitted: LifetimeModel) -> Iterator[GoldenRow]:
    """Give likelihood and parameters against the printed ones."""
    params, likelihood, source = PRINTED[model, which]
    name = f"{model}, CDNOW {which}"
    yield GoldenRow("value", f"{name}: log-likelihood", fitted.log_likelihood_, likelihood, "equal", 0.01, source)
    for key, text in params.items():
        half = 0.5 * 10 ** -len(text.partition(".")[2])
        tolerance = max(0.001 * float(text), half)
        yield GoldenRow("value", f"{name}: {key}", fitted.params_[key], float(text), "equal", tolerance, source)


def customer(fitted: dict[str, LifetimeModel]) -> Iterator[GoldenRow]:
    """Give the figures of customer 1516 and of a new customer."""
    pareto, geometric = fitted["Pareto/NBD"], fitted["BG/NBD"]
    walkthrough = "BTYD walkthrough"
    expected = [(pareto, "Pareto/NBD", 25.4565, 0.99787), (geometric, "BG/NBD", 25.7566, 0.96885)]
    for model, name, purchases, alive in expected:
        what = f"{name}, customer 1516"
        ours = float(model.expected_purchases(*CUSTOMER_1516, 52.0)[0])
        yield GoldenRow("value", f"{what}: next 52 weeks", ours, purchases, "equal", 1e-4 * purchases, walkthrough)
        ours = float(model.alive(*CUSTOMER_1516)[0])
        yield GoldenRow("value", f"{what}: P(alive)", ours, alive, "equal", 1e-4 * alive, walkthrough)
    start = float(pareto.expected_from_start(52.0)[0])
    yield GoldenRow("value", "Pareto/NBD: E[X(52)]", start, 1.47343, "equal", 1e-4 * 1.47343, walkthrough)


def stability() -> Iterator[GoldenRow]:
    """Give P(alive) of customers with many purchases, where hypergeometric functions break down."""
    model = ParetoNBD()
    model.params_ = dict(UNSTABLE)
    x, t_x, age = UNSTABLE_CUSTOMERS
    alive = model.alive(x, t_x, age)
    for i, count in enumerate(x):
        reference, source = integrated(x[i], t_x[i], age[i]), "adaptive quadrature of scipy"
        what = f"Pareto/NBD, x {count:.0f}: P(alive)"
        yield GoldenRow("value", what, float(alive[i]), reference, "equal", 1e-7, source)
        if count == 254:
            source = "CLVTools' test of numerical stability"
            yield GoldenRow("value", f"{what}, as printed", float(alive[i]), STABLE, "equal", 5e-6, source)


def integrated(x: float, t_x: float, age: float) -> float:
    """Return P(alive) by an adaptive quadrature of the moment of leaving."""
    from scipy.integrate import quad

    r, alpha, s, beta = UNSTABLE.values()

    def density(u: float) -> float:
        """Return the odds of leaving at u, relative to having stayed until the end."""
        later = (r + x) * np.log((alpha + age) / (alpha + u)) + s * np.log((beta + age) / (beta + u))
        return float(s / (beta + u) * np.exp(later))

    odds, _ = quad(density, t_x, age, epsabs=0, epsrel=1e-12, limit=500)
    return 1 / (1 + odds)


def apparel(data: Path) -> Iterator[GoldenRow]:
    """Give the fit with covariates to simulated customers of a clothes shop."""
    import pyarrow.parquet as pq

    bought = pq.read_table(data / "clv" / "apparelTrans.parquet").to_pydict()
    known = pq.read_table(data / "clv" / "apparelStaticCov.parquet").to_pydict()
    days = np.array(bought["Date"], dtype="datetime64[D]")
    purchases = Purchases.from_transactions(
        bought["Id"], days, bought["Price"], until=np.datetime64("2005-01-02") + 104 * 7
    ).in_units(7)
    place = {one: i for i, one in enumerate(known["Id"])}
    order = [place[one] for one in purchases.ids]
    covariates = np.column_stack([known["Gender"], known["Channel"]])[order]
    source = "prototype, independent of ours"
    plain, given = ParetoNBD().fit(purchases), ParetoNBD(["Gender", "Channel"]).fit(purchases, covariates=covariates)
    for name, model, reference in (("none", plain, -5848.10), ("two", given, -5821.06)):
        what = f"Pareto/NBD, apparel, covariates {name}: log-likelihood"
        yield GoldenRow("value", what, model.log_likelihood_, reference, "equal", 0.01, source)
    pairs = (("rate_Gender", 0.286), ("rate_Channel", 0.624), ("dropout_Gender", -0.642), ("dropout_Channel", 0.790))
    for key, reference in pairs:
        what = f"Pareto/NBD, apparel: {key}"
        yield GoldenRow("value", what, given.params_[key], reference, "equal", 0.001, source)


def rows(data: Path) -> list[GoldenRow]:
    """Return every comparison."""
    cells, everybody = sample_cells(data), full_purchases(data)
    found: list[GoldenRow] = []
    fitted: dict[str, LifetimeModel] = {}
    for name, kind in MODELS.items():
        fitted[name] = kind().fit(cells)
        found += printed(name, "1/10", fitted[name])
        found += printed(name, "full", kind().fit(everybody))
    for key, text in ERRORS.items():
        ours = fitted["Pareto/NBD"].standard_errors_[key]
        what = f"Pareto/NBD, CDNOW 1/10: standard error of {key}"
        found.append(
            GoldenRow("value", what, ours, float(text), "equal", ERRORS_TOLERANCE * float(text), "CLVTools' tests")
        )
    found += customer(fitted)
    found += stability()
    found += apparel(data)
    return found
