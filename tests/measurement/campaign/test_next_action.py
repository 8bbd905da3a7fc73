"""What to do next: only what was shown, else a test that could tell, else nothing."""

import pytest

from segmentary.measurement.campaign.next_action import Evidence, by_segment, next_action
from segmentary.measurement.experiment.sums import Sums


def evidence(action, effect, error, **more):
    given = {"segment": "gold", "metric": "buys", "kind": "share", "n": 1_000, "money": False, "word": "worked"}
    return Evidence(action=action, effect=effect, error=error, **(given | more))


def asked(tried, people=5_000, k=2_000, n=5_000, **more):
    history = Sums.of([1.0] * k + [0.0] * (n - k))
    return next_action("gold", people, tried, history, metric="buys", kind="share", days=28, **more)


def test_what_works_is_done_again():
    found = asked([evidence("mail", 0.05, 0.01), evidence("call", 0.06, 0.03)])
    assert (found.do, found.action) == ("do", "mail")  # the surer one, not the larger one
    assert found.total.estimate == pytest.approx(250)
    assert found.each.level == pytest.approx(0.975)
    assert "5,000 people" in found.sentence
    assert len(found.tried) == 2


def test_the_best_of_many_is_held_to_more():
    one = evidence("mail", 0.021, 0.01)
    assert asked([one]).do == "do"
    assert asked([one, *(evidence(f"other {n}", 0.0, 0.01) for n in range(9))]).do == "try"


def test_money_is_told_over_the_people_there_are():
    found = asked([evidence("mail", 2.0, 0.5, money=True, kind="mean", metric="revenue")], currency="EUR")
    assert "+5,100 to +14,900 EUR" in found.sentence


def test_what_is_not_clear_is_tested_with_people_enough():
    found = asked([evidence("mail", 0.01, 0.01)])
    assert (found.do, found.action, found.test_weeks) == ("try", "mail", 4)
    assert 4_000 < found.test_people < 5_000
    assert "test mail with" in found.sentence
    assert "from 40.0% to 44.0% or more" in found.sentence
    fewer = asked([evidence("mail", 0.01, 0.01)], people=900)
    assert fewer.test_people == 900
    nothing = asked([], untried="mail")
    assert "nothing was tried here by lot" in nothing.sentence


def test_what_harms_is_left_alone_unless_something_else_can_be_tried():
    harm = evidence("mail", -0.05, 0.01)
    assert asked([harm]).do == "leave alone"
    assert "mail did harm" in asked([harm]).sentence
    assert asked([harm], untried="call").action == "call"


def test_too_few_people_are_left_alone():
    found = asked([], people=60)
    assert found.do == "leave alone"
    assert "60 people are too few for any test" in found.sentence
    blank = next_action("gold", 600, [], None, metric="buys", kind="share", days=28)
    assert blank.do == "try"
    assert blank.to_document()["test_people"] == 600
    flat = asked([], people=600, k=0)
    assert "a test would not tell" in flat.sentence


def test_evidence_by_segment():
    held = by_segment([evidence("mail", 0, 1), evidence("call", 0, 1, segment="plain")])
    assert sorted(held) == ["gold", "plain"]
