import pytest

from segmentary.errors import DefinitionError, NoAnswerError, UnknownNameError
from segmentary.models.voice.codebook import kind_of, read_codebook

BOOK = {
    "codebook": "shop",
    "needs": [
        {
            "code": "delivery",
            "title": "On time",
            "words": ["deliver*"],
            "phrases": ["never arriv*", "not here yet"],
            "unless": ["delivery address"],
            "examples": ["my parcel never arrived"],
            "not_examples": ["I changed the delivery address"],
        },
        {"code": "price", "patterns": [r"\b(?:cost|price)s?\b", "teuer"]},
    ],
    "pains": [{"code": "alone", "phrases": ["nobody answers"]}],
}


@pytest.fixture(scope="module")
def book():
    return read_codebook(BOOK)


def found(book, text):
    return [(one.code, text[one.start : one.end]) for one in book.hits(text)]


def test_codes_with_the_words_that_carry_them(book):
    text = "The PRICE is fine, but it NEVER arrived and nobody answers."
    assert found(book, text) == [("price", "PRICE"), ("delivery", "NEVER arrived"), ("alone", "nobody answers")]
    assert all(one.said == text[one.start : one.end] for one in book.hits(text))


@pytest.mark.parametrize("text", ["", "😀", "I changed the delivery address", "redelivered", "pricey"])
def test_what_is_not_coded(book, text):
    assert found(book, text) == []


def test_accents_and_markup_keep_their_places(book):
    text = "Äöü <b>zu teuer</b> ✓"
    assert found(book, text) == [("price", "teuer")]


def test_it_is_read_as_written(book):
    assert read_codebook(book.to_document()) == book
    assert book.of("delivery").name == "On time"
    assert book.of("price").name == "Price"
    with pytest.raises(UnknownNameError):
        book.of("nothing")


def test_examples_are_held_against_the_rules(book):
    assert book.findings == ()
    wrong = {"codebook": "b", "needs": [{"code": "a", "words": ["x"], "examples": ["y"], "not_examples": ["x y"]}]}
    assert [one.code for one in read_codebook(wrong).findings] == ["example_missed", "counterexample"]


@pytest.mark.parametrize(
    "document",
    [
        None,
        {"codebook": "b"},
        {"codebook": "B B", "needs": [{"code": "a", "words": ["x"]}]},
        {"codebook": "b", "wants": []},
        {"codebook": "b", "needs": {"code": "a"}},
        {"codebook": "b", "needs": [{"code": "a"}]},
        {"codebook": "b", "needs": [{"code": "a", "words": "x"}]},
        {"codebook": "b", "needs": [{"code": "a", "words": ["!!"]}]},
        {"codebook": "b", "needs": [{"code": "a", "wordz": ["x"]}]},
        {"codebook": "b", "needs": [{"code": "a", "words": ["x"]}, {"code": "a", "words": ["y"]}]},
        {"codebook": "b", "needs": [{"code": "a", "patterns": ["(?=x)"]}]},
        {"codebook": "b", "needs": [{"code": "a", "patterns": ["(a"]}]},
        {"codebook": "b", "needs": [{"code": "a", "patterns": ["((a{1,100}){1,100}){1,100}"]}]},
        {"codebook": "b", "needs": [{"code": "a", "patterns": ["x" * 501]}]},
    ],
)
def test_what_is_wrong_is_named(document):
    with pytest.raises(DefinitionError):
        read_codebook(document)


def test_hostile_patterns_take_no_time():
    book = read_codebook({"codebook": "b", "needs": [{"code": "a", "patterns": ["(a+)+$", "(.*)*x"]}]})
    assert found(book, "a" * 19_000 + "!") == []


def test_learned_from_examples():
    examples = {"late": "parcel is late today", "price": "costs too much money"}
    book = {
        "codebook": "b",
        "needs": [{"code": c, "examples": [f"{t} {i}" for i in "abcde"]} for c, t in examples.items()],
    }
    assert read_codebook(book).learned("need").predict("the parcel is late").intent == "late"
    with pytest.raises(NoAnswerError):
        read_codebook(book).learned("pain")


def test_kinds():
    assert kind_of("pain") == "pain"


def test_codes_with_examples_only_are_taught():
    examples = {"late": "parcel is late today", "price": "costs too much money"}
    codes = [{"code": code, "examples": [f"{text} {i}" for i in "abcde"]} for code, text in examples.items()]
    assert read_codebook({"codebook": "b", "needs": codes}).taught == ("need",)
    alone = read_codebook({"codebook": "b", "needs": codes[:1]})
    assert (alone.taught, [one.code for one in alone.findings]) == ((), ["codes_nothing"])
