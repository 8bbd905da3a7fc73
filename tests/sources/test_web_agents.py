"""Programs are told from people by what they call themselves."""

import pytest

from segmentary.sources.web_agents import is_bot


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", True),
        ("curl/8.5", True),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120", True),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) Version/17.2 Mobile/15E148 Safari/604.1", False),
        ("Mozilla/5.0 (Linux; Android 9; CUBOT X19) Mobile Safari/537.36", False),
        ("", False),
        (None, False),
        ("x" * 50_000, False),
    ],
)
def test_programs(agent, expected):
    assert is_bot(agent) is expected
