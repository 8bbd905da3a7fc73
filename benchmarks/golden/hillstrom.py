"""The Hillstrom e-mail experiment: split, counts, means, differences with intervals, and past women's purchase.

References: exact counts of the file; differences of means with Welch's interval, to four digits. The upper end of the
women's visits stands in one table as .0514; an interval round .04523 that begins at .0389 ends at .0516.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from benchmarks.golden.row import GoldenRow
from segmentary.engine.duckdb import DuckDB
from segmentary.measurement.experiment.analysis import Analysis, analyse
from segmentary.measurement.experiment.metrics import parse_metric
from segmentary.measurement.experiment.plan import Arm, Plan, checked
from segmentary.measurement.experiment.sums import count_sums
from segmentary.samples.hillstrom import RANDOMISED, customers, exposures, read_hillstrom

METRICS = ("visit", "conversion", "spend")
COUNTS = {
    ("none", "visit"): 2_262, ("none", "conversion"): 122, ("mens", "visit"): 3_894, ("mens", "conversion"): 267,
    ("womens", "visit"): 3_238, ("womens", "conversion"): 189,
}  # fmt: skip
PEOPLE = {"none": 21_306, "mens": 21_307, "womens": 21_387}
MEANS = {
    "none": (0.106167, 0.005726, 0.652789), "mens": (0.182757, 0.012531, 1.422617),
    "womens": (0.151400, 0.008837, 1.077202),
}  # fmt: skip
LIFTS = {
    ("mens", "visit"): (0.07659, 0.0700, 0.0832), ("mens", "conversion"): (0.00681, 0.0050, 0.0086),
    ("mens", "spend"): (0.770, 0.485, 1.055), ("womens", "visit"): (0.04523, 0.0389, 0.0516),
    ("womens", "conversion"): (0.00311, 0.0015, 0.0047), ("womens", "spend"): (0.424, 0.169, 0.680),
}  # fmt: skip
DIGITS = {"visit": 1.0e-4, "conversion": 1.0e-4, "spend": 1.0e-3}
"""To so much the ends of intervals are printed."""
WOMENS = {"womens = 0": (0.0111, 0.0044), "womens = 1": (0.0731, 0.0046)}
SOURCE = "Hillstrom 2008, exact counts of the file"


def analysis(data: Path) -> Analysis:
    """Read the experiment by past women's purchase, its sums counted in the engine."""
    table = read_hillstrom(data / "clv" / "hillstrom.parquet")
    engine = DuckDB()
    try:
        engine.ingest("customers", customers(table))
        engine.ingest("arms", exposures(table))
        from segmentary.engine.sqlfile import parse_query

        people = parse_query(
            "select 'womens = ' || c.womens as segment, a.arm, c.visit as y0, 0 as d0, 0 as x0, c.conversion as y1,"
            " 0 as d1, 0 as x1, c.spend as y2, 0 as d2, c.spend_before as x2"
            " from customers as c inner join arms as a on a.customer_id = c.customer_id"
        )
        counted = count_sums(engine, people, len(METRICS))
    finally:
        engine.close()
    plan = checked(
        Plan(
            name="hillstrom", hypothesis="an e-mail brings visits",
            metrics=tuple(parse_metric(f"{m} = trait {m}", "secondary" if n else "primary")
                          for n, m in enumerate(METRICS)),
            arms=tuple(Arm(name, 1 / 3) for name in PEOPLE), control="none", salt="", randomised=RANDOMISED,
        )
    )  # fmt: skip
    return analyse(plan, counted, counted, as_of=dt.datetime(2008, 3, 20, tzinfo=dt.UTC))


def rows(data: Path) -> list[GoldenRow]:
    """Return every number of the experiment beside its reference."""
    found = analysis(data)
    made = [GoldenRow("hillstrom", "sample ratio p", found.sample_ratio.p, 0.904, "equal", 0.0005, SOURCE)]
    for arm, people in PEOPLE.items():
        made.append(
            GoldenRow("hillstrom", f"{arm}: people", found.sample_ratio.counts[arm], people, "equal", 0, SOURCE)
        )
    for number, metric in enumerate(METRICS):
        sums = found.sums[metric]
        for arm in PEOPLE:
            whole = sum((sums[segment][arm] for segment in sums), start=type(next(iter(sums.values()))[arm])())
            if (arm, metric) in COUNTS:
                count = COUNTS[arm, metric]
                made.append(GoldenRow("hillstrom", f"{arm}: {metric}s", float(whole.y), count, "equal", 0, SOURCE))
            mean, reference = whole.outcome.mean, MEANS[arm][number]
            made.append(GoldenRow("hillstrom", f"{arm}: {metric}, mean", mean, reference, "equal", 5e-7, SOURCE))
    for one in found.overall:
        if one.raw is None:
            continue
        estimate, low, high = LIFTS[one.arm, one.metric]
        fine = DIGITS[one.metric] / 10 if one.metric != "spend" else DIGITS["spend"]
        for what, ours, reference, near in (
            ("difference", one.raw.estimate, estimate, fine),
            ("low", one.raw.low, low, DIGITS[one.metric]),
            ("high", one.raw.high, high, DIGITS[one.metric]),
        ):
            name = f"{one.arm}: {one.metric}, {what}"
            made.append(GoldenRow("hillstrom", name, ours, reference, "equal", near, "Welch, as printed"))
    made += segments(found)
    return made


def segments(found: Analysis) -> list[GoldenRow]:
    """Return the women's e-mail by past women's purchase; the men's is not shown to differ."""
    made = []
    for one in found.segments:
        if (one.arm, one.metric) == ("womens", "visit") and one.raw is not None:
            estimate, error = WOMENS[one.segment]
            name = f"womens: visit, {one.segment}"
            made.append(GoldenRow("hillstrom", name, one.raw.estimate, estimate, "equal", 5e-5, "by past purchase"))
            made.append(GoldenRow("hillstrom", f"{name}, SE", one.raw.error, error, "equal", 5e-5, "by past purchase"))
    for difference in found.differences:
        if difference.metric == "visit":
            claimed = float(difference.interaction.found)
            reference = 1.0 if difference.arm == "womens" else 0.0
            name = f"{difference.arm}: segments differ (1 yes, 0 not claimed)"
            made.append(GoldenRow("hillstrom", name, claimed, reference, "equal", 0, "Cochran's Q after Holm"))
    return made
