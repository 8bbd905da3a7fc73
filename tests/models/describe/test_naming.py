"""Names by rule: what marks a segment, in the columns' words; unique, short, safe, the same every time."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.models.describe.people import people, yes_no

from segmentary.models.describe.describing import describe
from segmentary.models.describe.naming import (
    is_double_negation,
    keys,
    names,
    number,
    percent,
    phrases,
    positive_first,
    shortened,
)
from segmentary.models.describe.profile import profile
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def named(shares, items, size=200):
    table, labels = yes_no(shares, size, items)
    return names(profile(table, labels, len(shares)), table.columns, len(shares))


def test_what_a_segment_is_comes_before_what_it_is_not():
    shares = [[0.9, 0.1, 0.5], [0.1, 0.8, 0.5], [0.5, 0.45, 0.5]]
    assert named(shares, ["price-conscious", "eco", "sporty"]) == (
        "Price-conscious, rarely eco",
        "Eco, rarely price-conscious",
        "Close to average",
    )


def test_nothing_is_invented_where_nothing_marks():
    assert named([[0.5, 0.5]] * 3, ["a", "b"]) == ("Close to average", "Close to average 2", "Close to average 3")
    found = named([[0.62, 0.5], [0.5, 0.5], [0.38, 0.5]], ["a", "b"], size=500)
    assert found[0].startswith("Close to average")
    assert "Close to average, slightly more a" in found or "Close to average, slightly less a" in found


def test_what_is_far_in_answers_that_lie_close_together_is_no_average():
    """A segment of people who all agree where others do not care is more than a marker's size can see."""
    chance = np.random.default_rng(2)
    labels = np.repeat([0, 1, 2], 200)
    items = np.clip(np.round(chance.normal(2.0, 0.4, (600, 3))), 0, 4)
    items[:200, 0] = chance.choice([2.0, 3.0], 200, p=[0.15, 0.85])
    columns = tuple(Column(name, "ordinal", ("1", "2", "3", "4", "5")) for name in ("eco", "price", "brand"))
    cells = profile(TypedTable(columns, items), labels, 3)
    assert not any(cell.marker for cell in cells)
    assert names(cells, columns, 3)[0] == "High eco"


def test_nearly_everything():
    shares = [[0.9] * 5, [0.1] * 5, [0.5] * 5]
    assert named(shares, list("abcde"))[:2] == ("High on nearly everything", "Low on nearly everything")


def test_words_fit_the_kind():
    chance = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 200)
    columns = (
        Column("sex", "binary", ("male", "female")),
        Column("buys eco", "binary", ("rarely", "often")),
        Column("age", "numeric"),
        Column("How important is the price?", "ordinal", ("1", "2", "3", "4", "5")),
        Column("shop", "nominal", ("1", "2", "online")),
    )
    values = np.column_stack(
        [
            labels == 0,
            labels == 1,
            chance.normal(30 + 20 * (labels == 2), 3),
            np.where(labels == 1, 4, 1),
            np.where(labels == 2, 2, labels),
        ]
    ).astype(float)
    table = TypedTable(columns, values)
    found = phrases(profile(table, labels, 3), columns, 3)
    texts = [{one.text for one in own} for own in found]
    assert "female" in texts[0]
    assert {"male", "often buys eco", "high on “How important is the price?”", "shop 2"} <= texts[1]
    assert {"high age", "online", "rarely buys eco"} <= texts[2]


def test_what_denies_a_denial_does_not_lead():
    table, labels = yes_no([[0.05, 0.2], [0.95, 0.8]], 300, ["not exceed the budget", "fun"])
    found = phrases(profile(table, labels, 2), table.columns, 2)
    assert is_double_negation(found[0][0])
    assert positive_first(found[0])[0].text == "rarely fun"


def test_keys_are_for_definitions():
    found = keys(["Eco, rarely cheap", "Eco; rarely cheap", "日本", "2 Köln", "", "a " * 60])
    assert found[:5] == ("eco_rarely_cheap", "eco_rarely_cheap_2", "segment_3", "segment_2_koln", "segment_5")
    assert len(found[5]) <= 40


WILD = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(WILD, min_size=3, max_size=3, unique=True), st.lists(WILD, min_size=2, max_size=2, unique=True))
def test_hostile_names_are_safe(titles, levels):
    columns = (
        Column(titles[0], "binary", ("no", "yes")),
        Column(titles[1], "nominal", tuple(levels)),
        Column(titles[2], "numeric"),
    )
    labels = np.repeat([0, 1, 2], 40)
    values = np.column_stack([labels == 0, labels == 1, labels * 10 + np.arange(120) % 3]).astype(float)
    found = describe(TypedTable(columns, values), labels, rules=False).segments
    assert len({one.name.casefold() for one in found}) == 3
    assert len({one.key for one in found}) == 3
    for one in found:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", one.key)
        assert one.name
        assert len(one.name) < 120
        assert "\n" not in one.name + one.sentence


def test_forty_segments_have_forty_names():
    table, labels = people(3, n=4000, k=40, missing=0)
    found = describe(table, labels, rules=False)
    assert len({one.name for one in found.segments}) == 40
    again = describe(table, labels, rules=False)
    assert again == found


def test_figures_for_people():
    assert [percent(x) for x in (0.614, 0.0423, 0.1, 0, 1)] == ["61 %", "4.2 %", "10 %", "0 %", "100 %"]
    assert [number(x) for x in (0, 1234.4, 52.34, 0.01234, 1e-9, -3.456)] == [
        "0",
        "1234",
        "52.3",
        "0.0123",
        "1.0e-09",
        "-3.46",
    ]
    assert shortened("a\x00b\u202e c", 10) == "a b c"
    assert shortened("one two three four", 12) == "one two…"
