"""How brands are seen in each segment: attribute means, what is particular, who is seen better, and a map.

Reference: Greenacre (2017), Correspondence Analysis in Practice, 3rd edition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from segmentary.errors import DataError
from segmentary.market.competition import check
from segmentary.market.estimate import Contrast, Estimate, corrected
from segmentary.market.groups import Groups
from segmentary.market.record import Record
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import joint, measured
from segmentary.market.wording import listed
from segmentary.models.table.typed_table import Floats


@dataclass(frozen=True, slots=True)
class Perception(Record):
    """One brand on one attribute in one segment (segment "": everybody).

    mean : of the ratings of those who rated it. relative : how far it is above what the brand and the attribute are
    usually given here (mean less brand's mean less attribute's mean plus overall mean): what is particular. ours :
    whether it is our brand. difference : our mean less this brand's, among people who rated both, corrected over all;
    None for ourselves.
    """

    segment: str
    brand: str
    attribute: str
    mean: Estimate
    relative: float
    difference: Contrast | None


@dataclass(frozen=True, slots=True)
class MapPoint(Record):
    """One brand or attribute on the map of a segment; quality: share of its spread that the two axes show."""

    segment: str
    name: str
    kind: Literal["brand", "attribute"]
    x: float
    y: float
    quality: float


@dataclass(frozen=True, slots=True)
class Perceptions(Record):
    """Brands by attributes by segments. shown : per segment the share of all spread that the map's two axes show."""

    segments: tuple[str, ...]
    brands: tuple[str, ...]
    attributes: tuple[str, ...]
    ours: str
    cells: tuple[Perception, ...]
    map: tuple[MapPoint, ...]
    shown: tuple[float, ...]

    @property
    def sentence(self) -> str:
        """Where we are surely seen better or worse."""
        better = [f"{one.attribute} ({place(one)})" for one in self.cells if one.difference and sure(one, above=True)]
        worse = [f"{one.attribute} ({place(one)})" for one in self.cells if one.difference and sure(one, above=False)]
        if not better and not worse:
            return "Nobody is seen surely better or worse than we are."
        parts = []
        if better:
            parts.append(f"we are seen better on {listed(better)}")
        if worse:
            parts.append(f"worse on {listed(worse)}")
        text = "; ".join(parts)
        return f"{text[0].upper()}{text[1:]}."


def place(one: Perception) -> str:
    return f"against {one.brand}" + (f", {one.segment}" if one.segment else "")


def sure(one: Perception, *, above: bool) -> bool:
    return one.difference is not None and one.difference.sure and (one.difference.estimate > 0) == above


def perceptions(
    ratings: Floats,
    brands: Sequence[str],
    attributes: Sequence[str],
    groups: Groups | None,
    design: SurveyDesign,
    *,
    ours: str = "",
    level: float = 0.95,
) -> Perceptions:
    """Return how each brand is rated on each attribute in each segment (groups None: by everybody).

    ratings : (n, brands, attributes), 0/1 ("applies to it") or a scale; NaN where a person did not rate. The map of a
    segment is the correspondence analysis of its means (symmetric axes; two brands and two attributes at least, no mean
    below 0), empty where that cannot be.

    Raises DataError where shapes do not fit, NoAnswerError without people or brands.
    """
    everybody = groups if groups is not None else Groups(("",), np.zeros(len(design), dtype=np.intp))
    if ratings.ndim != 3:
        raise DataError(f"ratings are people by brands by attributes, not of shape {ratings.shape}")
    check(ratings, brands, everybody, design, ours)
    if ratings.shape[2] != len(attributes) or not attributes:
        raise DataError(f"{len(attributes)} attributes and ratings of shape {ratings.shape} do not fit")
    flat = ratings.reshape(len(ratings), -1)
    known = np.isfinite(flat)
    filled = np.where(known, flat, 0.0)
    cells: list[Perception] = []
    points: list[MapPoint] = []
    shown: list[float] = []
    for place_of, segment in enumerate(everybody.names):
        part = everybody.parts[:, [place_of]]
        there = np.broadcast_to(part, flat.shape)
        means = measured(design, filled * part, known * part, there, level=level)[0]
        table = np.array([one.estimate for one in means]).reshape(len(brands), len(attributes))
        apart = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0, keepdims=True) + table.mean()
        against = ours_against(ratings, part, list(brands), ours, design, level)
        for b, brand in enumerate(brands):
            for a, attribute in enumerate(attributes):
                one = means[b * len(attributes) + a]
                cells.append(Perception(segment, brand, attribute, one, float(apart[b, a]), against.get((b, a))))
        found, share = mapped(table, segment, brands, attributes)
        points += found
        shown.append(share)
    fixed = iter(corrected([one.difference for one in cells if one.difference is not None]))
    cells = [one if one.difference is None else replace(one, difference=next(fixed)) for one in cells]
    return Perceptions(
        everybody.names, tuple(brands), tuple(attributes), ours, tuple(cells), tuple(points), tuple(shown)
    )


def ours_against(
    ratings: Floats, part: Floats, brands: list[str], ours: str, design: SurveyDesign, level: float
) -> dict[tuple[int, int], Contrast]:
    """Return our rating less each other brand's, among people who gave both: differences within a person."""
    if not ours:
        return {}
    own = brands.index(ours)
    others = [b for b in range(len(brands)) if b != own]
    if not others:
        return {}
    difference = (ratings[:, [own], :] - ratings[:, others, :]).reshape(len(ratings), -1)
    known = np.isfinite(difference)
    bottoms = np.column_stack([known * part, np.ones(len(part))])
    tops = np.column_stack([np.where(known, difference, 0.0) * part, np.zeros(len(part))])
    found = joint(design, tops, bottoms)
    last = difference.shape[1]
    # The last column is the constant 0 without error, so that a mean is tested as a difference to it.
    n = ratings.shape[2]
    tested = {}
    for place_of in range(last):
        one = found.contrast(place_of, last, level=level)
        tested[(others[place_of // n], place_of % n)] = replace(one, n_others=one.n)
    return tested


def mapped(
    table: Floats, segment: str, brands: Sequence[str], attributes: Sequence[str]
) -> tuple[list[MapPoint], float]:
    """Return brands and attributes on the first two axes of a correspondence analysis, and the share they show."""
    if min(table.shape) < 2 or not np.isfinite(table).all() or (table < 0).any():
        return [], float("nan")
    p = table / (table.sum() or 1.0)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    if not ((rows > 0).all() and (columns > 0).all()):
        return [], float("nan")
    left, strength, right = np.linalg.svd((p - np.outer(rows, columns)) / np.sqrt(np.outer(rows, columns)))
    spread = strength**2
    if spread.sum() < 1e-14:
        return [], float("nan")
    found: list[MapPoint] = []
    sides: list[tuple[Literal["brand", "attribute"], Sequence[str], Floats, Floats]] = [
        ("brand", brands, left, rows),
        ("attribute", attributes, right.T, columns),
    ]
    # The sign of an axis is free: the heaviest brand of each axis is put on the right and at the top.
    flip = np.where(left[np.abs(left).argmax(axis=0), np.arange(left.shape[1])] < 0, -1.0, 1.0)
    for kind, names, side, mass in sides:
        axes = min(len(strength), side.shape[1])
        where = side[:, :axes] * (strength[:axes] * flip[:axes]) / np.sqrt(mass)[:, None]
        whole = (where**2).sum(axis=1)
        for name, at, total in zip(names, where, whole, strict=True):
            y = float(at[1]) if axes > 1 else 0.0
            quality = float((at[:2] ** 2).sum() / total) if total > 0 else 1.0
            found.append(MapPoint(segment, name, kind, float(at[0]), y, quality))
    return found, float(spread[:2].sum() / spread.sum())
