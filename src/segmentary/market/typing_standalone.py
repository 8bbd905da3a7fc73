"""Places people in segments by their answers. Needs nothing but Python (3.9 or newer).

``place(answers)`` takes what is known of one person: column name -> answer. An answer is the text of a level ("agree"),
or of numbers a number; truth values stand for yes and no; None, or no entry, is "not known". It returns the segment,
how sure that is (0 to 1), and the probability of every segment; segment None where too little is known.
"""

from __future__ import annotations

import math
from typing import Any

MODEL: dict[str, Any] = {}
TIE = 1e-9


def place(answers: dict[str, Any], model: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return {"segment", "confidence", "probabilities"} of one person."""
    model = MODEL if model is None else model
    codes = [code_of(column, answers.get(column["name"])) for column in model["columns"]]
    labels = model["labels"]
    if sum(code is not None for code in codes) < model["least_known"]:
        return {"segment": None, "confidence": None, "probabilities": dict.fromkeys(labels)}
    row = codes if model["features"] is None else features(codes, model)
    scores = [score(row, model, segment) for segment in range(len(labels))]
    top = max(scores)
    chosen = next(segment for segment, one in enumerate(scores) if one >= top - TIE)
    odds = [math.exp(max(one - top, -700.0)) for one in scores]
    chances = [one / sum(odds) for one in odds]
    return {
        "segment": labels[chosen],
        "confidence": chances[chosen],
        "probabilities": dict(zip(labels, chances)),  # noqa: B905 -- older Pythons have no strict
    }


def code_of(column: dict[str, Any], answer: Any) -> float | None:
    """Return an answer as a number, None where it is not known or none of the levels."""
    if answer is None or (isinstance(answer, float) and not math.isfinite(answer)):
        return None
    levels = column["levels"]
    if not levels:
        return None if isinstance(answer, str) else float(answer)
    if isinstance(answer, bool):
        return float(answer) if len(levels) == 2 else None
    if isinstance(answer, str):
        return float(levels.index(answer)) if answer in levels else None
    for code, level in enumerate(levels):
        try:
            if float(level) == float(answer):
                return float(code)
        except ValueError:
            continue
    return None


def features(codes: list[float | None], model: dict[str, Any]) -> list[float | None]:
    """Return the coordinates of a person."""
    together = [codes[at] for at in model["row_centred"]]
    known = [code for code in together if code is not None]
    middle = sum(known) / max(len(known), 1)
    own = [code - middle if code is not None and at in model["row_centred"] else code for at, code in enumerate(codes)]
    found: list[float | None] = []
    for feature in model["features"]:
        x = own[feature["column"]]
        if x is None:
            found.append(feature["fill"])
            continue
        if feature["level"] is not None:
            x = 1.0 if x == feature["level"] else 0.0
        found.append((curved(x, feature) - feature["centre"]) / feature["scale"])
    return found


def curved(x: float, feature: dict[str, Any]) -> float:
    """Return a number after its transform."""
    way, power = feature["way"], feature["power"]
    if way == "log":
        return math.copysign(math.log1p(abs(x)), x)
    if way == "yeo_johnson":
        size, by = abs(x), power if x >= 0 else 2 - power
        grown = math.log1p(size) if by == 0 else ((1 + size) ** by - 1) / by
        return grown if x >= 0 else -grown
    if way == "rank":
        return between(x, feature["values"], feature["shares"])
    return x


def between(x: float, values: list[float], shares: list[float]) -> float:
    """Return the share at x, linear between the values."""
    if x <= values[0]:
        return shares[0]
    for at in range(1, len(values)):
        if x <= values[at]:
            slope = (shares[at] - shares[at - 1]) / (values[at] - values[at - 1])
            return shares[at - 1] + slope * (x - values[at - 1])
    return shares[-1]


def score(row: list[float | None], model: dict[str, Any], segment: int) -> float:
    """Return one segment's score: a sum over what is known."""
    found = model["constant"][segment]
    for at, x in enumerate(row):
        z = 0.0 if x is None else x
        found += model["linear"][segment][at] * z + model["quadratic"][segment][at] * z * z
        if model["cross"] is not None:
            found += z * sum(c * (0.0 if y is None else y) for c, y in zip(model["cross"][segment][at], row))  # noqa: B905
        if x is None:
            continue
        parts = model["terms"][at]
        if "lookups" in parts and 0 <= x < len(parts["lookups"][segment]):
            found += parts["lookups"][segment][int(x)]
        if "counts" in parts:
            found += parts["counts"][0][segment] + parts["counts"][1][segment] * x
        if "numbers" in parts:
            c, b, a = (one[segment] for one in parts["numbers"])
            found += c + b * x + a * x * x
    return float(found)
