"""Forty mistakes people make: each is answered with what, where, and how to mend it."""

from __future__ import annotations

import pytest

from segmentary.errors import DefinitionError
from segmentary.language.python import define_segment, trait
from segmentary.language.text import parse_text
from segmentary.language.tree import SegmentDefinition
from segmentary.language.validate import validate
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.yaml import dump_yaml, parse_yaml

KNOWN = Vocabulary(
    traits={"age": "number", "country": "text", "email": "text", "income": "number", "signed_up": "date"},
    events={"order_completed": {}, "page_viewed": {}},
)
IN_YAML = [
    ("all:\n  - {trait: age, gte: 18}\n   - {trait: age, lt: 30}", "5:4", "begin in one column"),
    ("trait: age\n   gte: 18", "4:7", "begin in one column"),
    ("\ttrait: age", "3:1", "replace the tab"),
    ("{trait: age, '>': 18}", "3:16", "the word is 'gt'"),
    ("{trait: age, '>=': 18}", "3:16", "the word is 'gte'"),
    ("{trait: age, greater_than: 18}", "3:16", "the word is 'gt'"),
    ("{trait: country, equals: DE}", "3:20", "the word is 'is'"),
    ("{trait: country, is_null: true}", "3:20", "the word is 'missing'"),
    ("{trait: country, is: [DE, FR]}", "3:24", "in: [...]"),
    ("{trait: country, is: “DE”}", "3:24", 'write "DE" with straight ones'),
    ("{trait: country, is: 'DE}", "4:1", "never closed"),
    ("{trait:age, gte: 18}", "3:4", "a blank follows the colon"),
    ("{trait: income, gt: 1000,50}", "3:28", "decimals have a point"),
    ("trait: income\n  gt: 1000,50", "4:7", "a decimal point"),
    ("trait: income\n  gt: 1 000 €", "4:7", "a decimal point"),
    ("{trait: age, gt: eighteen}", "3:20", "write digits"),
    ("{trait: age, between: 25-34}", "3:25", "between: [first, second]"),
    ("{trait: signed_up, after: 01.03.2026}", "3:29", "year-month-day"),
    ("{trait: signed_up, after: yesterday}", "3:29", "within_last: 7d"),
    ("{trait: email, ends_with: @example.org}", "3:29", "begins with @ in quotes"),
    ("{event: order_completed, count: 3}", "3:35", "count: {gte: 3}"),
    ("{event: order_completed, during: 30d, did: true}", "3:36", "during: {last: 30d}"),
    ("{event: order_completed, last: 30d, did: true}", "3:3", "during: {last: 30d}"),
    ("{event: order_completed, during: {calendar: last_month}, did: true}", "3:47", "previous_month"),
    ("{event: order_completed, sum: {gt: 100}}", "3:33", "sum: {of: amount, gt: 100}"),
    ("{event: order_completed, sum: amount, gt: 100}", "3:45", "sum: {of: amount, gt: 100}"),
    ("{sequence: [{event: order_completed}, {event: page_viewed, within: 1mo}]}", "3:70", "such as 30d"),
    ("{rank: {top: 0.1, by: {trait: income}}}", "3:16", "10%"),
    ("{rank: {top: 10%, by: income}}", "3:25", "{trait: income}"),
    ("- {trait: age, gte: 18}\n  - {trait: age, lt: 30}", "3:3", "all: [...]"),
    ("{within_km: 25km, of: stores}", "3:15", "within_km: 25"),
]
IN_TEXT = [
    ("age => 18", "1:6", "the sign is >="),
    ("age > = 18", "1:7", "no blank inside"),
    ("age == 18", "1:6", "the sign is ="),
    ("age <> 18", "1:6", "the sign is !="),
    ("age ≥ 18", "1:5", "the sign is >="),
    ("age >= 18 && country = DE", "1:11", "`and`"),
    ("age >= 18 || country = DE", "1:11", "`or`"),
    ("country = “DE”", "1:11", "curly"),
    ("income > 1000,50", "1:14", "1000.50"),
    ("income > 1 000", "1:12", "1000.50"),
    ("income > 1000€", "1:14", "without a unit"),
    ("age between 18, 25", "1:15", "joined by `and`"),
    ("country in DE, FR", "1:12", "in brackets"),
    ("country in [DE, FR]", "1:12", "round brackets"),
    ("country = DE or FR", "1:19", "each condition is written out"),
    ("country = Côte d’Ivoire", "1:16", "stands in quotes"),
    ("zip code = 1", "1:10", 'trait "zip code" = 1'),
    ("(age > 18", "1:10", "never closed"),
    ("age > 18 and", "1:13", "missing at the end"),
    ("age", "1:4", "what must hold of it"),
    ("where age > 18", "1:1", "leave out `where`"),
    ("age is greater than 18", "1:16", "age > 18"),
    ("signed_up > 01.03.2026", "1:18", "2026-03-01"),
    ("did order_completed in last 30 days", "1:29", "30d"),
    ("did order_completed last 30d", "1:21", "in last 30d"),
    ("did order_completed in last month", "1:29", "previous_month"),
    ("did order_completed at least 3 times", "1:21", "count >= 3"),
    ("events order_completed >= 3", "1:24", "count >= 3"),
    ("sequence (order_completed -> page_viewed)", "1:27", "`then`"),
    ("within 25km of stores", "1:16", "places stores"),
    ("all age > 18", "1:5", "in brackets"),
]


@pytest.mark.parametrize(("where", "place", "mend"), IN_YAML, ids=[one[0] for one in IN_YAML])
def test_a_mistake_in_yaml_is_answered(where: str, place: str, mend: str) -> None:
    written = f"segment: s\nwhere:\n  {where}\n".replace("  \t", "\t")
    with pytest.raises(DefinitionError) as caught:
        validate(parse_yaml(written, file="s.yaml")[0], KNOWN)
    assert str(caught.value).startswith(f"s.yaml:{place}: ")
    assert mend in (caught.value.hint or "")


@pytest.mark.parametrize(("text", "place", "mend"), IN_TEXT, ids=[one[0] for one in IN_TEXT])
def test_a_mistake_in_the_text_form_is_answered(text: str, place: str, mend: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        validate(SegmentDefinition("s", parse_text(text)), KNOWN)
    assert str(caught.value).startswith(f"<text>:{place}: ")
    assert mend in (caught.value.hint or "")


@pytest.mark.parametrize("text", ["“DE”", "‘’", "«a»", "“", "d’Ivoire", "# a", "@a", "1000,50"])
def test_texts_that_look_like_mistakes_come_back(text: str) -> None:
    definition = define_segment("s", trait("country") == text)
    assert parse_yaml(dump_yaml([definition]))[0].definition == definition
