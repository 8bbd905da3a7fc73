"""Has the population changed? Trait by trait, with intervals and corrected tests, and in plain words.

Two doors. `compared` takes counts of two moments that the engine made (`drift_counts`). `drift_from` holds people of
today against distributions kept earlier, such as those on the card of a model.

Numbers are counted in bins of the first moment's quantiles; the Kolmogorov-Smirnov distance is taken over their borders
(so it is never larger than the exact one, and the test cautious). Texts and flags are tested by chi-square. All tests
of a table are corrected together (Benjamini & Hochberg). The same people at both moments make the tests cautious, too.

References: Smirnov (1948), Annals of Mathematical Statistics 19(2); Benjamini & Hochberg (1995), JRSS B 57(1).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from segmentary.dynamics.psi import Stability, stability
from segmentary.models.intervals import Difference, Interval, Moments, benjamini_hochberg, difference_of_means
from segmentary.models.predict.card import Distribution, plain
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import TypedTable

Floats = npt.NDArray[np.float64]
SURE = 0.05
SLIGHT = 0.1
"""A distance of distributions (Kolmogorov-Smirnov, Cramér's V) from which a change is called more than slight."""
FEWEST = 30
BINS = 10
Kind = Literal["number", "text"]


@dataclass(frozen=True, slots=True)
class TraitCounts:
    """A trait counted at two moments.

    labels : (b,) of the bins or levels; then, now : (b,) people in each; missing_then, missing_now : without a value.
    moments : number, mean, variance of a number, then and now. must : why it drifts anyway ("" : it need not).
    """

    name: str
    title: str
    kind: Kind
    labels: tuple[str, ...]
    then: tuple[float, ...]
    now: tuple[float, ...]
    missing_then: float
    missing_now: float
    moments: tuple[Moments, Moments] | None = None
    must: str = ""


@dataclass(frozen=True, slots=True)
class TraitDrift:
    """What has become of one trait.

    stability : the population stability index; None: it cannot be taken. distance : Kolmogorov-Smirnov (numbers) or
    Cramér's V (texts), 0 to 1. p, p_adjusted : of the test, and corrected for the number of traits.
    mean : difference of means with interval (numbers). missing : shares without a value, then and now.
    bin_shares : label, share then, share now. verdict : drifted, unchanged (or not clear), too_few, must_drift.
    """

    name: str
    title: str
    kind: Kind
    stability: Stability | None
    distance: float
    p: float
    p_adjusted: float
    mean: Difference | None
    means: tuple[float, float] | None
    missing: tuple[float, float]
    bin_shares: tuple[tuple[str, float, float], ...]
    people: tuple[int, int]
    must: str
    verdict: Literal["drifted", "slight", "not_clear", "too_few", "must_drift"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the population is from what it was, largest change first."""

    then: str
    now: str
    traits: tuple[TraitDrift, ...]
    people: tuple[int, int]
    findings: tuple[Finding, ...]
    sentence: str

    @property
    def drifted(self) -> tuple[TraitDrift, ...]:
        """Traits that surely changed, and not only slightly, though they need not."""
        return tuple(one for one in self.traits if one.verdict == "drifted")

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return dict(
            plain(
                {
                    "then": self.then,
                    "now": self.now,
                    "people_then": self.people[0],
                    "people_now": self.people[1],
                    "sentence": self.sentence,
                    "traits": [trait_document(one) for one in self.traits],
                    "findings": [one.to_document() for one in self.findings],
                }
            )
        )


def trait_document(one: TraitDrift) -> dict[str, Any]:
    """Return a trait as JSON values."""
    index = one.stability
    return {
        "trait": one.name,
        "verdict": one.verdict,
        "sentence": one.sentence,
        "distance": one.distance,
        "p": one.p,
        "p_adjusted": one.p_adjusted,
        "psi": None if index is None else index.index.estimate,
        "psi_low": None if index is None else index.index.low,
        "psi_high": None if index is None else index.index.high,
        "psi_raw": None if index is None else index.raw,
        "psi_by_chance": None if index is None else index.chance,
        "mean_then": None if one.means is None else one.means[0],
        "mean_now": None if one.means is None else one.means[1],
        "effect": None if one.mean is None else one.mean.effect,
        "missing_then": one.missing[0],
        "missing_now": one.missing[1],
        "bins": [{"of": label, "then": then, "now": now} for label, then, now in one.bin_shares],
    }


def compared(
    counted: Sequence[TraitCounts], *, then: str, now: str, findings: Sequence[Finding] = (), exact: bool = False
) -> Drift:
    """Return the drift of counted traits. exact : the shares of then are known without error (a stored baseline)."""
    raw = [drift_of(one, exact=exact) for one in counted]
    known = [at for at, one in enumerate(raw) if math.isfinite(one.p)]
    adjusted = dict(zip(known, benjamini_hochberg([raw[at].p for at in known]), strict=True))
    told = [judged(one, adjusted.get(at, math.nan)) for at, one in enumerate(raw)]
    order = {"drifted": 0, "slight": 1, "must_drift": 2, "not_clear": 3, "too_few": 4}
    told.sort(key=lambda one: (order[one.verdict], -one.distance if math.isfinite(one.distance) else 0.0, one.name))
    people = (max((one.people[0] for one in told), default=0), max((one.people[1] for one in told), default=0))
    return Drift(then, now, tuple(told), people, tuple(findings), summary(told, then, now))


def drift_of(one: TraitCounts, *, exact: bool) -> TraitDrift:
    """Return the figures of one trait, not corrected yet."""
    then, now = np.array(one.then, dtype=float), np.array(one.now, dtype=float)
    n, m = float(now.sum()), float(then.sum())
    missing = (
        one.missing_then / (m + one.missing_then) if m + one.missing_then else 0.0,
        one.missing_now / (n + one.missing_now) if n + one.missing_now else 0.0,
    )
    # Not to be known is a value of its own: somebody's age may get lost.
    whole_then, whole_now = np.append(then, one.missing_then), np.append(now, one.missing_now)
    labels, then, now = coarse(one.labels, then, now) if one.kind == "number" else (one.labels, then, now)
    index = stability(
        np.append(now, one.missing_now), np.append(then, one.missing_then), then_people=math.inf if exact else None
    )
    distance, p = distance_of(one.kind, whole_then, whole_now, exact=exact)
    shares = tuple(
        (label, float(a / m) if m else 0.0, float(b / n) if n else 0.0)
        for label, a, b in zip(labels, then, now, strict=True)
    )
    mean = means = None
    if one.moments is not None:
        mean, means = difference_of_means(one.moments[1], one.moments[0]), (one.moments[0].mean, one.moments[1].mean)
    people = (round(m + one.missing_then), round(n + one.missing_now))
    return TraitDrift(
        one.name, one.title, one.kind, index, distance, p, math.nan, mean, means, missing, shares, people, one.must,
        "not_clear", "",
    )  # fmt: skip


def coarse(labels: Sequence[str], then: Floats, now: Floats) -> tuple[tuple[str, ...], Floats, Floats]:
    """Join fine bins of a number into about ten of like size then: what the index and people want."""
    if len(then) <= BINS or not then.sum():
        return tuple(labels), then, now
    place = np.minimum(BINS - 1, ((np.cumsum(then) - then) / then.sum() * BINS + 1e-9).astype(np.int64))
    kept = np.unique(place)
    ends = [np.flatnonzero(place == one) for one in kept]
    names = tuple(joined(labels[part[0]], labels[part[-1]]) for part in ends)
    return names, np.array([then[part].sum() for part in ends]), np.array([now[part].sum() for part in ends])


def joined(first: str, last: str) -> str:
    """Return how several neighbouring bins are called.

    >>> joined("10 to 20", "30 to 40"), joined("up to 10", "10 to 20"), joined("5 to 6", "above 6")
    ('10 to 40', 'up to 20', 'above 5')
    """
    if first == last:
        return first
    start, end = first.rpartition(" to ")[0], last.rpartition(" ")[2]
    if first.startswith("up to "):
        return f"up to {end}" if not last.startswith("above") else "all"
    return f"above {start}" if last.startswith("above") else f"{start} to {end}"


def distance_of(kind: Kind, then: Floats, now: Floats, *, exact: bool) -> tuple[float, float]:
    """Return distance and p-value; not a number when a side is empty or nothing varies."""
    n, m = float(now.sum()), float(then.sum())
    held = (then > 0) | (now > 0)
    if n <= 0 or m <= 0:
        return math.nan, math.nan
    if held.sum() < 2:
        return 0.0, 1.0
    effective = n if exact else n * m / (n + m)
    if kind == "number":
        from scipy.special import kolmogorov

        # The missing stand last: their share is compared where all others are counted up.
        gap = float(np.abs(np.cumsum(now) / n - np.cumsum(then) / m).max())
        root = math.sqrt(effective)
        return gap, float(kolmogorov((root + 0.12 + 0.11 / root) * gap))
    then, now = then[held], now[held]
    if exact:
        expected = np.maximum(then / m, 0.5 / n) * n
        chi, places = float(((now - expected) ** 2 / expected).sum()), len(now)
        effect = math.sqrt(chi / n / max(1, places - 1))
    else:
        table = np.stack([then, now])
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
        chi, places = float(((table - expected) ** 2 / expected).sum()), len(now)
        effect = math.sqrt(chi / table.sum())
    from scipy.special import chdtrc

    return min(1.0, effect), float(chdtrc(places - 1, chi))


def judged(one: TraitDrift, adjusted: float) -> TraitDrift:
    """Return the trait with its verdict and sentence."""
    verdict: Literal["drifted", "slight", "not_clear", "too_few", "must_drift"]
    if min(one.people) < FEWEST or not math.isfinite(adjusted):
        verdict = "too_few"
    elif adjusted > SURE:
        verdict = "not_clear"
    elif one.must:
        verdict = "must_drift"
    else:
        verdict = "drifted" if one.distance >= SLIGHT else "slight"
    one = replace(one, p_adjusted=adjusted, verdict=verdict)
    return replace(one, sentence=sentence_of(one))


def sentence_of(one: TraitDrift) -> str:
    """Say what has become of a trait."""
    match one.verdict:
        case "too_few":
            return f"{one.title}: too few people to tell."
        case "not_clear":
            return f"{one.title}: no change that chance could not make."
    change = biggest(one)
    how = {"drifted": "changed", "slight": "changed slightly", "must_drift": "changed, as it must"}[one.verdict]
    why = f" ({one.must})" if one.must else ""
    return f"{one.title} {how}{why}: {change}."


def biggest(one: TraitDrift) -> str:
    """Return the plainest figure of a change."""
    if abs(one.missing[1] - one.missing[0]) >= max(0.05, one.distance - 0.02):
        return f"{one.missing[0]:.0%} had no value then, {one.missing[1]:.0%} have none now"
    if one.means is not None:
        return f"mean {said(one.means[0])} then, {said(one.means[1])} now"
    if not one.bin_shares:
        return f"distance {one.distance:.2f}"
    label, then, now = max(one.bin_shares, key=lambda bin_: abs(bin_[2] - bin_[1]))
    return f"{label} was {then:.0%} of those with a value, now {now:.0%}"


def said(value: float) -> str:
    """Return a number of about three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def summary(traits: Sequence[TraitDrift], then: str, now: str) -> str:
    """Return the whole in sentences."""
    span = f"between {then} and {now}"
    tested = [one for one in traits if one.verdict != "too_few"]
    if not tested:
        return f"Too few people, or no traits, to compare {span}."
    changed = [one for one in traits if one.verdict == "drifted"]
    slight = [one for one in traits if one.verdict == "slight"]
    must = [one for one in traits if one.verdict == "must_drift"]
    parts = []
    if changed:
        names = ", ".join(one.title for one in changed[:4]) + (" and others" if len(changed) > 4 else "")
        parts.append(f"{len(changed)} of {len(tested)} traits changed clearly {span}: {names}.")
    elif slight:
        parts.append(f"{len(slight)} of {len(tested)} traits changed {span}, all of them slightly.")
    else:
        parts.append(f"No trait changed {span} beyond chance, of {len(tested)} looked at.")
    if must:
        parts.append(
            f"{len(must)} more changed because they must (time passes, counts of a whole life grow): no news by itself."
        )
    return " ".join(parts)


# ---------------------------------------------------------------- against a stored baseline


def drift_from(
    distributions: Sequence[Distribution],
    table: TypedTable,
    *,
    people: int | None = None,
    must: Mapping[str, str] | None = None,
    then: str = "when the model was made",
    now: str = "now",
) -> Drift:
    """Return how far people of today are from distributions kept earlier (`ModelCard.baseline`).

    Parameters
    ----------
    distributions : shares per bin or level, then.
    table : people of today; columns of the same names. Distributions without a column are named in the findings.
    people : how many the distributions were taken from; None: their shares count as exact.
    must : by name, why a trait drifts anyway.
    """
    findings = []
    counted = []
    for one in distributions:
        if one.name not in table.names:
            message = f"{one.name} is not known of the people of today: its drift cannot be told"
            findings.append(Finding("unmatched", "warning", message, columns=(one.name,)))
            continue
        counted.append(against(one, table, people, (must or {}).get(one.name, "")))
    return compared(counted, then=then, now=now, findings=findings, exact=people is None)


def against(one: Distribution, table: TypedTable, people: int | None, must: str) -> TraitCounts:
    """Count a column of today in the bins of a distribution."""
    at = table.place(one.name)
    column, x, w = table.columns[at], table.values[:, at], table.weight
    known = ~np.isnan(x)
    size = float(people if people is not None else 1_000_000)
    kind: Kind = "text" if one.levels else "number"
    if one.levels:
        place = {level: number for number, level in enumerate(one.levels)}
        rest = len(one.levels)
        code = np.array([place.get(level, rest) for level in column.levels], dtype=np.int64)
        where = code[x[known].astype(np.int64)] if len(code) else np.zeros(0, dtype=np.int64)
        labels = (*one.levels, "others")[: max(len(one.shares), rest + 1)]
    else:
        where = np.searchsorted(np.array(one.edges), x[known], side="left")
        labels = bin_labels(one.edges)
    now = np.bincount(where, weights=w[known], minlength=len(labels))[: len(labels)]
    shares = np.zeros(len(labels))
    shares[: len(one.shares)] = one.shares
    # Shares may be of all people or of those with a value: both are told apart by their sum.
    total = shares.sum()
    inside = shares / total * (1 - one.missing) if total > 0 else shares
    return TraitCounts(
        one.name, column.label, kind, tuple(labels), tuple(inside * size), tuple(now), one.missing * size,
        float(w[~known].sum()), None, must,
    )  # fmt: skip


def bin_labels(edges: Sequence[float]) -> tuple[str, ...]:
    """Return how bins between borders are called.

    >>> bin_labels([10, 20])
    ('up to 10', '10 to 20', 'above 20')
    """
    if not edges:
        return ("all",)
    inner = [f"{said(a)} to {said(b)}" for a, b in itertools.pairwise(edges)]
    return (f"up to {said(edges[0])}", *inner, f"above {said(edges[-1])}")


def interval_of(index: Stability | None) -> Interval | None:
    """Return the interval of an index that may lack."""
    return None if index is None else index.index
