"""Settings of a workspace: flag > environment (``SEGMENTARY_*``) > ``segmentary.toml`` > default."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from segmentary.errors import SettingsError

FILE_NAME = "segmentary.toml"
WAREHOUSES = ("postgres", "postgresql", "sc", "spark")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a whole workspace.

    Attributes
    ----------
    currency : ISO 4217 code all money is reported in.
    timezone : IANA zone that decides what "a day" is.
    week_start : weekday name, lower case.
    fiscal_year_start : month number (1-12) the fiscal year begins with.
    suppress_below : groups of persons smaller than this are not shown in reports and aggregate exports.
    country : ISO 3166 alpha-2 code assumed for phone numbers written without a country code.
    memory_limit : memory the warehouse may use, such as ``4GB``; empty means half of the machine's, at most 8 GB.
        What does not fit is put on the disk.
    upload_limit : how large a file people may upload to the server, such as ``500MB``; empty means 1 GB.
    warehouse : where segments are computed and served: empty means the embedded database, else an address such as
        ``postgresql://user@host/database`` or ``sc://host:15002`` (Spark Connect). A password belongs in the variable
        SEGMENTARY_WAREHOUSE or where the database's own tools look for it, never in the file.
    sources : per source name, its mapping (``[sources.NAME]`` tables of the file).
    rates : per currency, the rates table (``[rates.USD]`` with ``2011-01-01 = "0.75"``) into `currency`.
    scales : per attitude scale, its survey items (``[scales.eco_minded]`` with ``items = [...]``, and where they apply
        ``survey``, ``reversed``, ``low``, ``high``).
    channels : per way to reach people, where it leads (``[channels.email]`` with ``host``, ``port``, ``sender``, ...).
        Passwords belong in the variable SEGMENTARY_CHANNEL_<NAME>_PASSWORD, never in the file.
    contact : per channel (``any``: all together) how often and when people may be written to (``[contact.email]`` with
        ``at_most = 2``, ``within = "7d"``, ``quiet = "21:00-08:00"``).
    """

    currency: str = "EUR"
    timezone: str = "UTC"
    week_start: str = "monday"
    fiscal_year_start: int = 1
    suppress_below: int = 11
    country: str = ""
    memory_limit: str = ""
    upload_limit: str = ""
    warehouse: str = ""
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scales: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    channels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    contact: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


TABLES = ("sources", "rates", "scales", "channels", "contact")
PLAIN = tuple(f.name for f in fields(Settings) if f.name not in TABLES)


def read_settings(
    folder: Path, *, flags: Mapping[str, object] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings of a workspace folder.

    Raises
    ------
    SettingsError
        when a key is unknown or a value has no meaning, naming file and key.
    """
    path = folder / FILE_NAME
    values: dict[str, Any] = {}
    if path.exists():
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: not valid TOML: {error}", hint="mend the file by hand") from error
        for key, value in document.items():
            if key not in PLAIN and key not in TABLES:
                raise unknown_setting(key, str(path))
            values[key] = value
    for name in PLAIN:
        variable = f"SEGMENTARY_{name.upper()}"
        if environment is not None and variable in environment:
            values[name] = environment[variable]
    for name, value in (flags or {}).items():
        if name not in PLAIN:
            raise unknown_setting(name, "the command line")
        if value is not None:
            values[name] = value
    return checked(values)


def unknown_setting(key: str, where: str) -> SettingsError:
    near = difflib.get_close_matches(key, [*PLAIN, *TABLES], n=1)
    return SettingsError(
        f"{where}: unknown setting {key!r}",
        hint=f"did you mean {near[0]!r}?" if near else f"settings are: {', '.join(PLAIN)}",
    )


def checked(values: Mapping[str, Any]) -> Settings:
    """Return settings with every value checked.

    Raises
    ------
    SettingsError
        when a value has no meaning.
    """
    clean = dict(values)
    for name in ("fiscal_year_start", "suppress_below"):
        if name in clean:
            try:
                clean[name] = int(clean[name])
            except (TypeError, ValueError):
                raise SettingsError(f"{name} is not a whole number: {clean[name]!r}") from None
    for name, value in clean.items():
        wanted: type = Mapping if name in TABLES else int if name in ("fiscal_year_start", "suppress_below") else str
        if not isinstance(value, wanted):
            raise SettingsError(
                f"{name} cannot be {value!r}", hint="see the settings page" if name in TABLES else "write it in quotes"
            )
    settings = Settings(**clean)
    try:
        ZoneInfo(settings.timezone)
    except (KeyError, ValueError, OSError):
        raise SettingsError(
            f"unknown time zone {settings.timezone!r}", hint="use an IANA name such as Europe/London"
        ) from None
    if settings.week_start not in WEEKDAYS:
        raise SettingsError(
            f"week_start is not a weekday: {settings.week_start!r}", hint=f"one of {', '.join(WEEKDAYS)}"
        )
    if not 1 <= settings.fiscal_year_start <= 12:
        raise SettingsError("fiscal_year_start is a month number, 1 to 12")
    if len(settings.currency) != 3 or not settings.currency.isalpha() or not settings.currency.isupper():
        raise SettingsError(
            f"currency is not an ISO 4217 code: {settings.currency!r}", hint="for example EUR, USD, GBP"
        )
    for amount in (settings.memory_limit, settings.upload_limit):
        if amount and not re.fullmatch(r"\d+(\.\d+)?\s*[KMGT]i?B", amount):
            raise SettingsError(f"not an amount of memory: {amount!r}", hint="for example 4GB or 512MB")
    if settings.warehouse and urlsplit(settings.warehouse).scheme not in WAREHOUSES:
        raise SettingsError(
            "the warehouse's address does not begin with one of " + ", ".join(f"{one}://" for one in WAREHOUSES),
            hint="leave it empty for the embedded database",
        )
    if settings.suppress_below < 1:
        raise SettingsError("suppress_below must be 1 or more")
    return settings


def settings_text(settings: Settings) -> str:
    """Return the text of a new ``segmentary.toml``."""
    lines = [
        "# Settings of this workspace. A flag or a SEGMENTARY_* variable wins over this file.",
        f'currency = "{settings.currency}"        # ISO 4217; amounts in other currencies need a [rates.XXX] table',
        f'timezone = "{settings.timezone}"        # what "a day" is',
        f'week_start = "{settings.week_start}"',
        f"fiscal_year_start = {settings.fiscal_year_start}    # month number",
        f"suppress_below = {settings.suppress_below}      # smaller groups of persons are not shown in reports",
    ]
    if settings.warehouse:
        place = toml_value(without_password(settings.warehouse))
        lines.append(f"warehouse = {place}    # segments are computed and served there")
    for table in TABLES:
        for name, values in getattr(settings, table).items():
            lines += ["", f"[{table}.{toml_key(name)}]"]
            lines += [f"{toml_key(key)} = {toml_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def without_password(address: str) -> str:
    """Return an address without the password in it."""
    parts = urlsplit(address)
    name, _, host = parts.netloc.rpartition("@")
    user = name.partition(":")[0]
    return parts._replace(netloc=f"{user}@{host}" if user else host).geturl()


def toml_key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else json.dumps(name)


def toml_value(value: object) -> str:
    match value:
        case Mapping():
            inside = ", ".join(f"{toml_key(str(k))} = {toml_value(v)}" for k, v in value.items())
            return f"{{{inside}}}"
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case _:
            # A JSON string, number or boolean is a TOML one, but for the DEL character.
            return json.dumps(value).replace("\x7f", "\\u007f")
