"""Whether a program and no person browses, by the words of its user agent."""

from __future__ import annotations

import re
from functools import lru_cache

BOT_WORDS = re.compile(
    r"(?<!cu)bot(?:\b|[-_ ;/])|crawl|spider|slurp|curl/|wget|python-|libwww|headless|phantom|monitor|preview"
    r"|fetcher|scrapy|go-http|feed(?:burner|ly|parser)|lighthouse|\brss\b|subscribers?\b|\+https?://",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def is_bot(agent: str | None) -> bool:
    """Say whether a user agent names a program: by its words, or because ua-parser knows it as a spider.

    Examples
    --------
    >>> is_bot("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), is_bot("Opera/9.80")
    (True, False)
    """
    if not agent:
        return False
    return BOT_WORDS.search(agent) is not None or parsed_spider(agent)


def parsed_spider(agent: str) -> bool:
    """Say whether ua-parser calls the device a spider."""
    from ua_parser import parse_device

    found = parse_device(agent[:1_000])
    return found is not None and found.family == "Spider"
