"""Themes nobody wrote a code for: words that come together in many texts, kept only where they come again.

Non-negative matrix factorisation of TF-IDF weights (Lee & Seung (1999), Nature 401). A number of themes is taken only
if themes found in random halves of the texts are the same ones, judged by their ten foremost words (Greene, O'Callaghan
& Cunningham (2014), ECML PKDD), and clearly more so than in texts whose words were dealt out anew, where there are no
themes. Otherwise the answer is that there are none. Names are the words that tell a theme's texts from all others by
the likelihood ratio (Dunning (1993), Computational Linguistics 19(1)).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from segmentary.models.progress import Tell, quiet
from segmentary.models.voice.embedding import Embedder
from segmentary.models.voice.words import around, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
COUNTS = (2, 3, 4, 5, 6, 8, 10, 12)
FOREMOST = 10
HALVES, DEALT = 4, 2
FEWEST_TEXTS = 30
LOOKED_AT = 4_000
"""Texts themes are found in at most; the others are placed by them."""
MOST_WORDS = 1_000
STEADY, ABOVE_CHANCE = 0.4, 0.15
MOSTLY = 0.5
"""A text has a theme when so much of what is told of it is that theme."""
QUOTES = 3


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme. words : what tells it, with the likelihood ratio; stability : 0 to 1, how alike it comes in halves.

    quotes : of texts that are most about it, as (number of the text, start, end).
    """

    key: str
    name: str
    words: tuple[tuple[str, float], ...]
    texts: int
    stability: float
    quotes: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Themes:
    """The themes of texts, or that there are none. members : (n,) place of each text's theme, -1 none.

    stability, chance : mean agreement of halves, of the number of themes taken, and where words were dealt out anew.
    """

    themes: tuple[Theme, ...]
    members: Numbers
    stability: float
    chance: float
    verdict: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values, without the texts' members."""
        return {
            "themes": [{**asdict(one), "quotes": len(one.quotes)} for one in self.themes],
            "texts": len(self.members),
            "without_theme": int((self.members < 0).sum()),
            "stability": digits(self.stability),
            "chance": digits(self.chance),
            "verdict": self.verdict,
        }


def find_themes(
    texts: Sequence[str], *, seed: int = 0, most: int = 12, embedder: Embedder | None = None, tell: Tell = quiet
) -> Themes:
    """Find the themes of texts, or say that there are none.

    most : themes at most. embedder : gives texts places; then themes are clusters of places, named in the same way.
    """
    told = [content(text) for text in texts]
    spoken = [i for i, own in enumerate(told) if own]
    if len(spoken) < FEWEST_TEXTS:
        return none(len(texts), f"no themes here: {len(spoken)} texts with words are fewer than {FEWEST_TEXTS}")
    chance = np.random.default_rng(seed)
    some = np.sort(chance.permutation(spoken)[:LOOKED_AT])
    names = vocabulary([told[i] for i in some])
    if len(names) < FOREMOST:
        return none(len(texts), "no themes here: hardly any word stands in several texts")
    if embedder is not None:
        from segmentary.models.voice.embedded_themes import placed

        members, stability, by_chance = placed(embedder, texts, some, most, seed, tell)
        return named(texts, told, members, np.full(members.max() + 1, stability), (stability, by_chance))
    x = weights([told[i] for i in some], names)
    best = chosen(x, [k for k in COUNTS if k <= most], chance, tell)
    if best is None:
        return none(len(texts), "no themes here: what halves of the texts have in common is no more than chance")
    parts, each, stability, by_chance = best
    everything = weights(told, names)
    members = placed_by(everything, parts)
    members[[i for i, own in enumerate(told) if not own]] = -1
    return named(texts, told, members, each, (stability, by_chance))


def none(n: int, why: str) -> Themes:
    return Themes((), np.full(n, -1, dtype=np.intp), math.nan, math.nan, why)


# ------------------------------------------------------------ words


@cache
def stopwords() -> frozenset[str]:
    """Return the words that say nothing of what a text is about, English and German."""
    return frozenset(Path(__file__).with_name("stopwords.txt").read_text(encoding="utf-8").split())


def content(text: str) -> list[str]:
    """Return the words of a text that say what it is about."""
    return [word.text for word in words(text)[:500] if len(word.text) > 2 and word.text not in stopwords()]


def vocabulary(told: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the words of several texts and not of nearly half of them, most frequent first."""
    counts = Counter(word for own in told for word in set(own))
    least = max(3, round(0.003 * len(told)))
    fitting = [word for word, n in counts.items() if least <= n <= 0.4 * len(told)]
    ranked = sorted(fitting, key=lambda word: (-counts[word], word))[:MOST_WORDS]
    return {word: place for place, word in enumerate(sorted(ranked))}


def weights(told: Sequence[Sequence[str]], names: dict[str, int]) -> csr_matrix:
    """Return TF-IDF weights, (n, words), rows of length 1."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfTransformer

    starts, columns, values = [0], list[int](), list[float]()
    for own in told:
        counts = Counter(names[word] for word in own if word in names)
        columns += counts
        values += counts.values()
        starts.append(len(columns))
    made = csr_matrix((values, columns, starts), shape=(len(told), len(names)), dtype=np.float64)
    return TfidfTransformer(sublinear_tf=True).fit_transform(made)


# ------------------------------------------------------------ how many


def chosen(
    x: csr_matrix, counts: Sequence[int], chance: np.random.Generator, tell: Tell
) -> tuple[Floats, Floats, float, float] | None:
    """Return the themes of the number that comes again best: words, stability of each, its mean, that by chance."""
    best: tuple[float, Floats, Floats, float, float] | None = None
    halves = [np.sort(chance.permutation(x.shape[0])[: x.shape[0] // 2]) for _ in range(HALVES)]
    dealt = [anew(x, chance) for _ in range(DEALT)]
    for number, k in enumerate(counts):
        tell(f"{k} themes", number / len(counts))
        whole, each = factor(x, k), np.zeros(k)
        for half in halves:
            each += matched(whole, factor(x[half], k)) / HALVES
        by_chance = float(
            np.mean([matched(factor(one, k), factor(one[half], k)).mean() for one in dealt for half in halves[:1]])
        )
        stability = float(each.mean())
        above = stability - by_chance
        if stability >= STEADY and above >= ABOVE_CHANCE and (best is None or above > best[0] + 0.02):
            best = above, whole, each, stability, by_chance
    return None if best is None else best[1:]


def factor(x: csr_matrix, k: int) -> Floats:
    """Return the words of k themes, (k, words)."""
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = NMF(k, init="nndsvda", random_state=0, max_iter=80, tol=1e-3).fit(x)
    found: Floats = fit.components_
    return found


def anew(x: csr_matrix, chance: np.random.Generator) -> csr_matrix:
    """Return the weights with every word's dealt out to other texts: as frequent as before, together with nothing."""
    from scipy.sparse import csc_matrix

    columns = x.tocsc()
    rows = columns.indices.copy()
    for start, end in zip(columns.indptr[:-1], columns.indptr[1:], strict=True):
        rows[start:end] = chance.choice(x.shape[0], end - start, replace=False)
    return csc_matrix((columns.data, rows, columns.indptr), shape=x.shape).tocsr()


def matched(one: Floats, other: Floats) -> Floats:
    """Return how much of each theme's foremost words the best-fitting theme of another finding has (Jaccard)."""
    from scipy.optimize import linear_sum_assignment

    sets = [[set(np.argsort(-row, kind="stable")[:FOREMOST].tolist()) for row in found] for found in (one, other)]
    alike = np.array([[len(a & b) / len(a | b) for b in sets[1]] for a in sets[0]])
    rows, columns = linear_sum_assignment(-alike)
    found = np.zeros(len(one))
    found[rows] = alike[rows, columns]
    return found


def placed_by(x: csr_matrix, parts: Floats) -> Numbers:
    """Return the theme of each text: the one most of what it says is, -1 where none is most."""
    from sklearn.decomposition import non_negative_factorization

    loads, _, _ = non_negative_factorization(
        x, H=parts, n_components=len(parts), init="custom", update_H=False, max_iter=60, tol=1e-3
    )
    total = loads.sum(axis=1)
    first: Numbers = loads.argmax(axis=1).astype(np.intp)
    mostly = (total > 0) & (loads.max(axis=1) >= MOSTLY * total)
    return np.where(mostly, first, -1)


# ------------------------------------------------------------ names


def named(
    texts: Sequence[str], told: Sequence[Sequence[str]], members: Numbers, each: Floats, mean: tuple[float, float]
) -> Themes:
    """Return the themes that come again, largest first, with names, words and quotes."""
    counts = Counter(word for own in told for word in set(own))
    total = sum(bool(own) for own in told)
    kept = [k for k in range(len(each)) if each[k] >= STEADY and (members == k).sum() >= 5]
    kept.sort(key=lambda k: (-int((members == k).sum()), k))
    found, places = list[Theme](), {}
    for k in kept:
        own = np.flatnonzero(members == k)
        inside = Counter(word for i in own.tolist() for word in set(told[i]))
        telling = keyness(inside, len(own), counts, total)[:FOREMOST]
        if not telling:
            continue
        name = " · ".join(word for word, _ in telling[:3])
        places[k] = len(found)
        quotes = typical(texts, told, [int(i) for i in own], dict(telling))
        found.append(Theme(f"theme_{len(found) + 1}", name, tuple(telling), len(own), float(each[k]), quotes))
    if not found:
        return none(len(texts), "no themes here: none of them comes again")
    again = np.array([places.get(int(k), -1) for k in members], dtype=np.intp)
    verdict = f"{len(found)} themes, found again in halves of the texts ({mean[0]:.2f}; by chance {mean[1]:.2f})"
    return Themes(tuple(found), again, *mean, verdict)


def keyness(inside: Counter[str], n: int, counts: Counter[str], total: int) -> list[tuple[str, float]]:
    """Return the words that more of these texts have than of the others, with Dunning's likelihood ratio."""
    found = []
    for word, k in inside.items():
        rest, others = counts[word] - k, total - n
        if k < 3 or others <= 0 or k * others <= rest * n:
            continue
        expected = (k + rest) / total
        ratio = 2 * (k * math.log(k / (n * expected)) + (rest * math.log(rest / (others * expected)) if rest else 0.0))
        found.append((word, round(ratio, 1)))
    return sorted(found, key=lambda one: (-one[1], one[0]))


def typical(
    texts: Sequence[str], told: Sequence[Sequence[str]], own: Sequence[int], telling: dict[str, float]
) -> tuple[tuple[int, int, int], ...]:
    """Return where the sentences stand that have most of a theme's words for their length, of different texts."""
    ranked = sorted(own, key=lambda i: (-sum(telling.get(w, 0.0) for w in set(told[i])) / (8 + len(told[i])), i))
    found, seen = list[tuple[int, int, int]](), set[str]()
    for i in ranked:
        first = next((word for word in words(texts[i]) if word.text in telling), None)
        same = " ".join(told[i])
        if first is None or same in seen:
            continue
        seen.add(same)
        found.append((i, *around(texts[i], first.start, first.end)))
        if len(found) == QUOTES:
            break
    return tuple(found)


def digits(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 3)
