"""Did people move in the same way all along? One test per row of the transition matrix, and one over all rows.

Given where somebody is, the moves of a step are a multinomial draw; the rows of the steps form a table of steps by
destinations, and its likelihood-ratio statistic G tests whether all steps share one row. Where the expected counts are
small its chi-square law fails, so the p-value is then that of tables drawn with the pooled row (fixed totals per step).
Rows are corrected together by Holm.

References: Anderson & Goodman (1957), Annals of Mathematical Statistics 28(1); Cochran (1954), Biometrics 10(4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import holm

Floats = npt.NDArray[np.float64]
SMALL = 5.0
"""Expected counts below this are small; more than a fifth of them, or any below 1, and tables are drawn."""
DRAWS = 4999
MOST_DRAWN = 4_000_000


@dataclass(frozen=True, slots=True)
class RowTest:
    """Whether one row changed over the steps.

    g, freedom, p : the statistic, its degrees of freedom, its p-value; p_holm : corrected for the number of rows.
    effect : Cramér's V of steps by destinations (0: no change, 1: the largest there can be).
    drawn : whether p is of drawn tables.
    """

    g: float
    freedom: int
    p: float
    p_holm: float
    effect: float
    people: int
    drawn: bool


def row_tests(tables: Sequence[npt.NDArray[np.int64]], *, seed: int = 0) -> list[RowTest | None]:
    """Test each row: (steps, destinations) counts of one origin; None where there is nothing to compare."""
    raw = [row_test(table, np.random.default_rng([seed, number])) for number, table in enumerate(tables)]
    known = [one for one in raw if one is not None]
    corrected = iter(holm([one.p for one in known]))
    return [
        None if one is None else RowTest(one.g, one.freedom, one.p, next(corrected), one.effect, one.people, one.drawn)
        for one in raw
    ]


def row_test(table: npt.NDArray[np.int64], chance: np.random.Generator) -> RowTest | None:
    """Test one row, uncorrected."""
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    steps, places = table.shape
    if steps < 2 or places < 2:
        return None
    totals = table.sum(axis=1).astype(float)
    shares = table.sum(axis=0) / totals.sum()
    expected = np.outer(totals, shares)
    g = float(g_of(table.astype(float)[None], expected)[0])
    freedom = (steps - 1) * (places - 1)
    chi = float(((table - expected) ** 2 / expected).sum())
    effect = float(np.sqrt(chi / totals.sum() / min(steps - 1, places - 1)))
    drawn = bool(expected.min() < 1 or (expected < SMALL).mean() > 0.2)
    if drawn:
        draws = int(min(DRAWS, max(199, MOST_DRAWN // table.size)))
        fake = np.stack([chance.multinomial(int(n), shares, size=draws) for n in totals], axis=1).astype(float)
        # Each drawn table is held against its own pooled row, as the real one is.
        own = fake.sum(axis=1, keepdims=True) / totals.sum() * totals[None, :, None]
        p = float((1 + (g_of(fake, own) >= g - 1e-9).sum()) / (draws + 1))
    else:
        from scipy.special import chdtrc

        p = float(chdtrc(freedom, g))
    return RowTest(g, freedom, p, p, min(1.0, effect), int(totals.sum()), drawn)


def g_of(counts: Floats, expected: Floats) -> Floats:
    """Return G of each table of counts (draws, steps, places)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(counts > 0, counts * np.log(counts / expected), 0.0)
    result: Floats = 2 * terms.sum(axis=(1, 2))
    return result


def together(tests: Sequence[RowTest | None]) -> float | None:
    """Return the p-value over all rows: the least Holm-corrected one."""
    known = [one.p_holm for one in tests if one is not None]
    return min(known) if known else None
