"""A past moment with what came after: what predictions of buying and spending are learnt from, and tested on.

Everybody who had bought before the moment is in it, whoever came later is not: their purchases are nobody's next one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.predict.features import WINDOWS
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable
from segmentary.models.value.purchases import Purchases, day_numbers

After: TypeAlias = Mapping[str, float] | npt.ArrayLike


@dataclass(frozen=True, eq=False)
class NextPeriod:
    """Customers as of a moment, and what they did in the days after it.

    Attributes
    ----------
    cutoff : the day of the moment; what is known is from before, what came of it from that day on.
    features : one row per customer, in the order of `purchases`; may have no columns.
    purchases : summaries as of the moment.
    spend : (n,) money spent in the days after, at least 0 (who got more back than they paid spent nothing).
    bought : (n,) whether they bought at all.
    watched : summaries of everybody as of the moment, where `purchases` are those of a sample.
    refunded : of how many the spend was negative.
    """

    cutoff: dt.date
    features: TypedTable
    purchases: Purchases
    spend: Floats
    bought: npt.NDArray[np.bool_]
    watched: Purchases
    refunded: int = 0

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.purchases)

    @classmethod
    def of(
        cls,
        cutoff: dt.date,
        features: TypedTable | None,
        purchases: Purchases,
        spend_after: After,
        bought_after: After,
    ) -> Self:
        """Return the period of these customers.

        features : with ids (matched to the purchases by them; customers without features are left out), or rows in the
        order of `purchases`; None: nothing but purchases is known. spend_after, bought_after : by customer id (who is
        not named spent nothing), or arrays in the order of `purchases`.

        Raises
        ------
        DataError
            when parts do not fit each other, or an amount is no number.
        """
        spend = after(spend_after, purchases.ids, "spend")
        bought = after(bought_after, purchases.ids, "purchases") > 0
        watched = purchases
        if features is None:
            table = TypedTable((), np.zeros((len(purchases), 0)))
        elif not features.ids:
            if len(features) != len(purchases):
                raise DataError(f"{len(features):,} rows of features and {len(purchases):,} customers do not fit")
            table = features
        else:
            place = {name: row for row, name in enumerate(features.ids)}
            rows = np.array([place.get(str(name), -1) for name in purchases.ids], dtype=np.int64)
            here = rows >= 0
            purchases, spend, bought = chosen(purchases, here), spend[here], bought[here]
            table = TypedTable(features.columns, features.values[rows[here]])
        return cls(cutoff, table, purchases, np.maximum(spend, 0.0), bought, watched, int((spend < 0).sum()))

    @classmethod
    def from_transactions(
        cls,
        ids: Sequence[object] | npt.NDArray[Any],
        days: Sequence[object] | npt.NDArray[Any],
        amounts: Sequence[float] | npt.NDArray[Any],
        *,
        cutoff: dt.date,
        horizon_days: int,
    ) -> Self:
        """Return the period of single transactions, without a workspace.

        ids, days, amounts : (n,) whose, on which date, how much. Features are orders and spend in windows that end
        at the cutoff, as far as the data reach back.

        Raises
        ------
        NoAnswerError
            when nobody bought before the cutoff, or the data end before the horizon does.
        """
        who, when = np.asarray(ids).astype(str), day_numbers(days)
        money = np.asarray(amounts, dtype=np.float64)
        end = float((cutoff - dt.date(1970, 1, 1)).days)
        before = when < end
        if not before.any():
            raise NoAnswerError(f"nobody bought before {cutoff}", hint="take a later day")
        if when.max() < end + horizon_days - 7:
            raise NoAnswerError(
                f"purchases end {end + horizon_days - when.max() - 1:.0f} days before the {horizon_days} days after "
                f"{cutoff} do",
                hint="take an earlier day, or a shorter horizon",
            )
        # The day of the cutoff itself is the first of the horizon.
        purchases = Purchases.from_transactions(who[before], when[before], money[before], until=end)
        place = np.searchsorted(purchases.ids, who)
        known = np.isin(who, purchases.ids)

        def summed(here: npt.NDArray[np.bool_], values: Floats) -> Floats:
            return np.bincount(place[here], values[here], minlength=len(purchases)).astype(np.float64)

        columns, made = [], []
        for length in (one for one in WINDOWS if one <= end - when.min() + 1):
            here = before & (when >= end - length)
            columns += [Column(f"orders_{length}d", "numeric"), Column(f"spend_{length}d", "numeric")]
            made += [summed(here, np.ones(len(who))), summed(here, money)]
        after_it = known & (when >= end) & (when < end + horizon_days)
        values = np.column_stack(made) if made else np.zeros((len(purchases), 0))
        features = TypedTable(tuple(columns), values)
        spend, bought = summed(after_it, money), summed(after_it, np.ones(len(who)))
        return cls.of(cutoff, features, purchases, spend, bought)

    def only(self, here: npt.NDArray[np.bool_]) -> NextPeriod:
        """Return the customers marked; (n,)."""
        table = TypedTable(self.features.columns, self.features.values[here])
        return replace(
            self,
            features=table,
            purchases=chosen(self.purchases, here),
            watched=self.watched,
            spend=self.spend[here],
            bought=self.bought[here],
        )


def after(given: After, ids: npt.NDArray[Any], what: str) -> Floats:
    """Return what came after as (n,) numbers, 0 for whom nothing is said."""
    if isinstance(given, Mapping):
        found = np.array([float(given.get(str(name), 0.0)) for name in ids], dtype=np.float64)
    else:
        found = np.asarray(given, dtype=np.float64)
    if found.shape != (len(ids),):
        raise DataError(f"{len(ids):,} customers and {what} of shape {found.shape} do not fit")
    if not np.isfinite(found).all():
        raise DataError(f"{what} after the moment are missing or infinite", hint="0 where there were none")
    return found


def chosen(purchases: Purchases, here: npt.NDArray[np.bool_]) -> Purchases:
    """Return the purchases of the customers marked."""
    return Purchases(**{name: getattr(purchases, name)[here] for name in Purchases.__dataclass_fields__})
