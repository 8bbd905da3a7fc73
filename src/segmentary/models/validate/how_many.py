"""How many segments: what each criterion prefers, and a recommendation in words with what speaks against it.

No criterion is right alone: BIC breaks on discrete counts, the silhouette on overlapping groups, stability says nothing
about whether groups exist. So each has one vote, the verdict says what votes are worth, and the reader sees them all.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence

from segmentary.models.validate.criteria import Criteria, CriteriaRow, Recommendation
from segmentary.models.validate.verdict import Verdict

STABLE = 0.85
"""Median adjusted Rand index of bootstrap pairs from which a cut comes back (as in the verdict)."""
STRONG = 0.8
"""Prediction strength from which a cut comes back (Tibshirani & Walther 2005)."""
CLEARLY = 0.1
"""How much more stable another method has to be before it is preferred to a more fitting one."""
PEOPLE_PER_PARAMETER = 2
"""With fewer, a mixture is likelier because it has so many parameters, not because it is right."""
ALIKE = 0.01
"""Medians of stability that differ by no more are alike."""
LEAST_SEGMENT = 10
"""People below which a segment is an anecdote: such a number of segments is not recommended where another is."""

TITLES = {
    "bic": "BIC",
    "icl": "ICL",
    "gap": "the gap",
    "silhouette_excess": "the silhouette against chance",
    "prediction_strength": "prediction strength",
    "stability": "stability",
}

OF_DATA = ("gap", "silhouette_excess")


def votes(rows: Sequence[CriteriaRow]) -> dict[str, int]:
    """Return which number of segments each criterion prefers, of one method's rows.

    BIC and ICL: the smallest. Gap: the smallest k whose gap is within one error of the next one's (Tibshirani et al.
    2001). Silhouette: the largest excess over the null. Prediction strength: the largest k with 0.8 and more
    (Tibshirani & Walther 2005). Stability: the largest median, the largest k of those alike. 1 where none comes back.
    """
    found: dict[str, int] = {}
    for name in ("bic", "icl"):
        # That of k-means is there to be compared with a mixture's; by itself it always wants more.
        known = {row.k: value for row in rows if (value := getattr(row, name)) is not None and row.method != "k_means"}
        if len(known) > 1:
            found[name] = min(known, key=lambda k: (known[k], k))
    gap = {row.k: (row.gap, row.gap_error or 0.0) for row in rows if row.gap is not None}
    if len(gap) > 1:
        found["gap"] = by_gap(gap)
    excess = {row.k: row.silhouette_excess for row in rows if row.silhouette_excess is not None}
    if excess:
        found["silhouette_excess"] = max(excess, key=lambda k: (excess[k], -k))
    strength = [(row.k, row.prediction_strength >= STRONG) for row in rows if row.prediction_strength is not None]
    if any(k > 1 for k, _ in strength):
        found["prediction_strength"] = max((k for k, enough in strength if enough), default=1)
    stable = {row.k: row.stability.median for row in rows if row.stability is not None}
    if stable:
        most = max(stable.values())
        found["stability"] = max(k for k, median in stable.items() if median >= most - ALIKE) if most >= STABLE else 1
    return found


def coming_back(rows: Sequence[CriteriaRow]) -> list[int]:
    """Return the numbers of segments whose cut comes back in other samples."""
    return [
        row.k
        for row in rows
        if row.k > 1
        and (
            (row.stability is not None and row.stability.median >= STABLE)
            or (row.prediction_strength is not None and row.prediction_strength >= STRONG)
        )
    ]


def by_gap(gap: Mapping[int, tuple[float, float]]) -> int:
    ks = sorted(gap)
    for k, following in itertools.pairwise(ks):
        if gap[k][0] >= gap[following][0] - gap[following][1]:
            return k
    return ks[-1]


def criteria(rows: Sequence[CriteriaRow], verdict: Verdict, fitting: Sequence[str]) -> Criteria:
    """Return the table with its recommendation; `fitting` names the methods, the most fitting for the data first."""
    ordered = sorted(rows, key=lambda row: (fitting.index(row.method), row.k))
    return Criteria(tuple(ordered), recommendation(ordered, verdict, fitting))


def recommendation(rows: Sequence[CriteriaRow], verdict: Verdict, fitting: Sequence[str]) -> Recommendation:
    """Return what to do, by the verdict and the votes."""
    method = method_for(rows, verdict, fitting)
    mine = [row for row in rows if row.method == method]
    # Gap and silhouette excess are k-means' by definition: they speak about the data, whatever the method.
    of_data = {
        name: k for name, k in votes([row for row in rows if row.method == "k_means"]).items() if name in OF_DATA
    }
    cast = of_data | votes(mine)
    title = method.replace("_", "-" if method.startswith("k_") else " ")
    best = preferred(mine, cast, verdict)
    agree = [TITLES[name] for name, k in cast.items() if k == best]
    match verdict.kind:
        case "natural":
            sentence = f"Take {best} segments by {title}: groups exist"
            sentence += f", and {listed(agree)} prefer{'s' if len(agree) == 1 else ''} {best}." if agree else "."
            k = best
        case "reproducible":
            sentence = (
                f"Take {best} segments by {title}, as bands of people who differ by degree: {best} is the largest "
                f"number whose cut comes back in other samples{agreement(mine, best)}."
            )
            k = best
        case "structure_only":
            sentence = (
                f"Do not build on these borders yet: the data is not one even cloud, but no cut comes back in other "
                f"samples. To look at the structure take {best} segments by {title}{agreement(mine, best)}."
            )
            k = best
        case "constructive":
            sentence = (
                f"Do not segment by this: no groups show, and no cut comes back in other samples. If a decision needs "
                f"segments all the same, {best} by {title} come back best{agreement(mine, best)}."
            )
            k = 1
        case "cannot_say":
            sentence = f"There are too few people to say how many segments there are; {best} by {title} are shown."
            k = 1
    return Recommendation(method, k, sentence, doubt(mine, cast, k, best), cast)


def preferred(rows: Sequence[CriteriaRow], cast: Mapping[str, int], verdict: Verdict) -> int:
    """Return the number of segments, at least 2, that is shown: recommended or the best of what there is."""
    known = [row for row in rows if row.k > 1]
    large = [row for row in known if (row.smallest or 0) >= LEAST_SEGMENT] or known
    ks = sorted(row.k for row in large)
    stable = {row.k: row.stability.median for row in large if row.stability is not None}
    if verdict.kind == "reproducible":
        back = coming_back(large)
        if back:
            return max(back)
    if verdict.kind in ("constructive", "cannot_say", "reproducible") and stable:
        return max(stable, key=lambda k: (round(stable[k], 2), -k))
    counted = Counter(k for k in cast.values() if k in ks)
    if not counted:
        return max(stable, key=lambda k: (stable[k], -k)) if stable else ks[0]
    most = max(counted.values())
    tied = [k for k, count in counted.items() if count == most]
    return max(tied, key=lambda k: (stable.get(k, 0.0), -k))


def method_for(rows: Sequence[CriteriaRow], verdict: Verdict, fitting: Sequence[str]) -> str:
    """Return the method: the most fitting one, unless another is clearly more stable, or likelier in the same terms.

    k-means is the limit of a mixture of equal round normals, whose BIC it carries: the Gaussian mixture and it are
    compared by BIC in the same coordinates, where there are two people and more for each of its parameters.
    """
    names = [name for name in fitting if any(row.method == name and row.k > 1 for row in rows)]
    if not names:
        return fitting[0]
    best = {name: at_best(rows, name, verdict) for name in names}
    taken = names[0]
    for place, name in enumerate(names[1:], 1):
        # Whoever was passed over for a likelier one still has to be outdone by those that are only more stable.
        before = max(best[one] for one in names[:place])
        mine, theirs = bic_of(rows, name), bic_of(rows, taken)
        likelier = comparable(name, taken) and mine is not None and theirs is not None and mine < theirs
        if (likelier and supported(rows, name, verdict)) or best[name] > before + CLEARLY:
            taken = name
    return taken


def supported(rows: Sequence[CriteriaRow], method: str, verdict: Verdict) -> bool:
    """Whether there are people enough for the parameters of the likeliest solution of a method."""
    known = [row for row in rows if row.method == method and row.k > 1 and row.bic is not None]
    best = min(known, key=lambda row: row.bic or 0.0)
    return PEOPLE_PER_PARAMETER * (best.parameters or 0) <= verdict.effective_n


def comparable(one: str, other: str) -> bool:
    """Whether two methods' likelihoods are of the same data."""
    return {one, other} <= {"k_means", "gaussian_mixture"} or {one, other} <= {"latent_class", "mixed_mixture"}


def bic_of(rows: Sequence[CriteriaRow], method: str) -> float | None:
    known = [row.bic for row in rows if row.method == method and row.k > 1 and row.bic is not None]
    return min(known, default=None)


def at_best(rows: Sequence[CriteriaRow], method: str, verdict: Verdict) -> float:
    """Return the stability a method has at the number of segments it would be taken with."""
    mine = [row for row in rows if row.method == method]
    k = preferred(mine, votes(mine), verdict)
    return next((row.stability.median for row in mine if row.k == k and row.stability is not None), 0.0)


def agreement(rows: Sequence[CriteriaRow], k: int) -> str:
    """Return " (median agreement .91)" where it is known."""
    known = next((row.stability for row in rows if row.k == k), None)
    return "" if known is None else f" (median agreement {known.median:.2f} of at most 1)"


def doubt(rows: Sequence[CriteriaRow], cast: Mapping[str, int], k: int, best: int) -> str:
    """Return what speaks against the recommendation."""
    said: list[str] = []
    others: dict[int, list[str]] = {}
    for name, vote in cast.items():
        if vote != k:
            others.setdefault(vote, []).append(TITLES[name])
    for vote in sorted(others):
        said.append(f"{listed(others[vote])} prefer{'s' if len(others[vote]) == 1 else ''} {vote}")
    found = ["; ".join(said).capitalize() + "." if said else "All criteria agree."]
    if said:
        found = [(text := "; ".join(said))[0].upper() + text[1:] + "."]
    row = next((row for row in rows if row.k == best), None)
    if row is not None and row.stability is not None and row.stability.low < 0.5:
        found.append(f"In one sample of ten, {best} segments come back no better than {row.stability.low:.2f}.")
    if row is not None and row.smallest is not None and row.smallest < LEAST_SEGMENT:
        found.append(f"The smallest of {best} segments has {row.smallest} people.")
    if best == max((row.k for row in rows), default=best) and len({row.k for row in rows}) > 1:
        found.append(f"{best} is the largest number tried: more were not looked at.")
    return " ".join(found)


def listed(names: Sequence[str]) -> str:
    """Return "a, b and c"."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
