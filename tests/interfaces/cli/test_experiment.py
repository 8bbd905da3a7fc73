"""`segmentary experiment` on the command line."""

from __future__ import annotations

import json

import pytest
from tests.interfaces.cli.experimented import METRICS, experimented_arguments, make_experimented
from tests.interfaces.cli.shop import call


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_experimented(tmp_path_factory.mktemp("experiment"))


def test_a_plan_says_in_words_what_it_could_see(shop):
    found = call("-w", shop, "experiment", "plan", "autumn", *METRICS, "--by", "tier", "--dry-run")
    assert found.exit_code == 0, found.output
    assert "people you will see a rise of visits from" in found.stdout
    assert "in four of five cases" in found.stdout
    assert "autumn" not in call("-w", shop, "experiment", "list").stdout


def test_an_analysis_begins_with_the_verdict_and_the_split(shop):
    found = call("-w", shop, "experiment", "analyze", "mailing")
    assert found.exit_code == 0, found.output
    first, _, rest = found.stdout.partition("\n")
    assert first.startswith("mail works: higher visits")
    assert rest.lstrip().startswith("the arms are split as planned: control 600, mail 600")
    assert "the segments differ in what mail does to visits" in found.stdout


def test_assigning_again_changes_nothing(shop):
    found = call("-w", shop, "experiment", "assign", "spring")
    assert "is assigned already: nothing was changed" in found.stdout


def test_a_split_that_is_wrong_blocks_everything(shop, tmp_path):
    text = "customer_id,campaign,arm\n" + "".join(
        f"c{n:04d},skewed,{'mail' if n % 10 < 7 else 'control'}\n" for n in range(1_200)
    )
    (tmp_path / "skewed.csv").write_text(text, encoding="utf-8")
    assert call("-w", shop, "add", tmp_path / "skewed.csv", "--as", "exposures").exit_code == 0
    found = call("-w", shop, "experiment", "analyze", "skewed", "--randomised", "by us", "--arm", "mail=50%",
                 "--arm", "control=50%", *METRICS)  # fmt: skip
    assert found.exit_code == 1
    assert "nothing can be read" in found.stdout
    assert "works" not in found.output
    document = json.loads(call("-w", shop, "experiment", "analyze", "skewed", "--json").stdout)
    assert document["blocked"]
    assert document["overall"] == []


def test_a_campaign_nobody_declared_is_no_experiment(shop, tmp_path):
    text = "customer_id,campaign\n" + "".join(f"c{n:04d},flyer\n" for n in range(100))
    (tmp_path / "flyer.csv").write_text(text, encoding="utf-8")
    call("-w", shop, "add", tmp_path / "flyer.csv", "--as", "exposures")
    found = call("-w", shop, "experiment", "analyze", "flyer")
    assert found.exit_code == 0, found.output
    assert "cannot be said" in found.stdout
    for word in ("caused", "lift", "effect"):
        assert word not in found.output.lower()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["plan", "x", "--primary", "nothing of this"], "cannot read the metric"),
        (["plan", "x", "--primary", "a = trait visited", "--arm", "mail"], "expected NAME=SHARE"),
        (["plan", "x", "--primary", "a = trait visited", "--detect", "much"], "not a share"),
        (["plan", "x", "--primary", "a = trait tier"], "nothing to average"),
        (["analyze", "mailing", "--primary", "a = trait visited"], "leave these out"),
        (["analyze", "mailing", "--randomised", "by us"], "what is it judged by?"),
        (["assign", "mailing"], "were drawn elsewhere"),
        (["show", "nothing"], "unknown experiment"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(shop, arguments, says):
    found = call("-w", shop, "experiment", *arguments)
    assert found.exit_code in (1, 2)
    assert says in found.output


def test_every_document_is_json(shop):
    for name in ("experiment plan", "experiment list", "experiment show"):
        assert json.loads(call(*experimented_arguments(name, shop)).stdout)
