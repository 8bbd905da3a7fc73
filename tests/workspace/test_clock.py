import datetime as dt

from segmentary.workspace.clock import Ticks, system_clock

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_moments_only_go_forward():
    moments = iter([NOON, NOON, NOON - dt.timedelta(days=1), NOON + dt.timedelta(hours=1)])
    tick = Ticks(lambda: next(moments), NOON - dt.timedelta(seconds=1))
    found = [tick() for _ in range(4)]
    assert found == sorted(set(found))
    assert found[0] == NOON
    assert found[-1] == NOON + dt.timedelta(hours=1)


def test_the_system_says_its_zone():
    assert system_clock().tzinfo is dt.UTC
