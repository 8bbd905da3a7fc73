"""Which methods suit which columns, and that each is what its name says."""

import numpy as np
import pytest

from segmentary.errors import UnknownNameError
from segmentary.models.discover.methods import METHODS, chosen
from segmentary.models.table.columns import Column

NUMBERS = (Column("age", "numeric"), Column("spend", "numeric"))
ANSWERS = (Column("eco", "ordinal", ("1", "2", "3")), Column("buys", "binary", ("no", "yes")))


def test_methods_suit_the_columns():
    numbers = [one.name for one in chosen("auto", NUMBERS, 500)]
    answers = [one.name for one in chosen("auto", ANSWERS, 500)]
    mixed = [one.name for one in chosen("auto", (*NUMBERS, *ANSWERS), 500)]
    assert {"k_means", "gaussian_mixture"} <= set(numbers)
    assert {"latent_class", "k_modes", "k_means"} <= set(answers)
    assert {"k_prototypes", "mixed_mixture"} <= set(mixed)
    assert "latent_class" not in numbers


def test_named_methods_are_taken_in_their_order():
    assert [one.name for one in chosen(["k_modes", "latent_class"], ANSWERS, 500)] == ["k_modes", "latent_class"]
    with pytest.raises(UnknownNameError, match="k_menas"):
        chosen(["k_menas"], NUMBERS, 500)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_known_by_its_name(name):
    assert METHODS[name].name == name
    assert METHODS[name].title


def test_every_method_names_an_estimator_there_is():
    from importlib import import_module

    for one in METHODS.values():
        module = import_module(f"segmentary.models.cluster.{one.module}")
        assert hasattr(getattr(module, one.estimator), "terms")
    assert np.isfinite(min(one.most for one in METHODS.values()))
