"""How people answer whatever is asked: saying yes to everything, always the same, always the extremes.

Response styles make segments of people who differ in how they tick boxes, not in what they want. For every battery of
items answered on one scale:

- **yea-saying** (acquiescence): the first principal component of the item correlations has loadings of one sign and
  explains at least 30 % of the variance, and at least three times the second. An opinion all items ask about looks the
  same; items of opposite meaning in the battery would tell.
- **straight-lining**: people who gave the same answer to every one of at least five items they answered.
- **extreme answering**: people with at least 80 % of their answers at the ends of a scale with four levels or more.

References: Baumgartner & Steenkamp (2001), Journal of Marketing Research 38(2); Dolnicar & Grün (2007), International
Marketing Review 24(2); Krosnick (1991), Applied Cognitive Psychology 5(3); Greenleaf (1992), Public Opinion Quarterly
56(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable

LEAST_ITEMS = 5
FIRST_SHARE = 0.30
FIRST_TO_SECOND = 3.0
SAME_SIGN = 0.1
"""Every loading is at least this share of the root mean square loading, in one direction."""
EXTREME = 0.80
MANY_STRAIGHT = 0.05
MANY_EXTREME = 0.10


@dataclass(frozen=True, slots=True)
class ResponseStyle:
    """How a battery was answered.

    Attributes
    ----------
    columns : its items. first_share, second_share : of the variance of the standardised items, by the first two
        principal components. one_sign : whether all items load on the first in one direction. agreement : mean answer
        on the scale from 0 (lowest) to 1 (highest), over people and items. spread : standard deviation over people of
        their own mean answer, on the same scale. straight, extreme : weighted shares of people; NaN: cannot be said.
    """

    columns: tuple[str, ...]
    first_share: float
    second_share: float
    one_sign: bool
    agreement: float
    spread: float
    straight: float
    extreme: float

    @property
    def yea_saying(self) -> bool:
        """Whether one general readiness to agree runs through all items."""
        dominant = self.first_share >= FIRST_TO_SECOND * self.second_share
        return self.one_sign and self.first_share >= FIRST_SHARE and dominant


def batteries(table: TypedTable) -> list[tuple[str, ...]]:
    """Return the items answered on one scale, five or more of them: as many levels (ordinal), the same two (binary).

    Ordinal levels of one number are taken as one scale: spellings of the ends differ from item to item.
    """
    found: dict[tuple[str, ...], list[str]] = {}
    for column in table.columns:
        if column.kind == "ordinal":
            found.setdefault((str(len(column.levels)),), []).append(column.name)
        elif column.kind == "binary":
            found.setdefault(tuple(level.casefold() for level in column.levels), []).append(column.name)
    return [tuple(names) for names in found.values() if len(names) >= LEAST_ITEMS]


def response_style(table: TypedTable, columns: tuple[str, ...]) -> ResponseStyle:
    """Return how these items were answered.

    columns : names of at least two ordinal or binary columns of one number of levels.
    """
    part = table.select(columns)
    x, w = part.values, part.weight
    top = max(1, len(part.columns[0].levels) - 1)
    known = ~np.isnan(x)
    answered = known.sum(axis=1)
    own = np.where(known, x, 0.0).sum(axis=1) / np.maximum(answered, 1) / top
    some = answered > 0
    first, second, one_sign = components(x, w)
    agreement = float(np.average(own[some], weights=w[some])) if some.any() else float("nan")
    spread = float(np.sqrt(np.average((own[some] - agreement) ** 2, weights=w[some]))) if some.any() else float("nan")
    judged = answered >= LEAST_ITEMS
    straight = extreme = float("nan")
    if top >= 2 and judged.any():
        low = np.where(known, x, np.inf).min(axis=1)
        high = np.where(known, x, -np.inf).max(axis=1)
        straight = float(np.average((low == high)[judged], weights=w[judged]))
    if top >= 3 and judged.any():
        ends = ((x == 0) | (x == top)).sum(axis=1) / np.maximum(answered, 1)
        extreme = float(np.average((ends >= EXTREME)[judged], weights=w[judged]))
    return ResponseStyle(tuple(columns), first, second, one_sign, agreement, spread, straight, extreme)


def components(x: Floats, w: Floats) -> tuple[float, float, bool]:
    """Return the variance shares of the first two principal components and whether the first loads in one direction."""
    r = correlations(x, w)
    if len(r) < 2:
        return float("nan"), float("nan"), False
    values, vectors = np.linalg.eigh(r)
    first = vectors[:, -1] * np.sign(vectors[:, -1].sum() or 1.0)
    one_sign = bool((first >= SAME_SIGN / np.sqrt(len(first))).all())
    return float(values[-1] / len(r)), float(values[-2] / len(r)), one_sign


def correlations(x: Floats, w: Floats) -> Floats:
    """Return (p, p) weighted Pearson correlations, each over the people who answered both; 0 where nothing varies.

    Taken from one imputed matrix (missing is the mean) and divided by how many answered both, so that a battery with a
    few gaps costs two matrix products and not a loop over pairs.
    """
    known = (~np.isnan(x)).astype(np.float64)
    total = w @ known
    filled = np.nan_to_num(x)
    mean = (w @ filled) / np.where(total > 0, total, 1.0)
    centred = (filled - mean) * known
    both = (known * w[:, None]).T @ known
    covariance = (centred * w[:, None]).T @ centred / np.where(both > 0, both, 1.0)
    spread = np.sqrt(np.diag(covariance))
    varies = spread > 1e-12
    scale = np.where(varies, spread, 1.0)
    r = np.clip(covariance / np.outer(scale, scale), -1.0, 1.0)
    r[~varies, :] = 0.0
    r[:, ~varies] = 0.0
    np.fill_diagonal(r, 1.0)
    return np.asarray(r)


def response_findings(table: TypedTable) -> tuple[Finding, ...]:
    """Return what there is to know about response styles in every battery of the table."""
    found: list[Finding] = []
    for names in batteries(table):
        style = response_style(table, names)
        items = f"the {len(names)} items on one scale ({names[0]!r} ... {names[-1]!r})"
        if style.yea_saying:
            message = (
                f"One general factor runs through {items}: all load on it in one direction, it explains "
                f"{style.first_share:.0%} of the variance, the next {style.second_share:.0%}. Segments may only say "
                "who agrees with everything."
            )
            hint = "take answers relative to the person's own level: row_centre=True"
            found.append(Finding("yea_saying", "warning", message, hint, names))
        if style.straight >= MANY_STRAIGHT:
            message = f"{style.straight:.0%} of the people gave one and the same answer to all of {items}."
            found.append(Finding("straight_lining", "warning", message, "consider leaving them out", names))
        if style.extreme >= MANY_EXTREME:
            message = f"{style.extreme:.0%} of the people answered {items} nearly always at the ends of the scale."
            hint = "segments may only say who answers extremely: way='rank', or fewer levels"
            found.append(Finding("extreme_answers", "note", message, hint, names))
    return tuple(found)
