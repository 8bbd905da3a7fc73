"""Wide surveys: one row per respondent, one column per question, answers on a shared scale."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segmentary.sources.look import Look
from segmentary.sources.names import lower_snake
from segmentary.sources.recognise import OWN_ID, PERSONAL, RESPONDENT, WEIGHT, best_column

FEWEST_ITEMS = 4
SHARE_OF_COLUMNS = 0.6
LARGEST_SCALE = 11
REPLICATE = re.compile(
    r"(?:brr_?wt|brrwt|repwgt|rep_?wt|repweight|replicate_weight|wgtrep|wrep|pwgtp|jkw|jkwt)_?\d+", re.I
)
LIKERT = re.compile(
    r"(?:strongly |somewhat |completely |totally )?(?:dis)?agree|neutral|undecided|neither.*|never|rarely|sometimes|"
    r"(?:very |not )?(?:likely|important|satisfied|often)|always|don'?t know|yes|no",
    re.I,
)
DESCRIPTIVE = frozenset(
    (
        "age", "age_group", "gender", "sex", "income", "income2", "education", "occupation", "job", "marital_status",
        "relationship_status", "household_size", "number_of_siblings", "number_of_children", "children", "employment",
        "ethnicity", "religion", "nationality", "language", "only_child", "height", "segment", "cluster", "class",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The items of a wide survey.

    Attributes
    ----------
    share : of the columns that could be items, how many are.
    """

    items: tuple[str, ...]
    respondent: str | None
    weight: str | None
    replicates: tuple[str, ...]
    share: float


def questionnaire(look: Look) -> Questionnaire | None:
    """Return the items of a wide survey, or None where the columns are no questions."""
    weight = survey_weight(look)
    replicates = tuple(n for n in look.names if REPLICATE.fullmatch(n))
    respondent = best_column((*RESPONDENT, *OWN_ID), [n for n in look.names if look.unique(n)])
    apart = {*replicates, weight, respondent, *(n for n in look.names if descriptive(n))}
    candidates = [n for n in look.names if n not in apart and look.columns[n].filled]
    if not candidates:
        return None
    if weight and (replicates or lower_snake(weight) != "weight"):
        items = tuple(candidates)
        return Questionnaire(items, respondent, weight, replicates, 1.0) if len(items) >= FEWEST_ITEMS else None
    items = same_scale(look, [n for n in candidates if on_scale(look, n)])
    share = len(items) / len(candidates)
    if len(items) < FEWEST_ITEMS or share < SHARE_OF_COLUMNS:
        return None
    return Questionnaire(items, respondent, weight, replicates, share)


def same_scale(look: Look, items: list[str]) -> tuple[str, ...]:
    """Leave out one column alone on its scale among many that share theirs: a group number, not a question."""
    scales = {n: frozenset(look.counts(n)) for n in items}
    binary = [n for n, scale in scales.items() if len(scale) <= 2]
    others = [n for n in items if n not in binary]
    return tuple(binary) if len(binary) >= 10 and len(others) == 1 else tuple(items)


def descriptive(name: str) -> bool:
    """Say whether a column describes the respondent rather than asking something."""
    snake = lower_snake(name)
    if snake in DESCRIPTIVE:
        return True
    # "country" may be music, and "region" a question: only sure words count here.
    return any(snake in words for key, words in PERSONAL.items() if key not in ("country", "longitude", "latitude"))


def on_scale(look: Look, name: str) -> bool:
    """Say whether a column's values are answers on a scale: small whole numbers, yes/no, or agreement words."""
    column = look.columns[name]
    if column.type == "boolean":
        return True
    values = list(look.counts(name))
    if not values or len(values) > LARGEST_SCALE:
        return False
    try:
        numbers = [float(v) for v in values]
    except ValueError:
        return sum(1 for v in values if LIKERT.fullmatch(v.strip())) >= 0.8 * len(values)
    return all(n.is_integer() and -10 <= n <= 10 for n in numbers)


def survey_weight(look: Look) -> str | None:
    """Return the survey weight; a body's weight (whole kilograms, beside a height) is none."""
    named = best_column(WEIGHT, [n for n in look.names if look.columns[n].filled and look.is_number(n)])
    if named is None:
        return None
    bodily = lower_snake(named) == "weight" and (
        any(lower_snake(n) == "height" for n in look.names) or look.columns[named].type == "integer"
    )
    counted = any(lower_snake(n) in ("frequency", "recency") for n in look.names)
    return None if bodily or counted else named
