"""Best-known likelihoods of mixtures, reached with default settings (`make golden` does all of them)."""

from pathlib import Path

import pytest
from benchmarks.golden.mixtures import covariates, iris, latent_classes, polca, regressions
from benchmarks.golden.row import GoldenRow


def missed(found: list[GoldenRow]) -> list[str]:
    return [f"{one.what}: {one.ours} instead of {one.reference}" for one in found if not one.good]


@pytest.mark.real_data
def test_mcdonalds(real_data: Path):
    found = latent_classes(real_data / "statistics", 8)
    assert len(found) == 31
    assert missed(found) == []


@pytest.mark.real_data
def test_what_polca_gives(real_data: Path):
    assert missed(polca(real_data / "statistics") + covariates(real_data / "statistics")) == []


@pytest.mark.real_data
def test_what_flexmix_gives_of_regressions(real_data: Path):
    assert missed(regressions(real_data / "statistics")) == []


def test_what_mclust_gives():
    assert missed(iris()) == []
