"""What pages of data show, as small objects: bars of an account, columns with choices, previews, customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.interfaces.web.data_words import FRESH, KINDS, QUESTIONS, choices
from segmentary.workspace.source_accounts import SourceAccount

MOST_COLUMNS = 120
BYTES = (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10))
Word = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: `start` and `width` in 0 to 100; ``share`` is exact."""

    key: str
    label: str
    rows: int
    start: float
    width: float
    share: float


def parts_of(read: int, kept: int, known: int, aside: int, refused: int, word: Word) -> list[Part]:
    """Return the account of rows as pieces of one bar; a piece that is there is wide enough to be seen."""
    found = [
        ("kept", word("kept"), kept),
        ("known", word("already known"), known),
        ("aside", word("set aside"), aside),
        ("refused", word("refused"), refused),
    ]
    widths = [0.0 if not rows or not read else max(1.2, 100 * rows / read) for _, _, rows in found]
    scale = 100 / sum(widths) if sum(widths) else 0.0
    out, start = [], 0.0
    for (key, label, rows), width in zip(found, widths, strict=True):
        wide = round(width * scale, 3)
        out.append(Part(key, label, rows, round(start, 3), wide, rows / read if read else 0.0))
        start += wide
    return out


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source in the list."""

    account: SourceAccount
    kind: str
    parts: list[Part]
    tone: str
    fresh: str


def source_view(one: SourceAccount, word: Word) -> SourceView:
    """Return a source as the pages show it."""
    tone, fresh = FRESH[one.freshness]
    kind = word(KINDS[one.kind]).partition(":")[0] if one.kind in KINDS else one.kind  # type: ignore[index]
    parts = parts_of(one.rows_read, one.rows_kept, one.rows_known, one.rows_set_aside, one.rows_refused, word)
    return SourceView(one, kind, parts, tone, word(fresh) if fresh else "")


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of an upload: what it becomes, and what it may become."""

    name: str
    what: str
    canonical: str
    role: str
    evidence: str
    filled: int
    distinct: int
    examples: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What one table of an upload is taken for."""

    source: str
    kind: str
    kind_words: str
    export: str
    facts: str
    sure: str
    tone: str
    questions: list[tuple[str, str, str]]
    reasons: list[str]
    warnings: list[str]
    columns: list[ColumnView]
    more_columns: int
    choices: list[tuple[str, str]]
    head: list[str]
    rows: list[list[str | None]]


def proposal_view(found: Mapping[str, Any], word: Word) -> ProposalView:
    """Return a proposal as the page shows it."""
    facts = found["facts"]
    told = [facts["format"].upper(), facts["encoding"], facts["compressed"]]
    confidence = found["confidence"]
    tone, sure = ("good", word("sure")) if confidence >= 0.75 else ("mixed", word("fairly sure"))
    if found["questions"]:
        tone, sure = "caution", word("a question is open")
    columns = [column_view(one, word) for one in found["columns"]]
    have = {one["canonical"]: 1 for one in found["columns"] if one["role"] == "column"}
    asked = [(*(word(part) for part in QUESTIONS[one["about"]]), one["text"]) for one in found["questions"]]
    rows = [row[:1] + row[1:41] for row in found["preview"]["rows"]]
    return ProposalView(
        source=found["source"],
        kind=found["kind"],
        kind_words=word(KINDS[found["kind"]]),
        export=found["export"].partition("/")[0],
        facts=" · ".join(part for part in told if part),
        sure=sure,
        tone=tone,
        questions=asked,
        reasons=found["reasons"],
        warnings=found["warnings"],
        columns=columns[:MOST_COLUMNS],
        more_columns=max(0, len(columns) - MOST_COLUMNS),
        choices=choices(found["kind"], word, have),
        head=found["preview"]["columns"][:40],
        rows=rows,
    )


def column_view(one: Mapping[str, Any], word: Word) -> ColumnView:
    kept = {"column": one["canonical"], "property": "", "answer": "", "left out": ""}[one["role"]]
    what = {
        "column": "",
        "property": word("kept as a property"),
        "answer": word("an answer"),
        "left out": word("left out"),
    }[one["role"]]
    return ColumnView(
        one["name"], what, kept, one["role"], one["evidence"], one["filled"], one["distinct"],
        ", ".join(example[:40] for example in one["examples"][:3]),
    )  # fmt: skip


def load_views(loads: Sequence[Mapping[str, Any]], word: Word) -> list[dict[str, Any]]:
    """Return what became of every table of an upload."""
    return [
        {
            **one,
            "refused": one["rows_refused"] - one["rows_set_aside"],
            "parts": parts_of(
                one["rows_read"], one["rows_kept"], one["rows_known"], one["rows_set_aside"],
                one["rows_refused"] - one["rows_set_aside"], word,
            ),
            "kind_words": word(KINDS[one["kind"]]).partition(":")[0],
        }
        for one in loads
    ]  # fmt: skip


def bytes_text(size: int) -> str:
    """Return a size as people write it.

    >>> bytes_text(3_228), bytes_text(900)
    ('3.2 kB', '900 B')
    """
    return next((f"{size / unit:.1f} {name}" for name, unit in BYTES if size >= unit), f"{size} B")
