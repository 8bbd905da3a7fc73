import numpy as np

from segmentary.models.voice.features import Vocabulary, part_features, said, word_features


def test_names():
    assert word_features(["a", "b", "c"]) == ["a", "b", "c", "a b", "b c"]
    assert set(part_features("ab")) == {" a", "ab", "b ", " ab", "ab ", " ab "}


def test_each_block_has_length_one_and_words_add_up():
    vocabulary = Vocabulary.fit(["red car", "red bike", "blue car", "blue bike"], parts_in=2)
    told = said("red car")
    row = vocabulary.row(told)
    whole = np.array([vocabulary.matrix(["red car"]).toarray()[0]])
    split = len(vocabulary.words)
    assert np.isclose((whole[:, :split] ** 2).sum(), 1)
    assert np.isclose((whole[:, split:] ** 2).sum(), 1)
    weights = {place: float(i + 1) for i, place in enumerate(row)}
    added = vocabulary.by_word(told, row, weights)
    assert np.isclose(sum(added.values()), sum(row[place] * weights[place] for place in row))


def test_a_word_of_one_text_is_not_kept():
    vocabulary = Vocabulary.fit(["my name is zebulon", "my name is"], parts_in=3)
    assert "zebulon" not in vocabulary.words
    assert Vocabulary.from_document(vocabulary.to_document()).words == vocabulary.words


def test_addresses_are_no_words():
    assert said("write to jane.doe@mail.example or see https://a.example/jane now") == [
        "write",
        "to",
        "or",
        "see",
        "now",
    ]
