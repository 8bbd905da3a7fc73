"""Telco's survival curve and churn figures, and the textbook leukaemia data (Freireich et al. 1963)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from benchmarks.golden.row import GoldenRow

DESIGN = "design: measured by prototype, lifelines the same"
TEXTBOOK = "Freireich et al. (1963); survival package of R: coxph, survdiff, survfit"
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def telco(data: Path):
    """Return the customers as a typed table; TotalCharges is empty for those never billed."""
    import pandas as pd

    from segmentary.models.table.reading import typed_table

    frame = pd.read_csv(data / "telco_churn" / "Telco-Customer-Churn.csv.gz")
    frame["TotalCharges"] = pd.to_numeric(frame["TotalCharges"], errors="coerce")
    return typed_table(frame, ids="customerID", kinds={"tenure": "numeric"}).table


def rows(data: Path) -> list[GoldenRow]:
    """Return the rows of this topic."""
    from segmentary.models.predict.contractual import fit_contractual_churn

    table = telco(data)
    churn = fit_contractual_churn(
        table, "tenure", "Churn", horizon=1.0, as_of=dt.date(2018, 1, 1), observed="period", unit="months"
    )
    figures = {one.name: one.estimate.estimate for one in churn.card.holdout}
    bar = "design, acceptance 4"
    return [
        *curves(table),
        *leukaemia(),
        GoldenRow("survival", "Telco churn, 10-fold AUC", figures["auc"], 0.848, "at_least", 0.0, bar),
        GoldenRow("survival", "Telco churn, 10-fold Brier score", figures["brier"], 0.134, "at_most", 0.0, bar),
    ]


def curves(table) -> list[GoldenRow]:
    from segmentary.models.survival.kaplan_meier import kaplan_meier_of

    columns = table.select(["tenure", "Churn"]).values
    curve = kaplan_meier_of(columns[:, 0], columns[:, 1]).curve()
    return [
        GoldenRow("survival", f"Telco S({month})", curve.at(month).estimate, share, "equal", 5e-4, DESIGN)
        for month, share in ((12, 0.843), (24, 0.789), (72, 0.593))
    ]


def leukaemia() -> list[GoldenRow]:
    from segmentary.models.survival.counts import SurvivalCounts
    from segmentary.models.survival.cox import CoxRegression
    from segmentary.models.survival.kaplan_meier import kaplan_meier_of
    from segmentary.models.survival.log_rank import log_rank

    time, left = TREATED + PLACEBO, RELAPSED + [1] * 21
    treated = np.array([1.0] * 21 + [0.0] * 21)
    curve = kaplan_meier_of(TREATED, RELAPSED).curve()
    test = log_rank(SurvivalCounts.from_arrays(time, left, treated))
    efron = CoxRegression().fit(treated, time, left)
    breslow = CoxRegression(ties="breslow").fit(treated, time, left)
    told = [
        ("6-MP S(10)", curve.at(10).estimate, 0.7529, 5e-5),
        ("6-MP median", curve.median().estimate, 23.0, 0.0),
        ("log-rank chi-square", test.statistic, 16.793, 5e-4),
        ("Cox coefficient, Efron", float(efron.coefficients_[0]), -1.5721, 5e-5),
        ("Cox standard error, Efron", float(efron.standard_errors_[0]), 0.4124, 5e-5),
        ("Cox log-likelihood, Efron", efron.log_likelihood_, -85.00842, 1e-5),
        ("Cox coefficient, Breslow", float(breslow.coefficients_[0]), -1.5092, 5e-5),
        ("Cox standard error, Breslow", float(breslow.standard_errors_[0]), 0.4096, 5e-5),
    ]
    return [GoldenRow("survival", what, ours, theirs, "equal", by, TEXTBOOK) for what, ours, theirs, by in told]
