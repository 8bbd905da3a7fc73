"""Texts that were written for a screen, as what they say."""

from __future__ import annotations

import html
import re

BREAKS = re.compile(r"<\s*(?:br|/p|/div|/li|/h\d|/tr)\s*/?\s*>", re.I)
SILENT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.I | re.S)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
SPACES = re.compile(r"[ \t\xa0]+")


def without_markup(text: str | None) -> str | None:
    r"""Return a text without its HTML; lines stay lines.

    Examples
    --------
    >>> without_markup("<p>Hello&nbsp;<b>you</b></p><p>2 < 3</p>"), without_markup("plain")
    ('Hello you\n2 < 3', 'plain')
    """
    if text is None or ("<" not in text and "&" not in text):
        return text
    told = TAG.sub("", BREAKS.sub("\n", SILENT.sub("", text)))
    lines = (SPACES.sub(" ", line).strip() for line in html.unescape(told).splitlines())
    return "\n".join(line for line in lines if line) or None
