"""Whoever asks, and however, gets the same people: the run, a question, a count, an export and the explanation."""

from __future__ import annotations

import csv
import random

import pytest
from tests.workspace.test_explaining import company as company

from segmentary.language.python import define_segment
from segmentary.language.text import parse_text
from segmentary.language.tree import All, AnyOf, Not, Rule
from segmentary.language.yaml import dump_yaml

PEOPLE = ("ann", "bob", "cyd", "dan")
LEAVES = (
    "did logged_in in last 30d",
    "did not logged_in",
    "events logged_in count >= 2",
    "events logged_in in any 30d count >= 2",
    "events any active_days >= 2",
    'email ends_with "@example.com"',
    'email = "bob@example.com"',
    "latitude > 50",
    "longitude missing",
    "within 25km of places stores",
    "within 900km of places stores",
    "consent marketing via email",
    "consent marketing denied",
    "top 2 by (events any count)",
    "bottom 50% by latitude",
    "related account any (did logged_in in last 30d)",
    "related account none (latitude > 50)",
    "sequence (logged_in then visited_store) in last 90d",
    "sequence (visited_store then no visited_store within 1d) anchor any",
    "sessions 30min count >= 3",
    "periods (events logged_in count >= 1 per month of last 3) >= 1",
    "sample 50% salt holdout",
    "ids (ann, cyd)",
    "segment active",
    "segment active at 2025-11-10 evaluated",
)


def drawn(rng: random.Random, depth: int) -> Rule:
    if not depth or rng.random() < 0.3:
        return parse_text(rng.choice(LEAVES))
    parts = tuple(drawn(rng, depth - 1) for _ in range(rng.randrange(1, 4)))
    return rng.choice((All(parts), AnyOf(parts), Not(parts[0])))


@pytest.fixture(scope="module")
def asked(company):
    rng = random.Random(7_000)
    rules = [parse_text(leaf) for leaf in LEAVES] + [drawn(rng, 3) for _ in range(5)]
    segments = {f"r{i}": define_segment(f"r{i}", rule) for i, rule in enumerate(rules)}
    (company.folder.segments / "random.yaml").write_text(dump_yaml(segments.values()), encoding="utf-8")
    company.apply()
    company.run()
    return company, segments


def test_everybody_who_is_asked_says_the_same(asked, tmp_path):
    company, segments = asked
    differing = {}
    for name, definition in segments.items():
        segment, question = company.segment(name), company.where(definition.where)
        served = set(segment.ids())
        segment.export(tmp_path / f"{name}.csv")
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            exported = {row["customer_id"] for row in csv.DictReader(file)}
        explained = {one for one in PEOPLE if segment.explain(one).member}
        answers = (served, set(question.ids()), exported, explained, set(segment.people()["customer_id"].to_pylist()))
        counts = (segment.count().people, question.count().people)
        if any(one != served for one in answers) or any(count != len(served) for count in counts):
            differing[name] = (definition.where, answers, counts)
    assert not differing
    assert any(0 < len(company.segment(name).ids()) < len(PEOPLE) for name in segments)


def test_a_distance_may_be_asked_without_being_defined(company):
    """The coordinates are read though nobody names them."""
    assert company.where("within 25km of places stores").ids() == company.segment("near_store").ids()
