"""What the pages of segments show: figures already counted, sentences already written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.errors import SegmentaryError, UsageError
from segmentary.interfaces.web.drawing import sparkline
from segmentary.workspace.segment_lines import SegmentLine

if TYPE_CHECKING:
    from segmentary.models.intervals import Interval
    from segmentary.report.figures import Comparison
    from segmentary.segments.explain import Reason
    from segmentary.segments.waterfall import Fall
    from segmentary.workspace.segment_profile import SegmentProfile
    from segmentary.workspace.used_by import Use
    from segmentary.workspace.workspace import Workspace

Word = Callable[[str], str]
TONES = {"fresh": "good", "stale": "caution", "running": "mixed", "never": "plain"}
KIND_WORDS = {"rules": "Rules", "discovered": "Discovered", "scored": "Scored", "list": "List"}
BASE_WORDS = {
    "demographic": "Demographic",
    "geographic": "Geographic",
    "psychographic": "Psychographic",
    "behavioural": "Behavioural",
    "needs": "Needs",
    "value": "Value",
    "firmographic": "Firmographic",
    "technographic": "Technographic",
    "loyalty": "Loyalty",
    "other": "Other",
}
STATE_WORDS = {"fresh": "Up to date", "stale": "Outdated", "running": "Being computed", "never": "Not computed yet"}
ADDRESSES = {
    "segment": "/segments/{}",
    "campaign": "/campaigns/{}",
    "journey": "/journeys/{}",
    "message": "/messages/{}",
    "experiment": "/experiments/{}",
    "bot": "/chat/{}",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    line: SegmentLine
    points: str
    tone: str
    state: str
    kind: str
    base: str
    width: float


def rows_of(lines: list[SegmentLine], word: Word) -> list[Row]:
    """Return the lines of the list with their pictures."""
    largest = max((one.share or 0 for one in lines), default=0) or 1
    return [
        Row(
            one,
            sparkline(one.series),
            TONES[one.state],
            word(STATE_WORDS[one.state]),
            word(KIND_WORDS[one.kind]),
            base_word(one.base, word),
            (one.share or 0) / largest,
        )
        for one in lines
    ]


def base_word(base: str, word: Word) -> str:
    """Return the word for a base."""
    return word(BASE_WORDS.get(base, base.replace("_", " ").capitalize()))


def ordered(lines: list[SegmentLine], by: str) -> list[SegmentLine]:
    """Return lines by size, change or name."""
    match by:
        case "name":
            return sorted(lines, key=lambda one: one.title.casefold())
        case "change":
            return sorted(lines, key=lambda one: (-abs(one.change or 0), one.name))
        case _:
            return sorted(lines, key=lambda one: (one.people is None, -(one.people or 0), one.name))


@dataclass(frozen=True, slots=True)
class Fell:
    """One line of the waterfall. depth : how far inside groups; width, before : shares of everybody."""

    condition: str
    depth: int
    remaining: int
    removed: int
    alone: int
    without: int
    width: float
    group: str


def fallen(steps: tuple[Fall, ...], universe: int, depth: int = 0) -> Iterator[Fell]:
    """Yield the lines of a waterfall, parts of a group further in."""
    for one in steps:
        yield Fell(
            one.condition, min(depth, 4), one.remaining, one.removed, one.alone, one.without,
            one.remaining / universe if universe else 0.0, one.group,
        )  # fmt: skip
        yield from fallen(one.parts, universe, depth + 1)


@dataclass(frozen=True, slots=True)
class Compared:
    """One trait of members beside everybody else, as text."""

    label: str
    members: str
    others: str
    difference: str
    interval: str
    effect: float
    marker: bool
    defining: bool
    n_members: int
    n_others: int
    more: bool


def compared(comparisons: tuple[Comparison, ...], currency: str, language: str) -> list[Compared]:
    """Return comparisons as text, with units, as people of a language write them."""
    found = []
    for one in comparisons:
        said = Said(one, currency, language)
        low, high = said.figure(one.difference.low, points=True), said.figure(one.difference.high, points=True)
        found.append(
            Compared(
                one.label, said.figure(one.members), said.figure(one.others),
                said.figure(one.difference.estimate, points=True), f"{low} – {high}", one.difference.effect, one.marker,
                one.defining, one.n_members, one.n_others, one.difference.estimate > 0,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """How the figures of one comparison are written."""

    one: Comparison
    currency: str
    language: str

    def figure(self, value: float, *, points: bool = False) -> str:
        """Return a value with its unit; points : it is a difference and has a sign."""
        from segmentary.interfaces.web.rendering import environment

        filters = environment(self.language).filters
        sign = "+" if points and value > 0 else ""
        if self.one.kind == "share" or self.one.unit == "share":
            return sign + str(filters["percent"](value))
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        if self.one.unit.startswith("money"):
            return sign + str(filters["money"](round(value, 2), self.currency))
        unit = "" if points else f" {self.one.unit}"
        return f"{sign}{filters['number'](value, digits)}{unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Worth:
    """What members bring: per member and in all, beside everybody else."""

    money: object
    money_share: Interval | None
    average: Interval | None
    others: float | None
    times: float | None
    orders: Comparison | None


def worth(profile: SegmentProfile) -> Worth | None:
    """Return what members bring; nothing where there is no money, or too few people."""
    value = profile.value
    if value is None or value.money is None or value.average is None:
        return None
    one = profile.of_trait("monetary")
    others = one.others if one is not None else None
    times = value.average.estimate / others if others else None
    return Worth(value.money, value.money_share, value.average, others, times, profile.of_trait("order_count"))


def attempt(make: Callable[[], object]) -> tuple[object | None, str]:
    """Return what can be made, or nothing and why not in words."""
    try:
        return make(), ""
    except SegmentaryError as error:
        return None, error.message


@dataclass(frozen=True, slots=True)
class Used:
    """One thing that uses a segment, with its address where it has a page."""

    use: Use
    address: str


def used(found: tuple[Use, ...] | list[Use]) -> list[Used]:
    """Return who uses a segment, with addresses."""
    from urllib.parse import quote

    return [Used(one, ADDRESSES.get(one.kind, "").format(quote(one.name, safe=""))) for one in found]


@dataclass(frozen=True, slots=True)
class Validity:
    """How far a segment that was found can be trusted. tone : of its badge."""

    solution: str
    verdict: str
    tone: str
    sentence: str
    meaning: str
    stability: tuple[int, float] | None
    prediction_strength: tuple[int, float] | None
    people: int


VERDICTS = {"natural": "good", "reproducible": "good", "structure_only": "mixed", "constructive": "mixed"}
VERDICT_WORDS = {
    "natural": "Natural groups",
    "reproducible": "Reproducible",
    "structure_only": "Structure only",
    "constructive": "Made, not found",
    "cannot_say": "Cannot say",
}


def validity(workspace: Workspace, name: str, word: Word) -> Validity | None:
    """Return how far a discovered segment can be trusted; None for segments people wrote."""
    from segmentary.language.walk import models_used, traits_used
    from segmentary.ledger.records import current_records

    where = workspace.segment(name).definition.where
    asked = models_used(where) | {one.partition(".")[0] for one in traits_used(where) if "." in one}
    made = sorted(asked & set(current_records(workspace.ledger, "model")))
    if not made:
        return None
    found = workspace.discoveries.solution(made[0])
    verdict = found.verdict
    return Validity(
        made[0], word(VERDICT_WORDS[verdict.kind]), VERDICTS.get(verdict.kind, "caution"), verdict.sentence,
        verdict.meaning, verdict.stability, verdict.prediction_strength, verdict.n,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """One condition of an explanation, at its depth in the tree."""

    reason: Reason
    parts: tuple[Why, ...]


REASON_WORDS = {
    "event": "something happened",
    "ageing": "time passed",
    "late_data": "late data came",
    "attribute": "an attribute changed",
    "edit": "the definition changed",
    "backfill": "computed for the past",
    "merge": "joined with somebody",
    "erasure": "erased",
}


def reasons(counts: Mapping[str, int], word: Word, number: Callable[[float], str]) -> str:
    """Return counts by reason in words: ``12 something happened, 3 time passed``."""
    return ", ".join(f"{number(many)} {word(REASON_WORDS.get(why, why))}" for why, many in counts.items())


__all__ = [
    "UsageError",
    "Why",
    "attempt",
    "compared",
    "fallen",
    "ordered",
    "reasons",
    "rows_of",
    "used",
    "validity",
    "worth",
]
