"""The words of the pages: English in the templates, other languages from `locales/<language>/<part>.po`.

Gettext files are read as they are; there is nothing to compile. The caller's language is that of the cookie
``language``, else the first of ``Accept-Language`` that is there.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

from fastapi import Request

HERE = Path(__file__).parent / "locales"
SOURCE = "en"


@cache
def languages() -> tuple[str, ...]:
    """Return the languages there are, the language of the source first."""
    return (SOURCE, *sorted(place.name for place in HERE.iterdir() if any(place.glob("*.po"))))


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return the words of a language, all its files together; for the source language the words themselves."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    found: gettext.NullTranslations | None = None
    for path in sorted((HERE / language).glob("*.po")) if language != SOURCE else ():
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=language)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        one = gettext.GNUTranslations(compiled)
        if found is not None:
            one.add_fallback(found)
        found = one
    return found or gettext.NullTranslations()


def language_of(request: Request) -> str:
    """Return the language a page is shown in."""
    wished = [request.cookies.get("language", "")]
    for part in request.headers.get("accept-language", "").split(","):
        wished.append(part.partition(";")[0].strip().partition("-")[0].lower())
    return next((one for one in wished if one in languages()), SOURCE)
