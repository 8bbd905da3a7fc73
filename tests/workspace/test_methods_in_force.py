"""Whoever a method places in arrays the engine places alike: every method, every kind of column, much unknown."""

import csv

import numpy as np
import pytest

import segmentary as sg
from segmentary.models.discover.methods import METHODS

PEOPLE = 160
SILENT = 3
WORDS = np.array(["never", "sometimes", "often", "always"])
TOWNS = np.array(["Kiel", "Bad 'Ems\"", "Löhne 🏔", "=1+1", "  Ulm  "])
COLUMNS = {
    "spent": "numeric",
    "skew": "numeric",
    "visits": "count",
    "agree": "ordinal",
    "reads": "ordinal",
    "district": "nominal",
    "member": "binary",
    "opted": "binary",
    "flag": "binary",
    "code": "ordinal",
    "digits": "binary",
}
ANSWERS = [name for name, kind in COLUMNS.items() if kind not in ("numeric", "count")]


def write_people(path) -> None:
    """Three kinds of people told apart by everything; a tenth of it unknown, and three people unknown altogether."""
    chance = np.random.default_rng(11)
    kinds = chance.choice(3, PEOPLE, p=(0.5, 0.3, 0.2))
    columns = {
        "spent": np.round(np.array([-40.5, 10, 90])[kinds] + chance.normal(0, 12, PEOPLE), 2),
        "skew": np.exp(kinds * 2 + chance.normal(0, 0.7, PEOPLE)),  # so many digits that the trait is a text
        "visits": chance.poisson(np.array([1, 4, 14])[kinds]),
        "agree": np.clip(np.array([1, 3, 5])[kinds] + chance.integers(-1, 2, PEOPLE), 1, 5),
        "reads": WORDS[np.clip(kinds + chance.integers(0, 2, PEOPLE), 0, 3)],
        "district": TOWNS[np.where(chance.random(PEOPLE) < 0.6, kinds, chance.integers(0, 5, PEOPLE))],
        "member": np.where(chance.random(PEOPLE) < np.array([0.1, 0.8, 0.9])[kinds], "yes", "no"),
        "opted": np.where(chance.random(PEOPLE) < np.array([0.9, 0.2, 0.5])[kinds], "true", "false"),
        "flag": np.where(chance.random(PEOPLE) < np.array([0.2, 0.3, 0.9])[kinds], 1, 0),
        "code": np.array(["A1", "B2", "C3"])[
            np.where(chance.random(PEOPLE) < 0.7, kinds, chance.integers(0, 3, PEOPLE))
        ],
        "digits": np.array(["1", "5", "n/a"])[kinds],
    }
    unknown = chance.random((PEOPLE, len(columns))) < 0.1
    unknown[-SILENT:] = True
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["customer_id", *columns])
        for i, row in enumerate(zip(*columns.values(), strict=True)):
            out.writerow([f"c{i:04d}", *("" if gone else one for one, gone in zip(row, unknown[i], strict=True))])


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("methods")
    write_people(folder / "customers.csv")
    with sg.init(folder / "shop", environment={}) as workspace:
        workspace.add(folder / "customers.csv", kind="customers")
        yield workspace


@pytest.fixture(scope="module")
def solutions(shop):
    """A solution of every method, all of them in force, and everybody placed by all of them in one run."""
    found = {}
    for name, method in METHODS.items():
        by = ANSWERS if method.feeds == "codes" else list(COLUMNS)
        choose = None if name == "density" else (name, 3)
        found[name] = shop.discoveries.run(name, by=by, methods=[name], k=[3], choose=choose, repetitions=2)
        shop.discoveries.assign(name)
    shop.run("2026-01-01")
    return found


def served(shop, method: str, labels: tuple[str, ...]) -> np.ndarray:
    """The place of everybody's segment as the run says it; -1: in none."""
    places = np.full(PEOPLE, -1)
    for place, label in enumerate(labels):
        for name in shop.segment(f"{method}_{label}").ids():
            assert places[int(name[1:])] == -1
            places[int(name[1:])] = place
    return places


@pytest.mark.parametrize("method", METHODS)
def test_the_engine_places_everybody_as_arrays_do(shop, solutions, method):
    found = solutions[method]
    asked = {name: kind for name, kind in COLUMNS.items() if name in ANSWERS or METHODS[method].feeds != "codes"}
    assert {column.name: column.kind for column in found.solution.assigner.columns} == asked
    assert len(set(found.labels.tolist()) - {-1}) >= 2
    assert (found.labels[-SILENT:] == -1).all()
    assert served(shop, method, found.solution.assigner.labels).tolist() == found.labels.tolist()
    told = shop.discoveries.people([f"{method}.label", f"{method}.confidence"], as_of="2026-01-01").frame
    labels = [None if place < 0 else found.solution.assigner.labels[place] for place in found.labels]
    assert told.column(f"{method}.label").to_pylist() == labels
    sure = np.array([np.nan if one is None else one for one in told.column(f"{method}.confidence").to_pylist()])
    wanted = np.where(found.labels < 0, np.nan, found.solution.assigner.probabilities(found.people.table).max(axis=1))
    np.testing.assert_allclose(sure, wanted, atol=2e-6)


def test_what_is_served_is_what_is_computed_again(shop, solutions):
    assert shop.verify().equal
