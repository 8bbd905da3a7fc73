from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from tests.language.example_facts import FACTS
from tests.language.strategies import rules

from segmentary.language.cost import cost
from segmentary.language.freshness import KINDS, freshness
from segmentary.language.lineage import lineage
from segmentary.language.lint import lint
from segmentary.language.text import parse_text, parse_text_value
from segmentary.language.tree import SegmentDefinition, TraitDefinition


def messages(text: str, **head) -> list[str]:
    return [f"{one.pointer}: {one.message}" for one in lint(SegmentDefinition("s", parse_text(text), **head), FACTS)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "sequence (a then b after 2d then c after 1d) within 3d",
            "where/within: never true: the gaps between the steps are together as long as within",
        ),
        ("sequence (a)", "where: one step is no sequence"),
        ("sequence (a then b) session (30min in last 3d)", "a window of the session has no effect"),
        ("sequence (a then b within 9d) within 3d", "where/sequence/1: this step may come later"),
        ("segment v during at least 9d of last 7d", "where: never true: a stay in the window cannot be longer"),
        ("segment v during all until 2026-01-01", "where: never true: no stay covers a window without a beginning"),
        ("segment v entered in last 7d stayed at least 2w", "where: never true: nobody who came within"),
        ("within 0km of places stores", "where/within_km: only who is on the very spot"),
        ("events a in any 30d in last 2w count > 1", "where/during: a window anywhere"),
        ("related account count >= 0 of (a > 1)", "where: always true: a number of people is never below 0"),
        ("related account count < 0 of (a > 1)", "where: never true: a number of people is never below 0"),
        ("consent ads and consent ads denied", "where: never true: consent to ads both given and refused"),
        ("periods (events a count > 1 per week of last 3) >= 4", "there are only 3 periods"),
        ("times (sequence (a then b) latest 5) > 5", "only 5 are looked at"),
        ("sessions 30min count < 0", "a number of events is never below 0"),
        ("age > 30 for at least 3d and age < 20", "cannot hold together"),
    ],
)
def test_what_is_probably_not_meant(text, said):
    assert any(said in message for message in messages(text)), messages(text)


@pytest.mark.parametrize(
    "text",
    [
        "sequence (a then b after 1d then c after 1d) within 3d",
        "sequence (a then no b after 1d within 9d) within 3d anchor last",
        "segment v during at least 7d of last 7d",
        "segment v during at least 9d of last 1mo",
        "consent ads via email and consent ads denied",
        "age > 30 at any time in last 30d and age < 20",
        "events a in any 30d in last 1y count > 1",
        "periods (events a count > 1 per week of last 3) >= 3",
    ],
)
def test_what_may_be_meant_is_left_alone(text):
    assert not [message for message in messages(text) if "true" in message or "effect" in message]


def test_the_past_is_not_judged_by_what_is_there_today():
    assert messages("country = Atlantis")
    assert not messages("country = Atlantis at any time in last 90d")


def test_accounts_have_no_events():
    (said,) = [m for m in messages("did order_completed", entity="account") if "no events" in m]
    assert said.startswith("where: accounts have no events of their own")
    assert not [m for m in messages("related account any (did order_completed)", entity="account") if "no events" in m]


def test_keep_has_no_effect_in_a_trait():
    trait = TraitDefinition("t", parse_text_value("case (when top 3 by age keep 5 then 1)"), "number")
    assert "keep has no effect outside a segment" in [one.message for one in lint(trait, replace(FACTS))]


@settings(max_examples=60, deadline=None)
@given(rule=rules(segments=("gold",)))
def test_every_rule_can_be_analysed(rule):
    definition = SegmentDefinition("s", rule)
    lint(definition, FACTS)
    assert freshness(definition).kind in KINDS
    assert "customers" in lineage(definition).tables
    assert cost(definition, facts=FACTS).words.startswith("estimated: ")
