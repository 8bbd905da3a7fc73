"""Every text of pages and scripts is there in the second language; no word is translated twice in two ways."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment

from segmentary.interfaces.web import words
from segmentary.interfaces.web.rendering import NAVIGATION, environment

WEB = Path(words.__file__).parent
IN_SCRIPTS = re.compile(r"""\b_\(\s*(['"])((?:\\.|(?!\1).)+)\1""")
KINDS = [("pages/**.py", "python"), ("*.py", "python"), ("templates/**.html.j2", "jinja2")]


def said() -> dict[str, set[str]]:
    """Every text people may read, with the files it stands in."""
    found: dict[str, set[str]] = {}
    keywords = {"_": None, "gettext": None, "say": None, "ngettext": (1, 2), "many": (1, 2), "counted": (1, 2)}
    options = {kind: {"extensions": "jinja2.ext.i18n", "trimmed": "true"} for kind, _ in KINDS}
    for name, _, message, _, _ in extract_from_dir(WEB, KINDS, options, keywords=keywords):
        found.setdefault(message if isinstance(message, str) else message[0], set()).add(name)
    for path in (WEB / "static").glob("*.js"):
        for _, word in IN_SCRIPTS.findall(path.read_text(encoding="utf-8")):
            found.setdefault(word.replace("\\'", "'"), set()).add(path.name)
    for _, _, name in NAVIGATION:
        found.setdefault(name, set()).add("navigation")
    return found


@pytest.mark.parametrize("language", words.languages()[1:])
def test_every_text_is_translated(language):
    there: dict[str, str] = {}
    for path in sorted((WEB / "locales" / language).glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale=language):
                key = message.id if isinstance(message.id, str) else message.id[0]
                text = message.string if isinstance(message.string, str) else "|".join(message.string)
                if key and text:
                    assert there.setdefault(key, text) == text, (
                        f"{path.name}: {key!r} stands elsewhere as {there[key]!r}"
                    )
    missing = {word: sorted(places) for word, places in said().items() if word not in there}
    assert not missing, "\n".join(f"{places}: {word!r}" for word, places in sorted(missing.items()))


@pytest.mark.parametrize("language", words.languages()[1:])
def test_placeholders_stay(language):
    for path in sorted((WEB / "locales" / language).glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale=language):
                forms = [message.string] if isinstance(message.string, str) else list(message.string)
                wanted = set(re.findall(r"%\(\w+\)s", message.id if isinstance(message.id, str) else message.id[1]))
                assert all(set(re.findall(r"%\(\w+\)s", form)) == wanted for form in forms if form), message.id


def test_the_language_is_the_cookies_then_the_browsers():
    class Asked:
        def __init__(self, cookie: str, header: str) -> None:
            self.cookies = {"language": cookie} if cookie else {}
            self.headers = {"accept-language": header}

    assert words.language_of(Asked("de", "en")) == "de"  # type: ignore[arg-type]
    assert words.language_of(Asked("", "fr, de-CH;q=0.8")) == "de"  # type: ignore[arg-type]
    assert words.language_of(Asked("xx", "")) == "en"  # type: ignore[arg-type]


def test_templates_escape():
    template = environment("en")
    assert isinstance(template, Environment)
    assert template.from_string("{{ name }}").render(name="<script>") == "&lt;script&gt;"
