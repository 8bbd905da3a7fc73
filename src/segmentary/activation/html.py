"""HTML of a message: made from its text, or cleaned; inert whatever stands in it, and readable on any screen.

What a template prints is marked while a text is rendered (between `OPEN` and `CLOSE`), so that formatting is read from
the words of the author only: a customer called ``[free](https://elsewhere)`` stays those letters.

HTML an author wrote is cleaned by nh3. HTML made of a text is made of fixed elements, escaped words, and addresses that
begin with https:// or http:// in the author's own words, so there is nothing to clean.

In texts ``**bold**``, ``# heading``, ``- item``, ``[words](https://...)`` and bare addresses are understood; a link
alone in its paragraph becomes a button. The plain part of the message has the same words without the marks.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import unescape
from typing import Any

OPEN, CLOSE = "\ue000", "\ue001"
"""Around every value in a rendered text: private characters that are taken out of the values themselves."""
UNMARKED = {ord(OPEN): None, ord(CLOSE): None}

INLINE = {"a", "abbr", "b", "br", "code", "em", "i", "img", "s", "small", "span", "strong", "sub", "sup", "u"}
BLOCKS = {
    "blockquote", "center", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
CELL = {"align", "valign", "width", "height", "colspan", "rowspan", "bgcolor"}
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"style", "dir", "lang", "title", "class", "role"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"width", "align", "cellpadding", "cellspacing", "border", "bgcolor"},
    "td": CELL,
    "th": CELL | {"scope"},
}
STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-spacing", "border-top", "color", "display", "font-family", "font-size", "font-style",
    "font-weight", "height", "letter-spacing", "line-height", "margin", "margin-bottom", "margin-left", "margin-right",
    "margin-top", "max-width", "min-width", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top",
    "text-align", "text-decoration", "text-transform", "vertical-align", "white-space", "width", "word-break",
}  # fmt: skip
CALLS = re.compile(r"(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(|[\\@<>=]")
"""A function in a style that is no colour, or a way of hiding one."""
SCHEMES = {"https", "http", "mailto", "tel"}
DROPPED = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "head", "textarea"}


@cache
def cleaner() -> Any:
    """Return what lets through only harmless elements, attributes, styles and addresses."""
    import nh3

    return nh3.Cleaner(
        tags=INLINE | BLOCKS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        attribute_filter=harmless,
        link_rel="noopener noreferrer",
        url_schemes=SCHEMES,
        filter_style_properties=STYLES,
        allowed_classes={},
        url_relative="deny",
    )


def harmless(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value, or nothing where it has to go: pictures come by https only."""
    if name == "src" and not value.lower().startswith("https://"):
        return None
    if name == "style" and CALLS.search(value):
        return None
    return value


def cleaned(body: str) -> str:
    """Return the body of a mail without anything that acts, loads or hides: nothing but words, links and pictures."""
    return str(cleaner().clean(body))


def escaped(text: str) -> str:
    """Return text as HTML, fit for attributes too."""
    if text.isalnum():
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#x27;")


# ---------------------------------------------------------------- from text

LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((https?://[^\s()<>\"]{1,2000})\)|(https?://[^\s<>\"()\[\]]{3,2000})")
BOLD = re.compile(r"\*\*([^*\n]{1,500})\*\*")
BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
VALUE = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}")
TRAILING = ".,;:!?"
BUTTON = (
    '<a href="{href}" style="display:inline-block;padding:12px 24px;border-radius:6px;background-color:#1f5fbf;'
    'color:#ffffff;text-decoration:none;font-weight:600" rel="noopener noreferrer">{words}</a>'
)
HEADINGS = {
    "# ": '<h1 style="font-size:24px;line-height:1.25;margin:0 0 16px">{}</h1>',
    "## ": '<h2 style="font-size:19px;line-height:1.3;margin:24px 0 12px">{}</h2>',
}
PARAGRAPH = '<p style="margin:0 0 16px">{}</p>'
LIST = '<ul style="margin:0 0 16px;padding-left:20px">{}</ul>'


def html_of(marked: str) -> str:
    """Return paragraphs, lists, links and buttons of a text whose values are marked."""
    return html_with(*taken_out(marked))


def html_with(protected: str, values: list[str]) -> str:
    """Return the same, of a text whose values are taken out; they are put in from the front of the list."""
    values = list(values)
    parts = [part.strip() for part in BLANK_LINE.split(protected) if part and not part.isspace()]
    return "".join(block(part, values) if OPEN in part else same_block(part) for part in parts)


@lru_cache(512)
def same_block(part: str) -> str:
    """Return a block nothing of a person stands in."""
    return block(part, [])


def plain_of(marked: str) -> str:
    """Return the words alone: ``[words](address)`` as ``words: address``, no stars, values as they are."""
    return plain_with(*taken_out(marked))


def plain_with(protected: str, values: list[str]) -> str:
    """Return the same, of a text whose values are taken out."""
    protected = BOLD.sub(r"\1", LINK.sub(plain_link, protected))
    lines = [line.rstrip() for line in protected.split("\n")]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(re.sub(r"^#{1,2} ", "", line) for line in lines)).strip()
    return put_back(joined, values)


def plain_link(match: re.Match[str]) -> str:
    words, address, bare = match.groups()
    return bare if bare else f"{words}: {address}"


def taken_out(marked: str) -> tuple[str, list[str]]:
    """Return the author's words with a private character for each value, and the values."""
    values: list[str] = []

    def kept(match: re.Match[str]) -> str:
        values.append(match.group()[1:-1])
        return OPEN

    return VALUE.sub(kept, marked), values


def put_back(text: str, values: list[str]) -> str:
    parts = text.split(OPEN)
    return parts[0] + "".join(value + part for value, part in zip(values, parts[1:], strict=True))


class Filling:
    """Values in the order of their places, put back as inert HTML."""

    def __init__(self, values: list[str]) -> None:
        self.values = values
        self.place = 0

    def escape(self, text: str) -> str:
        """Return words as HTML with the next values in their places."""
        if OPEN not in text:
            return escaped(text)
        parts = text.split(OPEN)
        found = [escaped(parts[0])]
        for part in parts[1:]:
            value = self.values[self.place]
            self.place += 1
            found += [escaped(value), escaped(part)]
        return "".join(found)


def block(part: str, values: list[str]) -> str:
    """Return one paragraph, heading, list or button. Values are taken from the front of the list."""
    filling = Filling(values)
    try:
        for mark, shape in HEADINGS.items():
            if part.startswith(mark) and "\n" not in part:
                return shape.format(inline(part[len(mark) :], filling))
        lines = part.split("\n")
        if all(line.lstrip().startswith(("- ", "* ")) for line in lines):
            return LIST.format("".join(f"<li>{inline(line.lstrip()[2:], filling)}</li>" for line in lines))
        whole = LINK.fullmatch(part)
        if whole and whole.group(2):
            words = filling.escape(whole.group(1))
            return PARAGRAPH.format(BUTTON.format(href=filling.escape(whole.group(2)), words=words))
        return PARAGRAPH.format("<br>".join(inline(line.strip(), filling) for line in lines))
    finally:
        del values[: filling.place]


def inline(text: str, filling: Filling) -> str:
    """Return a line with its links and bold words."""
    if "http" not in text:
        return bold(text, filling)
    found, end = [], 0
    for match in LINK.finditer(text):
        found.append(bold(text[end : match.start()], filling))
        words, address, bare = match.groups()
        after = ""
        if bare:
            address = bare.rstrip(TRAILING)
            after = bare[len(address) :]
            before = filling.place
            href = filling.escape(address)
            filling.place = before
            shown = filling.escape(address)
        else:
            shown = filling.escape(words)
            href = filling.escape(address)
        found.append(
            f'<a href="{href}" style="color:#1f5fbf" rel="noopener noreferrer">{shown}</a>{filling.escape(after)}'
        )
        end = match.end()
    found.append(bold(text[end:], filling))
    return "".join(found)


def bold(text: str, filling: Filling) -> str:
    if "**" not in text:
        return filling.escape(text)
    pieces = BOLD.split(text)
    return "".join(
        f"<strong>{filling.escape(piece)}</strong>" if number % 2 else filling.escape(piece)
        for number, piece in enumerate(pieces)
    )


# ---------------------------------------------------------------- from html

TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[a-z:-]+="[^"]*")*)\s*/?>')
HREF = re.compile(r'\shref="([^"]*)"')
ALT = re.compile(r'\salt="([^"]*)"')


def text_of(body: str) -> str:
    """Return the words of a cleaned body: paragraphs, list marks, addresses behind the words of their links."""
    found: list[str] = []
    address, end, start = "", 0, 0
    for match in TAG.finditer(body):
        found.append(re.sub(r"\s+", " ", body[end : match.start()]))
        end = match.end()
        closing, name, attributes = match.groups()
        if name == "a" and not closing:
            href = HREF.search(attributes)
            address, start = (href.group(1) if href else ""), len(found)
        elif name == "a":
            words = "".join(found[start:]).strip()
            if address and address.removeprefix("mailto:") != words:
                found.append(f" ({address})" if words else address)
            address = ""
        elif name == "img":
            alt = ALT.search(attributes)
            found.append(alt.group(1) if alt else "")
        elif name == "li" and not closing:
            found.append("\n- ")
        elif name in ("td", "th") and closing:
            found.append(" ")
        elif name in ("br", "tr"):
            found.append("\n")
        elif name in BLOCKS and name not in ("li", "td", "th", "tbody", "thead"):
            found.append("\n\n")
    found.append(re.sub(r"\s+", " ", body[end:]))
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in unescape("".join(found)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# ---------------------------------------------------------------- the page around it

PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
body {{ margin: 0; padding: 0; width: 100%; -webkit-text-size-adjust: 100%; }}
img {{ max-width: 100%; height: auto; border: 0; }}
table {{ border-collapse: collapse; }}
.sheet td {{ overflow-wrap: anywhere; }}
.inside a {{ color: #1f5fbf; }}
.inside h1 {{ font-size: 24px; line-height: 1.25; margin: 0 0 16px; }}
.inside h2 {{ font-size: 19px; line-height: 1.3; margin: 24px 0 12px; }}
.inside p {{ margin: 0 0 16px; }}
@media (max-width: 620px) {{ .sheet {{ border-radius: 0 !important; }} .inside {{ padding: 24px 20px !important; }} }}
@media (prefers-color-scheme: dark) {{
  body, .around {{ background-color: #16181c !important; }}
  .sheet {{ background-color: #22252b !important; }}
  .inside, .inside p, .inside li, .inside h1, .inside h2, .inside h3, .inside td {{ color: #e8eaed !important; }}
  .inside a {{ color: #8ab4f8 !important; }}
  .inside a[style*="background-color"] {{ color: #ffffff !important; }}
  .foot, .foot a {{ color: #a9afb8 !important; }}
}}
</style>
</head>
<body style="margin:0;padding:0;background-color:#f2f3f5">
{preheader}<table role="presentation" class="around" width="100%" cellpadding="0" cellspacing="0" \
style="background-color:#f2f3f5">
<tr><td align="center" style="padding:24px 0">
<table role="presentation" class="sheet" width="600" cellpadding="0" cellspacing="0" \
style="width:100%;max-width:600px;background-color:#ffffff;border-radius:8px">
<tr><td class="inside" style="padding:32px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;\
font-size:16px;line-height:1.5;color:#1f2328">
{body}
</td></tr>
</table>
{foot}</td></tr>
</table>
</body>
</html>
"""
FILLER = "&#847;&zwnj;&nbsp;" * 30
"""After the preheader, so that mail programs do not show the first words of the body behind it."""
HIDDEN = (
    '<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all">',
    f"{FILLER}</div>\n",
)
FOOT = (
    '<p class="foot" style="margin:16px 24px;font-family:-apple-system,\'Segoe UI\',Roboto,Helvetica,Arial,sans-serif;'
    'font-size:13px;line-height:1.5;color:#646b75">{}</p>\n'
)
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")


def page(body: str, *, title: str, preheader: str, language: str, foot: str = "") -> str:
    """Return a whole mail around a cleaned body.

    title, preheader : plain text. foot : inert HTML. language : such as ``en`` or ``de_AT``.
    """
    start, middle, before, after, end = page_of(language)
    hidden = f"{HIDDEN[0]}{escaped(preheader)}{HIDDEN[1]}" if preheader else ""
    below = FOOT.format(foot) if foot else ""
    return "".join((start, escaped(title), middle, hidden, before, body, after, below, end))


@lru_cache(16)
def page_of(language: str) -> list[str]:
    """Return the pieces of the page in a language: between them stand title, preheader, body and foot."""
    tongue = language.replace("_", "-")
    direction = "rtl" if tongue.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    gap = "\0"
    return PAGE.format(
        language=escaped(tongue), direction=direction, title=gap, preheader=gap, body=gap, foot=gap
    ).split(gap)
