"""What the words in the report of an experiment mean, and figures as its sentences say them."""

from __future__ import annotations

from segmentary.measurement.experiment.effects import Kind
from segmentary.models.intervals import Interval

TERMS = (
    ("Arm", "What a person was drawn into by lot: treated one way, another way, or not at all (the control arm)."),
    ("Intention to treat", "Everybody counts in the arm drawn for them, whether or not the message reached them."),
    ("95% interval", "Differences that fit the data. Of many such intervals 95 in a hundred hold the truth."),
    ("Adjusted (CUPED)", "The same difference after taking out what people differed in before anything was done."),
    ("Largest values cut (winsorised)", "Values above the 99th percentile of those above 0 count as that percentile."),
    ("p", "The chance of a difference at least as large when there is none, corrected for the questions asked."),
    ("q", "The same for segments: of all claims below .05, at most 5 in a hundred are false (Benjamini-Hochberg)."),
    (
        "Shrunken",
        (
            "A segment's own difference is noisy; it borrows from the others as far as the segments are alike."
            " The largest of many is otherwise too large."
        ),
    ),
    ("Segments differ (Cochran's Q)", "Whether segments react differently beyond chance; asked before any is claimed."),
    (
        "Confidence sequence",
        "An interval that holds at every look at once; wider, so that one may look whenever one likes.",
    ),
    ("Guardrail", "What must not get worse by more than its margin; it holds only where that is sure."),
)
OBSERVED_TERMS = (
    (
        "Not experimental",
        "Who was contacted was chosen, not drawn by lot: the others differ in ways nobody wrote down.",
    ),
    (
        "Similar people",
        "Not contacted, with as much before as those contacted; weighted so that both groups are alike in that.",
    ),
)


def scaled(kind: Kind) -> str:
    """Return how an axis of differences is labelled, as a Vega expression.

    >>> scaled("share")[:12]
    'format(datum'
    """
    if kind == "share":
        return "format(datum.value * 100, '+.1f') + ' pp'"
    return "format(datum.value, '+,.2~f')"


def change(value: float, kind: Kind) -> str:
    """Return a difference as a label.

    >>> change(0.0123, "share"), change(-1.5, "mean")
    ('+1.23 pp', '-1.50')
    """
    return f"{value * 100:+.2f} pp" if kind == "share" else f"{value:+,.2f}"


def interval(estimate: float, low: float, high: float, n: int) -> Interval:
    return Interval(estimate, low, high, n)
