"""Rendering messages: how fast the caged child makes them, beside bare python-liquid in this process.

``python -m benchmarks.rendering [--messages N]`` renders a mail with a dozen values, an offer and suggestions N times:
as text and HTML in the child, as text only in the child, and as text by bare python-liquid here, which escapes nothing,
checks nothing and makes no HTML. CPU seconds of both processes count. It fails where a mail costs more than six times
bare Liquid; 100,000 mails in 40 seconds of one core is what is promised on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from segmentary.activation.rendering import Made, Renderer

RESULTS = Path(__file__).parent / "results" / "rendering.json"
MOST_SECONDS = 40.0
MOST_RATIO = 6.0
MAIL = {
    "subject": "{{ first_name | default: 'Thank you' }}, something for you",
    "preheader": "Only until {{ offer.until | date: '%d %B' }}",
    "text": """# Hello {{ first_name | default: "there" }}

you came to us **{{ orders | number }} times** and spent {{ spent | money }}.
{% if favourite %}Your favourite is {{ favourite }}.{% endif %}

{% if offer %}{{ offer.words }} Use **{{ offer.code }}** until {{ offer.until | date: "%d %B" }}.{% endif %}

{% for s in suggestions %}- {{ s.name }} ({{ s.reason }})
{% endfor %}

[Have a look](https://shop.example/?c={{ offer.code }})
""",
}
KINDS = {
    "first_name": "text",
    "orders": "number",
    "spent": "number",
    "favourite": "text",
    "offer": "offer",
    "suggestions": "plain",
    "unsubscribe_url": "text",
}


def rows(messages: int) -> list[list[Any]]:
    """Return what every message is made of; no two are alike."""
    return [
        [
            f"Ann {n}" if n % 5 else None,
            str(n % 40),
            f"{n % 3000}.{n % 100:02d}",
            "tea" if n % 3 else None,
            {"id": "a.b", "words": "Ten off.", "code": f"C{n:06d}", "value": "5", "until": "2026-03-15T22:59:59+00:00"},
            [{"name": f"Boots {n % 50}", "reason": "bought 3 times"}, {"name": "Socks", "reason": "goes with boots"}],
            f"https://shop.example/u?t={n:060d}",
        ]
        for n in range(messages)
    ]


def cpu(renderer: Renderer) -> float:
    """Return CPU seconds of this process and of the child."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    fields = Path(f"/proc/{renderer.process.pid}/stat").read_text(encoding="ascii").split() if renderer.process else []
    child = (int(fields[13]) + int(fields[14])) / 100 if fields else 0.0
    return own.ru_utime + own.ru_stime + child


def caged(messages: int, *, wants_html: bool) -> float:
    """Return CPU seconds a message in the child takes."""
    with Renderer() as renderer:
        places = [((name,), kind) for name, kind in KINDS.items()]
        plan = renderer.compile(MAIL, places, footer="Unsubscribe", wants_html=wants_html)
        data = rows(messages)
        began = cpu(renderer)
        made = sum(isinstance(one, Made) for one in renderer.render(plan, data))
        seconds = cpu(renderer) - began
        if made != messages or renderer.starts != 1:
            raise SystemExit(f"{messages - made} messages failed, {renderer.starts} children")
    return seconds / messages


def bare(messages: int) -> float:
    """Return CPU seconds a message in this process takes with bare python-liquid."""
    import liquid

    env = liquid.Environment()
    for name in ("number", "money"):
        env.add_filter(name, lambda value: f"{Decimal(str(value)):,.2f}")
    parts = [env.from_string(source) for source in MAIL.values()]
    data = [dict(zip(KINDS, row, strict=True)) for row in rows(messages)]
    began = time.process_time()
    for one in data:
        for part in parts:
            part.render(one)
    return (time.process_time() - began) / messages


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the figures, say whether they hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rendering", description="How fast messages are made.")
    parser.add_argument("--messages", type=int, default=10_000)
    asked = parser.parse_args(arguments)
    mail = caged(asked.messages, wants_html=True)
    text, plain = caged(asked.messages, wants_html=False), bare(asked.messages)
    found = {
        "messages": asked.messages,
        "microseconds_mail": round(mail * 1e6, 1),
        "microseconds_text": round(text * 1e6, 1),
        "microseconds_bare_liquid": round(plain * 1e6, 1),
        "ratio_mail": round(mail / plain, 2),
        "ratio_text": round(text / plain, 2),
        "seconds_per_100000_mails": round(mail * 100_000, 1),
        "most_seconds": MOST_SECONDS,
        "most_ratio": MOST_RATIO,
    }
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(
        f"a mail (text and HTML, both processes): {found['microseconds_mail']:,} µs,"
        f" {found['ratio_mail']} x bare liquid\n"
        f"text only: {found['microseconds_text']:,} µs, {found['ratio_text']} x; bare liquid: "
        f"{found['microseconds_bare_liquid']:,} µs\n"
        f"100,000 mails: {found['seconds_per_100000_mails']} s of one core"
        f" (promised: {MOST_SECONDS:.0f}, on an idle one)\n"
    )
    return 0 if mail / plain <= MOST_RATIO else 1


if __name__ == "__main__":
    raise SystemExit(main())
