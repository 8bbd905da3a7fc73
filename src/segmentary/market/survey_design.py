"""How a sample was drawn: weights, strata, clusters, replicate weights; and the covariance of what is estimated by it.

Two ways to a standard error: Taylor linearisation of totals of clusters within strata (Binder 1983), and replicate
weights (BRR, Fay, jackknife, bootstrap: Wolter 2007; Judkins 1990 for Fay). Everything in this room is a total or a
ratio of two totals, so that both ways need only `covariance`.

References: Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling; Korn & Graubard (1999), Analysis of
Health Surveys; Lumley (2004), Journal of Statistical Software 9(8).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.wording import listed, number
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable

Kind: TypeAlias = Literal["none", "brr", "fay", "jackknife_1", "jackknife_n", "bootstrap"]
KINDS: tuple[Kind, ...] = ("none", "brr", "fay", "jackknife_1", "jackknife_n", "bootstrap")
Lonely: TypeAlias = Literal["grand_mean", "certain", "refuse"]


@dataclass(frozen=True, eq=False)
class SurveyDesign:
    """The sample design of n respondents.

    Attributes
    ----------
    weights : (n,) how many people of the population each respondent stands for; 0 or more. Their sum is the population:
        with weights of mean 1 shares and means are right, sizes are those of the sample.
    strata : (n,) the stratum each was drawn in, of any type. clusters : (n,) the primary sampling unit; equal names in
        different strata are different units. None: none.
    replicate_weights : (n, R) weights of the replicates, with the sampling weight in them. kind : how they were made.
    fay : Fay's factor, 0 to below 1 (kind "fay"). replicate_scales : (R,) factor of each squared deviation; needed for
        "jackknife_n" ((n_h - 1) / n_h of its stratum), otherwise known from the kind.
    units : (n,) how many primary units the stratum of the row has in the population (for the finite population
        correction; only the first stage is corrected); None: so many that it does not matter.
    lonely : what a stratum with one unit counts for: "grand_mean" (its deviation from the mean of all units, on the
        safe side), "certain" (nothing), "refuse" (an error).
    margins : (n, c) what the weights were calibrated to (indicators of levels; `segmentary.market.raking` sets it):
        Taylor errors are then of what it leaves unexplained.
    around : "estimate" takes replicate deviations from the estimate (on the safe side), "replicates" from their mean.
    weighted : False says that there were no weights and everybody counts once: findings then warn.
    """

    weights: Floats
    strata: npt.NDArray[Any] | None = None
    clusters: npt.NDArray[Any] | None = None
    replicate_weights: Floats | None = None
    kind: Kind = "none"
    fay: float = 0.5
    replicate_scales: Floats | None = None
    units: Floats | None = None
    lonely: Lonely = "grand_mean"
    margins: Floats | None = None
    around: Literal["estimate", "replicates"] = "estimate"
    weighted: bool = True

    def __post_init__(self) -> None:
        """Refuse a design whose parts do not fit."""
        if self.weights.ndim != 1:
            raise DataError("weights are one number a respondent")
        if not (np.isfinite(self.weights).all() and (self.weights >= 0).all()):
            raise DataError("a weight is missing, negative or infinite", hint="leave those respondents out, or give 0")
        if len(self.weights) and not self.weights.any():
            raise DataError("all weights are zero")
        if self.margins is not None and (self.margins.ndim != 2 or len(self.margins) != len(self)):
            raise DataError(f"{len(self)} respondents and margins of shape {self.margins.shape} do not fit")
        if len(self.weights) and not 1e-60 < self.weights.max() < 1e60:
            raise DataError(f"a largest weight of {self.weights.max():g} stands for nobody that could be")
        for name in ("strata", "clusters", "units"):
            part = getattr(self, name)
            if part is not None and part.shape != self.weights.shape:
                raise DataError(f"{len(self)} respondents and {name} of shape {part.shape} do not fit")
        self._check_replicates()
        if self.units is not None and not (np.isfinite(self.units).all() and (self.units > 0).all()):
            raise DataError("the number of units of a stratum is missing or not above 0")
        if self.units is not None and self.replicate_weights is not None:
            raise DataError(
                "a finite population correction is for strata and clusters", hint="scale the replicates instead"
            )

    def _check_replicates(self) -> None:
        if self.kind not in KINDS:
            raise DataError(f"there are no replicate weights of kind {self.kind!r}", hint="one of " + ", ".join(KINDS))
        if (self.replicate_weights is None) != (self.kind == "none"):
            raise DataError("replicate weights and their kind go together", hint="kind: one of " + ", ".join(KINDS[1:]))
        if self.replicate_weights is None:
            return
        if self.replicate_weights.ndim != 2 or len(self.replicate_weights) != len(self.weights):
            raise DataError(f"{len(self)} respondents, replicate weights of shape {self.replicate_weights.shape}")
        if self.replicate_weights.shape[1] < 2:
            raise DataError("fewer than two replicates say nothing about sampling error")
        if not np.isfinite(self.replicate_weights).all():
            raise DataError("a replicate weight is missing or infinite")
        if self.kind == "fay" and not 0 <= self.fay < 1:
            raise DataError(f"Fay's factor is 0 or more and below 1, not {self.fay}")
        if self.kind == "jackknife_n" and self.replicate_scales is None:
            raise DataError(
                "a stratified jackknife needs the scale of each replicate", hint="(n_h - 1) / n_h of its stratum"
            )
        if self.replicate_scales is not None and self.replicate_scales.shape != (self.replicates,):
            raise DataError(f"{self.replicates} replicates, scales of shape {self.replicate_scales.shape}")

    @classmethod
    def unweighted(cls, n: int) -> SurveyDesign:
        """Return the design of people asked without any plan that is known: everybody counts once."""
        return cls(np.ones(n), weighted=False)

    @classmethod
    def of(cls, table: TypedTable) -> SurveyDesign:
        """Return the design of a table: its weights, or none."""
        return cls.unweighted(len(table)) if table.weights is None else cls(table.weights)

    def __len__(self) -> int:
        """Return the number of respondents."""
        return len(self.weights)

    @property
    def replicates(self) -> int:
        """How many replicates."""
        return 0 if self.replicate_weights is None else int(self.replicate_weights.shape[1])

    @property
    def population(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())

    @property
    def effective_n(self) -> float:
        """How many people of equal weight this is worth by the weights alone (Kish 1965): (sum w)^2 / sum w^2."""
        scaled = self.weights / self.weights.max() if len(self) else self.weights
        return float(scaled.sum() ** 2 / (scaled @ scaled)) if len(self) else 0.0

    @cached_property
    def stratum_of(self) -> npt.NDArray[np.intp]:
        """(n,) the stratum as a number from 0."""
        return numbered(self.strata, len(self))

    @cached_property
    def unit_of(self) -> npt.NDArray[np.intp]:
        """(n,) the primary sampling unit as a number from 0, nested in strata."""
        if self.clusters is None:
            return np.arange(len(self), dtype=np.intp)
        cluster = numbered(self.clusters, len(self))
        pair = self.stratum_of * (int(cluster.max()) + 1 if len(cluster) else 1) + cluster
        return np.asarray(np.unique(pair, return_inverse=True)[1].reshape(-1), dtype=np.intp)

    @cached_property
    def stratum_of_unit(self) -> npt.NDArray[np.intp]:
        """(units,) the stratum of each primary unit."""
        found = np.zeros(int(self.unit_of.max()) + 1 if len(self) else 0, dtype=np.intp)
        found[self.unit_of] = self.stratum_of
        return found

    @cached_property
    def units_in_stratum(self) -> npt.NDArray[np.intp]:
        """(strata,) primary units in each."""
        return np.bincount(self.stratum_of_unit).astype(np.intp)

    @property
    def lonely_strata(self) -> int:
        """How many strata have one primary unit only, while there are several strata."""
        return int((self.units_in_stratum == 1).sum()) if len(self.units_in_stratum) > 1 else 0

    @cached_property
    def df(self) -> float:
        """Degrees of freedom of a standard error: units less strata, or the rank of the replicates less one."""
        units = float(max(0, len(self.stratum_of_unit) - len(self.units_in_stratum)))
        if self.replicate_weights is None:
            return units
        return min(units, float(max(1, rank(self.replicate_weights) - 1)))

    @cached_property
    def scales(self) -> Floats:
        """(R,) factor of each squared deviation of a replicate."""
        if self.replicate_scales is not None:
            return self.replicate_scales
        r = self.replicates
        factor = {
            "brr": 1 / r,
            "fay": 1 / (r * (1 - self.fay) ** 2),
            "jackknife_1": (r - 1) / r,
            "bootstrap": 1 / r if self.around == "estimate" else 1 / (r - 1),
        }[self.kind]
        return np.full(r, factor)

    def domain_df(self, inside: npt.NDArray[np.bool_]) -> Floats:
        """Return (k,) the degrees of freedom behind figures of some people, (n, k): their units and strata count.

        References: Korn & Graubard (1999), section 5.2.
        """
        people = np.count_nonzero(inside, axis=0)
        if self.replicate_weights is not None:
            return np.asarray(np.minimum(self.df, np.maximum(0.0, people - 1.0)))
        if not len(self):
            return np.zeros(inside.shape[1])
        units = summed(inside.astype(np.float64), self.unit_of, len(self.stratum_of_unit)) > 0
        strata = summed(units.astype(np.float64), self.stratum_of_unit, len(self.units_in_stratum)) > 0
        return np.asarray(np.minimum(self.df, np.maximum(0.0, units.sum(axis=0) - strata.sum(axis=0))))

    def linear_covariance(self, scores: Floats) -> Floats:
        """Return the (k, k) covariance of the weighted totals of the scores, (n, k), by Taylor linearisation.

        Raises NoAnswerError where no stratum has two units (or, asked to refuse, where one has a single unit).
        """
        if self.df == 0:
            raise NoAnswerError(
                "sampling error cannot be said: no stratum has two sampling units",
                hint="join strata, or hand in replicate weights",
            )
        if self.lonely == "refuse" and self.lonely_strata:
            raise NoAnswerError(
                f"{self.lonely_strata} strata have a single sampling unit", hint="join each with a neighbour"
            )
        strata, h = self.stratum_of_unit, self.units_in_stratum
        scores = self.unexplained(scores)
        totals = summed(self.weights[:, None] * scores, self.unit_of, len(strata))
        mean = summed(totals, strata, len(h)) / h[:, None]
        single = h == 1
        factor = np.where(single, 1.0 if self.lonely == "grand_mean" else 0.0, h / np.maximum(h - 1, 1))
        if self.lonely == "grand_mean" and single.any():
            mean[single] = totals.mean(axis=0)
        if self.units is not None:
            size = np.zeros(len(h))
            size[self.stratum_of] = self.units
            factor = factor * np.clip(1 - h / size, 0.0, 1.0)
        apart = (totals - mean[strata]) * np.sqrt(factor)[strata][:, None]
        return np.asarray(apart.T @ apart)

    def unexplained(self, scores: Floats) -> Floats:
        """Return the scores less what the margins the weights were calibrated to explain of them."""
        if self.margins is None:
            return scores
        root = np.sqrt(self.weights)[:, None]
        slopes = np.linalg.lstsq(root * self.margins, root * scores, rcond=None)[0]
        return np.asarray(scores - self.margins @ slopes)

    def replicate_covariance(self, estimates: Floats, replicated: Floats) -> Floats:
        """Return the (k, k) covariance of estimates, (k,), from those of the replicates, (R, k).

        A replicate without an answer (nobody of a small group is in it) is left out for that figure; where replicates
        are averaged, the others stand for it.
        """
        found = np.isfinite(replicated)
        with np.errstate(invalid="ignore"):
            centre = estimates if self.around == "estimate" else np.nanmean(replicated, axis=0)
        apart = np.where(found, replicated - centre, 0.0) * np.sqrt(self.scales)[:, None]
        if self.kind not in ("jackknife_1", "jackknife_n"):
            apart = apart * np.sqrt(self.replicates / np.maximum(found.sum(axis=0), 1))
        return np.asarray(apart.T @ apart)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What to know before believing a figure of this design."""
        found: list[Finding] = []
        if not self.weighted:
            message = f"there are no weights: each of the {len(self):,} respondents counts once, whoever they stand for"
            found.append(
                Finding("unweighted", "warning", message, "rake the sample to known margins, or hand in its weights")
            )
        if self.lonely_strata:
            treated = {
                "grand_mean": "their deviation from the mean of all units stands in for their variance",
                "certain": "they add nothing to the variance (as if taken with certainty)",
                "refuse": "no standard error is given",
            }[self.lonely]
            message = f"{self.lonely_strata} strata have a single sampling unit: {treated}"
            found.append(Finding("single_unit_strata", "warning", message, "join each with a neighbouring stratum"))
        zero = int(np.count_nonzero(self.weights == 0))
        if zero:
            found.append(Finding("zero_weight", "note", f"{zero:,} respondents have the weight 0 and count nowhere"))
        positive = self.weights[self.weights > 0]
        if len(positive) and positive.max() > 100 * np.median(positive):
            top = int(np.argmax(self.weights))
            share = self.weights[top] / self.population
            message = (
                f"weights are very unequal: respondent {top} alone stands for {share:.1%} of the population, and the "
                f"{len(self):,} respondents are worth {number(self.effective_n)} of equal weight"
            )
            found.append(Finding("extreme_weights", "warning", message, "trim the weights when raking"))
        if 0 < self.df < 10:
            message = (
                f"standard errors rest on {self.df:g} degrees of freedom: intervals are wide and themselves unsure"
            )
            found.append(Finding("few_units", "warning", message))
        return tuple(found)

    @property
    def sentence(self) -> str:
        """The design in words."""
        parts = [f"{len(self):,} respondents standing for {number(self.population)}"]
        if not self.weighted:
            parts = [f"{len(self):,} respondents without weights"]
        if self.replicate_weights is not None:
            kind = {"brr": "balanced", "fay": f"balanced (Fay {self.fay:g})", "bootstrap": "bootstrap"}
            parts.append(f"{self.replicates} {kind.get(self.kind, 'jackknife')} replicate weights")
        else:
            if self.strata is not None:
                parts.append(f"{len(self.units_in_stratum):,} strata")
            if self.clusters is not None:
                parts.append(f"{len(self.stratum_of_unit):,} clusters")
        return listed(parts) + "."


def numbered(values: npt.NDArray[Any] | None, n: int) -> npt.NDArray[np.intp]:
    """Return names as numbers from 0; all 0 where there are none. A missing name is one of its own."""
    if values is None:
        return np.zeros(n, dtype=np.intp)
    texts = values if values.dtype.kind in "iufb" else np.asarray([str(one) for one in values], dtype=str)
    return np.unique(texts, return_inverse=True)[1].reshape(-1).astype(np.intp)


def summed(values: Floats, place: npt.NDArray[np.intp], groups: int) -> Floats:
    """Return the (groups, k) sums of the rows of (n, k) values."""
    if len(place) == groups and np.array_equal(place, np.arange(groups)):
        return values
    return np.stack([np.bincount(place, column, groups) for column in values.T], axis=1)


def rank(replicates: Floats) -> int:
    """Return the rank of replicate weights; of very many, their number."""
    if replicates.shape[1] > 1000:
        return int(min(replicates.shape))
    scale = np.abs(replicates).max() or 1.0
    scaled = replicates / scale
    values = np.linalg.eigvalsh(scaled.T @ scaled)
    # Squared singular values: 1e-5 of the largest, as R's survey package judges rank.
    return int((values > values.max() * 1e-10).sum())
