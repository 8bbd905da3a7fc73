"""A codebook: what people write down of how texts are to be coded, and its exact application.

A code has words (``deliver*`` for every ending), phrases, patterns (RE2: no pattern can hang), what rules it out
(``unless``), and examples of texts it is for and not for. Examples are checked when a codebook is read, and a model can
be trained from them instead (`learned`).

References: MacQueen, McLellan, Kay & Milstein (1998), Codebook development for team-based qualitative analysis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal, cast, get_args

from segmentary.errors import DataError, DefinitionError, NoAnswerError, UnknownNameError
from segmentary.models.table.findings import Finding
from segmentary.models.voice.words import Word, plain, words_of

CodeKind = Literal["need", "pain", "topic", "intent"]
KINDS: Mapping[str, CodeKind] = {"needs": "need", "pains": "pain", "topics": "topic", "intents": "intent"}
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
FIELDS = ("code", "title", "words", "phrases", "patterns", "unless", "examples", "not_examples")
LONGEST_PATTERN = 500
MEMORY = 8 << 20
"""Bytes a pattern may take: RE2 takes time by the length of the text, memory by the length of the pattern."""
MOST_CODES = 500
ENOUGH = 5
"""Examples a code can be learnt from."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code. words, phrases : as people write them, ``*`` for any ending; unless : what rules the code out."""

    code: str
    kind: CodeKind
    title: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    not_examples: tuple[str, ...] = ()

    @property
    def ruled(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.words or self.phrases or self.patterns)

    @property
    def name(self) -> str:
        """What people read."""
        return self.title or self.code.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Hit:
    """A code found in a text. said : the words that carry it, as they stand there; start, end : where."""

    code: str
    kind: CodeKind
    said: str
    start: int
    end: int


@dataclass(frozen=True)
class Codebook:
    """All codes of a codebook, applied exactly as written."""

    name: str
    codes: tuple[Code, ...]
    title: str = ""
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    def hits(self, text: str) -> list[Hit]:
        """Return the codes of a text, each once with the first words that carry it, in the order of the text."""
        shown = plain(text)
        told = words_of(shown)
        out = {code for code, _, _ in self.ruled_out.places(told, shown)}
        found: dict[str, Hit] = {}
        for code, start, end in self.wanted.places(told, shown):
            if code not in out and (code not in found or start < found[code].start):
                found[code] = Hit(code, self.kinds[code], text[start:end], start, end)
        return sorted(found.values(), key=lambda one: (one.start, one.code))

    @cached_property
    def kinds(self) -> dict[str, CodeKind]:
        """The kind of each code."""
        return {one.code: one.kind for one in self.codes}

    @cached_property
    def wanted(self) -> Finder:
        """What finds the codes."""
        return Finder((one.code, (*one.words, *one.phrases), one.patterns) for one in self.codes)

    @cached_property
    def ruled_out(self) -> Finder:
        """What finds what rules codes out."""
        return Finder((one.code, one.unless, ()) for one in self.codes)

    def of(self, code: str) -> Code:
        """Return a code.

        Raises
        ------
        UnknownNameError
            when there is none of the name.
        """
        for one in self.codes:
            if one.code == code:
                return one
        raise UnknownNameError("code", code, self.kinds)

    @cached_property
    def taught(self) -> tuple[CodeKind, ...]:
        """The kinds with a code that has examples only, enough of them, and another to tell it from."""
        found = []
        for kind in KINDS.values():
            enough = [one for one in self.codes if one.kind == kind and len(set(one.examples)) >= ENOUGH]
            if len(enough) > 1 and any(not one.ruled for one in enough):
                found.append(kind)
        return tuple(found)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values, as people write it."""
        told: dict[str, Any] = {"codebook": self.name} | ({"title": self.title} if self.title else {})
        for section, kind in KINDS.items():
            codes = [
                {
                    name: list(value) if isinstance(value, tuple) else value
                    for name, value in asdict(one).items()
                    if value
                }
                for one in self.codes
                if one.kind == kind
            ]
            if codes:
                told[section] = [{k: v for k, v in code.items() if k != "kind"} for code in codes]
        return told

    def learned(self, kind: CodeKind, *, seed: int = 0) -> Any:
        """Return a model trained on the examples of the codes of one kind.

        Raises
        ------
        NoAnswerError
            when there are fewer than five examples of two codes.
        """
        from segmentary.models.voice.intents import IntentModel

        told = [(text, one.code) for one in self.codes if one.kind == kind for text in one.examples]
        enough = {code for code in self.kinds if sum(own == code for _, own in told) >= ENOUGH}
        if len(enough) < 2:
            raise NoAnswerError(
                f"{self.name} has no two codes of kind {kind} with five examples each",
                hint="add examples, or use rules",
            )
        told = [one for one in told if one[1] in enough]
        return IntentModel.fit([text for text, _ in told], [code for _, code in told], seed)


class Finder:
    """Finds words, phrases and patterns of many codes in one pass over the words."""

    def __init__(self, wanted: Iterator[tuple[str, Sequence[str], Sequence[str]]]) -> None:
        self.exact: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.open: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.patterns: list[tuple[Any, str]] = []
        for code, texts, patterns in wanted:
            for text in texts:
                parts = parts_of(text)
                place = self.open if parts[0].endswith("*") else self.exact
                place.setdefault(parts[0].rstrip("*"), []).append((parts, code))
            self.patterns += [(compiled(one), code) for one in patterns]
        self.lengths = sorted({len(one) for one in self.open})

    def places(self, told: Sequence[Word], shown: str) -> Iterator[tuple[str, int, int]]:
        """Yield each code with where it was found."""
        for i, word in enumerate(told):
            starting = self.exact.get(word.text, [])
            for n in self.lengths:
                if n > len(word.text):
                    break
                starting = [*starting, *self.open.get(word.text[:n], [])]
            for parts, code in starting:
                if fits(parts, told, i):
                    yield code, word.start, told[i + len(parts) - 1].end
        for pattern, code in self.patterns:
            match = pattern.search(shown)
            if match is not None and match.end() > match.start():
                yield code, match.start(), match.end()


def fits(parts: Sequence[str], told: Sequence[Word], i: int) -> bool:
    """Say whether words from a place on are those of a phrase."""
    if i + len(parts) > len(told):
        return False
    return all(
        told[i + k].text.startswith(part[:-1]) if part.endswith("*") else told[i + k].text == part
        for k, part in enumerate(parts)
    )


def parts_of(text: str) -> tuple[str, ...]:
    """Return the words of a phrase, ``*`` kept at their ends.

    Raises
    ------
    DefinitionError
        when there is no word in it.
    """
    found = []
    for part in text.split():
        own = words_of(part.rstrip("*"))
        found += [word.text for word in own]
        if part.endswith("*") and own:
            found[-1] += "*"
    if not found or found[0] == "*":
        raise DefinitionError(f"{text!r} has no word to look for", hint="words: [deliver*], phrases: [never came]")
    return tuple(found)


def compiled(pattern: str) -> Any:
    """Return a pattern that ignores case.

    Raises
    ------
    DefinitionError
        when it is none of RE2, or larger than anybody needs.
    """
    import re2

    options = re2.Options()
    options.log_errors, options.max_mem = False, MEMORY
    if len(pattern) > LONGEST_PATTERN:
        raise DefinitionError(f"a pattern of {len(pattern):,} characters", hint=f"at most {LONGEST_PATTERN}")
    try:
        return re2.compile(f"(?i){pattern}", options)
    except re2.error as error:
        raise DefinitionError(
            f"not a pattern: {pattern!r}", hint="RE2 syntax; it has no look-around and no back-references"
        ) from error


def read_codebook(document: object, *, name: str = "") -> Codebook:
    """Return the codebook that a YAML or JSON document says.

    Raises
    ------
    DefinitionError
        naming what is wrong and where.
    """
    if not isinstance(document, Mapping):
        raise DefinitionError("a codebook is a mapping", hint="codebook: NAME, then needs:, pains:, topics:, intents:")
    known = {"codebook", "title", *KINDS}
    for key in document:
        if key not in known:
            raise UnknownNameError("part of a codebook", str(key), known)
    own = str(document.get("codebook") or name)
    if not NAME.fullmatch(own):
        raise DefinitionError(f"{own!r} cannot name a codebook", hint="small letters, digits, underscores")
    codes = [
        read_code(one, kind, section)
        for section, kind in KINDS.items()
        for one in entries(document.get(section), section)
    ]
    if not codes:
        raise DefinitionError(f"codebook {own} has no codes", hint="needs: [{code: delivery, words: [deliver*]}]")
    if len(codes) > MOST_CODES:
        raise DefinitionError(f"codebook {own} has {len(codes):,} codes", hint=f"at most {MOST_CODES}")
    doubles = {one.code for one in codes if sum(other.code == one.code for other in codes) > 1}
    if doubles:
        raise DefinitionError(f"codebook {own} has two codes named {min(doubles)}", hint="one name, one meaning")
    book = Codebook(own, tuple(codes), str(document.get("title") or ""))
    _ = book.wanted, book.ruled_out
    return Codebook(book.name, book.codes, book.title, tuple(examined(book)))


def entries(value: object, section: str) -> Sequence[object]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise DefinitionError(f"{section} is a list of codes", hint=f"{section}: [{{code: delivery, words: [late]}}]")
    return value


def read_code(told: object, kind: CodeKind, section: str) -> Code:
    """Return one code of a document."""
    if not isinstance(told, Mapping) or not isinstance(told.get("code"), str):
        raise DefinitionError(f"a code of {section} has no name", hint="code: delivery")
    name = str(told["code"])
    if not NAME.fullmatch(name):
        raise DefinitionError(f"{name!r} cannot name a code", hint="small letters, digits, underscores; a letter first")
    for key in told:
        if key not in FIELDS:
            raise UnknownNameError(f"part of the code {name}", str(key), FIELDS)
    lists = {key: texts(told.get(key), f"{key} of {name}") for key in FIELDS[2:]}
    if not any(lists[key] for key in ("words", "phrases", "patterns", "examples")):
        raise DefinitionError(f"the code {name} has nothing to look for", hint="words, phrases, patterns or examples")
    return Code(name, kind, str(told.get("title") or ""), **lists)


def texts(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, list) or not all(isinstance(one, str | int) for one in value):
        raise DefinitionError(f"{where} is a list of texts", hint="write [one, two]")
    return tuple(str(one) for one in value)


def examined(book: Codebook) -> list[Finding]:
    """Say which examples of a codebook its own rules do not code as meant."""
    found = []
    for one in book.codes:
        if not one.ruled:
            if one.kind not in book.taught or len(set(one.examples)) < ENOUGH:
                message = f"{one.code} has nothing to look for and too few examples to learn from: it codes nothing"
                hint = f"words, phrases or patterns; or {ENOUGH} examples of two codes of its kind"
                found.append(Finding("codes_nothing", "warning", message, hint=hint))
            continue
        missed = [text for text in one.examples if one.code not in {hit.code for hit in book.hits(text)}]
        caught = [text for text in one.not_examples if one.code in {hit.code for hit in book.hits(text)}]
        if missed:
            message = f"{one.code}: {len(missed)} of {len(one.examples)} examples are not coded, such as {missed[0]!r}"
            found.append(Finding("example_missed", "warning", message, hint="add a word or phrase"))
        if caught:
            message = f"{one.code}: what it is not for is coded, such as {caught[0]!r}"
            found.append(Finding("counterexample", "warning", message, hint="add it to unless"))
    return found


def kind_of(text: str) -> CodeKind:
    """Return the kind of code a text names.

    Raises
    ------
    DataError
        when it names none.
    """
    if text not in get_args(CodeKind):
        raise DataError(f"{text!r} is no kind of code", hint="need, pain, topic or intent")
    return cast("CodeKind", text)
