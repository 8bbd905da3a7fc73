"""The verdict in one or two sentences, with the figures it rests on."""

from __future__ import annotations

import math

from segmentary.models.validate.verdict import Kind, Test


def sentence(
    kind: Kind,
    tests: tuple[Test, ...],
    strength: tuple[int, float] | None,
    agreement: tuple[int, float] | None,
    split: tuple[str, ...],
    columns: int,
) -> str:
    """Return what a person reads first."""
    if kind == "cannot_say":
        return "There is too little data to say whether segments exist."
    group, again = grouped(tests, columns), came_back(strength, agreement, split)
    match kind:
        case "natural":
            return f"There are distinct groups: {group}, and {again}."
        case "reproducible":
            return f"A dependable cut, but no distinct groups: {again}, yet {group}."
        case "structure_only":
            return f"The data has a shape, but no dependable segments: {group}, yet {again}."
        case "constructive":
            return f"Segments would be made, not found: {group}, and {again}."


def grouped(tests: tuple[Test, ...], columns: int) -> str:
    """Return what the gate found, without a full stop."""
    from segmentary.models.validate.gate import LEVEL, passes

    spread = tests[0]
    hits = round(spread.p * (spread.references + 1)) - 1
    shown = f"p {shown_p(spread.p)}"
    if passes(spread, columns):
        rest = spread.references - hits
        return (
            f"people group more than in {rest} of {spread.references} simulated data sets of one population ({shown})"
        )
    humps = next((test for test in tests if test.name == "dip" and passes(test, columns)), None)
    if humps is not None:
        named = " and ".join(humps.columns)
        return f"{named} has more than one hump, too deep for one population (dip test, p {shown_p(humps.p)})"
    if spread.p <= LEVEL and spread.excess is not None:
        little = 1 - math.exp(-spread.excess)
        return f"people group hardly more than one population with the same answers would ({little:.1%} less spread)"
    of = f"{hits} of {spread.references} simulated data sets of one group as much, {shown}"
    return f"people group no more than one population with the same answers would ({of})"


def came_back(strength: tuple[int, float] | None, agreement: tuple[int, float] | None, split: tuple[str, ...]) -> str:
    """Return how well the best cut came back, without a full stop."""
    from segmentary.models.validate.reproducibility import AGREEING, STRONG

    if split:
        return f"the cut in two along {' and '.join(split)} comes back in other samples"
    found = []
    if strength is not None:
        found.append((strength[1] / STRONG, strength[0], f"prediction strength {strength[1]:.2f}, {STRONG}"))
    if agreement is not None:
        found.append((agreement[1] / AGREEING, agreement[0], f"agreement {agreement[1]:.2f}, {AGREEING}"))
    if not found:
        return "whether a cut comes back could not be measured"
    reached, k, figure = max(found)
    if reached >= 1:
        return f"the cut into {k} comes back in other samples ({figure} is enough)"
    return f"no cut comes back in other samples (the best, into {k}, has {figure} is needed)"


def shown_p(p: float) -> str:
    """Return a p-value as people write it."""
    return "below .001" if p < 0.001 else f"= {p:.3f}".replace("0.", ".")
