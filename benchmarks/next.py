"""``python -m benchmarks.next``: the next 91 days of three shops, every part of the ensemble beside plain rivals.

Everything is fitted on moments at least 91 days before the test and tested on the 91 days after the last day known,
through a workspace: its features, its purchases, its defaults. Then the offers of the next 30 days of a grocer.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from sqlglot import exp

from benchmarks.next_data import HORIZON_DAYS, SHOPS, Shop, opened, orders_file, tested
from segmentary.engine.duckdb import DuckDB
from segmentary.language.spans import Context
from segmentary.models.predict import metrics
from segmentary.models.predict.learning import Learnt
from segmentary.models.predict.next_holdout import last_spend, plain_gini, rivals
from segmentary.models.predict.offers import Offers, next_best_offers
from segmentary.models.predict.silence import plain_risks, recalibrated
from segmentary.models.predict.totals import DailyTotals, TotalForecast, forecast_total, step_of, totals_query

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "next.json"
OFFERS_AS_OF = dt.datetime(2017, 12, 1, tzinfo=dt.UTC)
PARTS = ("boosted trees", "Pareto/NBD x Gamma-Gamma", "regressions on logarithms")


def spend_row(actual: np.ndarray, said: np.ndarray) -> dict[str, float]:
    """Return the figures of a prediction of spend."""
    top = metrics.top_weights(said, 0.1)
    return {
        "spearman": metrics.spearman(actual, said).estimate,
        "gini": plain_gini(actual, said),
        "mae_share": float(np.abs(actual - said).mean() / actual.mean()),
        "deciles": metrics.decile_calibration(actual, said, draws=2).estimate,
        "bias": float(said.sum() / actual.sum() - 1),
        "top_tenth": float(top @ actual / actual.sum()),
    }


def chance_row(bought: np.ndarray, said: np.ndarray, *, chance: bool) -> dict[str, float]:
    """Return the figures of a chance, or of a score that only orders."""
    found = {"auc": metrics.auc(bought, said).estimate}
    if chance:
        found["log_loss"] = metrics.log_loss(bought, np.clip(said, 1e-6, 1 - 1e-6)).estimate
    return found


def models(found: Learnt) -> dict[str, dict[str, float]]:
    """Return the figures of the rivals, of the three parts, and of their mean."""
    held, guess = found.held, found.guess
    bought = held.bought.astype(float)
    rows: dict[str, dict[str, float]] = {}
    for rival in rivals(held, HORIZON_DAYS):
        row: dict[str, float] = {}
        if rival.spend is not None:
            row |= spend_row(held.spend, rival.spend)
        if rival.chance is not None:
            row |= chance_row(bought, rival.chance, chance=rival.is_chance)
        rows[rival.title] = row
    for name, spend, chance in zip(PARTS, guess.spend_parts, guess.chance_parts, strict=True):
        rows[name] = spend_row(held.spend, spend) | chance_row(bought, chance, chance=True)
    rows["mean of the three"] = spend_row(held.spend, guess.spend) | chance_row(bought, guess.chance, chance=True)
    return rows


def total_of(workspace: Any, shop: Shop) -> TotalForecast:
    """Return the forecast of the total as of the last day known."""
    step = step_of(HORIZON_DAYS)
    moment = shop.as_of - dt.timedelta(days=HORIZON_DAYS)
    query = totals_query(exp.table_("events", quoted=True), workspace.context(moment), step_days=step)
    daily = DailyTotals.from_table(workspace.warehouse.table(query), step_days=step)
    return forecast_total(daily, horizon_days=HORIZON_DAYS)


def measure(shop: Shop, data: Path) -> dict[str, Any]:
    """Return everything measured of one shop."""
    began = time.process_time()
    with opened(shop, data) as workspace:
        loaded = time.process_time()
        found = tested(workspace, shop)
        learnt_by = time.process_time()
        total = total_of(workspace, shop)
    held = found.held
    silent = 1 - held.bought.astype(float)
    _, risk = recalibrated(found.guess.chance, silent, held_out=True)
    risks = plain_risks(held, found.guess.alive) | {"ours": 1 - found.guess.chance}
    return {
        "people": len(held),
        "bought": float(held.bought.mean()),
        "spend": float(held.spend.sum()),
        "last_period": float(last_spend(held, HORIZON_DAYS).sum()),
        "models": models(found),
        "silence": {name: metrics.auc(silent, one).estimate for name, one in risks.items()},
        "silence_error": metrics.decile_calibration(silent, risk, draws=2).estimate,
        "total": {
            "low": total.total.low,
            "forecast": total.total.estimate,
            "high": total.total.high,
            "method": total.method,
            "findings": [one.code for one in total.findings],
        },
        "sum_of_customers": float(found.guess.spend.sum()),
        "cpu_seconds": {"loading": loaded - began, "features, fitting, testing": learnt_by - loaded},
    }


def offers(data: Path) -> Offers | None:
    """Return the offers of the grocer's next 30 days, by category, tried on the 30 days before as-of."""
    file = orders_file(SHOPS[-1], data)
    if file is None:
        return None
    lines, products = pq.read_table(file), pq.read_table(file.with_name("products.parquet"))
    engine = DuckDB()
    engine.ingest("lines", lines.select(["household_id", "product_id", "transaction_timestamp"]))
    engine.ingest("products", products.select(["product_id", "product_category"]))
    engine.connection.execute(
        "create temp table bought as select cast(household_id as varchar) as customer_id, 'product_purchased' as name,"
        " cast(transaction_timestamp as timestamp) as happened_at,"
        " cast(transaction_timestamp as timestamp) as known_at,"
        " product_category as category from lines join products using (product_id)"
    )
    found = next_best_offers(engine, exp.table_("bought", quoted=True), Context(OFFERS_AS_OF), level="category")
    engine.close()
    return found


def show(title: str, found: dict[str, Any]) -> None:
    """Print the table of one shop."""
    print(f"\n{title}: {found['people']:,} customers, {found['bought']:.3f} bought again within {HORIZON_DAYS} days")
    names = ("spearman", "gini", "mae_share", "deciles", "bias", "top_tenth", "auc", "log_loss")
    print(f"{'':<32}" + "".join(f"{name:>11}" for name in names))
    for model, row in found["models"].items():
        print(f"{model:<32}" + "".join(f"{row[one]:>11.3f}" if one in row else f"{'':>11}" for one in names))
    total = found["total"]
    print(
        f"total: {found['spend']:,.0f}; forecast {total['forecast']:,.0f} ({total['low']:,.0f} to {total['high']:,.0f},"
        f" {total['method']}); sum of customers {found['sum_of_customers']:,.0f};"
        f" last 91 days {found['last_period']:,.0f}"
    )
    silence = ", ".join(f"{name} {value:.3f}" for name, value in found["silence"].items())
    print(f"silence, AUC: {silence}; error of its tenths {found['silence_error']:.3f}")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.next")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    kept: dict[str, Any] = {}
    for shop in SHOPS:
        if orders_file(shop, given.data) is None:
            print(f"{shop.title}: its data are not here", file=sys.stderr)
            continue
        kept[shop.title] = measure(shop, given.data)
        show(shop.title, kept[shop.title])
    made = offers(given.data)
    if made is not None:
        kept["offers"] = made.to_document()
        print("\noffers by category, precision at ten in the next 30 days:")
        for score in made.scores:
            p = score.precision
            print(f"{score.list:<10} {score.method:<11} {p.estimate:.3f} ({p.low:.3f} to {p.high:.3f}), n {p.n:,}")
    if kept:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
