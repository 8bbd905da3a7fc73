"""What is missing, risky or unusual in a message: said before anybody is written to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from segmentary.activation.templates import SUBJECT_SHOWN, Variant
from segmentary.models.table.findings import Finding
from segmentary.workspace.message_facts import fill_rates, sensitivities
from segmentary.workspace.unsubscribing import unsubscribe_base

if TYPE_CHECKING:
    from segmentary.workspace.messages import Read
    from segmentary.workspace.workspace import Workspace

PLAIN_LINK = re.compile(r"http://[^\s\"'<>)]+")
IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
TINY = re.compile(r"\b(?:width|height)\s*[=:]\s*[\"']?[01](?:px)?\b", re.IGNORECASE)
SPAM = re.compile(
    r"\b(?:free!|100% free|act now|click here|winner|cash|risk[- ]free|urgent|guaranteed|buy now)\b|!!|\$\$",
    re.IGNORECASE,
)
OFFER = re.compile(r"\{\{-?\s*offer\.[^}]*\}\}")
ASKED = re.compile(r"\{%-?\s*(?:if|unless|elsif)\s+offer\b")
LEFT_OUT = re.compile(r"<\s*(script|style|iframe|form|object|embed|svg|video|link|meta)\b", re.IGNORECASE)
HANDLER = re.compile(r"\son[a-z]+\s*=|javascript:", re.IGNORECASE)
DEFAULTED = r"\{\{-?\s*%s\b[^}]*\|\s*default\s*:"
MOST_TEXT = 100_000
FEW = 0.995


def lint(workspace: Workspace, read: Read, segments: Sequence[str], channel: str, purpose: str) -> list[Finding]:
    """Return findings: what is refused first, then warnings, then notes."""
    found = [*filling(workspace, read, segments), *sensitive(workspace, read)]
    for variant in read.message.variants:
        found += of_offers(variant)
        found += [*of_subject(variant, channel), *of_body(variant)]
    if channel == "email" and purpose != "service":
        found += unsubscribing(workspace, read)
    order = {"refusal": 0, "warning": 1, "note": 2}
    return sorted(dict.fromkeys(found), key=lambda one: order[one.level])


def filling(workspace: Workspace, read: Read, segments: Sequence[str]) -> Iterator[Finding]:
    """Say which variables are missing for how many, and whether something stands in for them."""
    if workspace.last_run() is None:
        yield Finding("not_run", "note", "how many people have each variable is known after a run", "segmentary run")
        return
    people, rates = fill_rates(workspace, read.traits, segments)
    whom = " or ".join(segments) or "everybody"
    for variant, uses in read.uses.items():
        for one in uses:
            if not one.trait:
                continue
            if one.trait not in rates:
                yield Finding(
                    "not_run", "warning", f"{one.trait} is newer than the last run", "segmentary run", (one.trait,)
                )
                continue
            rate = rates[one.trait]
            if rate > FEW:
                continue
            said = f"{variant}: {one.name} is known of {rate:.0%} of {people:,} people ({whom})"
            bare = bare_uses(read, variant, one.name)
            if bare:
                where = f"{bare[0]}: {{{{ {one.name} | default: '...' }}}}, or fallbacks: {{{one.name}: ...}}"
                what = "the others get no message unless the text asks for it first"
                yield Finding("no_fallback", "warning", f"{said}; {what}", where, (one.trait,))
            else:
                yield Finding("fallback", "note", f"{said}; the others read the fall-back", "", (one.trait,))


def bare_uses(read: Read, variant: str, name: str) -> list[str]:
    """Return the parts that print a variable with nothing to stand in for it."""
    if name in read.message.fallbacks:
        return []
    printed = re.compile(r"\{\{-?\s*" + re.escape(name) + r"(?![\w.])[^}]*\}\}")
    guarded = re.compile(r"\{%-?\s*(?:if|unless)[^%]*\b" + re.escape(name) + r"\b")
    found = []
    for part, source in read.message.variant(variant).parts.items():
        bare = [one for one in printed.findall(source) if "default" not in one]
        if bare and not guarded.search(source):
            found.append(part)
    return found


def of_offers(variant: Variant) -> Iterator[Finding]:
    """Say where an offer is printed without asking whether there is one."""
    for part, source in variant.parts.items():
        bare = [one for one in OFFER.findall(source) if "default" not in one]
        if bare and not ASKED.search(source):
            what = f"{variant.name}: {part} prints the offer without asking for it: who has none gets no message"
            yield Finding("no_offer", "warning", what, "{% if offer %} ... {% endif %}")


def sensitive(workspace: Workspace, read: Read) -> Iterator[Finding]:
    """Name the identifiers and sensitive traits a text shows."""
    for trait, kind in sensitivities(workspace, read.traits).items():
        if kind == "special":
            yield Finding("sensitive", "warning", f"{trait} is sensitive; allow_sensitive allows it", "", (trait,))
        elif kind == "identifier" and trait not in ("name", "first_name", "last_name", "full_name"):
            yield Finding(
                "identifier", "note", f"{trait} identifies the person: it need not stand in a text", "", (trait,)
            )


def of_subject(variant: Variant, channel: str) -> Iterator[Finding]:
    name, subject = variant.name, variant.subject
    if channel == "email" and not subject.strip():
        yield Finding("no_subject", "warning", f"{name}: there is no subject", "a mail without one looks like spam")
    words = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", subject)
    if len(words) > SUBJECT_SHOWN:
        yield Finding(
            "long_subject", "note", f"{name}: the subject has {len(words)} characters without its variables",
            f"phones show about {SUBJECT_SHOWN // 2}, most programs {SUBJECT_SHOWN}",
        )  # fmt: skip
    letters = [letter for letter in words if letter.isalpha()]
    if len(letters) > 10 and sum(letter.isupper() for letter in letters) > 0.6 * len(letters):
        yield Finding(
            "shouting", "warning", f"{name}: the subject is in capitals", "filters and people take it for spam"
        )
    spam = SPAM.search(words)
    if spam:
        yield Finding("spammy", "warning", f"{name}: the subject says {spam.group()!r}", "filters take it for spam")
    if channel == "email" and not variant.preheader.strip():
        yield Finding("no_preheader", "note", f"{name}: no preheader: inboxes show the first words of the text instead")


def of_body(variant: Variant) -> Iterator[Finding]:
    name = variant.name
    for part in ("text", "html"):
        source = getattr(variant, part)
        for link in PLAIN_LINK.findall(source):
            yield Finding("plain_link", "warning", f"{name}: {part}: {link} is no https address", "anybody can read it")
    html = variant.html
    if not html:
        return
    for image in IMAGE.findall(html):
        if not re.search(r"\balt\s*=", image, re.IGNORECASE):
            yield Finding("no_alt", "warning", f"{name}: an image has no alt text", 'alt="..." says what it shows')
        if TINY.search(image):
            yield Finding(
                "tracking_pixel", "warning", f"{name}: an image of one pixel follows people",
                "openings are counted without it or not at all; remove it",
            )  # fmt: skip
        if re.search(r"src\s*=\s*[\"']?(?!https://|\{)", image, re.IGNORECASE):
            yield Finding("no_https_image", "warning", f"{name}: an image is not loaded by https: it is left out")
    for element in sorted({one.lower() for one in LEFT_OUT.findall(html)}):
        yield Finding("left_out", "warning", f"{name}: <{element}> is left out of mails", "mail programs do so too")
    if HANDLER.search(html):
        yield Finding("left_out", "warning", f"{name}: scripts in attributes are left out of mails")
    if len(html) > MOST_TEXT:
        yield Finding(
            "clipped", "warning", f"{name}: {len(html):,} characters of HTML", "some programs clip from 102 KB"
        )


def unsubscribing(workspace: Workspace, read: Read) -> Iterator[Finding]:
    """Say where people can say no."""
    base = unsubscribe_base(workspace, "email")
    if not base:
        yield Finding(
            "no_unsubscribe", "refusal", "there is no way to unsubscribe: marketing by e-mail will not be rendered",
            'set unsubscribe_url = "https://..." (or unsubscribe_mail) under [channels.email] in segmentary.toml',
        )  # fmt: skip
    for variant, uses in read.uses.items():
        if not any(one.path == ("unsubscribe_url",) for one in uses):
            yield Finding("unsubscribe_added", "note", f"{variant}: the unsubscribe link is added at the end")
