"""Messages as documents: read strictly, written so that they read the same."""

import pytest

from segmentary.activation.templates import Suggesting, place_in, read_message
from segmentary.errors import DefinitionError
from segmentary.language.cursor import Cursor
from segmentary.language.yaml import cursors

TEXT = """message: autumn
language: de
variants:
  thanks:
    subject: "Danke"
    text: |
      Hallo {{ first_name }},
      bis bald.
  come_back:
    html: <p>Hallo</p>
fallbacks: {first_name: du}
suggestions: {of: product, most: 2, leave_out: gone, not_since: 30d}
allow_sensitive: [allergy]
"""


def cursor(text=TEXT):
    return cursors(text, file="autumn.yaml")[0]


def test_what_a_message_says():
    message = read_message(cursor())
    assert [one.name for one in message.variants] == ["thanks", "come_back"]
    assert message.suggesting == Suggesting("product", 2, "gone", 30)
    assert (message.variant("come_back").html, message.variant("nobody").name) == ("<p>Hallo</p>", "thanks")
    assert read_message(Cursor(message.to_document())) == message


def test_one_text_needs_no_variants():
    message = read_message(cursor("message: hello\nsubject: Hi\ntext: Hello\n"))
    assert [one.name for one in message.variants] == ["default"]
    assert read_message(Cursor(message.to_document())) == message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("message: a\n", "lacks 'text'"),
        ("message: a\nsubject: x\nvariants: {b: {text: x}}\n", "beside variants"),
        ("message: a\nvariants: {b: {subject: x}}\n", "has no text"),
        ("message: a\ntext: x\nsubjct: y\n", "subjct"),
        ("message: a\ntext: x\nlanguage: klingon\n", "unknown language"),
        ("message: A b\ntext: x\n", "no name"),
        ("message: a\nvariants: {Big: {text: x}}\n", "no name"),
        ("message: a\ntext: x\nsuggestions: {of: shoes}\n", "shoes"),
        ("message: a\ntext: x\nsuggestions: {not_since: long}\n", "number of days"),
        ("message: a\ntext: '" + "x" * 100_001 + "'\n", "longer than"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    with pytest.raises(DefinitionError, match=r"autumn\.yaml") as error:
        read_message(cursor(text))
    assert said in str(error.value)


def test_lines_of_templates_are_lines_of_files():
    at = cursor()
    assert place_in(at, "thanks", "text", 2).line == 8
    assert place_in(at, "thanks", "subject", 1).line == 5
