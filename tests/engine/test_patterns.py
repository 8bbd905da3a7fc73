"""Patterns said for Java and PostgreSQL: what is refused, and that nothing else changes its meaning."""

from __future__ import annotations

import pytest

from segmentary.engine.dialects.patterns import PatternError, folded, translated


@pytest.mark.parametrize(
    "pattern", ["a{256}", "a**", "^*", "(?=a)", r"\Qa\E", r"\C", "a{2}{3}", "(?<!a)", r"\x{d800}", "(a", "a)"]
)
def test_what_has_no_sure_equal_is_refused(pattern: str) -> None:
    with pytest.raises((PatternError, ValueError)):
        translated(pattern, "postgres")


def test_letters_that_are_equal_but_for_case_are_spelled_out() -> None:
    assert folded(((107, 107),)) == ((75, 75), (107, 107), (0x212A, 0x212A))
    assert translated("(?i)k", "java") == r"[Kk\x{212a}]"
    assert translated("(?i:k)k", "postgres") == r"(?:[Kk\u212a])k"


def test_nothing_depends_on_flags_or_locale() -> None:
    assert translated(r"^\d.$", "postgres") == r"\A[0-9][\u0001-\u0009\u000b-\U0010ffff]\Z"
    assert translated(r"^\d.$", "java") == r"\A[0-9][\x{1}-\x{9}\x{b}-\x{10ffff}]\z"
    assert translated("a-b", "java") == r"a\x{2d}b"


def test_greed_does_not_matter_for_whether_it_is_found() -> None:
    assert translated("a+?b", "postgres") == "a+b"
    assert translated("a+?b", "java") == "a+?b"


def test_ordinary_groups_stay() -> None:
    assert translated("(?P<x>a)|(b|)", "java") == "(a)|(b|)"
