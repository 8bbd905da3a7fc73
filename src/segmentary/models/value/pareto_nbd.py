"""Pareto/NBD, open to what is known of customers from the start (static covariates).

Customers buy at rates that are gamma distributed (shape r, rate alpha) and leave at any moment, at rates that are gamma
distributed (shape s, rate beta). Covariates z multiply both rates: alpha_i = alpha exp(-rate' z) and
beta_i = beta exp(-dropout' z), so a positive coefficient means more purchases, or leaving sooner.

References: Schmittlein, Morrison & Colombo (1987), Counting your customers, Management Science 33(1); Fader & Hardie
(2007), Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from segmentary.errors import UsageError
from segmentary.models.value.cells import Cells, Floats, distinct
from segmentary.models.value.lifetime_model import LifetimeModel
from segmentary.models.value.lifetime_problem import HasCells, Problem, broadcast
from segmentary.models.value.purchases import Purchases

RULES = (4, 6, 10, 16, 24)
TABLED = 48
"""Tables hold x up to this; the few customers beyond are integrated one by one."""
WORTH = 30
"""Tables are made where a group has more customers per distinct time than this."""


class ParetoNBD(LifetimeModel):
    """Pareto/NBD: ``r``, ``alpha`` (time), ``s``, ``beta`` (time), then ``rate_NAME`` and ``dropout_NAME``.

    covariates : names of the columns that `fit` and the predictions are given as ``covariates``, (n, k).
    See `LifetimeModel` for what is learnt.
    """

    kind: ClassVar[str] = "pareto_nbd"
    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    scales: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    absent: ClassVar[Mapping[str, float]] = {"s": 0.0, "beta": 1.0}

    def __init__(self, covariates: Sequence[str] = ()) -> None:
        self.covariates = covariates

    @property
    def all_names(self) -> tuple[str, ...]:
        """Names of all parameters, those of covariates included."""
        return (
            *self.names,
            *(f"rate_{name}" for name in self.covariates),
            *(f"dropout_{name}" for name in self.covariates),
        )

    def fit(self, data: HasCells, *, covariates: npt.ArrayLike | None = None) -> Self:
        """Estimate the parameters by maximum likelihood; see `LifetimeModel.fit`.

        covariates : (n, k) of each customer of `Purchases` (or of each cell), in the order of the names.

        Raises
        ------
        UsageError
            when the covariates are not those that were announced.
        """
        cells = data.cells()
        if covariates is not None:
            table = self.table_of(covariates)
            cells = data.cells(table) if isinstance(data, Purchases) else replace(cells, covariates=table)
            cells = distinct(
                cells.repeat_count, cells.recency, cells.age, count=cells.count, covariates=cells.covariates
            )
        elif cells.covariates is None and self.covariates:
            raise UsageError("covariates are announced, but not given", hint="fit(data, covariates=...)")
        return self.fitted_to(cells)

    def table_of(self, covariates: npt.ArrayLike) -> Floats:
        """Return covariates as a table with one column per name."""
        table = np.asarray(covariates, dtype=np.float64)
        table = table.reshape(-1, 1) if table.ndim == 1 and len(self.covariates) == 1 else np.atleast_2d(table)
        if table.ndim != 2 or table.shape[1] != len(self.covariates):
            raise UsageError(
                f"{len(self.covariates)} covariates are announced, but the table is {table.shape}",
                hint="ParetoNBD(covariates=[names]), and one column for each of them",
            )
        return table

    def problem(self, cells: Cells) -> Problem:
        """Return the likelihood of the cells."""
        from segmentary.models.value.pareto_kernels import likelihood

        k = len(self.covariates)
        given = np.zeros((len(cells), 0)) if not k or cells.covariates is None else cells.covariates
        z = given[:1]
        x, t_x, age, count = cells.repeat_count, cells.recency, cells.age, cells.count
        starts = np.array([0, len(cells)])
        if k:
            z, group = np.unique(given, axis=0, return_inverse=True)
            group = group.ravel()
            order = np.argsort(group, kind="stable")
            x, t_x, age, count = x[order], t_x[order], age[order], count[order]
            starts = np.searchsorted(group[order], np.arange(len(z) + 1))
        unit = float((count * age).sum() / count.sum())
        times, last, end = coded(t_x / unit, age / unit)
        whole = x.astype(np.int64)
        tops = np.where(np.diff(starts) > WORTH * len(times), min(TABLED, int(whole.max())), -1)
        rules, weights = gauss_legendre()

        def asked(theta: Floats, r: float, alpha: float, s: float, beta: float) -> tuple[float, Floats]:
            gradient, by_group = np.empty(4), np.empty((len(z), 2))
            alphas = alpha * np.exp(-(z @ theta[4 : 4 + k])) if k else np.array([alpha])
            betas = beta * np.exp(-(z @ theta[4 + k :])) if k else np.array([beta])
            value = likelihood(
                r, alphas, s, betas, starts, whole, last, end, times, count, tops, rules, weights, gradient, by_group
            )
            return value, np.concatenate([gradient, -by_group[:, 0] @ z, -by_group[:, 1] @ z]) if k else gradient

        def full(theta: Floats) -> tuple[float, Floats]:
            r, alpha, s, beta = np.exp(theta[:4])
            return asked(theta, r, alpha, s, beta)

        def never(theta: Floats) -> tuple[float, Floats]:
            r, alpha = np.exp(theta)
            value, gradient = asked(np.zeros(4 + 2 * k), r, alpha, 0.0, 1.0)
            return value, gradient[:2]

        bought = float((count * x).sum())
        rate = max(bought / float(count.sum()), 1e-6)
        tried = ((0.5, 0.5, 1.0), (1.0, 1.0, 5.0), (0.5, 0.3, 0.3), (3.0, 2.0, 2.0), (1.0, 0.05, 0.1))
        return Problem(
            full=full,
            never=never,
            starts=[np.concatenate([np.log([r, r / rate / 2, s, beta]), np.zeros(2 * k)]) for r, s, beta in tried],
            never_starts=[np.log([r, r / rate]) for r in (0.5, 5.0)],
            constant=-bought * math.log(unit),
            unit=unit,
            free=4,
        )

    def rare(self, theta: Floats) -> bool:
        """Say whether hardly one in a thousand leaves while watched."""
        return bool(theta[2] - theta[3] < math.log(1e-3))

    def natural(self, extra: Floats | None) -> tuple[float, Floats | float, float, Floats | float]:
        """Return r, alpha, s, beta; alpha and beta one per customer where there are covariates."""
        p, k = {name: float(value) for name, value in self.params_.items()}, len(self.covariates)
        if extra is None:
            return p["r"], p["alpha"], p["s"], p["beta"]
        coefficients = np.array([p[name] for name in self.all_names[4:]])
        return (
            p["r"],
            p["alpha"] * np.exp(-(extra @ coefficients[:k])),
            p["s"],
            p["beta"] * np.exp(-(extra @ coefficients[k:])),
        )

    def extended(self, slopes: Floats, extra: Floats | None) -> Floats:
        """Return derivatives (4, n) with those to the coefficients of covariates below."""
        if extra is None:
            return slopes
        return np.vstack([slopes, -extra.T * slopes[1], -extra.T * slopes[3]])

    def alive_parts(self, x: Floats, t_x: Floats, age: Floats, extra: Floats | None) -> tuple[Floats, Floats]:
        """Return logits of P(alive) and their derivatives."""
        from segmentary.models.value.pareto_kernels import leaving_odds

        r, alpha, s, beta = self.natural(extra)
        odds, slopes = np.empty(len(x)), np.empty((4, len(x)))
        rules, weights = gauss_legendre()
        whole = x.astype(np.int64)
        times, last, end = coded(t_x, age)
        if extra is None:
            top = min(TABLED, int(whole.max(initial=0))) if len(x) > WORTH * len(times) else -1
            leaving_odds(r, alpha, s, beta, whole, last, end, times, top, rules, weights, odds, slopes)
        else:
            for i, (a, b) in enumerate(zip(alpha, beta, strict=True)):  # type: ignore[arg-type]
                one = slice(i, i + 1)
                pair = np.array([t_x[i], age[i]])
                leaving_odds(r, a, s, b, whole[one], FIRST, SECOND, pair, -1, rules, weights, odds[one], slopes[:, one])
        return -odds, self.extended(-slopes, extra)

    def expected_parts(
        self, x: Floats, age: Floats, horizon: Floats, extra: Floats | None, *, derive: bool
    ) -> tuple[Floats, Floats]:
        """Return log expected purchases of those alive, and derivatives."""
        r, alpha, s, beta = self.natural(extra)
        with np.errstate(divide="ignore"):
            log_t = np.log(horizon)
            span = np.log1p(horizon / (beta + age))
            y = (s - 1.0) * span
            # The mean of exp(-y w) over w from 0 to 1: exact where s is 1, too.
            mean = np.divide(-np.expm1(-y), y, out=1 - y / 2, where=np.abs(y) > 1e-9)
            logs = np.log(r + x) + np.log((beta + age) / (alpha + age)) + np.log(span) + np.log(mean)
        logs = np.where(np.isneginf(log_t), -np.inf, logs)
        if not derive:
            return logs, np.zeros((len(self.all_names), 0))
        small = np.abs(y) < 1e-4
        safe = np.where(small, 1.0, y)
        bend = np.where(small, -0.5 + y / 12, 1 / np.expm1(safe) - 1 / safe)
        with np.errstate(divide="ignore", invalid="ignore"):
            shift = -np.exp(-y) / (mean * span) * horizon / ((beta + age) * (beta + age + horizon))
        shift = np.where(horizon > 0, shift, -1 / (beta + age))
        slopes = np.vstack(
            [
                r / (r + x),
                -alpha / (alpha + age),
                s * span * bend,
                beta * (1 / (beta + age) + shift),
            ]
        )
        return logs, self.extended(slopes, extra)

    def start_parts(self, t: Floats, extra: Floats | None, *, derive: bool) -> tuple[Floats, Floats]:
        """Return log expected repeat purchases of a new customer, and derivatives."""
        nothing = np.zeros(len(t))
        return self.expected_parts(nothing, nothing, t, extra, derive=derive)

    def shaped(self, covariates: npt.ArrayLike | None, *given: npt.ArrayLike) -> tuple[Any, ...]:
        """Return arrays of one length, checked, and the covariates beside them."""
        if not self.covariates:
            return super().shaped(covariates, *given)
        if covariates is None:
            raise UsageError(
                "the model was fitted with covariates, but none are given",
                hint=f"covariates: {', '.join(self.covariates)}",
            )
        arrays, table = broadcast(given), self.table_of(covariates)
        n = max(len(arrays[0]), len(table))
        arrays = [np.ascontiguousarray(np.broadcast_to(one, (n,))) for one in arrays]
        return *arrays, np.ascontiguousarray(np.broadcast_to(table, (n, table.shape[1])))

    def to_document(self) -> dict[str, Any]:
        """Return the fitted model as JSON values."""
        return super().to_document() | {"covariates": list(self.covariates)}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the model a document describes."""
        model = super().from_document(document)
        model.covariates = tuple(document["covariates"])
        return model


FIRST, SECOND = np.array([0]), np.array([1])


def coded(t_x: Floats, age: Floats) -> tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the distinct times, and where each t_x and each T stands among them."""
    times, place = np.unique(np.concatenate([t_x, age]), return_inverse=True)
    last, end = np.split(place.ravel().astype(np.int64), 2)
    return times, last, end


@cache
def gauss_legendre() -> tuple[Floats, Floats]:
    """Return nodes and weights of `RULES` on 0 to 1, (5, 24) each, unused places 0."""
    nodes, weights = np.zeros((len(RULES), RULES[-1])), np.zeros((len(RULES), RULES[-1]))
    for row, n in enumerate(RULES):
        x, w = np.polynomial.legendre.leggauss(n)
        nodes[row, :n], weights[row, :n] = (x + 1) / 2, w / 2
    return nodes, weights
