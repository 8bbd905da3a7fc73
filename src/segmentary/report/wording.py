"""The fixed words of the report: what charts show, what terms mean, why something is hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segmentary.report.charts import changes, geography, months, overlap, profile, retention, rfm_map, sizes
from segmentary.report.figures import ReportData
from segmentary.report.numbers import count, day

HIDDEN = "hidden"

CHARTS: Mapping[str, tuple[str, str]] = {
    name: (chart.TITLE, chart.SUBTITLE)
    for name, chart in {
        "sales": months,
        "segments": sizes,
        "rfm": rfm_map,
        "profile": profile,
        "overlap": overlap,
        "retention": retention,
        "geography": geography,
        "changes": changes,
    }.items()
}
"""Name of a chart -> its title, and what its marks mean."""

RFM = (
    "Every customer with an order gets a score from 1 to 5 for recency (5: bought most lately), order count and money. "
    "The first two give the name; money orders customers within it. Equal values always score equally, so the five "
    "classes need not be equally large."
)
RETENTION = (
    "A cohort is everybody whose first order fell into one month. The first month of the data holds old customers as "
    "well as new ones, so its cohort returns more often than a cohort of new customers would."
)
QUALITY = (
    "What came in, what was kept, and what to know before trusting a figure. A total of money depends on what it "
    "counts: each one below names its definition."
)
FEW = "Their money is hidden with them: a few customers are not a market, and a total would point at persons."

REASONS: Mapping[str, str] = {
    "event": "something the customer did",
    "ageing": "time passed: a window moved on",
    "late data": "a source delivered something older",
    "attribute": "something known about the customer changed",
    "edit": "the definition of the segment changed",
    "backfill": "an earlier date was computed afterwards",
    "merge": "two records turned out to be one customer",
    "erasure": "the customer was erased",
}


def hidden_groups(word: str, number: int, below: int) -> str:
    """Return the note on groups that are not shown."""
    plural = word if number == 1 else f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    verb = "is" if number == 1 else "are"
    return (
        f"{count(number)} {plural} {verb} hidden: fewer than {below} customers, or so placed that a group of fewer "
        "could be worked out from the totals."
    )


def tests(number: int) -> str:
    """Return the note on the correction."""
    return (
        f"{count(number)} comparisons were made. p-values are corrected for all of them (Holm), so the chance of even "
        "one false claim among all markers is at most 5%. A difference in a trait that the segment's own rule asks "
        "for is no discovery: it is outlined."
    )


def cuts(given: Mapping[str, Sequence[str]]) -> str:
    """Return the cut points in words."""
    words = {"recency": "days since the last order", "order_count": "orders", "monetary": "money"}
    parts = [f"{words.get(m, m)} {', '.join(values)}" for m, values in given.items() if values]
    return f"Cut points: {'; '.join(parts)}."


def terms(data: ReportData) -> Iterator[tuple[str, str]]:
    """Return the definitions a reader needs."""
    yield (
        "As of",
        (
            f"Everything is counted as of the start of {day(data.as_of, data.timezone)} in {data.timezone}: what "
            "happened before that moment counts, nothing later."
        ),
    )
    yield (
        "Gross sales",
        (
            f"Sum of positive sale lines of identified customers, in {data.currency}. Cancellations and returns are "
            "not taken off; they are shown as refunds."
        ),
    )
    yield (
        "95% interval",
        (
            "The range of true values that fit the data. Customers seen are taken as a sample of the customers this "
            "business attracts. Shares: Wilson; differences of means: Welch; differences of shares: Newcombe; shares "
            "of money: linearised ratio."
        ),
    )
    yield (
        "Effect size",
        (
            "The difference to everybody else in standard deviations: Cohen's d for numbers, Cohen's h for shares. 0.2 "
            "is small, 0.5 medium, 0.8 large. It comes first because among many customers every gap is significant."
        ),
    )
    yield (
        "Marker",
        "A trait whose difference is sure after the correction for all tests, and at least small in size.",
    )
    yield (
        "Hidden",
        (
            f"Groups below {data.suppress_below} customers are not shown, nor any figure from which one could be "
            "worked out by adding and subtracting. Zero is shown."
        ),
    )
    yield (
        "Not ended",
        "A month that the data do not cover to its end. Its figures are a part, and say nothing about a rise or fall.",
    )
