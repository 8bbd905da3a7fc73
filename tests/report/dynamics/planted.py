"""Everything a report of dynamics may show, made by the rooms' own functions from simulated people."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from sqlglot import exp

from segmentary.dynamics.drift import TraitCounts, compared
from segmentary.dynamics.leaving import Cutoff, early_warning
from segmentary.dynamics.seasons import seasons
from segmentary.dynamics.size_forecast import forecast_sizes
from segmentary.dynamics.sizes import Move, Moves, sizes
from segmentary.dynamics.states import States
from segmentary.dynamics.tenure import tenure
from segmentary.dynamics.transitions import transitions
from segmentary.dynamics.two_samples import Teller, TwoSamples
from segmentary.engine.duckdb import DuckDB
from segmentary.models.intervals import Interval, Moments
from segmentary.models.predict.features import FeatureTable
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable
from segmentary.report.dynamics.data import DynamicsReportData

NAMES = ("Regulars", "Now and then", "Gone quiet")
HOSTILE = (
    "</style><script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "A name that goes on and on and on, beyond any box",
)
MOMENTS = tuple(dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in range(1, 9))
SHARES = np.array([[0.8, 0.18, 0.02], [0.2, 0.6, 0.2], [0.05, 0.1, 0.85]])


def states(engine: DuckDB, parts: tuple[str, ...], people: int, seed: int) -> States:
    """People who follow a chain over eight months; everybody is there from their own month on."""
    chance = np.random.default_rng(seed)
    rows: list[tuple[str, int, int, bool, float]] = []
    for who in range(people):
        part = int(chance.integers(0, 3))
        for place in range(int(chance.integers(0, 4)) if who % 2 else 0, len(MOMENTS)):
            rows.append((f"c{who:04d}", place, part, False, float(chance.integers(0, 50))))
            part = int(chance.choice(3, p=SHARES[part]))
    columns = list(zip(*rows, strict=True))
    kinds = (pa.string(), pa.int32(), pa.int32(), pa.bool_(), pa.float64())
    names = ("customer_id", "place", "part", "edited", "spend")
    engine.ingest("stood", pa.table({n: pa.array(list(c), k) for n, c, k in zip(names, columns, kinds, strict=True)}))
    labels = tuple(f"{one:%Y-%m-%d}" for one in MOMENTS)
    return States("kinds", parts, MOMENTS, labels, "log", exp.table_("stood", quoted=True), "month", currency="EUR")


def report(*, hostile: bool = False, people: int = 400, seed: int = 1, below: int = 11) -> DynamicsReportData:
    """A whole report."""
    parts = HOSTILE if hostile else NAMES
    engine = DuckDB()
    stood = states(engine, parts, people, seed)
    moved = transitions(engine, stood)
    ahead = ("2026-09-01", "2026-10-01")
    counts = [
        TraitCounts("age", parts[0] if hostile else "Age", "number", ("up to 40", "above 40"), (300.0, 300.0),
                    (150.0, 450.0), 0.0, 9.0,
                    (Moments(600, 40.0, 90.0), Moments(600, 46.0, 90.0))),
        TraitCounts("tenure", "Tenure", "number", ("up to 9", "above 9"), (300.0, 300.0), (100.0, 500.0), 0.0, 0.0,
                    None, "time passes"),
    ]  # fmt: skip
    found = DynamicsReportData(
        title=f"How the segments change: {parts[0]}",
        generated_for="a shop",
        currency="EUR",
        below=below,
        sizes=sizes(engine, stood),
        transitions=moved,
        forecast=forecast_sizes(moved.steps, moved.sizes, parts, ahead, name="kinds", period="month", ahead=2),
        moves=Moves(
            parts, stood.labels[1:],
            (Move(parts[0], stood.labels[1], True, "event", "something they did", 40, True),
             Move(parts[1], stood.labels[1], False, "ageing", "time passed", 3, True)),
            (Move(parts[0], stood.labels[2], False, "edit", "the definition was edited", 20, False),), (), "40 came.",
        ),
        drift=compared(counts, then="2026-01-01", now="2026-08-01"),
        together=TwoSamples(
            Interval(0.7, 0.66, 0.74, 800), "boosted trees", 0.001, (400, 400),
            (Teller("age", parts[0], 0.1, "higher now"),), "A model can somewhat tell now from then.",
        ),
        tenure=tenure(engine, stood),
        leaving=leaving(parts[0]),
        seasons=seasons(dt.date(2026, 1, 1), dt.date(2026, 8, 1)),
        unanswered=("nothing is known of shoes",),
    )  # fmt: skip
    engine.close()
    return found


def leaving(segment: str):
    """Members whose chance to leave rises with the days since their last order."""
    columns = (Column("days", "numeric", title="days since the last order"),)

    def members(seed: int, n: int = 300) -> tuple[FeatureTable, np.ndarray]:
        chance = np.random.default_rng(seed)
        days = chance.uniform(0, 90, n)
        ids = tuple(f"c{i}" for i in range(n))
        left = chance.random(n) < 1 / (1 + np.exp(-(0.06 * (days - 60))))
        return FeatureTable(TypedTable(columns, days[:, None], ids=ids), MOMENTS[0], {}, universe=n), left

    past = [Cutoff(f"m{i}", *members(i)) for i in range(3)]
    now, _ = members(9, 60)
    return early_warning(
        segment, past, now, {f"c{i}": 50.0 for i in range(60)}, label="2026-08-01", until="2026-08-31", currency="EUR"
    )
