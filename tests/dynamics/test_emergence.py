from __future__ import annotations

import json

import numpy as np
import pytest
from tests.dynamics.planted import Change, people, solution

from segmentary.dynamics.emergence import Emergence, emergence
from segmentary.dynamics.fit import Baseline, baseline
from segmentary.errors import NoAnswerError, UnknownNameError
from segmentary.models.table.typed_table import TypedTable

REFERENCE = people(1)
SOLUTION = solution(REFERENCE)


def seen(change: Change, seed: int = 2, **options: float) -> Emergence:
    return emergence(SOLUTION, people(seed, change, **options), reference=REFERENCE)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(10, 22))
def test_nothing_new_among_the_same_people(seed: int) -> None:
    found = seen("same", seed)
    assert not found.news
    assert "No new group, no split and no merge" in found.sentence
    assert found.unfit.low <= 0.04


@pytest.mark.parametrize("change", ["sizes", "tails", "outliers", "moved"])
def test_other_changes_are_no_new_group(change: Change) -> None:
    found = seen(change)
    assert not found.news
    if change == "sizes":
        verdicts = {one.key: one.verdict for one in found.segments}
        assert sorted(verdicts.values()).count("not_clear") <= 2
        assert {"grown", "shrunk"} <= set(verdicts.values())
    if change in ("tails", "outliers"):
        assert found.unfit_p < 0.001
        assert "no longer fit any segment" in found.sentence


@pytest.mark.parametrize("seed", range(2, 6))
def test_a_new_group_is_found_and_described(seed: int) -> None:
    found = seen("new", seed)
    assert (len(found.new_groups), found.splits, found.merges) == (1, (), ())
    group = found.new_groups[0]
    assert group.size.low < 0.08 < group.size.high
    assert group.marks[0][0] == "app"
    assert group.marks[0][1] > group.marks[0][2] + 3
    assert group.times > 5
    assert group.agreement > 0.8
    nearest = SOLUTION.assigner.assign(TypedTable(REFERENCE.columns, np.array([[-3.0, 4, 0, 0, 0]])))[0]
    assert group.nearest == SOLUTION.assigner.labels[nearest]
    assert found.news
    assert group.sentence in found.sentence


def test_a_split_is_found() -> None:
    found = seen("split", apart=6.0)
    assert (found.new_groups, len(found.splits), found.merges) == ((), 1, ())
    split = found.splits[0]
    assert split.marks[0][0] == "store"
    assert min(split.shares) > 0.35
    assert sum(split.shares) == pytest.approx(1)


def test_a_merge_is_found() -> None:
    found = seen("merge")
    assert (found.new_groups, found.splits, len(found.merges)) == ((), (), 1)
    assert found.merges[0].valley > 1 > found.merges[0].valley_before


def test_what_was_kept_of_the_people_serves_as_well() -> None:
    kept = Baseline.from_document(json.loads(json.dumps(baseline(SOLUTION, REFERENCE).to_document())))
    assert not emergence(SOLUTION, people(3), reference=kept).news
    found = emergence(SOLUTION, people(3, "new"), reference=kept)
    assert len(found.new_groups) == 1
    assert found.unfit.estimate == pytest.approx(seen("new", 3).unfit.estimate)


def test_the_same_seed_says_the_same() -> None:
    assert seen("new").to_document() == seen("new").to_document()
    json.dumps(seen("new").to_document())


def test_weights_say_who_counts() -> None:
    table = people(2, "new")
    light = np.where(SOLUTION.assigner.assign(table) == 0, 0.01, 1.0)
    found = emergence(SOLUTION, TypedTable(table.columns, table.values, light), reference=REFERENCE)
    assert found.effective_n < len(table)
    assert found.segments[0].size.estimate < 0.05


def test_people_of_whom_nothing_is_known_are_counted() -> None:
    table = people(2)
    values = table.values.copy()
    values[:50] = np.nan
    found = emergence(SOLUTION, TypedTable(table.columns, values), reference=REFERENCE)
    assert found.people == 950
    assert found.findings[0].code == "not_placed"


def test_what_cannot_be_said() -> None:
    with pytest.raises(NoAnswerError, match="without those who did"):
        emergence(SOLUTION, people(2))
    with pytest.raises(NoAnswerError, match="too few"):
        emergence(SOLUTION, people(2, n=60), reference=REFERENCE)
    with pytest.raises(NoAnswerError, match="of the reference"):
        emergence(SOLUTION, people(2), reference=people(3, n=30))
    with pytest.raises(UnknownNameError):
        emergence(SOLUTION, people(2).select(["spend"]), reference=REFERENCE)


def test_raising_out_of_tell_cancels() -> None:
    heard: list[float] = []

    def tell(sentence: str, done: float) -> None:
        heard.append(done)
        if done >= 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        emergence(SOLUTION, people(2), reference=REFERENCE, tell=tell)
    assert heard == sorted(heard)
