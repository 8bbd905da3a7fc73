"""What the words in the report of a campaign mean."""

from __future__ import annotations

TERMS = (
    ("Held out", "People of the same segments, drawn by lot, who got nothing: what they did would have come anyway."),
    ("Lift", "What those drawn to be written to did beyond those held out, per person drawn."),
    (
        "Intention to treat",
        "Whoever was drawn to be written to counts, also where the message was withheld, bounced or never read.",
    ),
    ("95% interval", "Differences that fit the data. Of many such intervals 95 in a hundred hold the truth."),
    ("Not clear", "The interval holds both a gain and a loss: the campaign may have done something, or nothing."),
    ("q, p", "The chance of such a difference where there is none, corrected for all questions asked."),
    ("Opened", "A picture was fetched. Programs fetch them too, and many people block them: no verdict rests on it."),
    ("Clicked", "A link was followed by a person; clicks the tool knows to be a program's stand apart."),
    (
        "Orders after clicks",
        "What tools call attribution. Who clicks was often about to buy: it is not what the campaign caused.",
    ),
    ("Margin", "The share of revenue that is profit before the campaign's own cost."),
    ("Return", "What is left of the incremental profit after the cost, per money spent; of revenue without a margin."),
)  # fmt: skip
REASONS = "Everybody is in one place only: by the first reason that applies, in this order."
