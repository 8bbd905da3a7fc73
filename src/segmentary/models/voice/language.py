"""Which language a text is in, or that nobody can say.

Naive Bayes over byte n-grams (Lui & Baldwin (2012), langid.py, ACL demonstrations) through py3langid, whose model comes
with its package. Its certainty of short texts is low, as it should be: there the answer is "cannot say".
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from segmentary.models.voice.words import plain, words_of

SURE = 0.6
LEAST = 0.35
TIMES = 4.0
FEWEST_LETTERS = 8
ENOUGH = 2_000
"""Characters that are read: more say nothing new."""


KNOWN = frozenset(Path(__file__).with_name("languages.txt").read_text(encoding="ascii").split())
"""Languages customers write in; dialects and tongues near to them would only take their place in short texts."""


@cache
def identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages([code for code in found.labels if code in KNOWN])
    return found


def language_of(text: str) -> str | None:
    """Return the ISO 639 code of a text's language; None: too short, mixed, or no words, so that nobody can say.

    A language is said when it is 60% likely, or 35% and four times as likely as the next.
    """
    told = [word.text for word in words_of(plain(text[:ENOUGH])) if word.text != "0"]
    said = " ".join(told)
    letters = sum(map(len, told))
    if letters < (FEWEST_LETTERS if said.isascii() else FEWEST_LETTERS // 2):
        return None
    (code, likely), (_, next_likely) = identifier().rank(said)[:2]
    if likely >= SURE or (likely >= LEAST and likely >= TIMES * next_likely):
        return str(code)
    return None
