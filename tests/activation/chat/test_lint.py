"""What is noticed about a bot."""

from tests.activation.chat.bots import ADA, bot_of

from segmentary.activation.chat.lint import lint

WRONG = """
bot: b
answers:
  a:
    - Always said.
    - {segment: gold, text: Never said.}
  c: [{segment: gold, text: Only for some.}]
  lonely: Nobody gets here.
intents:
  a: {examples: [where is my order, track my parcel, one two three]}
  c: {examples: [where is my order]}
  d: {examples: [what does the fox say]}
questions: {shoe_size: {ask: Which size?}}
scripts: {s: {confirm: "Sure?", done: Done., event: happened}}
"""


def test_a_bot_of_the_tests_is_fine():
    assert [one.code for one in lint(ADA, {"first_name": "identifier"})] == ["few_examples"]


def test_what_is_wrong_is_noticed():
    found = {one.code for one in lint(bot_of(WRONG), {"email": "identifier"}, ["gold"])}
    assert found == {
        "no_answer", "no_text_for_all", "torn_example", "unreached_script", "unreached_answer", "sensitive_slot",
        "no_why", "never_said", "empty_segment", "few_examples",
    }  # fmt: skip
