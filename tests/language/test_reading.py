# ruff: noqa: E501 - messages stand whole, as they are printed
from __future__ import annotations

import pytest

from segmentary.errors import DefinitionError
from segmentary.language.documents import parse_rule, parse_value
from segmentary.language.yaml import parse_yaml

WRONG = [
    ("{trait: age, gtt: 3}", "r.yaml:2:21: unknown key 'gtt'\n  hint: did you mean 'gt' or 'gte'?"),
    (
        "{trait: age}",
        "r.yaml:2:8: a condition lacks its operator\n  hint: say what must hold, with one of: is, is_not, in, not_in, lt, lte, gt, gte, between, contains, starts_with, ends_with, matches, exists, missing, has_any, has_all, has_none, version_lt, version_lte, version_gt, version_gte, before, after, within_last, within_next, between_from_now, anniversary_within_next, anniversary_within_last, weekday_in, in_period",
    ),
    (
        "{trait: age, gte: 18, lt: 30}",
        "r.yaml:2:8: 'lt' and 'gte' in one condition\n  hint: one condition has one operator: write between, or two conditions in all",
    ),
    ("{all: []}", "r.yaml:2:14: 'all' is empty\n  hint: give it at least one part, or remove it"),
    (
        "{any: {trait: age, gt: 3}}",
        "r.yaml:2:14: 'any' is a list, not keys and values\n  hint: write it with - or in [ ]",
    ),
    (
        "{all: [{ids: [a]}], any: [{ids: [b]}]}",
        "r.yaml:2:8: 'all' and 'any' on one level\n  hint: make them parts of one list: all: [{all: ...}, ...]",
    ),
    ("{and: [{ids: [a]}]}", "r.yaml:2:14: 'and' has no meaning here\n  hint: the word is 'all'"),
    ("{traits: age, gt: 3}", "r.yaml:2:9: unknown key 'traits'\n  hint: did you mean 'trait'?"),
    ("{}", "r.yaml:2:8: a rule is empty"),
    (
        "",
        "r.yaml:2:7: a rule is written as keys and values, not as nothing\n  hint: a rule is for example {trait: country, is: France}",
    ),
    (
        "vip",
        "r.yaml:2:8: a rule is written as keys and values, not as the text 'vip'\n  hint: a rule is for example {trait: country, is: France}",
    ),
    (
        "[{ids: [a]}]",
        "r.yaml:2:8: a rule is written as keys and values, not as a list\n  hint: say whether all of them must hold or any: all: [...] or any: [...]",
    ),
    (
        "{trait: age, is: null}",
        "r.yaml:2:25: nothing stands here\n  hint: to ask for a missing value write missing: true",
    ),
    (
        "{trait: age, exists: false}",
        "r.yaml:2:29: only true has a meaning here\n  hint: for the opposite use the opposite word, or not",
    ),
    ("{trait: age, gt: 3, ignore_case: true}", "r.yaml:2:41: ignore_case has no meaning for 'gt'\n  hint: remove it"),
    ("{trait: age, between: [1]}", "r.yaml:2:30: 'between' takes two, not 1\n  hint: write between: [first, second]"),
    (
        "{trait: d, within_last: 30 days}",
        "r.yaml:2:32: '30 days' is not a length of time\n  hint: write a whole number and a unit: 30min, 12h, 30d, 6w, 3mo, 1q, 2y",
    ),
    (
        "{trait: d, in_period: last_week}",
        "r.yaml:2:30: 'last_week' is not a calendar period\n  hint: the complete one before this is previous_week",
    ),
    ("{trait: d, weekday_in: [mondy]}", "r.yaml:2:32: 'mondy' is not possible here\n  hint: did you mean 'monday'?"),
    (
        "{event: x}",
        "r.yaml:2:8: what about the event?\n  hint: add did: true, did_not: true, count: {gte: 3} or another measure",
    ),
    (
        "{event: x, count: true}",
        "r.yaml:2:26: a condition lacks its operator\n  hint: write for example count: {gte: 3}",
    ),
    ("{event: x, count: 3}", "r.yaml:2:26: 'count' takes keys and values\n  hint: write for example count: {gte: 3}"),
    (
        "{event: x, sum: {gt: 3}}",
        "r.yaml:2:24: 'sum' lacks 'of'\n  hint: say what is measured, for example sum: {of: amount, gt: 100}",
    ),
    ("{event: x, nth: {of: a, n: 0, is: b}}", "r.yaml:2:35: a whole number from 1 up belongs here, not '0'"),
    (
        "{event: x, count: {gte: 1}, did: true}",
        "r.yaml:2:8: a condition on an event says one thing\n  hint: keep one of did, did_not and the measure",
    ),
    (
        "{event: x, count: {gte: 1}, sum: {of: a, gt: 1}}",
        "r.yaml:2:8: 'count' and 'sum' in one measure\n  hint: one measure says one thing: write two",
    ),
    (
        "{event: x, during: {last: 0d}, did: true}",
        "r.yaml:2:34: a window of no length holds nothing\n  hint: write 1d or longer",
    ),
    ("{event: x, during: {}, did: true}", "r.yaml:2:27: 'during' is empty"),
    ("{event: x, during: {lats: 3d}, did: true}", "r.yaml:2:28: unknown key 'lats'\n  hint: did you mean 'last'?"),
    (
        "{event: x, during: {from: yesterday}, did: true}",
        "r.yaml:2:34: 'yesterday' is not a date or time\n  hint: write 2026-03-01 or 2026-03-01T12:00:00Z",
    ),
    (
        "{rank: {by: {trait: a}}}",
        "r.yaml:2:15: a rank has either 'top' or 'bottom'\n  hint: for example top: 10% or bottom: 50",
    ),
    (
        "{rank: {top: 120%, by: {trait: a}}}",
        "r.yaml:2:21: '120%' is not a share\n  hint: write a percentage above 0 and up to 100, such as 10%",
    ),
    (
        "{rank: {top: 5, by: a}}",
        "r.yaml:2:28: a value is written as keys and values, not as the text 'a'\n  hint: a trait is written {trait: a}",
    ),
    (
        "{sample: {share: 5%}}",
        "r.yaml:2:17: a sample lacks 'salt'\n  hint: any word: the same salt gives the same people",
    ),
    ("{segment: ''}", "r.yaml:2:18: a name is empty"),
    (
        "{value: {elapsed: {since: {trait: d}, unit: weeks}}, gt: 3}",
        "r.yaml:2:52: 'weeks' is not possible here\n  hint: one of: days, months, years",
    ),
    (
        "{value: {event: x, count: {gte: 3}}, gt: 3}",
        "r.yaml:2:35: unknown key 'gte'\n  hint: a measure that is not judged here may have: n, of",
    ),
    (
        "{trait: d, before: 2026-02-30}",
        "r.yaml:2:27: there is no day '2026-02-30'\n  hint: write year-month-day, such as 2026-03-01",
    ),
    (
        "{trait: d, before: 2026-03-01T12:00:00}",
        "r.yaml:2:27: the time '2026-03-01T12:00:00' does not say its zone\n  hint: end it with Z or +02:00",
    ),
    (
        "{trait: x, gt: 0.00000000001}",
        "r.yaml:2:23: 0.00000000001 has too many digits\n  hint: at most 28 before the decimal point and 10 after it",
    ),
]


@pytest.mark.parametrize(("rule", "message"), WRONG, ids=[rule for rule, _ in WRONG])
def test_mistakes_are_named_with_their_place_and_a_way_out(rule, message):
    with pytest.raises(DefinitionError) as caught:
        parse_yaml(f"segment: s\nwhere: {rule}\n", file="r.yaml")
    assert str(caught.value) == message


def test_without_a_file_the_pointer_says_where():
    with pytest.raises(DefinitionError, match="all/0/gtt: unknown key 'gtt'"):
        parse_rule({"all": [{"trait": "age", "gtt": 3}]})


def test_rules_and_values_have_a_limit_of_depth():
    rule: dict = {"ids": ["a"]}
    value: dict = {"constant": 1}
    for _ in range(62):
        rule, value = {"not": rule}, {"add": [value, {"constant": 1}]}
    parse_rule(rule)
    parse_value(value)
    for _ in range(3):
        rule, value = {"not": rule}, {"add": [value, {"constant": 1}]}
    with pytest.raises(DefinitionError, match="more than 64 levels"):
        parse_rule(rule)
    with pytest.raises(DefinitionError, match="more than 64 levels"):
        parse_value(value)
