"""How a verdict is made: the gate's tests, and whether the cut comes back in other samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.validate.coordinates import Coordinates, coordinates
from segmentary.models.validate.criteria import Spread
from segmentary.models.validate.gate import dip_tests, passes, spread_test
from segmentary.models.validate.prediction_strength import kmeans_placer, prediction_strength
from segmentary.models.validate.reproducibility import STRONG, reproducibility
from segmentary.models.validate.verdict import MEANING, Kind, Test, Verdict
from segmentary.models.validate.verdict_words import sentence

FEWEST = 30
"""People of equal weight below which nothing is said."""
MOST = 2_000
"""Rows looked at: of more, a random sample of so many (docs/verdicts.md says why that is enough)."""


def judge(
    table: TypedTable,
    *,
    ks: Iterable[int] = range(2, 9),
    seed: int = 0,
    references: int = 40,
    stability: Mapping[int, Spread] | None = None,
    tell: Tell = quiet,
) -> Verdict:
    """Return whether segments are there in a table: natural, reproducible, structure only, constructive, cannot say.

    Natural: the data shows more than one population would (`gate`), and a cut comes back in other samples. It never
    blocks and never raises for lack of data: `cannot_say` is an answer.

    Parameters
    ----------
    ks : numbers of segments to try (2 and more).
    references : simulated data sets of one population, at least 39; four times as many where the answer is close.
    stability : adjusted Rand index over bootstrap pairs per k, where somebody has measured it already.
    """
    people, worth = len(table), table.effective_n
    sample, findings = looked_at(table, seed)
    space = coordinates(sample)
    lowest = np.nanmin(space.plain, axis=0, initial=np.inf)
    varying = int((np.nanmax(space.plain, axis=0, initial=-np.inf) > lowest).sum())
    wanted = tuple(sorted({k for k in ks if 2 <= k <= len(sample) // 10}))
    if sample.effective_n < FEWEST or varying == 0 or not wanted:
        return unsaid(people, worth, varying, findings)
    tests, split = gate_tests(sample, space, wanted, references, seed, within(tell, 0.0, 0.6))
    known = {k: one.median for k, one in stability.items() if k in wanted} if stability else None
    again = reproducibility(
        space.features(space.plain), sample.weight, wanted, seed=seed, agreement=known, tell=within(tell, 0.6, 1.0)
    )
    along = bool(split) and splits_again(sample, space, split, seed)
    gate = any(passes(test, len(table.columns)) for test in tests)
    holds = again.holds or along
    kind: Kind = (
        "natural" if gate and holds else "reproducible" if holds else "structure_only" if gate else "constructive"
    )
    strength = max(again.strength.items(), key=lambda one: one[1], default=None)
    agreement = max(again.agreement.items(), key=lambda one: one[1], default=None)
    said = sentence(kind, tests, strength, agreement, () if again.holds or not along else split, len(table.columns))
    return Verdict(kind, gate, holds, tests, strength, agreement, people, worth, said, split if along else (), findings)


def looked_at(table: TypedTable, seed: int) -> tuple[TypedTable, tuple[Finding, ...]]:
    """Return the table, or the random sample of it that is looked at, and what to say about that."""
    if len(table) <= MOST:
        return table, ()
    rows = np.sort(np.random.default_rng([seed, 3]).choice(len(table), MOST, replace=False))
    said = Finding("sampled", "note", f"The verdict rests on a random sample of {MOST:,} of {len(table):,} people.")
    return table.take(rows), (said,)


def unsaid(people: int, worth: float, varying: int, findings: tuple[Finding, ...]) -> Verdict:
    """Return the verdict on a table that allows none."""
    why = "nothing varies" if varying == 0 else f"{worth:,.0f} people of equal weight, of at least {FEWEST} needed"
    said = f"{MEANING['cannot_say'].removesuffix('.')}: {why}."
    return Verdict("cannot_say", None, None, (), None, None, people, worth, said, findings=findings)


def gate_tests(
    table: TypedTable, space: Coordinates, ks: tuple[int, ...], references: int, seed: int, tell: Tell
) -> tuple[tuple[Test, ...], tuple[str, ...]]:
    """Return the tests of the gate, and the columns a split runs along."""
    spread, _ = spread_test(table, space, ks, references=references, seed=seed, tell=tell)
    dip = dip_tests(table.columns, space, table.weight)
    if dip is None:
        return (spread,), ()
    return (spread, dip), dip.columns


def splits_again(table: TypedTable, space: Coordinates, names: tuple[str, ...], seed: int) -> bool:
    """Return whether the cut in two along these columns comes back in other samples."""
    places = [table.place(name) for name in names]
    x = np.nan_to_num(space.plain[:, places])
    return prediction_strength(kmeans_placer, x, 2, weights=table.weight, seed=seed).mean >= STRONG
