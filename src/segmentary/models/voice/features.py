"""What a linear model sees of a text: its words, pairs of words, and parts of words, weighted by how rare they are.

Words and pairs (TF-IDF with logarithmic counts) and parts of words of 2 to 5 characters (as `char_wb` of scikit-learn)
are two blocks, each of length 1: parts of words carry typing errors and compounds. Every feature comes from words one
can name, so that what decided can be told in words.

References: Salton & Buckley (1988), Information Processing & Management 24(5); Sparck Jones (1972).
"""

from __future__ import annotations

import base64
import itertools
import json
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from segmentary.models.voice.redact import emails, links
from segmentary.models.voice.words import plain, words_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]
SHORTEST, LONGEST = 2, 5
LONGEST_WORD = 40
MOST_WORDS = 2_000
"""Words that are read of one text."""


def said(text: str) -> list[str]:
    """Return the words of a text, without those of addresses and links: they say who, not what."""
    shown = plain(text)
    if "@" in shown or "http" in shown or "www." in shown:
        for start, end in (*emails(shown), *links(shown)):
            shown = shown[:start] + " " * (end - start) + shown[end:]
    return [word.text for word in words_of(shown)[:MOST_WORDS]]


def word_features(told: Sequence[str]) -> list[str]:
    """Return words and pairs of words."""
    return [*told, *(f"{one} {other}" for one, other in itertools.pairwise(told))]


def part_features(word: str) -> list[str]:
    """Return the parts of one word, blanks at its ends included."""
    padded = f" {word[:LONGEST_WORD]} "
    return [padded[i : i + n] for n in range(SHORTEST, LONGEST + 1) for i in range(len(padded) - n + 1)]


@dataclass(frozen=True)
class Vocabulary:
    """The features a model knows, and how rare each is.

    words, parts : name of a feature to its column; parts stand after words. rarity : (n_features,) inverse document
    frequency, ln((1 + n) / (1 + texts with it)) + 1.
    """

    words: dict[str, int]
    parts: dict[str, int]
    rarity: Floats

    def __len__(self) -> int:
        return len(self.rarity)

    @classmethod
    def fit(cls, texts: Sequence[str], *, words_in: int = 2, parts_in: int = 3) -> Vocabulary:
        """Learn the features that stand in at least so many texts.

        A word only one text has tells nothing of others, and may be somebody's name.
        """
        seen: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for text in texts:
            told = said(text)
            seen[0].update(set(word_features(told)))
            seen[1].update({part for word in set(told) for part in part_features(word)})
        kept = [
            sorted(name for name, n in counts.items() if n >= least)
            for counts, least in zip(seen, (words_in, parts_in), strict=True)
        ]
        places = {name: i for i, name in enumerate(kept[0])}, {name: i + len(kept[0]) for i, name in enumerate(kept[1])}
        found = [counts[name] for counts, names in zip(seen, kept, strict=True) for name in names]
        rarity = np.log((1 + len(texts)) / (1 + np.asarray(found, dtype=np.float64))) + 1
        return cls(*places, rarity.astype(np.float32))

    def row(self, told: Sequence[str]) -> dict[int, float]:
        """Return the features of a text: column to value; each block of length 1."""
        row: dict[int, float] = {}
        parts = Counter(part for word in told for part in part_features(word))
        for names, counts in ((self.words, Counter(word_features(told))), (self.parts, parts)):
            block = {
                place: (1 + math.log(n)) * float(self.rarity[place])
                for name, n in counts.items()
                if (place := names.get(name)) is not None
            }
            length = math.sqrt(sum(value * value for value in block.values()))
            row.update({place: value / length for place, value in block.items()})
        return row

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """Return the features of texts, (n_texts, n_features) sparse."""
        return self.stacked(self.row(said(text)) for text in texts)

    def stacked(self, rows: Iterable[Mapping[int, float]]) -> csr_matrix:
        """Return rows of features as one sparse matrix."""
        from scipy.sparse import csr_matrix

        starts, columns, values = [0], list[int](), list[float]()
        for row in rows:
            columns.extend(row)
            values.extend(row.values())
            starts.append(len(columns))
        made = csr_matrix(
            (np.asarray(values, np.float32), np.asarray(columns, np.int32), np.asarray(starts, np.int64)),
            shape=(len(starts) - 1, len(self)),
        )
        made.sort_indices()
        return made

    def known_share(self, told: Sequence[str]) -> float:
        """Return which share of the words of a text the vocabulary has; 0 of a text without words."""
        return sum(word in self.words for word in told) / len(told) if told else 0.0

    def by_word(self, told: Sequence[str], row: Mapping[int, float], weights: Mapping[int, float]) -> dict[str, float]:
        """Return what each word of a text adds to a score: its own weight, its parts', half of its pairs'.

        row : the features of the text; weights : what each of them adds to the score.
        """
        added: dict[str, float] = dict.fromkeys(told, 0.0)
        for place, sources in self.origins(told):
            if place in row:
                for word in sources:
                    added[word] += row[place] * weights[place] / len(sources)
        return added

    def origins(self, told: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield each feature of a text once, with the words it comes from."""
        from_words: dict[str, list[str]] = {word: [word] for word in told}
        from_words |= {f"{one} {other}": [one, other] for one, other in itertools.pairwise(told)}
        from_parts: dict[str, list[str]] = {}
        for word in dict.fromkeys(told):
            for part in part_features(word):
                from_parts.setdefault(part, []).append(word)
        for names, found in ((self.words, from_words), (self.parts, from_parts)):
            for name, sources in found.items():
                if name in names:
                    yield names[name], sources

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "words": packed(json.dumps(list(self.words), ensure_ascii=False).encode()),
            "parts": packed(json.dumps(list(self.parts), ensure_ascii=False).encode()),
            "rarity": packed(self.rarity.astype("<f4").tobytes()),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Vocabulary:
        """Return the vocabulary a document describes."""
        names = [json.loads(unpacked(document[part])) for part in ("words", "parts")]
        return cls(
            {name: i for i, name in enumerate(names[0])},
            {name: i + len(names[0]) for i, name in enumerate(names[1])},
            np.frombuffer(unpacked(document["rarity"]), "<f4").astype(np.float32),
        )


def packed(content: bytes) -> str:
    """Return bytes as text that JSON can hold."""
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))
