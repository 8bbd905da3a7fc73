"""Definitions cannot become code: hostile text in every place where a text may stand leaves the shape of the SQL alone.

Every string goes through every slot (names of events, properties, segments, lists, models, places, purposes, salts,
labels, ids, values, patterns). The tokens of the SQL that comes out, texts and numbers apart, must be those that come
out for a harmless word; equal tokens are equal trees, and for some of the strings the trees are parsed and compared.
"""

from __future__ import annotations

import datetime as dt
import gc
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlglot import Dialect, exp, parse_one
from sqlglot.tokens import TokenType
from tests.language.hostile import words

from segmentary.engine.sqlfile import literal, text
from segmentary.errors import DefinitionError, UnsupportedError
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Given, Plan
from segmentary.language.text import format_text, parse_text
from segmentary.language.tree import (
    All,
    AnyOf,
    Band,
    Binding,
    Case,
    Compare,
    Consent,
    Constant,
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Had,
    HasBeen,
    Last,
    ModelValue,
    Near,
    Operator,
    PeriodsWith,
    PropertyValue,
    Rank,
    ReferenceValue,
    Related,
    Rule,
    Sample,
    SegmentAt,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    Session,
    SessionMeasure,
    SinceEntry,
    SinceEvent,
    Sliding,
    StaticList,
    Step,
    TraitAtEvent,
    TraitDefinition,
    TraitValue,
    ValueType,
)
from segmentary.language.validate import validate
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.yaml import dump_yaml, parse_yaml

CONTEXT = Context(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
DAYS = Last(Duration(3, "day"))
HARMLESS = "harmless"

GIVEN: dict[str, ValueType] = {
    "age": "number",
    "latitude": "number",
    "longitude": "number",
    "tags": "list",
    "country": "text",
    "seen": "time",
}
COUNTRY = TraitValue("country")
ENOUGH = 500


def named(word: str) -> list[Rule]:
    """Rules with a place for one text each, as often as there are places."""
    own = PropertyValue((word, word))
    where = All(
        (
            Compare(own, "is", word),
            Compare(TraitAtEvent(word), "is", word),
            Compare(ReferenceValue(word, PropertyValue((word,)), word), "is", word),
        )
    )
    return [
        Compare(TraitValue(word), "is", word),
        Compare(TraitValue("tags", (word, "0")), "is", word),
        StaticList(list_name=word),
        Sample(Decimal("0.5"), word),
        Compare(ModelValue(word, "probability", word), "gt", Decimal("0.5")),
        Consent(word, word),
        Near(Decimal(3), places=word),
        Compare(Band(TraitValue("age"), (Decimal(1),), (word, "b")), "is", word),
        SegmentReference(f"other {word}"),
        SegmentAt(word, Duration(3, "day")),
        SegmentDuring(word, DAYS),
        SegmentMoved(word, "entered", DAYS),
        HasBeen(Compare(TraitValue(word), "is", word), Duration(3, "day")),
        Compare(EventMeasure(EventFilter((word, "b"), where), "count"), "gte", Decimal(3)),
        Compare(EventMeasure(EventFilter((word,)), "sum", own, SinceEntry(word)), "gte", Decimal(3)),
    ]


def listed(several: tuple[str, ...]) -> list[Rule]:
    """Rules with places for many texts at once."""
    first, *_ = several
    names = EventFilter(several)
    where = AnyOf(
        (
            Compare(PropertyValue(("category",)), "in", several),
            Compare(PropertyValue(("own",)), "not_in", several, ignore_case=True),
            *(Compare(PropertyValue((word, word)), "starts_with", word) for word in several),
        )
    )
    filtered = EventFilter(several, where)
    bindings = tuple(Binding((word,), 1, (word,)) for word in several)
    step = Step(names, Duration(1, "hour"), Duration(2, "day"), (names,), bindings)
    sequence = Sequence((Step(names), step), DAYS)
    operators: tuple[Operator, ...] = ("is", "is_not", "contains", "starts_with", "ends_with")
    half_hour = Duration(30, "minute")
    values = [
        EventMeasure(names, "distinct", PropertyValue((first,)), SinceEvent(names, "first")),
        EventMeasure(filtered, "count", None, Sliding(Duration(3, "day"))),
        EventMeasure(names, "count", None, Session(half_hour, several)),
        SessionMeasure(Session(half_hour, several), "count", names),
        PeriodsWith(EventMeasure(names, "count"), "gte", Decimal(3), "week", 5),
        Band(TraitValue("age"), tuple(map(Decimal, range(1, len(several)))), several),
    ]
    return [
        *(Compare(value, "exists") for value in values),
        sequence,
        StaticList(ids=several),
        Compare(TraitValue("tags"), "has_any", several),
        Compare(TraitValue("tags"), "has_all", several, ignore_case=True),
        Compare(TraitValue("tags"), "has_none", several),
        Compare(COUNTRY, "in", several),
        Compare(COUNTRY, "not_in", several, ignore_case=True),
        Compare(FirstKnown((COUNTRY, *map(Constant, several))), "in", several),
        Had(Compare(COUNTRY, "in", several), DAYS),
        Related("household", "any", Compare(COUNTRY, "in", several)),
        Rank(TraitValue("age"), number=3, within=Case(((Compare(COUNTRY, "in", several), Constant(first)),))),
        *(AnyOf(tuple(Compare(COUNTRY, name, word, ignore_case=True) for word in several)) for name in operators),
    ]


def some(number: int) -> tuple[str, ...]:
    """Return so many of them, of every kind, those of one letter and of no letter at all included."""
    step = len(words()) / number
    return tuple(words()[int(i * step)] for i in range(number))


def queries(word: str, rules: list[Rule], listed_ids: tuple[str, ...] = ("a",)) -> list[exp.Expr]:
    """Return the queries of a plan in which every rule is a segment with a hostile name."""
    anybody = Compare(TraitValue("age"), "exists")
    segments = {f"{i} {word}": SegmentDefinition(f"{i} {word}", rule) for i, rule in enumerate(rules)}
    segments |= {name: SegmentDefinition(name, anybody) for name in (f"other {word}", f"the {word}")}
    types: dict[str, ValueType] = {**GIVEN, f"{word}.probability.{word}": "number", word: "text"}
    given = {name: Given(f"p{i}", kind) for i, (name, kind) in enumerate(types.items())}
    trait = TraitDefinition(f"trait {word}", Constant(word), "text")
    plan = Plan.build(
        segments=segments, traits={trait.name: trait}, given=given, context=CONTEXT, lists={word: (*listed_ids, word)}
    )
    names = ("universe", "profile", "events", "activity", "traits", "attributes", "decisions", "entries", "belongings")
    inputs = Inputs(**{name: exp.table_(name, quoted=True) for name in (*names, "places", "references")})
    return [plan.activity(inputs), plan.trait_values(inputs), plan.memberships(inputs)]


def shape(tree: exp.Expr) -> list[object]:
    """Return a tree without what its texts say."""
    found: list[object] = []
    for node in tree.walk():
        found.append(type(node))
        if not (isinstance(node, exp.Literal) and node.args["is_string"]):
            found += [value for value in node.args.values() if isinstance(value, str | bool | int)]
    return found


def tokens(sql: str, dialect: str) -> list[object]:
    """Return what a database would read, without what the texts say."""
    found = Dialect.get_or_raise(dialect).tokenize(sql)
    # Spark's names for parts that are used twice are counted on and on.
    return [
        one.token_type
        if one.token_type == TokenType.STRING
        else (one.token_type, re.sub(r"^let_\d+$", "let", one.text))
        for one in found
    ]


def test_there_are_enough_hostile_texts():
    assert len(words()) >= ENOUGH


@pytest.fixture(autouse=True, scope="module")
def seldom_collected() -> Iterator[None]:
    """Trees are full of circles: looking for garbage in the middle of them takes half of the time."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()


def test_no_text_changes_the_shape_of_a_query():
    expected = [shape(query) for query in queries(HARMLESS, named(HARMLESS))]
    for i, word in enumerate(some(ENOUGH)):
        assert [shape(query) for query in queries(word, named(word))] == expected, word
        if i % 25 == 0:
            gc.collect()


def test_many_texts_together_do_not_either():
    several = some(ENOUGH)
    harmless = tuple(f"{HARMLESS} {i}" for i in range(len(several)))
    expected = [shape(query) for query in queries(HARMLESS, listed(harmless), harmless)]
    assert [shape(query) for query in queries(several[0], listed(several), several)] == expected


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_every_text_is_one_text_to_the_database(dialect):
    for word in words():
        sql = text(exp.select(literal(word)), dialect)
        assert tokens(sql, dialect) == tokens(text(exp.select(literal(HARMLESS)), dialect), dialect), (word, sql)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_what_comes_out_reads_back_as_the_same_tree(dialect):
    harmless = said(HARMLESS, dialect)
    assert len(harmless) > 10
    for word in words()[3::241]:
        for index, sql in said(word, dialect).items():
            assert tokens(sql, dialect) == tokens(harmless[index], dialect), word
            if dialect == "duckdb":
                assert shape(parse_one(sql, dialect=dialect)) == shape(parse_one(harmless[index], dialect=dialect))


def said(word: str, dialect: str) -> dict[int, str]:
    """Return every rule in the words of a database, where that database can be asked it."""
    found = {}
    for i, rule in enumerate(named(word)):
        try:
            found[i] = ";".join(text(query, dialect) for query in queries(word, [rule]))
        except UnsupportedError:
            continue
    return found


NUL = "a\0b"


@pytest.mark.parametrize("rule", named(NUL), ids=lambda rule: type(rule).__name__)
def test_a_nul_is_refused_wherever_it_stands(rule):
    known = Vocabulary(
        traits={**GIVEN, NUL: "text"},
        events={NUL: {}, "b": {}},
        segments=frozenset({NUL, f"other {NUL}"}),
        lists=frozenset({NUL}),
        places=frozenset({NUL}),
        references={NUL: {NUL: "text"}},
        models={NUL: frozenset({f"probability.{NUL}"})},
    )
    with pytest.raises(DefinitionError, match="NUL"):
        validate(SegmentDefinition("s", rule), known)


@pytest.mark.parametrize("word", words()[::23])
def test_every_text_survives_the_spellings(word):
    rules = All(tuple(named(word)))
    assert parse_text(format_text(rules)) == rules
    definition = SegmentDefinition("s", Compare(TraitValue(word), "is", word), title=word)
    assert [one.definition for one in parse_yaml(dump_yaml([definition]))] == [definition]


@pytest.mark.parametrize("word", [word for word in words() if "\\" not in word][::37])
def test_a_text_out_of_its_quotes_is_refused_or_a_name(word):
    """What somebody pastes without quotes is never more than the language can say."""
    try:
        rule = parse_text(f"country = {word}")
    except DefinitionError as refused:
        error: DefinitionError | None = refused
    else:
        error = None
        assert parse_text(format_text(rule)) == rule
    assert error is None or error.reason
