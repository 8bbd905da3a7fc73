"""What BG/NBD, MBG/NBD and Pareto/NBD have in common: fitting to cells, fallbacks that say so, intervals, documents.

Intervals are by the delta method on the scale where the sampling distribution is nearest to normal: parameters and
expectations on the log scale, P(alive) on the logit scale. They say how well the population is known; how far a single
customer's purchases scatter around the expectation is another matter.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, UsageError
from segmentary.models.intervals import normal_quantile
from segmentary.models.value.cells import Cells
from segmentary.models.value.lifetime_problem import CellScores, HasCells, Problem, broadcast, from_logits, learnable
from segmentary.models.value.maximum import Maximum, maximise

Floats: TypeAlias = npt.NDArray[np.float64]
Estimate: TypeAlias = tuple[Floats, Floats, Floats]
"""Estimate, low, high; arrays of one shape."""

NO_GAIN = 0.5
"""Dropout that raises the log-likelihood by less has not been seen."""
RARE = 1e-3
WIDE = 1.5
"""A log-parameter with a larger standard error is known to no more than a factor of twenty."""


class LifetimeModel(ABC):
    """A buy-till-you-die model.

    Attributes
    ----------
    params_ : the parameters by name, in the unit of time the data had. Without dropout: see `note_`.
    standard_errors_ : of each, by the delta method from the log scale; NaN where a parameter is not estimated.
    covariance_ : (k, k) of the log-parameters (coefficients of covariates as they are), in the order of `params_`.
    log_likelihood_ : at the maximum. n_customers_, n_cells_ : what it was fitted to.
    note_ : which fallback was taken, or what is doubtful; empty: nothing.
    """

    kind: ClassVar[str]
    names: ClassVar[tuple[str, ...]]
    scales: ClassVar[tuple[str, ...]] = ()
    absent: ClassVar[Mapping[str, float]] = {}
    """What the parameters of dropout are set to when there is none."""

    params_: dict[str, float]
    standard_errors_: dict[str, float]
    covariance_: Floats
    log_likelihood_: float
    n_customers_: int
    n_cells_: int
    note_: str

    def fit(self, data: HasCells) -> Self:
        """Estimate the parameters by maximum likelihood.

        data : `Purchases` or `Cells`; the unit of time is theirs.

        Raises
        ------
        DataError
            when a summary is impossible (t_x > T, negative, not whole).
        NoAnswerError
            with fewer than ten customers, nobody who bought again, or no time passed: nothing can be learnt.
        """
        return self.fitted_to(data.cells())

    def fitted_to(self, cells: Cells) -> Self:
        """Estimate from distinct cells; see `fit`."""
        learnable(cells)
        problem = self.problem(cells)
        n = float(cells.count.sum())
        found = maximise(problem.full, problem.starts, n, free=problem.free)
        notes = []
        if self.suspicious(found):
            never = maximise(problem.never, problem.never_starts, n)
            if found.value - never.value < NO_GAIN:
                notes.append(
                    "No dropout was found: the data are as likely without customers leaving, so purchases are "
                    "forecast by the NBD model, and everybody counts as alive."
                )
                found = self.widened(never)
        self.keep(found, problem)
        if not found.converged:
            notes.append(
                "The likelihood is so flat that its top could not be pinned down; another fit may give other "
                "parameters with almost the same predictions."
            )
        notes += self.doubts(found)
        self.note_ = " ".join(notes)
        self.n_customers_, self.n_cells_ = cells.n_customers, len(cells)
        return self

    def keep(self, found: Maximum, problem: Problem) -> None:
        """Turn the maximum into parameters in the data's own unit of time, with standard errors."""
        natural = found.theta.copy()
        natural[: problem.free] = np.exp(natural[: problem.free])
        names = self.all_names
        for j, name in enumerate(names):
            if name in self.scales:
                natural[j] *= problem.unit
        self.params_ = {name: float(v) for name, v in zip(names, natural, strict=True)}
        self.covariance_ = found.covariance
        self.log_likelihood_ = found.value + problem.constant
        deviations = np.sqrt(np.diag(found.covariance))
        deviations[list(found.runaway)] = np.nan
        if not math.isfinite(natural[len(self.names) - 1]) or self.params_[self.leaving] == 0.0:
            self.params_ |= dict(self.absent)
            deviations[[names.index(name) for name in self.absent]] = np.nan
        sizes = [abs(v) if name in self.names else 1.0 for name, v in self.params_.items()]
        self.standard_errors_ = {name: float(s * d) for name, s, d in zip(names, sizes, deviations, strict=True)}

    def log_likelihood_of(self, data: HasCells) -> float:
        """Return the log-likelihood of other customers at these parameters (in the same unit of time)."""
        if not hasattr(self, "params_"):
            raise UsageError(f"{type(self).__name__} is not fitted yet", hint="call fit first")
        problem = self.problem(data.cells())
        units = [problem.unit if name in self.scales else 1.0 for name in self.all_names]
        natural = np.array(list(self.params_.values())) / units
        if not self.has_dropout:
            return problem.never(np.log(natural[:2]))[0] + problem.constant
        theta = np.concatenate([np.log(natural[: problem.free]), natural[problem.free :]])
        return problem.full(theta)[0] + problem.constant

    @property
    def all_names(self) -> tuple[str, ...]:
        """Names of all parameters, those of covariates included."""
        return self.names

    @property
    def leaving(self) -> str:
        """The parameter that is 0 when nobody leaves."""
        return next(name for name, v in self.absent.items() if v == 0.0)

    @property
    def has_dropout(self) -> bool:
        """Whether customers were found to leave; else the model is the NBD."""
        return self.params_[self.leaving] > 0

    @abstractmethod
    def problem(self, cells: Cells) -> Problem:
        """Return the likelihood of the cells."""

    @abstractmethod
    def rare(self, theta: Floats) -> bool:
        """Say whether hardly anybody leaves at these log-parameters (of times in the problem's unit)."""

    def suspicious(self, found: Maximum) -> bool:
        """Say whether there may be no dropout at all."""
        wide = bool(np.sqrt(np.diag(found.covariance))[: len(self.names)].max() > WIDE)
        return bool(found.runaway) or found.flat or not found.converged or wide or self.rare(found.theta)

    def widened(self, never: Maximum) -> Maximum:
        """Return the maximum without dropout in the shape of the full one."""
        k = len(self.all_names)
        theta, covariance = np.zeros(k), np.zeros((k, k))
        theta[:2], covariance[:2, :2] = never.theta, never.covariance
        for name, value in self.absent.items():
            theta[self.all_names.index(name)] = math.log(value) if value > 0 else -math.inf
        return Maximum(theta, never.value, covariance, never.converged, never.flat, never.runaway, never.evaluations)

    def doubts(self, found: Maximum) -> list[str]:
        """Say what is weakly known, in sentences."""
        wide = np.sqrt(np.diag(found.covariance)) > WIDE
        unsure = {n for n, w in zip(self.all_names, wide, strict=True) if w}
        unsure |= {self.all_names[j] for j in found.runaway}
        said = []
        if {"r", "alpha"} & unsure:
            said.append(
                "How much customers differ in their rate of buying is hardly known (r and alpha run off together): "
                "mind single predictions, not the mean."
            )
        if unsure - {"r", "alpha"}:
            names = " and ".join(n for n in self.all_names if n in unsure - {"r", "alpha"})
            said.append(f"How customers differ in leaving is hardly known ({names}): mind P(alive).")
        return said

    # ------------------------------------------------------------ predictions

    @abstractmethod
    def alive_parts(self, x: Floats, t_x: Floats, age: Floats, extra: Floats | None) -> tuple[Floats, Floats]:
        """Return logits of P(alive) (n,) and their derivatives (k, n) to the log-parameters."""

    @abstractmethod
    def expected_parts(
        self, x: Floats, age: Floats, horizon: Floats, extra: Floats | None, *, derive: bool
    ) -> tuple[Floats, Floats]:
        """Return log expected purchases of customers alive at T (n,), and derivatives (k, n), empty if not wanted."""

    @abstractmethod
    def start_parts(self, t: Floats, extra: Floats | None, *, derive: bool) -> tuple[Floats, Floats]:
        """Return log expected repeat purchases in (0, t] of a new customer (n,), and derivatives (k, n)."""

    def expected_purchases(
        self,
        repeat_count: npt.ArrayLike,
        recency: npt.ArrayLike,
        age: npt.ArrayLike,
        horizon: npt.ArrayLike,
        *,
        covariates: npt.ArrayLike | None = None,
    ) -> Floats:
        """Return expected purchases in the horizon after T, given x, t_x, T (arrays that broadcast)."""
        x, t_x, old, t, extra = self.shaped(covariates, repeat_count, recency, age, horizon)
        logits, _ = self.alive_parts(x, t_x, old, extra)
        logs, _ = self.expected_parts(x, old, t, extra, derive=False)
        return np.asarray(np.exp(logs - np.logaddexp(0.0, -logits)))

    def expected_purchases_interval(
        self,
        repeat_count: npt.ArrayLike,
        recency: npt.ArrayLike,
        age: npt.ArrayLike,
        horizon: npt.ArrayLike,
        *,
        covariates: npt.ArrayLike | None = None,
        level: float = 0.95,
    ) -> Estimate:
        """Return `expected_purchases` with its interval."""
        x, t_x, old, t, extra = self.shaped(covariates, repeat_count, recency, age, horizon)
        logits, alive_slopes = self.alive_parts(x, t_x, old, extra)
        logs, slopes = self.expected_parts(x, old, t, extra, derive=True)
        return self.spread(logs - np.logaddexp(0.0, -logits), slopes + alive_slopes / (1 + np.exp(logits)), level)

    def alive(
        self,
        repeat_count: npt.ArrayLike,
        recency: npt.ArrayLike,
        age: npt.ArrayLike,
        *,
        covariates: npt.ArrayLike | None = None,
    ) -> Floats:
        """Return the probability of being a customer still at T, given x, t_x, T (arrays that broadcast)."""
        x, t_x, old, extra = self.shaped(covariates, repeat_count, recency, age)
        return from_logits(self.alive_parts(x, t_x, old, extra)[0])

    def alive_interval(
        self,
        repeat_count: npt.ArrayLike,
        recency: npt.ArrayLike,
        age: npt.ArrayLike,
        *,
        covariates: npt.ArrayLike | None = None,
        level: float = 0.95,
    ) -> Estimate:
        """Return `alive` with its interval."""
        x, t_x, old, extra = self.shaped(covariates, repeat_count, recency, age)
        logits, slopes = self.alive_parts(x, t_x, old, extra)
        half = normal_quantile(level) * self.deviation(slopes)
        return from_logits(logits), from_logits(logits - half), from_logits(logits + half)

    def expected_from_start(self, t: npt.ArrayLike, *, covariates: npt.ArrayLike | None = None) -> Floats:
        """Return expected repeat purchases of a new customer until t."""
        time, extra = self.shaped(covariates, t)
        return np.asarray(np.exp(self.start_parts(time, extra, derive=False)[0]))

    def expected_from_start_interval(
        self, t: npt.ArrayLike, *, covariates: npt.ArrayLike | None = None, level: float = 0.95
    ) -> Estimate:
        """Return `expected_from_start` with its interval."""
        time, extra = self.shaped(covariates, t)
        return self.spread(*self.start_parts(time, extra, derive=True), level)

    def score_cells(self, cells: Cells, horizon: float, *, level: float = 0.95) -> CellScores:
        """Return P(alive) and expected purchases in the horizon of each distinct cell, with intervals."""
        x, t_x, old, extra = self.shaped(cells.covariates, cells.repeat_count, cells.recency, cells.age)
        logits, alive_slopes = self.alive_parts(x, t_x, old, extra)
        logs, slopes = self.expected_once(x, old, horizon, extra)
        half = normal_quantile(level) * self.deviation(alive_slopes)
        slopes += alive_slopes / (1 + np.exp(logits))
        estimate, low, high = self.spread(logs - np.logaddexp(0.0, -logits), slopes, level)
        alive = from_logits(logits)
        return CellScores(estimate, low, high, alive, from_logits(logits - half), from_logits(logits + half))

    def expected_once(self, x: Floats, age: Floats, horizon: float, extra: Floats | None) -> tuple[Floats, Floats]:
        """Return `expected_parts`, reckoned once for each distinct (x, T)."""
        if extra is not None:
            return self.expected_parts(x, age, np.full(len(x), horizon), extra, derive=True)
        pairs, place = np.unique(x + 1j * age, return_inverse=True)
        old = np.ascontiguousarray(pairs.imag)
        again = np.ascontiguousarray(pairs.real)
        logs, slopes = self.expected_parts(again, old, np.full(len(pairs), horizon), None, derive=True)
        return logs[place], slopes[:, place]

    def parameter_interval(self, *, level: float = 0.95) -> dict[str, tuple[float, float, float]]:
        """Return each parameter with its interval, on the log scale (coefficients of covariates: as they are)."""
        z = normal_quantile(level)
        found = {}
        for j, (name, value) in enumerate(self.params_.items()):
            half = z * math.sqrt(self.covariance_[j, j])
            if math.isnan(self.standard_errors_[name]):
                found[name] = (value, math.nan, math.nan)
            elif name in self.names:
                # An interval without end is more honest than an overflow.
                found[name] = (value, value * math.exp(-half), value * math.exp(half) if half < 700 else math.inf)
            else:
                found[name] = (value, value - half, value + half)
        return found

    # ------------------------------------------------------------ underneath

    def spread(self, logs: Floats, slopes: Floats, level: float) -> Estimate:
        """Return exp(logs) with its interval, from derivatives (k, n)."""
        half = normal_quantile(level) * self.deviation(slopes)
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(logs)), np.asarray(np.exp(logs - half)), np.asarray(np.exp(logs + half))

    def deviation(self, slopes: Floats) -> Floats:
        """Return sqrt(g' C g) for each column of slopes (k, n)."""
        variance = np.einsum("in,in->n", slopes, self.covariance_ @ slopes)
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))

    def shaped(self, covariates: npt.ArrayLike | None, *given: npt.ArrayLike) -> tuple[Any, ...]:
        """Return arrays of one length, checked, and the covariates beside them."""
        if not hasattr(self, "params_"):
            raise UsageError(f"{type(self).__name__} is not fitted yet", hint="call fit first")
        if covariates is not None:
            raise UsageError(f"{type(self).__name__} knows no covariates", hint="ParetoNBD does")
        return *broadcast(given), None

    def to_document(self) -> dict[str, Any]:
        """Return the fitted model as JSON values."""
        return {
            "kind": self.kind,
            "params": dict(self.params_),
            "standard_errors": {n: None if math.isnan(v) else v for n, v in self.standard_errors_.items()},
            "covariance": self.covariance_.tolist(),
            "log_likelihood": self.log_likelihood_,
            "n_customers": self.n_customers_,
            "n_cells": self.n_cells_,
            "note": self.note_,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the model a document describes."""
        if document["kind"] != cls.kind:
            raise DataError(f"a document of {document['kind']}, read as {cls.kind}", hint="take the class it names")
        model = cls()
        model.params_ = {n: float(v) for n, v in document["params"].items()}
        model.standard_errors_ = {n: math.nan if v is None else v for n, v in document["standard_errors"].items()}
        model.covariance_ = np.asarray(document["covariance"], dtype=np.float64)
        model.log_likelihood_ = float(document["log_likelihood"])
        model.n_customers_, model.n_cells_ = int(document["n_customers"]), int(document["n_cells"])
        model.note_ = str(document["note"])
        return model
