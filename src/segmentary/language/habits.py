"""How it is written elsewhere, and how here: hints for what is typed out of habit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

OTHER_WORDS: Mapping[str, str] = {
    "and": "all",
    "or": "any",
    "none": "not",
    "avg": "mean",
    "average": "mean",
    "ne": "is_not",
    "top": "rank",
    "bottom": "rank",
    "name": "segment",
    "rule": "where",
    "rules": "where",
    "conditions": "where",
    "window": "during",
    "funnel": "sequence",
    "steps": "sequence",
    "near": "within_km",
    "distance": "within_km",
    "people": "related",
    "prediction": "model",
    "session": "sessions",
    **dict.fromkeys(("=", "==", "eq", "equals", "equal", "equal_to"), "is"),
    **dict.fromkeys(("!=", "<>", "neq", "not_equals", "not_equal", "isnt"), "is_not"),
    **dict.fromkeys((">", "greater_than", "greater", "more_than", "above", "over"), "gt"),
    **dict.fromkeys((">=", "=>", "ge", "greater_or_equal", "at_least", "minimum"), "gte"),
    **dict.fromkeys(("<", "less_than", "less", "fewer_than", "below", "under"), "lt"),
    **dict.fromkeys(("<=", "=<", "le", "less_or_equal", "at_most", "maximum"), "lte"),
    **dict.fromkeys(("is_null", "null", "is_missing", "is_empty", "empty", "is_unknown"), "missing"),
    **dict.fromkeys(("is_not_null", "not_null", "is_known", "known", "not_empty", "is_set"), "exists"),
    **dict.fromkeys(("one_of", "any_of", "is_in", "is_any_of"), "in"),
    **dict.fromkeys(("none_of", "is_not_in"), "not_in"),
    **dict.fromkeys(("like", "includes"), "contains"),
    **dict.fromkeys(("regex", "regexp", "rlike"), "matches"),
    **dict.fromkeys(("begins_with", "startswith"), "starts_with"),
    "endswith": "ends_with",
}
"""Words of other systems, and what they are called here."""

CURLY = ("“„‘‚«»", "”“’‘»«")
"""Quotation marks that are none here: those that open, those that close."""
AMOUNT = re.compile(r"[-+]?[€$£]? ?[0-9][0-9 .,'\u00a0\u202f]*(?:%|€|\$|£|EUR|USD|GBP|[kKmM])?")
SPOKEN_DATE = re.compile(r"[0-9]{1,4}[./][0-9]{1,2}[./][0-9]{1,4}")
RELATIVE_DAYS = ("today", "yesterday", "tomorrow", "now")
LENGTH = re.compile(r"[0-9]+ ?(?:d|days?|w|weeks?|mo|months?|h|hours?|min|minutes?|q|y|years?)")


def other_word(key: str, known: Iterable[str]) -> str | None:
    """Return the hint at what a word of another system is called here, where that has a meaning."""
    meant = OTHER_WORDS.get(key.lower())
    return f"the word is {meant!r}" if meant is not None and meant in known else None


def curly(text: str) -> bool:
    """Say whether a text stands in quotation marks that do not quote."""
    return len(text) > 1 and text[0] in CURLY[0] and text[-1] in CURLY[1]


def fixed_value(text: str, takes: str) -> str | None:
    """Return the hint at how a number or day is written that was written as people do."""
    if takes == "number" and AMOUNT.fullmatch(text):
        return "write digits with a decimal point, no other marks and no unit, such as 1000.50"
    if takes == "number":
        return "write digits, such as 18 or 1000.50"
    if SPOKEN_DATE.fullmatch(text):
        return "write year-month-day, such as 2026-03-01"
    if text in RELATIVE_DAYS or LENGTH.fullmatch(text):
        return "relative to now there are within_last: 7d and within_next: 7d"
    return "write a day such as 2026-03-01, or a time such as 2026-03-01T12:00:00Z"


SHAPES: Mapping[str, str] = {
    "a rule": "a rule is for example {trait: country, is: France}",
    "'during'": "a window is for example during: {last: 30d}",
    "a condition": "a condition is for example {trait: country, is: France}",
    "a rank": "a rank is for example {top: 10%, by: {trait: monetary}}",
    "a sample": "a sample is for example {share: 5%, salt: holdout}",
}


def shape(what: str, content: object) -> str | None:
    """Return the hint at keys and values where something else stands."""
    if what == "a rule" and isinstance(content, list | tuple):
        return "say whether all of them must hold or any: all: [...] or any: [...]"
    if what == "'during'" and isinstance(content, str):
        if LENGTH.fullmatch(content):
            return "write during: {last: 30d}"
        return "write during: {last: 30d} or during: {calendar: previous_month}"
    if what == "a value" and isinstance(content, str):
        return f"a trait is written {{trait: {content}}}"
    return SHAPES.get(what)


LACKS: Mapping[str, str] = {
    "of": "say what is measured, for example sum: {of: amount, gt: 100}",
    "by": "say what ranks them, for example by: {trait: monetary}",
    "where": "say who is in, for example where: {trait: country, is: France}",
    "salt": "any word: the same salt gives the same people",
    "share": "for example share: 5%",
}


def lacking(key: str) -> str | None:
    """Return the hint at what belongs under a key that is not there."""
    return LACKS.get(key)


def yaml_mend(problem: str, letter: str) -> str:
    """Return the hint at what to do about text that is no YAML; ``letter`` stands where reading stopped."""
    if letter == "\t":
        return "YAML is indented with blanks: replace the tab by two"
    if "cannot start any token" in problem and letter:
        return f"put the text that begins with {letter} in quotes"
    if "mapping values are not allowed" in problem:
        return 'keys of one level begin in one column; a text with a colon stands in quotes, "a: b"'
    if "quoted scalar" in problem:
        return "a quotation mark is never closed"
    if "flow mapping" in problem or "flow sequence" in problem:
        return "close every { and [, with a comma between the parts"
    if "block mapping" in problem or "block collection" in problem or "block sequence" in problem:
        return "keys of one level, and the - of one list, begin in one column"
    return "look at indents and quotes"


# ---------------------------------------------------------------- the text form

SIGNS: Mapping[str, str] = {
    "=>": "the sign is >=",
    "=<": "the sign is <=",
    "==": "the sign is =",
    "<>": "the sign is !=",
    "≥": "the sign is >=",
    "≤": "the sign is <=",
    "≠": "the sign is !=",
    "&": "the word is `and`",
    "|": "the word is `or`",
    "->": "steps are joined by `then`",
    "→": "steps are joined by `then`",
    "[": 'a list stands in round brackets: ("DE", "FR")',
    "{": "this is the text form, without { }: for example country = DE and age >= 18",
    "@": "a text with signs stands in quotes",
    **dict.fromkeys("€$£", "numbers stand without a unit: amount > 1000"),
    **dict.fromkeys(CURLY[0] + CURLY[1], "curly quotation marks do not quote here: write \" or '"),
}
BEGINNINGS = ("where", "if", "when", "having", "with", "who", "during", "users", "customers", "people")
UNITS = r"(?:minutes?|hours?|days?|weeks?|months?|quarters?|years?)\b"


def text_mend(text: str, start: int, found: str) -> str | None:
    """Return the hint at a frequent mistake in the text form; ``found`` stands at ``start`` and cannot."""
    before, after = text[:start].rstrip(), text[start:]
    for sign, hint in SIGNS.items():
        at = text.find(sign, max(0, start - len(sign) + 1), start + len(sign))
        if 0 <= at <= start:
            return hint
    if re.match(r"[0-9]+ +" + UNITS, after) or (re.match(UNITS, after) and re.search(r"[0-9]$", before)):
        return "a length is one word, a number and a unit: 30min, 12h, 30d, 6w, 3mo, 1q, 2y"
    if re.match(UNITS, after) and re.search(r"\b(last|previous|this)$", before):
        return "a calendar period is one word, such as previous_month; a length such as last 30d ends now"
    if re.search(r"\bbetween +\S+$", before):
        return "the two ends are joined by `and`: age between 18 and 25"
    if re.search(r"[0-9]$", before) and re.match(r"[.,]? ?[0-9]|\.", after):
        return "decimals with a point and no other marks: 1000.50; days as 2026-03-01"
    if found == ",":
        return 'conditions are joined by `and` or `or`; several values stand in brackets: in ("DE", "FR")'
    return text_words(before, found)


WORDS: tuple[tuple[str, str, str], ...] = (
    (r"", "the", "leave out `the`"),
    (r"\b(?:did|did not|events) +[\w.]+$", "last", "a window begins with `in`: did order_completed in last 30d"),
    (r" in$", "last|this|previous", "what has happened begins with `did`: did order_completed in last 30d"),
    (r"\bdid\b", "at least|at most|times", "how often is written events order_completed in last 30d count >= 3"),
    (r" in$", ".*", 'several values stand in brackets: in ("DE", "FR")'),
    (r"\bfor$", ".*", "how long is written for at least 10d, or for less than 10d"),
    (r"\bsample +\S+%$", ".*", "a sample names its salt: sample 5% salt holdout"),
    (r"", "than|more|less|greater|equal", "compare with a sign: age > 18"),
    (r"", "and|or", "a condition is missing before this word"),
    (r"\bconsent +\S+$", ".*", "that it was given needs no word: consent marketing; else consent marketing denied"),
    (r"\bwithin +\S+ ?km +of$", ".*", "places of a list are written within 25km of places stores"),
    (r"[=<>!]$", "[=<>!]+", "a sign has no blank inside: >=, <=, !="),
    (
        r"^\s*(?:events|count)\b",
        "[=<>!]+",
        "for example events order_completed count >= 3, or events order_completed sum of amount > 100",
    ),
    (r"", "[=<>!]+", 'before a sign stands one trait, in quotes if its name has blanks: trait "zip code" = 1'),
)
"""What stands before (a pattern), which words follow, and what is said instead."""


def text_words(before: str, found: str) -> str | None:
    """Return the hint at words that are not said here."""
    word = found.lower()
    if not before and word in BEGINNINGS:
        return f"leave out `{found}`: a rule begins with its first condition, for example age >= 18"
    for around, words, hint in WORDS:
        if re.fullmatch(words, word, re.DOTALL) and re.search(around, before):
            return hint
    return None


def unfinished(text: str) -> str | None:
    """Return the hint at a text that ends before its last condition does."""
    if text.count("(") > text.count(")"):
        return "a bracket is never closed"
    if re.search(r"\b(and|or|not)$", text.rstrip()):
        return "a condition is missing at the end"
    if re.search(r"(=|>|<)$", text.rstrip()):
        return "what to compare with is missing at the end"
    if re.search(r"\b(and|or) +[^\s()]+$", text.rstrip()):
        return 'each condition is written out: country = DE or country = FR, or country in ("DE", "FR")'
    if re.fullmatch(r"\s*(?:not +)?[\w.]+\s*", text) and not re.search(r"\b(segment|list|not)\s*$", text):
        return "say what must hold of it: age >= 18, active = true, did order_completed, segment vip"
    return None
