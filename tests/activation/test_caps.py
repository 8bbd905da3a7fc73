import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.activation.caps import capped, contact_rules, quiet_of
from segmentary.errors import SettingsError

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
BOTH = {"any": {"at_most": 3, "within": "7d"}, "email": {"at_most": 2, "within": "1d", "quiet": "21:00-08:00"}}


def sent(*channels_hours):
    return [(channel, NOON - dt.timedelta(hours=hours)) for channel, hours in channels_hours]


def test_a_channel_has_its_own_cap_and_that_of_all():
    rules = contact_rules(BOTH, "email")
    assert not capped(sent(("email", 1)), rules, NOON)
    assert capped(sent(("email", 1), ("email", 2)), rules, NOON)
    assert not capped(sent(("email", 25), ("email", 26)), rules, NOON)
    assert capped(sent(("sms", 25), ("sms", 26), ("push", 100)), rules, NOON)
    assert rules.longest == dt.timedelta(days=7)


def test_without_settings_nobody_is_capped():
    assert not capped(sent(("email", 0)), contact_rules({}, "email"), NOON)


def test_none_at_all():
    assert capped([], contact_rules({"email": {"at_most": 0}}, "email"), NOON)


def test_a_message_of_a_wrong_clock_counts():
    rules = contact_rules({"email": {"at_most": 1, "within": "1h"}}, "email")
    assert capped([("email", NOON + dt.timedelta(days=1))], rules, NOON)


def test_quiet_hours_go_over_midnight_and_are_local():
    quiet = contact_rules(BOTH, "email").quiet
    berlin = ZoneInfo("Europe/Berlin")
    assert quiet.over_at(NOON, berlin) is None
    late = dt.datetime(2026, 3, 2, 20, 30, tzinfo=dt.UTC)
    assert quiet.over_at(late, berlin) == dt.datetime(2026, 3, 3, 7, tzinfo=dt.UTC)
    early = dt.datetime(2026, 3, 2, 5, tzinfo=dt.UTC)
    assert quiet.over_at(early, berlin) == dt.datetime(2026, 3, 2, 7, tzinfo=dt.UTC)


@given(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 31), timezones=st.just(dt.UTC)),
       st.sampled_from(["21:00-08:00", "12:00-14:30", "00:00-06:00"]))  # fmt: skip
def test_after_quiet_hours_it_is_not_quiet(at, said):
    quiet, zone = quiet_of(said), ZoneInfo("America/New_York")
    over = quiet.over_at(at, zone)
    if over is not None:
        assert over > at
        assert quiet.over_at(over, zone) is None


@pytest.mark.parametrize(
    "table",
    [{"at_most": "2"}, {"at_most": True}, {"at_most": 1, "within": "soon"}, {"at_least": 1}, {"quiet": "25:00-26:00"}],
)
def test_settings_without_meaning_are_refused(table):
    with pytest.raises(SettingsError):
        contact_rules({"email": table}, "email")
