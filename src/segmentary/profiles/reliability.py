"""How far the items of a scale measure the same thing: Cronbach's alpha with its interval.

References: Cronbach (1951), Psychometrika 16(3); the interval is the exact one of Feldt (1965), Psychometrika 30(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine

ACCEPTABLE = 0.7
TABLE = "scale_reliability"


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's alpha of a scale over respondents with all answers.

    Attributes
    ----------
    alpha : missing with fewer than two items or respondents, or when nobody differs from anybody.
    low, high : its interval at ``level``, by Feldt's F distribution.
    """

    scale: str
    items: tuple[str, ...]
    respondents: int
    alpha: float | None
    low: float | None
    high: float | None
    level: float = 0.95

    @property
    def acceptable(self) -> bool:
        """Whether alpha reaches .7, the usual least for comparing groups."""
        return self.alpha is not None and self.alpha >= ACCEPTABLE

    @property
    def verdict(self) -> str:
        """One sentence for a report."""
        if self.alpha is None or self.low is None or self.high is None:
            return f"reliability of {self.scale} cannot be said: {self.respondents} complete answers"
        numbers = f"alpha {self.alpha:.2f} ({self.low:.2f} to {self.high:.2f}, n = {self.respondents:,})"
        if self.acceptable:
            return f"{self.scale}: {numbers}"
        return f"{self.scale}: {numbers} is below .7: the items do not measure one thing, use the scale with care"


def store(engine: Engine, found: tuple[Reliability, ...]) -> None:
    """Keep the reliability of the scales beside the attributes made of them; without scales keep no table."""
    if not found:
        engine.drop(TABLE)
        return
    rows = [{"scale": one.scale, "verdict": one.verdict} for one in found]
    kinds = pa.schema([("scale", pa.string()), ("verdict", pa.string())])
    engine.ingest(TABLE, pa.Table.from_pylist(rows, schema=kinds), temporary=False)


def verdicts(engine: Engine) -> dict[str, str]:
    """Return by scale the sentence that says how reliable it is."""
    if not engine.has_table(TABLE):
        return {}
    names = (exp.column(name, quoted=True) for name in ("scale", "verdict"))
    return dict(engine.rows(exp.select(*names).from_(exp.table_(TABLE, quoted=True))))


def reliability_of(scale: str, items: tuple[str, ...], answers: pa.Table, *, level: float = 0.95) -> Reliability:
    """Estimate alpha of one scale out of long answers (scale, respondent, item, value), reversed items turned."""
    complete = matrix(scale, items, answers)
    n = len(complete)
    alpha = cronbach_alpha(complete)
    if alpha is None:
        return Reliability(scale, items, n, None, None, None, level)
    low, high = feldt_interval(alpha, respondents=n, items=len(items), level=level)
    return Reliability(scale, items, n, alpha, low, high, level)


def matrix(scale: str, items: tuple[str, ...], answers: pa.Table) -> npt.NDArray[np.float64]:
    """Return one row per respondent who answered every item, one column per item."""
    import pyarrow.compute as pc

    own = answers.filter(pc.equal(answers["scale"], scale))
    respondents = pc.dictionary_encode(own["respondent"]).combine_chunks().indices.to_numpy(zero_copy_only=False)
    places = pc.index_in(own["item"], value_set=pa.array(items)).to_numpy()
    values = own["value"].cast(pa.float64()).to_numpy()
    held = np.full((int(respondents.max()) + 1 if len(respondents) else 0, len(items)), np.nan)
    held[respondents.astype(np.intp), places.astype(np.intp)] = values
    complete: npt.NDArray[np.float64] = held[~np.isnan(held).any(axis=1)]
    return complete


def cronbach_alpha(answers: npt.NDArray[np.float64]) -> float | None:
    """Return alpha = k / (k - 1) * (1 - sum of the item variances / variance of the sums).

    answers : (n_respondents, n_items), no missing values.
    """
    n, k = answers.shape
    if n < 2 or k < 2:
        return None
    whole = float(answers.sum(axis=1).var(ddof=1))
    if whole <= 0:
        return None
    parts = float(answers.var(axis=0, ddof=1).sum())
    return float(k / (k - 1) * (1 - parts / whole))


def feldt_interval(alpha: float, *, respondents: int, items: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of alpha: (1 - alpha) times quantiles of F with n - 1 and (n - 1)(k - 1) degrees."""
    from scipy.stats import f

    first, second = respondents - 1, (respondents - 1) * (items - 1)
    tail = (1 - level) / 2
    low = 1 - (1 - alpha) * f.ppf(1 - tail, first, second)
    high = 1 - (1 - alpha) * f.ppf(tail, first, second)
    return float(low), float(high)
