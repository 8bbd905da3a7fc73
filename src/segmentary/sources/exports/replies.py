"""What somebody wrote in a mail, without the mail they answer: plain text without quoted history and signature."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# A line after which everything is the mail that is answered.
HISTORY = re.compile(
    r"\s*(?:On\b.{4,200}\bwrote:|Am\b.{4,200}\bschrieb.{0,120}:|Le\b.{4,200}\ba écrit\s*:|El\b.{4,200}\bescribió\s*:"
    r"|-{2,}\s*(?:Original Message|Ursprüngliche Nachricht|Forwarded message|Message d'origine)\s*-{0,}"
    r"|_{10,}|(?:From|Von|De)\s*:\s.{3,200})\s*",
    re.IGNORECASE,
)
# Only with one of these after it is a "From:" line the head of a quoted mail.
HEAD = re.compile(r"\s*(?:Sent|Gesendet|Date|Datum|To|An|Subject|Betreff|Envoyé|Enviado)\s*:", re.IGNORECASE)
SIGNATURE = re.compile(r"--\s*")
BLOCKS = frozenset(("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol"))
QUOTING_CLASSES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix")
LONGEST = 200_000


def own_words(mail: str) -> str:
    r"""Return the text of a mail without quoted history and signature; the whole text where nothing else is left.

    Examples
    --------
    >>> own_words("Yes please!\n\nOn Mon, 1 Mar 2026 at 10:00, Shop <shop@example.com> wrote:\n> Do you want it?")
    'Yes please!'
    """
    lines = mail[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for place, line in enumerate(lines):
        if begins_history(line, lines[place + 1 : place + 3]) or (SIGNATURE.fullmatch(line) and kept):
            break
        kept.append(line)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    words = "\n".join(line for line in kept if not line.lstrip().startswith(">")).strip()
    return words or mail[:LONGEST].strip()


def begins_history(line: str, following: list[str]) -> bool:
    """Say whether a line (or it and the next: mail programs break it) introduces the mail that is answered."""
    if len(line) > 400:
        return False
    joined = line + " " + (following[0] if following else "")
    if re.match(r"\s*(?:From|Von|De)\s*:", line, re.IGNORECASE):
        return any(HEAD.match(each) for each in following)
    return bool(
        HISTORY.fullmatch(line) or (re.match(r"\s*(?:On|Am|Le|El)\b", line) and HISTORY.fullmatch(joined[:400]))
    )


class TextOf(HTMLParser):
    """Collects the text of a page; quotes, scripts and styles are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        classes = dict(attrs).get("class") or ""
        quoted = tag == "blockquote" or any(each in classes for each in QUOTING_CLASSES)
        if self.hidden:
            if tag == self.hidden[-1]:
                self.hidden.append(tag)
        elif quoted or tag in ("script", "style", "head", "title"):
            self.hidden.append(tag)
        elif tag in BLOCKS:
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self.hidden:
            if tag == self.hidden[-1]:
                self.hidden.pop()
        elif tag in BLOCKS:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self.hidden:
            self.out.append(data)


def text_of_page(page: str) -> str:
    """Return the text of an HTML mail, without quoted mails.

    Examples
    --------
    >>> text_of_page("<p>Hello &amp; thanks</p><blockquote>old</blockquote>")
    'Hello & thanks'
    """
    reader = TextOf()
    reader.feed(page[:LONGEST])
    reader.close()
    joined = re.sub(r"[ \t\xa0]+", " ", "".join(reader.out))
    return re.sub(r"\s*\n\s*", "\n", joined).strip()
