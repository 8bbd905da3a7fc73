"""Who could have left within a horizon, and who did: the rows contractual churn is learnt from and judged on.

``period``: everybody was observed for one horizon, at the end of which they were still there or had left (a snapshot
with "left within the last month"). Each person is one trial, which began a horizon before the duration that is told.

``lifetime``: everybody was observed from their start until they left or until now. Each person is a trial at 0, one
horizon, two horizons ... as long as they were there and it is known what came of it (landmarks); whoever left is in
the trial in which they left. Figures of how well it does use at most one trial per person, since people, not trials,
are independent: at a moment drawn by chance, alike for all, if they were still there (drawing among the trials somebody
has would favour those who left soon).

Whoever left in the middle of a horizon is known to have, though it may not be known what those who stayed did by its
end: leaving would be over-represented. Trials are therefore weighted by one over the chance that their outcome came to
be known (inverse probability of censoring), and those judged on are drawn likewise.

References: Singer & Willett (1993), Journal of Educational Statistics 18(2) (discrete time); van Houwelingen (2007),
Scandinavian Journal of Statistics 34(1) (landmarks); Gerds & Schumacher (2006), Biometrical Journal 48(6) (weights).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.models.table.typed_table import Floats, TypedTable

Observed: TypeAlias = Literal["period", "lifetime"]
MOST = 200_000
"""Trials learnt from: more are thinned out by chance."""
LEAST_SEEN = 0.05
"""Weights grow no larger than by this: beyond it a handful would stand for everybody."""
LEAST_EVENTS = 50
"""Fewer who left teach nothing that holds."""


@dataclass(frozen=True, eq=False)
class Trials:
    """Rows that could have left.

    table : (t,) features as of the beginning of each trial; the duration is the time stayed until then.
    person : (t,) the row in what was given. left : (t,) whether they left within the horizon. judged : (t,) at most
    one trial per person. entry, until, gone : (n,) per person, the spell under observation: since when, until when,
    and whether it ended by leaving; worth : (n,) the weight of each person (that of trials is in the table).
    """

    table: TypedTable
    person: npt.NDArray[np.intp]
    left: Floats
    judged: npt.NDArray[np.bool_]
    entry: Floats
    until: Floats
    gone: Floats
    worth: Floats

    def __len__(self) -> int:
        """Return the number of trials."""
        return len(self.left)

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.until)


def trials_of(
    table: TypedTable, duration: str, event: Floats, *, horizon: float, observed: Observed, seed: int
) -> Trials:
    """Return the trials of people; rows without a duration or an event are not in them.

    Raises
    ------
    DataError
        durations are negative, events are neither 0 nor 1, the horizon is not positive.
    NoAnswerError
        too few left, or everybody did.
    """
    if observed not in ("period", "lifetime"):
        raise UnknownNameError("way of observing", str(observed), ("period", "lifetime"))
    if not (horizon > 0 and np.isfinite(horizon)):
        raise DataError(f"a horizon of {horizon} is none", hint="a positive number in the unit of the duration")
    time = table.values[:, table.place(duration)]
    if event.shape != time.shape:
        raise DataError(f"{len(time):,} people and {len(event):,} events do not fit")
    known = ~(np.isnan(time) | np.isnan(event))
    people = table.take(known)
    time, left = time[known], event[known]
    if len(time) and time.min() < 0:
        raise DataError("a duration is negative", hint="durations count from a customer's start")
    if not np.isin(left, (0.0, 1.0)).all():
        raise DataError("an event is neither 0 (still there) nor 1 (left)")
    if observed == "period":
        start, person, y = np.maximum(time - horizon, 0.0), np.arange(len(time)), left
        judged, known_by = np.ones(len(time), dtype=bool), None
        entry, until = start, np.maximum(time, start + horizon * 1e-3)
    else:
        person, start, y, judged, known_by = landmarks(time, left, horizon, seed)
        entry, until = np.zeros(len(time)), np.maximum(time, horizon * 1e-6)
    happened = int(y[judged].sum()) if observed == "period" else int(left.sum())
    if happened < LEAST_EVENTS or happened > len(time) - LEAST_EVENTS or y.min() == y.max():
        raise NoAnswerError(
            f"{happened:,} of {len(time):,} people left: at least {LEAST_EVENTS} who left and as many who stayed are "
            "needed to learn from",
            hint="widen the period or the population",
        )
    rows = people.take(person)
    values = rows.values.copy()
    values[:, rows.place(duration)] = start
    weights = rows.weights if known_by is None else rows.weight * known_by
    moved = TypedTable(rows.columns, values, weights)
    return Trials(moved, person, y, judged, entry, until, left, people.weight)


def landmarks(
    time: Floats, left: Floats, horizon: float, seed: int
) -> tuple[npt.NDArray[np.intp], Floats, Floats, npt.NDArray[np.bool_], Floats]:
    """Return person, start, whether they left, whether it is to be judged by, and weight, of every known trial."""
    ratio = time / horizon
    number = np.where(left > 0, np.ceil(ratio - 1e-9), np.floor(ratio + 1e-9)).astype(np.intp)
    number = np.where(left > 0, np.maximum(number, 1), number)
    chance = np.random.default_rng(seed)
    picked = chance.integers(0, max(1, int(number.max(initial=1))), len(time))
    person = np.repeat(np.arange(len(time)), number)
    before = np.concatenate([[0], np.cumsum(number)])[:-1]
    step = np.arange(len(person)) - before[person]
    y = ((left[person] > 0) & (step == number[person] - 1)).astype(np.float64)
    weight = known_weights(time, left, person, step * horizon, y, horizon)
    drawn = chance.random(len(person)) < weight / max(1e-12, float(np.quantile(weight, 0.99))) if len(weight) else y > 2
    judged = (step == picked[person]) & drawn
    if y[judged].sum() < LEAST_EVENTS:
        judged = drawn
    if len(person) > MOST:
        # What is drawn is judged on, too; what is judged on is drawn alike for all, so that nobody is favoured.
        kept = chance.random(len(person)) < MOST / len(person)
        kept |= judged & (judged.sum() < MOST)
        person, step, y, judged, weight = person[kept], step[kept], y[kept], judged[kept], weight[kept]
    return person, step * horizon, y, judged, weight


def known_weights(
    time: Floats, left: Floats, person: npt.NDArray[np.intp], start: Floats, y: Floats, horizon: float
) -> Floats:
    """Return one over the chance that a trial's outcome came to be known, given that the trial began."""
    from segmentary.models.survival.kaplan_meier import kaplan_meier_of

    curve = kaplan_meier_of(time, 1 - left).curve()
    seen = np.concatenate([[1.0], curve.survival])

    def still_seen(moment: Floats) -> Floats:
        # Before the moment: who was last seen just then has told what came of it.
        return np.asarray(np.maximum(seen[np.searchsorted(curve.times, moment, side="left")], LEAST_SEEN))

    end = np.where(y > 0, time[person], start + horizon)
    return np.asarray(still_seen(start) / still_seen(end))
