"""What an experiment is judged by: events after assignment, or a trait; written in one line.

====================================================  ===========================================================
written                                               what it is of a person
====================================================  ===========================================================
``buys = any order_completed in 28d``                 whether it happened within 28 days of assignment
``orders = count order_completed in 28d``             how often
``spend = sum order_completed.amount in 28d``         its money (``.quantity``: its pieces)
``visits = trait visit``                              a number or yes/no the workspace knows (any computed trait too)
``basket = sum order_completed.amount / count order_completed in 28d``  a ratio of sums: money per order
====================================================  ===========================================================

Behind it may stand ``before 91d`` (how long before assignment the same is looked at, for CUPED; of a trait ``before
NAME``), ``lower`` (less is better) and, for guardrails, ``margin 2%`` (how much worse is still acceptable).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from segmentary.errors import UsageError
from segmentary.measurement.experiment.effects import Kind

Take = Literal["any", "count", "sum", "trait"]
TAKES: tuple[Take, ...] = ("any", "count", "sum", "trait")
Role = Literal["primary", "secondary", "guardrail"]
NAME = re.compile(r"[a-z][a-z0-9_]*")
TAKEN = re.compile(r"(any|count|sum|trait)\s+([A-Za-z][\w.]*)|([a-z]\w*)")
TAIL = re.compile(r"\s+(?:in\s+(\d+)d|before\s+(?:(\d+)d|([a-z][\w.]*))|(lower)|margin\s+([\d.]+)\s*%)\s*$")
OF = ("amount", "quantity")
EXAMPLE = "write it like 'spend = sum order_completed.amount in 28d'"
DAYS = 28


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of a person. name : of the event or trait; of : what is summed of an event."""

    take: Take
    name: str
    of: str = ""

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{self.take} {self.name}" + (f".{self.of}" if self.of else "")


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    top, per : what is taken; per is the denominator of a ratio. days : window after assignment (events). before_days,
    before_trait : what the same was before. margin : of a guardrail, the share by which it may be worse.
    """

    name: str
    role: Role
    top: Taken
    per: Taken | None = None
    days: int = DAYS
    before_days: int = 91
    before_trait: str = ""
    better: Literal["higher", "lower"] = "higher"
    margin: float = 0.02

    @property
    def timed(self) -> bool:
        """Whether it has a window after assignment."""
        return any(one is not None and one.take != "trait" for one in (self.top, self.per))

    @property
    def text(self) -> str:
        """As it is written."""
        parts = [self.top.text, *(["/ " + self.per.text] if self.per else [])]
        parts += [f"in {self.days}d"] if self.timed else []
        parts += [f"before {self.before_days}d"] if self.timed and self.before_days != 91 else []
        parts += [f"before {self.before_trait}"] if self.before_trait else []
        parts += ["lower"] if self.better == "lower" else []
        parts += [f"margin {self.margin * 100:g}%"] if self.role == "guardrail" else []
        return f"{self.name} = {' '.join(parts)}"

    def kind(self, *, share: bool) -> Kind:
        """Return how its difference is computed. share : every value is 0 or 1, which a count may be by chance."""
        if self.per is not None:
            return "ratio"
        return "share" if share and self.top.take in ("any", "trait") else "mean"

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Metric:
        """Return the metric a document describes."""
        per = document.get("per")
        return cls(**{**document, "top": Taken(**document["top"]), "per": Taken(**per) if per else None})


def parse_metric(text: str, role: Role = "primary") -> Metric:
    """Return the metric somebody wrote.

    Raises
    ------
    UsageError
        when it cannot be read.
    """
    named, equals, rest = text.partition("=")
    body, given = tail(f" {rest if equals else text}")
    top_text, slash, per_text = body.partition("/")
    top, per = taken(top_text, text), taken(per_text, text) if slash else None
    name = named.strip() if equals else re.sub(r"\W", "_", top.name).lower()
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a metric", hint="small letters, digits, underscores; a letter first")
    found = Metric(name, role, top, per, **given)
    if found.days < 1 or found.before_days < 1:
        raise UsageError(f"a window of no days in {text!r}", hint=EXAMPLE)
    if found.timed and found.before_trait:
        raise UsageError(f"before {found.before_trait!r} is no span in {text!r}", hint="of events: before 91d")
    if "margin" in given and role != "guardrail":
        raise UsageError(f"a margin belongs to a guardrail, not to {text!r}", hint="--guardrail 'METRIC margin 2%'")
    return found


def tail(text: str) -> tuple[str, dict[str, Any]]:
    """Return what stands before the options at the end, and the options."""
    given: dict[str, Any] = {}
    while (found := TAIL.search(text)) is not None:
        days, before, trait, lower, margin = found.groups()
        given |= {"days": int(days)} if days else {}
        given |= {"before_days": int(before)} if before else {}
        given |= {"before_trait": trait} if trait else {}
        given |= {"better": "lower"} if lower else {}
        given |= {"margin": float(margin) / 100} if margin else {}
        text = text[: found.start()]
    return text.strip(), given


def taken(text: str, whole: str) -> Taken:
    found = TAKEN.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"cannot read the metric {whole!r}", hint=EXAMPLE)
    written, name, alone = found.groups()
    if alone:
        return Taken("any", alone)
    for take in TAKES:
        if written == take != "sum":
            return Taken(take, name)
    event, _, of = name.rpartition(".")
    if not event or of not in OF:
        raise UsageError(f"cannot sum {name!r}", hint="an event and its amount or quantity: sum order_completed.amount")
    return Taken("sum", event, of)
