"""Making and opening a workspace: settings in their order, nothing half-made, nothing overwritten."""

import pytest

import segmentary as sg
from segmentary.errors import SettingsError, UsageError, WorkspaceError, WorkspaceLockedError


def test_settings_are_written_and_read(tmp_path):
    with sg.init(tmp_path / "shop", currency="GBP", timezone="Europe/London", environment={}) as made:
        assert (made.settings.currency, made.settings.timezone) == ("GBP", "Europe/London")
    with sg.open(tmp_path / "shop", environment={"SEGMENTARY_CURRENCY": "USD"}) as opened:
        assert (opened.settings.currency, opened.settings.timezone) == ("USD", "Europe/London")
    with sg.open(tmp_path / "shop", environment={"SEGMENTARY_CURRENCY": "USD"}, currency="CHF") as opened:
        assert opened.settings.currency == "CHF"


@pytest.mark.parametrize("wrong", [{"currency": "pounds"}, {"timezone": "Mars/Olympus"}, {"colour": "red"}])
def test_a_wrong_setting_leaves_no_folder(tmp_path, wrong):
    with pytest.raises(SettingsError):
        sg.init(tmp_path / "shop", environment={}, **wrong)
    assert not (tmp_path / "shop").exists()


def test_a_workspace_is_not_made_twice(tmp_path):
    sg.init(tmp_path / "shop", environment={}).close()
    with pytest.raises(WorkspaceError, match="already is a workspace"):
        sg.init(tmp_path / "shop", environment={})


def test_a_folder_that_is_no_workspace(tmp_path):
    with pytest.raises(UsageError, match="not a workspace"):
        sg.open(tmp_path)
    with pytest.raises(UsageError, match="there is no folder"):
        sg.open(tmp_path / "none")


def test_one_owner_at_a_time_and_none_after_closing(tmp_path):
    first = sg.init(tmp_path / "shop", environment={})
    with pytest.raises(WorkspaceLockedError):
        sg.open(tmp_path / "shop")
    first.close()
    sg.open(tmp_path / "shop").close()
