"""How often experiments say what is not so: simulated experiments in which nothing happened, and some in which it did.

``python -m benchmarks.experiments [--simulations N]`` prints one line per claim with its bar, and fails where one is
not reached. Everything is drawn from seeds; the analysis is the one users get.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from segmentary.measurement.experiment.cuped import cuped
from segmentary.measurement.experiment.effects import Look, effect
from segmentary.measurement.experiment.per_segment import family, shrunken
from segmentary.measurement.experiment.sample_ratio import sample_ratio
from segmentary.measurement.experiment.sums import Sums

LOOKS = 14
RESULTS = Path(__file__).parent / "results" / "experiments.json"


@dataclass(frozen=True)
class Claim:
    """One measured rate and the bar it has to keep: low <= measured <= high."""

    what: str
    measured: float
    low: float
    high: float
    simulations: int

    @property
    def kept(self) -> bool:
        """Whether the bar is kept."""
        return self.low <= self.measured <= self.high


def spends(chance: np.random.Generator, n: int) -> np.ndarray:
    """Return (n,) amounts as shops see them: most people none, the others skewed."""
    return np.where(chance.random(n) < 0.2, chance.lognormal(3, 0.8, n), 0.0)


def fixed(simulations: int, *, people: int = 4_000, seed: int = 1) -> Claim:
    """Two arms alike, read once: how often a difference is found."""
    chance = np.random.default_rng(seed)
    found = 0
    for number in range(simulations):
        if number % 2:
            one, other = spends(chance, people // 2), spends(chance, people // 2)
            made = effect(Sums.of(one), Sums.of(other), "mean")
        else:
            yes = (chance.random((2, people // 2)) < 0.1).astype(float)
            made = effect(Sums.of(yes[0]), Sums.of(yes[1]), "share")
        found += made is not None and made.p < 0.05
    return Claim("A/A, one look: false positives", found / simulations, 0.04, 0.06, simulations)


def looking(simulations: int, *, people: int = 14_000, seed: int = 2) -> tuple[Claim, Claim]:
    """Two arms alike, read at 14 looks: how often a difference is found at any, by sequence and naively."""
    chance = np.random.default_rng(seed)
    sequence, step = Look("sequence"), people // 2 // LOOKS
    safe = naive = 0
    for _ in range(simulations):
        held = [Sums(), Sums()]
        hit = {"single": False, "sequence": False}
        for _ in range(LOOKS):
            held = [one + Sums.of(spends(chance, step)) for one in held]
            for look in (Look(), sequence):
                made = effect(*held, "mean", look=look)
                hit[look.kind] |= made is not None and not made.low <= 0 <= made.high
        safe += hit["sequence"]
        naive += hit["single"]
    return (
        Claim("A/A, 14 looks in sequence: false positives at any", safe / simulations, 0.0, 0.05, simulations),
        Claim("A/A, 14 looks without a sequence (what it saves from)", naive / simulations, 0.12, 1.0, simulations),
    )


def many_segments(simulations: int, *, segments: int = 20, people: int = 500, seed: int = 3) -> tuple[Claim, Claim]:
    """Twenty segments in which nothing happened: how often any is claimed, adjusted and not."""
    chance = np.random.default_rng(seed)
    adjusted = plain = 0
    for _ in range(simulations):
        p_values = {}
        for number in range(segments):
            yes = (chance.random((2, people)) < 0.3).astype(float)
            made = effect(Sums.of(yes[0]), Sums.of(yes[1]), "share")
            p_values[str(number),] = 1.0 if made is None else made.p
        plain += min(p_values.values()) < 0.05
        adjusted += min(family(p_values).values()) < 0.05
    return (
        Claim("20 null segments, Benjamini-Hochberg: any claimed", adjusted / simulations, 0.0, 0.06, simulations),
        Claim("20 null segments, unadjusted (what it saves from)", plain / simulations, 0.5, 1.0, simulations),
    )


def splits(simulations: int, *, people: int = 20_000) -> tuple[Claim, Claim]:
    """Splits by a fair lot, and by one of 52 to 48: how often the alarm rings, exactly: over every possible split."""
    from scipy.stats import binom

    shares = {"a": 0.5, "b": 0.5}
    counts = np.arange(people + 1)
    alarm = np.array([sample_ratio({"a": int(n), "b": people - int(n)}, shares).mismatch for n in counts])
    rung = [float(binom.pmf(counts, people, share) @ alarm) for share in (0.5, 0.52)]
    return (
        Claim("split by lot, 20,000 people: alarms (exact)", rung[0], 0.0, 0.001, len(counts)),
        Claim("split 52 to 48, 20,000 people: alarms (exact)", rung[1], 0.99, 1.0, len(counts)),
    )


def assigned(simulations: int, *, people: int = 20_000) -> Claim:
    """Splits as `experiment assign` makes them, with one salt each: how often the alarm rings."""
    from segmentary.measurement.experiment.assignment import cuts
    from segmentary.measurement.experiment.plan import Arm

    arms = [Arm("a", 0.5), Arm("b", 0.5)]
    rung = 0
    for number in range(simulations):
        first = cuts(f"salt {number}", "all", people, arms)[0]
        rung += sample_ratio({"a": first, "b": people - first}, {"a": 0.5, "b": 0.5}).mismatch
    return Claim("split by `experiment assign`: alarms", rung / simulations, 0.0, 0.001, simulations)


def adjusting(simulations: int, *, people: int = 1_000, seed: int = 5) -> tuple[Claim, Claim]:
    """A known difference, adjusted for the past: its mean error in standard errors of the simulation; its coverage."""
    chance = np.random.default_rng(seed)
    true, errors, covered = 2.0, [], 0
    for _ in range(simulations):
        sides = []
        for shift in (true, 0.0):
            past = chance.gamma(2, 10, people)
            sides.append(Sums.of(0.7 * past + chance.normal(0, 8, people) + shift, past))
        made = cuped(*sides)
        if made is not None:
            errors.append(made.effect.estimate - true)
            covered += made.effect.low <= true <= made.effect.high
    bias = float(np.mean(errors) / (np.std(errors) / math.sqrt(len(errors))))
    return (
        Claim("CUPED: mean error, in standard errors of it", bias, -1.0, 1.0, simulations),
        Claim("CUPED: intervals that hold the truth", covered / len(errors), 0.94, 0.96, simulations),
    )


def shrinking(simulations: int, *, segments: int = 8, seed: int = 6) -> tuple[Claim, Claim]:
    """Segments that differ: shrunken differences hold the truth, and are nearer to it than the raw ones."""
    chance = np.random.default_rng(seed)
    covered, near, far = 0, 0.0, 0.0
    for _ in range(simulations):
        truth = chance.normal(0.02, 0.01, segments)
        made = []
        for one in truth:
            yes = [(chance.random(800) < rate).astype(float) for rate in (0.1 + max(-0.1, one), 0.1)]
            made.append(effect(Sums.of(yes[0]), Sums.of(yes[1]), "share"))
        kept = [one for one in made if one is not None]
        for t, raw, one in zip(truth, kept, shrunken(kept), strict=True):
            covered += one.low <= t <= one.high
            near += (one.estimate - t) ** 2
            far += (raw.estimate - t) ** 2
    total = simulations * segments
    return (
        Claim("shrunken segments: intervals that hold the truth", covered / total, 0.93, 1.0, simulations),
        Claim("shrunken segments: squared error beside raw", near / far, 0.0, 0.9, simulations),
    )


PARTS: tuple[Callable[[int], Claim | tuple[Claim, ...]], ...] = (
    fixed, looking, many_segments, splits, assigned, adjusting, shrinking,
)  # fmt: skip


def main(simulations: int) -> int:
    """Print every claim, and keep them; return 1 where one is not kept."""
    bad, kept = 0, []
    print(f"{'claim':<58} {'measured':>9} {'bar':>18} {'simulations':>12}")
    for part in PARTS:
        made = part(simulations)
        for one in made if isinstance(made, tuple) else (made,):
            bad += not one.kept
            kept.append({**asdict(one), "measured": round(one.measured, 6), "kept": bool(one.kept)})
            mark = "" if one.kept else "  <- not kept"
            bar = f"{one.low:.4g} to {one.high:.4g}"
            print(f"{one.what:<58} {one.measured:>9.4f} {bar:>18} {one.simulations:>12,}{mark}", flush=True)
    RESULTS.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=2_000)
    sys.exit(main(parser.parse_args().simulations))
