"""Golden questions: few, honest about what they are worth, and silent about nobody they cannot tell."""

from __future__ import annotations

import numpy as np
import pytest
from tests.market.questionnaires import answers

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.market.typing_items import design, items_of, terms_of
from segmentary.market.typing_logit import fit_logit
from segmentary.market.typing_measure import choose, difference, folds_of, temperature
from segmentary.market.typing_path import path
from segmentary.market.typing_tool import typing_tool
from segmentary.models.assign.terms import softmax
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def planted(seed: int = 0, n: int = 500, noise: int = 6) -> tuple[TypedTable, np.ndarray]:
    """Four segments told by three yes/no items (right nine times in ten), among items that tell nothing."""
    chance = np.random.default_rng(seed)
    labels = chance.integers(0, 4, n)
    told = np.column_stack([labels % 2, labels // 2, labels == 3])
    told = told ^ (chance.random(told.shape) < [0.02, 0.05, 0.2])
    values = np.column_stack([chance.integers(0, 2, (n, noise)), told]).astype(float)
    names = [f"noise {place}" for place in range(noise)] + ["odd", "large", "last"]
    return TypedTable(tuple(Column(name, "binary", ("no", "yes")) for name in names), values), labels.astype(np.intp)


def test_the_fewest_items_that_reach_what_is_wanted():
    table, labels = planted()
    tool = typing_tool(table, labels, wanted=0.85, keys=("a", "b", "c", "d"))
    assert set(tool.items) == {"odd", "large"}
    assert tool.reached
    assert tool.useful
    assert tool.agreement.low < 0.931 < tool.agreement.high  # 0.98 x 0.95 is what can be known
    assert [point.items for point in tool.curve] == list(range(1, 10))
    assert tool.curve[1].added.low > 0.2
    assert all(point.added.low <= 0 for point in tool.curve[3:])
    assert tool.majority.estimate == pytest.approx(np.bincount(labels).max() / len(labels))
    assert tool.gain.estimate == pytest.approx(tool.agreement.estimate - tool.majority.estimate)
    assert tool.agreement.n == len(labels)
    assert tool.sheet_agreement.estimate >= tool.agreement.estimate - 0.02


def test_what_tells_nothing_is_said_to_tell_nothing():
    table, labels = planted(n=250, noise=8)
    noise = table.select([f"noise {place}" for place in range(8)])
    for seed in range(2):
        tool = typing_tool(noise, labels, seed=seed)
        assert not tool.useful
        assert not tool.reached
        assert "do not tell" in tool.sentence
        assert [one.code for one in tool.findings] == ["not_better_than_majority"]
        assert tool.gain.low <= 0
        assert max(tool.confidence(noise)) < 0.6


def test_one_large_segment_is_no_success():
    chance = np.random.default_rng(1)
    labels = (chance.random(400) < 0.07).astype(np.intp)
    table = TypedTable((Column("x", "numeric"),), chance.normal(size=(400, 1)))
    tool = typing_tool(table, labels)
    assert tool.agreement.estimate > 0.9
    assert not tool.useful


def test_confidence_is_what_it_says_on_people_it_never_saw():
    table, labels = planted(3, n=3000)
    tool = typing_tool(table.take(slice(0, 1000)), labels[:1000])
    unseen, truth = table.take(slice(1000, None)), labels[1000:]
    confidence, hits = tool.confidence(unseen), tool.assign(unseen) == truth
    assert abs(confidence.mean() - hits.mean()) < 0.03
    assert tool.calibration_error < 0.05
    assert sum(one.share for one in tool.reliability) == pytest.approx(1)
    for one in tool.sure:
        kept = confidence >= one.least
        assert abs(one.share.estimate - kept.mean()) < 0.12
    assert np.asarray(tool.confusion).sum() == pytest.approx(1)
    for segment in tool.segments:
        assert 0.5 < segment.recall.estimate <= 1


def test_the_measured_agreement_is_that_on_new_people():
    table, labels = answers(11, n=4000, missing=0.05)
    tool = typing_tool(table.take(slice(0, 400)), labels[:400], wanted=0.9)
    fresh = (tool.assign(table.take(slice(400, None))) == labels[400:]).mean()
    assert tool.agreement.low - 0.02 < fresh < tool.agreement.high + 0.02
    sheet = (tool.sheet.assign(table.take(slice(400, None))) == labels[400:]).mean()
    assert abs(sheet - fresh) < 0.03


def test_the_same_seed_gives_the_same_tool_and_weights_count_as_repetition():
    table, labels = answers(5, n=300)
    one, again = typing_tool(table, labels, seed=4), typing_tool(table, labels, seed=4)
    assert one.to_document() == again.to_document()
    double = TypedTable(table.columns, table.values, np.full(len(table), 7.0))
    assert typing_tool(double, labels, seed=4).to_document() == one.to_document()


def test_weights_say_whom_it_is_about():
    chance = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 200).astype(np.intp)
    one = np.where(labels == 0, 0, 1) ^ (chance.random(600) < 0.05)
    other = np.where(labels == 2, 1, 0) ^ (chance.random(600) < 0.05)
    columns = (Column("first", "binary", ("no", "yes")), Column("second", "binary", ("no", "yes")))
    values = np.column_stack([one, other]).astype(float)
    rare_last = typing_tool(TypedTable(columns, values, np.where(labels == 2, 0.02, 1.0)), labels, wanted=0.85)
    rare_first = typing_tool(TypedTable(columns, values, np.where(labels == 0, 0.02, 1.0)), labels, wanted=0.85)
    assert rare_last.items == ("first",)
    assert rare_first.items == ("second",)


def test_the_next_question_is_the_one_that_tells_most():
    table, labels = planted(2, n=800)
    tool = typing_tool(table, labels)
    names = [column.name for column in table.columns]
    nothing = TypedTable(table.columns, np.full((1, len(names)), np.nan))
    assert tool.ask_next(nothing)[0] in ("odd", "large")
    known = nothing.values.copy()
    known[0, names.index("odd")] = 1.0
    assert tool.ask_next(TypedTable(table.columns, known)) == ("large",)
    known[0, names.index("large")] = 0.0
    assert tool.ask_next(TypedTable(table.columns, known)) == (None,)
    assert tool.ask_next(table) == (None,) * len(table) or set(tool.ask_next(table)) <= {None, *names}


def test_one_more_question_helps_where_it_is_unsure():
    table, labels = planted(2, n=800)
    tool = typing_tool(table, labels, wanted=0.4)
    assert len(tool.items) == 1
    more = tool.one_more
    assert more is not None
    assert more.item in ("odd", "large")
    assert more.added.low > 0.2
    assert more.after.estimate == pytest.approx(more.before.estimate + more.added.estimate)
    assert more.overall.estimate > tool.agreement.estimate


def test_nobody_is_placed_by_nothing():
    table, labels = answers(2, numbers=True)
    tool = typing_tool(table, labels)
    empty = TypedTable(table.columns, np.full((2, len(table.columns)), np.nan))
    assert tool.assign(empty).tolist() == [-1, -1]
    assert np.isnan(tool.confidence(empty)).all()
    assert tool.sheet.assign(empty).tolist() == [-1, -1]


def test_unknown_segments_are_left_out():
    table, labels = planted(n=150)
    known = labels.copy()
    known[::3] = -1
    tool = typing_tool(table, known)
    assert tool.people == (known >= 0).sum()
    only = typing_tool(table.take(known >= 0), known[known >= 0])
    assert only.to_document() == tool.to_document()


@pytest.mark.parametrize(
    ("labels", "error"),
    [
        (np.zeros(500, dtype=np.intp), NoAnswerError),
        (np.full(500, -1), NoAnswerError),
        (np.arange(10), DataError),
        (np.where(np.arange(500) < 19, np.arange(500) % 2, -1), NoAnswerError),
    ],
)
def test_refusals(labels, error):
    with pytest.raises(error):
        typing_tool(planted()[0], labels)


def test_refused_options():
    table, labels = planted(n=100)
    for wrong in ({"wanted": 0.0}, {"wanted": 1.2}, {"most": 0}):
        with pytest.raises(UsageError):
            typing_tool(table, labels, **wrong)
    with pytest.raises(DataError):
        typing_tool(table, labels, keys=("a", "b"))
    constant = TypedTable(table.columns, np.zeros_like(table.values))
    with pytest.raises(NoAnswerError):
        typing_tool(constant, labels)


def test_cancelling_goes_through():
    class CancelledError(Exception):
        pass

    def stop(sentence: str, done: float) -> None:
        if done > 0.3:
            raise CancelledError(sentence)

    with pytest.raises(CancelledError):
        typing_tool(*planted(n=120), tell=stop)


def test_the_logit_is_scikit_learns():
    from sklearn.linear_model import LogisticRegression

    chance = np.random.default_rng(0)
    x = chance.normal(size=(300, 4))
    labels = np.argmax(x[:, :3] + chance.gumbel(size=(300, 3)), axis=1)
    weight = chance.uniform(0.5, 2, 300)
    ours = fit_logit(x, labels, weight, 3)
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=2000).fit(x, labels, sample_weight=weight)
    assert softmax(ours.scores(x)) == pytest.approx(theirs.predict_proba(x), abs=1e-4)


def test_both_ways_to_fit_agree(monkeypatch):
    chance = np.random.default_rng(1)
    x, labels, weight = chance.normal(size=(200, 3)), chance.integers(0, 4, 200), np.ones(200)
    newton = fit_logit(x, labels, weight, 4)
    monkeypatch.setattr("segmentary.market.typing_logit.LARGEST_NEWTON", 0)
    gradients = fit_logit(x, labels, weight, 4, steps=200)
    assert softmax(gradients.scores(x)) == pytest.approx(softmax(newton.scores(x)), abs=2e-3)


@pytest.mark.parametrize("numbers", [False, True])
def test_terms_give_the_scores_of_the_coordinates(numbers):
    table, labels = answers(7, numbers=numbers, missing=0.2)
    items = items_of(table)
    blocks = design(items, table)
    x = np.column_stack(blocks)
    logit = fit_logit(x, labels, table.weight, 3)
    slopes, at = [], 0
    for item in items:
        slopes.append(logit.slopes[at : at + item.width])
        at += item.width
    preparation, terms = terms_of(items, logit.constant, slopes)
    part = table.select([item.column.name for item in items])
    rows = part.values if preparation is None else preparation.apply(part)
    assert terms.scores(rows) == pytest.approx(logit.scores(x), abs=1e-9)


def test_the_path_takes_the_most_telling_item_first():
    table, labels = planted()
    items = items_of(table)
    stops = path(items, design(items, table), labels, table.weight, 4, 3)
    assert [table.columns[place].name for place in stops[1].items] in (["odd", "large"], ["large", "odd"])
    assert table.columns[stops[2].items[2]].name == "last"


def test_how_many_items():
    hits = np.zeros((100, 3), dtype=bool)
    hits[:50, 0], hits[:80, 1], hits[2:83, 2] = True, True, True
    weight = np.ones(100)
    assert choose(hits, weight, 0.5) == 1
    assert choose(hits, weight, 0.8) == 2
    assert choose(hits, weight, 0.95) == 2  # a third item adds no more than chance does
    assert choose(hits, np.where(np.arange(100) < 50, 1, 1e-6), 0.95) == 1


def test_folds_spread_segments_evenly():
    labels = np.repeat([0, 1, 2], [3, 50, 7])
    folds = folds_of(labels, 5, np.random.default_rng(0))
    for segment, size in enumerate((3, 50, 7)):
        counts = np.bincount(folds[labels == segment], minlength=5)
        assert counts.max() - counts.min() <= 1
        assert counts.sum() == size


def test_a_paired_difference_and_a_temperature():
    one = np.array([True] * 60 + [False] * 40)
    other = np.array([True] * 50 + [False] * 50)
    found = difference(one, other, np.ones(100))
    assert found.estimate == pytest.approx(0.1)
    assert found.low == pytest.approx(0.1 - 1.959964 * np.sqrt(0.1 * 0.9 / 99), abs=1e-6)
    chance = np.random.default_rng(0)
    scores = chance.normal(size=(4000, 3)) * 2
    labels = np.array([chance.choice(3, p=p) for p in softmax(scores)])
    assert temperature(scores * 3, labels, np.ones(4000)) == pytest.approx(3, rel=0.1)


@pytest.mark.real_data
def test_vacation_motives_need_eight_questions(real_data):
    import pandas as pd

    frame = pd.read_parquet(real_data / "statistics" / "vacmot.parquet")
    names = [str(name) for name in frame.columns[:20]]
    table = TypedTable(tuple(Column(name, "binary", ("no", "yes")) for name in names), frame[names].to_numpy(float))
    labels = pd.factorize(frame["vacmot6"], sort=True)[0].astype(np.intp)
    tool = typing_tool(table, labels)
    assert 6 <= len(tool.items) <= 9
    assert tool.reached
    assert tool.curve[-1].agreement.estimate > 0.85
    # What people are does not tell what they seek: the bridge says so, or is modest.
    bridge = typing_tool(
        TypedTable(
            (Column("Age", "numeric"), Column("Gender", "binary", ("Female", "Male"))),
            np.column_stack([frame["Age"].to_numpy(float), (frame["Gender"] == "Male").to_numpy(float)]),
        ),
        labels,
    )
    assert bridge.agreement.estimate < 0.4
    assert not bridge.reached
