"""The fixed words of the report of dynamics."""

from __future__ import annotations

TERMS: tuple[tuple[str, str], ...] = (
    ("Part", "One of the segments that exclude each other; everybody is in one of them, or in none."),
    ("Moment, period", "The days at which everybody was looked at, and the time between two of them."),
    ("Stay", "From the moment somebody is seen in a part to the first at which they are elsewhere."),
    (
        "95% interval",
        "The true values that fit what was seen. Of sizes to come: widened until 95% of past outcomes lie inside.",
    ),
    ("Naive forecast", "As large as last time. A forecast that is no better than that is not shown first."),
    ("MASE", "Mean absolute error over the mean change of one period: below 1 is better than standing still once."),
    (
        "PSI",
        "Population stability index, less what chance alone makes of it: below 0.1 stable, from 0.25 shifted.",
    ),
    ("Distance", "Kolmogorov-Smirnov (numbers) or Cramér's V (texts): 0 is no change, 1 is all of it."),
    ("p (Holm), p (BH)", "The p-value, corrected for looking at many rows, or traits, at once."),
    ("Area under the curve", "How often a model ranks a right one above a wrong one: a coin has 50%, perfect is 100%."),
    ("At stake", "The chance to leave times what was spent in the last year."),
)
