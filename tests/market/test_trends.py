"""Waves: planted changes found, none where there is none, panels with their smaller error, unfinished waves."""

import json

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.groups import Groups
from segmentary.market.raking import Margin, rake
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.trends import Trends, Wave, trends


def wave(name, at, shares, seed, n=400, **more):
    r = np.random.default_rng(seed)
    labels = r.choice(len(shares), n, p=shares)
    return Wave(name, at, Groups(tuple("abc"), labels), SurveyDesign(r.lognormal(0, 0.3, n)), **more)


SAME = [0.5, 0.3, 0.2]


def test_a_planted_change_is_found_and_said():
    found = trends(
        [
            wave("2025", 2025, [0.6, 0.2, 0.2], 3, n=1500),
            wave("2023", 2023, SAME, 1, n=1500),
            wave("2024", 2024, [0.55, 0.25, 0.2], 2, n=1500),
        ]
    )
    assert found.waves == ("2023", "2024", "2025")
    assert [one.direction for one in found.segments] == ["growing", "shrinking", "not_clear"]
    assert found.segments[0].sentence.startswith("a grew from ")
    assert "not clear" in found.segments[2].sentence
    assert found.segments[0].slope.estimate == pytest.approx(0.05, abs=0.03)
    assert found.segments[0].bend > 0.05
    assert [(one.start, one.end) for one in found.segments[0].steps] == [("2023", "2024"), ("2024", "2025")]
    assert not found.panel


def test_the_change_of_two_waves_is_the_textbook_one():
    one, other = wave("1", 1, SAME, 1), wave("2", 2, SAME, 2)
    change = trends([one, other]).segments[0].change
    errors = [found.segments[0].points[0].estimate.error for found in (trends([one]), trends([other]))]
    assert change.error == pytest.approx(np.hypot(*errors), rel=1e-3)
    assert trends([one, other]).segments[0].slope is None


def test_false_alarms_without_a_change_stay_below_five_in_a_hundred():
    rounds = 300
    alarms = 0
    for seed in range(rounds):
        found = trends([wave(str(at), at, SAME, 1000 + 10 * seed + at, n=200) for at in range(3)])
        alarms += any(one.direction != "not_clear" for one in found.segments)
    assert alarms / rounds <= 0.05 + 2 * (0.05 * 0.95 / rounds) ** 0.5


def test_a_panel_sees_smaller_changes():
    r = np.random.default_rng(5)
    n = 400
    names = np.array([f"p{one}" for one in range(n)])
    first = r.choice(3, n, p=SAME)
    moved = r.random(n) < 0.08
    second = np.where(moved & (first != 0), 0, first)
    design = SurveyDesign(np.ones(n))
    waves = [
        Wave("1", 1, Groups(tuple("abc"), first), design, respondents=names),
        Wave("2", 2, Groups(tuple("abc"), second), design, respondents=names),
    ]
    panel = trends(waves)
    apart = trends([Wave(one.name, one.at, one.groups, one.design) for one in waves])
    assert panel.panel
    assert panel.segments[0].direction == "growing"
    assert panel.segments[0].change.error < 0.6 * apart.segments[0].change.error
    moved_share = (second == 0).astype(float) - (first == 0)
    assert panel.segments[0].change.error == pytest.approx(moved_share.std(ddof=1) / n**0.5, rel=0.01)


def test_a_raked_panel_knows_its_margins():
    r = np.random.default_rng(12)
    n = 400
    names = np.array([f"p{one}" for one in range(n)])
    sex = r.choice(["f", "m"], n)
    labels = np.where(r.random(n) < np.where(sex == "f", 0.9, 0.1), 0, 1)
    raked = rake(SurveyDesign.unweighted(n), [Margin("sex", sex.tolist(), {"f": 0.5, "m": 0.5})]).design
    other = np.where(r.random(n) < np.where(sex == "f", 0.9, 0.1), 0, 1)

    def change(design):
        waves = [
            Wave(str(at), at, Groups(("a", "b"), one), design, respondents=names)
            for at, one in enumerate((labels, other))
        ]
        found = trends(waves)
        assert found.panel
        return found.segments[0].change

    assert change(raked).estimate == pytest.approx(change(SurveyDesign(raked.weights)).estimate)
    assert change(raked).error <= change(SurveyDesign(raked.weights)).error * 1.001


def test_a_wave_in_the_field_is_shown_but_not_tested():
    found = trends([wave("1", 1, SAME, 1), wave("2", 2, SAME, 2), wave("3", 3, [0.9, 0.05, 0.05], 3, complete=False)])
    assert found.incomplete == ("3",)
    assert [one.tested for one in found.segments[0].points] == [True, True, False]
    assert found.segments[0].direction == "not_clear"
    alone = trends([wave("1", 1, SAME, 1), wave("2", 2, SAME, 2, complete=False)])
    assert alone.segments[0].change is None
    assert alone.segments[0].direction == "cannot_say"
    assert "fewer than two complete waves" in alone.segments[0].sentence


def test_people_in_no_segment_are_said():
    one, other = wave("1", 1, SAME, 1), wave("2", 2, SAME, 2)
    labels = np.where(np.arange(400) % 4 == 0, -1, other.groups.labels)
    found = trends([one, Wave("2", 2, Groups(tuple("abc"), labels), other.design)])
    (finding,) = found.findings
    assert (finding.code, finding.level) == ("unassigned", "warning")
    assert "0.0% (1) and 2" in finding.message


def test_segments_not_asked_about_in_a_wave_are_skipped():
    found = trends([wave("1", 1, SAME, 1), wave("2", 2, SAME, 2, measured=("a", "b")), wave("3", 3, SAME, 3)])
    assert [len(one.points) for one in found.segments] == [3, 3, 2]
    assert found.segments[2].steps[0].end == "3"


def test_means_of_a_value_can_be_followed():
    r = np.random.default_rng(6)

    def spend(name, at, level):
        one = wave(name, at, SAME, at)
        return Wave(name, at, one.groups, one.design, value=r.gamma(4, level / 4, 400))

    found = trends([spend("1", 1, 10), spend("2", 2, 20)], unit="EUR")
    assert {one.direction for one in found.segments} == {"growing"}
    assert "EUR" in found.segments[0].sentence
    assert "%" not in found.segments[0].sentence


def test_empty_segments_and_single_people_cannot_be_tested():
    labels = np.zeros(50, dtype=np.intp)
    labels[0] = 1
    value = np.arange(50.0)
    waves = [
        Wave(str(at), at, Groups(tuple("abc"), labels), SurveyDesign(np.ones(50)), value=value + at) for at in (1, 2)
    ]
    found = trends(waves)
    assert [one.direction for one in found.segments] == ["not_clear", "cannot_say", "cannot_say"]
    shares = trends([Wave(one.name, one.at, one.groups, one.design) for one in waves])
    assert {one.direction for one in shares.segments} == {"not_clear"}


def test_waves_that_do_not_fit_are_refused():
    with pytest.raises(NoAnswerError):
        trends([])
    with pytest.raises(DataError, match="same moment"):
        trends([wave("1", 1, SAME, 1), wave("2", 1, SAME, 2)])
    other = Wave("2", 2, Groups(("a", "x"), np.zeros(3, dtype=np.intp)), SurveyDesign(np.ones(3)))
    with pytest.raises(DataError, match="other segments"):
        trends([wave("1", 1, SAME, 1), other])


def test_trends_are_a_document():
    found = trends([wave(str(at), at, SAME, at) for at in range(3)])
    document = json.loads(json.dumps(found.to_document()))
    assert Trends.from_document(document).to_document() == document
