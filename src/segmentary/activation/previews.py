"""Previews as one page: every message in a frame of its own, as a phone and a desktop would show it.

A mail is put into a frame that runs no scripts and loads nothing from elsewhere but pictures; what is in it cannot
reach the page around it.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """One message to look at."""

    variant: str
    why: str
    customer_id: str
    subject: str
    preheader: str
    text: str
    html: str
    fallbacks: tuple[str, ...]
    offer: str
    failed: str


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
img-src https: data:; frame-src 'self' about:">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #d5d9df; --dim: #5d6570; --back: #ffffff; --card: #f6f7f9; }}
@media (prefers-color-scheme: dark) {{ :root {{ --line: #3a3f47; --dim: #a4abb5; --back: #15171a; --card: #1d2024; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 24px 20px 64px; max-width: 1280px; background: var(--back);
  font: 16px/1.5 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }}
h1 {{ font-size: 26px; margin: 0 0 4px; }}
h2 {{ font-size: 20px; margin: 40px 0 12px; }}
h3 {{ font-size: 16px; margin: 0; }}
p {{ margin: 0 0 12px; }}
.dim {{ color: var(--dim); font-size: 14px; }}
.person {{ border: 1px solid var(--line); border-radius: 8px; margin: 0 0 24px; background: var(--card); }}
.head {{ padding: 14px 16px; border-bottom: 1px solid var(--line); }}
.inbox {{ padding: 12px 16px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }}
.inbox b {{ display: block; }}
.frames {{ display: flex; flex-wrap: wrap; gap: 16px; padding: 16px; align-items: flex-start; }}
figure {{ margin: 0; max-width: 100%; }}
figcaption {{ font-size: 13px; color: var(--dim); margin: 0 0 6px; }}
iframe {{ border: 1px solid var(--line); border-radius: 6px; background: #ffffff; height: 540px; max-width: 100%; \
display: block; }}
.phone iframe {{ width: 375px; }}
.desktop {{ flex: 1 1 640px; min-width: 0; }}
.desktop iframe {{ width: 100%; }}
details {{ padding: 0 16px 14px; }}
summary {{ cursor: pointer; font-size: 14px; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font-size: 14px; line-height: 1.45; margin: 10px 0 0; \
padding: 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--back); }}
.plain {{ padding: 0 16px 16px; }}
.failed {{ padding: 14px 16px; }}
.failed b {{ color: #b3261e; }}
@media (prefers-color-scheme: dark) {{ .failed b {{ color: #ff8a80; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="dim">{said}</p>
{body}
</body>
</html>
"""


def preview_page(name: str, channel: str, settings: Mapping[str, object], shown: Sequence[Shown]) -> str:
    """Return the page. Everything on it is escaped; mails are in frames without rights."""
    variants = list(dict.fromkeys(one.variant for one in shown))
    parts = []
    for variant in variants:
        parts.append(f"<h2>Variant {html.escape(variant)}</h2>")
        parts += [section(one) for one in shown if one.variant == variant]
    sender = str(settings.get("sender", ""))
    said = f"{len(shown)} real people by {channel}" + (f", from {sender}" if sender else "")
    said += "; nothing was sent, and no offer was promised. Codes that are given out once are made up here."
    title = f"Preview of {name.replace('_', ' ')}"
    return PAGE.format(title=html.escape(title), said=html.escape(said), body="\n".join(parts))


def section(one: Shown) -> str:
    """Return one person's message."""
    label = f"{one.why[:1].upper()}{one.why[1:]}"
    notes = [f"customer {one.customer_id}"]
    notes += [f"fall-back for {', '.join(one.fallbacks)}"] if one.fallbacks else []
    notes += [f"offer {one.offer}"] if one.offer else []
    head = (
        f'<div class="head"><h3>{html.escape(label)}</h3><span class="dim">{html.escape("; ".join(notes))}</span></div>'
    )
    if one.failed:
        return (
            f'<section class="person">{head}<div class="failed"><b>Gets no message:</b> {html.escape(one.failed)}</div>'
            "</section>"
        )
    inbox = ""
    if one.subject or one.preheader:
        first = html.escape(one.subject) or '<i class="dim">no subject</i>'
        inbox = f'<div class="inbox"><b>{first}</b><span class="dim">{html.escape(one.preheader)}</span></div>'
    text = f"<pre>{html.escape(one.text)}</pre>"
    if not one.html:
        return f'<section class="person">{head}{inbox}<div class="plain">{text}</div></section>'
    frames = "".join(
        f'<figure class="{kind}"><figcaption>{said}</figcaption>{framed(one.html, f"{label}, {said}")}</figure>'
        for kind, said in (("phone", "Phone, 375 pixels"), ("desktop", "Desktop"))
    )
    plain = f"<details><summary>As plain text</summary>{text}</details>"
    return f'<section class="person">{head}{inbox}<div class="frames">{frames}</div>{plain}</section>'


def framed(mail: str, title: str) -> str:
    """Return a frame without rights around a mail."""
    return f'<iframe sandbox title="{html.escape(title)}" srcdoc="{html.escape(mail)}"></iframe>'
