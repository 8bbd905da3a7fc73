"""One arm against control: who got what by which lot, and what became of them; refused where there is too little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.table.typed_table import Floats, TypedTable

Mask: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.intp]
LEAST_PEOPLE = 200
"""People each arm needs: with fewer even a large difference between tenths cannot be told from chance."""
LEAST_HAPPENED = 30
"""Of a yes or no: people of the rarer answer, over both arms."""


@dataclass(frozen=True, eq=False)
class Trial:
    """People of one arm and of control.

    table : what was known of them before. treated : (n,) whether in the arm. y : (n,) the outcome. chance : (n,) the
    probability with which each was put into the arm rather than into control, strictly between 0 and 1.
    """

    table: TypedTable
    treated: Mask
    y: Floats
    chance: Floats

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.y)

    @property
    def binary(self) -> bool:
        """Whether the outcome is yes or no."""
        return bool(np.isin(self.y, (0.0, 1.0)).all())

    def take(self, rows: Places | Mask) -> Trial:
        """Return some of the people."""
        return Trial(self.table.take(rows), self.treated[rows], self.y[rows], self.chance[rows])


def trial_of(
    table: TypedTable, treated: npt.ArrayLike, y: npt.ArrayLike, chance: npt.ArrayLike | float | None = None
) -> Trial:
    """Return a trial whose parts fit each other; chance None: the share of treated people.

    Raises
    ------
    DataError
        when lengths differ, an outcome is missing or infinite, or a probability is none.
    """
    arm = np.asarray(treated)
    if arm.shape != (len(table),) or not np.isin(arm, (0, 1)).all():
        raise DataError(f"{len(table):,} people and arms of shape {arm.shape} do not fit", hint="one yes or no each")
    outcome = np.asarray(y, dtype=np.float64)
    if outcome.shape != (len(table),):
        raise DataError(f"{len(table):,} people and outcomes of shape {outcome.shape} do not fit")
    if not np.isfinite(outcome).all():
        raise DataError("an outcome is missing or infinite", hint="leave those people out of both arms alike")
    drawn = arm.astype(bool)
    share = drawn.mean() if len(drawn) else 0.5
    p = np.broadcast_to(np.asarray(share if chance is None else chance, dtype=np.float64), outcome.shape).copy()
    if chance is not None and not ((p > 0) & (p < 1)).all():
        raise DataError(
            "a probability of being treated is not between 0 and 1", hint="leave out whom no lot was drawn for"
        )
    return Trial(table, drawn, outcome, p)


def check_enough(trial: Trial) -> None:
    """Refuse what nothing can be learnt from, with the counts.

    Raises
    ------
    NoAnswerError
        an arm is empty or small, the outcome never or always happened, or too rarely.
    """
    inside, outside = int(trial.treated.sum()), int((~trial.treated).sum())
    counts = f"{inside:,} people in the arm and {outside:,} in control"
    if min(inside, outside) < LEAST_PEOPLE:
        raise NoAnswerError(f"{counts}: whom it helps needs at least {LEAST_PEOPLE} of each", hint="read it overall")
    if np.ptp(trial.y) == 0:
        raise NoAnswerError(
            f"the outcome is {trial.y[0]:g} of all {len(trial):,} people: there is nothing to tell apart",
            hint="judge by another metric, or later",
        )
    rare = int(min((trial.y == 1).sum(), (trial.y == 0).sum())) if trial.binary else int((trial.y != 0).sum())
    if rare < LEAST_HAPPENED:
        raise NoAnswerError(
            f"only {rare:,} of {len(trial):,} people differ from the rest in the outcome: {LEAST_HAPPENED} are needed",
            hint="judge by something that happens more often",
        )
    values = trial.table.values
    if not any(varies(values[:, place]) for place in range(values.shape[1])):
        raise NoAnswerError(
            "no trait differs between people: there is nobody to tell apart", hint="give traits that vary"
        )


def varies(x: Floats) -> bool:
    """Return whether a column has two values, or some missing and some not."""
    known = x[~np.isnan(x)]
    return len(known) > 0 and (len(known) < len(x) or float(known.min()) < float(known.max()))


def folds_of(trial: Trial, folds: int, seed: int) -> Places:
    """Return (n,) the fold of each person, dealt round within arm and sorted outcome, so that folds are alike."""
    order = np.random.default_rng(seed).permutation(len(trial))
    sorted_by = np.lexsort((trial.y[order], trial.treated[order]))
    fold = np.empty(len(trial), dtype=np.intp)
    fold[order[sorted_by]] = np.arange(len(trial)) % folds
    return fold
