"""From a template and what it shows to a page: escaped, translated, with numbers and times as people write them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from segmentary.interfaces.http.access import Caller
from segmentary.interfaces.web.words import language_of, languages, translations
from segmentary.workspace.plain_json import document, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
STATIC = HERE / "static"
MISSING = "–"
NAVIGATION: tuple[tuple[str, str, str], ...] = (
    ("home", "/", "Home"),
    ("data", "/data", "Data"),
    ("segments", "/segments", "Segments"),
    ("people", "/people", "People"),
    ("discover", "/discover", "Discover"),
    ("predictions", "/predictions", "Predictions"),
    ("markets", "/markets", "Markets"),
    ("campaigns", "/campaigns", "Campaigns"),
    ("chat", "/chat", "Chat"),
    ("experiments", "/experiments", "Experiments"),
    ("jobs", "/jobs", "Work"),
    ("settings", "/settings", "Settings"),
)
"""Key, address and English name of every part of the site; a page names its key as `here`."""


@cache
def environment(language: str) -> Environment:
    """Return the templates in a language."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters |= filters(language)
    made.globals |= {"asset": asset, "navigation": NAVIGATION, "languages": languages(), "language": language}
    return made


def filters(language: str) -> dict[str, Any]:
    """Return how figures are written in a language; what is missing is a dash."""
    from babel import dates, numbers

    def number(value: float | Decimal | None, digits: int = 0) -> str:
        if value is None:
            return MISSING
        rounded = round(float(value), digits) if digits else round(value)
        return str(numbers.format_decimal(rounded, locale=language))

    def percent(value: float | Decimal | None, digits: int = 1) -> str:
        if value is None:
            return MISSING
        return str(
            numbers.format_percent(value, "#,##0" + ("." + "0" * digits if digits else "") + "%", locale=language)
        )

    def money(value: float | Decimal | None, currency: str = "EUR") -> str:
        if value is None:
            return MISSING
        pattern = "¤#,##0" if abs(float(value)) >= 10_000 else None
        found = numbers.format_currency(value, currency, pattern, locale=language, currency_digits=pattern is None)
        return str(found)

    def day(value: dt.date | dt.datetime | None) -> str:
        return MISSING if value is None else str(dates.format_date(value, "medium", locale=language))

    def moment(value: dt.datetime | None, zone: str = "UTC") -> str:
        if value is None:
            return MISSING
        aware = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
        return str(dates.format_datetime(aware, "medium", tzinfo=dates.get_timezone(zone), locale=language))

    def ago(value: dt.datetime | None, now: dt.datetime) -> str:
        if value is None:
            return MISSING
        aware = value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
        return str(dates.format_timedelta(aware - now, add_direction=True, locale=language))

    return {
        "number": number,
        "percent": percent,
        "money": money,
        "day": day,
        "moment": moment,
        "ago": ago,
        "urlencode": address_part,
    }


def address_part(value: object) -> str:
    """Return a name as a part of an address: a slash in it is not one of the address.

    >>> address_part("a/b ü%")
    'a%2Fb%20%C3%BC%25'
    """
    return quote(str(value), safe="")


def page(request: Request, template: str, caller: Caller | None, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page.

    template : a file of `templates`; context : what it shows, ``here`` (a key of `NAVIGATION`) and ``title`` with it.
    caller : who looks; None on the pages before signing in.
    """
    language = language_of(request)
    text = (
        environment(language)
        .get_template(template)
        .render(
            request=request,
            caller=caller,
            path=request.url.path,
            csrf=getattr(request.state, "csrf", ""),
            zone=request.app.state.serving.workspace.settings.timezone,
            currency=request.app.state.serving.workspace.settings.currency,
            **context,
        )
    )
    return HTMLResponse(text, status_code=status)


def data_for_script(value: object) -> Markup:
    """Return a result as JSON that may stand in a ``<script type="application/json">`` of a page."""
    text = to_json(document(value), indent=0)
    safe = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup(safe.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704 - escaped above


@cache
def digest() -> str:
    """Return what tells one version of the files pages load from another: one for all, for they load each other."""
    found = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a static file; it changes with what the files hold, so browsers keep it for good."""
    return f"/assets/{digest()}/{name}"


def script_words(language: str, words: Sequence[str]) -> Mapping[str, str]:
    """Return the words a script shows, by their English form."""
    found = translations(language)
    return {word: found.gettext(word) for word in words}


def as_json(value: object) -> str:
    """Return JSON text for an attribute."""
    return json.dumps(document(value), default=str)
