"""Settings: flag > environment > file > default; every wrong one is refused with its name."""

import pytest

from segmentary.errors import SettingsError
from segmentary.settings import (
    FILE_NAME,
    PLAIN,
    TABLES,
    Settings,
    checked,
    read_settings,
    settings_text,
    without_password,
)


def written(tmp_path, text):
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    return tmp_path


def test_no_file_means_defaults(tmp_path):
    assert read_settings(tmp_path) == Settings()


def test_flag_beats_environment_beats_file(tmp_path):
    folder = written(tmp_path, 'currency = "GBP"\ntimezone = "Europe/London"\nweek_start = "sunday"\n')
    environment = {"SEGMENTARY_TIMEZONE": "Europe/Paris", "SEGMENTARY_WEEK_START": "saturday", "OTHER": "x"}
    found = read_settings(folder, flags={"week_start": "friday", "currency": None}, environment=environment)
    assert (found.currency, found.timezone, found.week_start) == ("GBP", "Europe/Paris", "friday")


def test_what_is_written_is_what_is_read(tmp_path):
    settings = Settings(currency="USD", timezone="America/New_York", week_start="sunday", fiscal_year_start=7)
    assert read_settings(written(tmp_path, settings_text(settings))) == settings


def test_sources_and_rates_are_tables(tmp_path):
    text = '[sources.orders]\nkind = "orders"\n[rates.USD]\n2011-01-01 = "0.75"\n'
    found = read_settings(written(tmp_path, text))
    assert found.sources["orders"]["kind"] == "orders"
    assert found.rates["USD"]["2011-01-01"] == "0.75"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('curency = "GBP"', "unknown setting 'curency'"),
        ('currency = "pounds"', "currency is not an ISO 4217 code"),
        ('currency = "gbp"', "currency is not an ISO 4217 code"),
        ("currency = 3", "currency"),
        ('timezone = "Mars/Olympus"', "unknown time zone"),
        ('timezone = ""', "time zone"),
        ("timezone = 1", "timezone"),
        ('week_start = "Monday"', "week_start"),
        ("fiscal_year_start = 13", "fiscal_year_start"),
        ('fiscal_year_start = "spring"', "fiscal_year_start"),
        ("suppress_below = 0", "suppress_below"),
        ('warehouse = "mysql://host/db"', "warehouse"),
        ("sources = 3", "sources"),
        ("this is not toml", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_refused(tmp_path, text, message):
    with pytest.raises(SettingsError, match=message):
        read_settings(written(tmp_path, text))


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_settings(tmp_path)


def test_a_near_name_is_offered(tmp_path):
    with pytest.raises(SettingsError) as caught:
        read_settings(written(tmp_path, 'time_zone = "UTC"'))
    assert caught.value.hint == "did you mean 'timezone'?"


def test_an_unknown_flag_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="the command line: unknown setting 'colour'"):
        read_settings(tmp_path, flags={"colour": "red"})


def test_numbers_may_come_as_text_from_the_environment(tmp_path):
    assert read_settings(tmp_path, environment={"SEGMENTARY_SUPPRESS_BELOW": "20"}).suppress_below == 20


def test_plain_settings_are_all_but_the_tables():
    assert set(PLAIN) == set(Settings.__dataclass_fields__) - set(TABLES)
    assert checked({}) == Settings()


@pytest.mark.parametrize("amount", ["4GB", "512 MB", "1.5GiB", ""])
def test_amounts_of_memory(amount):
    assert checked({"memory_limit": amount}).memory_limit == amount


def test_an_amount_that_is_none():
    with pytest.raises(SettingsError, match="not an amount of memory"):
        checked({"memory_limit": "much"})


def test_a_warehouse_is_written_without_its_password(tmp_path):
    settings = Settings(warehouse="postgresql://ann:secret@db:5432/shop?sslmode=require")
    text = settings_text(settings)
    assert "secret" not in text
    found = read_settings(written(tmp_path, text))
    assert found.warehouse == "postgresql://ann@db:5432/shop?sslmode=require"


@pytest.mark.parametrize(
    ("address", "without"),
    [
        ("sc://host:15002", "sc://host:15002"),
        ("postgres://:only@host/db", "postgres://host/db"),
        ("postgres://ann@host/db", "postgres://ann@host/db"),
        ("postgres://ann:a%40b@host/db", "postgres://ann@host/db"),
    ],
)
def test_addresses_without_password(address, without):
    assert without_password(address) == without
