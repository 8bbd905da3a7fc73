import datetime as dt
from typing import get_args

from segmentary.activation.audience import REASONS, Audience, Counts, Reason


def test_every_reason_has_words():
    assert set(REASONS) == set(get_args(Reason))


def test_who_is_held_out_is_looked_at_but_not_written_to():
    when = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    counts = (
        Counts("champions", 10, {"treated": 6, "holdout": 1}, {"thanks": 6}, {"no_consent": 3}),
        Counts("at_risk", 5, {"treated": 4, "holdout": 1}, {"come_back": 4}, {}),
    )
    audience = Audience("autumn-1", "autumn", "v", "email", "marketing", when, when, counts)
    assert (audience.members, audience.written_to) == (15, 10)
    assert all(one.members == sum(one.arms.values()) + sum(one.left_out.values()) for one in audience.counts)
