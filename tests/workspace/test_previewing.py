"""A preview says what the saved segment would: count, members, SQL and export agree; columns are kept and forgotten."""

from __future__ import annotations

import csv
import random

import pytest
from tests.workspace.preview_shop import MOMENT

from segmentary.errors import DefinitionError, UsageError
from segmentary.language.python import define_segment, events, segment, trait
from segmentary.language.tree import All, AnyOf, Not
from segmentary.workspace.judging import judging
from segmentary.workspace.previewing import Wanted, preview, preview_context

LEAVES = [
    (events("order_completed").last("90d").count() >= 2).rule,
    (events("order_completed").sum("amount") >= 60).rule,
    (events("order_completed").max("happened_at").within_last("60d")).rule,
    (trait("city") == "Bonn").rule,
    (trait("points") >= 20).rule,
    (trait("rfm_segment").exists()).rule,
    (trait("recency") <= 90).rule,
    segment("regulars").rule,
    (events("order_completed").distinct("channel") >= 1).rule,
]


def drawn(rng, depth=2):
    if not depth or rng.random() < 0.4:
        return rng.choice(LEAVES)
    parts = tuple(drawn(rng, depth - 1) for _ in range(rng.randrange(1, 4)))
    return rng.choice((All(parts), AnyOf(parts), Not(parts[0])))


def test_preview_count_sql_and_export_agree(preview_shop, tmp_path):
    rng = random.Random(3)
    rules = [*LEAVES, *(drawn(rng) for _ in range(6))]
    differing = []
    for number, rule in enumerate(rules):
        definition = define_segment(f"drawn_{number}", rule)
        before = preview(preview_shop, Wanted(definition))
        preview_shop.define(definition)
        view = preview_shop.segment(definition.name)
        counted = view.count(basis="evaluated").people
        asked = len(preview_shop.warehouse.rows(view.ids_query(basis="evaluated")))
        view.export(tmp_path / f"{number}.csv", as_of=MOMENT)
        with (tmp_path / f"{number}.csv").open(encoding="utf-8", newline="") as file:
            exported = len(list(csv.DictReader(file)))
        if not before.people == counted == asked == exported:
            differing.append((rule, before.people, counted, asked, exported))
    assert not differing
    # As served, after a run with all of them.
    sizes = {name: preview(preview_shop, Wanted(one)).people for name, one in preview_shop.segments_defined().items()}
    preview_shop.run(as_of=MOMENT)
    assert {one.name: one.people for one in preview_shop.segments()} == sizes


def test_columns_are_kept_until_something_changes(preview_shop):
    one = define_segment("kept", (events("order_completed").last("45d").count() >= 1) & (trait("points") > 3))
    first = preview(preview_shop, Wanted(one))
    held = len(preview_shop.columns.held)
    assert preview(preview_shop, Wanted(define_segment("kept", one.where))).people == first.people
    assert len(preview_shop.columns.held) == held
    state = preview_shop.columns.state
    preview_shop.define(define_segment("another", trait("points") > 3))
    assert preview(preview_shop, Wanted(one)).people == first.people
    assert preview_shop.columns.state != state


def test_a_preview_takes_the_columns_in_memory(preview_shop):
    one = {"x": define_segment("x", trait("points") > 3)}
    with judging(preview_shop, one, preview_context(preview_shop, None)) as judged:
        assert type(judged).__name__ == "Aligned"
    with judging(preview_shop, one, preview_context(preview_shop, None), only_ordinary=True) as judged:
        assert type(judged).__name__ == "Ordinary"


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (Wanted(define_segment("x", trait("nothing") > 3)), DefinitionError),
        (Wanted(define_segment("x", trait("points") > 3), ("nothing",)), UsageError),
        (Wanted(define_segment("x", trait("points") > 3), ("breakdown",)), UsageError),
    ],
)
def test_what_cannot_be_told_is_refused(preview_shop, wanted, error):
    with pytest.raises(error):
        preview(preview_shop, wanted)


def test_nobody_at_all(tmp_path):
    import segmentary as sg

    with sg.init(tmp_path / "empty", environment={}) as workspace:
        found = preview(workspace, Wanted(define_segment("x", segment_rule()), ("waterfall", "findings", "reach")))
    assert (found.people, found.base, found.share) == (0, 0, None)


def segment_rule():
    from segmentary.language.python import ids

    return ids("a", "b")
