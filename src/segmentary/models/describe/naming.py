"""A name and a sentence per segment, by rule: what marks it most, in the columns' own words, nothing invented.

A name is made of the one or two strongest markers ("Price-conscious, rarely eco"); what several segments share counts
less than what sets one apart. Where nothing marks a segment, what it is surely far from everybody in gives the name (in
units of people's spread: of answers that all lie close together none reaches a marker's size); else it is "Close to
average". The same profile gives the same names: no chance, no network.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from segmentary.models.describe.description import ProfileCell
from segmentary.models.intervals import Interval
from segmentary.models.table.columns import Column
from segmentary.models.table.scales import SCALES, plain

YES: frozenset[str] = frozenset({"yes", "true", "1", "y", "t", "ja", "oui", "si", "sí", "sim", "selected", "checked"})
"""Texts of a binary column's second level that say no more than that its title holds."""
MOST_LETTERS, MOST_OF_LABEL, MOST_OF_KEY = 60, 32, 40
NEARLY_ALL, LEAST_FOR_ALL = 0.75, 4
MOST_BARE_WORDS = 4
NOTABLE = 0.8
"""Standard deviations from everybody's mean that are far where nothing marks a segment: large by Cohen (1988)."""
LEADING = 0.5
"""A name begins with what a segment is rather than with what it is not, where that is at least half as strong."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a cell says of its segment, in words.

    strength : how much it sets the segment apart, less the more segments share it.
    """

    text: str
    column: str
    cell: ProfileCell
    strength: float

    @property
    def more(self) -> bool:
        """Whether the segment is above everybody."""
        return self.cell.value.estimate >= self.cell.total


def phrase(cell: ProfileCell, column: Column) -> str:
    """Return in words how a segment differs from everybody in one column."""
    more = cell.value.estimate >= cell.total
    share = cell.value.estimate
    if column.kind == "nominal" and cell.level is not None:
        what = level_words(column, cell.level)
        if more:
            return at_most(what, share)
        return f"less often {what}" if share >= 0.5 else f"rarely {what}"
    if column.kind == "binary":
        if says_itself(column):
            what, share = (column.levels[1], share) if more else (column.levels[0], 1 - share)
            return at_most(level_words(column, what), share)
        what = shortened(column.label)
        if more:
            return what if share >= 0.5 else f"more often {what}"
        return f"less often {what}" if share >= 0.5 else f"rarely {what}"
    return f"{'high' if more else 'low'} {on(column.label)}"


def at_most(what: str, share: float) -> str:
    return what if share >= 0.75 else f"mostly {what}" if share >= 0.5 else f"more often {what}"


def on(label: str) -> str:
    """Return a label as what somebody is high or low on; whole questions in quotation marks."""
    text = shortened(label)
    return f"on “{text}”" if "?" in label or len(text.split()) > MOST_BARE_WORDS else text


def says_itself(column: Column) -> bool:
    """Say whether a binary column's levels are words of their own (female, male), not yes and no or numbers."""
    yes = column.levels[1].strip()
    return yes.casefold() not in YES and not is_plain(yes)


def level_words(column: Column, level: str) -> str:
    """Return a level so that it can be understood alone: a word of a scale, or a number, with its column."""
    text = shortened(level)
    if is_plain(text):
        return f"{shortened(column.label)} {text}"
    spelled = plain(level)
    return f"{text} {shortened(column.label)}" if any(spelled in scale for scale in SCALES) else text


def is_plain(text: str) -> bool:
    """Say whether a level's text is only a sign (a number), not a word."""
    return re.fullmatch(r"[\W\d_]*", text) is not None


def shortened(text: str, most: int = MOST_OF_LABEL) -> str:
    """Return a text on one line, cut at a word."""
    text = " ".join(readable(text).split())
    if len(text) <= most:
        return text or "unnamed"
    cut = text[: most - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > most // 2 else cut).rstrip(" ,;:.-") + "…"


def readable(text: str) -> str:
    """Return a text without control and formatting characters."""
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co") else sign for sign in text)


def phrases(cells: Sequence[ProfileCell], columns: Sequence[Column], k: int) -> list[list[Phrase]]:
    """Return per segment its markers in words, strongest first; what others share too comes later.

    Of a segment without markers, what it is surely far from everybody in (`NOTABLE`).
    """
    by_name = {column.name: column for column in columns}
    found: list[list[Phrase]] = [[] for _ in range(k)]
    marked = {cell.segment for cell in cells if cell.marker}
    people: Counter[str] = Counter()
    for cell in cells:
        people[cell.column] += cell.value.n
    for cell in cells:
        notable = cell.segment not in marked and cell.p < 0.05 and standing(cell, people[cell.column]) >= NOTABLE
        if cell.marker or notable:
            column = by_name[cell.column]
            found[cell.segment].append(Phrase(phrase(cell, column), cell.column, cell, abs(cell.effect)))
    shared = Counter(one.text for own in found for one in own)
    # Ties in the order of the columns: sorting is stable.
    return [
        sorted((replace(one, strength=one.strength / shared[one.text] ** 0.5) for one in own), key=weakness)
        for own in found
    ]


def weakness(one: Phrase) -> float:
    return -one.strength


def names(cells: Sequence[ProfileCell], columns: Sequence[Column], k: int) -> tuple[str, ...]:
    """Return k names, each unique."""
    found = phrases(cells, columns, k)
    taken: dict[str, int] = {}
    order = sorted(range(k), key=lambda place: -sum(one.strength for one in found[place][:2]))
    given: dict[int, str] = {}
    for place in order:
        for candidate in candidates(found[place], cells, columns, place):
            if candidate.casefold() not in taken:
                break
        else:
            candidate = numbered(candidate, taken)
        taken[candidate.casefold()] = place
        given[place] = candidate
    return tuple(given[place] for place in range(k))


def candidates(
    found: Sequence[Phrase], cells: Sequence[ProfileCell], columns: Sequence[Column], place: int
) -> list[str]:
    """Return names for one segment, the best first."""
    distinct = one_per_column(found)
    overall = everything(distinct, columns)
    if overall:
        best = [overall, *(f"{overall}, {one.text}" for one in distinct[:3])]
    elif distinct:
        first = positive_first(distinct)
        best = [joined(first[:count]) for count in range(min(2, len(first)), min(5, len(first)) + 1)]
        best += [joined([first[0], one]) for one in first[2:]]
    elif not any(one.segment == place for one in cells):
        best = ["nothing known"]
    else:
        by_name = {column.name: column for column in columns}
        own = sorted((one for one in cells if one.segment == place and one.p < 0.05), key=lambda one: -abs(one.effect))
        best = ["close to average"] + [f"close to average, slightly {slight(one, by_name[one.column])}" for one in own]
    return [capital(name) for name in best]


def standing(cell: ProfileCell, people: int) -> float:
    """Return how many of everybody's standard deviations a segment's mean is from everybody's; of shares 0."""
    if cell.kind in ("binary", "nominal"):
        return 0.0
    own = (cell.value.n) / people if people else 1.0
    # The effect is against the others, in units of the spread within: of everybody's it is a part.
    return float(abs(cell.effect) * (1 - own) / (1 + own * (1 - own) * cell.effect**2) ** 0.5)


def positive_first(found: Sequence[Phrase]) -> list[Phrase]:
    """Return markers for a name: led by the strongest that says what a segment is, if it is nearly as strong as any."""
    left = list(found)
    strengths = [one.strength * (0.5 if is_double_negation(one) else 1.0) for one in left]
    order = sorted(range(len(left)), key=lambda place: -strengths[place])
    best = strengths[order[0]]
    lead = next((place for place in order if left[place].more and strengths[place] >= LEADING * best), order[0])
    return [left[lead], *(left[place] for place in order if place != lead)]


def is_double_negation(one: Phrase) -> bool:
    """Say whether a marker denies what is itself a denial: "rarely not ..."."""
    return not one.more and re.match(r"(not|no|never|don'?t|non|without)\b", one.cell.column.casefold()) is not None


def slight(cell: ProfileCell, column: Column) -> str:
    more = "more" if cell.value.estimate >= cell.total else "less"
    return f"{more} {shortened(cell.level if cell.level is not None else column.label)}"


def everything(found: Sequence[Phrase], columns: Sequence[Column]) -> str:
    """Return what to call a segment that is high, or low, on nearly every item: answering style, not a wish."""
    items = [column for column in columns if column.kind in ("binary", "ordinal")]
    own = [one for one in found if one.cell.kind in ("binary", "ordinal")]
    if len(items) < LEAST_FOR_ALL or len(items) < len(columns):
        return ""
    high = sum(one.cell.effect > 0 for one in own) / len(items)
    low = sum(one.cell.effect < 0 for one in own) / len(items)
    if high >= NEARLY_ALL:
        return "high on nearly everything"
    return "low on nearly everything" if low >= NEARLY_ALL else ""


def one_per_column(found: Sequence[Phrase]) -> list[Phrase]:
    seen: set[str] = set()
    return [one for one in found if not (one.column in seen or seen.add(one.column))]  # type: ignore[func-returns-value]


def joined(found: Sequence[Phrase]) -> str:
    text = found[0].text
    for one in found[1:]:
        if len(text) + 2 + len(one.text) > MOST_LETTERS and text != found[0].text:
            break
        text = f"{text}, {one.text}"
    return text


def numbered(name: str, taken: dict[str, int]) -> str:
    number = 2
    while f"{name} {number}".casefold() in taken:
        number += 1
    return f"{name} {number}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def keys(given: Sequence[str]) -> tuple[str, ...]:
    """Return for each name a key of ASCII letters, digits and underscores, unique, beginning with a letter."""
    found: list[str] = []
    for place, name in enumerate(given):
        folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "_", folded.lower()).strip("_")
        if len(slug) > MOST_OF_KEY:
            cut = slug[:MOST_OF_KEY]
            slug = cut[: cut.rfind("_")] if "_" in cut[10:] else cut
        if not slug or not slug[0].isalpha():
            slug = f"segment_{slug}" if slug else f"segment_{place + 1}"
        candidate, number = slug, 2
        while candidate in found:
            candidate, number = f"{slug}_{number}", number + 1
        found.append(candidate)
    return tuple(found)


def sentence(found: Sequence[Phrase], columns: Sequence[Column], size: Interval, value_share: Interval | None) -> str:
    """Return one sentence: how large, worth how much, and what marks it, with figures."""
    by_name = {column.name: column for column in columns}
    worth = "" if value_share is None else f", {percent(value_share.estimate)} of the value"
    opening = f"{percent(size.estimate)} of people{worth}"
    told = [marked(one, by_name[one.column]) for one in one_per_column(found)[:3]]
    if size.estimate == 0:
        return "Nobody is in it."
    if not told:
        return f"{opening}: in no column far from everybody."
    return f"{opening}: {'; '.join(told)}."


def marked(one: Phrase, column: Column) -> str:
    """Return a marker with its figure and everybody's."""
    cell = one.cell
    if column.kind in ("nominal", "binary"):
        what = shortened(column.label)
        if cell.level is not None:
            what = f"{what} {shortened(cell.level)!r}"
        elif says_itself(column):
            what = f"{what} {shortened(column.levels[1])!r}"
        return f"{what} {percent(cell.value.estimate)} against {percent(cell.total)} of everybody"
    unit = f" {readable(column.unit)}" if column.unit else ""
    return f"{one.text} ({number(cell.value.estimate)}{unit} against {number(cell.total)}{unit} on average)"


def percent(share: float) -> str:
    """Return a share as people read it: 61 %, 4.2 %, 0.3 %."""
    points = 100 * share
    return f"{points:.0f} %" if abs(points) >= 9.95 or points == 0 else f"{points:.1f} %"


def number(value: float) -> str:
    """Return a number with three digits that count, thousands marked from ten thousand on (years stay years)."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}" if size >= 10_000 else f"{value:.0f}"
    return f"{value:.3g}" if size >= 1e-4 else f"{value:.1e}"
