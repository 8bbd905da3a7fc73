"""What a lifetime model and a spend model say of each customer, as columns: in arrays, and the same in an engine.

The lifetime model needs a customer's purchases alone, and the few distinct cells of them; the spend model is a line in
the customer's mean spend whose base and slope depend on the number of paid days only. So an engine joins two small
tables and adds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable
from segmentary.models.value.gamma_gamma import GammaGamma
from segmentary.models.value.lifetime_model import LifetimeModel
from segmentary.models.value.purchases import Purchases, count_cells

LifetimeKind: TypeAlias = Literal["pareto_nbd", "mbg_nbd", "bg_nbd"]
COLUMNS = (
    Column("bought.repeats", "numeric", title="repeat purchases"),
    Column("bought.days_since", "numeric", title="days since the last purchase"),
    Column("bought.days_known", "numeric", title="days since the first purchase"),
    Column("bought.total", "numeric", title="spend so far"),
    Column("bought.mean", "numeric", title="spend per purchase"),
    Column("bought.expected", "numeric", title="purchases expected by the lifetime model"),
    Column("bought.alive", "numeric", title="chance of being a customer still"),
    Column("bought.worth", "numeric", title="spend per purchase expected by the spend model"),
    Column("bought.value", "numeric", title="spend expected by lifetime and spend model"),
)
LOGS = (
    Column("log.repeats", "numeric", title="repeat purchases"),
    Column("log.days_since", "numeric", title="days since the last purchase"),
    Column("log.days_known", "numeric", title="days since the first purchase"),
    Column("log.total", "numeric", title="spend so far"),
)
CHANCE = "bought.chance"
LOG = "log."
BOUGHT = Path(__file__).with_name("bought.sql")


@dataclass(frozen=True, eq=False)
class BuyingModel:
    """A fitted lifetime model with a fitted spend model, for one horizon."""

    lifetime: LifetimeModel
    worth: GammaGamma
    horizon_days: int

    @classmethod
    def fit(cls, purchases: Purchases, *, horizon_days: int, model: LifetimeKind = "pareto_nbd") -> Self:
        """Estimate both from purchases.

        Raises
        ------
        NoAnswerError
            when nobody bought twice, or nobody paid for a repeat purchase.
        """
        lifetime = lifetime_class(model)().fit(purchases)
        spend = GammaGamma().fit(purchases.spend_days, purchases.mean_spend)
        return cls(lifetime, spend, horizon_days)

    @property
    def note(self) -> str:
        """Which fallbacks were taken."""
        return " ".join(one for one in (self.lifetime.note_, self.worth.note_) if one)

    def scores(self, x: Floats, recency: Floats, age: Floats) -> tuple[Floats, Floats, Floats]:
        """Return expected purchases, the chance of being a customer still, and of buying at all in the horizon.

        Purchases of a customer who stays are a Poisson count whose mean is gamma spread with shape r + x around what
        is expected: the chance of none is that of the negative binomial.
        """
        expected = self.lifetime.expected_purchases(x, recency, age, float(self.horizon_days))
        alive = self.lifetime.alive(x, recency, age)
        shape = self.lifetime.params_["r"] + x
        mean = np.divide(expected, alive, out=np.zeros_like(expected), where=alive > 0)
        return expected, alive, alive * -np.expm1(-shape * np.log1p(mean / shape))

    def columns(self, purchases: Purchases) -> dict[str, Floats]:
        """Return what is known and expected of customers by column name; (n,) each."""
        cells, place = np.unique(
            np.column_stack([purchases.repeat_count, purchases.recency, purchases.age]), axis=0, return_inverse=True
        )
        expected, alive, chance = (one[place.ravel()] for one in self.scores(*cells.T))
        worth = self.worth.expected_spend(purchases.spend_days, purchases.mean_spend)
        found = seen(purchases)
        return found | {
            "bought.expected": expected,
            "bought.alive": alive,
            "bought.worth": worth,
            "bought.value": expected * worth,
            CHANCE: chance,
        }

    def relation(self, engine: Engine, people: exp.Table, purchases: exp.Table, prefix: str) -> exp.Query:
        """Return a query of the people who ever bought: all their columns, and those of `columns`, by these names.

        Makes two small temporary tables first, of distinct cells and of numbers of paid days.
        """
        import pyarrow as pa

        cells = count_cells(engine, purchases)
        expected, alive, chance = self.scores(cells.repeat_count, cells.recency, cells.age)
        engine.ingest(
            f"{prefix}_cells",
            pa.table(
                {
                    "repeat_count": cells.repeat_count.astype(np.int64),
                    "recency_days": cells.recency.astype(np.int64),
                    "age_days": cells.age.astype(np.int64),
                    "expected": expected,
                    "alive": alive,
                    "chance": chance,
                }
            ),
        )
        most = int(cells.repeat_count.max(initial=0))
        base, slope = self.worth.factors(np.arange(most + 1))
        engine.ingest(f"{prefix}_worth", pa.table({"spend_days": np.arange(most + 1), "base": base, "slope": slope}))
        return query(
            BOUGHT,
            people=people,
            purchases=purchases,
            cells=exp.table_(f"{prefix}_cells", quoted=True),
            worth=exp.table_(f"{prefix}_worth", quoted=True),
        )

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "lifetime": self.lifetime.to_document(),
            "worth": self.worth.to_document(),
            "horizon_days": self.horizon_days,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the model a document describes."""
        kind: LifetimeKind = document["lifetime"]["kind"]
        return cls(
            lifetime_class(kind).from_document(document["lifetime"]),
            GammaGamma.from_document(document["worth"]),
            int(document["horizon_days"]),
        )


def lifetime_class(kind: LifetimeKind) -> type[LifetimeModel]:
    """Return the class of a lifetime model by its name."""
    match kind:
        case "pareto_nbd":
            from segmentary.models.value.pareto_nbd import ParetoNBD

            return ParetoNBD
        case "mbg_nbd":
            from segmentary.models.value.mbg_nbd import ModifiedBetaGeo

            return ModifiedBetaGeo
        case "bg_nbd":
            from segmentary.models.value.bg_nbd import BetaGeo

            return BetaGeo


def seen(purchases: Purchases) -> dict[str, Floats]:
    """Return what is known of customers' purchases without any model, plain and as logarithms."""
    x = purchases.repeat_count.astype(np.float64)
    total = np.maximum(purchases.total_spend, 0.0)
    since = purchases.age - purchases.recency
    return {
        "bought.repeats": x,
        "bought.days_since": since,
        "bought.days_known": purchases.age,
        "bought.total": total,
        "bought.mean": total / (x + 1),
        "log.repeats": np.log(1 + x),
        "log.days_since": np.log(1 + since),
        "log.days_known": np.log(1 + purchases.age),
        "log.total": np.log(1 + total),
    }


def table_of(features: TypedTable, columns: Mapping[str, Floats], logged: Sequence[str] = ()) -> TypedTable:
    """Return the features with the columns of purchases beside them, in the order of `COLUMNS` and `LOGS`.

    logged : features whose logarithms come last.
    """
    also = [one for one in (*COLUMNS, *LOGS) if one.name in columns]
    own = [features.column(name) for name in logged]
    logs = [np.log(1 + np.maximum(features.values[:, features.place(name)], 0.0)) for name in logged]
    values = np.column_stack([features.values, *(columns[one.name] for one in also), *logs])
    named = (Column(log_name(one.name), "numeric", title=one.label) for one in own)
    return TypedTable((*features.columns, *also, *named), values)


def log_name(name: str) -> str:
    """Return the name of a feature's logarithm."""
    return f"{LOG}{name}"
