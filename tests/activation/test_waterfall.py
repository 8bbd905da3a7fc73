from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from segmentary.activation.audience import REASONS, Counts
from segmentary.activation.waterfall import sentences, waterfall

people = st.integers(0, 50)
JUDGED = [one for one in REASONS if one not in ("quiet", "expired", "no_content")]


@st.composite
def counts(draw):
    arms = {name: draw(people) for name in ("treated", "holdout")}
    left = {reason: n for reason in draw(st.sets(st.sampled_from(JUDGED))) if (n := draw(people))}
    return Counts("a", sum(arms.values()) + sum(left.values()), arms, {}, left)


@given(st.lists(counts(), min_size=1, max_size=3))
def test_it_falls_from_members_to_those_written_to(given_counts):
    steps = waterfall(given_counts, purpose="marketing")
    assert steps[0].rest == sum(one.members for one in given_counts)
    assert steps[-1].rest == sum(one.arms["treated"] for one in given_counts)
    for before, after in pairwise(steps):
        assert before.rest - after.people == after.rest
    assert len(sentences(steps)) == len(steps) - 1


def test_one_person_is_one_person():
    one = Counts("vip", 3, {"treated": 2}, {}, {"no_consent": 1})
    assert sentences(waterfall([one], purpose="marketing")) == [
        "1 of 3 people has no marketing consent. They will be left out → 2"
    ]
