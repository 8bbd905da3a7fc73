"""Discovery from end to end, on small tables whose truth is known."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentary.errors import DataError, NoAnswerError, UnknownNameError, UsageError
from segmentary.models.discover.discovery import discover
from segmentary.models.discover.methods import METHODS, fit_for
from segmentary.models.discover.solution import Solution
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

QUICK = {"repetitions": 6, "k": [2, 3, 4]}


def customers(n=240, seed=3):
    """Three kinds of customers in numbers, a count, an answer and a yes or no; some of it missing."""
    chance = np.random.default_rng(seed)
    kind = np.arange(n) % 3
    frame = pd.DataFrame(
        {
            "basket": chance.normal([10, 20, 30], 1.5, (n, 3))[np.arange(n), kind],
            "age": chance.normal([30, 60, 30], 4, (n, 3))[np.arange(n), kind],
            "orders": chance.poisson(np.array([2, 8, 20])[kind]),
            "channel": np.array(["shop", "web", "phone"])[np.where(chance.random(n) < 0.8, kind, 0)],
            "card": chance.random(n) < np.array([0.1, 0.5, 0.9])[kind],
        }
    )
    frame.loc[chance.random(n) < 0.05, "age"] = np.nan
    return frame, kind


def answers(n=300, seed=1):
    chance = np.random.default_rng(seed)
    kind = chance.integers(3, size=n)
    odds = np.array([[0.9] * 6, [0.1] * 6, [0.9] * 3 + [0.1] * 3])
    items = chance.random((n, 6)) < odds[kind]
    return pd.DataFrame({f"item_{place + 1}": items[:, place] for place in range(6)}), kind


@pytest.fixture(scope="module")
def mixed():
    frame, kind = customers()
    return discover(frame, seed=1, methods=["k_prototypes", "k_means"], descriptors=None, **QUICK), kind


def test_planted_segments_are_found(mixed):
    found, kind = mixed
    assert found.solution.verdict.kind == "natural"
    assert found.solution.criteria.recommendation.k == 3
    assert adjusted_rand_score(kind, found.labels) > 0.9
    assert len(found.solution.description.segments) == 3
    assert found.solution.k == 3


def test_the_solution_is_kept_without_people(mixed):
    found, _ = mixed
    document = json.loads(json.dumps(found.solution.to_document(), allow_nan=False))
    again = Solution.from_document(document)
    assert again.to_document() == found.solution.to_document()
    assert (again.assigner.assign(found.people.table) == found.labels).all()


def test_every_other_solution_is_at_hand(mixed):
    found, _ = mixed
    assert ("k_means", 4) in found.solutions
    other = found.take("k_means", 4)
    assert other.solution.fit.method == "k_means"
    assert other.solution.k == 4
    assert other.labels.max() == 3
    with pytest.raises(UsageError, match="not tried"):
        found.take("k_means", 9)


def test_the_table_of_criteria(mixed):
    found, _ = mixed
    row = found.solution.criteria.row("k_means", 3)
    for name in ("cost", "bic", "gap", "gap_error", "silhouette", "silhouette_excess", "prediction_strength"):
        assert getattr(row, name) is not None
    assert row.stability.repetitions == 6
    assert row.smallest == pytest.approx(80, abs=5)
    assert found.solution.criteria.row("k_means", 1).gap is not None
    segments = found.solution.description.segments
    assert all(one.stability is not None and one.stability > 0.8 for one in segments)


def test_the_same_seed_gives_the_same_solution(monkeypatch):
    frame, _ = customers(120)
    documents = []
    for threads in ("1", "2"):
        monkeypatch.setattr("os.cpu_count", lambda threads=threads: int(threads))
        found = discover(frame, seed=5, methods=["k_prototypes", "k_means"], repetitions=4, k=[2, 3])
        documents.append(found.solution.to_document())
    assert documents[0] == documents[1]


def test_answers_by_latent_classes():
    frame, kind = answers()
    found = discover(frame, methods="latent_class", repetitions=4, k=[2, 3], seed=2)
    assert found.solution.fit.method == "latent_class"
    assert found.segmentation.probabilities.sum(axis=1) == pytest.approx(1.0)
    row = found.solution.criteria.row("latent_class", 3)
    assert row.log_likelihood < 0
    assert row.bic > row.aic
    assert found.solution.criteria.row("latent_class", 1).bic > row.bic
    assert adjusted_rand_score(kind, found.take("latent_class", 3).labels) > 0.5


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_places_everybody(method):
    frame, _ = answers(120) if METHODS[method].feeds == "codes" else customers(120)
    found = discover(frame, methods=method, k=[3], repetitions=1, seed=0)
    assert found.solution.fit.method == method
    assert len(found.labels) == 120
    assert 0 < found.solution.assigner_agreement <= 1
    assert (found.labels >= 0).mean() > 0.95


def test_some_people_are_drawn_and_all_are_placed():
    frame, kind = customers(300)
    found = discover(frame, sample=150, methods="k_means", k=[3], repetitions=2)
    assert found.solution.fit.people == 300
    assert found.solution.fit.fitted_on == 150
    assert len(found.labels) == 300
    assert adjusted_rand_score(kind, found.labels) > 0.9
    assert "sampled" in [one.code for one in found.solution.findings]


def test_people_hardly_known_are_not_placed():
    frame, _ = customers(150)
    frame.loc[3, ["basket", "age", "channel"]] = None
    found = discover(frame, methods="k_prototypes", k=[3], repetitions=2)
    assert found.labels[3] == -1
    assert np.isnan(found.segmentation.probabilities[3]).all()
    assert "not_placed" in [one.code for one in found.solution.findings]


def test_weights_money_and_descriptors():
    frame, kind = customers(200)
    frame["weight"] = np.where(kind == 0, 2.0, 1.0)
    frame.loc[0, "weight"] = 0.0
    frame["spend"] = 10.0 * (kind + 1)
    frame["town"] = np.array(["a", "b", "c"])[kind]
    found = discover(
        frame, weights="weight", value="spend", descriptors=["town"], methods="k_means", k=[3], repetitions=2
    )
    assert len(found.labels) == 199
    assert found.rows[0] == 1
    assert found.solution.fit.weighted
    names = [column.name for column in found.solution.columns]
    assert not {"weight", "spend", "town"} & set(names)
    segments = found.solution.description.segments
    assert sum(one.value_share.estimate for one in segments) == pytest.approx(1.0)
    assert max(one.size.estimate for one in segments) == pytest.approx(0.5, abs=0.05)
    (town,) = found.solution.description.descriptors
    assert town.effect.estimate > 0.8


def test_a_leak_is_left_out():
    frame, kind = customers(200)
    frame["call_seconds"] = np.where(kind == 2, 300.0, 0.0) + np.random.default_rng(0).normal(0, 5, 200)
    found = discover(frame, outcome=(kind == 2).astype(float), methods="k_means", k=[2], repetitions=2)
    assert "call_seconds" not in [column.name for column in found.solution.columns]
    assert "leak" in [one.code for one in found.solution.findings]


def test_choosing_what_was_not_recommended():
    frame, _ = customers(150)
    found = discover(frame, methods="k_means", k=[2, 3], choose=("k_prototypes", 5), repetitions=2)
    assert (found.solution.fit.method, found.solution.k) == ("k_prototypes", 5)
    assert found.solution.criteria.recommendation.k in (1, 2, 3, 5)


def test_one_cloud_is_not_sold_as_segments():
    x = np.random.default_rng(1).normal(size=(200, 4))
    found = discover(x, methods="k_means", k=range(2, 5), repetitions=10, seed=1)
    assert found.solution.verdict.kind in ("constructive", "reproducible")
    if found.solution.verdict.kind == "constructive":
        assert found.solution.criteria.recommendation.k == 1
        assert "Do not segment by this" in found.solution.criteria.recommendation.sentence
    assert found.solution.k >= 2  # never blocked: the best there is is shown


def test_refusals():
    frame, _ = customers(150)
    with pytest.raises(NoAnswerError, match="no rows"):
        discover(TypedTable((Column("x", "numeric"),), np.zeros((0, 1))))
    with pytest.raises(NoAnswerError):
        discover(frame.iloc[:12], methods="k_means")
    with pytest.raises(UnknownNameError, match="k_meens"):
        discover(frame, methods="k_meens")
    with pytest.raises(DataError, match="reads answers"):
        discover(frame, methods="latent_class")
    with pytest.raises(NoAnswerError, match="60 segments"):
        discover(frame, methods="k_means", choose=("k_means", 60))


def test_it_can_be_cancelled():
    class EnoughError(Exception):
        pass

    told = []

    def tell(sentence, done):
        told.append(done)
        if done > 0.5:
            raise EnoughError

    frame, _ = customers(120)
    with pytest.raises(EnoughError):
        discover(frame, methods="k_means", k=[2, 3], repetitions=4, tell=tell)
    assert told == sorted(told)


def test_which_methods_suit():
    coded = (Column("a", "binary", ("no", "yes")),)
    number, count = (Column("x", "numeric"),), (Column("n", "count"),)
    assert fit_for(coded, 100) == ("latent_class", "k_modes", "k_means")
    assert fit_for(number, 100) == ("k_means", "gaussian_mixture", "hierarchical")
    assert fit_for((*number, *count), 100_000) == ("k_means", "mixed_mixture")
    assert "k_medoids" in fit_for((*number, *coded), 1_000)
    assert "k_medoids" not in fit_for((*number, *coded), 1_000_000)


def test_people_who_told_nothing_are_no_segment():
    chance = np.random.default_rng(4)
    answers = chance.normal(size=(900, 4))
    answers[300:] = np.nan
    answers[310:320, 0] = 1.0
    found = discover(
        {f"q{place}": column for place, column in enumerate(answers.T)},
        methods=["k_means"], k=range(2, 4), repetitions=4,
    )  # fmt: skip
    assert found.solution.fit.fitted_on == 300
    assert found.solution.verdict.kind != "natural"
    assert sum(segment.n for segment in found.solution.description.segments) == 300
    assert (found.labels[300:] == -1).all()
    (told,) = [one for one in found.solution.findings if one.code == "too_little_known"]
    assert told.message.startswith("Found in 300 of 900 people")


def test_nobody_of_whom_enough_is_known_is_no_answer():
    answers = np.full((40, 4), np.nan)
    answers[np.arange(40), np.arange(40) % 4] = np.arange(40) % 7
    with pytest.raises(NoAnswerError, match="of nobody are 2 of 4"):
        discover({f"q{place}": column for place, column in enumerate(answers.T)}, methods=["k_means"], repetitions=2)
