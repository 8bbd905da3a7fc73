"""Who serves each segment today.

Shares of users, shares of the market's volume and shares of requirement per segment, each with the errors of the
survey; what a segment is to a brand is tested against everybody else, corrected over all of them.

References: Ehrenberg, Uncles & Goodhardt (2004), Journal of Business Research 57(12): double jeopardy, requirement.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.estimate import Contrast, Estimate, corrected, share_contrast
from segmentary.market.groups import Groups
from segmentary.market.record import Record
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import fits, measured
from segmentary.market.wording import SMALL, listed
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats


@dataclass(frozen=True, slots=True)
class BrandShare(Record):
    """One brand in one segment (or, with segment "", in the whole market).

    users : share of people who use it. volume : its share of all the segment buys; requirement : its share of what its
    own users buy of the category (share of requirement); None without amounts. frequency : mean amount of a user.
    difference : users in this segment less users among everybody else, corrected over all brands and segments.
    """

    segment: str
    brand: str
    ours: bool
    users: Estimate
    volume: Estimate | None
    requirement: Estimate | None
    frequency: Estimate | None
    difference: Contrast | None

    @property
    def stands_out(self) -> Literal["stronger", "weaker", "no", "cannot_say"]:
        """Whether the brand has surely more or fewer users here than elsewhere."""
        if self.difference is None or not self.difference.known:
            return "cannot_say"
        if not self.difference.sure:
            return "no"
        return "stronger" if self.difference.estimate > 0 else "weaker"


@dataclass(frozen=True, slots=True)
class Jeopardy(Record):
    """Double jeopardy of one brand: small brands have fewer users, who buy slightly less often.

    frequency : mean amount of a user; expected : w0 / (1 - users), with w0 the mean over brands of frequency times (1 -
    users), weighted by users. ratio : frequency over expected, with interval: clearly above 1 is a niche that is loved,
    clearly below 1 a brand used on the side.
    """

    brand: str
    users: Estimate
    frequency: Estimate
    expected: float
    ratio: float
    ratio_low: float
    ratio_high: float


@dataclass(frozen=True, slots=True)
class Competition(Record):
    """Brands by segments.

    shares : brand by brand within segment, segments in order. market : the same over everybody. leaders : per segment
    the brand with most users where it surely leads the second (corrected over segments), else "". double_jeopardy :
    empty without amounts.
    """

    segments: tuple[str, ...]
    brands: tuple[str, ...]
    ours: str
    shares: tuple[BrandShare, ...]
    market: tuple[BrandShare, ...]
    leaders: tuple[str, ...]
    double_jeopardy: tuple[Jeopardy, ...]
    findings: tuple[Finding, ...] = ()

    def cell(self, segment: str, brand: str) -> BrandShare:
        """Return one brand in one segment; KeyError where there is none."""
        for one in self.shares:
            if (one.segment, one.brand) == (segment, brand):
                return one
        raise KeyError((segment, brand))

    @property
    def sentence(self) -> str:
        """Who leads where, and where we stand."""
        led = [f"{segment}: {leader}" for segment, leader in zip(self.segments, self.leaders, strict=True) if leader]
        text = f"Leaders that are sure: {listed(led)}." if led else "In no segment does one brand surely lead."
        if self.ours:
            strong = [one.segment for one in self.shares if one.ours and one.stands_out == "stronger"]
            weak = [one.segment for one in self.shares if one.ours and one.stands_out == "weaker"]
            if strong:
                text += f" We ({self.ours}) have more users than elsewhere in {listed(strong)}."
            if weak:
                text += f" We ({self.ours}) have fewer in {listed(weak)}."
            if not strong and not weak:
                text += f" Our share of users ({self.ours}) differs nowhere by more than chance."
        return text


def brand_shares(
    users: Floats,
    brands: Sequence[str],
    groups: Groups,
    design: SurveyDesign,
    *,
    amounts: Floats | None = None,
    ours: str = "",
    level: float = 0.95,
) -> Competition:
    """Return the share of each brand in each segment.

    users : (n, brands) 1 uses it, 0 does not, NaN was not asked. amounts : (n, brands) what each person buys of it, NaN
    unknown; None: not asked.

    Raises DataError where shapes do not fit, NoAnswerError without people or brands.
    """
    checked(users, amounts, brands, groups, design, ours)
    known = np.isfinite(users)
    parts = np.column_stack([np.ones(len(groups)), groups.parts])
    cells: list[list[BrandShare]] = []
    lead: list[Contrast | None] = []
    differences = corrected(differences_of(users, parts[:, 1:], design, level))
    for column in range(parts.shape[1]):
        part = parts[:, column : column + 1]
        tops, bottoms = np.where(known, users, 0.0) * part, known * part
        shares, together = measured(
            design, tops, bottoms, np.broadcast_to(part, tops.shape), level=level, style="share"
        )
        bought = volumes(amounts, users, part, design, level)
        name = "" if column == 0 else groups.names[column - 1]
        k = len(brands)
        cells.append(
            [
                BrandShare(
                    name,
                    brand,
                    brand == ours,
                    shares[b],
                    *bought[b],
                    None if column == 0 else differences[(column - 1) * k + b],
                )
                for b, brand in enumerate(brands)
            ]
        )
        order = sorted(range(k), key=lambda b: -share_or_nothing(shares[b]))
        one, two = order[0], order[min(1, k - 1)]
        first = share_contrast(shares[one], shares[two], float(together.covariance[one, two]), level=level)
        lead.append(first if k > 1 and column > 0 else None)
    return Competition(
        groups.names,
        tuple(brands),
        ours,
        tuple(one for row in cells[1:] for one in row),
        tuple(cells[0]),
        leaders(cells[1:], lead[1:]),
        jeopardy(cells[0]) if amounts is not None else (),
        design.findings + notes(groups),
    )


def checked(
    users: Floats, amounts: Floats | None, brands: Sequence[str], groups: Groups, design: SurveyDesign, ours: str
) -> None:
    """Refuse uses that are none, and amounts that do not fit them."""
    check(users, brands, groups, design, ours)
    known = users[np.isfinite(users)]
    if ((known < 0) | (known > 1)).any():
        raise DataError("use of a brand is 0 or 1", hint="hand in amounts beside it")
    if amounts is not None and amounts.shape != users.shape:
        raise DataError(f"amounts of shape {amounts.shape} and users of shape {users.shape} do not fit")


def check(values: Floats, brands: Sequence[str], groups: Groups, design: SurveyDesign, ours: str) -> None:
    """Refuse what does not fit."""
    fits(design, len(groups))
    if values.shape[:2] != (len(groups), len(brands)):
        raise DataError(f"{len(groups)} people, {len(brands)} brands and values of shape {values.shape} do not fit")
    if not len(groups) or not brands:
        raise NoAnswerError("there are no people or no brands")
    if len(set(brands)) != len(brands):
        raise DataError("two brands have one name")
    if ours and ours not in brands:
        raise DataError(f"our brand {ours!r} is not among the brands", hint=listed(list(brands), last="or"))


def differences_of(users: Floats, parts: Floats, design: SurveyDesign, level: float) -> list[Contrast]:
    """Return the users of each brand in each segment less those among everybody else."""
    known = np.isfinite(users)
    filled = np.where(known, users, 0.0)
    found = []
    k = users.shape[1]
    for column in range(parts.shape[1]):
        both = np.hstack([known * parts[:, [column]], known * (1 - parts[:, [column]])])
        shares, pair = measured(design, np.hstack([filled, filled]) * both, both, both, level=level, style="share")
        found += [
            share_contrast(shares[b], shares[b + k], float(pair.covariance[b, b + k]), level=level) for b in range(k)
        ]
    return found


Bought = tuple[Estimate | None, Estimate | None, Estimate | None]


def volumes(amounts: Floats | None, users: Floats, part: Floats, design: SurveyDesign, level: float) -> list[Bought]:
    """Return share of volume, share of requirement and mean amount of a user, brand by brand."""
    if amounts is None:
        return [(None, None, None)] * users.shape[1]
    answered = np.isfinite(amounts).all(axis=1, keepdims=True)
    bought = np.where(answered, amounts, 0.0) * part
    whole = np.broadcast_to(bought.sum(axis=1, keepdims=True), bought.shape)
    own = (np.nan_to_num(users) > 0) * answered
    style: Literal["share", "mean"] = "share" if (bought >= 0).all() else "mean"
    there = np.broadcast_to(part, bought.shape)
    volume = measured(design, bought, whole, there, level=level, style=style)[0]
    users_here = (np.nan_to_num(users) > 0) * part
    requirement = measured(design, bought * own, whole * own, users_here, level=level, style=style)[0]
    frequency = measured(design, bought * own, own * part, users_here, level=level)[0]
    return list(zip(volume, requirement, frequency, strict=True))


def share_or_nothing(one: Estimate) -> float:
    return one.estimate if math.isfinite(one.estimate) else -1.0


def leaders(cells: list[list[BrandShare]], lead: list[Contrast | None]) -> tuple[str, ...]:
    """Return per segment the brand that surely leads."""
    known = [one for one in lead if one is not None]
    fixed = iter(corrected(known))
    found = []
    for row, one in zip(cells, lead, strict=True):
        first = max(row, key=lambda cell: share_or_nothing(cell.users))
        alone = len(row) == 1 and first.users.estimate > 0
        found.append(first.brand if alone or (one is not None and next(fixed).sure) else "")
    return tuple(found)


def jeopardy(market: list[BrandShare]) -> tuple[Jeopardy, ...]:
    """Return how far each brand's frequency is from what its size lets expect."""
    from segmentary.market.estimate import t_quantile

    rows = [
        (one, one.users, one.frequency)
        for one in market
        if one.frequency is not None and one.frequency.known and 0 < one.users.estimate < 1
    ]
    weight = sum(users.estimate for _, users, _ in rows)
    if len(rows) < 3 or weight <= 0:
        return ()
    constant = sum(u.estimate * w.estimate * (1 - u.estimate) for _, u, w in rows) / weight
    found = []
    for one, users, frequency in rows:
        expected = constant / (1 - users.estimate)
        half = t_quantile(frequency.df) * frequency.error
        low, high = (frequency.estimate - half) / expected, (frequency.estimate + half) / expected
        found.append(Jeopardy(one.brand, users, frequency, expected, frequency.estimate / expected, low, high))
    return tuple(found)


def notes(groups: Groups) -> tuple[Finding, ...]:
    """Return what to know of these shares."""
    few = [f"{name} ({n})" for name, n in zip(groups.names, groups.counts.tolist(), strict=True) if 0 < n < SMALL]
    if not few:
        return ()
    return (Finding("small_segments", "warning", f"fewer than {SMALL} respondents are in {listed(few)}"),)
