import random

import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.models.voice.themes import content, find_themes, keyness

WORDS = {
    "delivery": ["parcel", "late", "courier", "doorstep", "shipping", "tracking", "driver", "delay"],
    "price": ["price", "expensive", "cost", "discount", "cheaper", "voucher", "money", "worth"],
    "app": ["login", "password", "crash", "update", "screen", "button", "mobile", "sync"],
}
FILL = ["shop", "people", "week", "thing", "place", "order", "time", "house", "year", "friend", "city", "work"]


def planted(n=300, seed=1):
    chance = random.Random(seed)
    names = [chance.choice(list(WORDS)) for _ in range(n)]
    texts = [" ".join(chance.sample(WORDS[name], 4) + chance.sample(FILL, 3)) for name in names]
    return texts, names


@pytest.fixture(scope="module")
def found():
    return find_themes(planted()[0], seed=0)


def test_planted_themes_are_found(found):
    texts, names = planted()
    told = found.themes
    assert {next(k for k, own in WORDS.items() if one.words[0][0] in own) for one in told} == set(WORDS)
    right = 0
    for i, k in enumerate(found.members):
        right += k >= 0 and told[k].words[0][0] in WORDS[names[i]]
    assert right > 0.9 * len(texts)


def test_quotes_are_of_the_texts(found):
    texts = planted()[0]
    for theme in found.themes:
        for i, start, end in theme.quotes:
            assert any(word in texts[i][start:end] for word, _ in theme.words)
    assert found.to_document()["themes"][0]["stability"] > 0.4


def test_no_themes_is_an_answer():
    chance = random.Random(2)
    every = [word for own in WORDS.values() for word in own] + FILL
    noise = find_themes([" ".join(chance.sample(every, 6)) for _ in range(300)], seed=0)
    for one in (
        noise,
        find_themes([]),
        find_themes(["parcel late"] * 20),
        find_themes(["😀"] * 50),
        find_themes(["same words here"] * 50),
    ):
        assert one.themes == ()
        assert one.verdict.startswith("no themes here")
        assert (one.members == -1).all()


def test_the_same_seed_finds_the_same(found):
    again = find_themes(planted()[0], seed=0)
    assert again.to_document() == found.to_document()


class Places:
    """Places by the words themselves: what a model somebody installed would do better."""

    def embed(self, texts):
        return np.array([[sum(word in text for word in own) for own in WORDS.values()] for text in texts], float)


def test_places_of_another_model():
    found = find_themes(planted()[0], seed=0, most=3, embedder=Places())
    assert len(found.themes) == 3
    with pytest.raises(DataError):
        find_themes(planted()[0], embedder=type("Wrong", (), {"embed": lambda self, texts: [[1.0]]})())


def test_words():
    assert content("The parcel and I are not here") == ["parcel"]
    from collections import Counter

    ranked = keyness(Counter(late=9, shop=5), 10, Counter(late=10, shop=50), 100)
    assert [word for word, _ in ranked] == ["late"]
