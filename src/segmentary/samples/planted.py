"""Data sets whose truth is known: one population only (nulls), or segments that were put there (planted).

    table, labels = make("g4_overlap", n=300, seed=7)

What the share of wrong and right claims is measured on (`benchmarks/false_discovery.py`, docs/verdicts.md). A null has
no labels. The generators are part of the measurement: changing one changes the meaning of every published figure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

from segmentary.errors import UnknownNameError
from segmentary.models.table.columns import Column, Kind
from segmentary.models.table.typed_table import Floats, TypedTable

Labels: TypeAlias = npt.NDArray[np.intp]
Made: TypeAlias = tuple[tuple[Column, ...], Floats, Labels | None]
Maker: TypeAlias = Callable[[int, np.random.Generator], Made]

LIKERT = ("1", "2", "3", "4", "5")


def make(name: str, n: int, seed: int) -> tuple[TypedTable, Labels | None]:
    """Return one data set of n rows, with the true segment of each row (None for one population).

    Raises
    ------
    UnknownNameError : there is no such generator.
    """
    if name not in MAKERS:
        raise UnknownNameError("planted data set", name, tuple(MAKERS))
    columns, values, labels = MAKERS[name](n, np.random.default_rng([seed, crc32(name.encode())]))
    return TypedTable(columns, values), labels


def numbers(q: int, kind: Kind = "numeric") -> tuple[Column, ...]:
    return tuple(Column(f"x{j + 1}", kind) for j in range(q))


def items(q: int, levels: tuple[str, ...]) -> tuple[Column, ...]:
    kind: Kind = "binary" if len(levels) == 2 else "ordinal"
    return tuple(Column(f"item_{j + 1}", kind, levels) for j in range(q))


def correlated(n: int, q: int, rho: float, rng: np.random.Generator) -> Floats:
    """Return (n, q) standard normals, every pair correlated by rho."""
    return np.asarray(np.sqrt(rho) * rng.standard_normal((n, 1)) + np.sqrt(1 - rho) * rng.standard_normal((n, q)))


def shares(n: int, of: tuple[float, ...], rng: np.random.Generator) -> Labels:
    return rng.choice(len(of), size=n, p=np.asarray(of) / sum(of)).astype(np.intp)


# --- one population ---------------------------------------------------------------------------------------------------


def uniform(n: int, rng: np.random.Generator) -> Made:
    """Five independent uniform numbers: no centre at all."""
    return numbers(5), rng.uniform(size=(n, 5)), None


def normal(n: int, rng: np.random.Generator) -> Made:
    """Five normals, each pair correlated by .6: one long cloud."""
    return numbers(5), correlated(n, 5, 0.6, rng), None


RFM = (
    Column("recency", "numeric", unit="days"),
    Column("frequency", "count"),
    Column("monetary", "numeric", unit="EUR"),
)


def rfm(n: int, rng: np.random.Generator) -> Floats:
    """Return recency (exponential), orders (1 + Poisson of a lognormal rate) and money (lognormal per order)."""
    activity = rng.standard_normal(n)
    recency = rng.exponential(90.0, n) * np.exp(-0.5 * activity)
    frequency = 1 + rng.poisson(np.exp(0.8 + 0.8 * activity))
    money = frequency * np.exp(3.0 + 0.6 * rng.standard_normal(n))
    return np.column_stack([recency, frequency, money])


def rfm_raw(n: int, rng: np.random.Generator) -> Made:
    """One population of customers by recency, frequency and money, as they come."""
    return RFM, rfm(n, rng), None


def rfm_log(n: int, rng: np.random.Generator) -> Made:
    """Take the logarithms of `rfm_raw`, as analysts do."""
    logged = (Column("log_recency", "numeric"), Column("log_frequency", "numeric"), Column("log_monetary", "numeric"))
    return logged, np.log1p(rfm(n, rng)), None


def t4(n: int, rng: np.random.Generator) -> Made:
    """Draw five numbers of an elliptical t (4 degrees of freedom, correlations .3): one population, heavy tails."""
    scale = np.sqrt(4 / rng.chisquare(4, size=(n, 1)))
    return numbers(5), correlated(n, 5, 0.3, rng) * scale, None


def banana(n: int, rng: np.random.Generator) -> Made:
    """Five numbers, the second a parabola of the first: dependence that no correlation tells."""
    x = rng.standard_normal((n, 5))
    x[:, 1] = 0.8 * (x[:, 0] ** 2 - 1) + 0.6 * x[:, 1]
    return numbers(5), x, None


def to_levels(z: Floats, cuts: npt.ArrayLike) -> Floats:
    """Return the codes of a latent variable cut at increasing points."""
    return np.searchsorted(np.asarray(cuts, dtype=np.float64), z).astype(np.float64)


def likert(n: int, rng: np.random.Generator) -> Made:
    """Eight five-point items of one trait, with a response style: some agree more with everything."""
    trait, style = rng.standard_normal((n, 1)), 0.5 * rng.standard_normal((n, 1))
    loading = np.array([0.8, 0.7, 0.9, 0.6, 0.8, -0.7, 0.7, -0.8])
    z = trait * loading + style + 0.7 * rng.standard_normal((n, 8))
    return items(8, LIKERT), to_levels(z, (-1.5, -0.5, 0.5, 1.5)), None


def bin_indep(n: int, rng: np.random.Generator) -> Made:
    """Ten independent yes/no items of different popularity."""
    popular = np.linspace(0.2, 0.8, 10)
    return items(10, ("no", "yes")), (rng.uniform(size=(n, 10)) < popular).astype(np.float64), None


def bin_trait(n: int, rng: np.random.Generator) -> Made:
    """Ten yes/no items of one continuous trait (normal ogive): people differ by degree."""
    z = 1.0 * rng.standard_normal((n, 1)) + rng.standard_normal((n, 10))
    return items(10, ("no", "yes")), (z > np.linspace(-1.0, 1.0, 10) * 1.2).astype(np.float64), None


# --- segments that were put there -------------------------------------------------------------------------------------


def g3_sep(n: int, rng: np.random.Generator) -> Made:
    """Three normal segments (.5 .3 .2) of five numbers, well apart."""
    labels = shares(n, (0.5, 0.3, 0.2), rng)
    centres = np.array([[0, 0, 0, 0, 0], [3.8, 2.9, 0, 0, 0], [0, 2.9, 3.8, 0, 0]], dtype=np.float64)
    return numbers(5), centres[labels] + rng.standard_normal((n, 5)), labels


def g4_overlap(n: int, rng: np.random.Generator) -> Made:
    """Four equal normal segments of five numbers, overlapping."""
    labels = shares(n, (1, 1, 1, 1), rng)
    centres = 1.2 * np.array([[0, 0, 0, 0, 0], [2, 1, 0, 0, 0], [4, 0, 2, 0, 0], [4, 2, 2, 2, 0]], dtype=np.float64)
    return numbers(5), centres[labels] + rng.standard_normal((n, 5)), labels


def skew3(n: int, rng: np.random.Generator) -> Made:
    """Three segments of four lognormal amounts: skewed on every column."""
    labels = shares(n, (0.5, 0.3, 0.2), rng)
    centres = np.array([[0, 0, 0, 0], [2.2, 2.2, 0, 0], [0, 2.2, 2.2, 2.2]], dtype=np.float64)
    return numbers(4), 10 * np.exp(centres[labels] + 0.6 * rng.standard_normal((n, 4))), labels


def ellip3(n: int, rng: np.random.Generator) -> Made:
    """Three long, differently turned normal segments of four numbers."""
    labels = shares(n, (0.4, 0.35, 0.25), rng)
    centres = np.array([[0, 0, 0, 0], [4, -3, 0, 2], [-2, 4, 4, 0]], dtype=np.float64)
    stretch = np.array([[2.0, 0.7, 0.7, 1.0], [0.7, 2.0, 1.0, 0.7], [1.0, 0.7, 2.0, 0.7]])
    z = rng.standard_normal((n, 4)) * stretch[labels]
    z[:, 1] += np.array([0.5, -0.3, 0.0])[labels] * z[:, 0]
    return numbers(4), centres[labels] + z, labels


def rfm_planted(n: int, rng: np.random.Generator) -> Made:
    """Three segments of customers by recency, frequency and money: loyal, occasional, lapsed."""
    labels = shares(n, (0.25, 0.45, 0.30), rng)
    recency = np.array([15.0, 60.0, 400.0])[labels] * np.exp(0.45 * rng.standard_normal(n))
    frequency = 1 + rng.poisson(np.array([14.0, 2.5, 1.0])[labels])
    money = frequency * np.array([45.0, 25.0, 25.0])[labels] * np.exp(0.45 * rng.standard_normal(n))
    return RFM, np.column_stack([recency, frequency, money]), labels


def lca4(n: int, rng: np.random.Generator) -> Made:
    """Four latent classes of ten yes/no items."""
    return classes(n, 0.83, rng)


def classes(n: int, typical: float, rng: np.random.Generator) -> Made:
    """Return four latent classes who give the answer of their class with the probability `typical`."""
    labels = shares(n, (0.3, 0.25, 0.25, 0.2), rng)
    says_yes = ((0, 1, 2, 3, 4), (4, 5, 6, 7), (7, 8, 9, 0), ())
    yes = np.full((4, 10), 1 - typical)
    for one, liked in enumerate(says_yes):
        yes[one, list(liked)] = typical
    return items(10, ("no", "yes")), (rng.uniform(size=(n, 10)) < yes[labels]).astype(np.float64), labels


def likert3(n: int, rng: np.random.Generator) -> Made:
    """Three classes of answers to eight five-point items, with the response style of `likert`."""
    labels = shares(n, (0.4, 0.35, 0.25), rng)
    centres = np.array([[1, 1, 1, 1, -1, -1, -1, -1], [-1, -1, 1, 1, 1, 1, -1, -1], [-1, -1, -1, -1, 1, 1, 1, 1]])
    style = 0.5 * rng.standard_normal((n, 1))
    z = 0.87 * centres[labels] + style + rng.standard_normal((n, 8))
    return items(8, LIKERT), to_levels(z, (-1.5, -0.5, 0.5, 1.5)), labels


def axis2(n: int, rng: np.random.Generator) -> Made:
    """Two segments that differ in one column only, the other five are one correlated cloud."""
    return split(n, 4.6, rng)


def split(n: int, apart: float, rng: np.random.Generator) -> Made:
    """Return two segments so many (own) standard deviations apart in the first of six columns."""
    labels = shares(n, (1, 1), rng)
    x = np.column_stack([apart * labels + rng.standard_normal(n), correlated(n, 5, 0.2, rng)])
    return numbers(6), x, labels


# --- beyond the published nine and eight ------------------------------------------------------------------------------

MIXED = (
    Column("age", "numeric"),
    Column("spend", "numeric", unit="EUR"),
    Column("visits", "count"),
    Column("rating", "ordinal", LIKERT),
    Column("loyalty", "ordinal", LIKERT),
    Column("app", "binary", ("no", "yes")),
    Column("member", "binary", ("no", "yes")),
    Column("channel", "nominal", ("shop", "web", "phone", "partner")),
    Column("region", "nominal", ("north", "east", "south", "west", "centre")),
)


def chosen(utility: Floats, rng: np.random.Generator) -> Floats:
    """Return the level of largest utility, with Gumbel noise (multinomial logit)."""
    return np.asarray(np.argmax(utility + rng.gumbel(size=utility.shape), axis=1), dtype=np.float64)


def mixed_trait(n: int, rng: np.random.Generator) -> Made:
    """Nine columns of every kind that hang on two continuous traits: no groups."""
    one, two = rng.standard_normal(n), rng.standard_normal(n)
    rating = 0.8 * one + 0.7 * rng.standard_normal(n)
    loyalty = 0.5 * one + 0.5 * two + 0.7 * rng.standard_normal(n)
    channel = np.outer(one, (-1.0, -0.3, 0.4, 0.9)) + np.outer(two, (0.6, -0.8, 0.6, -0.4))
    region = np.tile([0.0, 0.3, -0.3, 0.1, 0.2], (n, 1))
    values = (
        45 + 12 * (0.6 * two + 0.8 * rng.standard_normal(n)),
        np.exp(4 + 0.6 * one + 0.5 * rng.standard_normal(n)),
        rng.poisson(np.exp(1.0 + 0.5 * one)).astype(np.float64),
        to_levels(rating, (-1.6, -0.8, 0.0, 0.9)),
        to_levels(loyalty, (-1.2, -0.4, 0.4, 1.2)),
        (0.8 * two + rng.standard_normal(n) > 0.2).astype(np.float64),
        (0.8 * one + rng.standard_normal(n) > 0.5).astype(np.float64),
        chosen(channel, rng),
        chosen(region, rng),
    )
    return MIXED, np.column_stack(values), None


def likert_skewed(n: int, rng: np.random.Generator) -> Made:
    """Eight satisfaction items with most answers at the top, one trait, and people who use more or less of it."""
    extreme = np.exp(0.3 * rng.standard_normal((n, 1)))
    z = extreme * (0.8 * rng.standard_normal((n, 1)) + 0.7 * rng.standard_normal((n, 8)))
    shift = np.linspace(-0.3, 0.3, 8)
    return items(8, LIKERT), to_levels(z + shift, (-2.1, -1.5, -0.8, 0.3)), None


def counts(n: int, rng: np.random.Generator) -> Made:
    """Purchases in six categories of one population: many zeros and ties, overdispersed, one common activity."""
    rate = np.exp(np.array([1.0, 0.5, 0.2, -0.2, -0.6, -1.0]) + 0.7 * rng.standard_normal((n, 1)))
    return numbers(6, "count"), rng.poisson(rate * rng.gamma(1.5, 1 / 1.5, size=(n, 6))).astype(np.float64), None


def heaped(n: int, rng: np.random.Generator) -> Made:
    """Five correlated normals as people report them: most round to fives or tens."""
    x = 50 + 15 * correlated(n, 5, 0.4, rng)
    coarse = rng.choice([1.0, 5.0, 10.0], size=(n, 5), p=[0.3, 0.4, 0.3])
    return numbers(5), np.round(x / coarse) * coarse, None


def g4_close(n: int, rng: np.random.Generator) -> Made:
    """Four equal normal segments so close that most people near a border could be in either."""
    labels = shares(n, (1, 1, 1, 1), rng)
    centres = np.array([[0, 0, 0, 0, 0], [3, 0, 1, 0, 0], [1, 3, 0, 0, 1], [3, 3, 0, 2, 0]], dtype=np.float64)
    return numbers(5), centres[labels] + rng.standard_normal((n, 5)), labels


def lca4_faint(n: int, rng: np.random.Generator) -> Made:
    """Four latent classes whose answers say less about the class than in `lca4`."""
    return classes(n, 0.77, rng)


def axis2_close(n: int, rng: np.random.Generator) -> Made:
    """Two segments in one column of six, nearer to each other than in `axis2`."""
    return split(n, 4.0, rng)


def mixed3(n: int, rng: np.random.Generator) -> Made:
    """Three segments told by columns of every kind together."""
    labels = shares(n, (0.4, 0.35, 0.25), rng)
    values = (
        np.array([30.0, 45.0, 60.0])[labels] + 8 * rng.standard_normal(n),
        np.exp(np.array([3.0, 5.0, 4.0])[labels] + 0.6 * rng.standard_normal(n)),
        rng.poisson(np.array([1.0, 8.0, 3.0])[labels]).astype(np.float64),
        to_levels(np.array([-0.8, 1.0, 0.0])[labels] + 0.8 * rng.standard_normal(n), (-1.2, -0.4, 0.4, 1.2)),
        to_levels(np.array([0.0, 1.0, -1.0])[labels] + 0.8 * rng.standard_normal(n), (-1.2, -0.4, 0.4, 1.2)),
        (rng.uniform(size=n) < np.array([0.85, 0.6, 0.1])[labels]).astype(np.float64),
        (rng.uniform(size=n) < np.array([0.1, 0.85, 0.5])[labels]).astype(np.float64),
        chosen(np.array([[0, 2, 0, 0], [0, 1, 0, 2], [2, 0, 1, 0]], dtype=np.float64)[labels], rng),
        chosen(np.zeros((n, 5)), rng),
    )
    return MIXED, np.column_stack(values), labels


NULLS: dict[str, Maker] = {
    one.__name__: one for one in (uniform, normal, rfm_raw, rfm_log, t4, banana, likert, bin_indep, bin_trait)
}
PLANTED: dict[str, Maker] = {
    one.__name__: one for one in (g3_sep, g4_overlap, skew3, ellip3, rfm_planted, lca4, likert3, axis2)
}
MORE_NULLS: dict[str, Maker] = {one.__name__: one for one in (mixed_trait, likert_skewed, counts, heaped)}
MORE_PLANTED: dict[str, Maker] = {one.__name__: one for one in (mixed3, g4_close, lca4_faint, axis2_close)}
MAKERS: dict[str, Maker] = NULLS | PLANTED | MORE_NULLS | MORE_PLANTED
