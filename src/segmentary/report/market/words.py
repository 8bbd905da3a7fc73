"""The fixed words of the market report."""

from __future__ import annotations

TERMS: tuple[tuple[str, str], ...] = (
    ("Market", "Everybody the survey stands for, by its weights."),
    (
        "95% interval",
        "The range of true values that fit the survey, by its own design: weights, strata, clusters, replicates.",
    ),
    ("Design effect", "How much less exact the survey is than a simple random sample of as many people."),
    (
        "TAM, SAM, SOM",
        "Total market; the part our offer could serve; the part we could obtain. Each a product of assumptions.",
    ),
    ("Penetration", "Our customers as a share of the people in the market."),
    ("Index", "100 times share of our customers over share of the market: 100 is what our size lets expect."),
    ("Gap", "Share of our customers less share of the market. Below zero: the market is there and we are not."),
    (
        "Opportunity",
        "Importance plus what it exceeds satisfaction by, 0 to 20 (Ulwick): 10 is worth a look, 15 extreme.",
    ),
    ("Attractiveness", "How good a segment is, whoever serves it: weighted mean of its scores, 0 to 10."),
    ("Competitiveness", "How strong we are in it: weighted mean of scores, 0 to 10."),
    ("Firm", "The same segments are chosen when weights and data are varied within reason."),
    ("p (Holm)", "The p-value, corrected so that even one false claim among all tests has a chance of at most 5%."),
)
