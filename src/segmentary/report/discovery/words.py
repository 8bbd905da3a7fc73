"""The fixed words of the discovery report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from segmentary.models.discover.methods import METHODS
from segmentary.models.validate.verdict import Kind

WORD: Mapping[Kind, str] = {
    "natural": "Natural segments",
    "reproducible": "Reproducible, but not natural segments",
    "structure_only": "Structure, but not these borders",
    "constructive": "Made, not found",
    "cannot_say": "Cannot be said from this data",
}
SPACED = re.compile(r"(?<=\d)\s%")
TONE: Mapping[Kind, Literal["good", "mixed", "caution"]] = {
    "natural": "good",
    "reproducible": "mixed",
    "structure_only": "caution",
    "constructive": "caution",
    "cannot_say": "caution",
}
TESTS: Mapping[str, str] = {
    "copula_w": "more structure than one population with these margins and correlations would show",
    "tetrachoric_w": "more structure than one population with these answers and their correlations would show",
    "dip": "a column with two heaps",
    "latent_w": "more structure than one population with these answers and their correlations would show",
}
# (attribute of a row, title, whether more is better; None: read as a curve that bends.)
CRITERIA: tuple[tuple[str, str, bool | None], ...] = (
    ("stability", "Stability (ARI, median)", True),
    ("prediction_strength", "Prediction strength", True),
    ("silhouette_excess", "Silhouette above chance (sd)", True),
    ("gap", "Gap", True),
    ("bic", "BIC (less is better)", False),
    ("icl", "ICL (less is better)", False),
    ("cost", "Cost (look for the bend)", None),
    ("entropy", "Certainty (entropy)", True),
)

HOW_MANY = (
    "No single figure knows how many segments there are. Each criterion below asks another question; where they agree, "
    "believe them; where they do not, the choice is yours, by what the segments are for."
)
STABILITY = (
    "The data is drawn again many times with replacement, segmented again, and everybody placed again. What comes back "
    "every time can be planned with; what changes from draw to draw is an accident of these people."
)
PROFILE = (
    "A marker differs from everybody by 25 points or by half, and surely so after correction for all comparisons. The "
    "segments were made from these very columns, so that they differ in them is no discovery: the plot shows in what."
)
DESCRIPTORS = (
    "These were not used to make the segments: a difference here is a finding, and a way to reach people. Effect sizes "
    "come first, because among many people every difference is significant."
)
RULES = (
    "Each segment said again as a rule anybody can read, check and use for selection. Precision: of the people the "
    "rule selects, the share in the segment. Recall: of the people in the segment, the share the rule selects. Both "
    "cross-validated."
)
TYPING = (
    "A typing tool is a short list of questions that puts new people into the segments. More questions agree more "
    "often with the full solution; each costs answers."
)
GLOBAL = "Do the same segments come back from other samples?"
GLOBAL_NOTE = (
    "Agreement (adjusted Rand index) of pairs of bootstrap solutions: 1 is the same segments, 0 what chance gives. "
    "Box: the middle half of the pairs; line: from the 10% to the 90% point; figure: the median. Full colour: the "
    "number this report shows."
)
SLSW = "Which single segments come back?"
SLSW_NOTE = (
    "Of each segment, the overlap (Jaccard index) with its most similar segment in each bootstrap solution: 1 is the "
    "same people. Dashed lines: 0.6 and 0.75, from where on a segment comes back roughly, and surely."
)
EFFECTS = "Who are they? What goes with the segments, strongest first"
EFFECTS_NOTE = (
    "Cramer's V of categories, eta squared of numbers: 0 no relation, 1 fully told by the segment. Lines: 95% "
    "intervals. Full colour: sure after correction for all descriptors (Holm)."
)
RULE_FIGURE = "How well do readable rules say the same?"
RULE_NOTE = "Precision and recall of each segment's rule against the solution, cross-validated, with 95% intervals."
SIZES = "How large is each segment, and what does it bring?"
SIZES_NOTE = "Share of all people and of all value; thin lines are 95% intervals."
SIZES_ONLY = "How large is each segment?"
SIZES_ONLY_NOTE = "Share of all people; thin lines are 95% intervals."

TERMS: tuple[tuple[str, str], ...] = (
    ("Segment", "People who are more like each other than like others, in the columns looked at."),
    ("Natural", "Distinct groups that exist in the data whether one looks for them or not."),
    ("Reproducible", "The same cut comes back in other samples, though people differ by degree, without gaps between."),
    ("Made", "The cut is one of many equally good ones. It can still be useful; it is a decision, not a fact."),
    ("Marker", "A column in which a segment differs from everybody far, and surely after correction."),
    (
        "Stability (ARI)",
        "Adjusted Rand index of two bootstrap solutions, 0 chance to 1 the same (Dolnicar & Leisch 2010).",
    ),
    ("Stability of a segment (SLSW)", "Median Jaccard index over bootstraps: the share of people it keeps (2017)."),
    ("Stability across (SLSA)", "Whether a segment comes whole from one segment of the solution before, or is mixed."),
    ("Prediction strength", "Whether borders found in one half of the people hold in the other (Tibshirani 2005)."),
    ("Confidence", "Mean probability with which members belong to their segment. A border person has about 50%."),
    ("Lift", "A segment's figure over everybody's: 2 is twice as much."),
    ("95% interval", "The range of true values that fit the data, were these people a random sample of all."),
    ("Effect size", "How large a difference is, in a unit that compares: Cohen's d and h, Cramer's V, eta squared."),
    ("p (Holm)", "The p-value, corrected so that even one false claim among all tests has a chance of at most 5%."),
)


def plain(text: str) -> str:
    """Return a sentence with percentages as the report writes them."""
    return SPACED.sub("%", text)


def stays(jaccard: float | None) -> str:
    """Return what a segment's stability means (limits of Hennig 2007)."""
    if jaccard is None:
        return "not tried"
    for limit, words in ((0.85, "comes back nearly the same"), (0.75, "comes back"), (0.6, "comes back roughly")):
        if jaccard >= limit:
            return words
    return "does not come back"


def method(name: str) -> str:
    """Return the name of a method as people read it."""
    known = METHODS.get(name)
    return name.replace("_", " ") if known is None else known.title
