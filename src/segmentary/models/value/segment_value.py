"""What a segment is worth together: expected value, purchases and customers still there, each with its interval.

The uncertainty of a sum is not the sum of uncertainties: everybody's expectation hangs on the same few parameters. So
each segment's sum is taken together with its derivatives to the parameters, in the engine, in one pass; sums of parts
of the people can be added.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.engine.sqlfile import query
from segmentary.errors import DataError, UsageError
from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.value.cells import Cells
from segmentary.models.value.delta import Array
from segmentary.models.value.holdout_data import placed
from segmentary.models.value.lifetime_value import LifetimeValue
from segmentary.models.value.purchases import Purchases, count_cells
from segmentary.models.value.spend_terms import SpendTerms, counted, spend_terms

if TYPE_CHECKING:
    from segmentary.models.predict.prediction import ScoreInputs

SUMS = Path(__file__).with_name("value_sums.sql")
PARAMETERS = 4
"""Of every purchase model without covariates."""


@dataclass(frozen=True, slots=True)
class SegmentValue:
    """A segment within the horizon. people : those who ever bought; of others nothing can be said.

    value : money expected of all of them; mean_value : of one. purchases : expected of all. alive : how many of them
    are expected to be customers still. Intervals: uncertainty of the expectation, from the parameters.
    """

    segment: str
    people: int
    value: Interval
    mean_value: Interval
    purchases: Interval
    alive: Interval


def segment_values(model: LifetimeValue, purchases: Purchases, segments: Sequence[object]) -> tuple[SegmentValue, ...]:
    """Return the value of each segment of customers given as arrays, in the order of their names.

    segments : (n_customers,) the segment of each. Raises DataError when the lengths differ.
    """
    if len(segments) != len(purchases):
        raise DataError(f"{len(purchases)} customers, but {len(segments)} segments", hint="one of each per customer")
    names, group = np.unique(np.asarray(segments).astype(str), return_inverse=True)
    cells, place = placed(purchases)
    columns = cell_columns(model, cells)
    days, money = counted(purchases, model.first_ratio)
    at = days.astype(np.intp)
    terms = spend_terms(model.spend, int(at.max(initial=0)))
    spend = terms.base[at] + terms.share[at] * money
    worth = columns["worth"][place]
    added: dict[str, Array] = {
        "people": np.ones(len(purchases)),
        "value": worth * spend,
        "value_p": worth * spend * terms.slopes[0, at],
        "value_q": worth * spend * terms.slopes[1, at],
        "value_gamma": worth * terms.base[at],
        "purchases": columns["purchases"][place],
        "alive": columns["alive"][place],
    }
    for j in range(PARAMETERS):
        added[f"value_{j}"] = worth * spend * columns[f"p{j}"][place]
        added[f"purchases_{j}"] = added["purchases"] * columns[f"p{j}"][place]
        added[f"alive_{j}"] = added["alive"] * columns[f"a{j}"][place]
    sums = {name: np.bincount(group.ravel(), values, len(names)) for name, values in added.items()}
    return tuple(
        summed(model, str(name), {one: float(values[k]) for one, values in sums.items()})
        for k, name in enumerate(names)
    )


def segment_values_query(model: LifetimeValue, inputs: ScoreInputs, members: exp.Table) -> exp.Query:
    """Return a query of one row of sums per segment; see `segment_values_of`.

    members : ``customer_id``, ``segment``; a customer may be in several. Makes two small temporary tables.
    """
    if inputs.purchases is None:
        raise UsageError("the value of segments is reckoned from purchases", hint="give the purchase summaries")
    import pyarrow as pa

    cells = count_cells(inputs.engine, inputs.purchases)
    by_cell: dict[str, Any] = {
        "repeat_count": cells.repeat_count.astype(np.int64),
        "recency_days": cells.recency.astype(np.int64),
        "age_days": cells.age.astype(np.int64),
        **cell_columns(model, cells),
    }
    most = exp.select(exp.Max(this=exp.column("spend_days", quoted=True))).from_(inputs.purchases.copy())
    terms = spend_terms(model.spend, int(inputs.engine.value(most) or 0) + 1)
    names = f"{inputs.prefix}_value_cells", f"{inputs.prefix}_value_spends"
    inputs.engine.ingest(names[0], pa.table(by_cell), temporary=True)
    inputs.engine.ingest(names[1], pa.table(spend_columns(model, terms)), temporary=True)
    return query(
        SUMS,
        members=members,
        purchases=inputs.purchases,
        cells=exp.table_(names[0], quoted=True),
        spends=exp.table_(names[1], quoted=True),
        first=int(model.first_ratio > 0),
    )


def segment_values_of(model: LifetimeValue, inputs: ScoreInputs, members: exp.Table) -> tuple[SegmentValue, ...]:
    """Return the value of each segment, summed in the engine, in the order of their names."""
    rows = inputs.engine.table(segment_values_query(model, inputs, members)).to_pylist()
    return tuple(
        summed(model, str(row.pop("segment")), row) for row in sorted(rows, key=lambda row: str(row["segment"]))
    )


def cell_columns(model: LifetimeValue, cells: Cells) -> dict[str, Array]:
    """Return, per cell, purchases, worth and alive, with the derivatives of their logarithms to the parameters."""
    terms = model.cell_terms(cells)
    lifetime = model.lifetime
    x, t_x, age, _ = lifetime.shaped(None, cells.repeat_count, cells.recency, cells.age)
    logits, alive_slopes = lifetime.alive_parts(x, t_x, age, None)
    _, slopes = lifetime.expected_once(x, age, float(model.horizon_days), None)
    gone = 1 / (1 + np.exp(np.minimum(logits, 700.0)))
    alive_slopes = alive_slopes * gone
    slopes = slopes + alive_slopes
    found = {"purchases": terms.purchases, "worth": terms.worth, "alive": terms.alive}
    for j in range(PARAMETERS):
        found[f"p{j}"] = np.nan_to_num(slopes[j])
        found[f"a{j}"] = np.nan_to_num(alive_slopes[j])
    return found


def spend_columns(model: LifetimeValue, terms: SpendTerms) -> dict[str, npt.NDArray[Any]]:
    """Return, per number of counted days, what spend and its derivatives are made of."""
    days = len(terms.base)
    return {
        "days": np.arange(days, dtype=np.int64),
        "base": terms.base,
        "share": terms.share,
        "slope_p": np.ascontiguousarray(terms.slopes[0]),
        "slope_q": np.ascontiguousarray(terms.slopes[1]),
        "ratio": np.full(days, model.first_ratio),
    }


def summed(model: LifetimeValue, segment: str, sums: Mapping[str, float]) -> SegmentValue:
    """Return the value of a segment from its sums."""
    people = int(sums["people"])
    of_lifetime, of_spend = model.lifetime.covariance_, model.spend.covariance_

    def total(name: str, *, spend: bool = False) -> Interval:
        slopes = np.array([float(sums[f"{name}_{j}"]) for j in range(PARAMETERS)])
        variance = float(slopes @ of_lifetime @ slopes)
        if spend:
            also = np.array([float(sums[f"{name}_{one}"]) for one in ("p", "q", "gamma")])
            variance += float(also @ of_spend @ also)
        return interval_of(float(sums[name]), variance, people)

    value, alive = total("value", spend=True), total("alive")
    each = max(1, people)
    return SegmentValue(
        segment=segment,
        people=people,
        value=value,
        mean_value=Interval(value.estimate / each, value.low / each, value.high / each, people),
        purchases=total("purchases"),
        alive=Interval(alive.estimate, alive.low, min(alive.high, float(people)), people),
    )


def interval_of(estimate: float, variance: float, people: int) -> Interval:
    """Return the interval around a positive sum, symmetric in its logarithm."""
    if estimate <= 0:
        return Interval(estimate, estimate, estimate, people)
    half = min(50.0, normal_quantile(0.95) * math.sqrt(max(0.0, variance)) / estimate)
    return Interval(estimate, estimate * math.exp(-half), estimate * math.exp(half), people)
